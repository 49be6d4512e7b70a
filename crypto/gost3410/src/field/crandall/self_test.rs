//! Whether MULX, ADCX and ADOX multiply rightly on this very processor: asked once, before they are
//! chosen.
//!
//! Few programs use two carry chains at a time. Debian's Bochs 2.7, an emulator, has ADOX and leaves
//! the wrong flag behind: without this question it would make wrong keys.

use super::{portable, x86_64};
use crate::arithmetic::Adx;

/// Whether products and squares of both widths are those of plain Rust; takes some microseconds.
pub(crate) fn passes(adx: Adx) -> bool {
    agrees::<4, 617>(
        |a, b| x86_64::mul4::<617>(adx, a, b),
        |a| x86_64::square4::<617>(adx, a),
    ) && agrees::<8, 569>(
        |a, b| x86_64::mul8::<569>(adx, a, b),
        |a| x86_64::square8::<569>(adx, a),
    )
}

/// The same for one width: operands with carries everywhere, nowhere, and here and there.
fn agrees<const N: usize, const C: u64>(
    mul: impl Fn(&[u64; N], &[u64; N]) -> [u64; N],
    square: impl Fn(&[u64; N]) -> [u64; N],
) -> bool {
    let mut word = 0x9E37_79B9_7F4A_7C15_u64;
    let mut operand = |fill: Option<u64>| {
        core::array::from_fn(|_| {
            word = word.wrapping_mul(0x5851_F42D_4C95_7F2D).wrapping_add(1);
            fill.unwrap_or(word)
        })
    };
    let operands: [[u64; N]; 5] = [Some(u64::MAX), Some(1), None, None, None].map(&mut operand);
    let same = |left: &[u64; N], right: &[u64; N]| {
        portable::canonical::<N, C>(left) == portable::canonical::<N, C>(right)
    };
    operands.iter().all(|a| {
        same(&square(a), &portable::square::<N, C>(a))
            && operands
                .iter()
                .all(|b| same(&mul(a, b), &portable::mul::<N, C>(a, b)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<const N: usize, const C: u64>() {
        let mul = portable::mul::<N, C>;
        let square = portable::square::<N, C>;
        let one_more = |mut limbs: [u64; N]| {
            limbs[0] ^= 1;
            limbs
        };
        let dense = |limbs: &[u64; N]| limbs.iter().all(|limb| *limb == u64::MAX);
        assert!(agrees::<N, C>(mul, square));
        assert!(!agrees::<N, C>(mul, |a| one_more(square(a))));
        assert!(!agrees::<N, C>(|a, b| one_more(mul(a, b)), square));
        // Wrong for one pair of operands only.
        assert!(!agrees::<N, C>(
            |a, b| {
                let product = mul(a, b);
                if dense(a) && dense(b) {
                    one_more(product)
                } else {
                    product
                }
            },
            square
        ));
    }

    #[test]
    fn this_processor_passes_if_it_has_the_instructions() {
        if let Some(adx) = crate::arithmetic::detected_adx() {
            assert!(passes(adx));
        }
    }

    #[test]
    fn right_products_pass_and_one_wrong_bit_does_not() {
        check::<4, 617>();
        check::<8, 569>();
    }
}

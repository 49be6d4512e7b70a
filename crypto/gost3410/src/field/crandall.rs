//! Residues modulo p = 2^(64 N) - C, a pseudo-Mersenne prime.
//!
//! Because 2^(64 N) = C (mod p), a product is reduced by multiplying its upper half by C and adding
//! it to the lower one: A. Menezes, P. van Oorschot, S. Vanstone, "Handbook of Applied Cryptography"
//! (1996), algorithm 14.47.
//!
//! A residue is held as N limbs of any value: as a number less than 2^(64 N), which may lie C steps
//! above p and is then one of two representations. It becomes the number less than p when it is
//! written, compared or printed.

mod portable;
mod product;
#[cfg(target_arch = "x86_64")]
mod self_test;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "x86_64")]
mod x86_64;

use core::fmt;

use crypto_bigint::{Choice, CtOption};
use zeroize::{Zeroize, Zeroizing};

#[cfg(target_arch = "x86_64")]
pub(crate) use self::self_test::passes as adx_passes;

use self::product::Product;
use super::{Residue, inverse};

/// An integer modulo 2^(64 `N`) - `C`; the modulus must be prime, and `C` less than 2^31.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Crandall<const N: usize, const C: u64>([u64; N]);

impl<const N: usize, const C: u64> Crandall<N, C> {
    /// The modulus, little-endian.
    pub(crate) const MODULUS: [u64; N] = {
        let mut modulus = [u64::MAX; N];
        modulus[0] = C.wrapping_neg();
        modulus
    };

    /// The modulus, prepared for inversion.
    const INVERSION: inverse::Modulus<N> = inverse::Modulus::new(Self::MODULUS);

    /// Reads a number as the standards print it: 16 `N` hexadecimal digits, most significant first.
    ///
    /// # Panics
    /// On another length, on other characters and on numbers not less than the modulus; at compile
    /// time where the result is a constant.
    pub(crate) const fn from_be_hex(hex: &str) -> Self {
        let digits = hex.as_bytes();
        assert!(digits.len() == 16 * N, "wrong number of digits");
        let mut limbs = [0; N];
        let mut position = 0;
        while position < digits.len() {
            let digit = match digits[position] {
                digit @ b'0'..=b'9' => digit - b'0',
                digit @ b'A'..=b'F' => digit - b'A' + 10,
                digit @ b'a'..=b'f' => digit - b'a' + 10,
                _ => panic!("not a hexadecimal digit"),
            };
            let limb = N - 1 - position / 16;
            limbs[limb] = limbs[limb] << 4 | digit as u64;
            position += 1;
        }
        assert!(less(&limbs, &Self::MODULUS), "not less than the modulus");
        Self(limbs)
    }

    /// The residue of a number given by its limbs, little-endian; of any value.
    pub(crate) const fn from_limbs(limbs: [u64; N]) -> Self {
        Self(limbs)
    }

    /// The number less than the modulus, as limbs, little-endian.
    pub(crate) fn limbs(&self) -> [u64; N] {
        portable::canonical::<N, C>(&self.0)
    }
}

impl<const N: usize, const C: u64> Residue for Crandall<N, C>
where
    [u64; N]: Product,
{
    const BYTES: usize = 8 * N;
    const ZERO: Self = Self([0; N]);
    const ONE: Self = {
        let mut one = [0; N];
        one[0] = 1;
        Self(one)
    };

    #[inline]
    fn add(&self, other: &Self) -> Self {
        Self(portable::add::<N, C>(&self.0, &other.0))
    }

    #[inline]
    fn sub(&self, other: &Self) -> Self {
        Self(portable::sub::<N, C>(&self.0, &other.0))
    }

    #[inline]
    fn mul(&self, other: &Self) -> Self {
        Self(Product::mul::<C>(&self.0, &other.0))
    }

    #[inline]
    fn square(&self) -> Self {
        Self(Product::square::<C>(&self.0))
    }

    #[inline]
    fn neg(&self) -> Self {
        Self::ZERO.sub(self)
    }

    fn invert(&self) -> CtOption<Self> {
        let limbs = Zeroizing::new(self.limbs());
        let inverse = inverse::invert(&limbs, &Self::INVERSION);
        CtOption::new(Self::from_limbs(inverse), self.is_zero().not())
    }

    fn invert_vartime(&self) -> CtOption<Self> {
        let inverse = inverse::invert_vartime(&self.limbs(), &Self::INVERSION);
        CtOption::new(Self::from_limbs(inverse), self.is_zero().not())
    }

    fn from_le_bytes(bytes: &[u8]) -> CtOption<Self> {
        let number = Self::from_le_bytes_reduced(bytes);
        let in_range = portable::equal(&number.0, &number.limbs());
        CtOption::new(number, in_range)
    }

    fn from_le_bytes_reduced(bytes: &[u8]) -> Self {
        assert_eq!(bytes.len(), Self::BYTES, "callers check the length");
        let (limbs, _) = bytes.as_chunks();
        Self(core::array::from_fn(|i| u64::from_le_bytes(limbs[i])))
    }

    fn write_le_bytes(&self, out: &mut [u8]) {
        assert_eq!(out.len(), Self::BYTES, "callers give the right length");
        let (chunks, _) = out.as_chunks_mut();
        for (chunk, limb) in chunks.iter_mut().zip(self.limbs()) {
            *chunk = limb.to_le_bytes();
        }
    }

    fn ct_eq(&self, other: &Self) -> Choice {
        portable::equal(&self.limbs(), &other.limbs())
    }

    #[inline]
    fn ct_select(&self, other: &Self, choice: Choice) -> Self {
        // The mask is opaque: it comes out of `black_box`.
        Self(portable::select(&self.0, &other.0, choice.to_u64_mask()))
    }

    #[inline(always)]
    fn gather(&mut self, other: &Self, mask: u64) {
        self.0 = portable::gather(&self.0, &other.0, mask);
    }

    #[inline]
    fn double(&self) -> Self {
        Self(portable::double::<N, C>(&self.0))
    }

    fn is_zero(&self) -> Choice {
        portable::equal(&self.0, &[0; N]).or(portable::equal(&self.0, &Self::MODULUS))
    }

    #[inline]
    fn triple(&self) -> Self {
        Self(portable::triple::<N, C>(&self.0))
    }
}

impl<const N: usize, const C: u64> Default for Crandall<N, C> {
    fn default() -> Self {
        Self([0; N])
    }
}

impl<const N: usize, const C: u64> PartialEq for Crandall<N, C> {
    fn eq(&self, other: &Self) -> bool {
        portable::equal(&self.limbs(), &other.limbs()).to_bool()
    }
}

impl<const N: usize, const C: u64> Eq for Crandall<N, C> {}

impl<const N: usize, const C: u64> Zeroize for Crandall<N, C> {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}

/// The number less than the modulus, hexadecimal, most significant digit first.
impl<const N: usize, const C: u64> fmt::Debug for Crandall<N, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("0x")?;
        for limb in self.limbs().iter().rev() {
            write!(f, "{limb:016X}")?;
        }
        Ok(())
    }
}

/// `a < b`, for constants.
const fn less<const N: usize>(a: &[u64; N], b: &[u64; N]) -> bool {
    let mut i = N;
    while i > 0 {
        i -= 1;
        if a[i] != b[i] {
            return a[i] < b[i];
        }
    }
    false
}

//! Scalars cut into signed digits.

use crypto_bigint::Choice;
use zeroize::Zeroizing;

use crate::{Curve, curve::MAX_BYTES, field::Residue};

/// Digits of [`OddDigits::WIDTH`] bits, all odd, of a secret scalar; wiped when dropped.
///
/// Every odd k < 2^(6n) is the sum of d_i * 2^(6i), i < n, with d_i odd and |d_i| < 64 (M. Joye, M.
/// Tunstall, "Exponent recoding and regular exponentiation algorithms", AFRICACRYPT 2009). An even
/// k is replaced by q - k, which is odd, and the caller negates the result.
pub(crate) struct OddDigits {
    /// The odd scalar, little-endian, with room to read two bytes at its end.
    bytes: Zeroizing<[u8; MAX_BYTES + 2]>,
    count: usize,
    negated: Choice,
}

/// One odd digit: the sign and which odd number: 2 * `index` + 1.
#[derive(Clone, Copy)]
pub(crate) struct OddDigit {
    pub(crate) negative: Choice,
    pub(crate) index: u8,
}

impl OddDigits {
    /// Bits in a digit, without its sign 5.
    pub(crate) const WIDTH: usize = 6;

    pub(crate) fn new<C: Curve>(scalar: &C::Scalar) -> Self {
        let mut bytes = Zeroizing::new([0; MAX_BYTES + 2]);
        scalar.write_le_bytes(&mut bytes[..C::BYTES]);
        let even = Choice::from_u8_lsb(!bytes[0] & 1);
        let odd = Zeroizing::new(scalar.ct_select(&scalar.neg(), even));
        odd.write_le_bytes(&mut bytes[..C::BYTES]);
        Self {
            bytes,
            count: Self::count::<C>(),
            negated: even,
        }
    }

    /// How many digits a scalar has: 43 for 256 bits, 86 for 512.
    pub(crate) const fn count<C: Curve>() -> usize {
        (8 * C::BYTES).div_ceil(Self::WIDTH)
    }

    /// Whether the digits are those of q - k.
    pub(crate) fn negated(&self) -> Choice {
        self.negated
    }

    /// Digit `position`, counted from the least significant; the position is public.
    ///
    /// d_i = 2u + 1 - 64 where u are the bits 6i + 1 to 6i + 6 of k; the last digit, which has
    /// fewer bits, is 2u + 1.
    pub(crate) fn digit(&self, position: usize) -> OddDigit {
        let bit = Self::WIDTH * position + 1;
        let pair = u16::from_le_bytes([self.bytes[bit / 8], self.bytes[bit / 8 + 1]]);
        let mut u = (pair >> (bit % 8)) as u8 & 0x3F;
        if position + 1 == self.count {
            u |= 0x20;
        }
        // u >= 32: 2(u - 32) + 1; u < 32: -(2(31 - u) + 1).
        let positive = u >> 5;
        OddDigit {
            negative: Choice::from_u8_lsb(positive ^ 1),
            index: (u ^ positive.wrapping_sub(1)) & 0x1F,
        }
    }
}

/// Digits of a public scalar in width-w non-adjacent form: each is 0 or odd with |d| < 2^(w-1), and
/// of w neighbours at most one is not 0.
pub(crate) struct Sliding {
    digits: [i8; 8 * MAX_BYTES + 1],
    len: usize,
}

impl Sliding {
    /// `width` from 2 to 8.
    pub(crate) fn new<C: Curve>(scalar: &C::Scalar, width: usize) -> Self {
        let mut bytes = [0; MAX_BYTES + 2];
        scalar.write_le_bytes(&mut bytes[..C::BYTES]);
        let mut digits = [0; 8 * MAX_BYTES + 1];
        let mut len = 0;
        let mut carry = 0;
        let mut bit = 0;
        while bit <= 8 * C::BYTES {
            let pair = u16::from_le_bytes([bytes[bit / 8], bytes[bit / 8 + 1]]) >> (bit % 8);
            if pair & 1 == carry {
                bit += 1;
                continue;
            }
            let window = (pair & ((1 << width) - 1)) + carry;
            carry = window >> (width - 1);
            digits[bit] = (i32::from(window) - (i32::from(carry) << width)) as i8;
            len = bit + 1;
            bit += width;
        }
        Self { digits, len }
    }

    /// The number of digits up to the last that is not 0.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Digit `bit` has the weight 2^bit.
    pub(crate) fn digit(&self, bit: usize) -> i8 {
        self.digits[bit]
    }
}

//! Scalars as odd digits of fixed width, so that all lanes add at the same places.
//!
//! M. Joye, M. Tunstall, "Exponent recoding and regular exponentiation algorithms" (AFRICACRYPT 2009):
//! an odd number is a sum of digits -(2^w - 1), ..., -1, 1, ..., 2^w - 1, each odd, times 2^(w*i).

use super::{Words, lanes::Mask};

/// An odd number below 2^512 that stands for a scalar or, if negated, for its opposite.
#[derive(Debug, Clone, Copy)]
pub(super) struct Odd {
    words: [u64; 9],
    negated: bool,
}

/// One digit of eight numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Digits {
    /// (|digit| - 1) / 2: the place in a table of odd multiples.
    pub(super) index: [usize; 8],
    pub(super) negative: Mask,
}

impl Odd {
    /// An even scalar (less than `order`, which is odd) gives order - scalar and a changed sign; 0
    /// gives -order.
    pub(super) fn new(scalar: &Words, order: &Words) -> Self {
        let negated = scalar[0] & 1 == 0;
        let mut words = [0; 9];
        let mut borrow = false;
        for (word, (scalar, order)) in words.iter_mut().zip(scalar.iter().zip(order)) {
            (*word, borrow) = if negated {
                order.borrowing_sub(*scalar, borrow)
            } else {
                (*scalar, false)
            };
        }
        debug_assert!(!borrow, "scalars are less than the order");
        Self { words, negated }
    }

    /// `width` bits from `bit` on; zeros beyond 512.
    fn bits(&self, bit: u32, width: u32) -> u32 {
        let (word, shift) = ((bit / 64) as usize, bit % 64);
        let pair = u128::from(self.words[word]) | u128::from(self.words[word + 1]) << 64;
        (pair >> shift) as u32 & ((1 << width) - 1)
    }

    /// The digit whose weight is 2^bit, the highest one if `top`.
    ///
    /// Bits 1, 2, ... of the number are read as digits b of `width` bits: the odd digit is
    /// 2*b + 1 - 2^width, the highest 2*b + 1.
    fn digit(&self, bit: u32, width: u32, top: bool) -> (usize, bool) {
        let b = self.bits(bit + 1, width);
        let half = 1 << (width - 1);
        let (index, negative) = if top {
            (b, false)
        } else if b >= half {
            (b - half, false)
        } else {
            (half - 1 - b, true)
        };
        (index as usize, negative != self.negated)
    }

    /// The digits of weight 2^bit of eight numbers, the highest ones if `top`.
    pub(super) fn digits(numbers: &[Self; 8], bit: u32, width: u32, top: bool) -> Digits {
        let mut digits = Digits {
            index: [0; 8],
            negative: 0,
        };
        for (lane, number) in numbers.iter().enumerate() {
            let (index, negative) = number.digit(bit, width, top);
            digits.index[lane] = index;
            digits.negative |= Mask::from(negative) << lane;
        }
        digits
    }
}

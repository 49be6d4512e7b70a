//! Secret scalars by class: random ones, and ones whose shape a careless multiplication would show.

use crate::{
    curves::{Judged, order},
    random::Random,
};

/// What a scalar looks like. Every one is 0 < d < q.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Uniform: what the others are compared with.
    Random,
    /// The same one every time, chosen at random once: the class of the original test.
    Fixed,
    /// 0 < d < 2^16: leading zeros, early ends of loops.
    Small,
    /// q - 2^16 < d < q: the final subtraction, digits that are all ones.
    NearOrder,
    /// Two bits set, anywhere: additions left out for zeros.
    TwoBits,
    /// Three of four 16-bit words are zero: zero digits of every window width in between.
    ZeroWords,
}

impl Shape {
    /// All that are compared with [`Shape::Random`].
    pub const SPECIAL: [Self; 5] = [
        Self::Fixed,
        Self::Small,
        Self::NearOrder,
        Self::TwoBits,
        Self::ZeroWords,
    ];

    /// In tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Random => "random",
            Self::Fixed => "fixed",
            Self::Small => "small",
            Self::NearOrder => "near q",
            Self::TwoBits => "two bits",
            Self::ZeroWords => "zero words",
        }
    }
}

/// The longest scalar of any curve, in bytes.
pub const MAX_BYTES: usize = 64;

/// Little-endian bytes of a scalar in a buffer of one size for all curves; the rest is zero.
pub type Scalar = [u8; MAX_BYTES];

/// Makes scalars of one curve.
pub struct Scalars {
    order: Vec<u8>,
    fixed: Scalar,
}

impl Scalars {
    /// Chooses the fixed one.
    pub fn new<C: Judged>(random: &mut Random) -> Self {
        let mut scalars = Self {
            order: order::<C>(),
            fixed: [0; MAX_BYTES],
        };
        scalars.fixed = scalars.uniform(random);
        scalars
    }

    /// A scalar of a shape.
    pub fn make(&self, shape: Shape, random: &mut Random) -> Scalar {
        match shape {
            Shape::Random => self.uniform(random),
            Shape::Fixed => self.fixed,
            Shape::Small => self.check(small(random)),
            Shape::NearOrder => self.order_minus(&small(random)),
            Shape::TwoBits => self.two_bits(random),
            Shape::ZeroWords => self.zero_words(random),
        }
    }

    /// Length in bytes.
    pub fn length(&self) -> usize {
        self.order.len()
    }

    /// Bits of q that its bytes have room for and that are not there: 0 to 7.
    pub fn spare_bits(&self) -> u32 {
        self.order.last().map_or(0, |top| top.leading_zeros())
    }

    fn uniform(&self, random: &mut Random) -> Scalar {
        let length = self.length();
        loop {
            let mut scalar = [0; MAX_BYTES];
            random.fill(&mut scalar[..length]);
            scalar[length - 1] &= u8::MAX >> self.spare_bits();
            if self.in_range(&scalar) {
                return scalar;
            }
        }
    }

    fn order_minus(&self, small: &Scalar) -> Scalar {
        let mut scalar = [0; MAX_BYTES];
        let mut borrow = false;
        for (out, (q, d)) in scalar.iter_mut().zip(self.order.iter().zip(small)) {
            let (difference, first) = q.overflowing_sub(*d);
            let (difference, second) = difference.overflowing_sub(u8::from(borrow));
            (*out, borrow) = (difference, first || second);
        }
        self.check(scalar)
    }

    fn two_bits(&self, random: &mut Random) -> Scalar {
        loop {
            let mut scalar = [0; MAX_BYTES];
            for _ in 0..2 {
                let bit = random.below(8 * self.order.len());
                scalar[bit / 8] |= 1 << (bit % 8);
            }
            if self.in_range(&scalar) {
                return scalar;
            }
        }
    }

    fn zero_words(&self, random: &mut Random) -> Scalar {
        loop {
            let mut scalar = self.uniform(random);
            for word in scalar.chunks_mut(2) {
                if random.below(4) != 0 {
                    word.fill(0);
                }
            }
            if self.in_range(&scalar) {
                return scalar;
            }
        }
    }

    fn check(&self, scalar: Scalar) -> Scalar {
        assert!(self.in_range(&scalar), "a scalar is 0 < d < q");
        scalar
    }

    /// Whether 0 < scalar < q.
    pub fn in_range(&self, scalar: &Scalar) -> bool {
        let (number, rest) = scalar.split_at(self.order.len());
        number.iter().any(|byte| *byte != 0)
            && rest.iter().all(|byte| *byte == 0)
            && number.iter().rev().lt(self.order.iter().rev())
    }
}

/// 1 to 2^16 - 1.
fn small(random: &mut Random) -> Scalar {
    let mut scalar = [0; MAX_BYTES];
    let number = u16::try_from(1 + random.below(0xFFFF)).expect("16 bits");
    scalar[..2].copy_from_slice(&number.to_le_bytes());
    scalar
}

#[cfg(test)]
mod tests {
    use tamga_gost3410::{CryptoProA, Tc26A256, Tc26A512};

    use super::*;

    fn weight(scalar: &Scalar) -> u32 {
        scalar.iter().map(|byte| byte.count_ones()).sum()
    }

    fn check<C: Judged>() {
        let mut random = Random::new(7);
        let scalars = Scalars::new::<C>(&mut random);
        let bits = 8 * u32::try_from(C::BYTES).expect("64");
        for _ in 0..200 {
            for shape in [&[Shape::Random][..], &Shape::SPECIAL].concat() {
                let scalar = scalars.make(shape, &mut random);
                assert!(scalars.in_range(&scalar), "{shape:?}");
                let (low, high) = scalar[..C::BYTES].split_at(2);
                match shape {
                    Shape::Random => assert!((bits / 3..bits).contains(&weight(&scalar))),
                    Shape::Fixed => assert_eq!(scalar, scalars.fixed),
                    Shape::Small => assert!(high.iter().all(|byte| *byte == 0)),
                    Shape::NearOrder => {
                        assert_eq!(high[2..], scalars.order[4..]);
                        assert_ne!(low, [0, 0]);
                    }
                    Shape::TwoBits => assert!((1..=2).contains(&weight(&scalar))),
                    Shape::ZeroWords => assert!(weight(&scalar) < bits / 3),
                }
            }
        }
        assert_ne!(
            scalars.make(Shape::Random, &mut random),
            scalars.make(Shape::Random, &mut random)
        );
    }

    #[test]
    fn every_shape_is_what_its_name_says() {
        check::<CryptoProA>();
        check::<Tc26A256>();
        check::<Tc26A512>();
    }

    #[test]
    fn q_and_zero_are_out_of_range() {
        let scalars = Scalars::new::<CryptoProA>(&mut Random::new(1));
        let mut q = [0; MAX_BYTES];
        q[..32].copy_from_slice(&scalars.order);
        assert!(!scalars.in_range(&q));
        assert!(!scalars.in_range(&[0; MAX_BYTES]));
        q[0] -= 1;
        assert!(scalars.in_range(&q));
    }
}

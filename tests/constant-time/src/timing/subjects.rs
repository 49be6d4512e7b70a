//! What is measured: the product's operations on secrets, and the controls.

use std::marker::PhantomData;

use tamga_gost3410::{SecretKey, hazmat::sign_with_nonce, sign_prehashed};

use super::Subject;
use crate::{
    controls,
    curves::Judged,
    nonces::first_candidate,
    random::Random,
    scalars::{Scalar, Scalars, Shape},
};

/// Reading a private key, which computes its public key.
pub struct KeyGeneration<C> {
    scalars: Scalars,
    curve: PhantomData<C>,
}

impl<C: Judged> KeyGeneration<C> {
    /// Keys of every shape.
    pub fn new(random: &mut Random) -> Self {
        Self {
            scalars: Scalars::new::<C>(random),
            curve: PhantomData,
        }
    }
}

impl<C: Judged> Subject for KeyGeneration<C> {
    type Input = Scalar;
    type Output = SecretKey<C>;

    fn classes(&self) -> Vec<&'static str> {
        names(&Shape::SPECIAL)
    }

    fn prepare(&self, class: usize, random: &mut Random) -> Scalar {
        self.scalars.make(shape(&Shape::SPECIAL, class), random)
    }

    fn run(&self, input: &Scalar) -> SecretKey<C> {
        key(input)
    }
}

/// Signing with keys of several shapes; digest and entropy are random.
pub struct SigningKey<C> {
    scalars: Scalars,
    curve: PhantomData<C>,
}

impl<C: Judged> SigningKey<C> {
    /// The key enters HMAC-SHA-512 and one multiplication: shapes of digits say nothing there.
    const SHAPES: [Shape; 3] = [Shape::Fixed, Shape::Small, Shape::NearOrder];

    /// Keys of some shapes.
    pub fn new(random: &mut Random) -> Self {
        Self {
            scalars: Scalars::new::<C>(random),
            curve: PhantomData,
        }
    }
}

impl<C: Judged> Subject for SigningKey<C> {
    type Input = (SecretKey<C>, Scalar, [u8; 32]);
    type Output = Vec<u8>;

    const USES: usize = 10;

    fn classes(&self) -> Vec<&'static str> {
        names(&Self::SHAPES)
    }

    fn prepare(&self, class: usize, random: &mut Random) -> Self::Input {
        let scalar = self.scalars.make(shape(&Self::SHAPES, class), random);
        let digest = self.scalars.make(Shape::Random, random);
        let entropy = entropy(&self.scalars, &scalar, &digest, random);
        (key(&scalar), digest, entropy)
    }

    fn run(&self, (key, digest, entropy): &Self::Input) -> Vec<u8> {
        sign(key, digest, entropy)
    }
}

/// Signing one digest with one key and several entropies: a fixed one gives a fixed nonce.
pub struct SigningEntropy<C: Judged> {
    scalars: Scalars,
    scalar: Scalar,
    key: SecretKey<C>,
    digest: Scalar,
    fixed: [u8; 32],
}

impl<C: Judged> SigningEntropy<C> {
    /// A random key, a random digest.
    pub fn new(random: &mut Random) -> Self {
        let scalars = Scalars::new::<C>(random);
        let scalar = scalars.make(Shape::Random, random);
        let digest = scalars.make(Shape::Random, random);
        let fixed = entropy(&scalars, &scalar, &digest, random);
        Self {
            key: key(&scalar),
            scalars,
            scalar,
            digest,
            fixed,
        }
    }
}

impl<C: Judged> Subject for SigningEntropy<C> {
    type Input = [u8; 32];
    type Output = Vec<u8>;

    fn classes(&self) -> Vec<&'static str> {
        names(&[Shape::Fixed])
    }

    fn prepare(&self, class: usize, random: &mut Random) -> [u8; 32] {
        if class == 0 {
            entropy(&self.scalars, &self.scalar, &self.digest, random)
        } else {
            self.fixed
        }
    }

    fn run(&self, entropy: &[u8; 32]) -> Vec<u8> {
        sign(&self.key, &self.digest, entropy)
    }
}

/// The signature equation with nonces of every shape.
pub struct SigningNonce<C: Judged> {
    key: SecretKey<C>,
    digest: Scalar,
    scalars: Scalars,
}

impl<C: Judged> SigningNonce<C> {
    /// A random key, a random digest.
    pub fn new(random: &mut Random) -> Self {
        let scalars = Scalars::new::<C>(random);
        Self {
            key: key(&scalars.make(Shape::Random, random)),
            digest: scalars.make(Shape::Random, random),
            scalars,
        }
    }
}

impl<C: Judged> Subject for SigningNonce<C> {
    type Input = Scalar;
    type Output = Vec<u8>;

    fn classes(&self) -> Vec<&'static str> {
        names(&Shape::SPECIAL)
    }

    fn prepare(&self, class: usize, random: &mut Random) -> Scalar {
        self.scalars.make(shape(&Shape::SPECIAL, class), random)
    }

    fn run(&self, nonce: &Scalar) -> Vec<u8> {
        sign_with_nonce(&self.key, &self.digest[..C::BYTES], &nonce[..C::BYTES])
            .expect("r and s are 0 with probability 2^-254")
    }
}

/// A control: double-and-add with a branch on every bit.
pub struct LeakyMultiplication;

impl Subject for LeakyMultiplication {
    type Input = [u8; controls::BYTES];
    type Output = u64;

    fn classes(&self) -> Vec<&'static str> {
        vec!["random", "two bits"]
    }

    fn prepare(&self, class: usize, random: &mut Random) -> Self::Input {
        if class == 0 {
            random.bytes()
        } else {
            two_bits(random)
        }
    }

    fn run(&self, scalar: &Self::Input) -> u64 {
        controls::double_and_add(scalar, 3)
    }
}

/// A control: a comparison that stops at the first difference.
pub struct LeakyComparison([u8; controls::BYTES]);

impl LeakyComparison {
    /// Compares with a random secret.
    pub fn new(random: &mut Random) -> Self {
        Self(random.bytes())
    }
}

impl Subject for LeakyComparison {
    type Input = [u8; controls::BYTES];
    type Output = bool;

    fn classes(&self) -> Vec<&'static str> {
        vec!["random", "equal"]
    }

    fn prepare(&self, class: usize, random: &mut Random) -> Self::Input {
        if class == 0 { random.bytes() } else { self.0 }
    }

    fn run(&self, guess: &Self::Input) -> bool {
        controls::early_exit_equal(&self.0, guess)
    }
}

/// A control: the product's key generation with the leaky multiplication beside it, to show that a
/// leak is also seen inside an operation that takes many times as long.
pub struct PlantedLeak<C>(KeyGeneration<C>);

impl<C: Judged> PlantedLeak<C> {
    /// Keys of two shapes.
    pub fn new(random: &mut Random) -> Self {
        Self(KeyGeneration::new(random))
    }

    const SHAPES: [Shape; 1] = [Shape::TwoBits];
}

impl<C: Judged> Subject for PlantedLeak<C> {
    type Input = Scalar;
    type Output = (SecretKey<C>, u64);

    fn classes(&self) -> Vec<&'static str> {
        names(&Self::SHAPES)
    }

    fn prepare(&self, class: usize, random: &mut Random) -> Scalar {
        self.0.scalars.make(shape(&Self::SHAPES, class), random)
    }

    fn run(&self, scalar: &Scalar) -> Self::Output {
        let key = self.0.run(scalar);
        let secret = scalar.first_chunk().expect("32 of 64 bytes");
        (key, controls::double_and_add(secret, 3))
    }
}

/// The class names of [`Shape::Random`] and some others.
fn names(special: &[Shape]) -> Vec<&'static str> {
    let random = std::iter::once(Shape::Random.name());
    random
        .chain(special.iter().map(|shape| shape.name()))
        .collect()
}

/// The shape at a place of [`names`].
fn shape(special: &[Shape], class: usize) -> Shape {
    match class {
        0 => Shape::Random,
        place => special[place - 1],
    }
}

fn key<C: Judged>(scalar: &Scalar) -> SecretKey<C> {
    SecretKey::from_le_bytes(&scalar[..C::BYTES]).expect("every shape is in range")
}

fn sign<C: Judged>(key: &SecretKey<C>, digest: &Scalar, entropy: &[u8; 32]) -> Vec<u8> {
    sign_prehashed(key, &digest[..C::BYTES], entropy).expect("a whole key signs")
}

/// Random entropy with which the first candidate for the nonce is used.
///
/// How many are rejected is public and takes time: one class must not have more of them.
fn entropy(scalars: &Scalars, d: &Scalar, digest: &Scalar, random: &mut Random) -> [u8; 32] {
    loop {
        let entropy = random.bytes();
        if scalars.in_range(&first_candidate(scalars, d, digest, &entropy)) {
            return entropy;
        }
    }
}

fn two_bits(random: &mut Random) -> [u8; controls::BYTES] {
    let mut scalar = [0; controls::BYTES];
    for _ in 0..2 {
        let bit = random.below(8 * controls::BYTES);
        scalar[bit / 8] |= 1 << (bit % 8);
    }
    scalar
}

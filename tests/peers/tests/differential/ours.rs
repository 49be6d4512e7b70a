//! Our answers: every way there is to compute one must give the same.

use std::{
    fmt::Debug,
    marker::PhantomData,
    sync::{Mutex, PoisonError},
};

use tamga_gost3410::{
    self as gost3410, Check, CryptoProA, PreparedKey, PublicKey, SecretKey, Tc26A256, Tc26A512,
    hazmat::use_portable_arithmetic, sign_prehashed, verify_batch, verify_prehashed,
};
use tamga_gost3411::{Gost34311, Streebog256, Streebog512, streebog::hazmat::Backend};
use tamga_peers::algorithm::{Curve, Hash};

/// What is asked of us about keys and signatures of a curve.
pub(crate) trait Ours: Sync {
    /// x, y of a scalar.
    fn public(&self, secret: &[u8]) -> Vec<u8>;

    /// r, s.
    fn sign(&self, secret: &[u8], digest: &[u8], entropy: &[u8; 32]) -> Vec<u8>;

    /// Whether each signature holds; a key we refuse verifies nothing.
    fn verify(&self, questions: &[Question<'_>]) -> Vec<bool>;
}

/// A signature to verify.
pub(crate) struct Question<'a> {
    /// x, y.
    pub(crate) public: &'a [u8],
    pub(crate) digest: &'a [u8],
    /// r, s.
    pub(crate) signature: &'a [u8],
}

/// Our implementation of a curve.
pub(crate) fn ours(curve: Curve) -> &'static dyn Ours {
    match curve {
        Curve::CryptoProA => &On::<CryptoProA>(PhantomData),
        Curve::Tc26A256 => &On::<Tc26A256>(PhantomData),
        Curve::Tc26A512 => &On::<Tc26A512>(PhantomData),
    }
}

/// Our digests.
pub(crate) fn digests(hash: Hash, messages: &[Vec<u8>]) -> Vec<Vec<u8>> {
    match hash {
        Hash::Gost34311 => messages
            .iter()
            .map(|message| Gost34311::digest(message).to_vec())
            .collect(),
        Hash::Streebog256 => streebog(
            messages,
            Streebog256::digest,
            Streebog256::digest_many,
            Backend::digest_many_256,
        ),
        Hash::Streebog512 => streebog(
            messages,
            Streebog512::digest,
            Streebog512::digest_many,
            Backend::digest_many_512,
        ),
    }
}

type ManyIn<const N: usize> = fn(Backend, &[&[u8]]) -> Vec<[u8; N]>;

/// One by one, side by side, and side by side in every back end of this machine.
fn streebog<const N: usize>(
    messages: &[Vec<u8>],
    one: fn(&[u8]) -> [u8; N],
    many: fn(&[&[u8]]) -> Vec<[u8; N]>,
    many_in: ManyIn<N>,
) -> Vec<Vec<u8>> {
    let slices: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
    let digests: Vec<_> = slices.iter().map(|message| one(message)).collect();
    assert_eq!(many(&slices), digests, "side by side");
    for backend in Backend::all() {
        assert_eq!(many_in(backend, &slices), digests, "{}", backend.name());
    }
    digests.iter().map(|digest| digest.to_vec()).collect()
}

struct On<C>(PhantomData<C>);

impl<C: gost3410::Curve> Ours for On<C> {
    fn public(&self, secret: &[u8]) -> Vec<u8> {
        in_both_arithmetics(|| key::<C>(secret).public_key().to_le_xy())
    }

    fn sign(&self, secret: &[u8], digest: &[u8], entropy: &[u8; 32]) -> Vec<u8> {
        in_both_arithmetics(|| {
            sign_prehashed(&key::<C>(secret), digest, entropy).expect("a good key signs")
        })
    }

    /// One by one, with a prepared key, and all in one batch, where good ones and bad ones stand side by side.
    fn verify(&self, questions: &[Question<'_>]) -> Vec<bool> {
        let keys: Vec<_> = questions
            .iter()
            .map(|question| PublicKey::<C>::from_le_xy(question.public).ok())
            .collect();
        let checks: Vec<_> = keys
            .iter()
            .zip(questions)
            .filter_map(|(key, question)| {
                Some(Check {
                    public: key.as_ref()?,
                    digest: question.digest,
                    signature: question.signature,
                })
            })
            .collect();
        let verdicts = in_both_arithmetics(|| verify_batch(&checks));
        for (check, verdict) in checks.iter().zip(&verdicts) {
            let Check {
                public,
                digest,
                signature,
            } = check;
            let one = in_both_arithmetics(|| verify_prehashed(public, digest, signature));
            assert_eq!(one, *verdict, "in a batch: {check:x?}");
            let prepared = in_both_arithmetics(|| {
                PreparedKey::new(public).verify_prehashed(digest, signature)
            });
            assert_eq!(prepared, *verdict, "with a prepared key: {check:x?}");
        }
        let mut verdicts = verdicts.iter();
        keys.iter()
            .map(|key| key.is_some() && verdicts.next().is_some_and(Result::is_ok))
            .collect()
    }
}

/// The same with the fastest instructions of this machine and in plain Rust. The choice belongs to the process, so one
/// computation runs at a time.
fn in_both_arithmetics<T: PartialEq + Debug>(compute: impl Fn() -> T) -> T {
    static CHOICE: Mutex<()> = Mutex::new(());
    // A panic elsewhere is told there; the choice is made anew here.
    let _one_at_a_time = CHOICE.lock().unwrap_or_else(PoisonError::into_inner);
    use_portable_arithmetic(true);
    let portable = compute();
    use_portable_arithmetic(false);
    let fast = compute();
    assert_eq!(fast, portable, "in plain Rust");
    fast
}

fn key<C: gost3410::Curve>(secret: &[u8]) -> SecretKey<C> {
    SecretKey::from_le_bytes(secret).expect("a scalar in range")
}

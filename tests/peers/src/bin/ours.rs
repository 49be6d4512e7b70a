//! Our own implementation, measured like every other.

#[path = "ours/files.rs"]
mod files;

use std::{hint::black_box, io};

use tamga_gost3410::{
    self as gost3410, Check, CryptoProA, PreparedKey, PublicKey, SecretKey, Tc26A256, Tc26A512,
    hazmat::use_portable_arithmetic, sign_prehashed, verify_batch, verify_prehashed,
};
use tamga_gost3411::{Gost34311, Streebog256, Streebog512, streebog::hazmat::Backend};
use tamga_peers::{
    algorithm::{BATCH, Curve, Hash, Operation, STREAMS, Subject},
    driver::{Driver, POOL, Work, serve},
    rsa_2048,
};
use tamga_scheme::SignatureScheme;

fn main() -> io::Result<()> {
    serve(&Tamga, io::stdin().lock(), io::stdout().lock())
}

struct Tamga;

impl Driver for Tamga {
    fn about(&self) -> String {
        format!("tamga {}", env!("CARGO_PKG_VERSION"))
    }

    fn work(&self, operation: Operation, subject: Subject) -> Option<Work> {
        match subject {
            Subject::Curve(Curve::CryptoProA) => Pool::<CryptoProA>::make().work(operation),
            Subject::Curve(Curve::Tc26A256) => Pool::<Tc26A256>::make().work(operation),
            Subject::Curve(Curve::Tc26A512) => Pool::<Tc26A512>::make().work(operation),
            Subject::File(file) => files::work(operation, file),
            Subject::Message(hash, length) => hash_work(operation, hash, length),
            Subject::Rsa2048 if operation == Operation::Verify => Some(rsa_verification()),
            Subject::Rsa2048 => None,
        }
    }
}

/// Keys of a curve with a signature each.
struct Pool<C: gost3410::Curve> {
    secrets: Vec<SecretKey<C>>,
    publics: Vec<PublicKey<C>>,
    digests: Vec<Vec<u8>>,
    signatures: Vec<Vec<u8>>,
}

impl<C: gost3410::Curve> Pool<C> {
    fn make() -> Self {
        let secrets: Vec<_> = (0..POOL).map(|_| fresh_key::<C>()).collect();
        let publics = secrets.iter().map(|key| *key.public_key()).collect();
        let digests: Vec<_> = (0..POOL).map(|_| random_bytes(C::BYTES)).collect();
        let signatures = secrets
            .iter()
            .zip(&digests)
            .map(|(key, digest)| sign(key, digest))
            .collect();
        Self {
            secrets,
            publics,
            digests,
            signatures,
        }
    }

    fn work(mut self, operation: Operation) -> Option<Work> {
        match operation {
            Operation::Key => Some(Box::new(|iterations| {
                for _ in 0..iterations {
                    black_box(fresh_key::<C>());
                }
            })),
            Operation::Sign => Some(Box::new(move |iterations| {
                for i in rounds(iterations) {
                    self.digests[i][0] = self.digests[i][0].wrapping_add(1);
                    self.signatures[i] = sign(&self.secrets[0], &self.digests[i]);
                }
            })),
            Operation::Prepare => Some(Box::new(move |iterations| {
                for i in rounds(iterations) {
                    black_box(PreparedKey::new(&self.publics[i]));
                }
            })),
            Operation::SignPortable => self.work(Operation::Sign).map(portably),
            Operation::Verify => Some(Box::new(move |iterations| {
                for i in rounds(iterations) {
                    verify_prehashed(&self.publics[i], &self.digests[i], &self.signatures[i])
                        .expect("our own signature");
                }
            })),
            Operation::VerifyBatch => Some(Box::new(move |iterations| {
                let checks: Vec<_> = (0..POOL).map(|i| self.check(i)).collect();
                let batches = checks.chunks(BATCH).cycle();
                for batch in batches.take(count(iterations) / BATCH) {
                    let verdicts = verify_batch(batch);
                    assert!(verdicts.iter().all(Result::is_ok), "our own signatures");
                }
            })),
            Operation::VerifyPortable => self.work(Operation::Verify).map(portably),
            Operation::VerifyPrepared => {
                let prepared: Vec<_> = self.publics.iter().map(PreparedKey::new).collect();
                Some(Box::new(move |iterations| {
                    for i in rounds(iterations) {
                        prepared[i]
                            .verify_prehashed(&self.digests[i], &self.signatures[i])
                            .expect("our own signature");
                    }
                }))
            }
            Operation::Hash
            | Operation::HashPortable
            | Operation::HashStreams
            | Operation::Open => None,
        }
    }

    fn check(&self, i: usize) -> Check<'_, C> {
        Check {
            public: &self.publics[i],
            digest: &self.digests[i],
            signature: &self.signatures[i],
        }
    }
}

/// The same work in plain Rust.
fn portably(mut work: Work) -> Work {
    Box::new(move |iterations| {
        use_portable_arithmetic(true);
        work(iterations);
        use_portable_arithmetic(false);
    })
}

fn hash_work(operation: Operation, hash: Hash, length: usize) -> Option<Work> {
    let message = random_bytes(length);
    match (operation, hash) {
        (Operation::Hash, Hash::Gost34311) => Some(hashing(message, Gost34311::digest)),
        (Operation::Hash, Hash::Streebog256) => Some(hashing(message, Streebog256::digest)),
        (Operation::Hash, Hash::Streebog512) => Some(hashing(message, Streebog512::digest)),
        (Operation::HashPortable, Hash::Streebog512) => {
            let portable = portable();
            Some(hashing(message, move |message| {
                let mut hasher = portable.streebog_512();
                hasher.update(message);
                hasher.finalize()
            }))
        }
        (Operation::HashStreams, Hash::Streebog512) => Some(Box::new(move |iterations| {
            let messages = [&message[..]; STREAMS];
            for _ in 0..count(iterations) / STREAMS {
                black_box(Streebog512::digest_many(black_box(&messages)));
            }
        })),
        _ => None,
    }
}

fn hashing<D>(message: Vec<u8>, digest: impl Fn(&[u8]) -> D + 'static) -> Work {
    Box::new(move |iterations| {
        for _ in 0..iterations {
            black_box(digest(black_box(&message)));
        }
    })
}

fn portable() -> Backend {
    Backend::all()
        .into_iter()
        .find(|backend| backend.name() == "portable")
        .expect("every machine has it")
}

/// As the product verifies, with the hash of a short message.
fn rsa_verification() -> Work {
    let rsa_2048::Signatures { key, signed } = rsa_2048::Signatures::make();
    Box::new(move |iterations| {
        for i in rounds(iterations) {
            let (message, value) = &signed[i];
            tamga_scheme::verify(&key, SignatureScheme::RsaSha256, message, value)
                .expect("our own signature");
        }
    })
}

/// Round the pool.
fn rounds(iterations: u64) -> impl Iterator<Item = usize> {
    (0..POOL).cycle().take(count(iterations))
}

fn count(iterations: u64) -> usize {
    usize::try_from(iterations).expect("a count of operations")
}

fn fresh_key<C: gost3410::Curve>() -> SecretKey<C> {
    SecretKey::from_le_bytes_reduced(&random_bytes(C::BYTES)).expect("not a multiple of q")
}

fn sign<C: gost3410::Curve>(key: &SecretKey<C>, digest: &[u8]) -> Vec<u8> {
    let mut entropy = [0; 32];
    getrandom::fill(&mut entropy).expect("the system's generator");
    sign_prehashed(key, digest, &entropy).expect("a good key")
}

fn random_bytes(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    getrandom::fill(&mut bytes).expect("the system's generator");
    bytes
}

//! The crates `streebog`, `gost94` and `rsa` of RustCrypto, as measures of speed.

use std::{hint::black_box, io};

use digest::Digest;
use gost94::Gost94Test;
use rsa::{Pkcs1v15Sign, RsaPublicKey, pkcs8::DecodePublicKey};
use sha2::Sha256;
use streebog::{Streebog256, Streebog512};
use tamga_peers::{
    algorithm::{Hash, Operation, Subject},
    driver::{Driver, Work, serve},
    rsa_2048,
};

fn main() -> io::Result<()> {
    serve(&RustCrypto, io::stdin().lock(), io::stdout().lock())
}

struct RustCrypto;

impl Driver for RustCrypto {
    fn about(&self) -> String {
        "RustCrypto streebog, gost94 and rsa of this workspace".to_owned()
    }

    fn work(&self, operation: Operation, subject: Subject) -> Option<Work> {
        match (operation, subject) {
            (Operation::Hash, Subject::Message(hash, length)) => Some(match hash {
                Hash::Gost34311 => hashing::<Gost94Test>(length),
                Hash::Streebog256 => hashing::<Streebog256>(length),
                Hash::Streebog512 => hashing::<Streebog512>(length),
            }),
            (Operation::Verify, Subject::Rsa2048) => Some(rsa_verification()),
            _ => None,
        }
    }
}

fn hashing<D: Digest>(length: usize) -> Work {
    let mut message = vec![0; length];
    getrandom::fill(&mut message).expect("the system's generator");
    Box::new(move |iterations| {
        for _ in 0..iterations {
            black_box(D::digest(black_box(&message)));
        }
    })
}

fn rsa_verification() -> Work {
    let made = rsa_2048::Signatures::make();
    let key = RsaPublicKey::from_public_key_der(made.key.spki_der()).expect("a key of ours");
    Box::new(move |iterations| {
        let pool = made.signed.iter().cycle();
        let count = usize::try_from(iterations).expect("a count of operations");
        for (message, value) in pool.take(count) {
            let digest = Sha256::digest(message);
            key.verify(Pkcs1v15Sign::new::<Sha256>(), &digest, value.as_bytes())
                .expect("a signature of this key");
        }
    })
}

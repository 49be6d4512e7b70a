//! RSA verification: over a message (ring) and over a digest (the rsa crate).

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use serde::Deserialize;
use tamga_scheme::{PublicKey, SignatureScheme, SignatureValue, verify, verify_digest};

#[derive(Deserialize)]
struct File {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    comment: String,
    spki: String,
    message: String,
    signature: String,
}

fn rsa(criterion: &mut Criterion) {
    let scheme = SignatureScheme::RsaSha256;
    let file: File =
        serde_json::from_str(include_str!("../tests/vectors/rsa.json")).expect("a file of vectors");
    for vector in file.vectors {
        let bytes = |text: &str| hex::decode(text).expect("hex");
        let key = PublicKey::from_spki_der(&bytes(&vector.spki)).expect("a key");
        let message = bytes(&vector.message);
        let digest = scheme.digest().digest(&message);
        let value = SignatureValue::new(bytes(&vector.signature));

        let mut group = criterion.benchmark_group(format!("verify RSA-SHA256, {}", vector.comment));
        group.bench_function("message: ring", |bench| {
            bench.iter(|| verify(black_box(&key), scheme, &message, &value).expect("valid"));
        });
        group.bench_function("digest: rsa", |bench| {
            bench.iter(|| verify_digest(black_box(&key), scheme, &digest, &value).expect("valid"));
        });
        group.finish();
    }
}

criterion_group!(benches, rsa);
criterion_main!(benches);

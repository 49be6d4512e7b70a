//! What a signer and a verifier wait for, on each curve. Other implementations beside ours: `cargo xtask peers`.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tamga_gost3410::{
    Check, CryptoProA, Curve, PreparedKey, SecretKey, Tc26A256, Tc26A512, sign_prehashed,
    verify_batch, verify_prehashed,
};

/// Keys with a signature each; enough that branch prediction cannot learn one of them by heart.
const POOL: u8 = 16;

/// Signatures checked at once.
const BATCH: usize = 8;

fn signatures<C: Curve>(criterion: &mut Criterion, name: &str) {
    let secrets: Vec<_> = (1..=POOL).map(|byte| bytes::<C>(byte, 0x35)).collect();
    let digests: Vec<_> = (1..=POOL).map(|byte| bytes::<C>(byte, 0xC3)).collect();
    let keys: Vec<_> = secrets.iter().map(|secret| key::<C>(secret)).collect();
    let signatures: Vec<_> = keys
        .iter()
        .zip(&digests)
        .map(|(key, digest)| sign(key, digest))
        .collect();
    let checks: Vec<_> = keys
        .iter()
        .zip(digests.iter().zip(&signatures))
        .map(|(key, (digest, signature))| Check {
            public: key.public_key(),
            digest,
            signature,
        })
        .collect();

    let mut group = criterion.benchmark_group(name);
    let mut next = secrets.iter().cycle();
    group.bench_function("key pair", |bench| {
        bench.iter(|| key::<C>(next.next().expect("a cycle")));
    });
    let mut next = digests.iter().cycle();
    group.bench_function("sign", |bench| {
        bench.iter(|| sign(&keys[0], next.next().expect("a cycle")));
    });
    let mut next = checks.iter().cycle();
    group.bench_function("verify", |bench| {
        bench.iter(|| {
            let check = next.next().expect("a cycle");
            verify_prehashed(check.public, check.digest, check.signature)
        });
    });
    let prepared: Vec<_> = checks
        .iter()
        .map(|check| PreparedKey::new(check.public))
        .collect();
    let mut next = prepared.iter().zip(&checks).cycle();
    group.bench_function("verify with a prepared key", |bench| {
        bench.iter(|| {
            let (key, check) = next.next().expect("a cycle");
            key.verify_prehashed(check.digest, check.signature)
        });
    });
    let mut next = checks.iter().cycle();
    group.bench_function("prepare a key", |bench| {
        bench.iter(|| PreparedKey::new(next.next().expect("a cycle").public));
    });
    group.throughput(Throughput::Elements(BATCH as u64));
    let mut next = checks.chunks(BATCH).cycle();
    group.bench_function("verify a batch of 8", |bench| {
        bench.iter(|| verify_batch(next.next().expect("a cycle")));
    });
    group.finish();
}

fn every_curve(criterion: &mut Criterion) {
    signatures::<Tc26A512>(criterion, "tc26-512-A");
    signatures::<CryptoProA>(criterion, "crypto-pro-A");
    signatures::<Tc26A256>(criterion, "tc26-256-A");
}

/// Some number below q; the same in every run.
fn bytes<C: Curve>(first: u8, rest: u8) -> Vec<u8> {
    let mut bytes = vec![rest; C::BYTES];
    bytes[0] = first;
    bytes[C::BYTES / 2] = first;
    bytes
}

fn key<C: Curve>(secret: &[u8]) -> SecretKey<C> {
    SecretKey::from_le_bytes(black_box(secret)).expect("below q")
}

fn sign<C: Curve>(key: &SecretKey<C>, digest: &[u8]) -> Vec<u8> {
    sign_prehashed(key, black_box(digest), &[0x5A; 32]).expect("a good key signs")
}

criterion_group!(benches, every_curve);
criterion_main!(benches);

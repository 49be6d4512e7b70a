//! GOST 34.311-95: ours and the RustCrypto crate, short and long messages.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use digest::Digest;
use gost94::Gost94Test;
use tamga_gost3411::Gost34311;

fn hash(criterion: &mut Criterion) {
    for length in [64, 1024, 65_536] {
        let message = vec![0xA5; length];
        let mut group = criterion.benchmark_group(format!("gost34311/{length}"));
        group.throughput(Throughput::Bytes(length as u64));
        group.bench_function("tamga", |bench| {
            bench.iter(|| Gost34311::digest(black_box(&message)));
        });
        group.bench_function("rustcrypto", |bench| {
            bench.iter(|| Gost94Test::digest(black_box(&message)));
        });
        group.finish();
    }
}

criterion_group!(benches, hash);
criterion_main!(benches);

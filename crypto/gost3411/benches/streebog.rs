//! Streebog-512: our back ends and the RustCrypto crate, short and long messages, one and several.
//!
//! The workspace builds programs for size; for a fair comparison RustCrypto needs speed as well:
//! `cargo bench -p tamga-gost3411 --bench streebog --config profile.bench.package.streebog.opt-level=3`

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tamga_gost3411::streebog::hazmat::Backend;

fn one_message(criterion: &mut Criterion) {
    for length in [64, 1024, 65_536] {
        let message = vec![0xA5; length];
        let mut group = criterion.benchmark_group(format!("streebog512/{length}"));
        group.throughput(Throughput::Bytes(length as u64));
        for backend in backends() {
            group.bench_function(backend.name(), |bench| {
                bench.iter(|| {
                    let mut hasher = backend.streebog_512();
                    hasher.update(black_box(&message));
                    hasher.finalize()
                });
            });
        }
        group.bench_function("rustcrypto", |bench| {
            bench.iter(|| <streebog::Streebog512 as digest::Digest>::digest(black_box(&message)));
        });
        group.finish();
    }
}

fn three_messages(criterion: &mut Criterion) {
    for length in [64, 1024, 65_536] {
        let message = vec![0xA5; length];
        let messages = [&message[..]; 3];
        let mut group = criterion.benchmark_group(format!("streebog512 of three/{length}"));
        group.throughput(Throughput::Bytes(3 * length as u64));
        for backend in backends() {
            group.bench_function(backend.name(), |bench| {
                bench.iter(|| backend.digest_many_512(black_box(&messages)));
            });
        }
        group.finish();
    }
}

/// All but the model, which is there to be right.
fn backends() -> impl Iterator<Item = Backend> {
    Backend::all()
        .into_iter()
        .filter(|backend| backend.name() != "model")
}

criterion_group!(benches, one_message, three_messages);
criterion_main!(benches);

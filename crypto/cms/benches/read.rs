//! What reading a message costs beside its signature, and how fast a large one goes by.
#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "a bench is no API, and a panic in it a failed run"
)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tamga_cms::{Content, ContentDigests, Limits, SignedData, SignedDataReader, prepare};
use tamga_scheme::{AskNobody, Prepared, Signer as _, SoftwareSigner, ToSign};
use tamga_test_pki::TestPki;
use tamga_test_support::System;
use tamga_x509::{Certificate, UnixTime};

const NOW: UnixTime = UnixTime(1_795_165_200);

fn message(pki: &TestPki, id: &str, content: &[u8]) -> Vec<u8> {
    let holder = pki.holder(id).unwrap();
    let signer = SoftwareSigner::new(&holder.key, &System);
    let form = Content::Attached(content);
    let prepared = prepare(form, signer.scheme(), &holder.certificate, NOW).unwrap();
    let value = signer
        .sign(ToSign::Bytes(prepared.to_sign()), &mut AskNobody)
        .unwrap();
    prepared.assemble(value)
}

fn read(criterion: &mut Criterion) {
    let pki = TestPki::generate(NOW, &System).unwrap();
    let limits = Limits::default();
    for id in ["rsa_individual", "gost2015_individual"] {
        let bytes = message(&pki, id, &[7; 1024]);
        let certificate = pki.holder(id).unwrap().certificate.der().to_vec();
        let mut group = criterion.benchmark_group(id);
        group.bench_function("certificate alone", |bench| {
            bench.iter(|| Certificate::from_der(black_box(&certificate)).unwrap());
        });
        group.bench_function("parse", |bench| {
            bench.iter(|| SignedData::parse(black_box(&bytes), &limits).unwrap());
        });
        let parsed = SignedData::parse(&bytes, &limits).unwrap();
        let signer = &parsed.signers()[0];
        group.bench_function("digest and attributes", |bench| {
            bench.iter(|| {
                let mut content = ContentDigests::new(black_box(&[7; 1024]));
                let bound = signer.check_digests(&mut content).unwrap();
                signer.check_ess(&parsed.certificates()[0]).unwrap();
                bound
            });
        });
        let bound = signer.check_content(&[7; 1024]).unwrap();
        let key = parsed.certificates()[0].public_key().unwrap();
        group.bench_function("signature", |bench| {
            bench.iter(|| signer.check_signature(key, black_box(&bound)).unwrap());
        });
        group.finish();
    }
    let large = message(&pki, "rsa_individual", &vec![7; 8 << 20]);
    let mut group = criterion.benchmark_group("8 MiB");
    group
        .throughput(Throughput::Bytes(large.len() as u64))
        .sample_size(20);
    group.bench_function("parse", |bench| {
        bench.iter(|| SignedData::parse(black_box(&large), &limits).unwrap());
    });
    group.bench_function("stream, SHA-256", |bench| {
        bench.iter(|| {
            let mut reader = SignedDataReader::new(&limits);
            large
                .chunks(1 << 16)
                .for_each(|piece| reader.feed(piece).unwrap());
            reader.finish().unwrap()
        });
    });
    group.finish();
}

criterion_group!(benches, read);
criterion_main!(benches);

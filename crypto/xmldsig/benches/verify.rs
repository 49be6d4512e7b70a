//! What a verifier waits for: reading an enveloped RSA-SHA256 signature over inclusive Canonical XML, digest and value.
//!
//! Rows of an invoice as portals send them. Other implementations over the same shape: libxmlsec1, Santuario.

use std::fmt::Write as _;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use tamga_scheme::{AskNobody, Prepared, SignatureScheme, Signer, SoftwareSigner, ToSign};
use tamga_test_support::System;
use tamga_xmldsig::{Form, Limits, SignedXml, prepare};

/// Names and sizes in bytes; the time of the largest is seconds in a build without optimisation.
const SIZES: [(&str, usize); 3] = [
    ("10 KiB", 10 << 10),
    ("1 MiB", 1 << 20),
    ("50 MiB", 50 << 20),
];

fn document(size: usize) -> String {
    let mut text = "<fno xmlns=\"urn:kz:form\" code=\"910.00\">\n".to_owned();
    for row in 0_usize.. {
        if text.len() >= size {
            break;
        }
        let cents = row % 100;
        writeln!(
            text,
            "  <row num=\"{row}\" kind=\"invoice\" xmlns:x=\"urn:x\"><x:name lang=\"kk\">Төлем {row} &amp; қызмет</x:name><sum currency=\"KZT\">{}.{cents:02}</sum><note a=\"1\" b='2'>Счёт-фактура &lt;{row}&gt;</note></row>",
            row * 7
        )
        .expect("a string takes everything");
    }
    text.push_str("</fno>\n");
    text
}

fn signed(size: usize) -> String {
    let scheme = SignatureScheme::RsaSha256;
    let (key, certificate) = tamga_test_pki::self_issued(scheme, "BENCH", &System).expect("a key");
    let prepared =
        prepare(&document(size), Form::Compact, scheme, &certificate).expect("well-formed");
    let signer = SoftwareSigner::new(&key, &System);
    let value = signer.sign(ToSign::Bytes(prepared.to_sign()), &mut AskNobody);
    prepared.assemble(value.expect("signed"))
}

fn verify(document: &[u8]) {
    let limits = Limits::default();
    let read = SignedXml::parse(black_box(document), &limits).expect("well-formed");
    let [signature] = read.signatures() else {
        panic!("one signature")
    };
    signature.check_references().expect("the digest holds");
    let certificate = signature.certificate().expect("one is in KeyInfo");
    let key = certificate.public_key().expect("a known key");
    signature.check_signature(key).expect("the value holds");
}

fn enveloped(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("verify an enveloped signature");
    group.sample_size(10);
    for (name, size) in SIZES {
        let document = signed(size);
        group.throughput(Throughput::Bytes(document.len() as u64));
        group.bench_function(name, |bench| bench.iter(|| verify(document.as_bytes())));
    }
    group.finish();
}

criterion_group!(benches, enveloped);
criterion_main!(benches);

//! A small world to verify in: the test CA, its lists, and signatures by its people.
#![allow(dead_code, reason = "each test binary uses its own part")]
#![allow(clippy::unwrap_used, reason = "a broken world is a failed test")]

use std::sync::LazyLock;

use tamga_cms::Content;
use tamga_scheme::{
    AskNobody, Prepared, PrivateKey, SignatureScheme, Signer, SoftwareSigner, ToSign,
};
use tamga_test_pki::TestPki;
pub(crate) use tamga_test_support::System;
use tamga_verifier_core::{Evidence, Input, Policy, Reason, Report, Verdict, verify};
use tamga_x509::{AnchorSet, Certificate, Crl, UnixTime};

/// 2026-11-20T09:00:00Z
pub(crate) const NOW: UnixTime = UnixTime(1_795_165_200);

/// The test CA with everything a verdict needs.
pub(crate) struct World {
    pub(crate) pki: TestPki,
    pub(crate) anchors: AnchorSet,
    pub(crate) evidence: Evidence,
}

impl World {
    /// One for all tests of a binary: making RSA keys takes its time.
    pub(crate) fn shared() -> &'static Self {
        static WORLD: LazyLock<World> = LazyLock::new(World::new);
        &WORLD
    }

    fn new() -> Self {
        let pki = TestPki::generate(NOW, &System).unwrap();
        let anchors = pki.anchors().unwrap();
        let lists = pki.lists(&System).unwrap();
        let mut evidence = Evidence::none();
        evidence.crls = lists
            .iter()
            .map(|(_, der)| Crl::from_der(der).unwrap())
            .collect();
        Self {
            pki,
            anchors,
            evidence,
        }
    }

    /// A CMS by somebody, signed at [`NOW`].
    pub(crate) fn cms(&self, holder: &str, content: Content<'_>) -> Vec<u8> {
        self.cms_at(holder, content, NOW)
    }

    pub(crate) fn cms_at(&self, holder: &str, content: Content<'_>, at: UnixTime) -> Vec<u8> {
        let holder = self.pki.holder(holder).unwrap();
        cms(&holder.key, &holder.certificate, content, at)
    }

    /// An enveloped XML signature by somebody.
    pub(crate) fn xml(&self, holder: &str, document: &str) -> String {
        let holder = self.pki.holder(holder).unwrap();
        let scheme = SignatureScheme::for_key(holder.key.public_key().kind());
        let form = tamga_xmldsig::Form::Compact;
        let prepared = tamga_xmldsig::prepare(document, form, scheme, &holder.certificate).unwrap();
        sign(&holder.key, prepared)
    }

    /// An XML signature by somebody over one element.
    pub(crate) fn xml_by_id(
        &self,
        holder: &str,
        document: &str,
        signed: &str,
        parent: &str,
    ) -> String {
        use tamga_xmldsig::{
            BlankText, ExistingSignatures, Form, LocationPath, Options, Placement,
        };
        let holder = self.pki.holder(holder).unwrap();
        let scheme = SignatureScheme::for_key(holder.key.public_key().kind());
        let options = Options {
            form: Form::Compact,
            placement: Placement::ById {
                signed: LocationPath::parse(signed).unwrap(),
                parent: LocationPath::parse(parent).unwrap(),
            },
            existing: ExistingSignatures::Keep,
            blank_text: BlankText::Keep,
        };
        let prepared =
            tamga_xmldsig::prepare_with(document, &options, scheme, &holder.certificate).unwrap();
        sign(&holder.key, prepared)
    }

    pub(crate) fn certificate(&self, holder: &str) -> &Certificate {
        &self.pki.holder(holder).unwrap().certificate
    }

    /// Verifies at [`NOW`] under the document policy.
    pub(crate) fn verify(&self, input: &Input<'_>) -> Report {
        self.verify_with(input, &Policy::document())
    }

    pub(crate) fn verify_with(&self, input: &Input<'_>, policy: &Policy) -> Report {
        verify(input, &self.anchors, &self.evidence, NOW, policy)
    }
}

pub(crate) fn cms(
    key: &PrivateKey,
    certificate: &Certificate,
    content: Content<'_>,
    at: UnixTime,
) -> Vec<u8> {
    let scheme = SignatureScheme::for_key(key.public_key().kind());
    sign(
        key,
        tamga_cms::prepare(content, scheme, certificate, at).unwrap(),
    )
}

fn sign<P: Prepared>(key: &PrivateKey, prepared: P) -> P::Signed {
    let signer = SoftwareSigner::new(key, &System);
    let value = signer
        .sign(ToSign::Bytes(prepared.to_sign()), &mut AskNobody)
        .unwrap();
    prepared.assemble(value)
}

/// The whole report has this reason; the verdict is the reason's.
#[track_caller]
pub(crate) fn assert_reason(report: &Report, expected: impl Into<Reason>) {
    let expected = expected.into();
    assert_eq!(report.conclusion.reason(), Some(expected));
    assert_eq!(
        report.conclusion.verdict(),
        expected.sub_indication.verdict()
    );
    assert_ne!(report.conclusion.verdict(), Verdict::TotalPassed);
}

#[track_caller]
pub(crate) fn assert_passed(report: &Report) {
    assert_eq!(report.conclusion.reason(), None);
    assert_eq!(report.conclusion.verdict(), Verdict::TotalPassed);
}

/// Replaces the certificates of a message and mends the four lengths around them.
pub(crate) fn exchange(message: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = message
        .windows(from.len())
        .position(|window| window == from)
        .expect("certificate");
    let mut out = message.to_vec();
    out.splice(at..at + from.len(), to.iter().copied());
    let growth = to.len() as isize - from.len() as isize;
    // ContentInfo, [0], SignedData, certificates [0]: all longer than 255 bytes, so two length octets each.
    for header in [0, 15, 19, at - 4] {
        assert_eq!(out[header + 1], 0x82);
        let length = usize::from(u16::from_be_bytes([out[header + 2], out[header + 3]]));
        let mended = u16::try_from(length.checked_add_signed(growth).expect("length"));
        out[header + 2..header + 4].copy_from_slice(&mended.expect("short").to_be_bytes());
    }
    out
}

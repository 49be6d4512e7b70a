//! No changed byte may pass.

mod support;

use support::{NOW, World, assert_passed, exchange};
use tamga_cms::Content;
use tamga_verifier_core::{Input, Policy, Verdict};

/// Flips every byte of `message` with several masks; `judge` says whether the result passes.
fn sweep(message: &[u8], masks: &[u8], passes: impl Fn(&[u8]) -> bool) {
    assert!(passes(message), "the untouched message passes");
    let mut changed = message.to_vec();
    for at in 0..message.len() {
        for mask in masks {
            changed[at] ^= mask;
            assert!(!passes(&changed), "byte {at} changed by {mask:#04x} passes");
            changed[at] ^= mask;
        }
    }
}

fn passes(world: &World, input: &Input<'_>) -> bool {
    world.verify(input).conclusion.verdict() == Verdict::TotalPassed
}

#[test]
fn no_changed_byte_of_an_attached_gost_message_passes() {
    let world = World::shared();
    let message = world.cms("gost2015_individual", Content::Attached(b"text"));
    sweep(&message, &[0x01, 0x80, 0xff], |bytes| {
        passes(world, &Input::new(bytes))
    });
}

#[test]
fn no_changed_byte_of_a_detached_rsa_message_passes() {
    let world = World::shared();
    let message = world.cms("rsa_individual", Content::Detached(b"text"));
    sweep(&message, &[0x01, 0x20, 0xff], |bytes| {
        passes(world, &Input::new(bytes).content(b"text"))
    });
    sweep(b"text", &[0x01, 0x20, 0xff], |content| {
        passes(world, &Input::new(&message).content(content))
    });
}

#[test]
fn no_changed_byte_of_a_signed_document_passes_as_another_document() {
    let world = World::shared();
    let xml = world.xml("rsa_individual", "<r><a x='1'>text</a></r>");
    // Neither the XML declaration before the root nor the lexical form of the signature is signed.
    let root = xml.find("<r>").expect("root");
    let end = xml.find("</a>").expect("end of the content") + "</a>".len();
    let (before, rest) = xml.as_bytes().split_at(root);
    let (document, after) = rest.split_at(end - root);
    sweep(document, &[0x01, 0x10, 0xff], |changed| {
        let whole = [before, changed, after].concat();
        passes(world, &Input::new(&whole))
    });
}

#[test]
fn the_certificate_cannot_be_exchanged_for_another_with_the_same_key() {
    let world = World::shared();
    let holder = world.pki.holder("gost2015_individual").expect("holder");
    let authority = &world.pki.gost[1];
    let other = tamga_test_pki::issue(
        &tamga_test_pki::Profile {
            subject: vec![("2.5.4.3", "ANOTHER".to_owned())],
            key_usage: 0xc8,
            extended_key_usage: vec!["1.3.6.1.5.5.7.3.4"],
            authority: false,
        },
        holder.certificate.validity(),
        holder.key.public_key(),
        &tamga_test_pki::Issuer {
            name: &authority.name,
            key: &authority.key,
        },
        &support::System,
    )
    .expect("a certificate");
    // The serial number follows the key, so issuer and serial number name both.
    assert_eq!(
        other.issuer_and_serial(),
        holder.certificate.issuer_and_serial()
    );
    let message = support::cms(
        &holder.key,
        &holder.certificate,
        Content::Attached(b"x"),
        NOW,
    );
    let exchanged = exchange(&message, holder.certificate.der(), other.der());
    let report = world.verify(&Input::new(&exchanged));
    support::assert_reason(
        &report,
        tamga_verifier_core::Reason {
            sub_indication: tamga_verifier_core::SubIndication::NoSigningCertificateFound,
            detail: Some(tamga_verifier_core::Detail::CertificateReference),
        },
    );

    // As a decoy beside the right one it changes nothing (W04).
    let both = exchange(
        &message,
        holder.certificate.der(),
        &[other.der(), holder.certificate.der()].concat(),
    );
    let report = world.verify_with(&Input::new(&both), &Policy::document());
    assert_passed(&report);
    let signer = report.signatures[0].signer.as_ref().expect("signer");
    assert_eq!(signer.certificate, holder.certificate);
}

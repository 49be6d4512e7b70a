//! No changed byte makes a message say something else.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests: a panic is a failed test"
)]

mod support;

use std::collections::BTreeSet;

use support::{children, holder, parse, sign_in, signed_data};
use tamga_cms::{ContentDigests, Draft, Limits, SignedData};

const CONTENT: &[u8] = b"text";

/// What a verified message says: for each signer, with which certificate, when, over which content.
fn verified(bytes: &[u8], detached: Option<&[u8]>) -> Option<Vec<String>> {
    let message = SignedData::parse(bytes, &Limits::default()).ok()?;
    let content = message.content().or(detached)?;
    let mut digests = ContentDigests::new(content);
    let mut said = Vec::new();
    for signer in message.signers() {
        let bound = signer.check_digests(&mut digests).ok()?;
        let certificate = message
            .certificates()
            .iter()
            .find(|one| signer.matches(one))?;
        signer.check_ess(certificate).ok()?;
        signer
            .check_signature(certificate.public_key().ok()?, &bound)
            .ok()?;
        said.push(format!(
            "{:02x?} {:?} {:02x?} {:02x?}",
            certificate.der(),
            signer.claimed_signing_time(),
            signer.original_signed_attributes(),
            content,
        ));
    }
    (!said.is_empty()).then_some(said)
}

/// Flips every byte; returns where a flip left everything that is verified unchanged. No flip may change it.
fn sweep(bytes: &[u8], detached: Option<&[u8]>) -> BTreeSet<usize> {
    let before = verified(bytes, detached);
    assert!(before.is_some(), "the untouched message verifies");
    let mut changed = bytes.to_vec();
    let mut harmless = BTreeSet::new();
    for at in 0..bytes.len() {
        for mask in [0x01, 0x20, 0x80, 0xff] {
            changed[at] ^= mask;
            let after = verified(&changed, detached);
            if after.is_some() {
                assert_eq!(after, before, "byte {at} changed by {mask:#04x}");
                harmless.insert(at);
            }
            changed[at] ^= mask;
        }
    }
    harmless
}

/// Where `part`, which occurs once, lies in `whole`.
fn place(whole: &[u8], part: &[u8]) -> BTreeSet<usize> {
    let mut found = whole
        .windows(part.len())
        .enumerate()
        .filter(|(_, window)| *window == part);
    let at = found.next().unwrap().0;
    assert!(found.next().is_none(), "it occurs once");
    (at..at + part.len()).collect()
}

#[test]
fn no_flip_passes_in_an_attached_gost_message() {
    let mut draft = Draft::attached(CONTENT);
    sign_in(&mut draft, holder("gost2015_individual"));
    assert_eq!(sweep(&draft.to_der().unwrap(), None), BTreeSet::new());
}

#[test]
fn no_flip_passes_in_a_detached_rsa_message_nor_in_its_content() {
    let mut draft = Draft::detached(ContentDigests::new(CONTENT));
    sign_in(&mut draft, holder("rsa_individual"));
    let bytes = draft.to_der().unwrap();
    assert_eq!(sweep(&bytes, Some(CONTENT)), BTreeSet::new());
    let mut content = CONTENT.to_vec();
    for at in 0..content.len() {
        for mask in [0x01, 0x20, 0xff] {
            content[at] ^= mask;
            assert_eq!(verified(&bytes, Some(&content)), None);
            content[at] ^= mask;
        }
    }
}

#[test]
fn flips_pass_only_in_what_no_signature_covers() {
    let extra = &support::pki().rsa[0].certificate;
    let mut draft = Draft::attached(CONTENT);
    sign_in(&mut draft, holder("gost2004_individual"));
    draft.embed_certificate(extra);
    draft
        .attach_certificate_values(0, std::slice::from_ref(extra))
        .unwrap();
    let bytes = [draft.to_der().unwrap(), vec![0; 3]].concat();
    let message = parse(&bytes);
    let harmless = sweep(&bytes, None);

    // Certificates nobody signed with, unsigned attributes, bytes behind the message.
    let signer = message.signers()[0].der();
    let unsigned = children(children(signer)[0].1).last().unwrap().2.to_vec();
    let set = children(signed_data(&bytes[..bytes.len() - 3]))
        .into_iter()
        .find(|(tag, ..)| *tag == 0xa0)
        .unwrap()
        .1;
    let inside_set = place(&bytes, set);
    // The same certificate stands in the attribute too; only its first copy lies in the set.
    let at = bytes
        .windows(extra.der().len())
        .position(|window| window == extra.der())
        .unwrap();
    let spare: BTreeSet<usize> = (at..at + extra.der().len()).collect();
    assert!(spare.is_subset(&inside_set));
    let uncovered: BTreeSet<usize> = spare
        .union(&place(&bytes, &unsigned))
        .copied()
        .chain(bytes.len() - 3..bytes.len())
        .collect();
    let covered: Vec<_> = harmless.difference(&uncovered).collect();
    assert!(covered.is_empty(), "{covered:?}");
    assert!(
        harmless.contains(&(bytes.len() - 1)),
        "trailing bytes are not looked at"
    );
    assert!(
        harmless.len() > 1000,
        "signatures of others are not checked here"
    );
}

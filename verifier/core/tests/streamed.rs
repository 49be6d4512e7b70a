//! Messages and contents that went by in pieces get the same report as those in memory.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests: a panic is a failed test"
)]

mod support;

use support::{World, assert_passed, assert_reason};
use tamga_cms::Content;
use tamga_scheme::DigestAlgorithm;
use tamga_verifier_core::{
    Detail, Format, Input, Reason, Report, SubIndication,
    streaming::{
        ContentDigester, ContentDigests, Error, Limits, SignedDataReader, StreamedMessage,
    },
};

const CONTENT: &[u8] = "Құжат".as_bytes();
const HOLDERS: [&str; 3] = [
    "gost2015_individual",
    "gost2004_individual",
    "rsa_individual",
];
const MISMATCH: Reason = Reason {
    sub_indication: SubIndication::HashFailure,
    detail: Some(Detail::ContentMismatch),
};
const MALFORMED: Reason = Reason {
    sub_indication: SubIndication::FormatFailure,
    detail: Some(Detail::Malformed),
};

/// As it goes by in pieces of seven bytes, with SHA-256, which reports show.
fn read(message: &[u8]) -> Result<StreamedMessage, Error> {
    let mut reader = SignedDataReader::new(&Limits::default()).also(DigestAlgorithm::Sha256);
    for piece in message.chunks(7) {
        if reader.feed(piece).is_err() {
            break;
        }
    }
    reader.finish()
}

fn digests(content: &[u8]) -> ContentDigests<'static> {
    let mut digester = ContentDigester::new(DigestAlgorithm::all());
    content.chunks(3).for_each(|piece| digester.update(piece));
    digester.finish()
}

/// The report over the message in pieces, with the content in pieces; the same as over both in memory.
#[track_caller]
fn judge(message: &[u8], content: Option<&[u8]>) -> Report {
    let world = World::shared();
    let held = Input::new(message).format(Format::Cms);
    let held = world.verify(&content.map_or(held, |content| held.content(content)));
    let (message, content) = (read(message), content.map(digests));
    let streamed = Input::streamed(&message);
    let streamed = match &content {
        Some(content) => streamed.streamed_content(content),
        None => streamed,
    };
    let streamed = world.verify(&streamed);
    assert_eq!(format!("{streamed:?}"), format!("{held:?}"));
    streamed
}

#[test]
fn what_holds_in_memory_holds_in_pieces() {
    let world = World::shared();
    for holder in HOLDERS {
        let attached = world.cms(holder, Content::Attached(CONTENT));
        assert_passed(&judge(&attached, None));
        assert_passed(&judge(&attached, Some(CONTENT)));
        let detached = world.cms(holder, Content::Detached(CONTENT));
        assert_passed(&judge(&detached, Some(CONTENT)));
    }
}

#[test]
fn what_does_not_hold_in_memory_does_not_hold_in_pieces() {
    let world = World::shared();
    for holder in HOLDERS {
        let attached = world.cms(holder, Content::Attached(CONTENT));
        assert_reason(&judge(&attached, Some(b"other")), MISMATCH);
        // As long as the content.
        let other = "құжат".as_bytes();
        assert_eq!(other.len(), CONTENT.len());
        assert_reason(&judge(&attached, Some(other)), MISMATCH);

        let detached = world.cms(holder, Content::Detached(CONTENT));
        assert_reason(&judge(&detached, None), SubIndication::SignedDataNotFound);
        assert_reason(&judge(&detached, Some(other)), SubIndication::HashFailure);

        let cut = &attached[..attached.len() - 1];
        assert_reason(&judge(cut, None), MALFORMED);
        for at in (0..attached.len()).step_by(5) {
            let mut changed = attached.clone();
            changed[at] ^= 0x10;
            judge(&changed, None);
        }
    }
}

#[test]
fn a_content_whose_digest_nobody_computed_is_not_taken_for_the_right_one() {
    let world = World::shared();
    let message = read(&world.cms("gost2015_individual", Content::Detached(CONTENT)));
    let mut digester = ContentDigester::new([DigestAlgorithm::Sha256]);
    digester.update(CONTENT);
    let content = digester.finish();
    let report = world.verify(&Input::streamed(&message).streamed_content(&content));
    assert_reason(&report, MALFORMED);

    let attached = read(&world.cms("gost2015_individual", Content::Attached(CONTENT)));
    let report = world.verify(&Input::streamed(&attached).streamed_content(&content));
    assert_reason(&report, MISMATCH);
}

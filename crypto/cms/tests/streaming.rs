//! Messages that arrive or leave in pieces.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests: a panic is a failed test"
)]

mod support;

use support::{HOLDERS, Message, Signer, attributes_for, holder, parse, sign_in, tlv, verify};
use tamga_cms::{
    CheckError, ContentDigester, ContentDigests, Draft, Error, Limits, SignedData,
    SignedDataReader, StreamedMessage,
};
use tamga_scheme::DigestAlgorithm;

const CONTENT: &[u8] = b"content";

/// Feeds a message in pieces of `size`; collects the content.
fn stream(bytes: &[u8], size: usize, limits: &Limits) -> Result<(StreamedMessage, Vec<u8>), Error> {
    let mut reader = SignedDataReader::new(limits);
    let mut content = Vec::new();
    for piece in bytes.chunks(size) {
        reader.feed_to(piece, &mut |octets| content.extend_from_slice(octets))?;
    }
    Ok((reader.finish()?, content))
}

/// The same answer from memory, from an owned buffer and in pieces of every size.
fn read_every_way(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let limits = Limits::default();
    let parsed = SignedData::parse(bytes, &limits);
    let owned = SignedData::parse_vec(bytes.to_vec(), &limits);
    let whole = parsed.map(|message| {
        assert_eq!(owned.as_ref().unwrap().content(), message.content());
        (
            message.is_der(),
            message.trailing_bytes(),
            message.content().map(<[u8]>::to_vec),
        )
    });
    for size in [1, 2, 3, 7, 4096] {
        let read = stream(bytes, size, &limits).map(|(read, content)| {
            let attached = read.message.content_length().is_some();
            (
                read.message.is_der(),
                read.message.trailing_bytes(),
                attached.then_some(content),
            )
        });
        assert_eq!(read, whole, "in pieces of {size}");
    }
    whole.map(|(_, _, content)| content.unwrap_or_default())
}

fn nested_segments() -> Vec<u8> {
    let segments = [
        &[
            0x24, 0x80, 0x04, 2, b'a', b'b', 0x24, 0x81, 6, 0x04, 1, b'c', 0x04, 1, b'd',
        ][..],
        &[0x04, 0, 0x24, 0x80, 0, 0, 0, 0],
    ]
    .concat();
    [
        &[0x30, 0x80][..],
        support::SIGNED_DATA,
        &[0xa0, 0x80, 0x30, 0x80, 0x02, 1, 1],
        &tlv(0x31, &[support::SHA256]),
        &[0x30, 0x80],
        support::DATA,
        &[0xa0, 0x80],
        &segments,
        &[0, 0, 0, 0, 0x31, 0x80, 0, 0],
        &[0, 0, 0, 0, 0, 0],
    ]
    .concat()
}

#[test]
fn segments_inside_segments_are_one_content() {
    assert_eq!(read_every_way(&nested_segments()), Ok(b"abcd".to_vec()));
    let (read, _) = stream(&nested_segments(), 1, &Limits::default()).unwrap();
    let mut content = read.content.unwrap();
    assert_eq!(
        content.digest(DigestAlgorithm::Sha256),
        Some(&*DigestAlgorithm::Sha256.digest(b"abcd"))
    );
    assert_eq!(content.digest(DigestAlgorithm::Streebog512), None);
}

#[test]
fn segments_of_definite_length_are_not_der_either() {
    let message = |content: &[u8]| {
        let encap = tlv(0x30, &[support::DATA, &tlv(0xa0, &[content])]);
        let fields = [&[0x02, 1, 1][..], &tlv(0x31, &[]), &encap, &[0x31, 0]];
        let bytes = tlv(
            0x30,
            &[support::SIGNED_DATA, &tlv(0xa0, &[&tlv(0x30, &fields)])],
        );
        let content = read_every_way(&bytes).unwrap();
        (parse(&bytes).is_der(), content)
    };
    assert_eq!(message(&[0x04, 1, b'x']), (true, b"x".to_vec()));
    assert_eq!(message(&[0x24, 3, 0x04, 1, b'x']), (false, b"x".to_vec()));
    assert_eq!(message(&[0x04, 0x81, 1, b'x']), (false, b"x".to_vec()));
    assert_eq!(message(&[0x24, 0]), (false, Vec::new()));
}

#[test]
fn every_truncation_and_every_damaged_byte_is_answered_alike() {
    let der = Message {
        signers: vec![Signer::new(Some(attributes_for(CONTENT)))],
        ..Message::new(CONTENT)
    }
    .bytes();
    for bytes in [der, nested_segments()] {
        for length in 0..bytes.len() {
            assert!(read_every_way(&bytes[..length]).is_err(), "{length}");
        }
        let mut damaged = bytes.clone();
        for at in 0..bytes.len() {
            for mask in [0x01, 0x20, 0x80] {
                damaged[at] ^= mask;
                // Whatever it is, it is the same from memory and in pieces.
                let _ = read_every_way(&damaged);
                damaged[at] ^= mask;
            }
        }
    }
}

#[test]
fn other_structures_are_named() {
    let data = tlv(0x30, &[support::DATA, &tlv(0xa0, &[&tlv(0x04, &[b"x"])])]);
    assert!(matches!(read_every_way(&data), Err(Error::ContentType(_))));
    let malformed = |field| Err(Error::Malformed { field });
    assert_eq!(read_every_way(&[0x04, 0]), malformed("ContentInfo"));
    assert_eq!(read_every_way(&[0x30, 0]), malformed("ContentInfo"));
    let empty = tlv(
        0x30,
        &[support::SIGNED_DATA, &tlv(0xa0, &[&tlv(0x30, &[])])],
    );
    assert_eq!(read_every_way(&empty), malformed("SignedData"));
    let inside = |encap: &[u8]| {
        let fields = [
            &[0x02, 1, 1][..],
            &tlv(0x31, &[]),
            &tlv(0x30, &[encap]),
            &[0x31, 0],
        ];
        tlv(
            0x30,
            &[support::SIGNED_DATA, &tlv(0xa0, &[&tlv(0x30, &fields)])],
        )
    };
    assert_eq!(read_every_way(&inside(&[])), malformed("encapContentInfo"));
    let no_octets = [support::DATA, &[0xa0, 0]].concat();
    assert_eq!(read_every_way(&inside(&no_octets)), malformed("eContent"));
    let sequence = [support::DATA, &[0xa0, 2, 0x30, 0]].concat();
    assert_eq!(read_every_way(&inside(&sequence)), malformed("eContent"));
    let twice = [support::DATA, &[0xa0, 4, 4, 0, 4, 0]].concat();
    assert_eq!(read_every_way(&inside(&twice)), malformed("eContent"));
    let foreign = [support::DATA, &[0xa0, 5, 0x24, 3, 2, 1, 0]].concat();
    let Err(Error::Ber(error)) = read_every_way(&inside(&foreign)) else {
        panic!("a foreign segment is read");
    };
    assert_eq!(error.kind, tamga_ber::ErrorKind::Segment);
}

#[test]
fn budgets_hold_for_content_structure_and_depth() {
    let bytes = Message {
        signers: vec![Signer::new(Some(attributes_for(&[7; 5000])))],
        ..Message::new(&[7; 5000])
    }
    .bytes();
    let mut limits = Limits::default();
    limits.size = 1000;
    assert!(
        stream(&bytes, 100, &limits).is_ok(),
        "content does not count"
    );
    limits.streamed_content = 4999;
    let error = stream(&bytes, 100, &limits).unwrap_err();
    assert_eq!(error, Error::ContentTooLarge { limit: 4999 });
    limits.streamed_content = 5000;
    limits.size = 300;
    assert!(matches!(
        stream(&bytes, 100, &limits).unwrap_err(),
        Error::TooLarge { limit: 300, .. }
    ));
    // Bytes behind the message are not held, but they are not endless either.
    limits.size = 1000;
    let trailing = [bytes, vec![0; 1000]].concat();
    assert!(matches!(
        stream(&trailing, 100, &limits).unwrap_err(),
        Error::TooLarge { limit: 1000, .. }
    ));
    limits.depth = 6;
    let error = stream(&nested_segments(), 1, &limits).unwrap_err();
    assert!(matches!(error, Error::Ber(error) if error.kind == tamga_ber::ErrorKind::Depth));
}

#[test]
fn a_huge_length_is_refused_before_it_is_waited_for() {
    let mut reader = SignedDataReader::new(&Limits::default());
    let start = [
        &[0x30, 0x80][..],
        support::SIGNED_DATA,
        &[0xa0, 0x80, 0x30, 0x80],
    ]
    .concat();
    reader.feed(&start).unwrap();
    let error = reader
        .feed(&[0x02, 0x84, 0x7f, 0xff, 0xff, 0xff])
        .unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }));
    assert_eq!(reader.feed(&[0]), Err(error.clone()), "an error stays");
    assert_eq!(reader.finish().unwrap_err(), error);
}

#[test]
fn a_digest_that_was_not_asked_for_is_an_error_and_one_that_was_is_there() {
    let message = parse(
        &Message {
            signers: vec![Signer::new(Some(attributes_for(CONTENT)))],
            ..Message::new(CONTENT)
        }
        .bytes(),
    );
    let mut digester = ContentDigester::new([DigestAlgorithm::Gost34311]);
    digester.update(CONTENT);
    assert_eq!(
        message.signers()[0].check_digests(&mut digester.finish()),
        Err(CheckError::DigestNotComputed(DigestAlgorithm::Sha256))
    );
    let mut reader = SignedDataReader::new(&Limits::default()).also(DigestAlgorithm::Streebog256);
    reader.feed(&nested_segments()).unwrap();
    assert_eq!(
        reader
            .finish()
            .unwrap()
            .content
            .unwrap()
            .digest(DigestAlgorithm::Streebog256),
        Some(&*DigestAlgorithm::Streebog256.digest(b"abcd"))
    );
}

#[test]
fn without_attributes_a_streamed_content_is_judged_by_its_beginning() {
    let swapped = tlv(0x31, &[&attributes_for(CONTENT).concat()]);
    for (content, expected) in [
        (&swapped[..], Err(CheckError::ContentIsAttributes)),
        (b"<SignedInfo>", Err(CheckError::ContentIsSignedInfo)),
        (b"text", Ok(())),
    ] {
        let bytes = Message {
            signers: vec![Signer::new(None)],
            ..Message::new(content)
        }
        .bytes();
        let (read, _) = stream(&bytes, 3, &Limits::default()).unwrap();
        let outcome = read.message.signers()[0].check_digests(&mut read.content.unwrap());
        assert_eq!(outcome.map(|_| ()), expected);
    }
    let known = DigestAlgorithm::Sha256.digest(CONTENT);
    let mut known = ContentDigests::known(DigestAlgorithm::Sha256, &known).unwrap();
    let bytes = Message {
        signers: vec![Signer::new(None)],
        ..Message::new(CONTENT)
    }
    .bytes();
    assert_eq!(
        parse(&bytes).signers()[0].check_digests(&mut known),
        Err(CheckError::ContentNotSeen)
    );
}

#[test]
fn a_message_made_around_a_stream_is_the_one_made_in_memory() {
    for length in [0_usize, 1, 127, 128, 255, 256, 65_535, 65_536, 200_000] {
        let content = vec![b'x'; length];
        let mut digester = ContentDigester::new([DigestAlgorithm::Streebog512]);
        for piece in content.chunks(1000) {
            digester.update(piece);
        }
        let mut streamed = Draft::attached_stream(digester.finish()).unwrap();
        let mut held = Draft::attached(&content);
        let holder = holder("gost2015_individual");
        // One signature for both: signatures differ each time.
        let prepared = held.prepare(&support::new_signer(holder)).unwrap();
        let finished = support::complete(prepared, &holder.key);
        held.add(finished.clone()).unwrap();
        streamed.add(finished).unwrap();

        let parts = streamed.to_envelope().unwrap();
        let message = [&*parts.head, &content, &parts.tail].concat();
        assert_eq!(message, held.to_der().unwrap(), "{length}");
        assert_eq!(held.to_envelope().unwrap(), parts);
        assert_eq!(streamed.to_der().unwrap_err(), Error::ContentMissing);
        let (read, _) = stream(&message, 4096, &Limits::default()).unwrap();
        assert!(read.message.is_der());
        assert_eq!(verify(&read.message, &mut read.content.unwrap()), Ok(1));
    }
}

#[test]
fn a_signer_joins_a_message_that_only_went_by() {
    let content = vec![b'y'; 100_000];
    let mut draft = Draft::attached(&content);
    sign_in(&mut draft, holder(HOLDERS[0]));
    let bytes = draft.to_der().unwrap();

    let mut reader = SignedDataReader::new(&Limits::default()).also(DigestAlgorithm::Sha256);
    reader.feed(&bytes).unwrap();
    let read = reader.finish().unwrap();
    let mut draft = Draft::of(&read.message);
    draft.supply(read.content.unwrap()).unwrap();
    sign_in(&mut draft, holder("rsa_individual"));
    let parts = draft.to_envelope().unwrap();
    let message = parse(&[&*parts.head, &content, &parts.tail].concat());
    assert_eq!(verify(&message, &mut ContentDigests::new(&content)), Ok(2));
}

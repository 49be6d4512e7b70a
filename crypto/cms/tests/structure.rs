//! What is read, what is refused, and what is said about it: messages written by hand.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests: a panic is a failed test"
)]

mod support;

use support::{
    CONTENT_TYPE, DATA, MESSAGE_DIGEST, Message, SIGNING_TIME, Signer, attribute, attributes_for,
    tlv,
};
use tamga_cms::{CheckError, Error, Limits, SignedData, SignerIdentifier};
use tamga_x509::UnixTime;

const CONTENT: &[u8] = b"content";

fn parse(message: &Message) -> Result<SignedData, Error> {
    SignedData::parse(&message.bytes(), &Limits::default())
}

fn with_attributes(attributes: Vec<Vec<u8>>) -> Message {
    Message {
        signers: vec![Signer::new(Some(attributes))],
        ..Message::new(CONTENT)
    }
}

#[test]
fn a_message_without_signers_is_read_and_says_so() {
    let message = parse(&Message::new(CONTENT)).unwrap();
    assert_eq!(message.content(), Some(CONTENT));
    assert!(message.signers().is_empty());
    assert!(message.is_der());
    assert_eq!(message.trailing_bytes(), 0);
}

#[test]
fn bytes_behind_the_message_are_counted() {
    let mut bytes = with_attributes(attributes_for(CONTENT)).bytes();
    bytes.extend([0x0a, 0x00]);
    let message = SignedData::parse(&bytes, &Limits::default()).unwrap();
    assert_eq!(message.trailing_bytes(), 2);
    assert!(message.is_der());
}

#[test]
fn indefinite_lengths_and_content_in_chunks_are_read_as_ber() {
    let inner = [
        &[0x02, 1, 1][..],
        &tlv(0x31, &[support::SHA256]),
        &[0x30, 0x80],
        DATA,
        &[
            0xa0, 0x80, 0x24, 0x80, 0x04, 2, b'a', b'b', 0x04, 1, b'c', 0, 0, 0, 0, 0, 0,
        ],
        &[0x31, 0],
    ]
    .concat();
    let bytes = [
        &[0x30, 0x80][..],
        support::SIGNED_DATA,
        &[0xa0, 0x80, 0x30, 0x80],
        &inner,
        &[0, 0, 0, 0, 0, 0],
    ]
    .concat();
    let message = SignedData::parse(&bytes, &Limits::default()).unwrap();
    assert_eq!(message.content(), Some(&b"abc"[..]));
    assert!(!message.is_der());
}

#[test]
fn attributes_that_may_occur_once_are_refused_twice() {
    let extra = [
        attribute(CONTENT_TYPE, &[DATA]),
        attribute(MESSAGE_DIGEST, &[&tlv(0x04, &[&[0; 32]])]),
        attribute(SIGNING_TIME, &[b"\x17\x0d261120090000Z"]),
    ];
    for twice in extra {
        let mut attributes = attributes_for(CONTENT);
        attributes.push(attribute(SIGNING_TIME, &[b"\x17\x0d261120090000Z"]));
        attributes.push(twice.clone());
        assert!(
            matches!(parse(&with_attributes(attributes)), Err(Error::DuplicateAttribute(oid)) if twice[4..].starts_with(oid.as_bytes())),
        );
    }
}

#[test]
fn a_message_digest_with_two_values_is_refused() {
    let digest = tlv(0x04, &[&[0; 32]]);
    let attributes = vec![
        attribute(CONTENT_TYPE, &[DATA]),
        attribute(MESSAGE_DIGEST, &[&digest, &digest]),
    ];
    assert!(matches!(
        parse(&with_attributes(attributes)),
        Err(Error::DuplicateAttribute(_))
    ));
}

#[test]
fn an_empty_set_of_attributes_is_malformed() {
    assert_eq!(
        parse(&with_attributes(Vec::new())).unwrap_err(),
        Error::Malformed {
            field: "Attributes"
        }
    );
}

#[test]
fn attributes_out_of_order_are_hashed_in_der_order_and_reported() {
    let sorted = attributes_for(CONTENT);
    let mut reversed = sorted.clone();
    reversed.reverse();
    let one = parse(&with_attributes(sorted)).unwrap();
    let other = parse(&with_attributes(reversed)).unwrap();
    assert!(one.signers()[0].signed_attributes_are_der());
    assert!(!other.signers()[0].signed_attributes_are_der());
    assert_ne!(
        one.signers()[0].original_signed_attributes(),
        other.signers()[0].original_signed_attributes()
    );
}

#[test]
fn the_claimed_time_is_read_in_both_forms() {
    for (value, expected) in [
        (&b"\x17\x0d261120090000Z"[..], 1_795_165_200),
        (&b"\x18\x0f20500101000000Z"[..], 2_524_608_000),
    ] {
        let mut attributes = attributes_for(CONTENT);
        attributes.push(attribute(SIGNING_TIME, &[value]));
        let message = parse(&with_attributes(attributes)).unwrap();
        assert_eq!(
            message.signers()[0].claimed_signing_time(),
            Some(UnixTime(expected))
        );
    }
}

#[test]
fn a_signer_may_be_named_by_its_key_identifier() {
    let mut signer = Signer::new(Some(attributes_for(CONTENT)));
    signer.version = 3;
    signer.sid = tlv(0x80, &[&[7; 20]]);
    let message = Message {
        version: 3,
        signers: vec![signer],
        ..Message::new(CONTENT)
    };
    let parsed = parse(&message).unwrap();
    assert_eq!(
        *parsed.signers()[0].identifier(),
        SignerIdentifier::SubjectKeyIdentifier(vec![7; 20])
    );
}

#[test]
fn versions_must_fit_the_content() {
    let message = Message {
        version: 3,
        ..with_attributes(attributes_for(CONTENT))
    };
    assert_eq!(
        parse(&message).unwrap_err(),
        Error::Version {
            field: "SignedData.version",
            expected: 1,
            actual: 3
        }
    );
    let mut message = with_attributes(attributes_for(CONTENT));
    message.signers[0].version = 3;
    assert_eq!(
        parse(&message).unwrap_err(),
        Error::Version {
            field: "SignerInfo.version",
            expected: 1,
            actual: 3
        }
    );
}

#[test]
fn a_digest_that_is_not_announced_is_refused() {
    let message = Message {
        digest_algorithms: Vec::new(),
        ..with_attributes(attributes_for(CONTENT))
    };
    assert!(matches!(parse(&message), Err(Error::DigestNotListed(_))));
}

#[test]
fn budgets_hold() {
    let message = with_attributes(attributes_for(CONTENT));
    let bytes = message.bytes();
    let mut limits = Limits::default();
    limits.size = bytes.len() - 1;
    assert_eq!(
        SignedData::parse(&bytes, &limits).unwrap_err(),
        Error::TooLarge {
            actual: bytes.len(),
            limit: bytes.len() - 1
        }
    );
    let mut limits = Limits::default();
    limits.signers = 0;
    assert_eq!(
        SignedData::parse(&bytes, &limits).unwrap_err(),
        Error::TooMany {
            what: "signers",
            limit: 0
        }
    );
    let mut limits = Limits::default();
    limits.attributes = 1;
    assert_eq!(
        SignedData::parse(&bytes, &limits).unwrap_err(),
        Error::TooMany {
            what: "attributes",
            limit: 1
        }
    );
}

#[test]
fn other_content_does_not_bind() {
    let message = parse(&with_attributes(attributes_for(CONTENT))).unwrap();
    let signer = &message.signers()[0];
    assert!(signer.check_content(CONTENT).is_ok());
    assert_eq!(
        signer.check_content(b"Content"),
        Err(CheckError::MessageDigest)
    );
}

#[test]
fn a_missing_message_digest_or_content_type_is_found() {
    let all = attributes_for(CONTENT);
    for (kept, missing) in [(0, "1.2.840.113549.1.9.4"), (1, "1.2.840.113549.1.9.3")] {
        let message = parse(&with_attributes(vec![all[kept].clone()])).unwrap();
        assert_eq!(
            message.signers()[0].check_content(CONTENT),
            Err(CheckError::AttributeMissing(
                tamga_scheme::ObjectIdentifier::new_unwrap(missing)
            ))
        );
    }
}

#[test]
fn a_content_type_attribute_must_name_the_content_type() {
    let mut attributes = attributes_for(CONTENT);
    attributes[0] = attribute(CONTENT_TYPE, &[support::SIGNED_DATA]);
    let message = parse(&with_attributes(attributes)).unwrap();
    assert!(matches!(
        message.signers()[0].check_content(CONTENT),
        Err(CheckError::ContentType { .. })
    ));
}

#[test]
fn without_signed_attributes_only_data_is_accepted() {
    let signer = || Signer::new(None);
    let plain = Message {
        signers: vec![signer()],
        ..Message::new(CONTENT)
    };
    assert!(
        parse(&plain).unwrap().signers()[0]
            .check_content(CONTENT)
            .is_ok()
    );

    let typed = Message {
        version: 3,
        content_type: support::SIGNED_DATA.to_vec(),
        signers: vec![signer()],
        ..Message::new(CONTENT)
    };
    assert!(matches!(
        parse(&typed).unwrap().signers()[0].check_content(CONTENT),
        Err(CheckError::SignedAttributesMissing(_))
    ));
}

#[test]
fn signed_attributes_offered_as_content_are_refused() {
    let swapped = tlv(0x31, &[&attributes_for(CONTENT).concat()]);
    let message = Message {
        signers: vec![Signer::new(None)],
        ..Message::new(&swapped)
    };
    assert_eq!(
        parse(&message).unwrap().signers()[0].check_content(&swapped),
        Err(CheckError::ContentIsAttributes)
    );
}

#[test]
fn a_signed_info_offered_as_content_is_refused_without_attributes_only() {
    let content =
        b"<ds:SignedInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"></ds:SignedInfo>";
    let message = Message {
        signers: vec![Signer::new(None)],
        ..Message::new(content)
    };
    assert_eq!(
        parse(&message).unwrap().signers()[0].check_content(content),
        Err(CheckError::ContentIsSignedInfo)
    );
    let message = Message {
        signers: vec![Signer::new(Some(attributes_for(content)))],
        ..Message::new(content)
    };
    assert!(
        parse(&message).unwrap().signers()[0]
            .check_content(content)
            .is_ok()
    );
}

#[test]
fn a_digest_that_does_not_belong_to_the_scheme_is_refused() {
    // Streebog-512 under an RSA signature
    let streebog = tlv(
        0x30,
        &[&[0x06, 8, 0x2a, 0x83, 0x0e, 3, 10, 1, 3, 3], &[5, 0]],
    );
    let mut signer = Signer::new(Some(attributes_for(CONTENT)));
    signer.digest_algorithm = streebog.clone();
    let message = Message {
        digest_algorithms: streebog,
        signers: vec![signer],
        ..Message::new(CONTENT)
    };
    assert!(matches!(
        parse(&message).unwrap().signers()[0].check_content(CONTENT),
        Err(CheckError::DigestAlgorithm { .. })
    ));
}

#[test]
fn every_truncation_is_refused_without_panic() {
    let bytes = with_attributes(attributes_for(CONTENT)).bytes();
    for length in 0..bytes.len() {
        assert!(
            SignedData::parse(&bytes[..length], &Limits::default()).is_err(),
            "{length}"
        );
    }
}

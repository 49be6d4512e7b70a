//! CMS messages: every place of the content, several signers, time stamps, every profile.

use tamga_cms::{
    AlgorithmForm, Content, ContentDigester, ContentDigests, Draft, Limits, NewSigner, Profile,
    SignedAttributesForm, SignedData, prepare,
};
use tamga_peers::protocol::Reply;
use tamga_scheme::SignatureScheme;

use crate::{
    damage::{Part, Spot, find, spots},
    judge::{self, Counts},
    programs::openssl_accepts_cms,
    signing_keys::{Key, NOW, keys},
    time_stamps::stamp,
};

const CONTENT: &[u8] = "Құжат: мазмұны\r\n\0".as_bytes();

/// One signer with a reference to the certificate, no time stamp.
const USUAL: Counts = Counts {
    signers: 1,
    references: 1,
    stamps: 0,
};

/// Accepted as it is; refused with one bit of the content or of anything in [`spots`] changed.
fn check(what: &str, message: &[u8], content: &[u8], counts: Counts) {
    let is_inside = message.windows(content.len()).any(|part| part == content);
    let outside = (!is_inside).then_some(content);
    let is_rsa = parse(message)
        .signers()
        .iter()
        .all(|signer| signer.scheme() == Ok(SignatureScheme::RsaSha256));
    assert_eq!(judge::cms(message, outside, counts), Reply::Yes, "{what}");
    if is_rsa {
        assert!(openssl_accepts_cms(message, outside), "openssl: {what}");
    }
    let refused = |part: Part, message: &[u8], content: Option<&[u8]>| {
        let reply = judge::cms(message, content, counts);
        assert_eq!(reply, Reply::No, "{what}, {part}");
        if is_rsa && part.is_for_all() {
            let is_good = openssl_accepts_cms(message, content);
            assert!(!is_good, "openssl: {what}, {part}");
        }
    };
    for spot in spots(message) {
        refused(spot.part, &spot.damage(message), outside);
    }
    let part = Part::Content;
    let middle = content.len() / 2;
    match outside {
        None => {
            let at = find(message, content) + middle;
            refused(part, &Spot { part, at }.damage(message), None);
        }
        Some(content) => {
            let twin = Spot { part, at: middle }.damage(content);
            refused(part, message, Some(&twin));
        }
    }
}

fn parse(message: &[u8]) -> SignedData {
    SignedData::parse(message, &Limits::default()).expect("a message")
}

fn new_signer(key: &Key, profile: Profile) -> NewSigner<'_> {
    NewSigner {
        scheme: key.scheme,
        certificate: key.certificate,
        signing_time: NOW,
        profile,
    }
}

fn sign_in(draft: &mut Draft<'_>, key: &Key, profile: Profile) {
    let prepared = draft.prepare(&new_signer(key, profile)).expect("prepared");
    draft.add(key.complete(prepared)).expect("added");
}

fn signed_by(draft: &Draft<'_>) -> Vec<u8> {
    draft.to_der().expect("a content in memory or outside")
}

#[test]
fn contents_inside_outside_and_known_by_their_digest_only() {
    for key in keys() {
        let digest = key.scheme.digest().digest(CONTENT);
        for (what, content) in [
            ("attached", Content::Attached(CONTENT)),
            ("detached", Content::Detached(CONTENT)),
            ("by digest", Content::DetachedDigest(&digest)),
        ] {
            let prepared = prepare(content, key.scheme, key.certificate, NOW).expect("prepared");
            let what = format!("{:?}, {what}", key.scheme);
            check(&what, &key.complete(prepared), CONTENT, USUAL);
        }
    }
}

#[test]
fn a_content_that_went_by_in_pieces() {
    let content: Vec<u8> = (0..70_000_u32).flat_map(u32::to_be_bytes).collect();
    for key in keys() {
        let mut digester = ContentDigester::new([key.scheme.digest()]);
        for piece in content.chunks(1000) {
            digester.update(piece);
        }
        let mut draft = Draft::attached_stream(digester.finish()).expect("a length");
        sign_in(&mut draft, key, Profile::default());
        let parts = draft.to_envelope().expect("parts");
        let message = [&*parts.head, &content, &parts.tail].concat();
        check(
            &format!("{:?}, streamed", key.scheme),
            &message,
            &content,
            USUAL,
        );
    }
}

#[test]
fn every_profile() {
    let forms = [
        SignedAttributesForm::Plain,
        SignedAttributesForm::WithCertificateReference,
        SignedAttributesForm::WithoutSigningTime,
    ];
    for key in keys() {
        for attributes in forms {
            for algorithm in [AlgorithmForm::NativeLibrary, AlgorithmForm::Signature] {
                let profile = Profile {
                    attributes,
                    algorithm,
                };
                let mut draft = Draft::attached(CONTENT);
                sign_in(&mut draft, key, profile);
                let references = usize::from(attributes != SignedAttributesForm::Plain);
                let counts = Counts {
                    references,
                    ..USUAL
                };
                let what = format!("{:?}, {profile:?}", key.scheme);
                check(&what, &signed_by(&draft), CONTENT, counts);
            }
        }
    }
}

#[test]
fn all_schemes_sign_one_message_together() {
    let count = keys().len();
    let counts = Counts {
        signers: count,
        references: count,
        stamps: 0,
    };
    let detached = Draft::detached(ContentDigests::new(CONTENT));
    for mut draft in [Draft::attached(CONTENT), detached] {
        for key in keys() {
            sign_in(&mut draft, key, Profile::default());
        }
        check("together", &signed_by(&draft), CONTENT, counts);
    }
}

#[test]
fn a_signer_joins_a_message_that_exists() {
    let counts = Counts {
        signers: 2,
        references: 1,
        stamps: 0,
    };
    for (first, second) in keys().iter().zip(keys().iter().cycle().skip(1)) {
        for mut draft in [
            Draft::attached(CONTENT),
            Draft::detached(ContentDigests::new(CONTENT)),
        ] {
            sign_in(&mut draft, first, Profile::JAVA);
            let message = parse(&signed_by(&draft));
            let mut grown = Draft::of(&message);
            grown
                .supply(ContentDigests::new(CONTENT))
                .expect("the same content");
            sign_in(&mut grown, second, Profile::NATIVE);
            let what = format!("{:?}, then {:?}", first.scheme, second.scheme);
            check(&what, &signed_by(&grown), CONTENT, counts);
        }
    }
}

#[test]
fn time_stamps_attached_to_one_signature_and_to_each() {
    for key in keys() {
        let mut draft = Draft::attached(CONTENT);
        sign_in(&mut draft, key, Profile::default());
        let token = stamp(draft.signers().next().expect("a signer"));
        draft.attach_time_stamp(0, &token).expect("attached");
        let counts = Counts { stamps: 1, ..USUAL };
        let what = format!("{:?}, stamped", key.scheme);
        check(&what, &signed_by(&draft), CONTENT, counts);
    }
    let mut draft = Draft::detached(ContentDigests::new(CONTENT));
    for (index, key) in keys().iter().enumerate() {
        sign_in(&mut draft, key, Profile::default());
        let token = stamp(draft.signers().nth(index).expect("the new signer"));
        draft.attach_time_stamp(index, &token).expect("attached");
    }
    let count = keys().len();
    let counts = Counts {
        signers: count,
        references: count,
        stamps: count,
    };
    check("all stamped", &signed_by(&draft), CONTENT, counts);
}

/// The imprint is compared: everything else about the other token holds.
#[test]
fn the_time_stamp_of_another_signature_is_refused() {
    for key in keys() {
        let [(message, token), (_, other)] = [b"one", b"two"].map(|content| {
            let mut draft = Draft::attached(content);
            sign_in(&mut draft, key, Profile::default());
            let token = stamp(draft.signers().next().expect("a signer"));
            draft.attach_time_stamp(0, &token).expect("attached");
            (signed_by(&draft), token.token().der().to_vec())
        });
        let counts = Counts { stamps: 1, ..USUAL };
        assert_eq!(judge::cms(&message, None, counts), Reply::Yes);
        let at = find(&message, &token);
        let (before, behind) = (&message[..at], &message[at + token.len()..]);
        let swapped = [before, &other, behind].concat();
        assert_eq!(swapped.len(), message.len());
        let reply = judge::cms(&swapped, None, counts);
        assert_eq!(reply, Reply::No, "{:?}", key.scheme);
    }
}

/// The judge finds what is there, so a lost signer, reference or stamp cannot pass for a good message.
#[test]
fn another_number_than_expected_is_an_error() {
    let mut draft = Draft::attached(CONTENT);
    sign_in(&mut draft, &keys()[0], Profile::default());
    let message = signed_by(&draft);
    for (counts, text) in [
        (
            Counts {
                signers: 2,
                ..USUAL
            },
            "1 signers, not 2",
        ),
        (
            Counts {
                references: 0,
                ..USUAL
            },
            "1 references to certificates, not 0",
        ),
        (Counts { stamps: 1, ..USUAL }, "0 time stamps, not 1"),
    ] {
        let reply = judge::cms(&message, None, counts);
        assert!(
            matches!(&reply, Reply::Error(says) if says.contains(text)),
            "{reply}"
        );
    }
}

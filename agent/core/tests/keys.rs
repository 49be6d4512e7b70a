//! Which keys a person may choose, and what happens to clicks that chose none.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;
#[path = "support/jobs.rs"]
mod support_jobs;

use support::{
    CLIENT_AUTH, EMAIL_PROTECTION, FIRST_HEAD, Files, INDIVIDUAL, NOW, PASSWORD, Person, Seen,
    Step, System, desk, holder, keystore, signing_keystore,
};
use support_jobs::{GOST, attached, digest, given, job, one_signature};
use tamga_agent_core::{Answer, Document, KeyFilter, SignJob, Unusable, Wish};
use tamga_scheme::{ObjectIdentifier, PrivateKey, SignatureScheme};
use tamga_test_pki::{Issuer, Profile, issue};
use tamga_x509::{Anchor, AnchorSet, KeyPurpose, UnixTime, Validity};

#[tokio::test]
async fn every_unusable_key_is_shown_with_its_reason_and_cannot_be_chosen() {
    let store = keystore(vec![
        holder(GOST, "signs", &[EMAIL_PROTECTION, INDIVIDUAL], false),
        holder(
            SignatureScheme::Gost2004,
            "signs in",
            &[CLIENT_AUTH, INDIVIDUAL],
            false,
        ),
        holder(GOST, "expired", &[EMAIL_PROTECTION, INDIVIDUAL], true),
    ]);
    let oid = |text: &str| ObjectIdentifier::new(text).unwrap();
    let filters: [(KeyFilter, [Option<Unusable>; 3]); 8] = [
        (KeyFilter::default(), [None, None, Some(Unusable::Expired)]),
        (
            KeyFilter {
                allow_expired: true,
                ..KeyFilter::default()
            },
            [None, None, None],
        ),
        (
            KeyFilter {
                purpose: Some(KeyPurpose::Signing),
                ..KeyFilter::default()
            },
            [None, Some(Unusable::Purpose), Some(Unusable::Expired)],
        ),
        (
            // GOST-2015 keys serve both purposes.
            KeyFilter {
                purpose: Some(KeyPurpose::Authentication),
                ..KeyFilter::default()
            },
            [None, None, Some(Unusable::Expired)],
        ),
        (
            KeyFilter {
                extended_key_usage: vec![oid(CLIENT_AUTH)],
                ..KeyFilter::default()
            },
            [None, None, Some(Unusable::Expired)],
        ),
        (
            KeyFilter {
                extended_key_usage: vec![oid(EMAIL_PROTECTION), oid(FIRST_HEAD)],
                ..KeyFilter::default()
            },
            [
                Some(Unusable::Role),
                Some(Unusable::Purpose),
                Some(Unusable::Role),
            ],
        ),
        (
            KeyFilter {
                iin: Some("000000000000".into()),
                ..KeyFilter::default()
            },
            [Some(Unusable::OtherPerson); 3],
        ),
        (
            KeyFilter {
                authorities: Some(AnchorSet::nca()),
                ..KeyFilter::default()
            },
            [Some(Unusable::Authority); 3],
        ),
    ];
    for (filter, expected) in filters {
        let person = Person::new(vec![vec![
            Step::Open("/k.p12", PASSWORD),
            // Ids are indexes of the first list; these two are pressed although they may be disabled.
            Step::SignId(99),
            Step::Cancel,
        ]]);
        let desk = desk(&person, Files::default().with("/k.p12", &store));
        let answer = desk
            .sign(SignJob {
                filter: filter.clone(),
                ..job(vec![attached(b"x")])
            })
            .await;
        assert_eq!(answer, Ok(Answer::Cancelled));
        let seen = person.seen();
        let Seen::Keys(keys) = &seen[1] else {
            panic!("{seen:?}")
        };
        for (name, expected) in ["signs", "signs in", "expired"].iter().zip(expected) {
            let key = keys.iter().find(|key| key.name == *name).unwrap();
            assert_eq!(key.unusable, expected, "{name}: {filter:?}");
            assert_eq!(key.expired, *name == "expired");
        }
        assert!(
            keys.is_sorted_by_key(|key| key.unusable.is_some()),
            "usable keys come first"
        );
        assert_eq!(
            person.course(),
            ["opened", "keys", "keys", "closed"],
            "99 is no key"
        );
    }
}

#[tokio::test]
async fn a_disabled_key_that_is_pressed_anyway_does_not_sign() {
    let store = keystore(vec![holder(GOST, "expired", &[EMAIL_PROTECTION], true)]);
    let person = Person::new(vec![vec![
        Step::Open("/k.p12", PASSWORD),
        Step::SignId(0),
        Step::Cancel,
    ]]);
    let desk = desk(&person, Files::default().with("/k.p12", &store));
    assert_eq!(
        desk.sign(job(vec![attached(b"x")])).await,
        Ok(Answer::Cancelled)
    );
    assert_eq!(store.record().signatures, 0);
    assert_eq!(person.course(), ["opened", "keys", "keys", "closed"]);
}

#[tokio::test]
async fn a_click_meant_for_a_list_that_is_gone_chooses_nothing() {
    let person = Person::new(vec![vec![
        Step::Open("/a.p12", PASSWORD),
        Step::Open("/b.p12", PASSWORD),
        Step::SignId(0),
        Step::Sign,
    ]]);
    let (a, b) = (signing_keystore(), signing_keystore());
    let desk = desk(
        &person,
        Files::default().with("/a.p12", &a).with("/b.p12", &b),
    );
    given(desk.sign(job(vec![attached(b"x")])).await.unwrap());
    assert_eq!((a.record().signatures, b.record().signatures), (0, 1));
    assert_eq!(
        person.course(),
        ["opened", "keys", "keys", "keys", "closed"]
    );
}

#[tokio::test]
async fn a_digest_is_shown_as_blind_and_only_fits_keys_of_its_length() {
    let store = keystore(vec![
        holder(GOST, "512 bits", &[EMAIL_PROTECTION], false),
        holder(
            SignatureScheme::Gost2004,
            "256 bits",
            &[EMAIL_PROTECTION],
            false,
        ),
    ]);
    let person = Person::new(vec![one_signature()]);
    let desk = desk(&person, Files::default().with("/k.p12", &store));
    let signed = given(desk.sign(job(vec![digest(&[7; 32])])).await.unwrap());
    assert_eq!(signed.certificate.subject().common_name(), Some("256 bits"));
    let seen = person.seen();
    let Seen::Opened(ask) = &seen[0] else {
        panic!("{seen:?}")
    };
    assert_eq!(
        ask.wish,
        Wish::Sign(vec![Document {
            format: "CMS",
            size: 32,
            blind: true
        }])
    );
    let Seen::Keys(keys) = &seen[1] else {
        panic!("{seen:?}")
    };
    let reason = |name: &str| keys.iter().find(|key| key.name == name).unwrap().unusable;
    assert_eq!(reason("512 bits"), Some(Unusable::Algorithm));
    assert_eq!(reason("256 bits"), None);
}

#[tokio::test]
async fn a_digest_is_never_signed_with_a_key_for_signing_in() {
    let store = keystore(vec![
        holder(SignatureScheme::Gost2004, "signs in", &[CLIENT_AUTH], false),
        holder(GOST, "serves both", &[CLIENT_AUTH, INDIVIDUAL], false),
    ]);
    for (length, name, expected) in [
        (32, "signs in", Some(Unusable::Purpose)),
        (64, "serves both", None),
    ] {
        let person = Person::new(vec![vec![
            Step::Open("/k.p12", PASSWORD),
            Step::SignId(0),
            Step::Cancel,
        ]]);
        let desk = desk(&person, Files::default().with("/k.p12", &store));
        // Whatever the outcome: what counts is the reason in the list.
        let _ = desk.sign(job(vec![digest(&vec![7; length])])).await;
        let seen = person.seen();
        let Seen::Keys(keys) = &seen[1] else {
            panic!("{seen:?}")
        };
        let key = keys.iter().find(|key| key.name == name).unwrap();
        assert_eq!(key.unusable, expected, "{name}");
    }
    assert_eq!(store.record().signatures, 0);
}

#[tokio::test]
async fn a_key_whose_authority_the_page_named_may_serve_even_when_it_expired() {
    let root_key = PrivateKey::generate(GOST, &System).unwrap();
    let name = vec![("2.5.4.6", "KZ".to_owned()), ("2.5.4.3", "КО".to_owned())];
    let validity = Validity {
        not_before: UnixTime(NOW.0 - 86_400),
        not_after: UnixTime(NOW.0 - 1),
    };
    let issuer = Issuer {
        name: &name,
        key: &root_key,
    };
    let made = |usages: Vec<&'static str>, authority, key: &PrivateKey| {
        let profile = Profile {
            subject: name.clone(),
            key_usage: if authority { 0x06 } else { 0xc0 },
            extended_key_usage: usages,
            authority,
        };
        issue(&profile, validity, key.public_key(), &issuer, &System).unwrap()
    };
    let root = made(Vec::new(), true, &root_key);
    let key = PrivateKey::generate(GOST, &System).unwrap();
    let certificate = made(vec![EMAIL_PROTECTION], false, &key);
    let anchor = Anchor::from_certificate("given", &root).unwrap();
    let filter = KeyFilter {
        authorities: Some(AnchorSet::new("page", vec![anchor])),
        allow_expired: true,
        ..KeyFilter::default()
    };
    let person = Person::new(vec![one_signature()]);
    let store = keystore(vec![(key, certificate)]);
    let desk = desk(&person, Files::default().with("/k.p12", &store));
    given(
        desk.sign(SignJob {
            filter,
            ..job(vec![attached(b"x")])
        })
        .await
        .unwrap(),
    );
}

//! What is on a token, and who sees it.

use cryptoki::object::{Attribute, AttributeInfo, AttributeType, CertificateType, KeyType};
use cryptoki::object::{ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use tamga_scheme::SignatureScheme;
use tamga_test_pki::PASSWORD;

use crate::support::{Bench, Keys, certificates, private_keys, token};

/// One attribute, as the only answer.
fn get(session: &Session, object: ObjectHandle, kind: AttributeType) -> Attribute {
    let mut found = session.get_attributes(object, &[kind]).unwrap();
    assert_eq!(found.len(), 1, "{kind:?}");
    found.remove(0)
}

#[test]
fn certificates_are_public_and_keys_are_not() {
    let keys = Keys::get();
    let bench = Bench::playing(&(token("1") + &keys.in_file("gost2015_individual")));
    let session = bench.session();
    let before = certificates(&session);
    assert_eq!(before.len(), 1);
    assert_eq!(private_keys(&session), []);
    let value = get(&session, before[0], AttributeType::Value);
    let own = keys.certificate("gost2015_individual");
    assert_eq!(value, Attribute::Value(own.der().to_vec()));

    crate::support::login(&session, crate::support::PIN).unwrap();
    assert_eq!(certificates(&session), before);
    let [key] = private_keys(&session)[..] else {
        panic!("one key")
    };
    session.logout().unwrap();
    // Its handle is of no use either.
    let kind = [AttributeType::Class];
    assert!(session.get_attributes(key, &kind).is_err());
}

#[test]
fn certificates_can_be_hidden_until_login() {
    let script = token("1") + "private_certificates = true\n";
    let bench = Bench::playing(&(script + &Keys::get().in_file("rsa_individual")));
    let session = bench.session();
    assert_eq!(session.find_objects(&[]).unwrap(), []);
    crate::support::login(&session, crate::support::PIN).unwrap();
    let [certificate] = certificates(&session)[..] else {
        panic!("one certificate")
    };
    let private = get(&session, certificate, AttributeType::Private);
    assert_eq!(private, Attribute::Private(true));
}

#[test]
fn a_certificate_says_what_stands_in_it() {
    let keys = Keys::get();
    let bench = Bench::playing(&(token("1") + &keys.in_file("rsa_individual")));
    let session = bench.session();
    let certificate = certificates(&session)[0];
    let own = keys.certificate("rsa_individual");
    let serial = [&[0x02, own.serial().len() as u8], own.serial()].concat();
    for expected in [
        Attribute::CertificateType(CertificateType::X_509),
        Attribute::Id(vec![1]),
        Attribute::Label(b"01".to_vec()),
        Attribute::Subject(own.subject().der().to_vec()),
        Attribute::Issuer(own.issuer().der().to_vec()),
        Attribute::SerialNumber(serial),
    ] {
        let kind = expected.attribute_type();
        assert_eq!(get(&session, certificate, kind), expected);
    }
}

#[test]
fn keys_have_the_types_of_their_curves_and_rsa_its_numbers() {
    let keys = Keys::get();
    for (holder, number) in [
        ("rsa_individual", 0x00),
        ("gost2004_individual", 0x30),
        ("gost2015_individual", 0xD432_1003),
    ] {
        let bench = Bench::written(&(token("1") + &keys.bare(holder)));
        let raw = crate::interface::Raw::initialized();
        assert_eq!(raw.key_type(), number, "{holder}");
        drop(raw);
        drop(bench);
    }
    let bench =
        Bench::playing(&(token("1") + "public_keys = true\n" + &keys.bare("rsa_individual")));
    let session = bench.logged_in();
    let key = private_keys(&session)[0];
    let public = session.find_objects(&[Attribute::Class(ObjectClass::PUBLIC_KEY)]);
    let public = public.unwrap()[0];
    let spki = keys.public_key("rsa_individual").spki_der();
    for object in [key, public] {
        assert_eq!(
            get(&session, object, AttributeType::KeyType),
            Attribute::KeyType(KeyType::RSA)
        );
        let Attribute::Modulus(modulus) = get(&session, object, AttributeType::Modulus) else {
            panic!("a modulus")
        };
        assert_eq!(modulus.len(), 256);
        assert!(spki.windows(256).any(|window| window == modulus));
        assert_eq!(
            get(&session, object, AttributeType::PublicExponent),
            Attribute::PublicExponent(vec![1, 0, 1])
        );
    }
}

#[test]
fn a_gost_public_key_is_the_point_of_its_certificate() {
    let keys = Keys::get();
    for (holder, length) in [("gost2004_individual", 64), ("gost2015_individual", 128)] {
        let script = token("1") + "public_keys = true\n" + &keys.bare(holder);
        let bench = Bench::playing(&script);
        let session = bench.session();
        let public = session.find_objects(&[Attribute::Class(ObjectClass::PUBLIC_KEY)]);
        let value = get(&session, public.unwrap()[0], AttributeType::Value);
        let Attribute::Value(point) = value else {
            panic!("a value")
        };
        assert_eq!(point.len(), length);
        assert!(keys.public_key(holder).spki_der().ends_with(&point));
    }
}

#[test]
fn nothing_secret_of_a_private_key_can_be_read() {
    let bench = Bench::playing(&(token("1") + &Keys::get().bare("rsa_individual")));
    let session = bench.logged_in();
    let key = private_keys(&session)[0];
    let secret = [
        AttributeType::Value,
        AttributeType::PrivateExponent,
        AttributeType::Prime1,
        AttributeType::Prime2,
        AttributeType::Exponent1,
        AttributeType::Exponent2,
        AttributeType::Coefficient,
    ];
    for info in session.get_attribute_info(key, &secret).unwrap() {
        assert!(matches!(info, AttributeInfo::Sensitive), "{info:?}");
    }
    for expected in [
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Sign(true),
        Attribute::Derive(false),
        Attribute::Unwrap(false),
        Attribute::Decrypt(false),
        Attribute::AlwaysAuthenticate(false),
    ] {
        let kind = expected.attribute_type();
        assert_eq!(get(&session, key, kind), expected);
    }
}

#[test]
fn the_certificate_beside_a_key_can_be_missing_or_somebody_elses() {
    let keys = Keys::get();
    let none = keys.in_file("rsa_individual") + "certificate = 'none'\n";
    let bench = Bench::playing(&(token("1") + &none));
    assert_eq!(certificates(&bench.session()), []);
    assert_eq!(private_keys(&bench.logged_in()).len(), 1);
    drop(bench);

    let other = keys.path("gost2015_individual.cer");
    let other = format!("certificate = 'other:{}'\n", other.display());
    let bench = Bench::playing(&(token("1") + &keys.in_file("rsa_individual") + &other));
    let session = bench.session();
    let value = get(&session, certificates(&session)[0], AttributeType::Value);
    let foreign = keys.certificate("gost2015_individual");
    assert_eq!(value, Attribute::Value(foreign.der().to_vec()));
    assert_eq!(foreign.key_scheme(), Some(SignatureScheme::Gost2015With512));
}

#[test]
fn a_certificate_can_stand_there_without_a_key() {
    let keys = Keys::get();
    let lines = format!(
        "[[slot.token.certificate]]\nfile = '{}'\nid = 'ab01'\nlabel = 'alone'\n",
        keys.path("rsa_individual.cer").display()
    );
    let bench = Bench::playing(&(token("1") + &lines));
    let session = bench.logged_in();
    assert_eq!(private_keys(&session), []);
    let by_id = session
        .find_objects(&[Attribute::Id(vec![0xAB, 1])])
        .unwrap();
    assert_eq!(by_id, certificates(&session));
    let label = get(&session, by_id[0], AttributeType::Label);
    assert_eq!(label, Attribute::Label(b"alone".to_vec()));
}

#[test]
fn searches_find_what_has_every_attribute_of_the_template() {
    let keys = Keys::get();
    let second = keys.bare("rsa_individual").replace("'01'", "'02'");
    let script = token("1") + &keys.in_file("gost2015_individual") + &second;
    let bench = Bench::playing(&script);
    let session = bench.logged_in();
    let find = |template: &[Attribute]| session.find_objects(template).unwrap().len();
    let class = Attribute::Class(ObjectClass::PRIVATE_KEY);
    let (first, second) = (Attribute::Id(vec![1]), Attribute::Id(vec![2]));
    assert_eq!(find(&[]), 3);
    assert_eq!(find(std::slice::from_ref(&class)), 2);
    assert_eq!(find(std::slice::from_ref(&first)), 2);
    assert_eq!(find(&[class.clone(), first]), 1);
    assert_eq!(find(&[class, second, Attribute::Sign(false)]), 0);
}

#[test]
fn a_search_gives_a_few_at_a_time_until_nothing_is_left() {
    let keys = Keys::get();
    let script = token("1") + &keys.bare("rsa_individual").repeat(5);
    let bench = Bench::playing(&script);
    let session = bench.logged_in();
    let mut found = Vec::new();
    let two = std::num::NonZeroUsize::new(2).unwrap();
    let calls = bench.journal_of(|| {
        let objects = session.iter_objects_with_cache_size(&[], two).unwrap();
        found = objects.collect::<Result<Vec<_>, _>>().unwrap();
    });
    found.dedup();
    assert_eq!(found.len(), 5);
    let fetches = calls.iter().filter(|call| *call == "C_FindObjects CKR_OK");
    assert!(fetches.count() >= 3, "{calls:?}");
}

#[test]
fn the_chain_of_a_key_file_is_there_only_if_wanted() {
    let keys = Keys::get();
    let holder = "gost2015_individual";
    let file = keys.file_with_chain(holder);
    for (wanted, expected) in [(false, 1), (true, 3)] {
        let script = format!(
            "{}[[slot.token.key]]\nid = '01'\nfile = '{}'\npassword = '{PASSWORD}'\nchain = {wanted}\n",
            token("1"),
            file.display()
        );
        let bench = Bench::playing(&script);
        let session = bench.session();
        assert_eq!(certificates(&session).len(), expected);
        let beside_the_key = session.find_objects(&[
            Attribute::Class(ObjectClass::CERTIFICATE),
            Attribute::Id(vec![1]),
        ]);
        let [own] = beside_the_key.unwrap()[..] else {
            panic!("one certificate")
        };
        let value = get(&session, own, AttributeType::Value);
        let certificate = keys.certificate(holder);
        assert_eq!(value, Attribute::Value(certificate.der().to_vec()));
    }
}

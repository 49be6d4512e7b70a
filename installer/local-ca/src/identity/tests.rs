//! The pair as an independent verifier (the `openssl` program) sees it.

use std::{path::Path, process::Command};

use const_oid::db::rfc5280::{ID_KP_CODE_SIGNING, ID_KP_SERVER_AUTH};
use der::Decode;
use x509_cert::{
    Certificate,
    ext::pkix::{
        BasicConstraints as BasicConstraintsExtension, ExtendedKeyUsage, KeyUsage, KeyUsages,
        NameConstraints as NameConstraintsExtension, name::GeneralName,
    },
};

use super::*;

fn now() -> SystemTime {
    SystemTime::now()
}

fn parsed(der: &[u8]) -> Certificate {
    Certificate::from_der(der).unwrap()
}

/// `openssl verify` of `leaf` for a TLS server called by `name`; its whole output and whether it accepts.
fn openssl(ca: &[u8], leaf: &[u8], name: &[&str]) -> (bool, String) {
    let dir = tempfile::tempdir().unwrap();
    let file = |name: &str, der: &[u8]| {
        let path = dir.path().join(name);
        std::fs::write(&path, certificate_pem(der)).unwrap();
        path
    };
    let (ca, leaf): (_, _) = (file("ca.pem", ca), file("leaf.pem", leaf));
    let output = Command::new("openssl")
        .args(["verify", "-x509_strict", "-purpose", "sslserver", "-CAfile"])
        .args([ca.as_path(), Path::new("-no-CApath")])
        .args(name)
        .arg(&leaf)
        .output()
        .expect("these tests need the openssl program");
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    (output.status.success(), text)
}

#[test]
fn openssl_accepts_the_leaf_for_each_loopback_name_only() {
    let identity = LocalIdentity::generate(now()).unwrap();
    let [leaf, ca] = identity.chain_der();
    for name in [
        ["-verify_ip", "127.0.0.1"],
        ["-verify_ip", "::1"],
        ["-verify_hostname", "localhost"],
    ] {
        let (accepted, text) = openssl(ca, leaf, &name);
        assert!(accepted, "{name:?}: {text}");
    }
    for name in [
        ["-verify_ip", "127.0.0.2"],
        ["-verify_hostname", "evil.example"],
    ] {
        let (accepted, text) = openssl(ca, leaf, &name);
        assert!(!accepted && text.contains("mismatch"), "{name:?}: {text}");
    }
}

#[test]
fn leaves_for_other_names_are_refused_even_when_the_ca_signed_them() {
    let ca = Authority::generate(now()).unwrap();
    for foreign in [
        SanType::DnsName("evil.example".try_into().unwrap()),
        SanType::DnsName("www.localhost.example".try_into().unwrap()),
        SanType::IpAddress("127.0.0.2".parse().unwrap()),
        SanType::IpAddress("192.0.2.1".parse().unwrap()),
        SanType::IpAddress("::2".parse().unwrap()),
    ] {
        let leaf = ca
            .sign_leaf(
                std::slice::from_ref(&foreign),
                &[ExtendedKeyUsagePurpose::ServerAuth],
            )
            .unwrap();
        let (accepted, text) = openssl(&ca.der, &leaf.der, &[]);
        assert!(
            !accepted && text.contains("permitted subtree violation"),
            "{foreign:?}: {text}"
        );
    }
}

#[test]
fn leaves_for_other_uses_are_refused_even_when_the_ca_signed_them() {
    let ca = Authority::generate(now()).unwrap();
    let code = ca
        .sign_leaf(&loopback_names(), &[ExtendedKeyUsagePurpose::CodeSigning])
        .unwrap();
    let usages = extension::<ExtendedKeyUsage>(&parsed(&code.der)).1;
    assert_eq!(usages.0, [ID_KP_CODE_SIGNING]);
    let (accepted, text) = openssl(&ca.der, &code.der, &[]);
    assert!(
        !accepted && text.contains("unsuitable certificate purpose"),
        "{text}"
    );
}

#[test]
fn no_ca_may_stand_below_our_ca() {
    let ca = Authority::generate(now()).unwrap();
    let constraints = extension::<BasicConstraintsExtension>(&parsed(&ca.der));
    assert!(constraints.0, "critical");
    assert_eq!(
        constraints.1,
        BasicConstraintsExtension {
            ca: true,
            path_len_constraint: Some(0)
        }
    );
}

#[test]
fn the_ca_may_only_sign_loopback_tls_servers() {
    let identity = LocalIdentity::generate(now()).unwrap();
    let ca = parsed(identity.ca_der());
    let (critical, usage) = extension::<KeyUsage>(&ca);
    assert!(critical);
    assert_eq!(usage, KeyUsage(KeyUsages::KeyCertSign.into()));
    assert_eq!(extension::<ExtendedKeyUsage>(&ca).1.0, [ID_KP_SERVER_AUTH]);

    let (critical, constraints) = extension::<NameConstraintsExtension>(&ca);
    assert!(critical);
    assert_eq!(constraints.excluded_subtrees, None);
    let permitted: Vec<String> = constraints
        .permitted_subtrees
        .unwrap()
        .iter()
        .map(|subtree| match &subtree.base {
            GeneralName::DnsName(name) => name.as_str().to_owned(),
            GeneralName::IpAddress(bytes) => format!("{:02x?}", bytes.as_bytes()),
            other => panic!("unexpected kind of name: {other:?}"),
        })
        .collect();
    let v6 = [[0u8; 15].as_slice(), &[1], &[0xff; 16]].concat();
    assert_eq!(
        permitted,
        [
            "localhost".to_owned(),
            "[7f, 00, 00, 01, ff, ff, ff, ff]".to_owned(),
            format!("{v6:02x?}")
        ]
    );
}

#[test]
fn both_certificates_live_820_days_from_yesterday() {
    let made = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    let identity = LocalIdentity::generate(made).unwrap();
    for der in identity.chain_der() {
        let validity = *parsed(der).tbs_certificate().validity();
        assert_eq!(validity.not_before.to_system_time(), made - BACKDATE);
        assert_eq!(
            validity.not_after.to_system_time(),
            made - BACKDATE + LIFETIME
        );
        assert_eq!(validity.not_after.to_system_time(), identity.not_after());
    }
}

#[test]
fn two_computers_have_different_names_and_keys() {
    let [one, other] = [0; 2].map(|_| LocalIdentity::generate(now()).unwrap());
    assert_ne!(one.ca_name(), other.ca_name());
    assert_ne!(one.leaf_key(), other.leaf_key());
    let mark = one
        .ca_name()
        .strip_prefix("Tamga local CA ")
        .and_then(|rest| rest.strip_suffix(" (this computer only)"))
        .unwrap();
    assert!(
        mark.len() == 8 && mark.bytes().all(|b| b.is_ascii_hexdigit()),
        "{mark}"
    );
}

#[test]
fn forgetting_the_ca_key_empties_its_stored_copy() {
    let mut ca = Authority::generate(now()).unwrap();
    let secret = ca.key.serialized_der().to_vec();
    assert!(!secret.is_empty());
    ca.forget_key();
    assert!(ca.key.serialized_der().is_empty());
}

#[test]
fn a_clock_before_1970_is_named_as_the_reason() {
    let long_ago = SystemTime::UNIX_EPOCH - Duration::from_secs(1);
    assert!(matches!(
        LocalIdentity::generate(long_ago),
        Err(Error::Clock)
    ));
}

fn extension<T>(certificate: &Certificate) -> (bool, T)
where
    T: for<'a> Decode<'a, Error = der::Error> + const_oid::AssociatedOid,
{
    certificate
        .tbs_certificate()
        .get_extension::<T>()
        .unwrap()
        .unwrap()
}

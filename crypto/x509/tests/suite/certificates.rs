//! Real certificates: every field, every signature.

use tamga_scheme::VerifyError;
use tamga_x509::{Certificate, Error, KeyPurpose, KeyUsage, Role, Validity};

use crate::{
    authority::{EXTENDED_KEY_USAGE, KEY_USAGE, Party, Shape, sequence},
    fixtures::{Fixtures, time},
};

#[test]
fn every_field_of_every_certificate_is_read_as_recorded() {
    let Some(fixtures) = Fixtures::open() else {
        return;
    };
    let rows = fixtures.fields();
    assert!(rows.len() > 60, "{}", rows.len());
    for row in rows {
        let certificate = fixtures.certificate(&row.file);
        let file = &row.file;
        let subject: Vec<_> = certificate
            .subject()
            .rdns()
            .iter()
            .map(|rdn| (rdn.oid.to_string(), rdn.value.clone()))
            .collect();
        assert_eq!(subject, row.subject, "{file}");
        assert_eq!(hex::encode(certificate.sha256()), row.cert_sha256, "{file}");
        assert_eq!(certificate.subject().iin(), row.iin.as_deref(), "{file}");
        assert_eq!(certificate.subject().bin(), row.bin.as_deref(), "{file}");
        assert_eq!(
            bits(certificate.key_usage()),
            row.key_usage.unwrap_or_default(),
            "{file}"
        );
        assert_eq!(dotted(certificate.extended_key_usage()), row.eku, "{file}");
        assert_eq!(dotted(certificate.policies()), row.policies, "{file}");
        let serial = format!(
            "{:0>width$}",
            row.serial,
            width = row.serial.len().next_multiple_of(2)
        );
        assert_eq!(certificate.serial_hex(), serial, "{file}");
        assert_eq!(
            certificate.subject_key_identifier().map(hex::encode),
            row.ski,
            "{file}"
        );
        assert_eq!(
            certificate.authority_key_identifier().map(hex::encode),
            row.aki,
            "{file}"
        );
        assert_eq!(certificate.ocsp_urls(), once(&row.ocsp), "{file}");
        assert_eq!(
            certificate.ca_issuer_urls(),
            once(&row.ca_issuers),
            "{file}"
        );
        assert_eq!(certificate.crl_urls(), once(&row.crl), "{file}");
        assert_eq!(certificate.delta_crl_urls(), once(&row.delta_crl), "{file}");
        let validity = Validity {
            not_before: time(&row.not_before),
            not_after: time(&row.not_after),
        };
        assert_eq!(certificate.validity(), validity, "{file}");
        assert_eq!(certificate.critical_not_understood(), None, "{file}");
    }
}

#[test]
fn roles_and_purposes_follow_the_kind_of_certificate() {
    use KeyPurpose::{Authentication, Signing};
    let Some(fixtures) = Fixtures::open() else {
        return;
    };
    let mut seen = [0; 4];
    for row in fixtures.fields() {
        let Some(role) = row.role.as_deref() else {
            continue;
        };
        let certificate = fixtures.certificate(&row.file);
        let roles = certificate.roles();
        let expected = match role {
            "individual" => vec![Role::Individual],
            "head" => vec![Role::Organization, Role::Ceo],
            "signright" => vec![Role::Organization, Role::CanSign],
            "finsign" => vec![Role::Organization, Role::CanSignFinancial],
            "hr" => vec![Role::Organization, Role::Hr],
            "employee" => vec![Role::Organization, Role::Employee],
            "treasury" => vec![Role::Organization, Role::TreasuryClient],
            "infosystem" if roles.len() == 2 => vec![Role::Organization, Role::OrganizationSystem],
            "infosystem" => vec![Role::Organization],
            "tsa" | "ocsp-responder" => vec![],
            other => panic!("{}: role {other}", row.file),
        };
        let mut sorted = roles.clone();
        sorted.sort();
        assert_eq!(sorted, expected, "{}", row.file);
        let authentication = row.eku.iter().any(|oid| oid == "1.3.6.1.5.5.7.3.2");
        let (kind, purposes) = match role {
            "infosystem" | "tsa" | "ocsp-responder" => (0, vec![]),
            _ if row.file.contains("gost2015") => (1, vec![Authentication, Signing]),
            _ if authentication => (2, vec![Authentication]),
            _ => (3, vec![Signing]),
        };
        seen[kind] += 1;
        assert_eq!(certificate.purposes(), purposes, "{}", row.file);
    }
    assert!(seen.iter().all(|count| *count > 0), "{seen:?}");
}

#[test]
fn every_certificate_holds_or_fails_under_its_issuer_as_recorded() {
    let Some(fixtures) = Fixtures::open() else {
        return;
    };
    let (mut held, mut failed) = (0, 0);
    for entry in &fixtures.manifest.entries {
        if !entry.kind.ends_with("certificate") {
            continue;
        }
        // Recorded command line: verify-cert SUBJECT ISSUER.
        let issuer_file = &entry.oracle[0][2];
        let issuer = fixtures.certificate(issuer_file);
        let certificate = fixtures.certificate(&entry.file);
        let outcome = certificate.verify_signed_by(issuer.public_key().unwrap());
        match entry.expected.result.as_str() {
            "verifies" => {
                assert_eq!(outcome.err(), None, "{}", entry.file);
                held += 1;
            }
            "fails" => {
                let expected = Error::Signature(VerifyError::Mismatch);
                assert_eq!(outcome.err(), Some(expected), "{}", entry.file);
                failed += 1;
            }
            other => panic!("{}: {other}", entry.file),
        }
    }
    assert_eq!((held, failed), (32, 2));
}

#[test]
fn every_certificate_of_a_key_container_holds_under_one_test_authority() {
    let Some(fixtures) = Fixtures::open() else {
        return;
    };
    let authorities: Vec<_> = ["ca/test", "ca/prod"]
        .iter()
        .flat_map(|folder| fixtures.authorities(folder).into_values())
        .collect();
    let mut count = 0;
    for row in fixtures
        .fields()
        .iter()
        .filter(|row| row.file.starts_with("p12/"))
    {
        let certificate = fixtures.certificate(&row.file);
        let issuer = authorities
            .iter()
            .find(|ca| ca.subject() == certificate.issuer());
        let issuer = issuer.unwrap_or_else(|| panic!("{}", row.file));
        let outcome = certificate.verify_signed_by(issuer.public_key().unwrap());
        assert_eq!(outcome.err(), None, "{}", row.file);
        count += 1;
    }
    assert_eq!(count, 60);
}

#[test]
fn a_signature_without_a_scheme_is_refused_by_its_identifier() {
    let Some(fixtures) = Fixtures::open() else {
        return;
    };
    let authority = fixtures.certificate("ca/test/root_test_gost_2022.cer");
    // The last arc of 1.2.398.3.10.1.1.2.3.2, in both places.
    let known = authority.signature_algorithm();
    let mut der = authority.der().to_vec();
    let ends: Vec<usize> = der
        .windows(known.as_bytes().len())
        .enumerate()
        .filter(|(_, window)| *window == known.as_bytes())
        .map(|(at, window)| at + window.len() - 1)
        .collect();
    assert_eq!(ends.len(), 2);
    for end in ends {
        der[end] = 9;
    }
    let certificate = Certificate::from_der(&der).unwrap();
    let refused = certificate.verify_signed_by(authority.public_key().unwrap());
    let unknown = certificate.signature_algorithm();
    assert_eq!(refused.unwrap_err(), Error::SignatureAlgorithm(unknown));
    assert_eq!(unknown.to_string(), "1.2.398.3.10.1.1.2.3.9");
}

#[test]
fn two_addresses_in_one_value_are_two_addresses() {
    let Some(fixtures) = Fixtures::open() else {
        return;
    };
    let certificate = fixtures.certificate("ca/prod/nca_gost_2018.cer");
    assert_eq!(
        certificate.crl_urls(),
        [
            "http://crl.root.gov.kz/gost.crl",
            "http://crl1.root.gov.kz/gost.crl"
        ]
    );
}

#[test]
fn pem_round_trip_keeps_the_bytes() {
    let Some(fixtures) = Fixtures::open() else {
        return;
    };
    let certificate = fixtures.certificate("ca/test/nca_gost2022_test.cer");
    for line_end in ["\n", "\r\n"] {
        let pem = certificate.to_pem(line_end);
        assert_eq!(
            Certificate::from_der_or_pem(pem.as_bytes()).unwrap(),
            certificate
        );
    }
}

#[test]
fn truncated_or_extended_bytes_are_malformed_and_never_panic() {
    let Some(fixtures) = Fixtures::open() else {
        return;
    };
    let der = fixtures
        .certificate("ca/test/nca_gost2022_test.cer")
        .der()
        .to_vec();
    for length in 0..der.len() {
        let error = Certificate::from_der(&der[..length]).unwrap_err();
        assert!(
            matches!(
                error,
                Error::Malformed {
                    what: "certificate",
                    ..
                }
            ),
            "{length}"
        );
    }
    let longer = [der.as_slice(), &[0]].concat();
    assert!(matches!(
        Certificate::from_der(&longer),
        Err(Error::Malformed { .. })
    ));
    let large = vec![0x30; 65 * 1024];
    assert_eq!(
        Certificate::from_der(&large).unwrap_err(),
        Error::TooLarge {
            what: "certificate",
            actual: 65 * 1024,
            limit: 64 * 1024
        }
    );
    for index in 0..der.len() {
        let mut changed = der.clone();
        changed[index] ^= 0x80;
        // Any outcome but a panic: changed names and keys may still be readable.
        let _ = Certificate::from_der(&changed);
    }
}

/// Replaces the only occurrence of `old`, or the last one.
fn patched(der: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let at = (0..der.len())
        .rev()
        .find(|at| der[*at..].starts_with(old))
        .unwrap();
    [&der[..at], new, &der[at + old.len()..]].concat()
}

#[test]
fn an_extension_given_twice_is_malformed() {
    let authority = Party::new("authority");
    let shape =
        Shape::user(&[1])
            .with("1.2.3.4.5", false, &[5, 0])
            .with("1.2.3.4.6", false, &[5, 0]);
    let der = authority.issue(&Party::new("user"), &shape).der().to_vec();
    let twice = patched(&der, &[6, 4, 0x2A, 3, 4, 6], &[6, 4, 0x2A, 3, 4, 5]);
    let error = Certificate::from_der(&twice).unwrap_err();
    assert!(
        matches!(
            error,
            Error::Malformed {
                what: "certificate",
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn two_different_signature_algorithms_are_malformed_and_a_missing_null_is_not() {
    let authority = Party::new("authority");
    let certificate = authority.issue(&Party::new("user"), &Shape::user(&[1]));
    // …3.2 and NULL outside becomes …3.1 and NULL, or …3.2 alone.
    let (end, other) = ([2, 3, 2, 5, 0], [2, 3, 1, 5, 0]);
    let error = Certificate::from_der(&patched(certificate.der(), &end, &other)).unwrap_err();
    let detail = "two different signature algorithms".to_owned();
    assert_eq!(
        error,
        Error::Malformed {
            what: "certificate",
            detail
        }
    );
    let signature = &certificate.der()[certificate.der().len() - 132..];
    assert_eq!(signature[..4], [3, 0x81, 0x81, 0]);
    let oid = certificate.signature_algorithm();
    let algorithm = sequence(&[&[6, oid.as_bytes().len() as u8], oid.as_bytes()]);
    let without = sequence(&[certificate.tbs_der(), &algorithm, signature]);
    let without = Certificate::from_der(&without).unwrap();
    assert!(without.verify_signed_by(authority.key.public_key()).is_ok());
}

#[test]
fn the_sign_octet_of_a_serial_number_is_kept_but_not_shown() {
    let authority = Party::new("authority");
    let serial = |octets: &[u8]| authority.issue(&Party::new("user"), &Shape::user(octets));
    let high = serial(&[0x00, 0x9A, 0x01]);
    assert_eq!(high.serial(), [0x00, 0x9A, 0x01]);
    assert_eq!(high.issuer_and_serial().serial, [0x00, 0x9A, 0x01]);
    assert_eq!(high.issuer_and_serial().issuer, high.issuer().der());
    assert_eq!(high.serial_hex(), "9a01");
    assert_eq!(serial(&[0x0A]).serial_hex(), "0a");
    assert_eq!(serial(&[0x00]).serial_hex(), "00");
}

#[test]
fn a_gost_2015_key_serves_both_purposes_only_for_a_person_who_may_sign() {
    use KeyPurpose::{Authentication, Signing};
    let authority = Party::new("authority");
    let email: &[u8] = &[6, 8, 0x2B, 6, 1, 5, 5, 7, 3, 4];
    let client: &[u8] = &[6, 8, 0x2B, 6, 1, 5, 5, 7, 3, 2];
    // 1.2.398.3.3.4.1.1; 1.2.398.3.3.4.1.2.6.1
    let individual: &[u8] = &[6, 8, 0x2A, 0x83, 0x0E, 3, 3, 4, 1, 1];
    let system: &[u8] = &[6, 10, 0x2A, 0x83, 0x0E, 3, 3, 4, 1, 2, 6, 1];
    let purposes = |usages: &[&[u8]], may_sign: bool| {
        let shape = Shape::user(&[1]).with(EXTENDED_KEY_USAGE, true, &sequence(usages));
        let shape = if may_sign {
            shape
        } else {
            shape.without(KEY_USAGE)
        };
        authority.issue(&Party::new("user"), &shape).purposes()
    };
    assert_eq!(
        purposes(&[individual, email], true),
        [Authentication, Signing]
    );
    assert_eq!(
        purposes(&[client, individual], true),
        [Authentication, Signing]
    );
    assert_eq!(purposes(&[individual, email], false), [Signing]);
    assert_eq!(purposes(&[email], true), [Signing]);
    assert_eq!(purposes(&[system, individual, email], true), [Signing]);
    assert_eq!(purposes(&[individual], true), []);
}

fn bits(usage: Option<KeyUsage>) -> Vec<String> {
    let Some(usage) = usage else {
        return Vec::new();
    };
    let all = [
        (usage.digital_signature(), "digitalSignature"),
        (usage.non_repudiation(), "nonRepudiation"),
        (usage.key_encipherment(), "keyEncipherment"),
        (usage.key_agreement(), "keyAgreement"),
        (usage.key_cert_sign(), "keyCertSign"),
        (usage.crl_sign(), "cRLSign"),
    ];
    all.iter()
        .filter(|(set, _)| *set)
        .map(|(_, name)| (*name).to_owned())
        .collect()
}

fn dotted(oids: &[tamga_scheme::ObjectIdentifier]) -> Vec<String> {
    oids.iter().map(ToString::to_string).collect()
}

/// The vectors repeat what a certificate repeats; the certificate type does not.
fn once(urls: &[String]) -> Vec<String> {
    let mut once = Vec::new();
    for url in urls {
        if !once.contains(url) {
            once.push(url.clone());
        }
    }
    once
}

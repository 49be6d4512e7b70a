//! Hostile certificates and lists cost no more than their size: everything that is compared with everything is counted.

use tamga_x509::{Certificate, Crl, Error};

use crate::authority::{Draft, NOW, Party, Shape, days, sequence, tlv};
use der::Tag;

/// `1.2.3.N`
fn oid(number: usize) -> &'static str {
    Box::leak(format!("1.2.3.{number}").into_boxed_str())
}

fn draft() -> Draft {
    Draft::full(1, NOW, days(1))
}

/// GeneralNames of `count` different addresses of two octets.
fn addresses(count: usize) -> Vec<u8> {
    let uri = Tag::ContextSpecific {
        constructed: false,
        number: der::TagNumber(6),
    };
    let letter = |number: usize| b'A' + (number % 26) as u8;
    (0..count)
        .flat_map(|number| tlv(uri, &[letter(number), letter(number / 26)]))
        .collect()
}

/// DistributionPointName.
fn point(count: usize) -> Vec<u8> {
    let explicit = |content: &[u8]| {
        let tag = Tag::ContextSpecific {
            constructed: true,
            number: der::TagNumber(0),
        };
        tlv(tag, content)
    };
    explicit(&explicit(&addresses(count)))
}

fn is_malformed(error: &Error, kind: &str) -> bool {
    matches!(error, Error::Malformed { what, .. } if *what == kind)
}

#[test]
fn a_list_larger_than_64_mib_is_not_read() {
    let limit = 64 * 1024 * 1024;
    let error = Crl::from_der(&vec![0x30; limit + 1]).unwrap_err();
    let expected = Error::TooLarge {
        what: "CRL",
        actual: limit + 1,
        limit,
    };
    assert_eq!(error, expected);
}

#[test]
fn lists_and_certificates_have_at_most_64_extensions() {
    let party = Party::new("authority");
    let extensions = |count: usize| (0..count).map(|number| (oid(number), false, vec![5, 0]));
    // The list has its number too, the certificate its key usage.
    let list = |count: usize| {
        let mut draft = draft();
        draft.extensions.extend(extensions(count - 1));
        Crl::from_der(&party.list_der(&draft))
    };
    assert!(list(64).is_ok());
    assert!(is_malformed(&list(65).unwrap_err(), "CRL"));
    let certificate = |count: usize| {
        let mut shape = Shape::user(&[1]);
        shape.extensions.extend(extensions(count - 1));
        Certificate::from_der(&party.issue_der(&party, &shape))
    };
    assert!(certificate(64).is_ok());
    assert!(is_malformed(&certificate(65).unwrap_err(), "certificate"));
}

#[test]
fn lists_and_certificates_name_at_most_64_addresses_in_one_extension() {
    let party = Party::new("authority");
    let list = |count| {
        let mut draft = draft();
        let value = sequence(&[&point(count)]);
        draft.extensions.push(("2.5.29.28", true, value));
        Crl::from_der(&party.list_der(&draft))
    };
    assert!(list(64).is_ok());
    assert!(is_malformed(&list(65).unwrap_err(), "CRL"));
    let certificate = |count| {
        let value = sequence(&[&sequence(&[&point(count)])]);
        let shape = Shape::user(&[1]).with("2.5.29.31", false, &value);
        Certificate::from_der(&party.issue_der(&party, &shape))
    };
    assert_eq!(certificate(64).unwrap().crl_urls().len(), 64);
    assert!(is_malformed(&certificate(65).unwrap_err(), "certificate"));
}

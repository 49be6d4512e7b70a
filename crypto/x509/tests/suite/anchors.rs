//! The built-in anchor sets against the certificates they were taken from, and anchor files in general.

use tamga_x509::{Anchor, AnchorRole, AnchorSet, Error};

use crate::fixtures::Fixtures;

#[test]
fn every_row_of_the_built_in_sets_is_the_recorded_authority() {
    let Some(fixtures) = Fixtures::open() else {
        return;
    };
    for (set, folder, roots, intermediates) in [
        (AnchorSet::nca(), "ca/prod", 5, 7),
        (AnchorSet::nca_test(), "ca/test", 5, 5),
    ] {
        let authorities = fixtures.authorities(folder);
        assert_eq!(set.anchors().len(), authorities.len());
        for (file, certificate) in &authorities {
            let id = file
                .rsplit('/')
                .next()
                .unwrap()
                .strip_suffix(".cer")
                .unwrap();
            let row = set.anchors().iter().find(|anchor| anchor.id == id);
            // The row made from the certificate has its subject, key, validity, path length and SHA-256.
            assert_eq!(
                row,
                Some(&Anchor::from_certificate(id, certificate).unwrap()),
                "{file}"
            );
            assert_eq!(row, set.find(certificate));
        }
        let count = |role| {
            set.anchors()
                .iter()
                .filter(|anchor| anchor.role == role)
                .count()
        };
        assert_eq!(
            (count(AnchorRole::Root), count(AnchorRole::Intermediate)),
            (roots, intermediates)
        );
    }
}

#[test]
fn production_and_test_sets_have_no_authority_in_common() {
    let (nca, test) = (AnchorSet::nca(), AnchorSet::nca_test());
    assert_eq!((nca.name(), test.name()), ("nca", "nca-test"));
    assert_eq!(AnchorSet::built_in("nca"), Some(nca.clone()));
    assert_eq!(AnchorSet::built_in("nca-test"), Some(test.clone()));
    assert_eq!(AnchorSet::built_in("other"), None);
    for row in nca.anchors() {
        for other in test.anchors() {
            assert_ne!(row.certificate_sha256, other.certificate_sha256);
            assert_ne!(row.public_key, other.public_key);
        }
    }
}

#[test]
fn a_written_set_is_read_back() {
    for set in [AnchorSet::nca(), AnchorSet::nca_test()] {
        assert_eq!(AnchorSet::from_toml(&set.to_toml()).unwrap(), set);
    }
}

#[test]
fn a_damaged_row_is_refused_with_its_name() {
    let good = AnchorSet::new("one", AnchorSet::nca().anchors()[..1].to_vec()).to_toml();
    assert!(AnchorSet::from_toml(&good).is_ok());
    let field = |name: &str| {
        good.lines()
            .find(|line| line.starts_with(name))
            .unwrap_or_else(|| panic!("{name}"))
            .to_owned()
    };
    let twice = format!("{good}{}", &good[good.find("\n[[anchor]]").unwrap()..]);
    for (damaged, expected) in [
        (
            good.replace(&field("not_before"), "not_before = \"yesterday\""),
            "not_before",
        ),
        (
            good.replace(&field("not_after"), "not_after = \"1999-01-01T00:00:00Z\""),
            "validity",
        ),
        (
            good.replace(&field("not_after"), "not_after = \"1999-01-01\""),
            "not_after",
        ),
        (good.replace(&field("sha256"), "sha256 = \"00\""), "sha256"),
        (
            good.replace(&field("subject"), "subject = \"?\""),
            "subject",
        ),
        (good.replace(&field("spki"), "spki = \"?\""), "spki"),
        (good.replace(&field("role"), "role = \"friend\""), "friend"),
        (
            good.replace(&field("role"), "role = \"root\"\ncolour = 1"),
            "colour",
        ),
        (twice, "twice"),
        ("[[anchor".to_owned(), "anchor"),
    ] {
        match AnchorSet::from_toml(&damaged).unwrap_err() {
            Error::Malformed {
                what: "anchor file",
                detail,
            } => {
                assert!(detail.contains(expected), "{expected}: {detail}");
            }
            other => panic!("{expected}: {other}"),
        }
    }
}

#[test]
fn only_authorities_become_anchors() {
    let Some(fixtures) = Fixtures::open() else {
        return;
    };
    let user = fixtures.certificate("certs/rsa_individual_2022-01-18_a4f5a1ff.cer");
    let refused = Anchor::from_certificate("user", &user).unwrap_err();
    assert!(
        matches!(refused, Error::Malformed { what: "anchor", .. }),
        "{refused}"
    );
}

//! Path building: real certificates under the built-in sets, and every rule under authorities made here.

use tamga_scheme::ObjectIdentifier;
use tamga_x509::{
    Anchor, AnchorRole, AnchorSet, Certificate, PathBudget, PathError, UnixTime, VerifiedPath,
    build_path,
};

use crate::{
    authority::{
        BASIC_CONSTRAINTS, DAY, EXTENDED_KEY_USAGE, KEY_USAGE, MAY_ISSUE, MAY_SIGN,
        NAME_CONSTRAINTS, NOW, Party, Shape, days,
    },
    fixtures::Fixtures,
};

const BUDGET: PathBudget = PathBudget {
    depth: 4,
    signatures: 32,
};

#[test]
fn real_certificates_have_a_path_in_their_own_set_only() {
    let Some(fixtures) = Fixtures::open() else {
        return;
    };
    let (nca, test) = (AnchorSet::nca(), AnchorSet::nca_test());
    let mut counts = [0, 0, 0];
    for row in fixtures.fields() {
        let certificate = fixtures.certificate(&row.file);
        let at = UnixTime(certificate.validity().not_before.0 + DAY);
        let path = |set| build_path(&certificate, &[], set, at, BUDGET);
        let outcome = (path(&nca), path(&test));
        let which = match outcome {
            (Ok(path), Err(PathError::NoIssuer)) | (Err(PathError::NoIssuer), Ok(path)) => {
                assert_eq!(path.certificates(), std::slice::from_ref(&certificate));
                assert_eq!(path.anchor().subject, *certificate.issuer());
                assert_eq!(path.at(), at);
                usize::from(test.anchors().contains(path.anchor()))
            }
            // Self-signed by nobody known.
            (Err(PathError::NoIssuer), Err(PathError::NoIssuer)) => 2,
            other => panic!("{}: {other:?}", row.file),
        };
        counts[which] += 1;
    }
    assert!(counts[0] > 0 && counts[1] > 60, "{counts:?}");
    assert_eq!(counts[2], 2, "gost2015_fedor_test as DER and PEM");
}

#[test]
fn real_certificates_reach_the_root_through_a_pool() {
    let Some(fixtures) = Fixtures::open() else {
        return;
    };
    let roots = |set: &AnchorSet| {
        let roots = set
            .anchors()
            .iter()
            .filter(|anchor| anchor.role == AnchorRole::Root);
        AnchorSet::new("roots", roots.cloned().collect())
    };
    for (set, folder, file, root) in [
        (
            AnchorSet::nca(),
            "ca/prod",
            "certs/gost2015_tsa_2025-10-28_e540a01f.cer",
            "root_gost_2022",
        ),
        (
            AnchorSet::nca_test(),
            "ca/test",
            "certs/gost2004_tsa_2023-11-17_e31ce7b8.cer",
            "kuc_gost_test_2020",
        ),
        (
            AnchorSet::nca_test(),
            "ca/test",
            "certs/rsa_individual_2022-01-18_a4f5a1ff.cer",
            "root_rsa_test_2018",
        ),
    ] {
        let certificate = fixtures.certificate(file);
        let pool: Vec<_> = fixtures.authorities(folder).into_values().collect();
        let at = UnixTime(certificate.validity().not_before.0 + DAY);
        let path = build_path(&certificate, &pool, &roots(&set), at, BUDGET).unwrap();
        assert_eq!(path.anchor().id, root);
        assert_eq!(path.certificates().len(), 2);
        assert_eq!(path.certificates()[1].subject(), certificate.issuer());
        assert_eq!(path.issuer_key(0), path.certificates()[1].public_key().ok());
        assert_eq!(path.issuer_key(1), Some(&path.anchor().public_key));
        assert_eq!(path.issuer_key(2), None);
    }
}

#[test]
fn an_authority_older_than_its_root_has_a_path() {
    let Some(fixtures) = Fixtures::open() else {
        return;
    };
    let btsd = fixtures.certificate("ca/prod/btsd_gost.cer");
    let path = build_path(&btsd, &[], &AnchorSet::nca(), NOW, BUDGET).unwrap();
    assert_eq!(path.anchor().id, "root_gost_2020");
    assert!(path.anchor().validity.not_before > btsd.validity().not_before);
}

#[test]
fn an_expired_authority_is_named_with_its_dates() {
    let Some(fixtures) = Fixtures::open() else {
        return;
    };
    let user = fixtures.certificate("certs/rsa_individual_2022-01-18_a4f5a1ff.cer");
    let at = UnixTime(user.validity().not_after.0 + 1);
    assert_eq!(
        build_path(&user, &[], &AnchorSet::nca_test(), at, BUDGET).unwrap_err(),
        PathError::Validity {
            subject: "CN=ТЕСТОВ ТЕСТ,SURNAME=ТЕСТОВ,SERIALNUMBER=IIN123456789011,C=KZ,G=ТЕСТОВИЧ"
                .to_owned(),
            at,
            not_before: user.validity().not_before,
            not_after: user.validity().not_after,
        }
    );
}

/// Root (an anchor), intermediate and user, each replaceable.
struct Chain {
    root: Party,
    middle: Party,
    user: Party,
    root_shape: Shape,
    middle_shape: Shape,
    user_shape: Shape,
}

impl Chain {
    fn new() -> Self {
        Self {
            root: Party::new("root"),
            middle: Party::new("middle"),
            user: Party::new("user"),
            root_shape: Shape::authority(None),
            middle_shape: Shape::authority(None),
            user_shape: Shape::user(&[7]),
        }
    }

    fn root(&self) -> Certificate {
        self.root.issue(&self.root, &self.root_shape)
    }

    fn middle(&self) -> Certificate {
        self.root.issue(&self.middle, &self.middle_shape)
    }

    fn user(&self) -> Certificate {
        self.middle.issue(&self.user, &self.user_shape)
    }

    fn build(&self) -> Result<VerifiedPath, PathError> {
        build_path(
            &self.user(),
            &[self.middle()],
            &anchors(&[self.root()]),
            NOW,
            BUDGET,
        )
    }
}

fn anchors(certificates: &[Certificate]) -> AnchorSet {
    let rows = certificates
        .iter()
        .map(|it| Anchor::from_certificate("row", it).unwrap());
    AnchorSet::new("made here", rows.collect())
}

fn not_an_authority(name: &str) -> PathError {
    PathError::NotAnAuthority {
        subject: format!("CN={name}"),
    }
}

#[test]
fn a_path_leads_through_the_pool_to_the_anchor() {
    let chain = Chain::new();
    let (user, middle, root) = (chain.user(), chain.middle(), chain.root());
    let pool = [middle.clone()];
    let path = build_path(
        &user,
        &pool,
        &anchors(std::slice::from_ref(&root)),
        NOW,
        BUDGET,
    )
    .unwrap();
    assert_eq!(path.certificates(), [user, middle]);
    assert_eq!(
        path.anchor(),
        &Anchor::from_certificate("row", &root).unwrap()
    );
}

#[test]
fn a_path_may_end_at_an_intermediate_that_is_a_row() {
    let chain = Chain::new();
    let user = chain.user();
    let set = anchors(&[chain.root(), chain.middle()]);
    let path = build_path(&user, &[], &set, NOW, BUDGET).unwrap();
    assert_eq!(path.certificates(), [user]);
    assert_eq!(path.anchor(), &set.anchors()[1]);
}

#[test]
fn an_authority_of_the_same_name_with_another_key_is_no_issuer() {
    let chain = Chain::new();
    let impostor = Party::new("middle");
    let set = anchors(&[impostor.issue(&impostor, &Shape::authority(None))]);
    let outcome = build_path(&chain.user(), &[], &set, NOW, BUDGET);
    assert_eq!(
        outcome,
        Err(PathError::Signature {
            subject: "CN=user".to_owned()
        })
    );
}

#[test]
fn an_unknown_issuer_is_no_issuer() {
    let chain = Chain::new();
    let set = anchors(&[chain.root()]);
    assert_eq!(
        build_path(&chain.user(), &[], &set, NOW, BUDGET),
        Err(PathError::NoIssuer)
    );
    let other = Party::new("other");
    let set = anchors(&[other.issue(&other, &Shape::authority(None))]);
    let outcome = build_path(&chain.user(), &[chain.middle()], &set, NOW, BUDGET);
    assert_eq!(outcome, Err(PathError::NoIssuer));
}

#[test]
fn every_certificate_must_be_valid_at_the_time_asked() {
    let (past, future) = ((days(-50), days(-1)), (days(1), days(50)));
    for (not_before, not_after) in [past, future] {
        let expected = |name: &str| {
            let subject = format!("CN={name}");
            Err(PathError::Validity {
                subject,
                at: NOW,
                not_before,
                not_after,
            })
        };
        let mut chain = Chain::new();
        chain.user_shape = chain.user_shape.valid(not_before, not_after);
        assert_eq!(chain.build(), expected("user"));
        let mut chain = Chain::new();
        chain.middle_shape = chain.middle_shape.valid(not_before, not_after);
        assert_eq!(chain.build(), expected("middle"));
        let mut chain = Chain::new();
        chain.root_shape = chain.root_shape.valid(not_before, not_after);
        assert_eq!(chain.build(), expected("root"));
    }
}

#[test]
fn the_first_and_the_last_second_of_validity_count() {
    let mut chain = Chain::new();
    chain.user_shape = chain.user_shape.valid(NOW, NOW);
    assert!(chain.build().is_ok());
}

#[test]
fn an_issuer_needs_the_ca_flag_and_the_right_to_issue() {
    let usual = Shape::authority(None);
    for (shape, expected) in [
        (
            usual.clone().without(BASIC_CONSTRAINTS),
            Err(not_an_authority("middle")),
        ),
        (
            usual.clone().with(BASIC_CONSTRAINTS, true, &[0x30, 0]),
            Err(not_an_authority("middle")),
        ),
        (
            usual.clone().with(KEY_USAGE, true, MAY_SIGN),
            Err(not_an_authority("middle")),
        ),
        (usual.clone().without(KEY_USAGE), Ok(())),
        (usual.with(KEY_USAGE, false, MAY_ISSUE), Ok(())),
    ] {
        let mut chain = Chain::new();
        chain.middle_shape = shape;
        assert_eq!(chain.build().map(|_| ()), expected);
    }
}

#[test]
fn a_user_is_no_issuer_even_with_a_valid_path_of_its_own() {
    let chain = Chain::new();
    let victim = Party::new("victim");
    let forged = chain.user.issue(&victim, &Shape::user(&[9]));
    let pool = [chain.user(), chain.middle()];
    let outcome = build_path(&forged, &pool, &anchors(&[chain.root()]), NOW, BUDGET);
    assert_eq!(outcome, Err(not_an_authority("user")));
}

#[test]
fn the_path_length_counts_intermediates_below() {
    let mut chain = Chain::new();
    chain.middle_shape = Shape::authority(Some(0));
    assert!(chain.build().is_ok());
    // One more authority below the intermediate.
    let lower = Party::new("lower");
    let lower_certificate = chain.middle.issue(&lower, &Shape::authority(None));
    let user = lower.issue(&chain.user, &Shape::user(&[8]));
    let build = |chain: &Chain| {
        let pool = [chain.middle(), lower_certificate.clone()];
        build_path(&user, &pool, &anchors(&[chain.root()]), NOW, BUDGET).map(|_| ())
    };
    assert_eq!(build(&chain), Err(not_an_authority("middle")));
    chain.middle_shape = Shape::authority(Some(1));
    assert_eq!(build(&chain), Ok(()));
    // The anchor's own limit counts as well.
    chain.root_shape = Shape::authority(Some(1));
    assert_eq!(build(&chain), Err(not_an_authority("root")));
}

#[test]
fn critical_extensions_must_be_understood() {
    let unknown = ObjectIdentifier::new_unwrap("1.2.3.4.5");
    let constraints = ObjectIdentifier::new_unwrap(NAME_CONSTRAINTS);
    let usual = Shape::user(&[7]);
    let email = [0x30, 10, 6, 8, 0x2B, 6, 1, 5, 5, 7, 3, 4];
    for (shape, expected) in [
        (
            usual.clone().with("1.2.3.4.5", true, &[5, 0]),
            Some(unknown),
        ),
        (usual.clone().with("1.2.3.4.5", false, &[5, 0]), None),
        (
            usual.clone().with(NAME_CONSTRAINTS, true, &[0x30, 0]),
            Some(constraints),
        ),
        (usual.with(EXTENDED_KEY_USAGE, true, &email), None),
    ] {
        let mut chain = Chain::new();
        chain.user_shape = shape;
        let expected = expected.map(PathError::CriticalExtension);
        assert_eq!(chain.build().err(), expected);
    }
    let mut chain = Chain::new();
    chain.middle_shape = chain.middle_shape.with(NAME_CONSTRAINTS, true, &[0x30, 0]);
    assert_eq!(
        chain.build().err(),
        Some(PathError::CriticalExtension(constraints))
    );
}

#[test]
fn candidates_of_the_same_name_are_tried_until_the_budget_ends() {
    let chain = Chain::new();
    let mut pool: Vec<_> = (0..5)
        .map(|_| {
            chain
                .root
                .issue(&Party::new("middle"), &Shape::authority(None))
        })
        .collect();
    pool.push(chain.middle());
    let set = anchors(&[chain.root()]);
    let build = |budget| build_path(&chain.user(), &pool, &set, NOW, budget).map(|_| ());
    // Five decoys, the issuer, and the issuer's own signature.
    assert_eq!(
        build(PathBudget {
            signatures: 7,
            ..BUDGET
        }),
        Ok(())
    );
    assert_eq!(
        build(PathBudget {
            signatures: 6,
            ..BUDGET
        }),
        Err(PathError::Budget)
    );
    assert_eq!(
        build(PathBudget {
            signatures: 0,
            ..BUDGET
        }),
        Err(PathError::Budget)
    );
    assert_eq!(build(PathBudget { depth: 1, ..BUDGET }), Ok(()));
    assert_eq!(
        build(PathBudget { depth: 0, ..BUDGET }),
        Err(PathError::Budget)
    );
}

#[test]
fn authorities_that_certify_each_other_are_no_loop() {
    let (one, two, user) = (Party::new("one"), Party::new("two"), Party::new("user"));
    let authority = Shape::authority(None);
    let pool = [one.issue(&two, &authority), two.issue(&one, &authority)];
    let other = Party::new("other");
    let set = anchors(&[other.issue(&other, &authority)]);
    let certificate = one.issue(&user, &Shape::user(&[7]));
    assert_eq!(
        build_path(&certificate, &pool, &set, NOW, BUDGET),
        Err(PathError::NoIssuer)
    );
}

#[test]
fn an_anchor_is_not_its_own_issuer() {
    let chain = Chain::new();
    let (root, middle) = (chain.root(), chain.middle());
    let set = anchors(&[root.clone(), middle.clone()]);
    // Made again: other bytes, the same name and key.
    let pool = [chain.root()];
    let path = |certificate: &Certificate| build_path(certificate, &pool, &set, NOW, BUDGET);
    assert_eq!(path(&root), Err(PathError::NoIssuer));
    assert_eq!(path(&chain.root()), Err(PathError::NoIssuer));
    assert_eq!(path(&middle).unwrap().anchor(), &set.anchors()[0]);
}

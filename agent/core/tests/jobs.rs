//! Jobs from end to end: what comes out, and what the person saw meanwhile.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;
#[path = "support/jobs.rs"]
mod support_jobs;

use std::{path::PathBuf, sync::Arc, time::Duration};

use support::{
    EMAIL_PROTECTION, Files, IIN, NOW, PASSWORD, Person, Seen, Step, desk, holder, keystore,
    signing_keystore,
};
use support_jobs::{GOST, attached, digest, given, job, one_signature, xml};
use tamga_agent_core::{
    Answer, CmsContent, Document, DocumentError, ExistingCms, JobError, KeyFilter, Language,
    Origin, ReadCertificateJob, SignJob, SignedDocument, StoreProblem, Stores, ToBeSigned, Wish,
};
use tamga_x509::Certificate;

fn check_cms(document: &SignedDocument, content: &[u8], attached: bool, by: &Certificate) {
    let SignedDocument::Cms(der) = document else {
        panic!("a CMS")
    };
    let cms = tamga_cms::SignedData::parse(der, &tamga_cms::Limits::default()).unwrap();
    assert_eq!(cms.content(), attached.then_some(content));
    let [signer] = cms.signers() else {
        panic!("one signer")
    };
    assert!(signer.matches(by));
    assert!(signer.check_content(content).is_ok());
    assert_eq!(signer.claimed_signing_time(), Some(NOW));
}

#[tokio::test]
async fn a_cms_is_signed_with_the_key_the_person_chose() {
    let person = Person::new(vec![one_signature()]);
    let store = signing_keystore();
    let desk = desk(&person, Files::default().with("/k.p12", &store));

    let signed = given(desk.sign(job(vec![attached(b"tamga")])).await.unwrap());

    check_cms(&signed.documents[0], b"tamga", true, &signed.certificate);
    assert_eq!(store.record().signatures, 1);
    let seen = person.seen();
    let Seen::Opened(ask) = &seen[0] else {
        panic!("{seen:?}")
    };
    assert_eq!(ask.origin, Origin::Site("https://portal.kz".into()));
    assert_eq!(ask.language, Language::Kk);
    assert_eq!(ask.last_file, None);
    let shown = Document {
        format: "CMS",
        size: 5,
        blind: false,
    };
    assert_eq!(ask.wish, Wish::Sign(vec![shown]));
    let Seen::Keys(keys) = &seen[1] else {
        panic!("{seen:?}")
    };
    let [key] = keys.as_slice() else {
        panic!("{keys:?}")
    };
    assert_eq!(key.name, "ҮЛГІ ҚАЙРАТ");
    assert_eq!(key.iin.as_deref(), Some(IIN));
    assert_eq!(key.issuer, "СЫНАҚ КО");
    assert_eq!(key.algorithm, "GOST-2015-512");
    assert_eq!(key.serial, signed.certificate.serial_hex());
    assert_eq!((key.unusable, key.expired), (None, false));
    assert_eq!(seen[2..], [Seen::Closed]);
}

#[tokio::test]
async fn many_documents_are_signed_in_their_order_under_one_consent() {
    let person = Person::new(vec![one_signature()]);
    let store = signing_keystore();
    let desk = desk(&person, Files::default().with("/k.p12", &store));
    let detached = ToBeSigned::Cms {
        content: CmsContent::Detached(b"two".to_vec()),
        existing: ExistingCms::Refuse,
    };

    let signed = given(
        desk.sign(job(vec![xml("<one/>"), detached, xml("<a>3</a>")]))
            .await
            .unwrap(),
    );

    let text = |index: usize| match &signed.documents[index] {
        SignedDocument::Xml(text) => text.as_str(),
        SignedDocument::Cms(_) => panic!("XML"),
    };
    for (index, root) in [(0, "one"), (2, "a")] {
        let limits = tamga_xmldsig::Limits::default();
        let parsed = tamga_xmldsig::SignedXml::parse(text(index).as_bytes(), &limits).unwrap();
        let [signature] = parsed.signatures() else {
            panic!("one signature")
        };
        assert!(signature.check_references().is_ok());
        assert!(
            signature
                .check_signature(signed.certificate.public_key().unwrap())
                .is_ok()
        );
        assert!(
            text(index).contains(&format!("<{root}>")),
            "{}",
            text(index)
        );
    }
    check_cms(&signed.documents[1], b"two", false, &signed.certificate);
    assert_eq!(
        store.record(),
        tamga_token_fake::Record {
            unlocked: 1,
            wrong_passwords: 0,
            signatures: 3
        }
    );
    assert_eq!(person.course().last(), Some(&"closed"));
}

#[tokio::test]
async fn a_problem_is_shown_in_place_and_the_person_tries_again() {
    let person = Person::new(vec![vec![
        Step::Open("/missing.p12", PASSWORD),
        Step::Open("/k.p12", "wrong"),
        Step::Open("/empty.p12", PASSWORD),
        Step::Open("/k.p12", PASSWORD),
        Step::Sign,
    ]]);
    let files = Files::default()
        .with("/k.p12", &signing_keystore())
        .with("/empty.p12", &keystore(vec![]));
    let desk = desk(&person, files);

    given(desk.sign(job(vec![attached(b"x")])).await.unwrap());

    let seen = person.seen();
    assert_eq!(
        seen[1..4],
        [
            Seen::Problem(StoreProblem::Unreadable),
            Seen::Problem(StoreProblem::WrongPassword { retries_left: None }),
            Seen::Problem(StoreProblem::Empty),
        ]
    );
    assert_eq!(person.course()[4..], ["keys", "closed"]);
}

#[tokio::test]
async fn a_keystore_that_is_locked_or_gone_is_said_and_another_may_be_opened() {
    for problem in [StoreProblem::Locked, StoreProblem::Removed] {
        let person = Person::new(vec![vec![
            Step::Open("/locked.p12", PASSWORD),
            Step::Open("/k.p12", PASSWORD),
            Step::Sign,
        ]]);
        let store = signing_keystore();
        let files = Files::default()
            .with("/locked.p12", &store)
            .with("/k.p12", &signing_keystore());
        match problem {
            StoreProblem::Locked => store.block(),
            _ => store.remove(),
        }
        given(
            desk(&person, files)
                .sign(job(vec![attached(b"x")]))
                .await
                .unwrap(),
        );
        assert_eq!(person.seen()[1], Seen::Problem(problem));
        assert_eq!(person.course(), ["opened", "problem", "keys", "closed"]);
    }
}

#[tokio::test]
async fn cancelling_signs_nothing_and_closes_the_window() {
    let scripts = vec![
        vec![Step::Cancel],
        vec![Step::Open("/k.p12", PASSWORD), Step::Cancel],
        vec![Step::SignId(0), Step::Cancel],
    ];
    for script in scripts {
        let person = Person::new(vec![script]);
        let store = signing_keystore();
        let desk = desk(&person, Files::default().with("/k.p12", &store));
        let answer = desk.sign(job(vec![attached(b"x")])).await.unwrap();
        assert_eq!(answer, Answer::Cancelled);
        assert_eq!(store.record().signatures, 0);
        assert_eq!(person.course().last(), Some(&"closed"));
    }
}

#[tokio::test]
async fn when_the_page_leaves_the_window_closes_and_the_next_job_gets_its_turn() {
    let person = Person::new(vec![vec![Step::Open("/k.p12", PASSWORD)], one_signature()]);
    let store = signing_keystore();
    let desk = desk(&person, Files::default().with("/k.p12", &store));
    tokio::select! {
        _ = desk.sign(job(vec![attached(b"x")])) => panic!("nobody signed"),
        () = person.until(&["opened", "keys"]) => {}
    }
    assert_eq!(person.course(), ["opened", "keys", "closed"]);
    assert_eq!(store.record().signatures, 0);
    given(desk.sign(job(vec![attached(b"y")])).await.unwrap());
    assert_eq!(store.record().signatures, 1);
}

#[tokio::test]
async fn jobs_have_one_window_at_a_time_in_the_order_they_came() {
    let person = Person::new(vec![vec![], one_signature(), one_signature()]);
    let desk = Arc::new(desk(
        &person,
        Files::default().with("/k.p12", &signing_keystore()),
    ));
    let start = |site: &str| {
        let desk = Arc::clone(&desk);
        let origin = Origin::Site(site.to_owned());
        tokio::spawn(async move {
            desk.sign(SignJob {
                origin,
                ..job(vec![attached(b"x")])
            })
            .await
        })
    };
    let first = start("https://1.kz");
    person.until(&["opened"]).await;
    let second = start("https://2.kz");
    tokio::time::sleep(Duration::from_millis(50)).await;
    let third = start("https://3.kz");
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(person.course(), ["opened"], "the others wait");
    first.abort();
    given(second.await.unwrap().unwrap());
    given(third.await.unwrap().unwrap());
    let origins: Vec<_> = person
        .seen()
        .into_iter()
        .filter_map(|seen| match seen {
            Seen::Opened(ask) => Some(ask.origin),
            _ => None,
        })
        .collect();
    assert_eq!(
        origins,
        [1, 2, 3].map(|n| Origin::Site(format!("https://{n}.kz")))
    );
    assert_eq!(
        person.course(),
        [
            "opened", "closed", "opened", "keys", "closed", "opened", "keys", "closed"
        ]
    );
}

#[tokio::test]
async fn of_a_hundred_requests_of_one_origin_three_wait_and_the_rest_are_cancelled() {
    let person = Person::new(vec![vec![]]);
    let desk = Arc::new(desk(&person, Files::default()));
    let start = |origin: Origin| {
        let desk = Arc::clone(&desk);
        tokio::spawn(async move {
            let filter = KeyFilter::default();
            let language = Language::Ru;
            desk.read_certificate(ReadCertificateJob {
                origin,
                language,
                stores: Stores::all(),
                filter,
            })
            .await
        })
    };
    let flood = Origin::Site("https://flood.kz".into());
    let mut jobs: Vec<_> = (0..100).map(|_| start(flood.clone())).collect();
    let other = start(Origin::Site("https://other.kz".into()));
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(person.course(), ["opened"]);
    assert!(!other.is_finished(), "another origin has its own places");
    let (ended, open): (Vec<_>, Vec<_>) = jobs.drain(..).partition(|job| job.is_finished());
    assert_eq!((ended.len(), open.len()), (96, 4));
    for job in ended {
        assert_eq!(job.await.unwrap(), Ok(Answer::Cancelled));
    }
    // Places come back when jobs leave the queue.
    for job in open {
        job.abort();
    }
    person.until(&["opened", "closed", "opened"]).await;
    let again = start(flood);
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(!again.is_finished());
}

#[test]
fn pages_that_come_and_go_start_no_more_than_two_checks_at_once() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    let threads = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&threads);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .on_thread_start(move || {
            counter.fetch_add(1, Ordering::SeqCst);
        })
        .build()
        .unwrap();
    runtime.block_on(async {
        let desk = Arc::new(desk(&Person::default(), Files::default()));
        let text = format!("<a>{}</a>", "<b>text</b>".repeat(400_000));
        for _ in 0..12 {
            let left = desk.sign(job(vec![xml(&text)]));
            let left = tokio::time::timeout(Duration::from_millis(1), left).await;
            assert!(
                left.is_err(),
                "the page leaves while its document is checked"
            );
        }
    });
    assert!(threads.load(Ordering::SeqCst) <= 2);
}

#[tokio::test]
async fn the_file_opened_last_is_offered_again() {
    let person = Person::new(vec![
        vec![
            Step::Open("/missing.p12", "x"),
            Step::Open("/k.p12", PASSWORD),
            Step::Cancel,
        ],
        vec![Step::Cancel],
    ]);
    let desk = desk(
        &person,
        Files::default().with("/k.p12", &signing_keystore()),
    );
    for _ in 0..2 {
        assert_eq!(
            desk.sign(job(vec![attached(b"x")])).await,
            Ok(Answer::Cancelled)
        );
    }
    let last = person.seen().into_iter().rev().find_map(|seen| match seen {
        Seen::Opened(ask) => Some(ask.last_file),
        _ => None,
    });
    assert_eq!(last, Some(Some(PathBuf::from("/k.p12"))));
}

#[tokio::test]
async fn a_bad_document_is_refused_without_a_window() {
    let person = Person::new(vec![]);
    let desk = desk(&person, Files::default());
    let cms = {
        let person = Person::new(vec![one_signature()]);
        let desk = support::desk(
            &person,
            Files::default().with("/k.p12", &signing_keystore()),
        );
        let signed = given(desk.sign(job(vec![attached(b"x")])).await.unwrap());
        match signed.documents.into_iter().next() {
            Some(SignedDocument::Cms(der)) => der,
            other => panic!("{other:?}"),
        }
    };
    let refused = |error: JobError| match error {
        JobError::Document { index: 1, source } => source,
        other => panic!("{other:?}"),
    };
    let cases = [
        (digest(b""), DocumentError::DigestLength { actual: 0 }),
        (digest(&[7; 20]), DocumentError::DigestLength { actual: 20 }),
        (attached(&cms), DocumentError::AlreadySigned),
        (
            xml("<!DOCTYPE a><a/>"),
            DocumentError::Doctype { line: 1, column: 1 },
        ),
    ];
    for (bad, expected) in cases {
        let error = desk
            .sign(job(vec![attached(b"good"), bad]))
            .await
            .unwrap_err();
        assert_eq!(refused(error), expected);
    }
    let error = desk
        .sign(job(vec![xml("<a/>"), xml("<this>is not a valid XML")]))
        .await;
    match refused(error.unwrap_err()) {
        DocumentError::NotWellFormed {
            line: 1,
            column: 25,
            problem,
        } => assert_eq!(
            problem.to_string(),
            "XML document structures must start and end within the same entity."
        ),
        other => panic!("{other:?}"),
    }
    assert_eq!(desk.sign(job(vec![])).await, Err(JobError::NoDocuments));
    assert_eq!(person.seen(), []);
}

#[tokio::test]
async fn a_certificate_is_read_without_any_signature() {
    let (key, certificate) = holder(GOST, "ҮЛГІ", &[EMAIL_PROTECTION], false);
    let store = keystore(vec![(key, certificate.clone())]);
    let person = Person::new(vec![one_signature(), vec![Step::Cancel]]);
    let desk = desk(&person, Files::default().with("/k.p12", &store));
    let job = ReadCertificateJob {
        origin: Origin::LocalProgram,
        language: Language::Ru,
        stores: Stores::all(),
        filter: KeyFilter::default(),
    };
    assert_eq!(
        desk.read_certificate(job.clone()).await,
        Ok(Answer::Given(certificate))
    );
    assert_eq!(desk.read_certificate(job).await, Ok(Answer::Cancelled));
    assert_eq!(store.record().signatures, 0);
    let seen = person.seen();
    let Seen::Opened(ask) = &seen[0] else {
        panic!("{seen:?}")
    };
    assert_eq!(ask.wish, Wish::ReadCertificate);
}

//! One test per way a signature passes or does not, over messages made with the test CA.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests: a panic is a failed test"
)]

mod support;

use support::{NOW, System, World, assert_passed, assert_reason, cms, exchange};
use tamga_cms::Content;
use tamga_scheme::PrivateKey;
use tamga_test_pki::{Issuer, Profile, Revocation, full_list, issue};
use tamga_verifier_core::{
    Check, Detail, Evidence, Format, Input, Level, Policy, Reason, RevocationPolicy,
    RevocationState, ScopeKind, SubIndication, Verdict, Warning, verify,
};
use tamga_x509::{Anchor, AnchorSet, Certificate, Crl, RevocationReason, UnixTime, Validity};

const CONTENT: &[u8] = "Құжат".as_bytes();
const DAY: i64 = 86_400;

fn reason(sub_indication: SubIndication, detail: Detail) -> Reason {
    Reason {
        sub_indication,
        detail: Some(detail),
    }
}

#[test]
fn every_scheme_passes_attached_and_detached() {
    let world = World::shared();
    for holder in [
        "gost2015_individual",
        "gost2004_individual",
        "rsa_individual",
    ] {
        let attached = world.cms(holder, Content::Attached(CONTENT));
        assert_passed(&world.verify(&Input::new(&attached)));
        assert_passed(&world.verify(&Input::new(&attached).content(CONTENT)));
        let detached = world.cms(holder, Content::Detached(CONTENT));
        assert_passed(&world.verify(&Input::new(&detached).content(CONTENT)));
        let xml = world.xml(holder, "<root><a/></root>");
        assert_passed(&world.verify(&Input::new(xml.as_bytes())));
    }
}

#[test]
fn a_passed_report_says_who_signed_what_and_what_was_checked() {
    let world = World::shared();
    let message = world.cms("gost2015_head", Content::Attached(CONTENT));
    let report = world.verify(&Input::new(&message));
    assert_eq!(report.anchor_set, "test");
    assert_eq!(report.validated_at, NOW);
    let [signature] = report.signatures.as_slice() else {
        panic!("one signature")
    };
    let checks = signature.checks;
    for check in [
        checks.content,
        checks.signature,
        checks.path,
        checks.usage,
        checks.revocation,
    ] {
        assert_eq!(check, Check::Passed);
    }
    assert_eq!(checks.expectations, Check::NotRun);
    assert_eq!(signature.level, Some(Level::B));
    assert_eq!(signature.claimed_time, Some(NOW));
    let scope = signature.scope.as_ref().unwrap();
    assert_eq!(scope.kind, ScopeKind::Whole);
    let signer = signature.signer.as_ref().unwrap();
    assert_eq!(signer.certificate, *world.certificate("gost2015_head"));
    let identity = &signer.identity;
    assert_eq!(
        identity.iin.as_ref().map(|iin| iin.digits()),
        Some("900101300017")
    );
    assert_eq!(identity.bin.as_deref(), Some("000740000014"));
    assert_eq!(identity.family_name.as_deref(), Some("ҮЛГІ"));
    assert_eq!(identity.given_name.as_deref(), Some("ҚАЙРАТ"));
    assert_eq!(identity.patronymic.as_deref(), Some("МЫСАЛҰЛЫ"));
    assert_eq!(
        signature.chain.len(),
        2,
        "the issuing authority is an anchor itself"
    );
    assert!(matches!(
        signature.revocation.as_slice(),
        [finding] if matches!(finding.state, RevocationState::Good { .. })
    ));
}

#[test]
fn nothing_passes_without_revocation_data() {
    let world = World::shared();
    let message = world.cms("gost2015_individual", Content::Attached(CONTENT));
    let report = verify(
        &Input::new(&message),
        &world.anchors,
        &Evidence::none(),
        NOW,
        &Policy::document(),
    );
    assert_reason(
        &report,
        reason(SubIndication::TryLater, Detail::RevocationDataMissing),
    );
}

#[test]
fn switching_the_revocation_check_off_never_passes() {
    let world = World::shared();
    let message = world.cms("gost2015_individual", Content::Attached(CONTENT));
    let mut policy = Policy::document();
    policy.revocation = RevocationPolicy::NotChecked;
    let report = world.verify_with(&Input::new(&message), &policy);
    assert_reason(&report, SubIndication::RevocationNotChecked);
    assert_eq!(report.signatures[0].checks.revocation, Check::NotRun);
}

#[test]
fn a_revoked_signer_fails() {
    let world = World::shared();
    let message = world.cms("gost2015_revoked", Content::Attached(CONTENT));
    let report = world.verify(&Input::new(&message));
    assert_reason(&report, SubIndication::Revoked);
    assert_eq!(report.conclusion.verdict(), Verdict::TotalFailed);
}

#[test]
fn an_ended_certificate_is_undecided_unless_the_signer_says_it_signed_later() {
    let world = World::shared();
    let before = world.cms_at(
        "gost2015_expired",
        Content::Attached(CONTENT),
        UnixTime(NOW.0 - 10 * DAY),
    );
    assert_reason(
        &world.verify(&Input::new(&before)),
        SubIndication::OutOfBoundsNoPoe,
    );
    let after = world.cms("gost2015_expired", Content::Attached(CONTENT));
    assert_reason(&world.verify(&Input::new(&after)), SubIndication::Expired);
    let too_early = world.cms_at(
        "gost2015_expired",
        Content::Attached(CONTENT),
        UnixTime(NOW.0 - 800 * DAY),
    );
    assert_reason(
        &world.verify(&Input::new(&too_early)),
        SubIndication::NotYetValid,
    );
}

#[test]
fn other_anchors_know_no_chain() {
    let world = World::shared();
    let message = world.cms("gost2015_individual", Content::Attached(CONTENT));
    for anchors in [
        AnchorSet::nca(),
        AnchorSet::nca_test(),
        AnchorSet::new("none", Vec::new()),
    ] {
        let report = verify(
            &Input::new(&message),
            &anchors,
            &world.evidence,
            NOW,
            &Policy::document(),
        );
        assert_reason(&report, SubIndication::NoCertificateChainFound);
        assert!(report.signatures[0].chain.is_empty());
    }
}

/// W02
#[test]
fn a_message_without_the_signers_certificate_needs_it_from_the_caller() {
    let world = World::shared();
    let certificate = world.certificate("gost2015_individual");
    let message = world.cms("gost2015_individual", Content::Attached(CONTENT));
    let bare = exchange(&message, certificate.der(), &[]);
    let input = Input::new(&bare);
    assert_reason(
        &world.verify(&input),
        SubIndication::NoSigningCertificateFound,
    );
    assert_passed(&world.verify(&input.certificate(certificate)));
    let mut evidence = world.evidence.clone();
    evidence.certificates.push(certificate.clone());
    assert_passed(&verify(
        &input,
        &world.anchors,
        &evidence,
        NOW,
        &Policy::document(),
    ));
    let other = world.certificate("gost2015_head");
    assert_reason(
        &world.verify(&input.certificate(other)),
        SubIndication::NoSigningCertificateFound,
    );
}

/// W35
#[test]
fn a_document_without_the_signers_certificate_needs_it_from_the_caller() {
    let world = World::shared();
    let signed = world.xml("rsa_individual", "<a/>");
    let (start, rest) = signed.split_once("<ds:KeyInfo>").unwrap();
    let (_, end) = rest.split_once("</ds:KeyInfo>").unwrap();
    let bare = [start, end].concat();
    let input = Input::new(bare.as_bytes());
    assert_reason(
        &world.verify(&input),
        SubIndication::NoSigningCertificateFound,
    );
    assert_passed(&world.verify(&input.certificate(world.certificate("rsa_individual"))));
    let other = world.certificate("rsa_individual_auth");
    assert_reason(
        &world.verify(&input.certificate(other)),
        SubIndication::SigCryptoFailure,
    );
}

/// W03
#[test]
fn attached_content_that_differs_from_the_one_given_fails() {
    let world = World::shared();
    let message = world.cms("rsa_individual", Content::Attached(CONTENT));
    let report = world.verify(&Input::new(&message).content(b"other"));
    assert_reason(
        &report,
        reason(SubIndication::HashFailure, Detail::ContentMismatch),
    );
}

#[test]
fn a_detached_signature_needs_its_content() {
    let world = World::shared();
    let message = world.cms("rsa_individual", Content::Detached(CONTENT));
    assert_reason(
        &world.verify(&Input::new(&message)),
        SubIndication::SignedDataNotFound,
    );
    let report = world.verify(&Input::new(&message).content(b"other"));
    assert_reason(&report, SubIndication::HashFailure);
}

#[test]
fn content_beside_an_xml_document_is_not_ignored() {
    let world = World::shared();
    let xml = world.xml("rsa_individual", "<a/>");
    let report = world.verify(&Input::new(xml.as_bytes()).content(b"<a/>"));
    assert_reason(
        &report,
        reason(
            SubIndication::SigConstraintsFailure,
            Detail::ContentNotApplicable,
        ),
    );
}

/// W28
#[test]
fn an_authentication_key_does_not_sign_documents() {
    let world = World::shared();
    let message = world.cms("rsa_individual_auth", Content::Attached(CONTENT));
    let report = world.verify(&Input::new(&message));
    assert_reason(
        &report,
        reason(SubIndication::SigConstraintsFailure, Detail::KeyUsage),
    );
    assert_passed(&world.verify_with(&Input::new(&message), &Policy::login()));
}

/// W29
#[test]
fn signing_keys_of_older_schemes_do_not_sign_in_but_the_one_gost_2015_key_does() {
    let world = World::shared();
    for holder in ["rsa_individual", "gost2004_individual"] {
        let message = world.cms(holder, Content::Attached(CONTENT));
        let report = world.verify_with(&Input::new(&message), &Policy::login());
        assert_reason(
            &report,
            reason(SubIndication::SigConstraintsFailure, Detail::KeyUsage),
        );
    }
    let message = world.cms("gost2015_individual", Content::Attached(CONTENT));
    assert_passed(&world.verify_with(&Input::new(&message), &Policy::login()));
}

#[test]
fn revocation_outweighs_a_wrong_purpose() {
    let world = World::shared();
    let mut evidence = world.evidence.clone();
    let authority = &world.pki.rsa[1];
    let certificate = world.certificate("rsa_individual_auth");
    evidence.crls = vec![list(
        world,
        1,
        &[Revocation::of(certificate, UnixTime(NOW.0 - DAY), None)],
    )];
    assert_eq!(certificate.issuer(), authority.certificate.subject());
    let message = world.cms("rsa_individual_auth", Content::Attached(CONTENT));
    let report = verify(
        &Input::new(&message),
        &world.anchors,
        &evidence,
        NOW,
        &Policy::document(),
    );
    assert_reason(&report, SubIndication::Revoked);
}

#[test]
fn the_expected_person_must_have_signed() {
    let world = World::shared();
    let message = world.cms("gost2015_head", Content::Attached(CONTENT));
    let input = Input::new(&message);
    assert_passed(&world.verify(&input.expect_iin("900101300017").expect_bin("000740000014")));
    assert_reason(
        &world.verify(&input.expect_iin("900101300018")),
        reason(SubIndication::SigConstraintsFailure, Detail::IinMismatch),
    );
    assert_reason(
        &world.verify(&input.expect_bin("000740000015")),
        reason(SubIndication::SigConstraintsFailure, Detail::BinMismatch),
    );
}

/// W23
#[test]
fn an_end_entity_cannot_issue() {
    let world = World::shared();
    let issuer = world.pki.holder("rsa_individual").unwrap();
    let name = vec![("2.5.4.3", "MALLORY".to_owned())];
    // The rogue issuer carries the honest one's key and name, but its certificate is an end entity's.
    let key = PrivateKey::generate(tamga_scheme::SignatureScheme::Gost2004, &System).unwrap();
    let profile = Profile {
        subject: name,
        key_usage: 0xc0,
        extended_key_usage: vec!["1.3.6.1.5.5.7.3.4"],
        authority: false,
    };
    let validity = Validity {
        not_before: UnixTime(NOW.0 - DAY),
        not_after: UnixTime(NOW.0 + DAY),
    };
    let by = subject_of(&issuer.certificate);
    let leaf = issue(
        &profile,
        validity,
        key.public_key(),
        &Issuer {
            name: &by,
            key: &issuer.key,
        },
        &System,
    )
    .unwrap();
    assert_eq!(leaf.issuer(), issuer.certificate.subject());
    let message = cms(&key, &leaf, Content::Attached(CONTENT), NOW);
    let mut evidence = world.evidence.clone();
    evidence.certificates.push(issuer.certificate.clone());
    let report = verify(
        &Input::new(&message),
        &world.anchors,
        &evidence,
        NOW,
        &Policy::document(),
    );
    assert_reason(&report, SubIndication::ChainConstraintsFailure);
}

/// W25
#[test]
fn authorities_below_the_anchor_need_their_own_revocation_data() {
    let world = World::shared();
    let [root, issuing] = &world.pki.rsa;
    let row = Anchor::from_certificate(root.id, &root.certificate).unwrap();
    let anchors = AnchorSet::new("root only", vec![row]);
    let message = world.cms("rsa_individual", Content::Attached(CONTENT));
    let judge = |evidence: &Evidence| {
        verify(
            &Input::new(&message),
            &anchors,
            evidence,
            NOW,
            &Policy::document(),
        )
    };
    let mut evidence = world.evidence.clone();
    assert_reason(&judge(&evidence), SubIndication::NoCertificateChainFound);
    evidence.certificates.push(issuing.certificate.clone());
    assert_reason(
        &judge(&evidence),
        reason(SubIndication::TryLater, Detail::RevocationDataMissing),
    );
    evidence.crls.push(list(world, 0, &[]));
    let report = judge(&evidence);
    assert_passed(&report);
    assert_eq!(report.signatures[0].revocation.len(), 2);

    evidence.crls.pop();
    let revoked = Revocation::of(
        &issuing.certificate,
        UnixTime(NOW.0 - DAY),
        Some(RevocationReason::CaCompromise),
    );
    evidence.crls.push(list(world, 0, &[revoked]));
    assert_reason(
        &judge(&evidence),
        reason(SubIndication::Revoked, Detail::RevokedAuthority),
    );
}

/// W19
#[test]
fn a_stale_list_is_no_evidence() {
    let world = World::shared();
    let message = world.cms("rsa_individual", Content::Attached(CONTENT));
    let later = UnixTime(NOW.0 + 31 * DAY);
    let report = verify(
        &Input::new(&message),
        &world.anchors,
        &world.evidence,
        later,
        &Policy::document(),
    );
    assert_reason(
        &report,
        reason(SubIndication::TryLater, Detail::RevocationDataMissing),
    );
}

/// W30
#[test]
fn a_signature_over_a_part_does_not_pass_for_the_document() {
    let world = World::shared();
    let signed = world.xml("gost2015_individual", "<a/>");
    // The same document wrapped: the enveloped reference covers the whole, so it must not verify any more.
    let wrapped = format!("<outer>{signed}</outer>");
    assert_ne!(
        world
            .verify(&Input::new(wrapped.as_bytes()))
            .conclusion
            .verdict(),
        Verdict::TotalPassed
    );
}

/// W36
#[test]
fn comments_are_reported_because_no_signature_covers_them() {
    let world = World::shared();
    let xml = world.xml("gost2015_individual", "<r><iin>900101300017</iin></r>");
    assert_eq!(world.verify(&Input::new(xml.as_bytes())).warnings, []);
    // The signature holds, but a reader that takes the first text of the element reads another number.
    let split = xml.replace("900101", "90010<!-- -->1");
    let report = world.verify(&Input::new(split.as_bytes()));
    assert_passed(&report);
    assert_eq!(report.warnings, [Warning::CommentsNotCovered]);
}

#[test]
fn a_report_tells_the_signed_body_of_an_envelope_from_one_that_was_wrapped() {
    const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
    let world = World::shared();
    let envelope = format!(
        "<s:Envelope xmlns:s='{SOAP}'><s:Header/><s:Body Id='b'>pay 1</s:Body></s:Envelope>"
    );
    let honest = world.xml_by_id(
        "gost2015_individual",
        &envelope,
        "/s:Envelope/s:Body",
        "/s:Envelope/s:Header",
    );
    let wrapped = honest.replace("</s:Envelope>", "<s:Body>pay 9</s:Body></s:Envelope>");
    assert_ne!(wrapped, honest);
    for (document, covers, count) in [(honest, true, 1), (wrapped, false, 2)] {
        let report = world.verify(&Input::new(document.as_bytes()));
        let scope = report.signatures[0].scope.as_ref().unwrap();
        assert_eq!(scope.covers_soap_body, covers);
        let node = format!("/{{{SOAP}}}Envelope[0 of 1]/{{{SOAP}}}Body[0 of {count}]");
        assert_eq!(scope.references[0].node, node);
    }
}

#[test]
fn instructions_around_the_root_are_reported_unless_the_whole_document_is_signed() {
    let world = World::shared();
    let instruction = "<?xml-stylesheet href='x.xsl'?>";
    let whole = world.xml(
        "gost2015_individual",
        &format!("{instruction}<r><a Id='a'/></r>"),
    );
    assert_eq!(world.verify(&Input::new(whole.as_bytes())).warnings, []);
    let part = world.xml_by_id("gost2015_individual", "<r><a Id='a'/></r>", "/r/a", "/r");
    assert_eq!(world.verify(&Input::new(part.as_bytes())).warnings, []);
    let dressed = part.replace("<r>", &format!("{instruction}<r>"));
    let report = world.verify(&Input::new(dressed.as_bytes()));
    assert_eq!(report.warnings, [Warning::InstructionsNotCovered]);
}

#[test]
fn elements_smuggled_into_a_signature_do_not_pass() {
    let world = World::shared();
    let xml = world.xml("gost2015_individual", "<order><sum>1</sum></order>");
    assert_passed(&world.verify(&Input::new(xml.as_bytes())));
    // The enveloped transform takes the whole signature out, so nothing in KeyInfo is signed.
    let smuggled = xml.replace(
        "<ds:KeyInfo>",
        "<ds:KeyInfo><ds:KeyValue><sum>999</sum></ds:KeyValue>",
    );
    assert_ne!(smuggled, xml);
    let report = world.verify(&Input::new(smuggled.as_bytes()));
    assert_reason(
        &report,
        reason(SubIndication::FormatFailure, Detail::Malformed),
    );
}

#[test]
fn an_xml_signature_is_no_signature_over_its_signed_info_as_a_document() {
    let world = World::shared();
    let xml = world.xml("rsa_individual", "<r/>");
    let xml =
        tamga_xmldsig::SignedXml::parse(xml.as_bytes(), &tamga_xmldsig::Limits::default()).unwrap();
    let signature = &xml.signatures()[0];
    let content = signature.signed_info();
    // The value of the XML signature in a message without signed attributes.
    let message = without_attributes(
        &world.cms("rsa_individual", Content::Detached(content)),
        signature.value().as_bytes(),
    );
    let report = world.verify(&Input::new(&message).content(content));
    assert_reason(
        &report,
        reason(SubIndication::FormatFailure, Detail::SignedAttributes),
    );
}

#[test]
fn a_document_type_is_refused() {
    let world = World::shared();
    let signed = world.xml("gost2015_individual", "<a/>");
    let document = format!("<!DOCTYPE a>{signed}");
    let report = world.verify(&Input::new(document.as_bytes()));
    assert_reason(
        &report,
        reason(SubIndication::FormatFailure, Detail::DocumentType),
    );
}

/// W37
#[test]
fn methods_outside_the_table_are_refused() {
    let world = World::shared();
    let signed = world.xml("rsa_individual", "<a/>");
    let hmac = signed.replace(
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
    );
    assert_ne!(signed, hmac);
    let report = world.verify(&Input::new(hmac.as_bytes()));
    assert_reason(
        &report,
        reason(
            SubIndication::CryptoConstraintsFailure,
            Detail::AlgorithmUnsupported,
        ),
    );
}

/// W01
#[test]
fn nothing_signed_is_a_failure_in_every_format() {
    let world = World::shared();
    assert_reason(
        &world.verify(&Input::new(b"<a/>")),
        reason(SubIndication::FormatFailure, Detail::NoSignature),
    );
    assert_reason(
        &world.verify(&Input::new(b"text")),
        reason(SubIndication::FormatFailure, Detail::UnknownFormat),
    );
    assert_reason(
        &world.verify(&Input::new(b"")),
        reason(SubIndication::FormatFailure, Detail::UnknownFormat),
    );
    assert_reason(
        &world.verify(&Input::new(b"<a/>").format(Format::Cms)),
        reason(SubIndication::FormatFailure, Detail::Malformed),
    );
}

#[test]
fn a_tolerated_stray_byte_is_reported() {
    let world = World::shared();
    let mut message = world.cms("rsa_individual", Content::Attached(CONTENT));
    message.push(0);
    let report = world.verify(&Input::new(&message));
    assert_passed(&report);
    assert_eq!(report.warnings, [Warning::TrailingBytes]);
}

#[test]
fn a_time_in_the_future_is_reported() {
    let world = World::shared();
    let later = UnixTime(NOW.0 + 1);
    let message = world.cms_at("rsa_individual", Content::Attached(CONTENT), later);
    let report = world.verify(&Input::new(&message));
    assert_passed(&report);
    assert!(
        report.signatures[0]
            .warnings
            .contains(&Warning::ClaimedTimeInFuture)
    );
}

/// A list of one of the RSA authorities: 0 is the root, 1 the issuing one.
fn list(world: &World, authority: usize, revoked: &[Revocation]) -> Crl {
    let authority = &world.pki.rsa[authority];
    let (from, to) = (UnixTime(NOW.0 - 60), UnixTime(NOW.0 + DAY));
    let der = full_list(&authority.name, &authority.key, revoked, from, to, &System).unwrap();
    Crl::from_der(&der).unwrap()
}

/// The subject of a certificate as the test CA writes issuers.
fn subject_of(certificate: &Certificate) -> Vec<(&'static str, String)> {
    const KNOWN: [&str; 7] = [
        "2.5.4.3", "2.5.4.4", "2.5.4.5", "2.5.4.6", "2.5.4.10", "2.5.4.11", "2.5.4.42",
    ];
    certificate
        .subject()
        .rdns()
        .iter()
        .map(|rdn| {
            let oid = rdn.oid.to_string();
            let known = KNOWN.into_iter().find(|known| *known == oid).unwrap();
            (known, rdn.value.clone())
        })
        .collect()
}

/// A message with one RSA signer, its signed attributes taken out and its signature value exchanged.
fn without_attributes(message: &[u8], value: &[u8]) -> Vec<u8> {
    /// Where the content of the element at `at` begins and ends; every length here has two octets or one.
    fn content(bytes: &[u8], at: usize) -> std::ops::Range<usize> {
        match bytes[at + 1] {
            0x82 => {
                let length = u16::from_be_bytes([bytes[at + 2], bytes[at + 3]]);
                at + 4..at + 4 + usize::from(length)
            }
            0x81 => at + 3..at + 3 + usize::from(bytes[at + 2]),
            length => at + 2..at + 2 + usize::from(length),
        }
    }
    fn inside(bytes: &[u8], range: std::ops::Range<usize>) -> Vec<std::ops::Range<usize>> {
        let mut elements = Vec::new();
        let mut at = range.start;
        while at < range.end {
            let end = content(bytes, at).end;
            elements.push(at..end);
            at = end;
        }
        elements
    }
    fn element(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        [&[tag, 0x82], &length[..], content].concat()
    }
    let explicit = inside(message, content(message, 0))[1].start;
    let signed_data = content(message, explicit).start;
    let fields = inside(message, content(message, signed_data));
    let (signers, before) = fields.split_last().unwrap();
    let signer = content(message, signers.start).start;
    let mut signer_fields: Vec<&[u8]> = inside(message, content(message, signer))
        .into_iter()
        .map(|field| &message[field])
        .filter(|field| field[0] != 0xa0)
        .collect();
    let value = element(0x04, value);
    *signer_fields.last_mut().unwrap() = &value;
    let signers = element(0x31, &element(0x30, &signer_fields.concat()));
    let kept = &message[before[0].start..before.last().unwrap().end];
    let signed_data = element(0x30, &[kept, &signers].concat());
    let kind = &message[content(message, 0).start..explicit];
    // The reader takes long lengths for BER and rewrites them.
    element(0x30, &[kind, &element(0xa0, &signed_data)].concat())
}

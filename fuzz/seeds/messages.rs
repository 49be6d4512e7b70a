//! Seeds of CMS messages, of time stamps and of tokens.

use tamga_cms::time_stamp::{
    TimeStampRequest, TimeStampResponse, TimeStampToken, TsaPolicy, VerifiedToken,
};
use tamga_cms::{ContentDigests, Draft, Limits, NewSigner, Profile, SignedData};
use tamga_jws::{JsonJws, NewHeader};
use tamga_scheme::{DigestAlgorithm, SignatureScheme};
use tamga_test_pki::{TestPki, TimeStampAuthority, TimeStampFault};
use tamga_test_support::System;

use crate::{Folder, NOW, Seed, holder, openssl, signed};

const CONTENT: &[u8] = b"content";

const YOUNG: &str = "gost2015_individual";
const OLD: &str = "gost2004_individual";
const RSA: &str = "rsa_individual";

pub(crate) fn cms(pki: &TestPki) -> Vec<Seed> {
    let add = |draft: &mut Draft<'_>, id: &str, profile: Profile| {
        let holder = holder(pki, id);
        let signer = NewSigner {
            scheme: holder.person.scheme,
            certificate: &holder.certificate,
            signing_time: NOW,
            profile,
        };
        let prepared = draft.prepare(&signer).expect("prepared");
        draft.add(signed(prepared, &holder.key)).expect("added");
    };
    let attached = |ids: &[&str], profile: Profile| {
        let mut draft = Draft::attached(CONTENT);
        ids.iter().for_each(|id| add(&mut draft, id, profile));
        draft.to_der().expect("a message")
    };
    let young = attached(&[YOUNG], Profile::default());
    let detached = || {
        let mut draft = Draft::detached(ContentDigests::new(CONTENT));
        add(&mut draft, OLD, Profile::JAVA);
        draft.to_der().expect("a message")
    };
    let complete = || {
        let message = SignedData::parse(&attached(&[OLD], Profile::default()), &Limits::default())
            .expect("our own");
        let value = message.signers()[0].signature();
        let policy = TsaPolicy::for_key(tamga_scheme::KeyKind::Gost2004).expect("a policy");
        let token = stamp(
            pki,
            &TimeStampRequest::for_signature(value, policy, &[7; 8]),
        );
        let mut draft = Draft::of(&message);
        draft.attach_time_stamp(0, &token).expect("its own");
        let authorities = pki.gost.each_ref().map(|one| one.certificate.clone());
        draft
            .attach_certificate_values(0, &authorities)
            .expect("its own");
        let list = &pki.lists(&System).expect("lists")[0].1;
        draft.embed_crl(list).expect("a list");
        draft
            .attach_revocation_values(0, &[list], &[])
            .expect("a list");
        draft.to_der().expect("a message")
    };
    let mut broken = young.clone();
    *broken.last_mut().expect("a signature") ^= 1;
    vec![
        ("broken", broken),
        ("complete", complete()),
        ("detached", detached()),
        ("gost2015", young.clone()),
        ("rsa_in_pieces", of_openssl(pki, &["-stream"])),
        ("rsa_without_attributes", of_openssl(pki, &["-noattr"])),
        ("segments", segments()),
        ("trailing", [&young[..], &[0; 5]].concat()),
        ("two_signers", attached(&[YOUNG, OLD], Profile::default())),
    ]
}

/// BER with segments inside segments, and nobody's signature.
fn segments() -> Vec<u8> {
    const OPEN: &[u8] =
        b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x30\x80\x02\x01\x01";
    const SHA256: &[u8] = b"\x31\x0d\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01";
    const DATA: &[u8] = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x80";
    const CUT: &[u8] =
        b"\x24\x80\x04\x02co\x24\x81\x06\x04\x01n\x04\x01t\x04\x00\x24\x80\x04\x03ent\0\0\0\0";
    const NO_SIGNERS: &[u8] = b"\x31\x80\0\0";
    const TWO_ENDS: &[u8] = &[0; 4];
    [
        OPEN,
        SHA256,
        DATA,
        CUT,
        TWO_ENDS,
        NO_SIGNERS,
        TWO_ENDS,
        &[0, 0],
    ]
    .concat()
}

/// A message of another implementation.
fn of_openssl(pki: &TestPki, options: &[&str]) -> Vec<u8> {
    let holder = holder(pki, RSA);
    let folder = Folder::new();
    let key = folder.write("key.der", &holder.key.to_pkcs8_der());
    let certificate = folder.write(
        "certificate.pem",
        holder.certificate.to_pem("\n").as_bytes(),
    );
    let content = folder.write("content", CONTENT);
    let made = folder.path("made.cms");
    let head = [
        "cms",
        "-sign",
        "-binary",
        "-nodetach",
        "-md",
        "sha256",
        "-outform",
        "DER",
    ];
    let paths = [
        ("-inkey", &key),
        ("-signer", &certificate),
        ("-in", &content),
        ("-out", &made),
    ];
    openssl(&[&head, options].concat(), &paths);
    tamga_test_support::read(&made)
}

fn authority(pki: &TestPki) -> TimeStampAuthority {
    TimeStampAuthority::new(&pki.gost[1], SignatureScheme::Gost2004, NOW, &System)
        .expect("an authority")
}

fn stamp(pki: &TestPki, request: &TimeStampRequest) -> VerifiedToken {
    let answer = authority(pki)
        .answer(&request.to_der(), NOW, None, &System)
        .expect("an answer");
    let token = token_of(&answer);
    let bound = token.check(request).expect("its own");
    token.check_signature(&bound, &[]).expect("a good token")
}

fn token_of(answer: &[u8]) -> TimeStampToken {
    let answer = TimeStampResponse::parse(answer, &Limits::default()).expect("an answer");
    answer.into_token().expect("a token")
}

pub(crate) fn time_stamp(pki: &TestPki) -> Vec<Seed> {
    let authority = authority(pki);
    let digest = DigestAlgorithm::Gost34311;
    let request = TimeStampRequest::for_digest(digest, digest.digest(CONTENT), &[0x87; 8]).to_der();
    let answer = |fault| {
        authority
            .answer(&request, NOW, fault, &System)
            .expect("an answer")
    };
    let good = answer(None);
    vec![
        ("question", request.clone()),
        ("broken", answer(Some(TimeStampFault::BrokenSignature))),
        ("good", good.clone()),
        ("rejected", answer(Some(TimeStampFault::Rejected))),
        ("token", token_of(&good).der().to_vec()),
    ]
}

pub(crate) fn jws(pki: &TestPki) -> Vec<Seed> {
    const CLAIMS: &[u8] = br#"{"iss":"\u04af\u043b\u0433\u0456","exp":1767229200,"nbf":1767225600.5,"iat":1767225600,"a":[1,{}]}"#;
    let parts = |id| {
        let holder = holder(pki, id);
        (
            holder.person.scheme,
            std::slice::from_ref(&holder.certificate),
            &holder.key,
        )
    };
    let compact = |id, with_certificate: bool| {
        let (scheme, certificates, key) = parts(id);
        let header =
            NewHeader::jwt().with_certificates(if with_certificate { certificates } else { &[] });
        let prepared = tamga_jws::prepare(CLAIMS, &header, scheme).expect("prepared");
        signed(prepared, key).into_bytes()
    };
    let add = |document: JsonJws, id| {
        let (scheme, certificates, key) = parts(id);
        let header = NewHeader {
            kid: Some("кілт"),
            ..NewHeader::default()
        }
        .with_certificates(certificates);
        signed(document.prepare(&header, scheme).expect("prepared"), key)
    };
    let flattened = compact(OLD, true);
    let flattened: Vec<&str> = std::str::from_utf8(&flattened)
        .expect("text")
        .split('.')
        .collect();
    let flattened = format!(
        r#"{{"protected":"{}","payload":"{}","signature":"{}"}}"#,
        flattened[0], flattened[1], flattened[2]
    );
    let two = add(add(JsonJws::attached(CLAIMS), YOUNG), RSA);
    vec![
        ("claims", CLAIMS.to_vec()),
        ("compact_gost2015", compact(YOUNG, true)),
        ("compact_rsa_without_certificate", compact(RSA, false)),
        (
            "json_detached",
            add(JsonJws::detached("{}"), OLD).to_json().into_bytes(),
        ),
        ("json_flattened", flattened.into_bytes()),
        ("json_two", two.to_json().into_bytes()),
    ]
}

//! The whole way of CAdES-T: a signature, a question, the client, a time-stamping authority, a checked token, attached.

use std::sync::{Arc, LazyLock};

use tamga_cms::{
    ContentDigests, Draft, Limits, NewSigner, Profile, SignedData,
    time_stamp::{TimeStampError, TimeStampRequest, TimeStampResponse, TsaPolicy, VerifiedToken},
};
use tamga_scheme::{
    AskNobody, Prepared as _, SignatureScheme, SignatureValue, Signer as _, SoftwareSigner, ToSign,
};
use tamga_test_pki::{TimeStampAuthority, TimeStampFault};
use tamga_test_support::System;

use crate::{
    server::{Server, ok, send},
    world::{NOW, WORLD},
};

const CONTENT: &[u8] = "Құжат".as_bytes();
const SCHEME: SignatureScheme = SignatureScheme::Gost2015With512;

static STAMPER: LazyLock<Arc<TimeStampAuthority>> = LazyLock::new(|| {
    let stamper = TimeStampAuthority::new(&WORLD.authority, SCHEME, NOW, &System).unwrap();
    Arc::new(stamper)
});

/// Asks an authority with this fault over HTTP, and accepts what may be accepted.
fn stamp(
    value: &SignatureValue,
    fault: Option<TimeStampFault>,
) -> Result<VerifiedToken, TimeStampError> {
    let stamper = STAMPER.clone();
    let server = Server::start(move |_, seen, stream| {
        let expected = Some("application/timestamp-query");
        assert_eq!(seen.field("Content-Type"), expected);
        let answer = stamper.answer(&seen.body, NOW, fault, &System).unwrap();
        send(stream, &ok("application/timestamp-reply", &answer));
    });
    let policy = TsaPolicy::for_key(SCHEME.key_kind()).unwrap();
    let request = TimeStampRequest::for_signature(value, policy, &[9; 8]);
    let answer = server
        .client()
        .time_stamp(&server.url("/tsp/"), &request.to_der())
        .unwrap();
    let token = TimeStampResponse::parse(&answer, &Limits::default())?.into_token()?;
    let bound = token.check(&request)?;
    token.check_signature(&bound, &[])
}

fn signed() -> Draft<'static> {
    let holder = &WORLD.holder;
    let mut draft = Draft::attached(CONTENT);
    let prepared = draft
        .prepare(&NewSigner {
            scheme: SCHEME,
            certificate: &holder.certificate,
            signing_time: NOW,
            profile: Profile::default(),
        })
        .unwrap();
    let value = SoftwareSigner::new(&holder.key, &System)
        .sign(ToSign::Bytes(prepared.to_sign()), &mut AskNobody)
        .unwrap();
    draft.add(prepared.assemble(value)).unwrap();
    draft
}

#[test]
fn a_signature_is_stamped_over_http() {
    let mut draft = signed();
    let value = draft.signers().next().unwrap().signature().clone();
    let token = stamp(&value, None).unwrap();
    assert_eq!(token.gen_time(), NOW);
    draft.attach_time_stamp(0, &token).unwrap();

    let message = SignedData::parse(&draft.to_der().unwrap(), &Limits::default()).unwrap();
    let signer = &message.signers()[0];
    let attached: Vec<&[u8]> = signer.time_stamps().map(|token| &**token).collect();
    assert_eq!(attached, [token.token().der()]);
    let bound = signer
        .check_digests(&mut ContentDigests::new(CONTENT))
        .unwrap();
    let key = WORLD.holder.key.public_key();
    signer.check_signature(key, &bound).unwrap();
}

#[test]
fn a_stamp_that_is_wrong_is_not_accepted() {
    let value = signed().signers().next().unwrap().signature().clone();
    for (fault, expected) in [
        (TimeStampFault::OtherImprint, TimeStampError::Imprint),
        (TimeStampFault::OtherNonce, TimeStampError::Nonce),
        (
            TimeStampFault::NoTimeStamping,
            TimeStampError::CertificatePurpose,
        ),
    ] {
        let got = stamp(&value, Some(fault)).map(|_| ());
        assert_eq!(got, Err(expected), "{fault:?}");
    }
}

//! Time stamps over our signatures, from authorities of the test CA.

use std::sync::OnceLock;

use tamga_cms::{
    Limits, SignerInfo,
    time_stamp::{TimeStampRequest, TimeStampResponse, TsaPolicy, VerifiedToken},
};
use tamga_scheme::SignatureScheme;
use tamga_test_pki::TimeStampAuthority;
use tamga_test_support::System;

use crate::signing_keys::{NOW, pki};

/// Asks the authority of the signer's policy, and accepts the answer as the product does.
pub(crate) fn stamp(signer: &SignerInfo) -> VerifiedToken {
    let kind = signer.scheme().expect("a scheme of ours").key_kind();
    let policy = TsaPolicy::for_key(kind).expect("a policy for every kind");
    let request = TimeStampRequest::for_signature(signer.signature(), policy, b"8 octets");
    let kind = policy.key_kind().expect("a policy with a key");
    let answer = authority(SignatureScheme::for_key(kind))
        .answer(&request.to_der(), NOW, None, &System)
        .expect("an answer");
    let token = TimeStampResponse::parse(&answer, &Limits::default())
        .and_then(TimeStampResponse::into_token)
        .expect("a token");
    let bound = token.check(&request).expect("the token asked for");
    token.check_signature(&bound, &[]).expect("it holds")
}

/// The authority that signs with a scheme, made once.
fn authority(scheme: SignatureScheme) -> &'static TimeStampAuthority {
    static ALL: OnceLock<Vec<(SignatureScheme, TimeStampAuthority)>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let kinds = TsaPolicy::all().filter_map(TsaPolicy::key_kind);
        kinds
            .map(|kind| {
                let scheme = SignatureScheme::for_key(kind);
                let issuer = match scheme {
                    SignatureScheme::RsaSha256 => &pki().rsa[1],
                    _ => &pki().gost[1],
                };
                let authority = TimeStampAuthority::new(issuer, scheme, NOW, &System);
                (scheme, authority.expect("an authority"))
            })
            .collect()
    });
    let found = all.iter().find(|(one, _)| *one == scheme);
    &found.expect("an authority for every policy").1
}

//! What is done with an OCSP answer: read whole and by its inner part, judged for the certificate it should be about.
//! Whatever the bytes, it ends without a panic.

use tamga_x509::UnixTime;
use tamga_x509::ocsp::{
    Authority, CertStatus, Freshness, NoncePolicy, OcspError, OcspPolicy, OcspQuestion,
    OcspResponse, authorise,
};

use crate::issued::{GOOD, ISSUING, REVOKED};

/// When the answers of the corpus are used: 1 January 2026.
const AT: UnixTime = UnixTime(1_767_225_600);

/// What it proves of the good certificate and, where it is about that, of the revoked one.
///
/// # Errors
/// Why it proves nothing.
pub(crate) fn judge(bytes: &[u8]) -> Result<CertStatus, OcspError> {
    // The inner part may come alone.
    let _ = OcspResponse::from_basic_der(bytes);
    let answer = OcspResponse::from_der(bytes)?;
    assert_eq!(answer.der(), bytes);
    let basic = OcspResponse::from_basic_der(answer.basic_der()).expect("its own inner part");
    assert_eq!(basic.basic_der(), answer.basic_der());
    assert_eq!(basic.responder_id(), answer.responder_id());
    assert_eq!(basic.responses(), answer.responses());
    assert_eq!(basic.certificates(), answer.certificates());
    assert_eq!(basic.nonce(), answer.nonce());
    assert_eq!(basic.produced_at(), answer.produced_at());
    assert_eq!(
        basic.critical_not_understood(),
        answer.critical_not_understood()
    );

    let authority = Authority::of(&ISSUING).expect("a key");
    // What stands behind the signature: mutations do not get there by themselves.
    for one in answer.responses() {
        let _ = Freshness::default().check(one.this_update, one.next_update, AT);
        let _ = (one.cert_id.hash_algorithm(), one.cert_id.serial());
    }
    for certificate in answer.certificates() {
        let _ = authorise(certificate, authority, AT);
        let _ = answer
            .responder_id()
            .names(certificate.subject(), certificate.spki_der());
    }
    let about_the_revoked = answer.responses().iter();
    let about_the_revoked =
        about_the_revoked.filter(|one| one.cert_id.matches(authority, &REVOKED));
    let certificate = if about_the_revoked.count() == 0 {
        &GOOD
    } else {
        &REVOKED
    };
    let question = OcspQuestion {
        certificate,
        authority,
        nonce: None,
    };
    let policy = OcspPolicy {
        nonce: NoncePolicy::Ignore,
        ..OcspPolicy::default()
    };
    Ok(answer.status(&question, AT, policy)?.status)
}

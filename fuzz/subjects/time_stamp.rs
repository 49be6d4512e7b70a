//! What is done with what a time-stamping authority says: an answer, a token alone, a question. Whatever the bytes, it
//! ends without a panic.

use tamga_cms::Limits;
use tamga_cms::time_stamp::{TimeStampError, TimeStampRequest, TimeStampResponse, TimeStampToken};

/// What the tokens of the corpus are over.
const STAMPED: &[u8] = b"content";

/// Reads bytes as an answer and judges its token.
///
/// # Errors
/// Why there is no token that holds.
pub(crate) fn answer(bytes: &[u8]) -> Result<(), TimeStampError> {
    question(bytes);
    let response = TimeStampResponse::parse(bytes, &Limits::default())?;
    let _ = (response.status(), response.texts(), response.failures());
    judge(&response.into_token()?)
}

/// Reads bytes as a token alone and judges it.
///
/// # Errors
/// Why it does not hold.
pub(crate) fn token(bytes: &[u8]) -> Result<(), TimeStampError> {
    judge(&TimeStampToken::parse(bytes, &Limits::default())?)
}

fn judge(token: &TimeStampToken) -> Result<(), TimeStampError> {
    let again = TimeStampToken::parse(token.der(), &Limits::default()).expect("our own DER");
    assert_eq!(again.info(), token.info());
    assert!(token.info().nanoseconds < 1_000_000_000);

    let bound = token.check_imprint(STAMPED)?;
    // Nobody asked with this nonce, under whatever policy.
    let request =
        TimeStampRequest::for_digest(tamga_scheme::DigestAlgorithm::Sha256, vec![0; 32], &[1; 8]);
    assert!(token.check(&request).is_err());
    let verified = token.check_signature(&bound, &[])?;
    assert_eq!(verified.gen_time(), token.info().gen_time);
    Ok(())
}

/// What is read as a question means the same when it is asked again.
fn question(bytes: &[u8]) {
    if let Ok(request) = TimeStampRequest::from_der(bytes) {
        assert_eq!(TimeStampRequest::from_der(&request.to_der()), Ok(request));
    }
}

//! What is done with a token: read in each form, its claims too, every signature checked. Whatever the bytes, it ends
//! without a panic.

use std::time::Duration;

use tamga_jws::{Claims, Error, Header, JsonJws, Jws, Limits};
use tamga_scheme::PublicKey;
use tamga_x509::UnixTime;

/// Payload of the documents that have none in them.
const DETACHED: &[u8] = b"{}";

/// What a token held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) signatures: usize,
    /// Those that hold under the first certificate they bring along.
    pub(crate) hold: usize,
    /// The payload is that of a JWT.
    pub(crate) claims: bool,
}

/// Reads a token in the compact form, or a document: with its payload, or else with one from outside.
///
/// # Errors
/// Why it cannot be read: of a document if it begins with a brace.
pub(crate) fn read(bytes: &[u8]) -> Result<Read, Error> {
    claims(bytes);
    let text = String::from_utf8_lossy(bytes);
    let (compact, json) = (compact(&text), document(&text));
    match text.trim_start().starts_with('{') {
        true => json,
        false => compact,
    }
}

fn compact(text: &str) -> Result<Read, Error> {
    let token = Jws::parse(text, &Limits::default())?;
    assert!(text.as_bytes().starts_with(token.signing_input()));
    let hold = key(token.header()).is_some_and(|key| token.check_signature(key).is_ok());
    Ok(Read {
        signatures: 1,
        hold: hold.into(),
        claims: claims(token.payload()),
    })
}

fn document(text: &str) -> Result<Read, Error> {
    let limits = Limits::default();
    let read = match JsonJws::parse(text, None, &limits) {
        Err(Error::PayloadMissing) => JsonJws::parse(text, Some(DETACHED), &limits),
        read => read,
    }?;
    let detached = read.is_detached().then_some(DETACHED);
    let json = read.to_json();
    let again = JsonJws::parse(&json, detached, &limits).expect("our own document");
    assert_eq!(again.to_json(), json);
    assert_eq!(again.payload(), read.payload());
    assert!(!read.signatures().is_empty());
    let holding = |document: &JsonJws| {
        let hold = |key: Option<&PublicKey>, signature| {
            key.is_some_and(|key| document.check_signature(signature, key).is_ok())
        };
        let all = document.signatures().iter();
        all.filter(|one| hold(key(one.header()), one)).count()
    };
    let hold = holding(&read);
    assert_eq!(holding(&again), hold);
    Ok(Read {
        signatures: read.signatures().len(),
        hold,
        claims: claims(read.payload()),
    })
}

fn key(header: &Header) -> Option<&PublicKey> {
    let _ = (header.typ(), header.cty(), header.kid(), header.members());
    let key = header.certificates().first()?.public_key().ok()?;
    (key.kind() == header.scheme().key_kind()).then_some(key)
}

fn claims(payload: &[u8]) -> bool {
    let Ok(claims) = Claims::parse(payload, &Limits::default()) else {
        return false;
    };
    let times = [claims.expires(), claims.not_before(), claims.issued_at()];
    let timeless = times.iter().all(Option::is_none);
    for at in [i64::MIN, 0, 1_767_225_600, i64::MAX] {
        for tolerance in [Duration::ZERO, Duration::from_secs(60), Duration::MAX] {
            let outcome = claims.check_time(UnixTime(at), tolerance);
            assert!(!timeless || outcome.is_ok(), "{outcome:?} without any time");
        }
    }
    true
}

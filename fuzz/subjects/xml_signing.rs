//! What is done with a document that is to be signed: prepared, assembled, read back. Whatever the bytes, it ends without
//! a panic, and what was made is what this crate accepts.
//!
//! The input: a line of words that choose options, a line with the path of what is signed, a line with the path of the
//! place, and the document.

use std::sync::LazyLock;

use tamga_scheme::{Prepared, PrivateKey, SignatureScheme, SignatureValue};
use tamga_test_pki::self_issued;
use tamga_test_support::System;
use tamga_x509::{Certificate, UnixTime};
use tamga_xmldsig::{
    BlankText, Error, ExistingSignatures, Form, Limits, LineEnd, LocationPath, Options, Placement,
    PreparedXml, SignedXml, Timestamp, Token, WsseOptions, prepare_with, prepare_wsse,
};

/// Of the certificate.
const SCHEME: SignatureScheme = SignatureScheme::Gost2004;

/// Signs the document of the input as its lines say; how many signatures the result has, or `None` if it cannot be read:
/// the document had one before that nobody can read, or is beyond a budget now.
///
/// # Errors
/// Why it cannot be signed.
pub(crate) fn sign(bytes: &[u8]) -> Result<Option<usize>, Error> {
    let input = String::from_utf8_lossy(bytes);
    let mut lines = input.splitn(4, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let (words, signed, parent, document) = (line(), line(), line(), line());
    let prepared = prepare(words, [signed, parent], document)?;

    let to_sign = prepared.to_sign().to_vec();
    let made = prepared.assemble(SignatureValue::new([0; 64]));
    let limits = Limits::default();
    let read = match SignedXml::parse(made.as_bytes(), &limits) {
        Ok(read) => read,
        // A document at the edge of a budget outgrows it by its signature.
        Err(Error::TooDeep { .. } | Error::TooLarge { .. }) => return Ok(None),
        Err(error) => {
            // Signatures that were there before are not the business of whoever adds one.
            let before = SignedXml::parse(document.as_bytes(), &limits);
            assert!(before.is_err(), "{error} in {made}");
            return Ok(None);
        }
    };
    let own = read
        .signatures()
        .iter()
        .filter(|signature| signature.signed_info() == to_sign);
    let mut count = 0;
    for signature in own {
        signature.check_references().expect("our own references");
        assert_eq!(signature.scheme(), SCHEME);
        assert_eq!(signature.certificate(), Some(certificate()));
        count += 1;
    }
    assert_eq!(count, 1, "our own signature in {made}");
    Ok(Some(read.signatures().len()))
}

fn prepare(words: &str, paths: [&str; 2], document: &str) -> Result<PreparedXml, Error> {
    let has = |word| words.split(' ').any(|one| one == word);
    let form = match () {
        () if has("lf") => Form::Lines(LineEnd::Lf),
        () if has("crlf") => Form::Lines(LineEnd::CrLf),
        () if has("references") => Form::LinesWithReferences,
        () => Form::Compact,
    };
    let blank_text = if has("trim") {
        BlankText::Remove
    } else {
        BlankText::Keep
    };
    if has("envelope") {
        let options = WsseOptions {
            form,
            token: if has("token") {
                Token::BinarySecurityToken
            } else {
                Token::KeyIdentifier
            },
            timestamp: has("time").then_some(Timestamp {
                created: UnixTime(1_767_225_600),
                lifetime: std::time::Duration::from_secs(300),
            }),
            uuid: "6fa459ea-ee8a-3ca4-894e-db77e160355e".to_owned(),
            blank_text,
        };
        return prepare_wsse(document, &options, SCHEME, certificate());
    }
    let placement = match paths {
        ["", _] => Placement::Enveloped,
        [signed, parent] => Placement::ById {
            signed: LocationPath::parse(signed)?,
            parent: LocationPath::parse(parent)?,
        },
    };
    let existing = if has("anew") {
        ExistingSignatures::Remove
    } else {
        ExistingSignatures::Keep
    };
    let options = Options {
        form,
        placement,
        existing,
        blank_text,
    };
    prepare_with(document, &options, SCHEME, certificate())
}

fn certificate() -> &'static Certificate {
    static PAIR: LazyLock<(PrivateKey, Certificate)> =
        LazyLock::new(|| self_issued(SCHEME, "FUZZED", &System).expect("randomness"));
    &PAIR.1
}

//! Files become bytes, certificates, lists and anchors.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use base64ct::{Base64, Encoding};
use tamga_scheme::DigestAlgorithm;
use tamga_verifier_core::streaming::{
    ContentDigester, ContentDigests, Error, Limits, SignedDataReader, StreamedMessage,
};
use tamga_verifier_core::{Evidence, Format, Input};
use tamga_x509::{AnchorSet, Certificate, Crl};

use crate::args::FormatName;

/// Largest file held in memory, in bytes: a CMS of 64 MiB in base64 with line ends.
const LIMIT: u64 = 96 << 20;

/// Bytes read at once of files that are not held.
const PIECE: usize = 128 << 10;

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum InputError {
    #[error("{path}: {source}")]
    Anchors {
        path: PathBuf,
        source: tamga_x509::Error,
    },
    #[error("{path}: {source}")]
    Certificate {
        path: PathBuf,
        source: tamga_x509::Error,
    },
    #[error("{path}: neither a revocation list nor a certificate")]
    Evidence { path: PathBuf },
    #[error("{path}: neither CMS nor XML")]
    Format { path: PathBuf },
    #[error("{path}: OCSP responses are not supported yet; give a revocation list")]
    OcspNotSupported { path: PathBuf },
    #[error("{path}: {source}")]
    Read {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("{path}: larger than {LIMIT} bytes")]
    TooLarge { path: PathBuf },
}

impl InputError {
    /// The stable code word.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Anchors { .. } => "ANCHORS_UNREADABLE",
            Self::Certificate { .. } => "CERTIFICATE_UNREADABLE",
            Self::Evidence { .. } => "EVIDENCE_UNREADABLE",
            Self::Format { .. } => "FORMAT_UNKNOWN",
            Self::OcspNotSupported { .. } => "OCSP_NOT_SUPPORTED",
            Self::Read { .. } => "FILE_UNREADABLE",
            Self::TooLarge { .. } => "FILE_TOO_LARGE",
        }
    }
}

/// Reads a file as it is.
pub(crate) fn file(path: &Path) -> Result<Vec<u8>, InputError> {
    held(path, open(path)?)
}

fn held(path: &Path, from: impl Read) -> Result<Vec<u8>, InputError> {
    let mut bytes = Vec::new();
    from.take(LIMIT + 1)
        .read_to_end(&mut bytes)
        .map_err(|source| unreadable(path, source))?;
    if bytes.len() as u64 > LIMIT {
        return Err(InputError::TooLarge { path: path.into() });
    }
    Ok(bytes)
}

/// A signed message.
pub(crate) enum Message {
    /// An XML document.
    Xml(Vec<u8>),
    /// A CMS, its content gone by.
    Cms(Box<Result<StreamedMessage, Error>>),
}

impl Message {
    /// It alone, to be verified.
    pub(crate) fn input(&self) -> Input<'_> {
        match self {
            Self::Xml(bytes) => Input::new(bytes).format(Format::Xml),
            Self::Cms(read) => Input::streamed(read),
        }
    }

    /// Digests its signers need of a content that is not inside.
    pub(crate) fn digests(&self) -> impl Iterator<Item = DigestAlgorithm> {
        let signers = match self {
            Self::Cms(read) => read
                .as_ref()
                .as_ref()
                .map_or(&[][..], |read| read.message.signers()),
            Self::Xml(_) => &[],
        };
        signers
            .iter()
            .filter_map(|signer| Some(signer.scheme().ok()?.digest()))
    }
}

/// Reads a signed message: XML as it is, CMS out of DER, PEM or base64. In DER it may have any size.
pub(crate) fn message(path: &Path, named: FormatName) -> Result<Message, InputError> {
    let format = named.format();
    let mut opened = open(path)?;
    // BER starts with the octet of a SEQUENCE; XML and text forms never do. What was read is not read again: a pipe gives
    // every byte once.
    let mut first = Vec::new();
    let read = opened.by_ref().take(1).read_to_end(&mut first);
    read.map_err(|source| unreadable(path, source))?;
    let is_der = first == [0x30] && format != Format::Xml;
    let whole = Cursor::new(first).chain(opened);
    if is_der {
        return Ok(Message::Cms(Box::new(read_cms(path, whole)?)));
    }
    let bytes = held(path, whole)?;
    match Input::new(&bytes).format(format).decided_format() {
        Some(Format::Xml) => Ok(Message::Xml(bytes)),
        _ => match decode_text(&bytes, &["CMS", "PKCS7"]) {
            Some(der) => {
                let mut reader = SignedDataReader::new(&Limits::default());
                // What is wrong is said by `finish` too.
                let _ = reader.feed(&der);
                Ok(Message::Cms(Box::new(reader.finish())))
            }
            None => Err(InputError::Format { path: path.into() }),
        },
    }
}

fn read_cms(path: &Path, from: impl Read) -> Result<Result<StreamedMessage, Error>, InputError> {
    let mut reader = SignedDataReader::new(&Limits::default());
    each_piece(path, from, |piece| reader.feed(piece).is_ok())?;
    Ok(reader.finish())
}

/// Computes digests of a content of any size.
pub(crate) fn content(
    path: &Path,
    algorithms: impl Iterator<Item = DigestAlgorithm>,
) -> Result<ContentDigests<'static>, InputError> {
    let mut digester = ContentDigester::new(algorithms);
    each_piece(path, open(path)?, |piece| {
        digester.update(piece);
        true
    })?;
    Ok(digester.finish())
}

/// Reads piece by piece, until the end or until nobody wants more.
fn each_piece(
    path: &Path,
    mut from: impl Read,
    mut take: impl FnMut(&[u8]) -> bool,
) -> Result<(), InputError> {
    let mut piece = vec![0; PIECE];
    loop {
        match from.read(&mut piece) {
            Ok(0) => return Ok(()),
            Ok(read) if take(&piece[..read]) => {}
            Ok(_) => return Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(source) => return Err(unreadable(path, source)),
        }
    }
}

fn open(path: &Path) -> Result<File, InputError> {
    File::open(path).map_err(|source| unreadable(path, source))
}

fn unreadable(path: &Path, source: std::io::Error) -> InputError {
    InputError::Read {
        path: path.into(),
        source,
    }
}

/// Reads a certificate out of DER, PEM or base64.
pub(crate) fn certificate(path: &Path) -> Result<Certificate, InputError> {
    Certificate::from_der_or_pem(&file(path)?).map_err(|source| InputError::Certificate {
        path: path.into(),
        source,
    })
}

/// `nca`, `nca-test`, or a file.
pub(crate) fn anchors(name: &str) -> Result<AnchorSet, InputError> {
    if let Some(set) = AnchorSet::built_in(name) {
        return Ok(set);
    }
    let path = PathBuf::from(name);
    let bytes = file(&path)?;
    // A byte that is no UTF-8 is an error of TOML as well; the parser reports where.
    AnchorSet::from_toml(&String::from_utf8_lossy(&bytes))
        .map_err(|source| InputError::Anchors { path, source })
}

/// Revocation lists and certificates, told apart by content.
pub(crate) fn evidence(paths: &[PathBuf]) -> Result<Evidence, InputError> {
    let mut evidence = Evidence::none();
    for path in paths {
        let bytes = file(path)?;
        let der = if bytes.first() == Some(&0x30) {
            bytes
        } else {
            decode_text(&bytes, &["X509 CRL", "CERTIFICATE"])
                .ok_or_else(|| InputError::Evidence { path: path.clone() })?
        };
        if let Ok(certificate) = Certificate::from_der(&der) {
            evidence.certificates.push(certificate);
        } else if let Ok(list) = Crl::from_der(&der) {
            evidence.crls.push(list);
        } else if is_ocsp_response(&der) {
            return Err(InputError::OcspNotSupported { path: path.clone() });
        } else {
            return Err(InputError::Evidence { path: path.clone() });
        }
    }
    Ok(evidence)
}

/// OCSPResponse ::= SEQUENCE { responseStatus ENUMERATED, … } (RFC 6960 section 4.2.1).
fn is_ocsp_response(der: &[u8]) -> bool {
    const ENUMERATED: [u8; 2] = [0x0a, 0x01];
    let header = match der.get(1) {
        Some(length @ 0x81..=0x84) => 2 + usize::from(length - 0x80),
        Some(_) => 2,
        None => return false,
    };
    der.get(header..)
        .is_some_and(|content| content.starts_with(&ENUMERATED))
}

/// The bytes of the first PEM block with one of these labels, or of text that is nothing but base64.
fn decode_text(text: &[u8], labels: &[&str]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(text).ok()?;
    let body = labels
        .iter()
        .find_map(|label| {
            let (_, rest) = text.split_once(&format!("-----BEGIN {label}-----"))?;
            Some(rest.split_once(&format!("-----END {label}-----"))?.0)
        })
        .unwrap_or(text);
    let packed: String = body.split_ascii_whitespace().collect();
    let bytes = Base64::decode_vec(&packed).ok()?;
    (bytes.first() == Some(&0x30)).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_around_a_message_is_taken_off() {
        let der = [0x30, 0x03, 0x02, 0x01, 0x05];
        let base64 = "MAMC\r\nAQU=\r\n";
        let pem = format!("note\n-----BEGIN CMS-----\n{base64}-----END CMS-----\n");
        assert_eq!(decode_text(base64.as_bytes(), &["CMS"]), Some(der.to_vec()));
        assert_eq!(decode_text(pem.as_bytes(), &["CMS"]), Some(der.to_vec()));
        assert_eq!(decode_text(pem.as_bytes(), &["CERTIFICATE"]), None);
        assert_eq!(decode_text(b"AAAA", &["CMS"]), None);
    }

    #[test]
    fn an_ocsp_response_is_known_by_its_status() {
        assert!(is_ocsp_response(&[0x30, 0x03, 0x0a, 0x01, 0x00]));
        assert!(is_ocsp_response(&[
            0x30, 0x82, 0x01, 0x00, 0x0a, 0x01, 0x00
        ]));
        assert!(!is_ocsp_response(&[0x30, 0x03, 0x02, 0x01, 0x00]));
        assert!(!is_ocsp_response(&[0x30]));
    }
}

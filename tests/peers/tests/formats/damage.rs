//! Where one changed bit must break a signature.

use std::fmt;

use tamga_cms::{Limits, SignedData, SignerInfo};

/// What a bit belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The signature of the signer's certificate, which only the reference to it covers.
    Certificate,
    /// What is signed.
    Content,
    /// A signature value.
    Signature,
    /// signingTime, or where there is none the reference to the certificate.
    SignedAttribute,
    /// genTime of a time stamp.
    TimeStamp,
}

impl Part {
    /// Whether programs see it that know neither references to certificates nor time stamps.
    pub(crate) fn is_for_all(self) -> bool {
        !matches!(self, Self::Certificate | Self::TimeStamp)
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// A bit to be changed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spot {
    /// What it belongs to.
    pub(crate) part: Part,
    /// Offset of its byte.
    pub(crate) at: usize,
}

impl Spot {
    /// The bytes with the bit changed.
    pub(crate) fn damage(self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        bytes[self.at] ^= 1;
        bytes
    }
}

/// In a CMS message, of every signer: an attribute, the signature, the certificate if it is referred to, every time stamp.
pub(crate) fn spots(message: &[u8]) -> Vec<Spot> {
    let parsed = SignedData::parse(message, &Limits::default()).expect("a message");
    let mut spots = Vec::new();
    for signer in parsed.signers() {
        spots.push(attribute(message, signer));
        spots.push(Spot {
            part: Part::Signature,
            at: find(message, signer.signature().as_bytes()) + 20,
        });
        if signer.has_certificate_reference() {
            let mut certificates = parsed.certificates().iter();
            let certificate = certificates.find(|one| signer.matches(one));
            let der = certificate.expect("its certificate").der();
            spots.push(Spot {
                part: Part::Certificate,
                at: find(message, der) + der.len() - 20,
            });
        }
        spots.extend(signer.time_stamps().map(|token| Spot {
            part: Part::TimeStamp,
            // GeneralizedTime of 2026, the last digit of its seconds.
            at: find(message, token) + find(token, b"\x18\x0f2026") + 15,
        }));
    }
    assert!(!spots.is_empty(), "a message without signers");
    spots
}

fn attribute(message: &[u8], signer: &SignerInfo) -> Spot {
    /// The identifier, SET, UTCTime; the last digit of the seconds.
    const SIGNING_TIME: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x05\x31\x0f\x17\x0d";
    const LAST_DIGIT: usize = 11;
    /// The identifier of signingCertificateV2; SET, three SEQUENCEs, OCTET STRING; somewhere in the digest.
    const REFERENCE: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x2f";
    const IN_DIGEST: usize = 5 * 2 + 7;
    let (word, behind) = match signer.claimed_signing_time() {
        Some(_) => (SIGNING_TIME, LAST_DIGIT),
        None => (REFERENCE, IN_DIGEST),
    };
    Spot {
        part: Part::SignedAttribute,
        at: find(message, signer.der()) + find(signer.der(), word) + word.len() + behind,
    }
}

/// Where `part` begins.
pub(crate) fn find(bytes: &[u8], part: &[u8]) -> usize {
    bytes
        .windows(part.len())
        .position(|window| window == part)
        .expect("the part is there")
}

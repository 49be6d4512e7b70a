//! Certificates and revocation values attached to a signature (ETSI EN 319 122-1 annex A.1, RFC 5126 section 6.3).

use tamga_x509::Certificate;

use crate::octets::Octets;
use crate::walk::Elements;
use crate::{Error, encode, revocation_info};

/// Revocation values attached to a signature; DER, nothing about them is checked.
///
/// ```text
/// RevocationValues ::= SEQUENCE { crlVals [0] SEQUENCE OF CertificateList OPTIONAL,
///     ocspVals [1] SEQUENCE OF BasicOCSPResponse OPTIONAL, otherRevVals [2] OtherRevVals OPTIONAL }
/// ```
/// Its module has explicit tags.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RevocationValues {
    /// CertificateLists.
    pub lists: Vec<Octets>,
    /// BasicOCSPResponses: what stands inside the OCSPResponse of a responder.
    pub responses: Vec<Octets>,
    /// OtherRevVals.
    pub other: Option<Octets>,
}

/// `CertificateValues ::= SEQUENCE OF Certificate`
pub(crate) fn write_certificates(certificates: &[Certificate]) -> Vec<u8> {
    let parts: Vec<&[u8]> = certificates.iter().map(Certificate::der).collect();
    encode::element(encode::SEQUENCE, &parts)
}

pub(crate) fn read_certificates(value: &Octets, limit: usize) -> Result<Vec<Certificate>, Error> {
    const FIELD: &str = "CertificateValues";
    let mut outer = Elements::new(value, FIELD)?;
    let list = outer.required(encode::SEQUENCE)?;
    outer.finish()?;
    list.members(value, FIELD, "certificates", limit)?
        .iter()
        .map(|der| Ok(Certificate::from_der(der)?))
        .collect()
}

pub(crate) fn write_revocation(lists: &[&[u8]], responses: &[&[u8]]) -> Result<Vec<u8>, Error> {
    let basic = responses
        .iter()
        .map(|response| revocation_info::basic_response(response))
        .collect::<Result<Vec<_>, _>>()?;
    let part = |tag, members: &[&[u8]]| {
        let sequence = encode::element(encode::SEQUENCE, members);
        (!members.is_empty()).then(|| encode::element(tag, &[&sequence]))
    };
    Ok(encode::element(
        encode::SEQUENCE,
        &[
            &part(encode::CONTEXT_0, lists).unwrap_or_default(),
            &part(encode::CONTEXT_1, &basic).unwrap_or_default(),
        ],
    ))
}

pub(crate) fn read_revocation(value: &Octets, limit: usize) -> Result<RevocationValues, Error> {
    const FIELD: &str = "RevocationValues";
    /// otherRevVals [2].
    const CONTEXT_2: u8 = 0xa2;
    let mut outer = Elements::new(value, FIELD)?;
    let mut fields = outer.required(encode::SEQUENCE)?.inside(FIELD)?;
    outer.finish()?;
    let mut part = |tag| -> Result<Vec<Octets>, Error> {
        let Some(explicit) = fields.optional(tag)? else {
            return Ok(Vec::new());
        };
        let mut inside = explicit.inside(FIELD)?;
        let sequence = inside.required(encode::SEQUENCE)?;
        inside.finish()?;
        let members = sequence.members(value, FIELD, "revocation lists", limit)?;
        match members
            .iter()
            .all(|one| one.first() == Some(&encode::SEQUENCE))
        {
            true => Ok(members),
            false => Err(Error::Malformed { field: FIELD }),
        }
    };
    let (lists, responses) = (part(encode::CONTEXT_0)?, part(encode::CONTEXT_1)?);
    let other = fields.optional(CONTEXT_2)?;
    let other = other.map(|explicit| value.share(explicit.value));
    fields.finish()?;
    Ok(RevocationValues {
        lists,
        responses,
        other,
    })
}

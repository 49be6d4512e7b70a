//! Revocation lists and OCSP answers inside a message (RFC 5652 section 10.2.1, RFC 5940).

use crate::octets::Octets;
use crate::walk::{Element, Elements};
use crate::{Error, encode, names};

/// Version of a SignedData with anything else than revocation lists in `crls` (RFC 5652 section 5.1).
pub(crate) const VERSION_OF_OTHER_FORMS: u8 = 5;

/// ```text
/// RevocationInfoChoices ::= SET OF RevocationInfoChoice
/// RevocationInfoChoice ::= CHOICE { crl CertificateList, other [1] IMPLICIT OtherRevocationInfoFormat }
/// OtherRevocationInfoFormat ::= SEQUENCE { otherRevInfoFormat OBJECT IDENTIFIER, otherRevInfo ANY DEFINED BY otherRevInfoFormat }
/// ```
#[derive(Debug, Clone, Default)]
pub(crate) struct RevocationInfo {
    /// Every member of the set.
    pub(crate) members: Vec<Octets>,
    /// CertificateLists.
    pub(crate) lists: Vec<Octets>,
    /// OCSPResponses.
    pub(crate) responses: Vec<Octets>,
}

impl RevocationInfo {
    pub(crate) fn read(set: &Element<'_>, owner: &Octets, limit: usize) -> Result<Self, Error> {
        const FIELD: &str = "RevocationInfoChoices";
        let members = set.members(owner, FIELD, "revocation lists", limit)?;
        let mut read = Self::default();
        for member in &members {
            match member.first() {
                Some(&encode::SEQUENCE) => read.lists.push(member.clone()),
                Some(&encode::CONTEXT_1) => {
                    let mut inside = Elements::new(member, FIELD)?
                        .required(encode::CONTEXT_1)?
                        .inside(FIELD)?;
                    let format = inside
                        .required(encode::OBJECT_IDENTIFIER)?
                        .object_identifier(FIELD)?;
                    let info = inside.next()?.ok_or(Error::Malformed { field: FIELD })?;
                    inside.finish()?;
                    if format == names::OCSP_RESPONSE_INFO {
                        if info.tag != encode::SEQUENCE {
                            return Err(Error::Malformed { field: FIELD });
                        }
                        read.responses.push(member.share(info.whole));
                    }
                }
                _ => return Err(Error::Malformed { field: FIELD }),
            }
        }
        read.members = members;
        Ok(read)
    }
}

/// DER of the `other` choice around an OCSPResponse (RFC 5940 section 2.1).
pub(crate) fn write_ocsp_response(response: &[u8]) -> Vec<u8> {
    encode::element(
        encode::CONTEXT_1,
        &[
            &encode::object_identifier(names::OCSP_RESPONSE_INFO),
            response,
        ],
    )
}

/// The BasicOCSPResponse inside an OCSPResponse that has one (RFC 6960 section 4.2.1).
///
/// ```text
/// OCSPResponse ::= SEQUENCE { responseStatus ENUMERATED, responseBytes [0] EXPLICIT ResponseBytes OPTIONAL }
/// ResponseBytes ::= SEQUENCE { responseType OBJECT IDENTIFIER, response OCTET STRING }
/// ```
pub(crate) fn basic_response(response: &[u8]) -> Result<&[u8], Error> {
    const FIELD: &str = "OCSPResponse";
    /// responseStatus successful.
    const SUCCESSFUL: [u8; 3] = [0x0a, 1, 0];
    let mut outer = Elements::new(response, FIELD)?;
    let mut fields = outer.required(encode::SEQUENCE)?.inside(FIELD)?;
    outer.finish()?;
    let status = fields.next()?.ok_or(Error::Malformed { field: FIELD })?;
    if status.whole != SUCCESSFUL {
        return Err(Error::Malformed { field: FIELD });
    }
    let mut explicit = fields.required(encode::CONTEXT_0)?.inside(FIELD)?;
    fields.finish()?;
    let mut bytes = explicit.required(encode::SEQUENCE)?.inside(FIELD)?;
    explicit.finish()?;
    let kind = bytes
        .required(encode::OBJECT_IDENTIFIER)?
        .object_identifier(FIELD)?;
    if kind != names::BASIC_OCSP_RESPONSE {
        return Err(Error::Malformed { field: FIELD });
    }
    let basic = bytes.required(encode::OCTET_STRING)?.value;
    bytes.finish()?;
    Ok(basic)
}

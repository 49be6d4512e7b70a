//! Asking for a time stamp (RFC 3161 section 2.4.1).

use const_oid::ObjectIdentifier;
use tamga_scheme::{DigestAlgorithm, SignatureValue};

use super::TsaPolicy;
use crate::walk::Elements;
use crate::{Error, encode};

/// A question to a time-stamping authority.
///
/// ```text
/// TimeStampReq ::= SEQUENCE { version INTEGER { v1(1) }, messageImprint MessageImprint, reqPolicy OBJECT IDENTIFIER OPTIONAL,
///     nonce INTEGER OPTIONAL, certReq BOOLEAN DEFAULT FALSE, extensions [0] IMPLICIT Extensions OPTIONAL }
/// MessageImprint ::= SEQUENCE { hashAlgorithm AlgorithmIdentifier, hashedMessage OCTET STRING }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeStampRequest {
    pub(crate) algorithm: ObjectIdentifier,
    pub(crate) imprint: Vec<u8>,
    pub(crate) policy: Option<ObjectIdentifier>,
    /// Content octets of the INTEGER.
    pub(crate) nonce: Option<Vec<u8>>,
    pub(crate) certificate: bool,
}

impl TimeStampRequest {
    /// Asks for a stamp over a signature value, under a national policy and with its digest.
    ///
    /// `nonce` are random bytes of the caller, read as a number that is not negative; 8 are usual.
    pub fn for_signature(value: &SignatureValue, policy: TsaPolicy, nonce: &[u8]) -> Self {
        let digest = policy.digest();
        Self {
            policy: Some(policy.oid()),
            ..Self::for_digest(digest, digest.digest(value.as_bytes()), nonce)
        }
    }

    /// Asks for a stamp over a digest, under any policy of the authority.
    pub fn for_digest(algorithm: DigestAlgorithm, imprint: Vec<u8>, nonce: &[u8]) -> Self {
        Self {
            algorithm: algorithm.oid(),
            imprint,
            policy: None,
            nonce: Some(encode::unsigned(nonce)),
            certificate: true,
        }
    }

    /// Reads DER, as an authority does; extensions are refused, none is known.
    ///
    /// # Errors
    /// [`Error::Malformed`], [`Error::Version`].
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        const FIELD: &str = "TimeStampReq";
        let mut outer = Elements::new(der, FIELD)?;
        let mut fields = outer.required(encode::SEQUENCE)?.inside(FIELD)?;
        outer.finish()?;
        let version = fields.required(encode::INTEGER)?.version(FIELD)?;
        if version != 1 {
            return Err(Error::Version {
                field: FIELD,
                expected: 1,
                actual: version,
            });
        }
        let (algorithm, imprint) = fields.required(encode::SEQUENCE)?.imprint()?;
        let policy = fields
            .optional(encode::OBJECT_IDENTIFIER)?
            .map(|oid| oid.object_identifier(FIELD))
            .transpose()?;
        let nonce = fields
            .optional(encode::INTEGER)?
            .map(|nonce| nonce.integer(FIELD).map(<[u8]>::to_vec))
            .transpose()?;
        let certificate = fields
            .optional(encode::BOOLEAN)?
            .map(|asked| asked.boolean(FIELD))
            .transpose()?;
        fields.finish()?;
        Ok(Self {
            algorithm,
            imprint: imprint.to_vec(),
            policy,
            nonce,
            certificate: certificate.unwrap_or(false),
        })
    }

    /// DER, as it is sent: `application/timestamp-query`.
    pub fn to_der(&self) -> Vec<u8> {
        let imprint = encode::element(
            encode::SEQUENCE,
            &[
                &encode::algorithm(self.algorithm),
                &encode::element(encode::OCTET_STRING, &[&self.imprint]),
            ],
        );
        let policy = self.policy.map(encode::object_identifier);
        let nonce = self
            .nonce
            .as_ref()
            .map(|nonce| encode::element(encode::INTEGER, &[nonce]));
        let certificate = self
            .certificate
            .then(|| encode::element(encode::BOOLEAN, &[&[0xff]]));
        encode::element(
            encode::SEQUENCE,
            &[
                &encode::element(encode::INTEGER, &[&[1]]),
                &imprint,
                &policy.unwrap_or_default(),
                &nonce.unwrap_or_default(),
                &certificate.unwrap_or_default(),
            ],
        )
    }

    /// The digest to be stamped, in transmission order.
    pub fn imprint(&self) -> &[u8] {
        &self.imprint
    }

    /// Identifier of the imprint's digest.
    pub fn imprint_algorithm(&self) -> ObjectIdentifier {
        self.algorithm
    }

    /// The policy asked for.
    pub fn policy(&self) -> Option<ObjectIdentifier> {
        self.policy
    }

    /// Content octets of the nonce INTEGER.
    pub fn nonce(&self) -> Option<&[u8]> {
        self.nonce.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_has_the_form_of_the_standard() {
        let value = SignatureValue::new(vec![7; 3]);
        let request = TimeStampRequest::for_signature(&value, TsaPolicy::Rsa, &[0x80, 1]);
        let imprint = DigestAlgorithm::Sha256.digest(&[7; 3]);
        let expected = [
            &[0x30, 72, 2, 1, 1, 0x30, 49, 0x30, 13][..],
            &[0x06, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 5, 0, 4, 32],
            &imprint,
            &[0x06, 8, 0x2a, 0x83, 0x0e, 3, 3, 2, 6, 2],
            &[2, 3, 0, 0x80, 1, 1, 1, 0xff],
        ]
        .concat();
        assert_eq!(request.to_der(), expected);
        assert_eq!(TimeStampRequest::from_der(&expected), Ok(request));
    }

    #[test]
    fn every_truncation_of_a_request_is_refused() {
        let der = TimeStampRequest::for_digest(DigestAlgorithm::Sha256, vec![0; 32], &[1]).to_der();
        for length in 0..der.len() {
            assert!(
                TimeStampRequest::from_der(&der[..length]).is_err(),
                "{length}"
            );
        }
    }
}

//! A token: a SignedData around a TSTInfo, and what must hold before it is accepted (RFC 3161 section 2.4.2).

use tamga_scheme::{DigestAlgorithm, SignatureValid};
use tamga_x509::{Certificate, UnixTime};

use super::{TimeStampError, TimeStampRequest, TstInfo};
use crate::octets::Octets;
use crate::{Error, Limits, SignedData, names};

/// Certificates of one name and number that are tried for the signer; more are decoys.
const CANDIDATES: usize = 8;

/// A token as it came; nothing about it is proved.
#[derive(Debug, Clone)]
pub struct TimeStampToken {
    der: Octets,
    message: SignedData,
    info: TstInfo,
}

/// Proof that a token is over certain data, or answers a request; made by [`TimeStampToken::check`] and
/// [`TimeStampToken::check_imprint`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImprintBound {
    /// The token it was made for.
    token: Octets,
}

/// A token that is over the data it should be over, and whose own signature holds under a certificate that is for time
/// stamping only; made by [`TimeStampToken::check_signature`].
///
/// Whether that certificate is trusted is for `tamga_x509::build_path` at [`Self::gen_time`] to say.
#[derive(Debug, Clone)]
pub struct VerifiedToken {
    token: TimeStampToken,
    authority: Certificate,
    signature: SignatureValid,
}

impl TimeStampToken {
    /// Reads DER or BER; nothing may follow it.
    ///
    /// # Errors
    /// [`TimeStampError::Format`], [`TimeStampError::ContentType`], [`TimeStampError::Version`].
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Self, TimeStampError> {
        if bytes.len() > limits.size {
            return Err(TimeStampError::Format(Error::TooLarge {
                actual: bytes.len(),
                limit: limits.size,
            }));
        }
        let der: Octets = tamga_ber::to_der_inside(bytes, 0)
            .map_err(Error::Ber)?
            .into_owned()
            .into();
        let message = SignedData::parse(&der, limits)?;
        if message.content_type() != names::TST_INFO {
            return Err(TimeStampError::ContentType(message.content_type()));
        }
        let content = message.content().ok_or(Error::ContentMissing)?;
        let info = TstInfo::read(&content.to_vec().into())?;
        if info.version != 1 {
            return Err(TimeStampError::Version(info.version));
        }
        Ok(Self { der, message, info })
    }

    /// The token in DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// What the authority states.
    pub fn info(&self) -> &TstInfo {
        &self.info
    }

    /// The message the statement came in.
    pub fn message(&self) -> &SignedData {
        &self.message
    }

    /// Checks that the token answers this request: imprint, nonce, policy, certificate.
    ///
    /// # Errors
    /// [`TimeStampError::Imprint`], [`TimeStampError::Nonce`], [`TimeStampError::Policy`],
    /// [`TimeStampError::NoCertificate`].
    pub fn check(&self, request: &TimeStampRequest) -> Result<ImprintBound, TimeStampError> {
        if self.info.imprint_algorithm != request.algorithm || *self.info.imprint != request.imprint
        {
            return Err(TimeStampError::Imprint);
        }
        if self.info.nonce.as_deref() != request.nonce.as_deref() {
            return Err(TimeStampError::Nonce);
        }
        if let Some(asked) = request.policy
            && asked != self.info.policy
        {
            let actual = self.info.policy;
            return Err(TimeStampError::Policy { asked, actual });
        }
        if request.certificate && self.message.certificates().is_empty() {
            return Err(TimeStampError::NoCertificate);
        }
        Ok(self.bound())
    }

    /// Checks that the token is over these bytes; for a token of a signature, its SignatureValue.
    ///
    /// # Errors
    /// [`TimeStampError::Imprint`], also for a digest that is not in the table.
    pub fn check_imprint(&self, stamped: &[u8]) -> Result<ImprintBound, TimeStampError> {
        if self.is_over(stamped) {
            Ok(self.bound())
        } else {
            Err(TimeStampError::Imprint)
        }
    }

    /// Checks the token itself: one signer, which names its certificate, which is found in the token or among `others`,
    /// is for time stamping only, and verifies the signature.
    ///
    /// # Errors
    /// [`TimeStampError::SignerCount`], [`TimeStampError::CriticalExtension`],
    /// [`TimeStampError::CertificateReferenceMissing`], [`TimeStampError::NoCertificate`],
    /// [`TimeStampError::CertificatePurpose`], [`TimeStampError::Signature`]; [`TimeStampError::Imprint`] if the proof is
    /// of another token.
    pub fn check_signature(
        &self,
        bound: &ImprintBound,
        others: &[Certificate],
    ) -> Result<VerifiedToken, TimeStampError> {
        if bound.token != self.der {
            return Err(TimeStampError::Imprint);
        }
        let [signer] = self.message.signers() else {
            return Err(TimeStampError::SignerCount(self.message.signers().len()));
        };
        if let Some(extension) = self.info.extensions.iter().find(|one| one.critical) {
            return Err(TimeStampError::CriticalExtension(extension.oid));
        }
        if !signer.has_certificate_reference() {
            return Err(TimeStampError::CertificateReferenceMissing);
        }
        let content = self.message.content().ok_or(Error::ContentMissing)?;
        let content = signer.check_content(content)?;

        let mut failure = TimeStampError::NoCertificate;
        let candidates = self
            .message
            .certificates()
            .iter()
            .chain(others)
            .filter(|certificate| signer.matches(certificate));
        for certificate in candidates.take(CANDIDATES) {
            let outcome = signer.check_ess(certificate).and_then(|()| {
                let key = certificate
                    .public_key()
                    .map_err(|_| crate::CheckError::UnsupportedAlgorithm(signer.signature_oid()))?;
                signer.check_signature(key, &content)
            });
            match outcome {
                Ok(_) if !is_for_time_stamping_only(certificate) => {
                    failure = TimeStampError::CertificatePurpose;
                }
                Ok(signature) => {
                    return Ok(VerifiedToken {
                        token: self.clone(),
                        authority: certificate.clone(),
                        signature,
                    });
                }
                Err(error) => failure = error.into(),
            }
        }
        Err(failure)
    }

    /// True if the imprint is the digest of these bytes.
    pub(crate) fn is_over(&self, bytes: &[u8]) -> bool {
        DigestAlgorithm::from_oid(self.info.imprint_algorithm)
            .is_some_and(|algorithm| algorithm.digest(bytes) == *self.info.imprint)
    }

    fn bound(&self) -> ImprintBound {
        ImprintBound {
            token: self.der.clone(),
        }
    }
}

impl VerifiedToken {
    /// The token.
    pub fn token(&self) -> &TimeStampToken {
        &self.token
    }

    /// The certificate under which its signature holds.
    pub fn authority(&self) -> &Certificate {
        &self.authority
    }

    /// The proof of its signature.
    pub fn signature(&self) -> SignatureValid {
        self.signature
    }

    /// The time it states, without its fraction of a second.
    pub fn gen_time(&self) -> UnixTime {
        self.token.info.gen_time
    }
}

/// Extended key usage is critical and has the one purpose (RFC 3161 section 2.3).
fn is_for_time_stamping_only(certificate: &Certificate) -> bool {
    certificate.extended_key_usage() == [names::TIME_STAMPING]
        && certificate.extended_key_usage_is_critical()
}

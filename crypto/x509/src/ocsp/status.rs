//! The whole judgement of one answer about one certificate.

use super::{
    Authority, CertStatus, Freshness, OcspError, OcspResponse, Responder, SingleResponse, authorise,
};
use crate::{Certificate, UnixTime};

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct OcspQuestion<'a> {
    /// The certificate.
    pub certificate: &'a Certificate,
    /// Who issued it.
    pub authority: Authority<'a>,
    /// The nonce sent; `None` for an answer that somebody else asked for.
    pub nonce: Option<&'a [u8]>,
}

/// What an answer must fulfil.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OcspPolicy {
    /// How old it may be.
    pub freshness: Freshness,
    /// What must hold about its nonce.
    pub nonce: NoncePolicy,
}

/// What must hold about the nonce of an answer (RFC 6960 section 4.4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NoncePolicy {
    /// Not looked at: for answers kept inside documents, asked for by others.
    Ignore,
    /// One that is there must be the one sent; responders that prepare their answers have none.
    #[default]
    IfPresent,
    /// It must be there and must be the one sent.
    Require,
}

/// What an answer proves about one certificate. Only [`OcspResponse::status`] makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OcspStatus {
    /// What is known about the certificate.
    pub status: CertStatus,
    /// When that was known to be right.
    pub this_update: UnixTime,
    /// When something newer will be known.
    pub next_update: Option<UnixTime>,
    /// When the answer was signed.
    pub produced_at: UnixTime,
    /// Who signed it.
    pub responder: Responder,
}

impl OcspResponse {
    /// Judges the answer to `question` at `at`: the time it is used, which is now, or when it was put away.
    ///
    /// 1. The signature holds under the key of the responder the answer names: the authority itself, or the holder of
    ///    an embedded certificate.
    /// 2. That responder may answer for the authority ([`authorise`]).
    /// 3. Nothing critical is left unprocessed, and a line is about the certificate asked about: serial number, name
    ///    and key of the authority ([`super::CertId::matches`]).
    /// 4. The answer is fresh ([`Freshness::check`]) and was not signed in the future.
    /// 5. The nonce fulfils the policy.
    ///
    /// Of several fresh lines about the certificate (the standard has one) the harshest counts: revoked, not issued,
    /// unknown, good. "Unknown" is an answer and no error: it is not "good" either.
    pub fn status(
        &self,
        question: &OcspQuestion<'_>,
        at: UnixTime,
        policy: OcspPolicy,
    ) -> Result<OcspStatus, OcspError> {
        let responder = self.responder(question.authority, at)?;
        if let Some(oid) = self.critical_not_understood() {
            return Err(OcspError::CriticalExtension(oid));
        }
        policy.freshness.check_made(self.produced_at(), at)?;
        let line = self.line(question, at, policy.freshness)?;
        self.check_nonce(question.nonce, policy.nonce)?;
        Ok(OcspStatus {
            status: line.status,
            this_update: line.this_update,
            next_update: line.next_update,
            produced_at: self.produced_at(),
            responder,
        })
    }

    /// Who signed, authorised: the first candidate whose signature holds and who may answer.
    fn responder(&self, authority: Authority<'_>, at: UnixTime) -> Result<Responder, OcspError> {
        let id = self.responder_id();
        let mut refusal = OcspError::NoResponder;
        if id.names(authority.name, authority.key.spki_der()) {
            match self.check_signature(authority.key) {
                Ok(_) => return Ok(Responder::Authority),
                Err(error) => refusal = error,
            }
        }
        let candidates = self
            .certificates()
            .iter()
            .filter(|certificate| id.names(certificate.subject(), certificate.spki_der()));
        for certificate in candidates {
            let signed = certificate
                .public_key()
                .map_err(OcspError::Certificate)
                .and_then(|key| self.check_signature(key));
            match signed {
                // An old certificate of the same key may stand before the one in force; nobody vouches for the order.
                Ok(_) => match authorise(certificate, authority, at) {
                    Ok(responder) => return Ok(responder),
                    Err(error) => refusal = OcspError::NotAuthorised(error),
                },
                Err(error) => refusal = error,
            }
        }
        Err(refusal)
    }

    fn line(
        &self,
        question: &OcspQuestion<'_>,
        at: UnixTime,
        freshness: Freshness,
    ) -> Result<&SingleResponse, OcspError> {
        let mut harshest: Option<&SingleResponse> = None;
        let mut refusal = OcspError::NoAnswer;
        for line in self.responses() {
            if !line
                .cert_id
                .matches(question.authority, question.certificate)
            {
                continue;
            }
            if let Some(oid) = line.critical_not_understood {
                return Err(OcspError::CriticalExtension(oid));
            }
            match freshness.check(line.this_update, line.next_update, at) {
                Ok(()) => {
                    if harshest.is_none_or(|known| harshness(known.status) < harshness(line.status))
                    {
                        harshest = Some(line);
                    }
                }
                Err(error) => refusal = error,
            }
        }
        harshest.ok_or(refusal)
    }

    fn check_nonce(&self, sent: Option<&[u8]>, policy: NoncePolicy) -> Result<(), OcspError> {
        let required = policy == NoncePolicy::Require;
        match (sent, self.nonce()) {
            _ if policy == NoncePolicy::Ignore => Ok(()),
            (Some(sent), Some(actual)) if sent == actual => Ok(()),
            (Some(sent), Some(actual)) => Err(OcspError::NonceDiffers {
                expected: sent.to_vec(),
                actual: actual.to_vec(),
            }),
            _ if required => Err(OcspError::NonceMissing),
            // Nothing was asked for, or nothing came back.
            _ => Ok(()),
        }
    }
}

fn harshness(status: CertStatus) -> u8 {
    match status {
        CertStatus::Good => 0,
        CertStatus::Unknown => 1,
        CertStatus::NotIssued => 2,
        CertStatus::Revoked(_) => 3,
    }
}

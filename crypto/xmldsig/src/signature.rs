//! One `ds:Signature`, read completely, and its two checks.

use tamga_scheme::{
    DigestAlgorithm, PublicKey, SignatureScheme, SignatureValid, SignatureValue, verify,
};
use tamga_x509::Certificate;

use crate::c14n::Canonicalization;
use crate::{CheckError, Covered, CoveredReference};

/// A `ds:Signature` (XMLDSig section 4.1).
///
/// ```text
/// Signature { SignedInfo { CanonicalizationMethod, SignatureMethod, Reference+ }, SignatureValue, KeyInfo? }
/// ```
#[derive(Debug, Clone)]
pub struct XmlSignature {
    pub(crate) scheme: SignatureScheme,
    pub(crate) canonicalization: Canonicalization,
    /// Canonical form of SignedInfo.
    pub(crate) signed_info: Vec<u8>,
    pub(crate) references: Vec<Reference>,
    pub(crate) value: SignatureValue,
    pub(crate) certificates: Vec<Certificate>,
}

/// A `ds:Reference` (XMLDSig section 4.3.3), already followed.
#[derive(Debug, Clone)]
pub struct Reference {
    pub(crate) uri: String,
    pub(crate) digest: DigestAlgorithm,
    pub(crate) outcome: Result<CoveredReference, CheckError>,
}

impl XmlSignature {
    /// Algorithm of the signature.
    pub fn scheme(&self) -> SignatureScheme {
        self.scheme
    }

    /// How SignedInfo is made canonical.
    pub fn canonicalization(&self) -> &Canonicalization {
        &self.canonicalization
    }

    /// Canonical form of SignedInfo: the bytes signed.
    pub fn signed_info(&self) -> &[u8] {
        &self.signed_info
    }

    /// The references, in document order; never empty.
    pub fn references(&self) -> &[Reference] {
        &self.references
    }

    /// SignatureValue, decoded.
    pub fn value(&self) -> &SignatureValue {
        &self.value
    }

    /// The signer's certificate as the signature claims: the first of KeyInfo.
    pub fn certificate(&self) -> Option<&Certificate> {
        self.certificates.first()
    }

    /// All certificates of KeyInfo, in document order.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// Compares every reference's digest and says what they cover (XMLDSig section 3.2.1).
    ///
    /// A signature holds while those added later are taken out: each enveloped signature covers the ones before it
    /// but only takes out itself. [`CoveredReference::later_signatures_removed`] says when that was needed.
    ///
    /// # Errors
    /// The first reference that does not hold.
    pub fn check_references(&self) -> Result<Covered, CheckError> {
        let covered = self
            .references
            .iter()
            .map(|reference| reference.outcome.clone());
        covered.collect::<Result<Vec<_>, _>>().map(Covered::new)
    }

    /// Checks SignatureValue over the canonical SignedInfo (XMLDSig section 3.2.2).
    ///
    /// # Errors
    /// [`CheckError::Signature`], also when `key` is of another kind than the scheme needs.
    pub fn check_signature(&self, key: &PublicKey) -> Result<SignatureValid, CheckError> {
        Ok(verify(key, self.scheme, self.signed_info(), &self.value)?)
    }
}

impl Reference {
    /// `URI` as written: empty, or `#` and an identifier.
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// Algorithm of the digest.
    pub fn digest_algorithm(&self) -> DigestAlgorithm {
        self.digest
    }

    /// What the reference covers, if its digest matches.
    ///
    /// # Errors
    /// [`CheckError::DigestMismatch`] or [`CheckError::NoSuchElement`].
    pub fn covered(&self) -> Result<&CoveredReference, &CheckError> {
        self.outcome.as_ref()
    }
}

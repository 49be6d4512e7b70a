//! The forms of signatures that the national software writes.

use tamga_scheme::{KeyKind, ObjectIdentifier, SignatureScheme};

/// What a new signature looks like, where RFC 5652 leaves a choice and national programs differ.
///
/// [`Profile::default`] is the recommended one: CAdES-BES, signature named by its own identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Profile {
    /// Which signed attributes there are.
    pub attributes: SignedAttributesForm,
    /// What stands in signatureAlgorithm.
    pub algorithm: AlgorithmForm,
}

/// Which signed attributes a new signature has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SignedAttributesForm {
    /// contentType, signingTime, messageDigest.
    Plain,
    /// The same and signingCertificateV2 (ETSI EN 319 122-1 section 6.3, level B-B).
    #[default]
    WithCertificateReference,
    /// contentType, messageDigest, signingCertificateV2: the time stands outside (ETSI EN 319 142-1 section 6.3, PAdES).
    WithoutSigningTime,
}

/// What stands in signatureAlgorithm of a new signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum AlgorithmForm {
    /// The identifier of the key for GOST 34.310-2004 and RSA, of the signature for GOST R 34.10-2015.
    NativeLibrary,
    /// The identifier of the signature.
    #[default]
    Signature,
}

impl Profile {
    /// As the Java provider of the NCA and what is built on it: no certificate reference.
    pub const JAVA: Self = Self {
        attributes: SignedAttributesForm::Plain,
        algorithm: AlgorithmForm::Signature,
    };

    /// As the native library of the NCA.
    pub const NATIVE: Self = Self {
        attributes: SignedAttributesForm::WithCertificateReference,
        algorithm: AlgorithmForm::NativeLibrary,
    };
}

impl AlgorithmForm {
    /// The identifier this form writes for a signature of this scheme.
    pub(crate) fn oid(self, scheme: SignatureScheme) -> ObjectIdentifier {
        match (self, scheme.key_kind()) {
            (Self::NativeLibrary, KeyKind::Gost2004 | KeyKind::Rsa) => scheme.key_oid(),
            (Self::NativeLibrary | Self::Signature, _) => scheme.signature_oid(),
        }
    }
}

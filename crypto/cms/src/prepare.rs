//! Making a SignedData with one signer: which bytes to sign, and the message around the signature.

use tamga_scheme::{Prepared, SignatureScheme, SignatureValue};
use tamga_x509::{Certificate, UnixTime};

use crate::{ContentDigests, Draft, Error, NewSigner, PreparedSigner, Profile};

/// What is signed, and whether it travels inside the message.
#[derive(Debug, Clone, Copy)]
pub enum Content<'a> {
    /// The content is carried by the message.
    Attached(&'a [u8]),
    /// The content stays outside.
    Detached(&'a [u8]),
    /// The content stays outside and only its digest is known: as long as the scheme's digest, in transmission order.
    DetachedDigest(&'a [u8]),
}

/// A message with one signer that waits for its signature.
#[derive(Debug, Clone)]
pub struct PreparedCms<'a> {
    draft: Draft<'a>,
    signer: PreparedSigner,
}

/// Prepares a CAdES-BES message of the national profile (ETSI EN 319 122-1 section 6.3, level B-B).
///
/// The signed attributes are contentType, signingTime, messageDigest and signingCertificateV2, in DER order.
/// More signers, other forms and embedded values: [`Draft`].
///
/// # Errors
/// [`Error::WrongKey`] if the certificate's key does not sign with `scheme`, [`Error::DigestLength`] for a digest
/// of another length, [`Error::SigningTime`] outside 1970..=9999, [`Error::Certificate`] for an unusable key.
pub fn prepare<'a>(
    content: Content<'a>,
    scheme: SignatureScheme,
    certificate: &Certificate,
    signing_time: UnixTime,
) -> Result<PreparedCms<'a>, Error> {
    let mut draft = match content {
        Content::Attached(bytes) => Draft::attached(bytes),
        Content::Detached(bytes) => Draft::detached(ContentDigests::new(bytes)),
        Content::DetachedDigest(digest) => {
            Draft::detached(ContentDigests::known(scheme.digest(), digest)?)
        }
    };
    let signer = draft.prepare(&NewSigner {
        scheme,
        certificate,
        signing_time,
        profile: Profile::default(),
    })?;
    Ok(PreparedCms { draft, signer })
}

impl Prepared for PreparedCms<'_> {
    /// DER of the ContentInfo.
    type Signed = Vec<u8>;

    /// DER of the signed attributes with the universal SET tag (RFC 5652 section 5.4).
    fn to_sign(&self) -> &[u8] {
        self.signer.to_sign()
    }

    fn assemble(self, value: SignatureValue) -> Vec<u8> {
        let mut draft = self.draft;
        draft
            .add(self.signer.assemble(value))
            .and_then(|()| draft.to_der())
            .expect("the only signer of this content, which is in memory or outside")
    }
}

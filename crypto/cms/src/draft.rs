//! A message being made: several signers, more signers for a message that exists, values attached to signatures.

use std::borrow::Cow;
use std::collections::BTreeSet;

use const_oid::ObjectIdentifier;
use tamga_scheme::DigestAlgorithm;
use tamga_x509::Certificate;

use crate::octets::Octets;
use crate::prepared_signer::{FinishedSigner, NewSigner, PreparedSigner, attribute};
use crate::signed_data::{Encapsulated, needed_version};
use crate::time_stamp::VerifiedToken;
use crate::walk::Elements;
use crate::{
    ContentDigests, Error, SignedData, SignerIdentifier, SignerInfo, cades_values, encode, names,
    revocation_info,
};

/// A message that takes in signers one by one, and is written as DER in the end.
///
/// What a message had before is kept byte for byte: content, certificates, revocation lists, SignerInfos. Only the
/// sets they stand in are merged and brought into DER order, the unsigned attributes of a signer that gets one more
/// among them, and the version is that of RFC 5652 section 5.1.
#[derive(Debug, Clone)]
pub struct Draft<'a> {
    content_type: ObjectIdentifier,
    carried: Carried<'a>,
    digests: Option<ContentDigests<'a>>,
    digest_algorithms: Vec<(ObjectIdentifier, Vec<u8>)>,
    certificates: BTreeSet<Vec<u8>>,
    revocation: BTreeSet<Vec<u8>>,
    signers: Vec<Slot>,
}

/// The content's place.
#[derive(Debug, Clone)]
enum Carried<'a> {
    Inside(Cow<'a, [u8]>),
    Outside,
    /// Inside, and written by the caller.
    Streamed {
        length: u64,
    },
}

#[derive(Debug, Clone)]
struct Slot {
    info: SignerInfo,
    /// DER of unsigned attributes that were not there before.
    attached: Vec<Vec<u8>>,
}

/// A message around a content that the caller writes: `head`, the content, `tail`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// Everything before the first byte of the content.
    pub head: Vec<u8>,
    /// Everything behind its last byte.
    pub tail: Vec<u8>,
}

impl<'a> Draft<'a> {
    /// A new message that carries its content.
    pub fn attached(content: &'a [u8]) -> Self {
        Self::new(
            Carried::Inside(content.into()),
            ContentDigests::new(content),
        )
    }

    /// A new message whose content stays outside.
    pub fn detached(digests: ContentDigests<'a>) -> Self {
        Self::new(Carried::Outside, digests)
    }

    /// A new message around a content that has been streamed through a [`crate::ContentDigester`] and that the caller
    /// writes once more, between the parts of [`Self::to_envelope`].
    ///
    /// # Errors
    /// [`Error::ContentMissing`] if only a digest is known.
    pub fn attached_stream(digests: ContentDigests<'a>) -> Result<Self, Error> {
        let length = digests.length().ok_or(Error::ContentMissing)?;
        Ok(Self::new(Carried::Streamed { length }, digests))
    }

    fn new(carried: Carried<'a>, digests: ContentDigests<'a>) -> Self {
        Self {
            content_type: names::DATA,
            carried,
            digests: Some(digests),
            digest_algorithms: Vec::new(),
            certificates: BTreeSet::new(),
            revocation: BTreeSet::new(),
            signers: Vec::new(),
        }
    }

    /// A message that exists, to be given more. Bytes that follow it are left behind.
    ///
    /// For more signers of a detached content [`Self::supply`] it.
    pub fn of(message: &'a SignedData) -> Self {
        let (carried, digests) = match message.encapsulated() {
            Encapsulated::Absent => (Carried::Outside, None),
            Encapsulated::Held(content) => (
                Carried::Inside(Cow::Borrowed(content)),
                Some(ContentDigests::new(content)),
            ),
            Encapsulated::Streamed { length } => (Carried::Streamed { length: *length }, None),
        };
        let owned = |members: &[Octets]| members.iter().map(|member| member.to_vec()).collect();
        Self {
            content_type: message.content_type(),
            carried,
            digests,
            digest_algorithms: message
                .digest_algorithms()
                .iter()
                .map(|(oid, der)| (*oid, der.to_vec()))
                .collect(),
            certificates: owned(message.certificate_set()),
            revocation: owned(message.revocation_set()),
            signers: message
                .signers()
                .iter()
                .map(|info| Slot {
                    info: info.clone(),
                    attached: Vec::new(),
                })
                .collect(),
        }
    }

    /// Gives the content of a message that does not hold it: detached, or streamed by a [`crate::SignedDataReader`].
    ///
    /// # Errors
    /// [`Error::ContentDiffers`] if it is not the content in the message, or not the one a signer of it has signed;
    /// [`Error::DigestNotComputed`] if that cannot be told, because no digest of a signer is among those given.
    pub fn supply(&mut self, mut digests: ContentDigests<'a>) -> Result<(), Error> {
        let same = match &self.carried {
            Carried::Inside(content) => digests.fits(content),
            Carried::Streamed { length } => digests.length() == Some(*length),
            Carried::Outside => true,
        };
        let mut signed = self.signers.iter().filter_map(|slot| {
            let algorithm = DigestAlgorithm::from_oid(slot.info.digest_oid())?;
            Some((algorithm, slot.info.message_digest()?))
        });
        if !same {
            return Err(Error::ContentDiffers);
        }
        // What a message carries is its content, whatever its signers say.
        if !matches!(self.carried, Carried::Inside(_)) {
            let mut unknown = None;
            let mut compared = false;
            for (algorithm, signed) in &mut signed {
                match digests.digest(algorithm) {
                    Some(digest) if digest != signed => return Err(Error::ContentDiffers),
                    Some(_) => compared = true,
                    None => unknown = Some(algorithm),
                }
            }
            if let Some(algorithm) = unknown.filter(|_| !compared) {
                return Err(Error::DigestNotComputed(algorithm));
            }
        }
        match &mut self.digests {
            Some(known) => known.join(digests),
            None => self.digests = Some(digests),
        }
        Ok(())
    }

    /// Embeds a certificate, once; those of signers come by themselves.
    pub fn embed_certificate(&mut self, certificate: &Certificate) {
        self.certificates.insert(certificate.der().to_vec());
    }

    /// Embeds a revocation list, once.
    ///
    /// # Errors
    /// [`Error::Malformed`] if it is not one DER SEQUENCE; nothing else is looked at.
    pub fn embed_crl(&mut self, list: &[u8]) -> Result<(), Error> {
        one_sequence(list, "CertificateList")?;
        self.revocation.insert(list.to_vec());
        Ok(())
    }

    /// Embeds an OCSPResponse, once (RFC 5940 section 2.1). The message becomes version 5.
    ///
    /// # Errors
    /// [`Error::Malformed`] if it is not one DER SEQUENCE; nothing else is looked at.
    pub fn embed_ocsp_response(&mut self, response: &[u8]) -> Result<(), Error> {
        one_sequence(response, "OCSPResponse")?;
        self.revocation
            .insert(revocation_info::write_ocsp_response(response));
        Ok(())
    }

    /// Says what a new signer must sign.
    ///
    /// # Errors
    /// [`Error::SignerExists`] if it has signed already; [`Error::WrongKey`] if the certificate's key does not sign with
    /// the scheme; [`Error::Certificate`] for an unusable key; [`Error::ContentMissing`] and
    /// [`Error::DigestNotComputed`] if the digest cannot be had; [`Error::SigningTime`] outside 1970..=9999.
    pub fn prepare(&mut self, signer: &NewSigner<'_>) -> Result<PreparedSigner, Error> {
        let key = signer.certificate.public_key()?.kind();
        if key != signer.scheme.key_kind() {
            let scheme = signer.scheme;
            return Err(Error::WrongKey { scheme, key });
        }
        self.refuse_twice(signer.certificate)?;
        let digest = self.digest(signer.scheme.digest())?;
        PreparedSigner::new(signer, self.content_type, &digest)
    }

    /// Takes a signer in, with its certificate.
    ///
    /// # Errors
    /// [`Error::SignerExists`] if it has signed already, [`Error::ContentDiffers`] if it was prepared for another content.
    pub fn add(&mut self, signer: FinishedSigner) -> Result<(), Error> {
        self.refuse_twice(&signer.certificate)?;
        let digest = self.digest(signer.scheme.digest())?;
        if signer.info.message_digest() != Some(&digest) {
            return Err(Error::ContentDiffers);
        }
        let oid = signer.info.digest_oid();
        if self.digest_algorithms.iter().all(|(one, _)| *one != oid) {
            self.digest_algorithms.push((oid, encode::algorithm(oid)));
        }
        self.embed_certificate(&signer.certificate);
        self.signers.push(Slot {
            info: signer.info,
            attached: Vec::new(),
        });
        Ok(())
    }

    /// The signers up to now: those of the message that was there, in its order, then those added.
    pub fn signers(&self) -> impl ExactSizeIterator<Item = &SignerInfo> {
        self.signers.iter().map(|slot| &slot.info)
    }

    /// Attaches a time stamp to a signature (CAdES-T); beside those it has, if any.
    ///
    /// # Errors
    /// [`Error::NoSigner`], or [`Error::TimeStampOfAnother`] if it was not made over this signature.
    pub fn attach_time_stamp(&mut self, signer: usize, token: &VerifiedToken) -> Result<(), Error> {
        let slot = self.slot(signer)?;
        if !token.token().is_over(slot.info.signature().as_bytes()) {
            return Err(Error::TimeStampOfAnother);
        }
        self.attach(signer, names::TIME_STAMP_TOKEN, token.token().der())
    }

    /// Attaches certificates to a signature, for its verification long after (ETSI EN 319 122-1 annex A.1.1.2).
    ///
    /// # Errors
    /// [`Error::NoSigner`].
    pub fn attach_certificate_values(
        &mut self,
        signer: usize,
        certificates: &[Certificate],
    ) -> Result<(), Error> {
        let value = cades_values::write_certificates(certificates);
        self.attach(signer, names::CERTIFICATE_VALUES, &value)
    }

    /// Attaches revocation lists and OCSPResponses to a signature (ETSI EN 319 122-1 annex A.1.2.2).
    ///
    /// # Errors
    /// [`Error::NoSigner`], and [`Error::Malformed`] for a list that is not one DER SEQUENCE and for a response that is
    /// not successful or not basic.
    pub fn attach_revocation_values(
        &mut self,
        signer: usize,
        lists: &[&[u8]],
        responses: &[&[u8]],
    ) -> Result<(), Error> {
        for list in lists {
            one_sequence(list, "CertificateList")?;
        }
        let value = cades_values::write_revocation(lists, responses)?;
        self.attach(signer, names::REVOCATION_VALUES, &value)
    }

    /// Writes the message.
    ///
    /// # Errors
    /// [`Error::ContentMissing`] if the content was streamed, see [`Self::to_envelope`].
    pub fn to_der(&self) -> Result<Vec<u8>, Error> {
        match &self.carried {
            Carried::Inside(content) => {
                let parts = self.envelope(Some(content.len() as u64))?;
                Ok([&parts.head, content.as_ref(), &parts.tail].concat())
            }
            Carried::Outside => {
                let parts = self.envelope(None)?;
                Ok([parts.head, parts.tail].concat())
            }
            Carried::Streamed { .. } => Err(Error::ContentMissing),
        }
    }

    /// Writes what stands before and behind the content inside the message.
    ///
    /// # Errors
    /// [`Error::ContentMissing`] if the content stays outside.
    pub fn to_envelope(&self) -> Result<Envelope, Error> {
        match &self.carried {
            Carried::Inside(content) => self.envelope(Some(content.len() as u64)),
            Carried::Outside => Err(Error::ContentMissing),
            Carried::Streamed { length } => self.envelope(Some(*length)),
        }
    }

    fn attach(&mut self, signer: usize, oid: ObjectIdentifier, value: &[u8]) -> Result<(), Error> {
        self.slot(signer)?.attached.push(attribute(oid, value));
        Ok(())
    }

    fn slot(&mut self, signer: usize) -> Result<&mut Slot, Error> {
        self.signers.get_mut(signer).ok_or(Error::NoSigner(signer))
    }

    fn digest(&mut self, algorithm: DigestAlgorithm) -> Result<Vec<u8>, Error> {
        self.digests
            .as_mut()
            .ok_or(Error::ContentMissing)?
            .digest(algorithm)
            .map(<[u8]>::to_vec)
            .ok_or(Error::DigestNotComputed(algorithm))
    }

    fn refuse_twice(&self, certificate: &Certificate) -> Result<(), Error> {
        if self.signers().any(|info| info.matches(certificate)) {
            let named = certificate.issuer_and_serial();
            return Err(Error::SignerExists(SignerIdentifier::IssuerAndSerial(
                named,
            )));
        }
        Ok(())
    }

    /// The message around a content of `length` bytes, or without content.
    fn envelope(&self, length: Option<u64>) -> Result<Envelope, Error> {
        let version = needed_version(
            self.content_type,
            &self.certificates,
            &self.revocation,
            self.signers().map(SignerInfo::version),
        )?;
        let mut algorithms: Vec<_> = self.digest_algorithms.iter().map(|(_, der)| der).collect();
        let mut signers: Vec<_> = self.signers.iter().map(Slot::to_der).collect();
        let before = [
            encode::element(encode::INTEGER, &[&[version]]),
            encode::set_of(encode::SET, &mut algorithms),
        ]
        .concat();
        let content_type = encode::object_identifier(self.content_type);
        let set = |tag, members: &BTreeSet<Vec<u8>>| {
            let parts: Vec<&[u8]> = members.iter().map(Vec::as_slice).collect();
            (!parts.is_empty()).then(|| encode::element(tag, &parts))
        };
        let tail = [
            set(encode::CONTEXT_0, &self.certificates).unwrap_or_default(),
            set(encode::CONTEXT_1, &self.revocation).unwrap_or_default(),
            encode::set_of(encode::SET, &mut signers),
        ]
        .concat();

        // From the inside out, as every length needs those inside it.
        let around = |length: u64| encode::header_len(length) + length;
        let octets = length.map_or(0, around);
        let explicit = length.map_or(0, |_| around(octets));
        let encap_content_info = content_type.len() as u64 + explicit;
        let signed_data = (before.len() + tail.len()) as u64 + around(encap_content_info);
        let outer_type = encode::object_identifier(names::SIGNED_DATA);

        let mut head = Vec::with_capacity(before.len() + 64);
        let content_info = outer_type.len() as u64 + around(around(signed_data));
        encode::push_header(&mut head, encode::SEQUENCE, content_info);
        head.extend_from_slice(&outer_type);
        encode::push_header(&mut head, encode::CONTEXT_0, around(signed_data));
        encode::push_header(&mut head, encode::SEQUENCE, signed_data);
        head.extend_from_slice(&before);
        encode::push_header(&mut head, encode::SEQUENCE, encap_content_info);
        head.extend_from_slice(&content_type);
        if let Some(length) = length {
            encode::push_header(&mut head, encode::CONTEXT_0, octets);
            encode::push_header(&mut head, encode::OCTET_STRING, length);
        }
        Ok(Envelope { head, tail })
    }
}

impl Slot {
    /// The SignerInfo as it was, with what has been attached among its unsigned attributes.
    fn to_der(&self) -> Cow<'_, [u8]> {
        let der = self.info.der();
        if self.attached.is_empty() {
            return Cow::Borrowed(der);
        }
        let (before, mut attributes) = self
            .info
            .split_unsigned()
            .expect("a SignerInfo that has been read splits");
        attributes.extend(self.attached.iter().map(Vec::as_slice));
        let set = encode::set_of(encode::CONTEXT_1, &mut attributes);
        Cow::Owned(encode::element(encode::SEQUENCE, &[before, &set]))
    }
}

fn one_sequence(der: &[u8], field: &'static str) -> Result<(), Error> {
    let mut elements = Elements::new(der, field)?;
    elements.required(encode::SEQUENCE)?;
    elements.finish()
}

//! Writing and taking apart messages in tests, independently of the crate's own writer.
#![allow(dead_code, reason = "each test binary uses its own part")]

use std::path::PathBuf;
use std::sync::OnceLock;

use tamga_cms::{CheckError, ContentDigests, Draft, Limits, NewSigner, Profile, SignedData};
use tamga_scheme::{AskNobody, Prepared, PrivateKey, Signer as _, SoftwareSigner, ToSign};
use tamga_test_pki::{Holder, TestPki};
use tamga_test_support::System;
use tamga_x509::UnixTime;

/// 2026-11-20.
pub(crate) const NOW: UnixTime = UnixTime(1_795_165_200);

/// One holder for each kind of key.
pub(crate) const HOLDERS: [&str; 3] = [
    "gost2015_individual",
    "gost2004_individual",
    "rsa_individual",
];

/// The test CA, made once for each test program.
pub(crate) fn pki() -> &'static TestPki {
    static PKI: OnceLock<TestPki> = OnceLock::new();
    PKI.get_or_init(|| TestPki::generate(NOW, &System).expect("a test CA"))
}

/// Somebody of the test CA.
pub(crate) fn holder(id: &str) -> &'static Holder {
    pki().holder(id).expect("a holder of this name")
}

/// Who signs now, in the recommended form.
pub(crate) fn new_signer(holder: &Holder) -> NewSigner<'_> {
    NewSigner {
        scheme: holder.person.scheme,
        certificate: &holder.certificate,
        signing_time: NOW,
        profile: Profile::default(),
    }
}

/// Signs and assembles.
pub(crate) fn complete<P: Prepared>(prepared: P, key: &PrivateKey) -> P::Signed {
    let value = SoftwareSigner::new(key, &System)
        .sign(ToSign::Bytes(prepared.to_sign()), &mut AskNobody)
        .expect("a signature");
    prepared.assemble(value)
}

/// Adds the signature of a holder.
pub(crate) fn sign_in(draft: &mut Draft<'_>, holder: &Holder) {
    let prepared = draft.prepare(&new_signer(holder)).expect("prepared");
    draft.add(complete(prepared, &holder.key)).expect("added");
}

pub(crate) fn parse(bytes: &[u8]) -> SignedData {
    SignedData::parse(bytes, &Limits::default()).expect("a message")
}

/// Every signer's checks with certificates of the message; the number of signers.
pub(crate) fn verify(
    message: &SignedData,
    content: &mut ContentDigests<'_>,
) -> Result<usize, CheckError> {
    for signer in message.signers() {
        let bound = signer.check_digests(content)?;
        let certificate = message
            .certificates()
            .iter()
            .find(|certificate| signer.matches(certificate))
            .expect("the signer's certificate");
        signer.check_ess(certificate)?;
        signer.check_signature(certificate.public_key().expect("a key"), &bound)?;
    }
    Ok(message.signers().len())
}

/// The fixtures folder beside the checkout, or `None` when it is absent as a whole.
pub(crate) fn fixtures() -> Option<PathBuf> {
    tamga_test_support::fixtures_dir()
}

/// One TLV with a minimal length.
pub(crate) fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let mut out = vec![tag];
    match content.len() {
        length @ 0..0x80 => out.push(length as u8),
        length @ 0x80..0x100 => out.extend([0x81, length as u8]),
        length => {
            let length = u16::try_from(length).expect("tests write small messages");
            out.push(0x82);
            out.extend(length.to_be_bytes());
        }
    }
    out.extend(content);
    out
}

/// The TLVs inside `content`: tag, content, whole.
pub(crate) fn children(mut content: &[u8]) -> Vec<(u8, &[u8], &[u8])> {
    let mut found = Vec::new();
    while let [tag, first, ..] = *content {
        let (header, length) = match first {
            0x81 => (3, usize::from(content[2])),
            0x82 => (4, usize::from(u16::from_be_bytes([content[2], content[3]]))),
            0x83 => (
                5,
                u32::from_be_bytes([0, content[2], content[3], content[4]]) as usize,
            ),
            short => (2, usize::from(short)),
        };
        let (whole, rest) = content.split_at(header + length);
        found.push((tag, &whole[header..], whole));
        content = rest;
    }
    found
}

/// Content of the SignedData inside a ContentInfo in DER.
pub(crate) fn signed_data(message: &[u8]) -> &[u8] {
    let info = children(message)[0].1;
    let explicit = children(info)[1].1;
    children(explicit)[0].1
}

/// As [`signed_data`], for bytes that may be followed by others; empty if the message is not DER.
pub(crate) fn signed_data_of<'a>(message: &SignedData, bytes: &'a [u8]) -> &'a [u8] {
    match message.is_der() {
        true => signed_data(&bytes[..bytes.len() - message.trailing_bytes()]),
        false => &[],
    }
}

/// Content of the first SignerInfo of a message in DER.
pub(crate) fn signer_info(message: &[u8]) -> &[u8] {
    let fields = children(signed_data(message));
    let (tag, set, _) = *fields.last().expect("signerInfos");
    assert_eq!(tag, 0x31);
    children(set)[0].1
}

/// 1.2.840.113549.1.7.1
pub(crate) const DATA: &[u8] = &[0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
/// 1.2.840.113549.1.7.2
pub(crate) const SIGNED_DATA: &[u8] = &[0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];
/// 1.2.840.113549.1.9.3
pub(crate) const CONTENT_TYPE: &[u8] = &[0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 3];
/// 1.2.840.113549.1.9.4
pub(crate) const MESSAGE_DIGEST: &[u8] = &[0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 4];
/// 1.2.840.113549.1.9.5
pub(crate) const SIGNING_TIME: &[u8] = &[0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 5];
/// AlgorithmIdentifier of SHA-256 with NULL.
pub(crate) const SHA256: &[u8] = &[
    0x30, 13, 0x06, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1, 0x05, 0,
];
/// AlgorithmIdentifier of sha256WithRSAEncryption with NULL.
pub(crate) const RSA_SHA256: &[u8] = &[
    0x30, 13, 0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11, 0x05, 0,
];

/// A SignedData of our own making, without certificates unless asked.
pub(crate) struct Message {
    pub(crate) version: u8,
    pub(crate) digest_algorithms: Vec<u8>,
    pub(crate) content_type: Vec<u8>,
    pub(crate) content: Option<Vec<u8>>,
    pub(crate) certificates: Vec<Vec<u8>>,
    pub(crate) signers: Vec<Signer>,
}

/// A SignerInfo of our own making.
pub(crate) struct Signer {
    pub(crate) version: u8,
    pub(crate) sid: Vec<u8>,
    pub(crate) digest_algorithm: Vec<u8>,
    /// In this order.
    pub(crate) signed_attributes: Option<Vec<Vec<u8>>>,
    pub(crate) signature_algorithm: Vec<u8>,
    pub(crate) signature: Vec<u8>,
}

impl Message {
    /// Attached id-data without signers.
    pub(crate) fn new(content: &[u8]) -> Self {
        Self {
            version: 1,
            digest_algorithms: SHA256.to_vec(),
            content_type: DATA.to_vec(),
            content: Some(content.to_vec()),
            certificates: Vec::new(),
            signers: Vec::new(),
        }
    }

    /// DER, apart from the order the caller chose.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let content = self
            .content
            .as_ref()
            .map(|bytes| tlv(0xa0, &[&tlv(0x04, &[bytes])]));
        let certificates =
            (!self.certificates.is_empty()).then(|| tlv(0xa0, &[&self.certificates.concat()]));
        let signers: Vec<u8> = self.signers.iter().flat_map(Signer::bytes).collect();
        let signed_data = tlv(
            0x30,
            &[
                &[0x02, 1, self.version],
                &tlv(0x31, &[&self.digest_algorithms]),
                &tlv(0x30, &[&self.content_type, &content.unwrap_or_default()]),
                &certificates.unwrap_or_default(),
                &tlv(0x31, &[&signers]),
            ],
        );
        tlv(0x30, &[SIGNED_DATA, &tlv(0xa0, &[&signed_data])])
    }
}

impl Signer {
    /// RSA with SHA-256 over these attributes; an issuer "CN=A", serial number 1, and a signature that does not hold.
    pub(crate) fn new(signed_attributes: Option<Vec<Vec<u8>>>) -> Self {
        let common_name = tlv(0x30, &[&[0x06, 3, 0x55, 4, 3], &tlv(0x0c, &[b"A"])]);
        let issuer = tlv(0x30, &[&tlv(0x31, &[&common_name])]);
        Self {
            version: 1,
            sid: tlv(0x30, &[&issuer, &[0x02, 1, 1]]),
            digest_algorithm: SHA256.to_vec(),
            signed_attributes,
            signature_algorithm: RSA_SHA256.to_vec(),
            signature: vec![0; 256],
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let attributes = self
            .signed_attributes
            .as_ref()
            .map(|list| tlv(0xa0, &[&list.concat()]));
        tlv(
            0x30,
            &[
                &[0x02, 1, self.version],
                &self.sid,
                &self.digest_algorithm,
                &attributes.unwrap_or_default(),
                &self.signature_algorithm,
                &tlv(0x04, &[&self.signature]),
            ],
        )
    }
}

/// An attribute with these values.
pub(crate) fn attribute(oid: &[u8], values: &[&[u8]]) -> Vec<u8> {
    tlv(0x30, &[oid, &tlv(0x31, values)])
}

/// contentType and messageDigest for this content, in DER order.
pub(crate) fn attributes_for(content: &[u8]) -> Vec<Vec<u8>> {
    let digest = tamga_scheme::DigestAlgorithm::Sha256.digest(content);
    vec![
        attribute(CONTENT_TYPE, &[DATA]),
        attribute(MESSAGE_DIGEST, &[&tlv(0x04, &[&digest])]),
    ]
}

//! Making the pair: a CA that signs once, and its leaf.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    time::{Duration, SystemTime},
};

use rcgen::{
    BasicConstraints, CertificateParams, CidrSubnet, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints, SanType,
};
use time::OffsetDateTime;
use zeroize::{Zeroize, Zeroizing};

use crate::Error;

/// How long a pair lives, counted from [`BACKDATE`] before it was made.
pub const LIFETIME: Duration = Duration::from_secs(820 * 24 * 60 * 60);

/// Certificates begin a day early: clocks of home computers and of their browsers' processes are not equal.
const BACKDATE: Duration = Duration::from_secs(24 * 60 * 60);

/// The certificate by which browsers recognise the agent, and what they must trust for it.
///
/// Has no `Debug` and no `Clone`: it holds the leaf's private key.
pub struct LocalIdentity {
    pub(crate) ca_der: Vec<u8>,
    pub(crate) leaf_der: Vec<u8>,
    pub(crate) leaf_key: Zeroizing<Vec<u8>>,
    pub(crate) not_after: SystemTime,
    pub(crate) ca_name: String,
}

impl LocalIdentity {
    /// Makes a new CA and a leaf, valid around `now`, and forgets the CA's private key.
    ///
    /// What is wiped: the PKCS#8 copy of the CA key that the certificate library keeps. What cannot be: the
    /// scalar inside ring's key object (freed, not overwritten) and whatever the stack held meanwhile. The key
    /// never leaves the memory of this call.
    ///
    /// # Errors
    /// [`Error::Generate`] when the system has no randomness to give, [`Error::Clock`] for an impossible `now`.
    pub fn generate(now: SystemTime) -> Result<Self, Error> {
        let mut ca = Authority::generate(now)?;
        let leaf = ca.sign_leaf(&loopback_names(), &[ExtendedKeyUsagePurpose::ServerAuth]);
        ca.forget_key();
        let leaf = leaf?;
        Ok(Self {
            ca_der: ca.der,
            leaf_der: leaf.der,
            leaf_key: leaf.key,
            not_after: ca.not_after,
            ca_name: ca.name,
        })
    }

    /// The CA certificate, DER: what trust stores are given.
    #[must_use]
    pub fn ca_der(&self) -> &[u8] {
        &self.ca_der
    }

    /// The CA certificate, PEM.
    #[must_use]
    pub fn ca_pem(&self) -> String {
        certificate_pem(&self.ca_der)
    }

    /// What a TLS server presents: leaf, then CA, each DER.
    #[must_use]
    pub fn chain_der(&self) -> [&[u8]; 2] {
        [&self.leaf_der, &self.ca_der]
    }

    /// [`Self::chain_der`] as PEM.
    #[must_use]
    pub fn chain_pem(&self) -> String {
        self.chain_der().map(certificate_pem).concat()
    }

    /// The leaf's private key, PKCS#8 DER (P-256).
    #[must_use]
    pub fn leaf_key(&self) -> &[u8] {
        &self.leaf_key
    }

    /// Last moment at which both certificates are valid.
    #[must_use]
    pub fn not_after(&self) -> SystemTime {
        self.not_after
    }

    /// The CA's common name; its eight hexadecimal digits differ from computer to computer, so that copies that
    /// wandered from one to another can be told apart in a list of certificates.
    #[must_use]
    pub fn ca_name(&self) -> &str {
        &self.ca_name
    }
}

/// A CA that still has its key. Never leaves this crate.
pub(crate) struct Authority {
    pub(crate) der: Vec<u8>,
    params: CertificateParams,
    key: KeyPair,
    not_after: SystemTime,
    name: String,
}

/// A freshly signed end-entity certificate with its key.
pub(crate) struct Leaf {
    pub(crate) der: Vec<u8>,
    pub(crate) key: Zeroizing<Vec<u8>>,
}

impl Authority {
    pub(crate) fn generate(now: SystemTime) -> Result<Self, Error> {
        let key = KeyPair::generate()?;
        let name = format!(
            "Tamga local CA {} (this computer only)",
            mark(key.public_key_raw())
        );
        let (not_before, not_after) = validity(now)?;
        let mut params = CertificateParams::default();
        params.not_before = calendar(not_before)?;
        params.not_after = calendar(not_after)?;
        params.distinguished_name.push(DnType::CommonName, &name);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.name_constraints = Some(NameConstraints {
            permitted_subtrees: permitted(),
            excluded_subtrees: vec![],
        });
        let der = params.self_signed(&key)?.der().to_vec();
        Ok(Self {
            der,
            params,
            key,
            not_after,
            name,
        })
    }

    pub(crate) fn sign_leaf(
        &self,
        names: &[SanType],
        usages: &[ExtendedKeyUsagePurpose],
    ) -> Result<Leaf, Error> {
        let mut params = CertificateParams::default();
        params.not_before = self.params.not_before;
        params.not_after = self.params.not_after;
        params
            .distinguished_name
            .push(DnType::CommonName, "Tamga local agent");
        params.subject_alt_names = names.to_vec();
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = usages.to_vec();
        params.use_authority_key_identifier_extension = true;
        let mut key = KeyPair::generate()?;
        let issuer = Issuer::from_params(&self.params, &self.key);
        let signed = params.signed_by(&key, &issuer);
        let pkcs8 = Zeroizing::new(key.serialized_der().to_vec());
        key.zeroize();
        Ok(Leaf {
            der: signed?.der().to_vec(),
            key: pkcs8,
        })
    }

    fn forget_key(&mut self) {
        self.key.zeroize();
    }
}

/// The names under which a page may call the agent.
pub(crate) fn loopback_names() -> [SanType; 3] {
    let localhost = "localhost".try_into().expect("ASCII is an IA5String");
    [
        SanType::DnsName(localhost),
        SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        SanType::IpAddress(IpAddr::V6(Ipv6Addr::LOCALHOST)),
    ]
}

/// RFC 5280 section 4.2.1.10: with one permitted DNS subtree and two permitted addresses, every other DNS name and
/// address is refused. Names of other kinds (e-mail, directory) are closed off by the EKU.
fn permitted() -> Vec<GeneralSubtree> {
    vec![
        GeneralSubtree::DnsName("localhost".into()),
        GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(Ipv4Addr::LOCALHOST.into(), 32)),
        GeneralSubtree::IpAddress(CidrSubnet::from_addr_prefix(
            Ipv6Addr::LOCALHOST.into(),
            128,
        )),
    ]
}

/// First four bytes of the x coordinate of an uncompressed point (`04 ‖ x ‖ y`), hexadecimal.
fn mark(public_key: &[u8]) -> String {
    public_key
        .iter()
        .skip(1)
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn validity(now: SystemTime) -> Result<(SystemTime, SystemTime), Error> {
    let seconds = now
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_err(|_| Error::Clock)?
        .as_secs();
    // Certificates count whole seconds; what is shown and compared later must be what they carry.
    let start = SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
    let not_before = start.checked_sub(BACKDATE).ok_or(Error::Clock)?;
    let not_after = not_before.checked_add(LIFETIME).ok_or(Error::Clock)?;
    Ok((not_before, not_after))
}

fn calendar(time: SystemTime) -> Result<OffsetDateTime, Error> {
    let seconds = time
        .duration_since(SystemTime::UNIX_EPOCH)
        .map_err(|_| Error::Clock)?
        .as_secs();
    let seconds = i64::try_from(seconds).map_err(|_| Error::Clock)?;
    OffsetDateTime::from_unix_timestamp(seconds).map_err(|_| Error::Clock)
}

fn certificate_pem(der: &[u8]) -> String {
    der::pem::encode_string("CERTIFICATE", der::pem::LineEnding::LF, der)
        .expect("the label is valid and the output is sized by the encoder")
}

#[cfg(test)]
mod tests;

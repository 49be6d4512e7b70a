//! Object identifiers of PKCS#12 and of what it borrows.

use const_oid::ObjectIdentifier;

const fn oid(dotted: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(dotted)
}

// PKCS#7 content types (RFC 5652 sections 4 and 8).
pub(super) const DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.1");
pub(super) const ENCRYPTED_DATA: ObjectIdentifier = oid("1.2.840.113549.1.7.6");

// Bag types (RFC 7292 section 4.2 and appendix D).
pub(super) const KEY_BAG: ObjectIdentifier = oid("1.2.840.113549.1.12.10.1.1");
pub(super) const SHROUDED_KEY_BAG: ObjectIdentifier = oid("1.2.840.113549.1.12.10.1.2");
pub(super) const CERT_BAG: ObjectIdentifier = oid("1.2.840.113549.1.12.10.1.3");
pub(super) const SAFE_CONTENTS_BAG: ObjectIdentifier = oid("1.2.840.113549.1.12.10.1.6");

/// x509Certificate (RFC 7292 section 4.2.3).
pub(super) const X509_CERTIFICATE: ObjectIdentifier = oid("1.2.840.113549.1.9.22.1");

// Bag attributes (RFC 2985 section 5.5).
pub(super) const FRIENDLY_NAME: ObjectIdentifier = oid("1.2.840.113549.1.9.20");
pub(super) const LOCAL_KEY_ID: ObjectIdentifier = oid("1.2.840.113549.1.9.21");

// Password-based encryption (RFC 7292 appendix C, RFC 8018 appendix A.4).
pub(super) const PBE_3DES_3_KEYS: ObjectIdentifier = oid("1.2.840.113549.1.12.1.3");
pub(super) const PBE_3DES_2_KEYS: ObjectIdentifier = oid("1.2.840.113549.1.12.1.4");
pub(super) const PBE_RC2_128: ObjectIdentifier = oid("1.2.840.113549.1.12.1.5");
pub(super) const PBE_RC2_40: ObjectIdentifier = oid("1.2.840.113549.1.12.1.6");
pub(super) const PBES2: ObjectIdentifier = oid("1.2.840.113549.1.5.13");

// Digests of the integrity check.
pub(super) const SHA_1: ObjectIdentifier = oid("1.3.14.3.2.26");
pub(super) const SHA_256: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.1");
pub(super) const SHA_384: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.2");
pub(super) const SHA_512: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.3");
pub(super) const SHA_224: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.4");
pub(super) const SHA_512_224: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.5");
pub(super) const SHA_512_256: ObjectIdentifier = oid("2.16.840.1.101.3.4.2.6");

/// Instead of a digest: PBMAC1 (RFC 9579).
pub(super) const PBMAC1: ObjectIdentifier = oid("1.2.840.113549.1.5.14");

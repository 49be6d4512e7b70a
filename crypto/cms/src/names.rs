//! Object identifiers of CMS content types and attributes, once.

use const_oid::{ObjectIdentifier, db};

/// id-data (RFC 5652 section 4).
pub(crate) const DATA: ObjectIdentifier = db::rfc5911::ID_DATA;
/// id-signedData (RFC 5652 section 5.1).
pub(crate) const SIGNED_DATA: ObjectIdentifier = db::rfc5911::ID_SIGNED_DATA;

/// id-contentType (RFC 5652 section 11.1).
pub(crate) const CONTENT_TYPE: ObjectIdentifier = db::rfc5911::ID_CONTENT_TYPE;
/// id-messageDigest (RFC 5652 section 11.2).
pub(crate) const MESSAGE_DIGEST: ObjectIdentifier = db::rfc5911::ID_MESSAGE_DIGEST;
/// id-signingTime (RFC 5652 section 11.3).
pub(crate) const SIGNING_TIME: ObjectIdentifier = db::rfc5911::ID_SIGNING_TIME;

/// id-aa-signingCertificate, SHA-1 (RFC 2634 section 5.4).
pub(crate) const SIGNING_CERTIFICATE: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.12");
/// id-aa-timeStampToken (RFC 3161 appendix A).
pub(crate) const TIME_STAMP_TOKEN: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.14");
/// id-aa-signingCertificateV2 (RFC 5035 section 3).
pub(crate) const SIGNING_CERTIFICATE_V2: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");

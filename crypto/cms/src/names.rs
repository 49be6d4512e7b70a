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
/// id-aa-ets-certValues (ETSI EN 319 122-1 annex A.1.1.2).
pub(crate) const CERTIFICATE_VALUES: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.23");
/// id-aa-ets-revocationValues (ETSI EN 319 122-1 annex A.1.2.2).
pub(crate) const REVOCATION_VALUES: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.24");

/// id-ct-TSTInfo (RFC 3161 section 2.4.2).
pub(crate) const TST_INFO: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
/// id-kp-timeStamping (RFC 3161 section 2.3).
pub(crate) const TIME_STAMPING: ObjectIdentifier = db::rfc5280::ID_KP_TIME_STAMPING;

/// id-ri-ocsp-response (RFC 5940 section 2.1).
pub(crate) const OCSP_RESPONSE_INFO: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.16.2");
/// id-pkix-ocsp-basic (RFC 6960 section 4.2.1).
pub(crate) const BASIC_OCSP_RESPONSE: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.1");

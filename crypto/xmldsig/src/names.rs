//! Namespaces and algorithm identifiers of the signature syntax; digests and schemes have theirs in `tamga-scheme`.

/// XML Signature.
pub(crate) const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
/// Key values of XML Signature 1.1; those of 1.0 are in [`DS`].
pub(crate) const DS_11: &str = "http://www.w3.org/2009/xmldsig11#";
/// Key values of RFC 4050.
pub(crate) const DS_MORE: &str = "http://www.w3.org/2001/04/xmldsig-more#";
/// `xsi:type` (XML Schema part 1 section 2.6.1).
pub(crate) const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// `xml:` prefix (Namespaces in XML 1.0 section 3).
pub(crate) const XML: &str = "http://www.w3.org/XML/1998/namespace";
/// `xmlns:` prefix (Namespaces in XML 1.0 section 3).
pub(crate) const XMLNS: &str = "http://www.w3.org/2000/xmlns/";
/// Exclusive XML Canonicalization, both namespace of `InclusiveNamespaces` and algorithm.
pub(crate) const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
/// Exclusive XML Canonicalization, comments kept.
pub(crate) const EXCLUSIVE_WITH_COMMENTS: &str =
    "http://www.w3.org/2001/10/xml-exc-c14n#WithComments";
/// Canonical XML 1.0.
pub(crate) const INCLUSIVE: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";
/// Canonical XML 1.0, comments kept.
pub(crate) const INCLUSIVE_WITH_COMMENTS: &str =
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments";
/// Canonical XML 1.1.
pub(crate) const INCLUSIVE_11: &str = "http://www.w3.org/2006/12/xml-c14n11";
/// Canonical XML 1.1, comments kept.
pub(crate) const INCLUSIVE_11_WITH_COMMENTS: &str =
    "http://www.w3.org/2006/12/xml-c14n11#WithComments";
/// Enveloped signature transform (XMLDSig section 6.6.4).
pub(crate) const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
/// WS-Security 1.0.
pub(crate) const WSSE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
/// WS-Security utilities: `wsu:Id`.
pub(crate) const WSU: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
/// `ValueType` of a certificate itself (WSS X.509 Token Profile 1.0 section 3.1.1).
pub(crate) const X509_V3: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3";
/// `EncodingType` of tokens (WSS SOAP Message Security 1.0 section 6.3).
pub(crate) const BASE64_BINARY: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary";
/// SOAP 1.1 envelope.
pub(crate) const SOAP_11: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// SOAP 1.2 envelope.
pub(crate) const SOAP_12: &str = "http://www.w3.org/2003/05/soap-envelope";

//! Certificates of `ds:KeyInfo` (XMLDSig section 4.4) and `wsse:SecurityTokenReference` (WSS 1.0 section 7).

use tamga_x509::Certificate;

use crate::element::Element;
use crate::names::{BASE64_BINARY, DS, DS_11, DS_MORE, WSSE, X509_V3, XSI};
use crate::signature_reader::SignatureReader;
use crate::{Error, Part};

/// Where a certificate stands.
pub(crate) enum KeySource {
    /// In the signature.
    Certificate(Box<Certificate>),
    /// In the `wsse:BinarySecurityToken` with this identifier.
    Token(String),
}

/// Everything in KeyInfo that is a certificate or leads to one.
///
/// Names and key values are passed over: they are hints, the verifier needs a certificate. Whatever is not known is
/// an error, at any depth: KeyInfo stands inside the document and is not signed, so elements of the application could
/// be smuggled in here and found by whoever reads it.
pub(crate) fn sources(
    reader: &SignatureReader<'_>,
    key_info: &Element<'_>,
) -> Result<Vec<KeySource>, Error> {
    let mut found = Vec::new();
    for child in reader.children(key_info, "KeyInfo")? {
        match name(child) {
            (DS, "X509Data") => x509_data(reader, child, &mut found)?,
            (DS, "KeyName") => text_only(reader, child)?,
            (DS, "KeyValue") => key_value(reader, child)?,
            (WSSE, "SecurityTokenReference") => {
                token_reference(reader, child, &mut found)?;
            }
            (_, other) => return Err(reader.unsupported(Part::Element, other)),
        }
    }
    Ok(found)
}

/// Section 4.4.4.
fn x509_data(
    reader: &SignatureReader<'_>,
    data: &Element<'_>,
    found: &mut Vec<KeySource>,
) -> Result<(), Error> {
    for child in reader.children(data, "X509Data")? {
        match name(child) {
            (DS, "X509Certificate") => {
                let certificate = certificate(reader, child, "X509Certificate")?;
                take(reader, found, KeySource::Certificate(Box::new(certificate)))?;
            }
            (DS, "X509SubjectName" | "X509SKI" | "X509CRL") => text_only(reader, child)?,
            (DS, "X509IssuerSerial") => {
                for part in reader.children(child, "X509IssuerSerial")? {
                    match name(part) {
                        (DS, "X509IssuerName" | "X509SerialNumber") => {
                            text_only(reader, part)?;
                        }
                        (_, other) => return Err(reader.unsupported(Part::Element, other)),
                    }
                }
            }
            (_, other) => return Err(reader.unsupported(Part::Element, other)),
        }
    }
    Ok(())
}

/// WSS 1.0 section 7: the certificate itself as KeyIdentifier, or a BinarySecurityToken by reference.
fn token_reference(
    reader: &SignatureReader<'_>,
    reference: &Element<'_>,
    found: &mut Vec<KeySource>,
) -> Result<(), Error> {
    for child in reader.children(reference, "SecurityTokenReference")? {
        match name(child) {
            (WSSE, "KeyIdentifier") => {
                let certificate = token(reader, child, "KeyIdentifier")?;
                take(reader, found, KeySource::Certificate(Box::new(certificate)))?;
            }
            (WSSE, "Reference") => {
                let uri = child
                    .attribute("URI")
                    .ok_or_else(|| reader.malformed("Reference", "no URI attribute"))?;
                match uri.strip_prefix('#') {
                    Some(id) if !id.is_empty() => {
                        take(reader, found, KeySource::Token(id.to_owned()))?;
                    }
                    _ => return Err(reader.unsupported(Part::ReferenceUri, uri)),
                }
            }
            (DS, "X509Data") => x509_data(reader, child, found)?,
            (_, other) => return Err(reader.unsupported(Part::Element, other)),
        }
    }
    Ok(())
}

/// The certificate a reference from KeyInfo leads to.
pub(crate) fn security_token(
    reader: &SignatureReader<'_>,
    element: &Element<'_>,
) -> Result<Certificate, Error> {
    if !element.is(WSSE, "BinarySecurityToken") {
        return Err(no_token(reader));
    }
    token(reader, element, "BinarySecurityToken")
}

/// A reference that leads elsewhere.
pub(crate) fn no_token(reader: &SignatureReader<'_>) -> Error {
    reader.malformed("Reference", "no BinarySecurityToken there")
}

/// A base64 certificate (WSS X.509 Token Profile 1.0 section 3.1.1). `ValueType` is required, `EncodingType` has
/// base64 for default (WSS 1.0 section 6.3).
fn token(
    reader: &SignatureReader<'_>,
    element: &Element<'_>,
    name: &'static str,
) -> Result<Certificate, Error> {
    match element.attribute("ValueType").unwrap_or_default() {
        X509_V3 => {}
        other => return Err(reader.unsupported(Part::ValueType, other)),
    }
    match element.attribute("EncodingType") {
        None | Some(BASE64_BINARY) => {}
        Some(other) => return Err(reader.unsupported(Part::EncodingType, other)),
    }
    certificate(reader, element, name)
}

fn certificate(
    reader: &SignatureReader<'_>,
    element: &Element<'_>,
    name: &'static str,
) -> Result<Certificate, Error> {
    let der = reader.base64(element, name)?;
    Certificate::from_der(&der).map_err(|source| Error::Certificate {
        signature: reader.index,
        source,
    })
}

fn take(
    reader: &SignatureReader<'_>,
    found: &mut Vec<KeySource>,
    source: KeySource,
) -> Result<(), Error> {
    if found.len() == reader.limits.certificates {
        return Err(Error::TooLarge {
            what: "certificates",
            limit: reader.limits.certificates,
        });
    }
    found.push(source);
    Ok(())
}

fn text_only(reader: &SignatureReader<'_>, element: &Element<'_>) -> Result<(), Error> {
    reader.end(element.elements())
}

/// What stands below `KeyValue`: namespace, parent, local name, whether it holds base64 rather than elements.
///
/// Section 4.4.2; XML Signature 1.1 section 4.5.2.3 and RFC 4050 section 3, named curves only.
const KEY_VALUE: [(&str, &str, &str, bool); 19] = [
    (DS, "KeyValue", "DSAKeyValue", false),
    (DS, "DSAKeyValue", "P", true),
    (DS, "DSAKeyValue", "Q", true),
    (DS, "DSAKeyValue", "G", true),
    (DS, "DSAKeyValue", "Y", true),
    (DS, "DSAKeyValue", "J", true),
    (DS, "DSAKeyValue", "Seed", true),
    (DS, "DSAKeyValue", "PgenCounter", true),
    (DS, "KeyValue", "RSAKeyValue", false),
    (DS, "RSAKeyValue", "Modulus", true),
    (DS, "RSAKeyValue", "Exponent", true),
    (DS_11, "KeyValue", "ECKeyValue", false),
    (DS_11, "ECKeyValue", "NamedCurve", false),
    (DS_11, "ECKeyValue", "PublicKey", true),
    (DS_MORE, "KeyValue", "ECDSAKeyValue", false),
    (DS_MORE, "ECDSAKeyValue", "DomainParameters", false),
    (DS_MORE, "DomainParameters", "NamedCurve", false),
    (DS_MORE, "ECDSAKeyValue", "PublicKey", false),
    (DS_MORE, "PublicKey", "X", false),
];

/// The numbers of a key, in elements of [`KEY_VALUE`] only: base64, names of curves, decimals; no other text and no
/// other attribute.
fn key_value(reader: &SignatureReader<'_>, value: &Element<'_>) -> Result<(), Error> {
    key_attributes(reader, value)?;
    // From the last to the first, so that they leave in the order of the document.
    let mut pending: Vec<&Element<'_>> = vec![value];
    while let Some(parent) = pending.pop() {
        let mut below = Vec::new();
        for child in reader.children(parent, "KeyValue")? {
            let (namespace, local) = name(child);
            // Both coordinates of a point look the same.
            let local = if local == "Y" && namespace == DS_MORE {
                "X"
            } else {
                local
            };
            let row = KEY_VALUE.iter().find(|&&(known, of, called, _)| {
                (known, of, called) == (namespace, parent.local, local)
            });
            let Some(&(.., base64)) = row else {
                return Err(reader.unsupported(Part::Element, child.local));
            };
            key_attributes(reader, child)?;
            if base64 {
                reader.base64(child, "KeyValue")?;
            } else {
                below.push(child);
            }
        }
        pending.extend(below.into_iter().rev());
    }
    Ok(())
}

/// Names of curves by object identifier, and coordinates in decimal.
fn key_attributes(reader: &SignatureReader<'_>, element: &Element<'_>) -> Result<(), Error> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let oid = |text: &str| {
        let arcs = text.strip_prefix("urn:oid:");
        arcs.is_some_and(|arcs| arcs.split('.').all(digits))
    };
    for (namespace, local, value) in element.attributes() {
        let known = match (element.namespace, element.local, namespace, local) {
            (DS_11, "NamedCurve", "", "URI") | (DS_MORE, "NamedCurve", "", "URN") => oid(value),
            (DS_MORE, "X" | "Y", "", "Value") => digits(value),
            (DS_MORE, "X" | "Y", XSI, "type") => value == "PrimeFieldElemType",
            _ => false,
        };
        if !known {
            return Err(reader.unsupported(Part::Attribute, local));
        }
    }
    Ok(())
}

fn name<'e>(element: &'e Element<'_>) -> (&'e str, &'e str) {
    (element.namespace, element.local)
}

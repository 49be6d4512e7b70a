//! Certificates of `ds:KeyInfo` (XMLDSig section 4.4) and `wsse:SecurityTokenReference` (WSS 1.0 section 7).

use roxmltree::Node;
use tamga_x509::Certificate;

use crate::names::{BASE64_BINARY, DS, KEY_VALUES, WSSE, X509_V3};
use crate::signature_reader::SignatureReader;
use crate::{Error, Part};

/// More certificates than any chain of the national PKI has.
const MAX_CERTIFICATES: usize = 16;

/// All certificates that stand in KeyInfo or in the token it refers to.
///
/// Names and key values are passed over: they are hints, the verifier needs a certificate. Whatever is not known is
/// an error, at any depth: KeyInfo stands inside the document and is not signed, so elements of the application could
/// be smuggled in here and found by whoever reads it.
pub(crate) fn certificates<'a, 'input>(
    reader: &SignatureReader<'_, 'a, 'input>,
    key_info: Node<'a, 'input>,
) -> Result<Vec<Certificate>, Error> {
    let mut found = Vec::new();
    for child in reader.children(key_info, "KeyInfo")? {
        match name(child) {
            (Some(DS), "X509Data") => x509_data(reader, child, &mut found)?,
            (Some(DS), "KeyName") => text_only(reader, child)?,
            (Some(DS), "KeyValue") => key_value(reader, child)?,
            (Some(WSSE), "SecurityTokenReference") => {
                token_reference(reader, child, &mut found)?;
            }
            (_, other) => return Err(reader.unsupported(Part::Element, other)),
        }
    }
    Ok(found)
}

/// Section 4.4.4.
fn x509_data<'a, 'input>(
    reader: &SignatureReader<'_, 'a, 'input>,
    data: Node<'a, 'input>,
    found: &mut Vec<Certificate>,
) -> Result<(), Error> {
    for child in reader.children(data, "X509Data")? {
        match name(child) {
            (Some(DS), "X509Certificate") => read(reader, child, "X509Certificate", found)?,
            (Some(DS), "X509SubjectName" | "X509SKI" | "X509CRL") => text_only(reader, child)?,
            (Some(DS), "X509IssuerSerial") => {
                for part in reader.children(child, "X509IssuerSerial")? {
                    match name(part) {
                        (Some(DS), "X509IssuerName" | "X509SerialNumber") => {
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
fn token_reference<'a, 'input>(
    reader: &SignatureReader<'_, 'a, 'input>,
    reference: Node<'a, 'input>,
    found: &mut Vec<Certificate>,
) -> Result<(), Error> {
    for child in reader.children(reference, "SecurityTokenReference")? {
        match name(child) {
            (Some(WSSE), "KeyIdentifier") => token(reader, child, "KeyIdentifier", found)?,
            (Some(WSSE), "Reference") => {
                let uri = child
                    .attribute("URI")
                    .ok_or_else(|| reader.malformed("Reference", "no URI attribute"))?;
                let target = reader
                    .resolve(uri)?
                    .filter(|node| node.has_tag_name((WSSE, "BinarySecurityToken")))
                    .ok_or_else(|| reader.malformed("Reference", "no BinarySecurityToken there"))?;
                token(reader, target, "BinarySecurityToken", found)?;
            }
            (Some(DS), "X509Data") => x509_data(reader, child, found)?,
            (_, other) => return Err(reader.unsupported(Part::Element, other)),
        }
    }
    Ok(())
}

/// A base64 certificate (WSS X.509 Token Profile 1.0 section 3.1.1). `ValueType` is required, `EncodingType` has
/// base64 for default (WSS 1.0 section 6.3).
fn token<'a, 'input>(
    reader: &SignatureReader<'_, 'a, 'input>,
    element: Node<'a, 'input>,
    name: &'static str,
    found: &mut Vec<Certificate>,
) -> Result<(), Error> {
    match element.attribute("ValueType").unwrap_or_default() {
        X509_V3 => {}
        other => return Err(reader.unsupported(Part::ValueType, other)),
    }
    match element.attribute("EncodingType") {
        None | Some(BASE64_BINARY) => {}
        Some(other) => return Err(reader.unsupported(Part::EncodingType, other)),
    }
    read(reader, element, name, found)
}

fn read<'a, 'input>(
    reader: &SignatureReader<'_, 'a, 'input>,
    element: Node<'a, 'input>,
    name: &'static str,
    found: &mut Vec<Certificate>,
) -> Result<(), Error> {
    if found.len() == MAX_CERTIFICATES {
        return Err(Error::TooLarge {
            what: "certificates",
            limit: MAX_CERTIFICATES,
        });
    }
    let der = reader.base64(element, name)?;
    let certificate = Certificate::from_der(&der).map_err(|source| Error::Certificate {
        signature: reader.index,
        source,
    })?;
    found.push(certificate);
    Ok(())
}

fn text_only<'a, 'input>(
    reader: &SignatureReader<'_, 'a, 'input>,
    element: Node<'a, 'input>,
) -> Result<(), Error> {
    reader.end(element.children().filter(Node::is_element))
}

/// Section 4.4.2: the numbers of a key, in elements of the syntax only.
fn key_value<'a, 'input>(
    reader: &SignatureReader<'_, 'a, 'input>,
    value: Node<'a, 'input>,
) -> Result<(), Error> {
    let known = |namespace: &str| namespace == DS || KEY_VALUES.contains(&namespace);
    let foreign =
        |node: &Node<'_, '_>| node.is_element() && !node.tag_name().namespace().is_some_and(known);
    reader.end(value.descendants().filter(foreign))
}

fn name<'a>(element: Node<'a, '_>) -> (Option<&'a str>, &'a str) {
    (element.tag_name().namespace(), element.tag_name().name())
}

//! Attribute sets of a SignerInfo (RFC 5652 section 5.3).

use const_oid::ObjectIdentifier;

use crate::walk::{Element, Elements};
use crate::{Error, encode};

/// One attribute; its values keep their bytes.
///
/// ```text
/// Attribute ::= SEQUENCE { attrType OBJECT IDENTIFIER, attrValues SET OF AttributeValue }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    oid: ObjectIdentifier,
    values: Vec<Vec<u8>>,
    der: Vec<u8>,
}

impl Attribute {
    /// The attribute's type.
    pub fn oid(&self) -> ObjectIdentifier {
        self.oid
    }

    /// DER of every value, tag and length included; at least one.
    pub fn values(&self) -> &[Vec<u8>] {
        &self.values
    }

    /// The whole attribute in DER, as the set is sorted by it.
    pub(crate) fn der(&self) -> &[u8] {
        &self.der
    }

    fn read(element: Element<'_>, limit: usize) -> Result<Self, Error> {
        const FIELD: &str = "Attribute";
        if element.tag != encode::SEQUENCE {
            return Err(Error::Malformed { field: FIELD });
        }
        let mut inside = element.inside(FIELD)?;
        let oid = inside
            .required(encode::OBJECT_IDENTIFIER)?
            .object_identifier(FIELD)?;
        let set = inside.required(encode::SET)?;
        inside.finish()?;
        let mut values = Vec::new();
        let mut members = set.inside(FIELD)?;
        while let Some(value) = members.next()? {
            if values.len() == limit {
                return Err(Error::TooMany {
                    what: "attribute values",
                    limit,
                });
            }
            values.push(value.whole.to_vec());
        }
        if values.is_empty() {
            return Err(Error::Malformed { field: FIELD });
        }
        // The values of an attribute are a SET OF too: DER sorts them.
        let der = encode::element(
            encode::SEQUENCE,
            &[
                &encode::object_identifier(oid),
                &encode::set_of(encode::SET, &mut values.clone()),
            ],
        );
        Ok(Self { oid, values, der })
    }
}

/// Reads the attributes inside a SET; at most `limit`, each with at most `limit` values, at least one (RFC 5652: SIZE (1..MAX)).
pub(crate) fn read(set: &[u8], limit: usize) -> Result<Vec<Attribute>, Error> {
    let mut elements = Elements::new(set, "Attributes")?;
    let mut attributes = Vec::new();
    while let Some(element) = elements.next()? {
        if attributes.len() == limit {
            return Err(Error::TooMany {
                what: "attributes",
                limit,
            });
        }
        attributes.push(Attribute::read(element, limit)?);
    }
    if attributes.is_empty() {
        return Err(Error::Malformed {
            field: "Attributes",
        });
    }
    Ok(attributes)
}

/// DER of the set with the universal tag: what is hashed (RFC 5652 section 5.4).
pub(crate) fn to_signed_form(attributes: &[Attribute]) -> Vec<u8> {
    let mut members: Vec<&[u8]> = attributes.iter().map(Attribute::der).collect();
    encode::set_of(encode::SET, &mut members)
}

/// The only attribute of this type; two of them are an error.
pub(crate) fn single(
    attributes: &[Attribute],
    oid: ObjectIdentifier,
) -> Result<Option<&[u8]>, Error> {
    let mut found = attributes.iter().filter(|attribute| attribute.oid == oid);
    match (found.next(), found.next()) {
        (None, _) => Ok(None),
        (Some(attribute), None) => match attribute.values.as_slice() {
            [value] => Ok(Some(value)),
            _ => Err(Error::DuplicateAttribute(oid)),
        },
        (Some(_), Some(_)) => Err(Error::DuplicateAttribute(oid)),
    }
}

//! Attribute sets of a SignerInfo (RFC 5652 section 5.3).

use const_oid::ObjectIdentifier;

use crate::octets::Octets;
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
    values: Vec<Octets>,
}

impl Attribute {
    /// The attribute's type.
    pub fn oid(&self) -> ObjectIdentifier {
        self.oid
    }

    /// DER of every value, tag and length included; at least one.
    pub fn values(&self) -> &[Octets] {
        &self.values
    }
}

/// An attribute that still lies in the message.
pub(crate) struct RawAttribute<'a> {
    pub(crate) oid: ObjectIdentifier,
    values: Vec<&'a [u8]>,
    whole: &'a [u8],
}

impl<'a> RawAttribute<'a> {
    fn read(element: Element<'a>, limit: usize) -> Result<Self, Error> {
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
        let mut values = Vec::with_capacity(1);
        let mut members = set.inside(FIELD)?;
        while let Some(value) = members.next()? {
            if values.len() == limit {
                return Err(Error::TooMany {
                    what: "attribute values",
                    limit,
                });
            }
            values.push(value.whole);
        }
        if values.is_empty() {
            return Err(Error::Malformed { field: FIELD });
        }
        Ok(Self {
            oid,
            values,
            whole: element.whole,
        })
    }

    /// As it came, sharing the memory of `owner`, in which it lies.
    pub(crate) fn keep(&self, owner: &Octets) -> Attribute {
        Attribute {
            oid: self.oid,
            values: self.values.iter().map(|value| owner.share(value)).collect(),
        }
    }

    /// The values of an attribute are a SET OF too: DER sorts them.
    fn is_sorted(&self) -> bool {
        self.values.is_sorted()
    }

    fn to_der(&self) -> Vec<u8> {
        encode::element(
            encode::SEQUENCE,
            &[
                &encode::object_identifier(self.oid),
                &encode::set_of(encode::SET, &mut self.values.clone()),
            ],
        )
    }
}

/// Reads the attributes inside a SET; at most `limit`, each with at most `limit` values, at least one (RFC 5652: SIZE (1..MAX)).
pub(crate) fn read(set: &[u8], limit: usize) -> Result<Vec<RawAttribute<'_>>, Error> {
    let mut elements = Elements::new(set, "Attributes")?;
    let mut attributes = Vec::with_capacity(4);
    while let Some(element) = elements.next()? {
        if attributes.len() == limit {
            return Err(Error::TooMany {
                what: "attributes",
                limit,
            });
        }
        attributes.push(RawAttribute::read(element, limit)?);
    }
    if attributes.is_empty() {
        return Err(Error::Malformed {
            field: "Attributes",
        });
    }
    Ok(attributes)
}

/// DER of the set with the universal tag, what is hashed (RFC 5652 section 5.4), unless the message has it so.
pub(crate) fn to_signed_form(attributes: &[RawAttribute<'_>]) -> Option<Vec<u8>> {
    let sorted = attributes.iter().all(RawAttribute::is_sorted)
        && attributes.is_sorted_by_key(|attribute| attribute.whole);
    if sorted {
        return None;
    }
    let mut members: Vec<Vec<u8>> = attributes.iter().map(RawAttribute::to_der).collect();
    Some(encode::set_of(encode::SET, &mut members))
}

/// The only attribute of this type; two of them are an error.
pub(crate) fn single<'a>(
    attributes: &[RawAttribute<'a>],
    oid: ObjectIdentifier,
) -> Result<Option<&'a [u8]>, Error> {
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

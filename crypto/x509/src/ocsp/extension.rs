//! Extensions of answers, within a budget.

use der::{
    Decode, Reader, SliceReader, Tag, Tagged,
    asn1::{AnyRef, OctetStringRef},
};
use tamga_scheme::ObjectIdentifier;

use super::OcspError;

/// Extensions read in one place; the national responders send two.
const MAX_EXTENSIONS: usize = 16;

/// One extension, borrowed.
pub(super) struct Extension<'a> {
    pub(super) oid: ObjectIdentifier,
    pub(super) critical: bool,
    /// Content of extnValue.
    pub(super) value: &'a [u8],
}

/// Reads `Extensions`; an extension given twice is malformed.
pub(super) fn read(der: &[u8]) -> Result<Vec<Extension<'_>>, OcspError> {
    let list = AnyRef::from_der(der)?;
    list.tag().assert_eq(Tag::Sequence)?;
    let mut reader = SliceReader::new(list.value())?;
    let mut extensions: Vec<Extension<'_>> = Vec::new();
    while !reader.is_finished() {
        if extensions.len() == MAX_EXTENSIONS {
            return Err(OcspError::TooMany {
                what: "extensions",
                limit: MAX_EXTENSIONS,
            });
        }
        let extension = one(&mut reader)?;
        if extensions.iter().any(|known| known.oid == extension.oid) {
            return Err(OcspError::malformed("an extension given twice"));
        }
        extensions.push(extension);
    }
    Ok(extensions)
}

fn one<'a>(reader: &mut SliceReader<'a>) -> der::Result<Extension<'a>> {
    reader.sequence(|reader| {
        let oid = ObjectIdentifier::decode(reader)?;
        let critical = match Tag::peek(reader)? {
            Tag::Boolean => bool::decode(reader)?,
            _ => false,
        };
        let value = <&OctetStringRef>::decode(reader)?.as_bytes();
        Ok(Extension {
            oid,
            critical,
            value,
        })
    })
}

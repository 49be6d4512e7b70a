//! Walking DER element by element, keeping the bytes.

use const_oid::ObjectIdentifier;
use der::{AnyRef, Decode, Reader, SliceReader, asn1::UintRef};

use crate::octets::Octets;
use crate::{Error, encode};

/// One element with its bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Element<'a> {
    /// The identifier octet; multi-octet tags do not occur in CMS and are refused.
    pub(crate) tag: u8,
    /// Content octets.
    pub(crate) value: &'a [u8],
    /// Identifier, length and content octets.
    pub(crate) whole: &'a [u8],
}

/// The elements inside a constructed one, in order.
pub(crate) struct Elements<'a> {
    bytes: &'a [u8],
    reader: SliceReader<'a>,
    field: &'static str,
}

impl<'a> Elements<'a> {
    /// Starts at the first element of `bytes`; `field` is named by every error.
    pub(crate) fn new(bytes: &'a [u8], field: &'static str) -> Result<Self, Error> {
        let reader = SliceReader::new(bytes).map_err(|_| Error::Malformed { field })?;
        Ok(Self {
            bytes,
            reader,
            field,
        })
    }

    /// The next element, whatever its tag; `None` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<Element<'a>>, Error> {
        if self.reader.is_finished() {
            return Ok(None);
        }
        let malformed = Error::Malformed { field: self.field };
        let start = self.position()?;
        let any = AnyRef::decode(&mut self.reader).map_err(|_| malformed.clone())?;
        let whole = &self.bytes[start..self.position()?];
        Ok(Some(Element {
            tag: whole[0],
            value: any.value(),
            whole,
        }))
    }

    /// The next element, if it has this tag.
    pub(crate) fn optional(&mut self, tag: u8) -> Result<Option<Element<'a>>, Error> {
        match self.reader.peek_byte() {
            Some(byte) if byte == tag => self.next(),
            _ => Ok(None),
        }
    }

    /// The next element, which must have this tag.
    pub(crate) fn required(&mut self, tag: u8) -> Result<Element<'a>, Error> {
        self.optional(tag)?
            .ok_or(Error::Malformed { field: self.field })
    }

    /// Nothing may be left.
    pub(crate) fn finish(self) -> Result<(), Error> {
        if self.reader.is_finished() {
            Ok(())
        } else {
            Err(Error::Malformed { field: self.field })
        }
    }

    fn position(&self) -> Result<usize, Error> {
        usize::try_from(self.reader.position()).map_err(|_| Error::Malformed { field: self.field })
    }
}

impl<'a> Element<'a> {
    /// The elements inside this one.
    pub(crate) fn inside(&self, field: &'static str) -> Result<Elements<'a>, Error> {
        Elements::new(self.value, field)
    }

    /// The elements inside this one, at most `limit`, sharing the memory of `owner`, in which they lie.
    pub(crate) fn members(
        &self,
        owner: &Octets,
        field: &'static str,
        what: &'static str,
        limit: usize,
    ) -> Result<Vec<Octets>, Error> {
        let mut members = Vec::new();
        let mut elements = self.inside(field)?;
        while let Some(element) = elements.next()? {
            if members.len() == limit {
                return Err(Error::TooMany { what, limit });
            }
            members.push(owner.share(element.whole));
        }
        Ok(members)
    }

    /// Reads an OBJECT IDENTIFIER.
    pub(crate) fn object_identifier(&self, field: &'static str) -> Result<ObjectIdentifier, Error> {
        if self.tag != encode::OBJECT_IDENTIFIER {
            return Err(Error::Malformed { field });
        }
        ObjectIdentifier::from_bytes(self.value).map_err(|_| Error::Malformed { field })
    }

    /// Reads an AlgorithmIdentifier whose parameters are NULL or absent.
    pub(crate) fn algorithm(&self, field: &'static str) -> Result<ObjectIdentifier, Error> {
        if self.tag != encode::SEQUENCE {
            return Err(Error::Malformed { field });
        }
        let mut inside = self.inside(field)?;
        let oid = inside
            .required(encode::OBJECT_IDENTIFIER)?
            .object_identifier(field)?;
        match inside.next()? {
            None => {}
            Some(parameters) if parameters.whole == encode::NULL => {}
            Some(_) => return Err(Error::Malformed { field }),
        }
        inside.finish()?;
        Ok(oid)
    }

    /// Content octets of an INTEGER in its one DER form, negative or not, whatever tag it has.
    pub(crate) fn integer(&self, field: &'static str) -> Result<&'a [u8], Error> {
        match self.value {
            [] | [0, 0..0x80, ..] | [0xff, 0x80..=0xff, ..] => Err(Error::Malformed { field }),
            octets => Ok(octets),
        }
    }

    /// Reads a BOOLEAN.
    pub(crate) fn boolean(&self, field: &'static str) -> Result<bool, Error> {
        match self.value {
            [0] => Ok(false),
            [0xff] => Ok(true),
            _ => Err(Error::Malformed { field }),
        }
    }

    /// Reads a MessageImprint (RFC 3161 section 2.4.1): identifier of the digest, and the digest.
    pub(crate) fn imprint(&self) -> Result<(ObjectIdentifier, &'a [u8]), Error> {
        const FIELD: &str = "messageImprint";
        let mut inside = self.inside(FIELD)?;
        let algorithm = inside.required(encode::SEQUENCE)?.algorithm(FIELD)?;
        let digest = inside.required(encode::OCTET_STRING)?.value;
        inside.finish()?;
        Ok((algorithm, digest))
    }

    /// Reads a CMSVersion.
    pub(crate) fn version(&self, field: &'static str) -> Result<u8, Error> {
        let malformed = Error::Malformed { field };
        let number = UintRef::from_der(self.whole).map_err(|_| malformed.clone())?;
        match number.as_bytes() {
            [version] => Ok(*version),
            _ => Err(malformed),
        }
    }
}

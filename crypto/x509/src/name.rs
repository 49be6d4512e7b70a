//! Distinguished names as the national PKI writes them.

use std::borrow::Cow;

use der::{Decode, Reader, SliceReader, Tag, Tagged, asn1::AnyRef};
use tamga_scheme::ObjectIdentifier;

use crate::Error;

/// Attribute types of names with the word pages know them by (recorded `getKeyInfo` replies).
///
/// Given name, region and e-mail are `G`, `S` and `E` there, not `GIVENNAME`, `ST` and `EMAILADDRESS`.
const ATTRIBUTES: &[(ObjectIdentifier, &str)] = &[
    (COMMON_NAME, "CN"),
    (ObjectIdentifier::new_unwrap("2.5.4.4"), "SURNAME"),
    (SERIAL_NUMBER, "SERIALNUMBER"),
    (ObjectIdentifier::new_unwrap("2.5.4.6"), "C"),
    (ObjectIdentifier::new_unwrap("2.5.4.7"), "L"),
    (ObjectIdentifier::new_unwrap("2.5.4.8"), "S"),
    (ORGANIZATION, "O"),
    (ORGANIZATIONAL_UNIT, "OU"),
    (ObjectIdentifier::new_unwrap("2.5.4.15"), "BUSINESSCATEGORY"),
    (ObjectIdentifier::new_unwrap("2.5.4.42"), "G"),
    (
        ObjectIdentifier::new_unwrap("0.9.2342.19200300.100.1.1"),
        "UID",
    ),
    (
        ObjectIdentifier::new_unwrap("0.9.2342.19200300.100.1.25"),
        "DC",
    ),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.1"), "E"),
];

const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
const SERIAL_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.5");
const ORGANIZATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
const ORGANIZATIONAL_UNIT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.11");

/// Digits of an individual's or a business's identification number.
const IDENTIFIER_DIGITS: usize = 12;

/// One attribute of a name; certificates of the NCA have one attribute per RDN.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Rdn {
    /// Attribute type.
    pub oid: ObjectIdentifier,
    /// Attribute value as text.
    pub value: String,
}

/// A distinguished name: its encoding for comparison, its attributes for people.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Name {
    der: Vec<u8>,
    rdns: Vec<Rdn>,
}

impl Name {
    /// Reads the DER of an RDNSequence (RFC 5280 section 4.1.2.4); nothing may follow it.
    ///
    /// Attributes of a multi-valued RDN become neighbours in [`Self::rdns`].
    pub fn from_der(der: &[u8]) -> Result<Self, Error> {
        let rdns = read_rdns(der).map_err(|error| Error::malformed("name", error))?;
        Ok(Self {
            der: der.to_vec(),
            rdns,
        })
    }

    /// DER of the RDNSequence; names are compared by it.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// Attributes in the order of the certificate.
    pub fn rdns(&self) -> &[Rdn] {
        &self.rdns
    }

    /// Value of the only attribute of this type; `None` if absent or ambiguous.
    pub fn attribute(&self, oid: ObjectIdentifier) -> Option<&str> {
        let mut found = self.rdns.iter().filter(|rdn| rdn.oid == oid);
        match (found.next(), found.next()) {
            (Some(rdn), None) => Some(&rdn.value),
            _ => None,
        }
    }

    /// CN (2.5.4.3).
    pub fn common_name(&self) -> Option<&str> {
        self.attribute(COMMON_NAME)
    }

    /// O (2.5.4.10).
    pub fn organization(&self) -> Option<&str> {
        self.attribute(ORGANIZATION)
    }

    /// The 12 digits after `IIN` in serialNumber (2.5.4.5).
    pub fn iin(&self) -> Option<&str> {
        identifier(self.attribute(SERIAL_NUMBER)?, "IIN")
    }

    /// The 12 digits after `BIN` in OU (2.5.4.11).
    pub fn bin(&self) -> Option<&str> {
        identifier(self.attribute(ORGANIZATIONAL_UNIT)?, "BIN")
    }

    /// `CN=…,SURNAME=…,SERIALNUMBER=…,C=KZ,…,G=…` as pages know it: order of the certificate, comma without blank.
    ///
    /// Values stand as they are, without the escapes of RFC 4514, because recorded replies have none; a comma inside
    /// a value is therefore indistinguishable from a separator. Decisions are taken from [`Self::rdns`], never from
    /// this text. Attribute types without a word are dotted.
    pub fn to_wire_text(&self) -> String {
        let mut text = String::new();
        for rdn in &self.rdns {
            if !text.is_empty() {
                text.push(',');
            }
            text.push_str(&word(rdn.oid));
            text.push('=');
            text.push_str(&rdn.value);
        }
        text
    }
}

fn word(oid: ObjectIdentifier) -> Cow<'static, str> {
    match ATTRIBUTES.iter().find(|(known, _)| *known == oid) {
        Some((_, word)) => Cow::Borrowed(word),
        None => Cow::Owned(oid.to_string()),
    }
}

fn identifier<'a>(value: &'a str, prefix: &str) -> Option<&'a str> {
    let digits = value.strip_prefix(prefix)?;
    let well_formed =
        digits.len() == IDENTIFIER_DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit());
    well_formed.then_some(digits)
}

/// ```text
/// RDNSequence ::= SEQUENCE OF RelativeDistinguishedName
/// RelativeDistinguishedName ::= SET SIZE (1..MAX) OF AttributeTypeAndValue
/// AttributeTypeAndValue ::= SEQUENCE { type AttributeType, value AttributeValue }
/// ```
fn read_rdns(der: &[u8]) -> der::Result<Vec<Rdn>> {
    let sequence = AnyRef::from_der(der)?;
    sequence.tag().assert_eq(Tag::Sequence)?;
    let mut rdns = Vec::new();
    let mut reader = SliceReader::new(sequence.value())?;
    while !reader.is_finished() {
        let set = AnyRef::decode(&mut reader)?;
        set.tag().assert_eq(Tag::Set)?;
        let mut attributes = SliceReader::new(set.value())?;
        loop {
            rdns.push(attributes.sequence(|attribute| {
                let oid = ObjectIdentifier::decode(attribute)?;
                Ok::<_, der::Error>(Rdn {
                    oid,
                    value: text(AnyRef::decode(attribute)?)?,
                })
            })?);
            if attributes.is_finished() {
                break;
            }
        }
    }
    Ok(rdns)
}

/// An attribute value as text; a value of no string type becomes `#` and the hex of its contents (RFC 4514 section 2.4
/// writes the hex of the whole element).
fn text(value: AnyRef<'_>) -> der::Result<String> {
    let bytes = value.value();
    let broken = || der::Error::from(value.tag().value_error());
    match value.tag() {
        Tag::Utf8String => std::str::from_utf8(bytes)
            .map(str::to_owned)
            .map_err(|_| broken()),
        // Authorities put '@', '*' or '_' into PrintableString; ASCII is all that is asked.
        Tag::PrintableString | Tag::Ia5String | Tag::NumericString | Tag::VisibleString => {
            if !bytes.is_ascii() {
                return Err(broken());
            }
            Ok(bytes.iter().copied().map(char::from).collect())
        }
        // T.61 is read as Latin-1, as everybody does.
        Tag::TeletexString => Ok(bytes.iter().copied().map(char::from).collect()),
        Tag::BmpString => {
            let (units, rest) = bytes.as_chunks::<2>();
            if !rest.is_empty() {
                return Err(broken());
            }
            char::decode_utf16(units.iter().copied().map(u16::from_be_bytes))
                .collect::<Result<_, _>>()
                .map_err(|_| broken())
        }
        _ => Ok(format!("#{}", hex::encode(bytes))),
    }
}

#[cfg(test)]
mod tests {
    use der::{Encode, asn1::Any};

    use super::*;

    fn tlv(tag: Tag, value: &[u8]) -> Vec<u8> {
        Any::new(tag, value).unwrap().to_der().unwrap()
    }

    fn name(attributes: &[(&str, Tag, &[u8])]) -> Name {
        let rdns: Vec<u8> = attributes
            .iter()
            .flat_map(|(oid, tag, value)| {
                let oid = ObjectIdentifier::new_unwrap(oid).to_der().unwrap();
                let attribute = tlv(Tag::Sequence, &[oid, tlv(*tag, value)].concat());
                tlv(Tag::Set, &attribute)
            })
            .collect();
        Name::from_der(&tlv(Tag::Sequence, &rdns)).unwrap()
    }

    #[test]
    fn every_string_type_becomes_text() {
        let check = |tag, value: &[u8], expected: &str| {
            assert_eq!(
                name(&[("2.5.4.3", tag, value)]).common_name(),
                Some(expected),
                "{tag}"
            );
        };
        check(Tag::Utf8String, "ТЕСТ".as_bytes(), "ТЕСТ");
        check(Tag::PrintableString, b"A_b*", "A_b*");
        check(Tag::Ia5String, b"a@b", "a@b");
        check(Tag::TeletexString, &[0x41, 0xE9], "Aé");
        check(Tag::BmpString, &[0x04, 0x22, 0x00, 0x41], "ТA");
        check(Tag::OctetString, &[0xAB], "#ab");
    }

    #[test]
    fn broken_strings_are_malformed() {
        for (tag, value) in [
            (Tag::Utf8String, &[0xD0][..]),
            (Tag::PrintableString, &[0xD0][..]),
            (Tag::BmpString, &[0x04][..]),
            (Tag::BmpString, &[0xD8, 0x00][..]),
        ] {
            let oid = COMMON_NAME.to_der().unwrap();
            let attribute = tlv(Tag::Sequence, &[oid, tlv(tag, value)].concat());
            let der = tlv(Tag::Sequence, &tlv(Tag::Set, &attribute));
            let error = Name::from_der(&der).unwrap_err();
            assert!(
                matches!(error, Error::Malformed { what: "name", .. }),
                "{tag}: {error}"
            );
        }
    }

    #[test]
    fn wire_text_has_the_words_of_the_recordings_and_plain_values() {
        let name = name(&[
            ("2.5.4.3", Tag::Utf8String, "ТЕСТОВ ТЕСТ".as_bytes()),
            ("2.5.4.5", Tag::PrintableString, b"IIN123456789011"),
            ("2.5.4.8", Tag::Utf8String, b"A,B"),
            ("2.5.4.42", Tag::Utf8String, "ТЕСТОВИЧ".as_bytes()),
            ("1.2.840.113549.1.9.1", Tag::Ia5String, b"a@b.kz"),
            ("1.2.3.4", Tag::Utf8String, b"x"),
        ]);
        assert_eq!(
            name.to_wire_text(),
            "CN=ТЕСТОВ ТЕСТ,SERIALNUMBER=IIN123456789011,S=A,B,G=ТЕСТОВИЧ,E=a@b.kz,1.2.3.4=x"
        );
    }

    #[test]
    fn identification_numbers_have_exactly_twelve_digits() {
        let iin = |value: &[u8]| {
            let name = name(&[("2.5.4.5", Tag::PrintableString, value)]);
            name.iin().map(str::to_owned)
        };
        assert_eq!(iin(b"IIN123456789011").as_deref(), Some("123456789011"));
        for wrong in [
            &b"IIN12345678901"[..],
            b"IIN1234567890112",
            b"IIN12345678901A",
            b"123456789011",
            b"BIN123456789011",
        ] {
            assert_eq!(iin(wrong), None);
        }
    }

    #[test]
    fn an_identification_number_given_twice_is_none() {
        let twice = name(&[
            ("2.5.4.11", Tag::Utf8String, b"BIN123456789021"),
            ("2.5.4.11", Tag::Utf8String, b"BIN999999999999"),
        ]);
        assert_eq!(twice.bin(), None);
    }
}

//! Reads the structure of one `ds:Signature`.

use std::collections::HashSet;

use tamga_scheme::{DigestAlgorithm, SignatureScheme, SignatureValue};

use crate::c14n::Canonicalization;
use crate::element::{Element, Node};
use crate::key_info::KeySource;
use crate::names::{DS, ENVELOPED, EXCLUSIVE};
use crate::references::{Transforms, Uri, WrittenReference};
use crate::{Error, Limits, Part, key_info};

/// Prefixes in one `PrefixList`; a handful are usual.
const PREFIXES: usize = 64;

/// Reads one signature; knows which, for errors.
pub(crate) struct SignatureReader<'r> {
    /// Position among the signatures.
    pub(crate) index: usize,
    pub(crate) limits: &'r Limits,
}

/// A signature as written: nothing is followed yet.
pub(crate) struct WrittenSignature {
    pub(crate) scheme: SignatureScheme,
    pub(crate) canonicalization: Canonicalization,
    /// Offset of SignedInfo.
    pub(crate) signed_info: usize,
    /// Never empty.
    pub(crate) references: Vec<WrittenReference>,
    pub(crate) value: SignatureValue,
    pub(crate) key_info: Vec<KeySource>,
}

impl SignatureReader<'_> {
    /// `Signature ::= SignedInfo, SignatureValue, KeyInfo?, Object*` (XMLDSig section 4.1).
    ///
    /// `Object` is refused: nothing in the national profiles uses it, and signed manifests would hide in it.
    pub(crate) fn read(&self, element: &Element<'_>) -> Result<WrittenSignature, Error> {
        let mut children = self.children(element, "Signature")?;
        let signed_info = self.next(&mut children, "SignedInfo")?;
        let value = self.next(&mut children, "SignatureValue")?;
        let key_info = children.next();
        if let Some(element) = key_info.filter(|element| !element.is(DS, "KeyInfo")) {
            return Err(self.unsupported(Part::Element, element.local));
        }
        self.end(children)?;

        let mut parts = self.children(signed_info, "SignedInfo")?;
        let canonicalization =
            self.canonicalization(self.next(&mut parts, "CanonicalizationMethod")?)?;
        let scheme = self.scheme(self.next(&mut parts, "SignatureMethod")?)?;
        let mut references = Vec::new();
        for part in parts {
            if references.len() == self.limits.references {
                return Err(Error::TooLarge {
                    what: "references",
                    limit: self.limits.references,
                });
            }
            references.push(self.reference(part)?);
        }
        if references.is_empty() {
            return Err(self.malformed("SignedInfo", "no Reference"));
        }
        Ok(WrittenSignature {
            scheme,
            canonicalization,
            signed_info: signed_info.at,
            references,
            value: SignatureValue::new(self.base64(value, "SignatureValue")?),
            key_info: match key_info {
                Some(key_info) => key_info::sources(self, key_info)?,
                None => Vec::new(),
            },
        })
    }

    /// `CanonicalizationMethod`, and a `Transform` that is a canonicalisation.
    fn canonicalization(&self, element: &Element<'_>) -> Result<Canonicalization, Error> {
        let uri = self.algorithm(element, "CanonicalizationMethod")?;
        let mut method = Canonicalization::from_uri(uri)
            .ok_or_else(|| self.unsupported(Part::CanonicalizationMethod, uri))?;
        let mut children = self.children(element, "CanonicalizationMethod")?;
        if let Some(child) = children.next() {
            let list = child.attribute("PrefixList");
            match (&mut method, list) {
                (Canonicalization::Exclusive { prefixes, .. }, Some(list))
                    if child.is(EXCLUSIVE, "InclusiveNamespaces") =>
                {
                    *prefixes = prefix_list(list)?;
                }
                _ => return Err(self.unsupported(Part::Element, child.local)),
            }
        }
        self.end(children)?;
        Ok(method)
    }

    /// `SignatureMethod`: only schemes of the table; parameters (`HMACOutputLength`) are refused.
    fn scheme(&self, element: &Element<'_>) -> Result<SignatureScheme, Error> {
        let uri = self.algorithm(element, "SignatureMethod")?;
        self.end(self.children(element, "SignatureMethod")?)?;
        SignatureScheme::from_xml_uri(uri)
            .ok_or_else(|| self.unsupported(Part::SignatureMethod, uri))
    }

    /// `Reference ::= Transforms?, DigestMethod, DigestValue` (section 4.3.3).
    fn reference(&self, element: &Element<'_>) -> Result<WrittenReference, Error> {
        self.expect(element, "Reference")?;
        let uri = element
            .attribute("URI")
            .ok_or_else(|| self.malformed("Reference", "no URI attribute"))?;
        let uri = self.uri(uri)?;
        let mut children = self.children(element, "Reference")?.peekable();
        let transforms = match children.next_if(|child| child.is(DS, "Transforms")) {
            Some(transforms) => self.transforms(transforms)?,
            None => Transforms::none(),
        };
        let method = self.next(&mut children, "DigestMethod")?;
        let algorithm = self.algorithm(method, "DigestMethod")?;
        self.end(self.children(method, "DigestMethod")?)?;
        let digest = DigestAlgorithm::from_xml_uri(algorithm)
            // Collisions of SHA-1 are cheap: a signature over such a digest says nothing.
            .filter(|digest| *digest != DigestAlgorithm::Sha1)
            .ok_or_else(|| self.unsupported(Part::DigestMethod, algorithm))?;
        let value = self.next(&mut children, "DigestValue")?;
        let value = self.base64(value, "DigestValue")?;
        self.end(children)?;
        Ok(WrittenReference {
            uri,
            transforms,
            digest,
            value,
        })
    }

    /// Only the same document is looked at.
    fn uri(&self, uri: &str) -> Result<Uri, Error> {
        match uri.strip_prefix('#') {
            None if uri.is_empty() => Ok(Uri::Empty),
            // `#xpointer(…)` would keep comments; nobody writes it.
            Some(id) if !id.is_empty() && !id.contains('(') => Ok(Uri::Identifier(id.to_owned())),
            _ => Err(self.unsupported(Part::ReferenceUri, uri)),
        }
    }

    /// `Transforms ::= Transform+` (section 4.3.3.4), by an allow-list of algorithms and orders.
    fn transforms(&self, element: &Element<'_>) -> Result<Transforms, Error> {
        let mut enveloped = false;
        let mut canonicalization = None;
        for transform in self.children(element, "Transforms")? {
            self.expect(transform, "Transform")?;
            let uri = self.algorithm(transform, "Transform")?;
            // Behind a canonicalisation everything works on octets; nothing here does.
            let refused = canonicalization.is_some()
                || (uri == ENVELOPED && enveloped)
                || (uri != ENVELOPED && Canonicalization::from_uri(uri).is_none());
            if refused {
                return Err(self.unsupported(Part::Transform, uri));
            }
            if uri == ENVELOPED {
                self.end(self.children(transform, "Transform")?)?;
                enveloped = true;
            } else {
                canonicalization = Some(self.canonicalization(transform)?);
            }
        }
        let none = Transforms::none().canonicalization;
        Ok(Transforms {
            enveloped,
            canonicalization: canonicalization.unwrap_or(none),
        })
    }

    fn next<'e, 'd: 'e>(
        &self,
        children: &mut impl Iterator<Item = &'e Element<'d>>,
        name: &'static str,
    ) -> Result<&'e Element<'d>, Error> {
        let child = children
            .next()
            .ok_or_else(|| self.malformed(name, "missing"))?;
        self.expect(child, name)?;
        Ok(child)
    }

    fn expect(&self, element: &Element<'_>, name: &'static str) -> Result<(), Error> {
        if element.is(DS, name) {
            Ok(())
        } else {
            Err(self.unsupported(Part::Element, element.local))
        }
    }

    pub(crate) fn end<'e, 'd: 'e>(
        &self,
        mut children: impl Iterator<Item = &'e Element<'d>>,
    ) -> Result<(), Error> {
        match children.next() {
            Some(child) => Err(self.unsupported(Part::Element, child.local)),
            None => Ok(()),
        }
    }

    /// Child elements; text other than white space is refused, comments and instructions are passed over.
    pub(crate) fn children<'e, 'd>(
        &self,
        element: &'e Element<'d>,
        name: &'static str,
    ) -> Result<impl Iterator<Item = &'e Element<'d>> + use<'e, 'd>, Error> {
        let blank = |node: &Node<'_>| match node {
            Node::Text(text) => text.trim_ascii().is_empty(),
            Node::Element(_) | Node::Other => true,
        };
        if !element.children.iter().all(blank) {
            return Err(self.malformed(name, "unexpected text"));
        }
        Ok(element.elements())
    }

    fn algorithm<'e>(
        &self,
        element: &'e Element<'_>,
        name: &'static str,
    ) -> Result<&'e str, Error> {
        element
            .attribute("Algorithm")
            .ok_or_else(|| self.malformed(name, "no Algorithm attribute"))
    }

    /// Base64 text with any white space in it (the Java signers write `&#13;` and line feeds).
    ///
    /// A comment inside is refused: readers differ in what they take for the text around it.
    pub(crate) fn base64(
        &self,
        element: &Element<'_>,
        name: &'static str,
    ) -> Result<Vec<u8>, Error> {
        let text = match element.children.as_slice() {
            [] => "",
            [Node::Text(text)] => text,
            _ => return Err(self.malformed(name, "not only text")),
        };
        let bare: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        <base64ct::Base64 as base64ct::Encoding>::decode_vec(&bare)
            .map_err(|_| self.malformed(name, "not base64"))
    }

    pub(crate) fn unsupported(&self, part: Part, value: &str) -> Error {
        Error::Unsupported {
            signature: self.index,
            part,
            value: value.to_owned(),
        }
    }

    pub(crate) fn malformed(&self, element: &'static str, problem: &'static str) -> Error {
        Error::Malformed {
            signature: self.index,
            element,
            problem,
        }
    }
}

/// `PrefixList` of Exclusive XML Canonicalization section 4: each prefix once, in the order written.
fn prefix_list(list: &str) -> Result<Vec<String>, Error> {
    let mut prefixes: Vec<&str> = Vec::new();
    let mut known = HashSet::new();
    for prefix in list.split_ascii_whitespace() {
        if !known.insert(prefix) {
            continue;
        }
        if prefixes.len() == PREFIXES {
            return Err(Error::TooLarge {
                what: "prefixes",
                limit: PREFIXES,
            });
        }
        prefixes.push(prefix);
    }
    let named = prefixes.into_iter().map(|prefix| match prefix {
        "#default" => String::new(),
        prefix => prefix.to_owned(),
    });
    Ok(named.collect())
}

impl Transforms {
    /// Section 4.3.3.2: a node set that reaches the digest is made canonical with Canonical XML 1.0.
    fn none() -> Self {
        Self {
            enveloped: false,
            canonicalization: Canonicalization::Inclusive { comments: false },
        }
    }
}

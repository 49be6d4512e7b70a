//! Reads the structure of one `ds:Signature` and follows its references.

use roxmltree::{AxisIter, Node, NodeId};
use tamga_scheme::{DigestAlgorithm, SignatureScheme, SignatureValue};

use crate::c14n::{self, Budget, Canonicalization};
use crate::identifiers::Identifiers;
use crate::names::{DS, ENVELOPED, EXCLUSIVE};
use crate::{
    CheckError, CoveredNode, CoveredReference, ElementPath, Error, Limits, Part, PathStep,
    Reference, XmlSignature, key_info,
};

/// One signature in its document.
pub(crate) struct SignatureReader<'r, 'a, 'input> {
    /// Position among the signatures, for errors.
    pub(crate) index: usize,
    /// `ds:Signature`.
    pub(crate) element: Node<'a, 'input>,
    /// The document's resolver.
    pub(crate) identifiers: &'r Identifiers<'a, 'input>,
    pub(crate) limits: &'r Limits,
}

/// The transforms of a reference: `enveloped-signature`?, then one canonicalisation.
struct Transforms {
    enveloped: bool,
    canonicalization: Canonicalization,
}

impl<'a, 'input> SignatureReader<'_, 'a, 'input> {
    /// `Signature ::= SignedInfo, SignatureValue, KeyInfo?, Object*` (XMLDSig section 4.1).
    ///
    /// `Object` is refused: nothing in the national profiles uses it, and signed manifests would hide in it.
    pub(crate) fn read(&self, budget: &mut Budget) -> Result<XmlSignature, Error> {
        let mut children = self.children(self.element, "Signature")?;
        let signed_info = self.next(&mut children, "SignedInfo")?;
        let value = self.next(&mut children, "SignatureValue")?;
        let key_info = children.next();
        if let Some(element) = key_info.filter(|node| !node.has_tag_name((DS, "KeyInfo"))) {
            return Err(self.unsupported(Part::Element, element.tag_name().name()));
        }
        self.end(children)?;

        let mut parts = self.children(signed_info, "SignedInfo")?;
        let canonicalization =
            self.canonicalization(self.next(&mut parts, "CanonicalizationMethod")?)?;
        let scheme = self.scheme(self.next(&mut parts, "SignatureMethod")?)?;
        let later: Vec<NodeId> = self.later_siblings().collect();
        let mut references = Vec::new();
        for part in parts {
            if references.len() == self.limits.references {
                return Err(Error::TooLarge {
                    what: "references",
                    limit: self.limits.references,
                });
            }
            references.push(self.reference(part, &later, budget)?);
        }
        if references.is_empty() {
            return Err(self.malformed("SignedInfo", "no Reference"));
        }
        Ok(XmlSignature {
            scheme,
            signed_info: c14n::node(signed_info, &canonicalization, &[], budget)?,
            canonicalization,
            references,
            value: SignatureValue::new(self.base64(value, "SignatureValue")?),
            certificates: match key_info {
                Some(key_info) => key_info::certificates(self, key_info)?,
                None => Vec::new(),
            },
        })
    }

    /// `CanonicalizationMethod`, and a `Transform` that is a canonicalisation.
    fn canonicalization(&self, element: Node<'a, 'input>) -> Result<Canonicalization, Error> {
        let uri = self.algorithm(element, "CanonicalizationMethod")?;
        let mut method = Canonicalization::from_uri(uri)
            .ok_or_else(|| self.unsupported(Part::CanonicalizationMethod, uri))?;
        let mut children = self.children(element, "CanonicalizationMethod")?;
        if let Some(child) = children.next() {
            let list = child.attribute("PrefixList");
            match (&mut method, list) {
                (Canonicalization::Exclusive { prefixes, .. }, Some(list))
                    if child.has_tag_name((EXCLUSIVE, "InclusiveNamespaces")) =>
                {
                    prefixes.extend(list.split_ascii_whitespace().map(|prefix| match prefix {
                        "#default" => String::new(),
                        prefix => prefix.to_owned(),
                    }));
                }
                _ => return Err(self.unsupported(Part::Element, child.tag_name().name())),
            }
        }
        self.end(children)?;
        Ok(method)
    }

    /// `SignatureMethod`: only schemes of the table; parameters (`HMACOutputLength`) are refused.
    fn scheme(&self, element: Node<'a, 'input>) -> Result<SignatureScheme, Error> {
        let uri = self.algorithm(element, "SignatureMethod")?;
        self.end(self.children(element, "SignatureMethod")?)?;
        SignatureScheme::from_xml_uri(uri)
            .ok_or_else(|| self.unsupported(Part::SignatureMethod, uri))
    }

    /// `Reference ::= Transforms?, DigestMethod, DigestValue` (section 4.3.3).
    fn reference(
        &self,
        element: Node<'a, 'input>,
        later: &[NodeId],
        budget: &mut Budget,
    ) -> Result<Reference, Error> {
        self.expect(element, "Reference")?;
        let uri = element
            .attribute("URI")
            .ok_or_else(|| self.malformed("Reference", "no URI attribute"))?
            .to_owned();
        let mut children = self.children(element, "Reference")?.peekable();
        let transforms = match children.next_if(|child| child.has_tag_name((DS, "Transforms"))) {
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
        let outcome = self.follow(&uri, &transforms, digest, &value, later, budget)?;
        Ok(Reference {
            uri,
            digest,
            outcome,
        })
    }

    /// `Transforms ::= Transform+` (section 4.3.3.4), by an allow-list of algorithms and orders.
    fn transforms(&self, element: Node<'a, 'input>) -> Result<Transforms, Error> {
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

    /// Section 4.3.3.2, the reference processing model, for same-document URIs.
    fn follow(
        &self,
        uri: &str,
        transforms: &Transforms,
        digest: DigestAlgorithm,
        expected: &[u8],
        later: &[NodeId],
        budget: &mut Budget,
    ) -> Result<Result<CoveredReference, CheckError>, Error> {
        let tree = self.element.document();
        let target = match uri.strip_prefix('#') {
            None if uri.is_empty() => tree.root(),
            // `#xpointer(…)` would keep comments; nobody writes it.
            Some(id) if !id.is_empty() && !id.contains('(') => match self.identifiers.find(id)? {
                Some(element) => element,
                None => {
                    return Ok(Err(CheckError::NoSuchElement {
                        uri: uri.to_owned(),
                    }));
                }
            },
            _ => return Err(self.unsupported(Part::ReferenceUri, uri)),
        };
        // Section 4.3.3.3: a same-document reference yields a node set without comments, whatever follows.
        let method = transforms.canonicalization.without_comments();
        let (own, later) = match transforms.enveloped {
            true => (vec![self.element.id()], later),
            false => (Vec::new(), &[][..]),
        };
        // Section 6.6.4: the signature stands inside what it signs. Were it the whole of it, nothing would be hashed.
        let inside = self
            .element
            .ancestors()
            .skip(1)
            .any(|ancestor| match target.is_root() {
                true => ancestor.is_element(),
                false => ancestor == target,
            });
        if transforms.enveloped && !inside {
            return Err(self.unsupported(Part::Transform, ENVELOPED));
        }
        let mut matches = |excluded: &[NodeId]| -> Result<bool, Error> {
            let canonical = c14n::node(target, &method, excluded, budget)?;
            Ok(digest.digest(canonical.as_bytes()) == expected)
        };
        let removed = if matches(&own)? {
            0
        } else if !later.is_empty() && matches(&[&own, later].concat())? {
            later.len()
        } else {
            return Ok(Err(CheckError::DigestMismatch {
                uri: uri.to_owned(),
            }));
        };
        Ok(Ok(CoveredReference {
            uri: uri.to_owned(),
            node: match uri.strip_prefix('#') {
                None => CoveredNode::Document,
                Some(id) => CoveredNode::Element {
                    path: path(target, budget)?,
                    id: id.to_owned(),
                },
            },
            comments_dropped: true,
            enveloped: transforms.enveloped,
            later_signatures_removed: removed,
        }))
    }

    /// Signatures standing behind this one, with the same parent.
    fn later_siblings(&self) -> impl Iterator<Item = NodeId> + use<'a, 'input> {
        let siblings = self.element.next_siblings().skip(1);
        siblings
            .filter(|node| node.has_tag_name((DS, "Signature")))
            .map(|node| node.id())
    }

    fn next<I: Iterator<Item = Node<'a, 'input>>>(
        &self,
        children: &mut I,
        name: &'static str,
    ) -> Result<Node<'a, 'input>, Error> {
        let child = children
            .next()
            .ok_or_else(|| self.malformed(name, "missing"))?;
        self.expect(child, name)?;
        Ok(child)
    }

    fn expect(&self, element: Node<'a, 'input>, name: &'static str) -> Result<(), Error> {
        if element.has_tag_name((DS, name)) {
            Ok(())
        } else {
            Err(self.unsupported(Part::Element, element.tag_name().name()))
        }
    }

    pub(crate) fn end<I: Iterator<Item = Node<'a, 'input>>>(
        &self,
        mut children: I,
    ) -> Result<(), Error> {
        match children.next() {
            Some(child) => Err(self.unsupported(Part::Element, child.tag_name().name())),
            None => Ok(()),
        }
    }

    /// Child elements; text other than white space is refused, comments and instructions are passed over.
    pub(crate) fn children(
        &self,
        element: Node<'a, 'input>,
        name: &'static str,
    ) -> Result<impl Iterator<Item = Node<'a, 'input>> + use<'a, 'input>, Error> {
        let blank = |node: &Node<'_, '_>| node.text().unwrap_or_default().trim_ascii().is_empty();
        if !element
            .children()
            .filter(Node::is_text)
            .all(|node| blank(&node))
        {
            return Err(self.malformed(name, "unexpected text"));
        }
        Ok(element.children().filter(Node::is_element))
    }

    fn algorithm(&self, element: Node<'a, 'input>, name: &'static str) -> Result<&'a str, Error> {
        element
            .attribute("Algorithm")
            .ok_or_else(|| self.malformed(name, "no Algorithm attribute"))
    }

    /// Base64 text with any white space in it (the Java signers write `&#13;` and line feeds).
    ///
    /// A comment inside is refused: readers differ in what they take for the text around it.
    pub(crate) fn base64(
        &self,
        element: Node<'a, 'input>,
        name: &'static str,
    ) -> Result<Vec<u8>, Error> {
        if !element.children().all(|node| node.is_text()) {
            return Err(self.malformed(name, "not only text"));
        }
        let text = element.text().unwrap_or_default();
        let bare: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        <base64ct::Base64 as base64ct::Encoding>::decode_vec(&bare)
            .map_err(|_| self.malformed(name, "not base64"))
    }

    /// The element a WS-Security reference leads to.
    pub(crate) fn resolve(&self, uri: &str) -> Result<Option<Node<'a, 'input>>, Error> {
        match uri.strip_prefix('#') {
            Some(id) if !id.is_empty() => self.identifiers.find(id),
            _ => Err(self.unsupported(Part::ReferenceUri, uri)),
        }
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

impl Transforms {
    /// Section 4.3.3.2: a node set that reaches the digest is made canonical with Canonical XML 1.0.
    fn none() -> Self {
        Self {
            enveloped: false,
            canonicalization: Canonicalization::Inclusive { comments: false },
        }
    }
}

fn path(element: Node<'_, '_>, budget: &mut Budget) -> Result<ElementPath, Error> {
    let mut steps = Vec::new();
    for node in element.ancestors().filter(Node::is_element) {
        let mut same_name = |siblings: AxisIter<'_, '_>| -> Result<usize, Error> {
            let mut count = 0;
            for sibling in siblings.skip(1) {
                budget.spend(1)?;
                count += usize::from(sibling.is_element() && sibling.tag_name() == node.tag_name());
            }
            Ok(count)
        };
        let index = same_name(node.prev_siblings())?;
        let count = index + 1 + same_name(node.next_siblings())?;
        steps.push(PathStep {
            namespace: node.tag_name().namespace().map(str::to_owned),
            local_name: node.tag_name().name().to_owned(),
            index,
            count,
        });
    }
    steps.reverse();
    Ok(ElementPath(steps))
}

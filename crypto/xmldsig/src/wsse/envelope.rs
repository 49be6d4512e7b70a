//! The parts of a SOAP envelope that concern its signature.

use std::borrow::Cow;

use crate::names::{SOAP_11, SOAP_12, WSSE, WSU};
use crate::prepare::{Identifier, Outline};

/// Why an envelope cannot be signed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EnvelopeProblem {
    /// The Body carries several identifiers that differ: verifiers may follow either.
    #[error("the Body carries different identifiers: {ids:?}")]
    BodyIdentifiers {
        /// All of them, the one it would be referred to by included.
        ids: Vec<String>,
    },
    /// The Header does not come first.
    #[error("the Header stands behind the Body")]
    HeaderBehindBody,
    /// No Body in the Envelope.
    #[error("the envelope has no Body")]
    NoBody,
    /// The root is something else.
    #[error("{name} in namespace {namespace:?} is no SOAP envelope")]
    NotAnEnvelope {
        /// Namespace of the root.
        namespace: String,
        /// Local name of the root.
        name: String,
    },
    /// More than one Body: readers differ in which one they take.
    #[error("the envelope has {count} Bodies")]
    SeveralBodies {
        /// How many.
        count: usize,
    },
    /// More than one Header.
    #[error("the envelope has {count} Headers")]
    SeveralHeaders {
        /// How many.
        count: usize,
    },
    /// More than one Security header for the same receiver (WS-Security 1.0 section 5 forbids it).
    #[error("the envelope has {count} Security headers without actor")]
    SeveralSecurities {
        /// How many.
        count: usize,
    },
    /// A Timestamp was asked for, and there is one (WS-Security 1.0 section 10 allows no second).
    #[error("the Security header has a Timestamp already")]
    TimestampPresent,
}

/// Elements by their numbers in the outline.
pub(super) struct Envelope {
    /// Namespace of the SOAP version.
    soap: &'static str,
    pub(super) header: Option<usize>,
    /// `wsse:Security` without actor.
    pub(super) security: Option<usize>,
    /// `wsu:Timestamp` in it.
    pub(super) timestamp: Option<usize>,
    pub(super) body: usize,
}

impl Envelope {
    pub(super) fn find(outline: &Outline<'_>) -> Result<Self, EnvelopeProblem> {
        let (namespace, name) = outline.expanded_name(0);
        let soap = [SOAP_11, SOAP_12]
            .into_iter()
            .find(|&soap| namespace == soap && name == "Envelope");
        let soap = soap.ok_or_else(|| EnvelopeProblem::NotAnEnvelope {
            namespace: namespace.into_owned(),
            name: name.to_owned(),
        })?;
        let of_root = |name: &str| children(outline, 0, soap, name);
        let header = match of_root("Header").as_slice() {
            [] => None,
            [header] => Some(*header),
            several => {
                return Err(EnvelopeProblem::SeveralHeaders {
                    count: several.len(),
                });
            }
        };
        let body = match of_root("Body").as_slice() {
            [] => return Err(EnvelopeProblem::NoBody),
            [body] => *body,
            several => {
                return Err(EnvelopeProblem::SeveralBodies {
                    count: several.len(),
                });
            }
        };
        if header.is_some_and(|header| header > body) {
            return Err(EnvelopeProblem::HeaderBehindBody);
        }
        let mut ids: Vec<String> = Vec::new();
        for (_, id) in outline.identifiers(body) {
            if !ids.iter().any(|known| *known == id) {
                ids.push(id.into_owned());
            }
        }
        // One identifier that is not `wsu:Id` gets a second one beside it, which differs.
        if ids.len() > 1 || (ids.len() == 1 && wsu_id(outline, body).is_none()) {
            return Err(EnvelopeProblem::BodyIdentifiers { ids });
        }
        let mut securities = header.map_or_else(Vec::new, |header| {
            children(outline, header, WSSE, "Security")
        });
        securities.retain(|&security| !has_actor(outline, security, soap));
        let security = match securities.as_slice() {
            [] => None,
            [security] => Some(*security),
            several => {
                return Err(EnvelopeProblem::SeveralSecurities {
                    count: several.len(),
                });
            }
        };
        let timestamp = security.and_then(|security| {
            let timestamps = children(outline, security, WSU, "Timestamp");
            timestamps.first().copied()
        });
        Ok(Self {
            soap,
            header,
            security,
            timestamp,
            body,
        })
    }

    /// A new Security header, to be put into `parent`.
    pub(super) fn security_text(
        &self,
        outline: &Outline<'_>,
        parent: usize,
        content: &str,
    ) -> String {
        let soap = self.soap;
        let prefix = root_prefix(outline);
        let bound = outline.namespace(parent, prefix).as_deref() == Some(soap);
        // An attribute needs a prefix, and one that the new element does not take for itself; a new one is declared for
        // this element alone.
        let usable = bound && !matches!(prefix, "" | "wsse" | "wsu");
        let must_understand = match usable {
            true => format!(" {prefix}:mustUnderstand=\"1\""),
            false => format!(" xmlns:soap=\"{soap}\" soap:mustUnderstand=\"1\""),
        };
        format!(
            "<wsse:Security xmlns:wsse=\"{WSSE}\" xmlns:wsu=\"{WSU}\"{must_understand}>{content}</wsse:Security>"
        )
    }

    /// What an element put into Security must declare; a new Security declares both prefixes itself.
    pub(super) fn declaration(
        &self,
        outline: &Outline<'_>,
        prefix: &str,
        namespace: &str,
    ) -> String {
        let bound = self.security.is_none_or(|security| {
            outline.namespace(security, prefix).as_deref() == Some(namespace)
        });
        match bound {
            true => String::new(),
            false => format!(" xmlns:{prefix}=\"{namespace}\""),
        }
    }
}

/// A prefix for `wsu:Id`.
pub(super) enum WsuPrefix {
    /// In scope already.
    Bound(String),
    /// Not bound to anything, so that declaring it takes nothing from names inside.
    Free(String),
}

impl WsuPrefix {
    /// `wsu`, or with a number behind it when that is taken.
    pub(super) fn at(outline: &Outline<'_>, element: usize) -> Self {
        let mut prefix = "wsu".to_owned();
        for number in 1.. {
            match outline.namespace(element, &prefix).as_deref() {
                Some(WSU) => return Self::Bound(prefix),
                None => break,
                Some(_) => prefix = format!("wsu{number}"),
            }
        }
        Self::Free(prefix)
    }
}

/// `wsu:Id` of an element.
pub(super) fn wsu_id<'a>(outline: &Outline<'a>, element: usize) -> Option<Cow<'a, str>> {
    outline
        .identifiers(element)
        .find(|(kind, _)| *kind == Identifier::WsSecurity)
        .map(|(_, id)| id)
}

/// A qualified name with the prefix of the Envelope.
pub(super) fn sibling_name(outline: &Outline<'_>, local: &str) -> String {
    match root_prefix(outline) {
        "" => local.to_owned(),
        prefix => format!("{prefix}:{local}"),
    }
}

fn root_prefix<'a>(outline: &Outline<'a>) -> &'a str {
    outline
        .name(0)
        .split_once(':')
        .map_or("", |(prefix, _)| prefix)
}

fn children(outline: &Outline<'_>, parent: usize, namespace: &str, name: &str) -> Vec<usize> {
    let is_meant = |&child: &usize| {
        let (of, local) = outline.expanded_name(child);
        local == name && of == namespace
    };
    outline.children(parent).filter(is_meant).collect()
}

/// `actor` (SOAP 1.1) or `role` (SOAP 1.2) with something in it.
fn has_actor(outline: &Outline<'_>, security: usize, soap: &str) -> bool {
    outline.attributes(security).any(|attribute| {
        let Some((prefix, "actor" | "role")) = attribute.name.split_once(':') else {
            return false;
        };
        outline.namespace(security, prefix).as_deref() == Some(soap)
            && !attribute.value().is_empty()
    })
}

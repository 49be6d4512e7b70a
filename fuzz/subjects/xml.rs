//! What is done with a signed XML document: every signature read and checked, every canonical form made twice. Whatever
//! the bytes, it ends without a panic.

use tamga_xmldsig::c14n::{Canonicalization, canonicalize};
use tamga_xmldsig::{CoveredNode, Error, Limits, SignedXml, XmlSignature};

/// How much a document held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) signatures: usize,
    /// Those whose references hold.
    pub(crate) references_hold: usize,
    /// Those that hold under the certificate they bring along.
    pub(crate) hold: usize,
}

/// Reads a document.
///
/// # Errors
/// Why it cannot be read.
pub(crate) fn read(bytes: &[u8]) -> Result<Read, Error> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        canonical(text);
    }
    let document = SignedXml::parse(bytes, &Limits::default())?;
    let _ = document.has_comments();
    let signatures = document.signatures();
    let references_hold = |one: &&XmlSignature| references_hold(one);
    let hold = |one: &&XmlSignature| {
        let key = one
            .certificate()
            .and_then(|certificate| certificate.public_key().ok());
        key.is_some_and(|key| one.check_signature(key).is_ok())
    };
    Ok(Read {
        signatures: signatures.len(),
        references_hold: signatures.iter().filter(references_hold).count(),
        hold: signatures
            .iter()
            .filter(references_hold)
            .filter(hold)
            .count(),
    })
}

fn references_hold(signature: &XmlSignature) -> bool {
    assert!(!signature.references().is_empty());
    let each = signature
        .references()
        .iter()
        .all(|reference| reference.covered().is_ok());
    let _ = (
        signature.scheme(),
        signature.canonicalization(),
        signature.certificates(),
    );
    let Ok(covered) = signature.check_references() else {
        assert!(!each, "every reference holds");
        return false;
    };
    assert!(each, "a reference does not hold");
    assert_eq!(covered.references().len(), signature.references().len());
    let _ = (covered.covers_root(), covered.covers_soap_body());
    for reference in covered.references() {
        if let CoveredNode::Element { path, .. } = &reference.node {
            assert_eq!(path.is_root(), path.steps().len() == 1, "{path}");
        }
    }
    true
}

/// A canonical form is its own canonical form.
fn canonical(text: &str) {
    let prefixes = ["#default", "a", "ds"].map(str::to_owned).to_vec();
    let exclusive = |comments, prefixes| Canonicalization::Exclusive { comments, prefixes };
    let methods = [
        Canonicalization::Inclusive { comments: false },
        Canonicalization::Inclusive { comments: true },
        Canonicalization::Inclusive11 { comments: false },
        Canonicalization::Inclusive11 { comments: true },
        exclusive(false, Vec::new()),
        exclusive(true, Vec::new()),
        exclusive(true, prefixes),
    ];
    for method in methods {
        // What is no XML has no form, and neither has XML beyond the budget.
        let Ok(form) = canonicalize(text, &method, &Limits::default()) else {
            continue;
        };
        assert_eq!(
            canonicalize(&form, &method, &Limits::default()).as_ref(),
            Ok(&form),
            "{method:?}"
        );
    }
}

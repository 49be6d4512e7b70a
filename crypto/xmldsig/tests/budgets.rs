//! What a document may cost is counted, and refused before it arises.

mod signing_keys;

use base64ct::{Base64, Encoding};
use tamga_scheme::{DigestAlgorithm, SignatureScheme};
use tamga_xmldsig::c14n::{Canonicalization, canonicalize, canonicalize_element};
use tamga_xmldsig::{CoveredNode, Error, Limits, PathStep, SignedXml};

use self::signing_keys::Key;

const WSSE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";

fn within(canonical: usize) -> Limits {
    Limits {
        canonical,
        ..Limits::default()
    }
}

/// The least budget `canonical` with which something is done.
fn cost<T>(done: impl Fn(&Limits) -> Result<T, Error>) -> usize {
    let (mut low, mut high) = (0, 1 << 30);
    assert!(done(&within(high)).is_ok(), "readable at all");
    while low < high {
        let canonical = (low + high) / 2;
        match done(&within(canonical)) {
            Ok(_) => high = canonical,
            Err(Error::TooLarge {
                what: "canonical bytes",
                limit,
            }) if limit == canonical => {
                low = canonical + 1;
            }
            Err(error) => panic!("{error}"),
        }
    }
    low
}

fn reading(document: &str) -> usize {
    cost(|limits| SignedXml::parse(document.as_bytes(), limits))
}

/// A reference with the digest of `canonical`.
fn reference(uri: &str, transform: &str, canonical: &str) -> String {
    let digest = DigestAlgorithm::Sha256.digest(canonical.as_bytes());
    let digest = Base64::encode_string(&digest);
    format!(
        "<Reference URI='{uri}'><Transforms><Transform Algorithm='{transform}'/></Transforms><DigestMethod Algorithm='http://www.w3.org/2001/04/xmlenc#sha256'/><DigestValue>{digest}</DigestValue></Reference>"
    )
}

fn signature(references: &str, behind: &str) -> String {
    format!(
        "<Signature xmlns='http://www.w3.org/2000/09/xmldsig#'><SignedInfo><CanonicalizationMethod Algorithm='http://www.w3.org/2001/10/xml-exc-c14n#'/><SignatureMethod Algorithm='http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'/>{references}</SignedInfo><SignatureValue>AAAA</SignatureValue>{behind}</Signature>"
    )
}

const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const EXCLUSIVE: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

/// Sixty-four references to the whole of a large document: each reads it once more, which the budget counts.
#[test]
fn many_references_to_much_are_refused_before_they_cost() {
    let references = reference("", ENVELOPED, "another").repeat(64);
    let signature = signature(&references, "");
    let document = |bytes: usize| format!("<r>{}{signature}</r>", "x".repeat(bytes));
    let limits = Limits::default();
    assert!(SignedXml::parse(document(1 << 20).as_bytes(), &limits).is_ok());
    assert_eq!(
        SignedXml::parse(document(60 << 20).as_bytes(), &limits).err(),
        Some(Error::TooLarge {
            what: "canonical bytes",
            limit: limits.canonical
        })
    );
}

/// Markup that the canonical form leaves out takes as long to read as any other.
#[test]
fn bytes_read_are_counted_whether_they_are_written_or_not() {
    const BYTES: usize = 50_000;
    let blank = " ".repeat(BYTES);
    let references = reference("", ENVELOPED, "another").repeat(8);
    let signature = signature(&references, "");
    let bare = reading(&format!("<r>{signature}</r>"));
    for (dense, filled) in [
        ("<r></r>", format!("<r{blank}></r>")),
        ("<r></r>", format!("<r></r{blank}>")),
        ("<r></r>", format!("<r></r>{blank}")),
        ("<r></r>", format!("{blank}<r></r>")),
        ("<r><!----></r>", format!("<r><!--{blank}--></r>")),
        ("<r a=''></r>", format!("<r a{blank}=''></r>")),
    ] {
        let signed = filled.replacen("</r", &format!("{signature}</r"), 1);
        assert!(reading(&signed) >= bare + 8 * BYTES, "{}", &filled[..20]);
        let method = Canonicalization::Inclusive { comments: false };
        let canonical = |text: &str| cost(|limits| canonicalize(text, &method, limits));
        assert_eq!(canonical(&filled), canonical(dense) + BYTES);
    }
}

/// The enveloped signature itself is passed over unread, however long it is.
#[test]
fn what_is_taken_out_is_not_counted() {
    let references = reference("", ENVELOPED, "<r></r>");
    let signed = |blank: &str| {
        let signature = signature(&references, "");
        format!(
            "<r>{}</r>",
            signature.replacen("</SignatureValue>", &format!("{blank}</SignatureValue>"), 1)
        )
    };
    // Once for the tree of the signature; SignedInfo ends before.
    assert_eq!(
        reading(&signed(&" ".repeat(10_000))),
        reading(&signed("")) + 10_000
    );
}

/// Two hundred ancestors with a base each: every join goes through what the ones before made.
#[test]
fn joins_of_bases_are_counted() {
    let base = format!("{}/", "x".repeat(999));
    let document = |depth: usize| {
        let open = format!("<a xml:base='{base}'>").repeat(depth);
        (open.len(), format!("{open}<b/>{}", "</a>".repeat(depth)))
    };
    let joined = |depth: usize| {
        let (offset, document) = document(depth);
        let method = Canonicalization::Inclusive11 { comments: false };
        cost(|limits| canonicalize_element(&document, offset, &method, limits))
    };
    let joins: usize = (1..200).map(|before| (before + 1) * base.len()).sum();
    assert!(joined(200) - joined(1) >= joins);
}

/// Names taken over from ancestors are declared again for each reference, written or not.
#[test]
fn names_taken_over_from_ancestors_are_counted() {
    let prefix = "p".repeat(10_000);
    let document = |count: usize| {
        let references = reference("#a", EXCLUSIVE, "another").repeat(count);
        let signature = signature(&references, "");
        format!("<r xmlns:{prefix}='urn:p'><b Id='a'/>{signature}</r>")
    };
    assert!(reading(&document(11)) - reading(&document(1)) >= 10 * prefix.len());
}

fn paths(document: &str) -> Vec<Vec<PathStep>> {
    let signed = SignedXml::parse(document.as_bytes(), &Limits::default()).expect("readable");
    let covered = signed.signatures()[0].check_references().expect("holds");
    let steps = covered.references().iter().map(|one| match &one.node {
        CoveredNode::Element { path, .. } => path.steps().to_vec(),
        CoveredNode::Document => Vec::new(),
    });
    steps.collect()
}

/// Deep below long names: `<nnn…><nnn…>…<x Id='a'/><x Id='b'/>`.
fn deep(references: &str) -> String {
    let name = "n".repeat(1000);
    format!(
        "<r>{}<x Id='a'></x><x Id='b'></x>{}{}</r>",
        format!("<{name} xmlns='urn:n'>").repeat(100),
        format!("</{name}>").repeat(100),
        signature(references, "")
    )
}

#[test]
fn names_in_paths_are_kept_once_for_a_document() {
    let to = |id: &str| {
        let canonical = format!("<x xmlns=\"urn:n\" Id=\"{id}\"></x>");
        reference(&format!("#{id}"), EXCLUSIVE, &canonical)
    };
    let found = paths(&deep(&[to("a"), to("b"), to("a")].concat()));
    let lengths: Vec<usize> = found.iter().map(Vec::len).collect();
    assert_eq!(lengths, [102, 102, 102]);
    assert_eq!(
        (
            found[0][101].index,
            found[1][101].index,
            found[1][101].count
        ),
        (0, 1, 2)
    );
    for path in &found {
        for step in &path[1..101] {
            assert!(std::sync::Arc::ptr_eq(
                &step.local_name,
                &found[0][1].local_name
            ));
            let names = (step.namespace.as_ref(), found[0][1].namespace.as_ref());
            let (Some(one), Some(other)) = names else {
                panic!("all have a namespace")
            };
            assert!(std::sync::Arc::ptr_eq(one, other));
        }
    }
}

#[test]
fn paths_are_found_and_counted_for_references_that_hold_only() {
    let held = deep(&reference(
        "#a",
        EXCLUSIVE,
        "<x xmlns=\"urn:n\" Id=\"a\"></x>",
    ));
    let failed = deep(&reference("#a", EXCLUSIVE, "another"));
    assert_eq!(held.len(), failed.len());
    // The pass that counts siblings, the names, the steps.
    let steps = 102 * size_of::<PathStep>();
    assert!(reading(&held) - reading(&failed) >= held.len() + 100 * 1000 + steps);
}

/// A token that many references lead to is read once.
#[test]
fn a_security_token_is_read_and_counted_once() {
    let certificate = &Key::of(SignatureScheme::RsaSha256).certificate;
    let blank = " ".repeat(100_000);
    let document = |references: usize, blank: &str| {
        let token = format!(
            "<w:BinarySecurityToken xmlns:w='{WSSE}' ValueType='http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3' Id='t'>{}{blank}</w:BinarySecurityToken>",
            Base64::encode_string(certificate.der())
        );
        let to_token = format!(
            "<w:SecurityTokenReference xmlns:w='{WSSE}'><w:Reference URI='#t'/></w:SecurityTokenReference>"
        )
        .repeat(references);
        let signed = reference("", ENVELOPED, "another");
        format!(
            "<r>{token}{}</r>",
            signature(&signed, &format!("<KeyInfo>{to_token}</KeyInfo>"))
        )
    };
    // Looking for the identifier, the reference to the document (read and written), the token.
    let more =
        |references| reading(&document(references, &blank)) - reading(&document(references, ""));
    assert_eq!(more(1), 4 * blank.len());
    assert_eq!(more(10), 4 * blank.len());
    let limits = Limits::default();
    let signed = SignedXml::parse(document(10, &blank).as_bytes(), &limits).expect("readable");
    assert_eq!(
        signed.signatures()[0].certificates(),
        vec![certificate.clone(); 10]
    );
}

#[test]
fn prefix_lists_are_limited_and_have_each_prefix_once() {
    let read = |list: &str| {
        let list = format!(
            "<Transform Algorithm='{EXCLUSIVE}'><InclusiveNamespaces xmlns='{EXCLUSIVE}' PrefixList='{list}'/></Transform>"
        );
        let written = format!("<Transform Algorithm='{EXCLUSIVE}'/>");
        let references = reference("", EXCLUSIVE, "another").replace(&written, &list);
        let document = format!("<r>{}</r>", signature(&references, ""));
        SignedXml::parse(document.as_bytes(), &Limits::default())
            .map(|read| read.signatures().len())
    };
    let many = |count: usize| (0..count).map(|n| format!("p{n} ")).collect::<String>();
    assert_eq!(read(&many(64)), Ok(1));
    assert_eq!(read(&many(64).repeat(3)), Ok(1));
    assert_eq!(
        read(&many(65)),
        Err(Error::TooLarge {
            what: "prefixes",
            limit: 64
        })
    );
}

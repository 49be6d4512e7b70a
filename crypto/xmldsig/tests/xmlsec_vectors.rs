//! The published interoperability suites of XML Signature, as the source of xmlsec1 collects them: merlin's, phaos's,
//! the second edition's and xmlsec's own.
//!
//! Few of their signatures are of a kind our profile accepts, but their canonical forms are judged all the same: by
//! digests of references, by signature values over SignedInfo, and by the octets published. They are fetched, not kept:
//! `tests/vectors/xmlsec/fetch.sh`.

#[path = "xmlsec_vectors/refused.rs"]
mod refused;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use base64ct::{Base64, Encoding};
use refused::{REFUSED, Refusal};
use roxmltree::{Document, Node, ParsingOptions};
use tamga_test_support::{read, workspace_dir};
use tamga_xmldsig::c14n::{Canonicalization, canonicalize, canonicalize_element};
use tamga_xmldsig::{Error, Limits, SignedXml};

const SUITES: [&str; 6] = [
    "aleksey-xmldsig-01",
    "merlin-c14n-three",
    "merlin-exc-c14n-one",
    "merlin-xmldsig-twenty-three",
    "phaos-xmldsig-three",
    "xmldsig2ed-tests",
];

const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
const INCLUSIVE: &str = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315";

/// Broken on purpose, as its name says.
const BAD_DIGEST: &str = "phaos-xmldsig-three/signature-rsa-enveloped-bad-digest-val.xml";
/// The same for a value.
const BAD_VALUE: &str = "phaos-xmldsig-three/signature-rsa-enveloped-bad-sig.xml";

/// The suites' folder, fetched once.
fn suites() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("xmlsec1-1.2.37");
        let script = workspace_dir().join("tests/vectors/xmlsec/fetch.sh");
        let status = Command::new(script).arg(&folder).status();
        assert!(status.expect("the script runs").success(), "not fetched");
        folder.join("tests")
    })
}

fn text(file: &str) -> String {
    String::from_utf8(read(suites().join(file))).expect("UTF-8")
}

/// Every document of the suites with a signature in it.
fn signed_documents() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for suite in SUITES {
        for entry in std::fs::read_dir(suites().join(suite)).expect("a folder") {
            let name = entry.expect("readable").file_name();
            let file = format!("{suite}/{}", name.to_str().expect("ASCII"));
            if file.ends_with(".xml") && text(&file).contains(DS) {
                found.insert(file);
            }
        }
    }
    found
}

#[test]
fn every_published_signature_is_refused_for_the_reason_listed() {
    let mut listed = BTreeSet::new();
    for refused in REFUSED {
        for &file in refused.files {
            assert!(listed.insert(file.to_owned()), "{file} is listed twice");
            let found = SignedXml::parse(text(file).as_bytes(), &Limits::default()).err();
            match (&refused.by, found) {
                (Refusal::DocumentType, Some(Error::DoctypePresent { .. })) => {}
                (
                    Refusal::Part(part, value),
                    Some(Error::Unsupported {
                        part: found,
                        value: met,
                        ..
                    }),
                ) => assert_eq!((part, *value), (&found, met.as_str()), "{file}"),
                (_, other) => panic!("{file}: {other:?}"),
            }
        }
    }
    assert_eq!(listed, signed_documents());
}

/// What one reference asks to be hashed.
enum Judged {
    Octets(String),
    /// Beyond canonicalisation of a document or an element.
    Beyond,
}

fn tree(text: &str) -> Document<'_> {
    let options = ParsingOptions {
        allow_dtd: true,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(text, options).expect("well-formed")
}

fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Node<'a, 'i> {
    let found = node.children().find(|child| child.has_tag_name((DS, name)));
    found.unwrap_or_else(|| panic!("{name} is missing"))
}

fn bytes(node: Node<'_, '_>) -> Vec<u8> {
    let text = node.text().unwrap_or_default();
    let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    Base64::decode_vec(&bare).expect("base64")
}

fn method(element: Node<'_, '_>) -> Option<Canonicalization> {
    let mut method = Canonicalization::from_uri(element.attribute("Algorithm")?)?;
    let list = element
        .children()
        .find_map(|node| node.attribute("PrefixList"));
    if let (Canonicalization::Exclusive { prefixes, .. }, Some(list)) = (&mut method, list) {
        prefixes.extend(list.split_whitespace().map(|prefix| match prefix {
            "#default" => String::new(),
            other => other.to_owned(),
        }));
    }
    Some(method)
}

/// XMLDSig section 4.3.3.3: only full XPointers keep comments.
fn without_comments(method: &Canonicalization) -> Canonicalization {
    let uri = method.uri().replace("WithComments", "");
    let bare = Canonicalization::from_uri(uri.trim_end_matches('#'))
        .or_else(|| Canonicalization::from_uri(&uri));
    match (bare.expect("known"), method) {
        (
            Canonicalization::Exclusive { comments, .. },
            Canonicalization::Exclusive { prefixes, .. },
        ) => exclusive(comments, prefixes.clone()),
        (bare, _) => bare,
    }
}

fn exclusive(comments: bool, list: Vec<String>) -> Canonicalization {
    let uri = match comments {
        true => "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
        false => "http://www.w3.org/2001/10/xml-exc-c14n#",
    };
    let mut method = Canonicalization::from_uri(uri).expect("known");
    if let Canonicalization::Exclusive { prefixes, .. } = &mut method {
        *prefixes = list;
    }
    method
}

/// The octets a reference's digest is over.
fn octets(text: &str, signature: Node<'_, '_>, reference: Node<'_, '_>) -> Judged {
    let uri = reference.attribute("URI").unwrap_or_default();
    let (id, comments) = match uri {
        "" => (None, false),
        "#xpointer(/)" => (None, true),
        _ => {
            let pointer = uri
                .strip_prefix("#xpointer(id('")
                .and_then(|rest| rest.strip_suffix("'))"));
            match (pointer, uri.strip_prefix('#')) {
                (Some(id), _) => (Some(id), true),
                (None, Some(id)) => (Some(id), false),
                (None, None) => return Judged::Beyond,
            }
        }
    };
    let transforms = reference
        .children()
        .find(|child| child.has_tag_name((DS, "Transforms")));
    let mut enveloped = false;
    let mut chosen = Canonicalization::from_uri(INCLUSIVE).expect("known");
    for transform in transforms
        .iter()
        .flat_map(Node::children)
        .filter(Node::is_element)
    {
        match (transform.attribute("Algorithm"), method(transform)) {
            (Some(ENVELOPED), _) => enveloped = true,
            (_, Some(method)) => chosen = method,
            (_, None) => return Judged::Beyond,
        }
    }
    if !comments {
        chosen = without_comments(&chosen);
    }
    let limits = Limits::default();
    // Nothing of a signature that is taken out shows in the canonical form around it.
    let span = signature.range();
    let document = match enveloped {
        true => [&text[..span.start], &text[span.end..]].concat(),
        false => text.to_owned(),
    };
    let canonical = match id {
        None => canonicalize(&document, &chosen, &limits),
        Some(id) => {
            let named = |node: &Node<'_, '_>| {
                ["Id", "ID", "id"]
                    .iter()
                    .any(|name| node.attribute(*name) == Some(id))
                    || node.attribute(("http://www.w3.org/XML/1998/namespace", "id")) == Some(id)
            };
            let tree = tree(&document);
            let element = tree.descendants().find(named).expect(id);
            let start = element.range().start;
            canonicalize_element(&document, start, &chosen, &limits)
                .map(|found| found.expect("a start tag"))
        }
    };
    Judged::Octets(canonical.expect("well-formed"))
}

fn openssl(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new("openssl")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("openssl must be installed");
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(input).expect("openssl reads");
    drop(stdin);
    child.wait_with_output().expect("openssl ends").stdout
}

/// The name openssl has for the function at the end of an algorithm's identifier.
fn function(uri: &str) -> Option<&'static str> {
    let names = [
        "md5",
        "ripemd160",
        "sha1",
        "sha224",
        "sha256",
        "sha384",
        "sha512",
    ];
    names.into_iter().find(|name| uri.ends_with(name))
}

#[test]
fn references_into_the_same_document_have_the_published_digests() {
    let (mut hold, mut beyond, mut foreign) = (0, 0, 0);
    for file in signed_documents() {
        let text = text(&file);
        if text.contains("<!DOCTYPE") {
            continue;
        }
        let tree = tree(&text);
        // One document has a reference of another kind in this namespace.
        let is_reference = |n: &Node<'_, '_>| {
            n.has_tag_name((DS, "Reference"))
                && n.children()
                    .any(|child| child.has_tag_name((DS, "DigestValue")))
        };
        for reference in tree.descendants().filter(is_reference) {
            let mut around = reference.ancestors();
            let signature = around
                .find(|n| n.has_tag_name((DS, "Signature")))
                .expect("inside");
            let Judged::Octets(octets) = octets(&text, signature, reference) else {
                beyond += 1;
                continue;
            };
            let algorithm = child(reference, "DigestMethod")
                .attribute("Algorithm")
                .expect("given");
            let Some(function) = function(algorithm) else {
                foreign += 1;
                continue;
            };
            let digest = openssl(
                &["dgst", &format!("-{function}"), "-binary"],
                octets.as_bytes(),
            );
            let holds = digest == bytes(child(reference, "DigestValue"));
            assert_eq!(holds, file != BAD_DIGEST, "{file}: {octets}");
            hold += usize::from(holds);
        }
    }
    assert_eq!((hold, beyond, foreign), (78, 81, 2));
}

/// Keys that are not in the documents: file and password of the suite's own secret.
fn secret(file: &str) -> Vec<u8> {
    match file.split('/').next() {
        Some("merlin-xmldsig-twenty-three") => b"secret".to_vec(),
        Some("phaos-xmldsig-three") => b"test".to_vec(),
        _ => read(suites().join("keys/hmackey.bin")),
    }
}

/// Every public key a signature may be of, as files: those of its certificates, then the published ones.
fn public_keys(file: &str, signature: Node<'_, '_>) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("xmlsec-keys");
    std::fs::create_dir_all(&folder).expect("writable");
    let in_document = signature
        .descendants()
        .filter(|n| n.has_tag_name((DS, "X509Certificate")));
    let mut certificates: Vec<Vec<u8>> = in_document.map(bytes).collect();
    for folder in [
        "keys",
        "merlin-xmldsig-twenty-three/certs",
        "phaos-xmldsig-three/certs",
    ] {
        for entry in std::fs::read_dir(suites().join(folder)).expect("a folder") {
            let path = entry.expect("readable").path();
            let name = path
                .file_name()
                .and_then(|name| name.to_str())
                .expect("ASCII");
            if name.contains("rsa") && name.ends_with("cert.der") {
                certificates.push(read(path));
            }
        }
    }
    let keys = certificates.iter().map(|certificate| {
        openssl(
            &["x509", "-inform", "DER", "-noout", "-pubkey"],
            certificate,
        )
    });
    let values = signature
        .descendants()
        .filter(|n| n.has_tag_name((DS, "RSAKeyValue")));
    let values = values.map(|value| {
        let numbers = [child(value, "Modulus"), child(value, "Exponent")];
        let key = der(
            0x30,
            &numbers.map(|number| integer(&bytes(number))).concat(),
        );
        openssl(
            &["rsa", "-RSAPublicKey_in", "-inform", "DER", "-pubout"],
            &key,
        )
    });
    let keys = keys.chain(values).enumerate().map(|(index, key)| {
        let path = folder.join(format!("{}-{index}.pem", file.replace('/', "-")));
        std::fs::write(&path, key).expect("writable");
        path
    });
    keys.collect()
}

/// An INTEGER that is not negative.
fn integer(number: &[u8]) -> Vec<u8> {
    der(0x02, &[&[0], number].concat())
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).expect("short").to_be_bytes();
    [&[tag, 0x82], &length[..], content].concat()
}

#[test]
fn published_values_hold_over_our_canonical_signed_info() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("xmlsec-keys");
    std::fs::create_dir_all(&folder).expect("writable");
    let (mut rsa, mut hmac, mut other) = (0, 0, 0);
    for file in signed_documents() {
        let text = text(&file);
        if text.contains("<!DOCTYPE") {
            continue;
        }
        let tree = tree(&text);
        let signatures = tree
            .descendants()
            .filter(|n| n.has_tag_name((DS, "Signature")));
        for signature in signatures {
            let signed_info = child(signature, "SignedInfo");
            let chosen = method(child(signed_info, "CanonicalizationMethod")).expect("known");
            let start = signed_info.range().start;
            let octets = canonicalize_element(&text, start, &chosen, &Limits::default())
                .expect("well-formed")
                .expect("a start tag");
            let scheme = child(signed_info, "SignatureMethod");
            let length = scheme
                .children()
                .find(|n| n.has_tag_name((DS, "HMACOutputLength")));
            let length: Option<usize> = length.and_then(|n| n.text()?.trim().parse().ok());
            let scheme = scheme.attribute("Algorithm").expect("given");
            let value = bytes(child(signature, "SignatureValue"));
            let Some(function) = function(scheme).map(|name| format!("-{name}")) else {
                other += 1;
                continue;
            };
            if scheme.contains("#hmac-") {
                let key = format!("hexkey:{}", hex::encode(secret(&file)));
                let arguments = [
                    "dgst", &function, "-mac", "HMAC", "-macopt", &key, "-binary",
                ];
                let mut code = openssl(&arguments, octets.as_bytes());
                if let Some(bits) = length {
                    code.truncate(bits.div_ceil(8));
                    let last = code.last_mut().expect("not empty");
                    *last &= 0xff << (bits.next_multiple_of(8) - bits);
                }
                assert_eq!(code, value, "{file}: {octets}");
                hmac += 1;
            } else if scheme.contains("#rsa-") {
                let path = folder.join(format!("{}.value", file.replace('/', "-")));
                std::fs::write(&path, &value).expect("writable");
                let value = path.to_str().expect("text");
                let fits = |key: &PathBuf| {
                    let key = key.to_str().expect("text");
                    let arguments = ["dgst", &function, "-verify", key, "-signature", value];
                    openssl(&arguments, octets.as_bytes()).starts_with(b"Verified OK")
                };
                let holds = public_keys(&file, signature).iter().any(fits);
                let broken = [BAD_DIGEST, BAD_VALUE].contains(&file.as_str());
                assert_eq!(holds, !broken, "{file}: {octets}");
                rsa += usize::from(holds);
            } else {
                other += 1;
            }
        }
    }
    assert_eq!((rsa, hmac, other), (36, 31, 29));
}

/// merlin's canonicalisation suite prints what each reference hashes; three of its node sets are a whole element.
#[test]
fn published_octets_of_whole_elements_are_ours() {
    let text = text("merlin-c14n-three/signature.xml");
    let tree = tree(&text);
    let bar = "http://example.org/bar";
    let apex = tree
        .descendants()
        .find(|n| n.has_tag_name((bar, "Something")))
        .expect("there");
    let references = tree
        .descendants()
        .filter(|n| n.has_tag_name((DS, "Reference")));
    let mut printed = Vec::new();
    for (number, reference) in references.enumerate() {
        let xpath = reference
            .descendants()
            .find(|n| n.has_tag_name((DS, "XPath")));
        let xpath = xpath.and_then(|n| n.text()).expect("there");
        if xpath.trim() != "ancestor-or-self::bar:Something" {
            // Parts of elements, of attributes or of namespaces: node sets no transform accepted here can make.
            continue;
        }
        let chosen = reference.descendants().filter_map(method).next_back();
        let chosen = chosen
            .or_else(|| Canonicalization::from_uri(INCLUSIVE))
            .expect("known");
        let ours = canonicalize_element(&text, apex.range().start, &chosen, &Limits::default());
        let theirs = read(suites().join(format!("merlin-c14n-three/c14n-{number}.txt")));
        assert_eq!(
            ours.expect("well-formed").expect("a start tag"),
            String::from_utf8(theirs).expect("UTF-8"),
            "{number}"
        );
        printed.push(number);
    }
    assert_eq!(printed, [0, 9, 18]);
    let signed_info = tree
        .descendants()
        .find(|n| n.has_tag_name((DS, "SignedInfo")))
        .expect("there");
    let inclusive = Canonicalization::from_uri(INCLUSIVE).expect("known");
    let start = signed_info.range().start;
    let ours = canonicalize_element(&text, start, &inclusive, &Limits::default());
    assert_eq!(
        ours.expect("well-formed")
            .expect("a start tag")
            .into_bytes(),
        read(suites().join("merlin-c14n-three/c14n-27.txt"))
    );
}

/// The second edition's document for `xml:base`, with the digests of its signatures. The second of them reads the element
/// through a style sheet that copies.
#[test]
fn version_1_1_joins_bases_as_the_second_edition_does() {
    let document = text("xmldsig2ed-tests/c14n11/xml-base-input.xml");
    let tree_of_document = tree(&document);
    let range = |name: &str| {
        let mut elements = tree_of_document.descendants();
        let found = elements.find(|n| n.tag_name().name() == name);
        found.expect(name).range()
    };
    let newer = Canonicalization::from_uri("http://www.w3.org/2006/12/xml-c14n11").expect("known");
    let limits = Limits::default();
    let check = |file: &str, xpath: &str, octets: String| {
        let signature = text(file);
        let tree = tree(&signature);
        let first = |name: &str| tree.descendants().find(|n| n.has_tag_name((DS, name)));
        assert_eq!(first("XPath").and_then(|n| n.text()), Some(xpath));
        let digest = openssl(&["dgst", "-sha1", "-binary"], octets.as_bytes());
        let published = bytes(first("DigestValue").expect("there"));
        assert_eq!(digest, published, "{octets}");
    };
    let left_out = range("e2");
    let without = [&document[..left_out.start], &document[left_out.end..]].concat();
    check(
        "xmldsig2ed-tests/defCan-1.xml",
        "ancestor-or-self::ietf:c14n11XmlBaseDoc1 and not(ancestor-or-self::ietf:e2)",
        canonicalize(&without, &newer, &limits).expect("well-formed"),
    );
    let element = canonicalize_element(&document, range("e21").start, &newer, &limits);
    check(
        "xmldsig2ed-tests/defCan-2.xml",
        "ancestor-or-self::ietf:e21",
        element.expect("well-formed").expect("a start tag"),
    );
}

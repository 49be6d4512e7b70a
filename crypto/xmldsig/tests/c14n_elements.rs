//! Canonical forms of elements lifted out of generated documents, against libxml2.
//!
//! Needs /usr/bin/python3 and libxml2, which xmllint brings.

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use proptest::prelude::*;
use serde_json::json;
use tamga_xmldsig::Limits;
use tamga_xmldsig::c14n::{Canonicalization, canonicalize_element};

/// libxml2 behind a pipe.
struct Judge {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Judge {
    fn start() -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/c14n_libxml2.py");
        let mut child = Command::new("/usr/bin/python3")
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // It warns of each `xml:id` that stands twice.
            .stderr(Stdio::null())
            .spawn()
            .expect("python3 must be installed");
        Self {
            requests: child.stdin.take().expect("piped"),
            answers: BufReader::new(child.stdout.take().expect("piped")),
            child,
        }
    }

    fn canonical(
        &mut self,
        document: &str,
        element: usize,
        method: &Canonicalization,
    ) -> Option<String> {
        let (mode, comments, prefixes) = match method {
            Canonicalization::Inclusive { comments, .. } => (0, comments, &[][..]),
            Canonicalization::Exclusive {
                comments, prefixes, ..
            } => (1, comments, prefixes.as_slice()),
            Canonicalization::Inclusive11 { comments, .. } => (2, comments, &[][..]),
            other => panic!("{other:?}"),
        };
        let request = json!({"document": document, "element": element, "mode": mode, "comments": comments, "prefixes": prefixes});
        writeln!(self.requests, "{request}").expect("libxml2 reads");
        let mut answer = String::new();
        self.answers
            .read_line(&mut answer)
            .expect("libxml2 answers");
        serde_json::from_str(&answer).expect("JSON")
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn methods(prefixes: &[&str]) -> Vec<Canonicalization> {
    let uris = [
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
        "http://www.w3.org/2006/12/xml-c14n11",
        "http://www.w3.org/2006/12/xml-c14n11#WithComments",
        "http://www.w3.org/2001/10/xml-exc-c14n#",
        "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
    ];
    let mut methods: Vec<_> = uris
        .into_iter()
        .map(|uri| Canonicalization::from_uri(uri).expect("known"))
        .collect();
    for method in &mut methods {
        if let Canonicalization::Exclusive { prefixes: list, .. } = method {
            *list = prefixes.iter().map(|&prefix| prefix.to_owned()).collect();
        }
    }
    methods
}

/// Start tags of a document whose text, values and comments have no `<`.
fn elements(document: &str) -> Vec<usize> {
    let starts = document.match_indices('<').map(|(at, _)| at);
    let is_element = |&at: &usize| !document[at + 1..].starts_with(['/', '!', '?']);
    starts.filter(is_element).collect()
}

fn attributes() -> impl Strategy<Value = String> {
    const NAMES: &[&str] = &[
        "x",
        "p:x",
        "q:z",
        "r:y",
        "xml:lang",
        "xml:space",
        "xml:id",
        "xml:base",
        "xmlns",
        "xmlns:p",
        "xmlns:q",
    ];
    let one = (
        prop::sample::select(&["a", "&#13;", "&lt;\t", "b/c"][..]),
        0..3_usize,
    );
    prop::collection::btree_map(prop::sample::select(NAMES), one, 0..5).prop_map(|chosen| {
        let mut out = String::new();
        for (name, (value, uri)) in chosen {
            let value = match name {
                "xmlns" => ["", "urn:1", "urn:2"][uri],
                "xmlns:p" | "xmlns:q" => ["urn:1", "urn:2", "urn:3"][uri],
                // Never empty: libxml2 leaves an empty one out even where nothing is joined.
                "xml:base" => ["http://x.example/a/b", "/c/", "d/e/"][uri],
                "xml:id" => ["i", "j", "k"][uri],
                _ => value,
            };
            out.push_str(&format!(" {name}=\"{value}\""));
        }
        out
    })
}

fn element() -> impl Strategy<Value = String> {
    const NAMES: &[&str] = &["a", "b", "p:a", "q:b", "r:c"];
    let leaf = prop_oneof![
        Just("t&amp;\r\n>".to_owned()),
        Just("<!-- c -->".to_owned()),
        Just("<?t p?>".to_owned()),
    ];
    leaf.prop_recursive(5, 30, 4, move |inner| {
        (
            prop::sample::select(NAMES),
            attributes(),
            prop::collection::vec(inner, 0..4),
        )
            .prop_map(|(name, attributes, children)| {
                format!("<{name}{attributes}>{}</{name}>", children.concat())
            })
    })
}

thread_local! {
    static JUDGE: RefCell<Judge> = RefCell::new(Judge::start());
}

fn check(document: &str, prefixes: &[&str]) {
    for (number, &start) in elements(document).iter().enumerate() {
        for method in methods(prefixes) {
            let ours = canonicalize_element(document, start, &method, &Limits::default());
            let ours = ours.ok().map(|found| found.expect("a start tag"));
            let theirs = JUDGE.with_borrow_mut(|judge| judge.canonical(document, number, &method));
            assert_eq!(
                ours, theirs,
                "{method:?} of element {number} of {document:?}"
            );
        }
    }
}

#[test]
fn elements_of_nasty_documents_have_the_same_canonical_form_as_in_libxml2() {
    for document in [
        "<a xmlns='urn:d'><b xmlns=''><c xmlns='urn:d'/></b></a>",
        "<a xml:lang='kk' xml:space='preserve' xml:id='i'><b xml:lang='ru'><c z='1' b='2'/></b></a>",
        "<p:a xmlns:p='urn:1'><p:b xmlns:p='urn:2'><p:c xmlns:p='urn:1'/></p:b><p:d/></p:a>",
        "<a xmlns:p='urn:1' xmlns:q='urn:1'><p:b q:x='1'><q:b p:x='1'/></p:b></a>",
        "<a xml:base='http://x.example/a/b'><b xml:base='../c'><d xml:base='e/f'/><e/></b></a>",
        "<a xml:base='..'><b xml:base='../x'><c xml:base='y/'/></b></a>",
        "<a xmlns='urn:d' xmlns:p='urn:1'><b><p:c xmlns=''><d/></p:c></b></a>",
    ] {
        check(document, &[]);
        check(document, &["p", ""]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn elements_of_generated_documents_have_the_same_canonical_form_as_in_libxml2(
        content in prop::collection::vec(element(), 1..3),
        attributes in attributes(),
        listed in prop::sample::subsequence(&["p", "q", ""][..], 0..3),
    ) {
        let document = format!(
            "<r:root xmlns:r='urn:r' xmlns:p='urn:1' xmlns:q='urn:2'><inner{attributes}>{}</inner></r:root>",
            content.concat(),
        );
        check(&document, &listed);
    }
}

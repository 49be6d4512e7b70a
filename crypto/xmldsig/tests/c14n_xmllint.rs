//! Canonical forms against `xmllint --c14n`, `--c14n11` and `--exc-c14n` (libxml2), on nasty and on generated documents.
//!
//! All switches keep comments. A missing xmllint (Debian: libxml2-utils) fails these tests.

use std::io::Write;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use tamga_xmldsig::Limits;
use tamga_xmldsig::c14n::{Canonicalization, canonicalize};

fn xmllint(switch: &str, document: &str) -> Option<String> {
    let mut child = Command::new("xmllint")
        .args(["--nonet", switch, "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("xmllint must be installed (libxml2-utils)");
    child
        .stdin
        .take()
        .expect("piped")
        .write_all(document.as_bytes())
        .expect("xmllint reads");
    let output = child.wait_with_output().expect("xmllint ends");
    output
        .status
        .success()
        .then(|| String::from_utf8(output.stdout).expect("UTF-8"))
}

fn check(document: &str) {
    for (switch, method) in [
        (
            "--c14n",
            Canonicalization::from_uri(
                "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
            ),
        ),
        (
            "--c14n11",
            Canonicalization::from_uri("http://www.w3.org/2006/12/xml-c14n11#WithComments"),
        ),
        (
            "--exc-c14n",
            Canonicalization::from_uri("http://www.w3.org/2001/10/xml-exc-c14n#WithComments"),
        ),
    ] {
        let ours = canonicalize(document, &method.expect("known"), &Limits::default());
        let theirs = xmllint(switch, document);
        assert_eq!(ours.ok(), theirs, "{switch} {document:?}");
    }
}

#[test]
fn nasty_documents_have_the_same_canonical_form_as_in_libxml2() {
    for document in [
        "<a/>",
        "\u{feff}<?xml version='1.0' encoding='UTF-8'?>\r\n<a>\r\n</a>\r\n",
        "<?p a?><!-- b --><a/><?c?><!--\r\n-->\n<!-- d -->",
        "<a b='2' a='1' Z='0' \u{43a}='3' _='4'/>",
        "<a xmlns:z='urn:a' xmlns:y='urn:b' y:a='1' z:b='2' b='3'/>",
        "<a xmlns='urn:d'><b xmlns=''><c xmlns='urn:d'/></b><d xmlns='urn:d'/></a>",
        "<a xmlns=''><b xmlns=''/></a>",
        "<p:a xmlns:p='urn:1'><p:b xmlns:p='urn:2'><p:c xmlns:p='urn:1'/></p:b><p:d/></p:a>",
        "<a xmlns:p='urn:1' xmlns:q='urn:1'><p:b q:x='1'/><q:b p:x='1'/></a>",
        "<a xmlns:unused='urn:u' xmlns:p='urn:p'><b p:c='1'><p:d/></b></a>",
        "<a xml:lang='kk' xml:space='preserve'><b xml:lang='ru'/></a>",
        "<a xmlns:xml='http://www.w3.org/XML/1998/namespace' xml:id='i'/>",
        "<a b=\"&quot;&apos;&lt;&gt;&amp;&#9;&#10;&#13;\t\n'\" c='\"'/>",
        "<a>&quot;&apos;&lt;&gt;&amp;&#9;&#10;&#13;\t\n]]&gt;</a>",
        "<a>1\r&amp;\r&#13;\r&#10;\r\n<b\r\nc='d'\r/></a>",
        "<a><![CDATA[<&>\r\n]]]]><![CDATA[>]]>x<![CDATA[]]></a>",
        "<a>&#x1f600;\u{1f600}&#1178;\u{49a}</a>",
        "<a\n xmlns = 'urn:a'\n\tb = '1'\n></a\n>",
        "<a xmlns:p='URN:X'/>",
        "<a>\u{85}\u{2028}\u{a0}</a>",
        "<a><?p  a b ?><?q?><!----><!-- - --></a>",
        "<\u{430}:\u{431} xmlns:\u{430}='urn:a' \u{430}:\u{432}='\u{433}'/>",
        // Refused by both.
        "<a xmlns='relative'/>",
        "<a",
        "<a xmlns='urn:a' xmlns='urn:b'/>",
        "<a>&#xD800;</a>",
    ] {
        check(document);
    }
}

/// Names, values and text with everything canonicalisation touches.
fn text() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "a",
        " ",
        "\n",
        "\r",
        "\r\n",
        "\t",
        "&amp;",
        "&lt;",
        "&gt;",
        "&quot;",
        "&#13;",
        "&#10;",
        "&#9;",
        "&#x20;",
        "'",
        "\u{49a}",
        "\u{1f600}",
        ">",
    ];
    prop::collection::vec(prop::sample::select(PIECES), 0..6).prop_map(|all| all.concat())
}

fn attributes() -> impl Strategy<Value = String> {
    const NAMES: &[&str] = &[
        "x",
        "y",
        "p:x",
        "q:z",
        "r:y",
        "xml:lang",
        "xml:space",
        "xmlns",
        "xmlns:p",
        "xmlns:q",
    ];
    let one = (text(), 0..3_usize);
    prop::collection::btree_map(prop::sample::select(NAMES), one, 0..5).prop_map(|chosen| {
        let mut out = String::new();
        for (name, (value, uri)) in chosen {
            let value = match name {
                "xmlns" => ["", "urn:1", "urn:2"][uri].to_owned(),
                "xmlns:p" | "xmlns:q" => ["urn:1", "urn:2", "urn:3"][uri].to_owned(),
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
        text(),
        text().prop_map(|t| format!("<!--{}-->", t.replace('\'', ""))),
        text().prop_map(|t| format!("<?t {t}?>")),
        text().prop_map(|t| format!("<![CDATA[{t}]]>")),
    ];
    leaf.prop_recursive(5, 40, 5, move |inner| {
        (
            prop::sample::select(NAMES),
            attributes(),
            prop::collection::vec(inner, 0..5),
        )
            .prop_map(|(name, attributes, children)| match children.is_empty() {
                true => format!("<{name}{attributes}/>"),
                false => format!("<{name}{attributes}>{}</{name}>", children.concat()),
            })
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn generated_documents_have_the_same_canonical_form_as_in_libxml2(
        content in prop::collection::vec(element(), 0..4),
        attributes in attributes(),
        around in (0..3_usize, 0..3_usize),
    ) {
        let outside = ["", "<!-- o -->\r", "<?o p?>\n<!---->"];
        // Every prefix is bound above the generated part; declarations below rebind them.
        let document = format!(
            "{}<r:root xmlns:r='urn:r' xmlns:p='urn:1' xmlns:q='urn:2'><inner{attributes}>{}</inner></r:root>{}",
            outside[around.0],
            content.concat(),
            outside[around.1],
        );
        check(&document);
    }

    #[test]
    fn no_text_makes_the_parser_panic(document in "\\PC*|[<>/a:=' \"&;!\\[\\]?x#0-9\r\n-]{0,60}") {
        let method = Canonicalization::from_uri("http://www.w3.org/2001/10/xml-exc-c14n#");
        let _ = canonicalize(&document, &method.expect("known"), &Limits::default());
    }
}

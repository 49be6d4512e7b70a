//! Positions and sentences measured with OpenJDK's parser (javax.xml.parsers, namespace aware), and budgets.

use super::*;
use crate::source::Source;

fn limits() -> Limits {
    Limits::default()
}

/// `line:column sentence`, or the other error.
fn verdict(document: &str) -> String {
    let source = match Source::from_text(document, &limits()) {
        Ok(source) => source,
        Err(error) => return describe(&error),
    };
    match source.tree() {
        Ok(_) => "accepted".to_owned(),
        Err(error) => describe(&error),
    }
}

fn describe(error: &Error) -> String {
    match error {
        Error::NotWellFormed {
            line,
            column,
            problem,
        } => format!("{line}:{column} {problem}"),
        other => format!("{other:?}"),
    }
}

#[test]
fn broken_documents_get_the_place_and_sentence_java_gives() {
    const END: &str = "XML document structures must start and end within the same entity.";
    let cases: &[(&str, usize, usize, &str)] = &[
        ("<this>is not a valid XML", 1, 25, END),
        ("", 1, 1, "Premature end of file."),
        ("   ", 1, 4, "Premature end of file."),
        ("<!-- x -->", 1, 11, "Premature end of file."),
        ("<?xml version='1.0'?>", 1, 22, "Premature end of file."),
        ("plain", 1, 1, "Content is not allowed in prolog."),
        ("<a/>x", 1, 5, "Content is not allowed in trailing section."),
        (
            "<a/><b/>",
            1,
            6,
            "The markup in the document following the root element must be well-formed.",
        ),
        (
            "</a>",
            1,
            2,
            "The markup in the document preceding the root element must be well-formed.",
        ),
        (
            "<1a/>",
            1,
            2,
            "The markup in the document preceding the root element must be well-formed.",
        ),
        (
            "<a></b>",
            1,
            6,
            "The element type \"a\" must be terminated by the matching end-tag \"</a>\".",
        ),
        (
            "<a>\n<b></c>",
            2,
            6,
            "The element type \"b\" must be terminated by the matching end-tag \"</b>\".",
        ),
        (
            "<a>\r\n\r\n</b>",
            3,
            3,
            "The element type \"a\" must be terminated by the matching end-tag \"</a>\".",
        ),
        (
            "<a>\u{1f600}</b>",
            1,
            8,
            "The element type \"a\" must be terminated by the matching end-tag \"</a>\".",
        ),
        (
            "<a>&foo;</a>",
            1,
            9,
            "The entity \"foo\" was referenced, but not declared.",
        ),
        (
            "<a>&foo</a>",
            1,
            8,
            "The reference to entity \"foo\" must end with the ';' delimiter.",
        ),
        (
            "<a>& b</a>",
            1,
            5,
            "The entity name must immediately follow the '&' in the entity reference.",
        ),
        (
            "<a>&#0;</a>",
            1,
            8,
            "Character reference \"&#0\" is an invalid XML character.",
        ),
        (
            "<a>&#xD800;</a>",
            1,
            12,
            "Character reference \"&#xD800\" is an invalid XML character.",
        ),
        (
            "<a>\u{1}</a>",
            1,
            4,
            "An invalid XML character (Unicode: 0x1) was found in the element content of the document.",
        ),
        (
            "<a b=1/>",
            1,
            6,
            "Open quote is expected for attribute \"b\" associated with an  element type  \"a\".",
        ),
        (
            "<a b/>",
            1,
            5,
            "Attribute name \"b\" associated with an element type \"a\" must be followed by the ' = ' character.",
        ),
        (
            "<a b='<'/>",
            1,
            7,
            "The value of attribute \"b\" associated with an element type \"a\" must not contain the '<' character.",
        ),
        (
            "<a b='1'c='2'/>",
            1,
            9,
            "Element type \"a\" must be followed by either attribute specifications, \">\" or \"/>\".",
        ),
        (
            "<a xmlns='x' xmlns='y'/>",
            1,
            23,
            "Attribute \"xmlns\" was already specified for element \"a\".",
        ),
        (
            "<a><?pi+x?></a>",
            1,
            8,
            "White space is required between the processing instruction target and data.",
        ),
        (
            "<a><?xml version='1.0'?></a>",
            1,
            9,
            "The processing instruction target matching \"[xX][mM][lL]\" is not allowed.",
        ),
        (
            " <?xml version='1.0'?><a/>",
            1,
            7,
            "The processing instruction target matching \"[xX][mM][lL]\" is not allowed.",
        ),
        ("<a></a", 1, 7, END),
        ("<a", 1, 3, END),
        ("<a b='", 1, 7, END),
        ("<a><![CDATA[ </a>", 1, 18, END),
        ("<a><!-- ", 1, 9, END),
    ];
    for (document, line, column, sentence) in cases {
        assert_eq!(
            verdict(document),
            format!("{line}:{column} {sentence}"),
            "{document:?}"
        );
    }
}

#[test]
fn what_the_tree_parser_would_let_through_is_refused() {
    for document in [
        "<e xmlns:p=''/>",
        "<e xmlns:p='urn:p' p:xmlns='urn:x'/>",
        "<e xmlns:xmlns='urn:x'/>",
        "<:e/>",
        "<e:/>",
        "<e>&#xDFFF;</e>",
        "<e>&#x110000;</e>",
        "<e a='&#xFFFF;'/>",
        "<e a='1' a='2'/>",
        "<e xmlns:p='urn:u' xmlns:q='urn:u' p:a='1' q:a='2'/>",
        "<p:e/>",
        "<?xml version='1.0'?",
        "<?xml encoding='UTF-8'?><e/>",
        "<?xml version='1.0' standalone='no' encoding='UTF-8'?><e/>",
        "<?XmL version='1.0'?><e/>",
        "<e><!-- a -- b --></e>",
        "<e>]]></e>",
    ] {
        let found = verdict(document);
        assert!(found.starts_with("1:"), "{document:?}: {found}");
    }
}

#[test]
fn unusual_but_well_formed_documents_are_accepted() {
    for document in [
        "<?xml\tversion = '1.0'\r\nencoding=\"windows-1251\" standalone='yes' ?><e/>",
        "\u{feff}<e/>\n<!-- x --><?pi?>\r\n",
        "<e a = '1'\n\tb\n=\n'2' ></e >",
        "<e>&#x10FFFF;&#xD7FF;&lt;</e>",
        "<e xmlns='' xml:lang='kk'/>",
    ] {
        assert_eq!(verdict(document), "accepted", "{document:?}");
    }
}

#[test]
fn a_document_type_is_refused_at_its_place() {
    assert_eq!(
        scan("<?xml version='1.0'?>\n <!DOCTYPE e><e/>", &limits()),
        Err(Error::DoctypePresent { line: 2, column: 2 })
    );
}

#[test]
fn another_xml_version_is_refused() {
    assert_eq!(
        scan("<?xml version='1.1'?><e/>", &limits()),
        Err(Error::UnsupportedDeclaration {
            what: "version",
            value: "1.1".to_owned()
        })
    );
}

#[test]
fn depth_is_limited_exactly_and_costs_no_stack() {
    let nested =
        |depth: usize| [vec!["<a>"; depth].concat(), vec!["</a>"; depth].concat()].concat();
    assert_eq!(verdict(&nested(256)), "accepted");
    assert_eq!(
        scan(&nested(257), &limits()),
        Err(Error::TooDeep { limit: 256 })
    );
    assert_eq!(
        scan(&nested(1_000_000), &limits()),
        Err(Error::TooDeep { limit: 256 })
    );
}

#[test]
fn size_markup_and_comparisons_are_limited() {
    let tight = Limits {
        size: 16,
        ..limits()
    };
    assert_eq!(
        scan("<a>0123456789</a>", &tight),
        Err(Error::TooLarge {
            what: "bytes",
            limit: 16
        })
    );
    let tight = Limits {
        markup: 3,
        ..limits()
    };
    assert_eq!(
        scan("<a>==</a>", &tight),
        Err(Error::TooLarge {
            what: "markup",
            limit: 3
        })
    );
    let attributes: String = (0..100).map(|n| format!(" a{n}=''")).collect();
    let tight = Limits {
        comparisons: 10_000,
        ..limits()
    };
    assert_eq!(
        scan(&format!("<a{attributes}/>"), &tight),
        Err(Error::TooLarge {
            what: "comparisons",
            limit: 10_000
        })
    );
}

/// The tree parser would need minutes for this megabyte.
#[test]
fn many_namespaces_in_scope_of_many_declarations_are_refused() {
    let namespaces: String = (0..2000).map(|n| format!(" xmlns:n{n}='u:{n}'")).collect();
    let document = format!("<a{namespaces}>{}</a>", "<b xmlns:z='u:z'/>".repeat(60_000));
    let limit = limits().comparisons;
    let expected = Error::TooLarge {
        what: "comparisons",
        limit,
    };
    assert_eq!(scan(&document, &limits()), Err(expected));
}

#[test]
fn the_roots_tags_are_found() {
    let text = "\u{feff}<?xml version='1.0'?><!-- <a> --><a b='>'><a/></a ><?x?>";
    let layout = scan(text, &limits()).expect("well-formed");
    assert_eq!(&text[layout.body..layout.root_open.start], "<!-- <a> -->");
    assert_eq!(&text[layout.root_open.clone()], "<a b='>'>");
    assert_eq!(
        &text[layout.root_close.expect("it has an end tag")..],
        "</a ><?x?>"
    );
    let empty = scan("<a b='/>' />", &limits()).expect("well-formed");
    assert_eq!((empty.root_open, empty.root_close), (0..12, None));
}

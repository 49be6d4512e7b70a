//! Positions and sentences measured with OpenJDK's parser (javax.xml.parsers, namespace aware), and budgets.

use crate::document::{Layout, WellFormed};
use crate::{Error, Limits};

fn limits() -> Limits {
    Limits::default()
}

fn scan(document: &str, limits: &Limits) -> Result<Layout, Error> {
    WellFormed::from_text(document, limits).map(|document| document.layout)
}

/// `line:column sentence`, or the other error.
fn verdict(document: &str) -> String {
    match scan(document, &limits()) {
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
        (
            "<?xml version='1.0' standalone='maybe'?><a/>",
            1,
            39,
            "The standalone document declaration value must be \"yes\" or \"no\", not \"maybe\".",
        ),
        (
            "<?xml version='1.0' standalone='&#121;es'?><a/>",
            1,
            42,
            "The standalone document declaration value must be \"yes\" or \"no\", not \"&#121;es\".",
        ),
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
        (
            "<p:e/>",
            1,
            7,
            "The prefix \"p\" for element \"p:e\" is not bound.",
        ),
        (
            "<e><p:f a='1'>x</p:f></e>",
            1,
            15,
            "The prefix \"p\" for element \"p:f\" is not bound.",
        ),
        (
            "<e p:a='1' b='2'/>",
            1,
            19,
            "The prefix \"p\" for attribute \"p:a\" associated with an element type \"e\" is not bound.",
        ),
        (
            "<e p:a='1'></f>",
            1,
            12,
            "The prefix \"p\" for attribute \"p:a\" associated with an element type \"e\" is not bound.",
        ),
        (
            "<xmlns:e/>",
            1,
            11,
            "Element \"xmlns:e\" cannot have \"xmlns\" as its prefix.",
        ),
        (
            "<e a='1' a='2' b='3'/>",
            1,
            23,
            "Attribute \"a\" was already specified for element \"e\".",
        ),
        (
            "<e xmlns:p='a' xmlns:p='b'/>",
            1,
            27,
            "Attribute \"xmlns:p\" was already specified for element \"e\".",
        ),
        (
            "<e xmlns:p='urn:u' xmlns:q='urn:u' p:a='1' q:a='2'/>",
            1,
            53,
            "Attribute \"a\" bound to namespace \"urn:u\" was already specified for element \"e\".",
        ),
        (
            "<e xmlns:xml='urn:x'/>",
            1,
            21,
            "The prefix \"xml\" cannot be bound to any namespace other than its usual namespace; neither can the namespace for \"xml\" be bound to any prefix other than \"xml\".",
        ),
        (
            "<e xmlns='http://www.w3.org/XML/1998/namespace'/>",
            1,
            48,
            "The prefix \"xml\" cannot be bound to any namespace other than its usual namespace; neither can the namespace for \"xml\" be bound to any prefix other than \"xml\".",
        ),
        (
            "<e xmlns:p='http://www.w3.org/2000/xmlns/'/>",
            1,
            43,
            "The prefix \"xmlns\" cannot be bound to any namespace explicitly; neither can the namespace for \"xmlns\" be bound to any prefix explicitly.",
        ),
        (
            "<e xmlns:p=''/>",
            1,
            14,
            "The value of the attribute \"prefix=\"xmlns\",localpart=\"p\",rawname=\"xmlns:p\"\" is invalid. Prefixed namespace bindings may not be empty.",
        ),
        (
            "<e><!-- a -- b --></e>",
            1,
            13,
            "The string \"--\" is not permitted within comments.",
        ),
        (
            "<e>x]]>y</e>",
            1,
            8,
            "The character sequence \"]]>\" must not appear in content unless used to mark the end of a CDATA section.",
        ),
        (
            "<e a='\u{1}'/>",
            1,
            7,
            "An invalid XML character (Unicode: 0x1) was found in the value of attribute \"a\" and element is \"e\".",
        ),
        (
            "<e><!-- \u{1} --></e>",
            1,
            9,
            "An invalid XML character (Unicode: 0x1) was found in the comment.",
        ),
        (
            "<e><?p \u{1}?></e>",
            1,
            8,
            "An invalid XML character (Unicode: 0x1) was found in the processing instruction.",
        ),
        (
            "<e><![CDATA[\u{1}]]></e>",
            1,
            13,
            "An invalid XML character (Unicode: 0x1) was found in the CDATA section.",
        ),
        (
            "<e>ab\u{fffe}</e>",
            1,
            6,
            "An invalid XML character (Unicode: 0xfffe) was found in the element content of the document.",
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
fn ill_formed_documents_that_other_parsers_let_through_are_refused() {
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
fn size_attributes_and_namespaces_are_limited_exactly() {
    let check = |document: &str, accepted: Limits, refused: Limits, what, limit| {
        assert!(scan(document, &accepted).is_ok(), "{what}");
        let expected = Err(Error::TooLarge { what, limit });
        assert_eq!(scan(document, &refused), expected);
    };
    let size = |size| Limits { size, ..limits() };
    check("<a>0123456789</a>", size(17), size(16), "bytes", 16);
    let attributes: String = (0..100).map(|n| format!(" a{n}=''")).collect();
    let some = |attributes| Limits {
        attributes,
        ..limits()
    };
    check(
        &format!("<a{attributes}/>"),
        some(100),
        some(99),
        "attributes",
        99,
    );
    // The empty name and those of `xml` and `xmlns` count; so do the empty prefix and `xml`.
    let some = |namespaces| Limits {
        namespaces,
        ..limits()
    };
    let names: String = (0..50).map(|n| format!("<b xmlns:p='urn:{n}'/>")).collect();
    check(
        &format!("<a>{names}</a>"),
        some(53),
        some(52),
        "namespaces",
        52,
    );
    let prefixes: String = (0..50).map(|n| format!(" xmlns:p{n}='u:u'")).collect();
    check(
        &format!("<a{prefixes}/>"),
        some(52),
        some(51),
        "namespaces",
        51,
    );
    let inherited: String = (0..9).map(|n| format!(" xml:a{n}=''")).collect();
    check(
        &format!("<a{inherited}/>"),
        some(9),
        some(8),
        "namespaces",
        8,
    );
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

/// Above a dozen, names are found by hash.
#[test]
fn many_attributes_and_prefixes_are_told_apart_like_few() {
    let attributes: String = (0..40).map(|n| format!(" a{n}=''")).collect();
    assert_eq!(verdict(&format!("<e{attributes}/>")), "accepted");
    assert_eq!(
        verdict(&format!("<e{attributes} a7=''/>")),
        "1:281 Attribute \"a7\" was already specified for element \"e\"."
    );
    let prefixes: String = (0..40)
        .map(|n| format!(" xmlns:p{n}='u:{}'", n % 39))
        .collect();
    let inside = |content: &str| verdict(&format!("<e{prefixes}>\n{content}</e>"));
    assert_eq!(inside("<p7:e p38:a='' p0:a=''/>"), "accepted");
    // The first and the last are one namespace.
    let twice: String = (0..40).map(|n| format!(" p{n}:a=''")).collect();
    assert_eq!(
        inside(&format!("<e{twice}/>")),
        "2:355 Attribute \"a\" bound to namespace \"u:0\" was already specified for element \"e\"."
    );
    // What an element binds ends with it.
    assert_eq!(
        inside("<e xmlns:q='u:q'><q:e/></e><q:e/>"),
        "2:34 The prefix \"q\" for element \"q:e\" is not bound."
    );
}

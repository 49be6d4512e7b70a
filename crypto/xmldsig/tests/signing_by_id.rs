//! Signatures over one element, found by location paths.

mod signing_keys;

use self::signing_keys::{
    FORMS, Key, SCHEMES, check_own, check_with_oracle, check_with_xmlsec1, cut_signature,
};
use tamga_scheme::SignatureScheme;
use tamga_xmldsig::{
    BlankText, CoveredNode, Error, ExistingSignatures, Form, LocationPath, Options, Placement,
    PreparedXml, prepare_with,
};

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>";

/// Document, path of what is signed, path of the place, identifier, where xmlsec1 finds it, path as reported.
const DOCUMENTS: [[&str; 6]; 7] = [
    [
        "<root><a Id=\"part\"><x>1</x></a><b/></root>",
        "/root/a",
        "/root",
        "part",
        "--id-attr:Id",
        "a",
    ],
    [
        "<root xmlns='urn:d' xmlns:u='urn:u' xml:lang='kk'>\r\n <a/><a ID='p-1' u:x='&#13;'>\r\n<!-- c -->t</a>\r\n<sig/></root>",
        "/root/a[2]",
        "/root/sig",
        "p-1",
        "--id-attr:ID",
        "urn:d:a",
    ],
    [
        "<r><q:b xmlns:q='urn:q' id='1.x'/><c><d/>text</c></r>",
        "/r/q:b",
        "/r/c",
        "1.x",
        "--id-attr:id",
        "urn:q:b",
    ],
    [
        "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Header/><s:Body xmlns:w='http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd' w:Id='body'><v/></s:Body></s:Envelope>",
        "/s:Envelope/s:Body",
        "/s:Envelope/s:Header",
        "body",
        "--id-attr:Id",
        "http://schemas.xmlsoap.org/soap/envelope/:Body",
    ],
    [
        "<r><a xml:id='x'>1</a></r>",
        "/r/a",
        "/r",
        "x",
        "--id-attr:id",
        "a",
    ],
    [
        "<r><a id='row'/><a id='row'/><b Id='one'><a id='row'/></b><c\n/></r>",
        "/r/b",
        "/r/c",
        "one",
        "--id-attr:Id",
        "b",
    ],
    [
        "<r><ds:Signature xmlns:ds='urn:other'/><b Id='\u{431}'>&lt;</b></r>",
        "/r/b[1]",
        "/r",
        "\u{431}",
        "--id-attr:Id",
        "b",
    ],
];

fn options(form: Form, signed: &str, parent: &str) -> Options {
    let path = |text| LocationPath::parse(text).expect("a path");
    Options {
        placement: Placement::ById {
            signed: path(signed),
            parent: path(parent),
        },
        ..Options::enveloped(form)
    }
}

fn prepared(
    key: &Key,
    document: &str,
    form: Form,
    signed: &str,
    parent: &str,
) -> Result<PreparedXml, Error> {
    let options = options(form, signed, parent);
    prepare_with(document, &options, key.scheme, &key.certificate)
}

#[test]
fn what_the_paths_name_is_signed_and_holds_here() {
    for scheme in SCHEMES {
        let key = Key::of(scheme);
        for form in FORMS {
            for [document, signed, parent, id, ..] in DOCUMENTS {
                let made =
                    key.complete(prepared(key, document, form, signed, parent).expect(document));
                let signatures = check_own(&made);
                assert_eq!(signatures.len(), 1);
                let covered = signatures[0].check_references().expect("holds");
                let [reference] = covered.references() else {
                    panic!("one reference: {made}")
                };
                assert_eq!(reference.uri, format!("#{id}"));
                assert!(!reference.enveloped);
                let CoveredNode::Element { id: found, .. } = &reference.node else {
                    panic!("an element: {made}")
                };
                assert_eq!(found, id);
            }
        }
    }
}

#[test]
fn the_independent_oracle_accepts_signatures_by_identifier() {
    for (number, scheme) in SCHEMES.into_iter().enumerate() {
        let key = Key::of(scheme);
        for (document, form) in DOCUMENTS.iter().zip(FORMS.into_iter().cycle().skip(number)) {
            let [text, signed, parent, id, ..] = document;
            let made = key.complete(prepared(key, text, form, signed, parent).expect(text));
            check_with_oracle(&made, "by-id", &format!("{}_{id}_{form:?}", scheme.name()));
        }
    }
}

#[test]
fn xmlsec1_accepts_rsa_signatures_by_identifier() {
    let key = Key::of(SignatureScheme::RsaSha256);
    for form in FORMS {
        for [document, signed, parent, id, option, node] in DOCUMENTS {
            let made = key.complete(prepared(key, document, form, signed, parent).expect(document));
            check_with_xmlsec1(
                &made,
                &[option, node],
                "by-id-xmlsec1",
                &format!("{id}_{form:?}"),
            );
        }
    }
}

#[test]
fn the_signature_is_the_last_child_of_its_place_and_nothing_else_changes() {
    let key = Key::of(SignatureScheme::RsaSha256);
    for [document, signed, parent, ..] in DOCUMENTS {
        let made =
            key.complete(prepared(key, document, Form::Compact, signed, parent).expect(document));
        let (signature, rest) = cut_signature(&made);
        let expected = document
            .replace("<sig/>", "<sig></sig>")
            .replace("<s:Header/>", "<s:Header></s:Header>")
            .replace("<c\n/>", "<c></c>");
        assert_eq!(rest, [DECLARATION, &expected].concat());
        let name = parent.rsplit('/').next().expect("a step");
        assert!(
            made.contains(&[signature, "</", name, ">"].concat()),
            "{made}"
        );
    }
}

#[test]
fn the_transforms_are_those_of_the_national_signer() {
    let key = Key::of(SignatureScheme::Gost2015With512);
    let made = key.complete(
        prepared(key, DOCUMENTS[0][0], Form::Compact, "/root/a", "/root").expect("prepared"),
    );
    assert!(made.contains(
        "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>"
    ));
    assert!(made.contains("<ds:Reference URI=\"#part\"><ds:Transforms><ds:Transform Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments\"/></ds:Transforms><ds:DigestMethod "));
    let signature = &check_own(&made)[0];
    let canonical = String::from_utf8(signature.signed_info().to_vec()).expect("UTF-8");
    assert!(
        canonical
            .starts_with("<ds:SignedInfo xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:")
    );
}

#[test]
fn placements_that_are_not_there_or_would_never_hold_are_refused() {
    let key = Key::of(SignatureScheme::RsaSha256);
    let refused = |document: &str, signed: &str, parent: &str| {
        prepared(key, document, Form::Compact, signed, parent).expect_err(document)
    };
    let path = |path: &str| path.to_owned();
    let document = "<r><a Id='1'><b/></a><a/><c Id='1'/></r>";
    assert_eq!(
        refused(document, "/r/x", "/r"),
        Error::PathToNothing { path: path("/r/x") }
    );
    assert_eq!(
        refused(document, "/r/a[1]", "/r/y"),
        Error::PathToNothing { path: path("/r/y") }
    );
    assert_eq!(
        refused(document, "/r/a", "/r"),
        Error::PathToSeveral {
            path: path("/r/a"),
            count: 2
        }
    );
    assert_eq!(
        refused(document, "/r/a[2]", "/r"),
        Error::NoIdentifier {
            path: path("/r/a[2]")
        }
    );
    assert_eq!(
        refused(document, "/r/a[1]", "/r"),
        Error::DuplicateId { id: path("1") }
    );
    for (document, signed, parent) in [
        ("<r Id='1'><a/></r>", "/r", "/r"),
        ("<r Id='1'><a/></r>", "/r", "/r/a"),
        ("<r><a Id='1'><b><c/></b></a></r>", "/r/a", "/r/a/b/c"),
    ] {
        assert_eq!(
            refused(document, signed, parent),
            Error::PlaceInsideSigned {
                signed: path(signed),
                parent: path(parent)
            }
        );
    }
    for id in ["", "a b", "xpointer(/)", "a%20", "a#b", "a&amp;b", "&quot;"] {
        let document = format!("<r><a Id=\"{id}\"/></r>");
        let id = id.replace("&amp;", "&").replace("&quot;", "\"");
        assert_eq!(
            refused(&document, "/r/a", "/r"),
            Error::UnusableIdentifier { id }
        );
    }
    // An attribute called Id in a namespace of the application identifies nothing.
    assert_eq!(
        refused("<r xmlns:u='urn:u'><a u:Id='1'/></r>", "/r/a", "/r"),
        Error::NoIdentifier { path: path("/r/a") }
    );
}

/// Paths are those of the document that is signed: without the signatures taken out.
#[test]
fn the_options_apply_before_the_paths() {
    let key = Key::of(SignatureScheme::RsaSha256);
    let first = key.complete(
        prepared(
            key,
            "<r> <a Id='1'> <b/> </a> </r>",
            Form::Compact,
            "/r/a",
            "/r",
        )
        .expect("ok"),
    );
    let options = Options {
        existing: ExistingSignatures::Remove,
        blank_text: BlankText::Remove,
        ..options(Form::Compact, "/r/a", "/r")
    };
    let again = prepare_with(&first, &options, key.scheme, &key.certificate).expect("prepared");
    let again = key.complete(again);
    assert_eq!(check_own(&again).len(), 1);
    let (_, rest) = cut_signature(&again);
    assert_eq!(rest, [DECLARATION, "<r><a Id='1'><b/></a></r>"].concat());
}

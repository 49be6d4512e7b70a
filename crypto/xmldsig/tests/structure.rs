//! Structure of signatures: what is accepted, and what is refused with evidence. No keys are needed for that.

use base64ct::Encoding;
use tamga_scheme::{DigestAlgorithm, SignatureScheme};
use tamga_xmldsig::{
    CheckError, Covered, CoveredNode, Error, Limits, Part, SignedXml, XmlSignature,
};

const ENVELOPED: &str =
    "<ds:Transform Algorithm=\"http://www.w3.org/2000/09/xmldsig#enveloped-signature\"/>";
const INCLUSIVE: &str =
    "<ds:Transform Algorithm=\"http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments\"/>";
const EXCLUSIVE: &str = "<ds:Transform Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>";
const WSU: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
const WSSE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";

fn reference(uri: &str, transforms: &str, canonical: &str) -> String {
    let digest = DigestAlgorithm::Sha256.digest(canonical.as_bytes());
    let digest = base64ct::Base64::encode_string(&digest);
    format!(
        "<ds:Reference URI=\"{uri}\"><ds:Transforms>{transforms}</ds:Transforms><ds:DigestMethod Algorithm=\"http://www.w3.org/2001/04/xmlenc#sha256\"/><ds:DigestValue>{digest}</ds:DigestValue></ds:Reference>"
    )
}

fn signature(references: &str) -> String {
    format!(
        "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><ds:SignedInfo><ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/><ds:SignatureMethod Algorithm=\"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256\"/>{references}</ds:SignedInfo><ds:SignatureValue>AAAA</ds:SignatureValue></ds:Signature>"
    )
}

/// `<a>text SIGNATURE</a>`, signed as a whole.
fn enveloped() -> String {
    let transforms = [ENVELOPED, INCLUSIVE].concat();
    format!(
        "<a>text{}</a>",
        signature(&reference("", &transforms, "<a>text</a>"))
    )
}

fn parse(document: &str) -> Result<Vec<XmlSignature>, Error> {
    Ok(SignedXml::parse(document.as_bytes(), &Limits::default())?
        .signatures()
        .to_vec())
}

fn covered(document: &str) -> Result<Covered, CheckError> {
    parse(document).expect("readable")[0].check_references()
}

fn unsupported(part: Part, value: &str) -> Error {
    Error::Unsupported {
        signature: 0,
        part,
        value: value.to_owned(),
    }
}

fn refusal(document: &str) -> Error {
    parse(document).expect_err(document)
}

#[test]
fn any_prefix_will_do() {
    for prefix in ["ds:", "sig:", ""] {
        let declaration = if prefix.is_empty() {
            "xmlns=".into()
        } else {
            format!("xmlns:{}=", prefix.trim_end_matches(':'))
        };
        let document = enveloped()
            .replace("xmlns:ds=", &declaration)
            .replace("ds:", prefix);
        let signatures = parse(&document).expect("readable");
        assert_eq!(signatures[0].scheme(), SignatureScheme::RsaSha256);
        assert!(
            signatures[0]
                .check_references()
                .expect("it holds")
                .covers_root()
        );
    }
}

#[test]
fn a_signature_without_key_info_has_no_certificate() {
    assert_eq!(
        parse(&enveloped()).expect("readable")[0].certificate(),
        None
    );
}

#[test]
fn an_unsigned_document_has_no_signatures() {
    assert_eq!(parse("\u{feff}<a/>").expect("readable").len(), 0);
}

#[test]
fn algorithms_outside_the_lists_are_refused() {
    let good = enveloped();
    for (from, to, part) in [
        (
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
            Part::SignatureMethod,
        ),
        (
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
            Part::SignatureMethod,
        ),
        (
            "http://www.w3.org/2001/04/xmlenc#sha256",
            "http://www.w3.org/2000/09/xmldsig#sha1",
            Part::DigestMethod,
        ),
        (
            "http://www.w3.org/2001/10/xml-exc-c14n#",
            "http://www.w3.org/2010/10/xml-c14n2",
            Part::CanonicalizationMethod,
        ),
        (
            "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
            "http://www.w3.org/TR/1999/REC-xpath-19991116",
            Part::Transform,
        ),
        (
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
            "http://www.w3.org/TR/1999/REC-xslt-19991116",
            Part::Transform,
        ),
    ] {
        assert!(good.contains(from));
        assert_eq!(refusal(&good.replacen(from, to, 1)), unsupported(part, to));
    }
}

#[test]
fn only_same_document_references_are_followed() {
    for uri in [
        "file:///etc/passwd",
        "http://example.org/",
        "other.xml",
        "#",
        "#xpointer(/)",
    ] {
        let document = enveloped().replacen("URI=\"\"", &format!("URI=\"{uri}\""), 1);
        assert_eq!(refusal(&document), unsupported(Part::ReferenceUri, uri));
    }
    let without = enveloped().replacen(" URI=\"\"", "", 1);
    assert_eq!(
        refusal(&without),
        Error::Malformed {
            signature: 0,
            element: "Reference",
            problem: "no URI attribute"
        }
    );
}

#[test]
fn transforms_in_another_order_or_number_are_refused() {
    let good = [ENVELOPED, INCLUSIVE].concat();
    let c14n = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments";
    let enveloped_uri = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
    for (transforms, refused) in [
        ([INCLUSIVE, ENVELOPED].concat(), enveloped_uri),
        ([ENVELOPED, ENVELOPED].concat(), enveloped_uri),
        ([ENVELOPED, INCLUSIVE, INCLUSIVE].concat(), c14n),
    ] {
        assert_eq!(
            refusal(&enveloped().replacen(&good, &transforms, 1)),
            unsupported(Part::Transform, refused)
        );
    }
}

#[test]
fn unknown_elements_and_parameters_are_refused() {
    let good = enveloped();
    for (from, to, element) in [
        ("</ds:Signature>", "<ds:Object/></ds:Signature>", "Object"),
        (
            "</ds:SignatureValue>",
            "</ds:SignatureValue><ds:KeyInfo><ds:RetrievalMethod/></ds:KeyInfo>",
            "RetrievalMethod",
        ),
        (
            "</ds:SignatureValue>",
            "</ds:SignatureValue><ds:KeyInfo/><ds:Object/>",
            "Object",
        ),
        (
            "#rsa-sha256\"/>",
            "#rsa-sha256\"><ds:HMACOutputLength/></ds:SignatureMethod>",
            "HMACOutputLength",
        ),
        ("<ds:SignatureMethod", "<x/><ds:SignatureMethod", "x"),
        ("</ds:DigestValue>", "</ds:DigestValue><x/>", "x"),
        ("</ds:SignedInfo>", "<x/></ds:SignedInfo>", "x"),
    ] {
        let document = good.replacen(from, to, 1);
        assert_ne!(document, good);
        assert_eq!(
            refusal(&document),
            unsupported(Part::Element, element),
            "{to}"
        );
    }
}

#[test]
fn malformed_values_are_refused() {
    let good = enveloped();
    for (from, to, element, problem) in [
        (
            ">AAAA<",
            ">AA<!-- -->AA<",
            "SignatureValue",
            "not only text",
        ),
        (">AAAA<", ">AAA<", "SignatureValue", "not base64"),
        (
            "</ds:Reference>",
            "text</ds:Reference>",
            "Reference",
            "unexpected text",
        ),
        (
            "<ds:SignatureValue>AAAA</ds:SignatureValue>",
            "",
            "SignatureValue",
            "missing",
        ),
        (
            "<ds:SignedInfo>",
            "text<ds:SignedInfo>",
            "Signature",
            "unexpected text",
        ),
    ] {
        let document = good.replacen(from, to, 1);
        assert_ne!(document, good);
        assert_eq!(
            refusal(&document),
            Error::Malformed {
                signature: 0,
                element,
                problem
            }
        );
    }
    assert_eq!(
        refusal(&format!("<a>{}</a>", signature(""))),
        Error::Malformed {
            signature: 0,
            element: "SignedInfo",
            problem: "no Reference"
        }
    );
}

#[test]
fn a_digest_split_by_a_comment_is_refused() {
    let document = enveloped();
    let at = document.find("<ds:DigestValue>").expect("there") + "<ds:DigestValue>".len() + 4;
    let document = [&document[..at], "<!---->", &document[at..]].concat();
    assert_eq!(
        refusal(&document),
        Error::Malformed {
            signature: 0,
            element: "DigestValue",
            problem: "not only text"
        }
    );
}

#[test]
fn numbers_of_signatures_and_references_are_limited() {
    let one = reference("", ENVELOPED, "");
    assert_eq!(
        refusal(&format!("<a>{}</a>", signature(&one.repeat(65)))),
        Error::TooLarge {
            what: "references",
            limit: 64
        }
    );
    assert_eq!(
        refusal(&format!("<a>{}</a>", signature(&one).repeat(65))),
        Error::TooLarge {
            what: "signatures",
            limit: 64
        }
    );
    let limits = Limits {
        canonical: 1000,
        ..Limits::default()
    };
    let many = format!("<a>{}{}</a>", "x".repeat(300), signature(&one.repeat(9)));
    assert_eq!(
        SignedXml::parse(many.as_bytes(), &limits).err(),
        Some(Error::TooLarge {
            what: "canonical bytes",
            limit: 1000
        })
    );
}

/// Whatever is not signed may not pass as covered: here the signature would be all there is, and it takes itself out.
#[test]
fn a_signature_that_would_remove_everything_is_refused() {
    let root = signature(&reference("", ENVELOPED, ""));
    let enveloped_uri = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
    assert_eq!(refusal(&root), unsupported(Part::Transform, enveloped_uri));
    let own = signature(&reference("#s", ENVELOPED, "")).replacen(
        "<ds:Signature ",
        "<ds:Signature Id=\"s\" ",
        1,
    );
    assert_eq!(
        refusal(&format!("<a>{own}</a>")),
        unsupported(Part::Transform, enveloped_uri)
    );
}

#[test]
fn identifiers_are_found_by_every_usual_attribute_and_must_be_unique_when_referred_to() {
    let declared = format!("xmlns:wsu=\"{WSU}\"");
    for attribute in ["Id", "ID", "id", "wsu:Id", "xml:id"] {
        let canonical = match attribute {
            "wsu:Id" => format!("<b {declared} wsu:Id=\"x\"></b>"),
            other => format!("<b {other}=\"x\"></b>"),
        };
        let signed = signature(&reference("#x", EXCLUSIVE, &canonical));
        let document = format!("<a {declared}><b {attribute}='x'/>{signed}</a>");
        let covered = covered(&document).expect(attribute);
        let CoveredNode::Element { path, id } = &covered.references()[0].node else {
            panic!("an element")
        };
        assert_eq!(
            (path.to_string().as_str(), id.as_str()),
            ("/a[0 of 1]/b[0 of 1]", "x")
        );
        assert!(!covered.covers_root());
        let twice = document.replacen("</a>", "<c Id='x'/></a>", 1);
        assert_eq!(refusal(&twice), Error::DuplicateId { id: "x".to_owned() });
        let others_twice = document.replacen("</a>", "<c Id='y'/><c Id='y'/></a>", 1);
        assert!(parse(&others_twice).is_ok());
    }
    let nowhere = format!(
        "<a u:Id='x' xmlns:u='urn:u'>{}</a>",
        signature(&reference("#x", EXCLUSIVE, ""))
    );
    assert_eq!(
        covered(&nowhere),
        Err(CheckError::NoSuchElement {
            uri: "#x".to_owned()
        })
    );
}

#[test]
fn a_path_counts_siblings_of_the_same_namespace_and_name_only() {
    let document = |unsigned: &str| {
        let signed = signature(&reference("#x", EXCLUSIVE, "<b Id=\"x\"></b>"));
        format!(
            "<a><c><b/></c><c><b/><p:b xmlns:p='urn:p'/><d><b/></d>{unsigned}<b Id='x'/><b/></c>{signed}</a>"
        )
    };
    for (unsigned, index) in [("", 1), ("<b/>", 2), ("<B/><b xmlns='urn:b'/>", 1)] {
        let covered = covered(&document(unsigned)).expect("it holds");
        let CoveredNode::Element { path, .. } = &covered.references()[0].node else {
            panic!("an element")
        };
        let text = format!("/a[0 of 1]/c[1 of 2]/b[{index} of {}]", index + 2);
        assert_eq!(path.to_string(), text);
        let counts: Vec<usize> = path.steps().iter().map(|step| step.count).collect();
        assert_eq!(counts, [1, 2, index + 2]);
    }
}

#[test]
fn the_root_by_its_identifier_is_the_root() {
    let transforms = [ENVELOPED, EXCLUSIVE].concat();
    let signed = signature(&reference("#r", &transforms, "<a Id=\"r\">x</a>"));
    let covered = covered(&format!("<a Id='r'>x{signed}</a>")).expect("it holds");
    assert!(covered.covers_root());
}

#[test]
fn comments_are_never_covered() {
    let document = enveloped().replacen("text", "te<!-- x -->xt", 1);
    assert!(covered(&document).expect("it holds").references()[0].comments_dropped);
}

#[test]
fn content_hidden_in_a_later_signature_is_not_passed_over() {
    let later = "<ds:Signature xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"><pay>1000000</pay></ds:Signature>";
    let document = enveloped().replacen("</a>", &format!("{later}</a>"), 1);
    assert_eq!(
        refusal(&document),
        Error::Unsupported {
            signature: 1,
            part: Part::Element,
            value: "pay".to_owned()
        }
    );
}

#[test]
fn only_the_body_of_the_envelope_counts_as_body() {
    let body = format!("<s:Body xmlns:s=\"{SOAP}\" Id=\"b\">x</s:Body>");
    let signed = signature(&reference("#b", EXCLUSIVE, &body));
    let envelope = |inside: &str| format!("<s:Envelope xmlns:s='{SOAP}'>{inside}</s:Envelope>");
    let judge = |document: String| covered(&document).expect("it holds").covers_soap_body();
    let header = format!("<s:Header>{signed}</s:Header>");
    let real = "<s:Body Id='b'>x</s:Body>";
    assert!(judge(envelope(&[&header, real].concat())));
    // Moved into the header, a foreign Body in its place.
    let moved = format!("<s:Header>{signed}<w>{real}</w></s:Header><s:Body>y</s:Body>");
    assert!(!judge(envelope(&moved)));
    // Beside another Body.
    assert!(!judge(envelope(
        &[&header, real, "<s:Body>y</s:Body>"].concat()
    )));
    assert!(!judge(envelope(
        &[&header, "<s:Body>y</s:Body>", real].concat()
    )));
    // In another envelope further down.
    assert!(!judge(format!(
        "<a>{}</a>",
        envelope(&[&header, real].concat())
    )));
}

#[test]
fn security_tokens_of_other_kinds_are_refused() {
    let token = |value_type: &str| {
        let key_info = format!(
            "</ds:SignatureValue><ds:KeyInfo><w:SecurityTokenReference xmlns:w=\"{WSSE}\"><w:KeyIdentifier ValueType=\"{value_type}\">AAAA</w:KeyIdentifier></w:SecurityTokenReference></ds:KeyInfo>"
        );
        enveloped().replacen("</ds:SignatureValue>", &key_info, 1)
    };
    assert_eq!(
        refusal(&token("urn:thumbprint")),
        unsupported(Part::ValueType, "urn:thumbprint")
    );
    let x509 =
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3";
    assert!(matches!(
        refusal(&token(x509)),
        Error::Certificate { signature: 0, .. }
    ));
}

#[test]
fn encodings_other_than_utf_8_are_refused() {
    let parse = |bytes: &[u8]| SignedXml::parse(bytes, &Limits::default()).err();
    let encoding = |value: &str| {
        Some(Error::UnsupportedDeclaration {
            what: "encoding",
            value: value.to_owned(),
        })
    };
    assert_eq!(
        parse(b"<?xml version='1.0' encoding='windows-1251'?><a/>"),
        encoding("windows-1251")
    );
    assert_eq!(
        parse(b"<?xml version='1.0' encoding='windows-1251'?><a>\xcf</a>"),
        encoding("windows-1251")
    );
    assert_eq!(parse(b"\xff\xfe<\0a\0/\0>\0"), encoding("UTF-16LE"));
    assert_eq!(parse(b"\xfe\xff\0<\0a\0/\0>"), encoding("UTF-16BE"));
    assert_eq!(
        parse(b"<a>\xcf</a>"),
        Some(Error::NotUtf8 { valid_up_to: 3 })
    );
    assert_eq!(
        parse(b"\xef\xbb\xbf<?xml version='1.0' encoding='utf-8'?><a/>"),
        None
    );
}

#[test]
fn key_info_holds_elements_of_the_syntax_only_at_any_depth() {
    let with = |key_info: &str| {
        let key_info = format!("<ds:KeyInfo>{key_info}</ds:KeyInfo></ds:Signature>");
        parse(&enveloped().replace("</ds:Signature>", &key_info)).map(|signatures| signatures.len())
    };
    for known in [
        "<ds:KeyName>text</ds:KeyName>",
        "<ds:KeyValue><ds:RSAKeyValue><ds:Modulus>AA==</ds:Modulus></ds:RSAKeyValue></ds:KeyValue>",
        "<ds:KeyValue><e:ECKeyValue xmlns:e=\"http://www.w3.org/2009/xmldsig11#\"/></ds:KeyValue>",
        "<ds:X509Data><ds:X509IssuerSerial><ds:X509IssuerName>CN=a</ds:X509IssuerName><ds:X509SerialNumber>1</ds:X509SerialNumber></ds:X509IssuerSerial></ds:X509Data>",
        "<ds:X509Data><ds:X509SubjectName>CN=a</ds:X509SubjectName></ds:X509Data>",
    ] {
        assert_eq!(with(known), Ok(1), "{known}");
    }
    for hiding in [
        "<ds:KeyName><sum>9</sum></ds:KeyName>",
        "<ds:KeyValue><sum>9</sum></ds:KeyValue>",
        "<ds:KeyValue><ds:RSAKeyValue><sum xmlns=\"urn:x\">9</sum></ds:RSAKeyValue></ds:KeyValue>",
        "<ds:X509Data><ds:X509SubjectName><sum>9</sum></ds:X509SubjectName></ds:X509Data>",
        "<ds:X509Data><ds:X509SKI><sum>9</sum></ds:X509SKI></ds:X509Data>",
        "<ds:X509Data><ds:X509CRL><sum>9</sum></ds:X509CRL></ds:X509Data>",
        "<ds:X509Data><ds:X509IssuerSerial><sum>9</sum></ds:X509IssuerSerial></ds:X509Data>",
        "<ds:X509Data><ds:X509IssuerSerial><ds:X509IssuerName><sum>9</sum></ds:X509IssuerName></ds:X509IssuerSerial></ds:X509Data>",
    ] {
        assert_eq!(
            with(hiding),
            Err(unsupported(Part::Element, "sum")),
            "{hiding}"
        );
    }
}

#[test]
fn key_values_hold_the_numbers_of_keys_only() {
    let with = |value: &str| {
        let value =
            format!("<ds:KeyInfo><ds:KeyValue>{value}</ds:KeyValue></ds:KeyInfo></ds:Signature>");
        let value = value.replace("@11", "http://www.w3.org/2009/xmldsig11#");
        let value = value.replace("@m", "http://www.w3.org/2001/04/xmldsig-more#");
        parse(&enveloped().replace("</ds:Signature>", &value)).map(|signatures| signatures.len())
    };
    for known in [
        "<ds:RSAKeyValue>\n<ds:Modulus>AAAA\nAAAA</ds:Modulus><ds:Exponent>AQAB</ds:Exponent></ds:RSAKeyValue>",
        "<ds:DSAKeyValue><ds:P>AA==</ds:P><ds:Q/><ds:G/><ds:Y/><ds:J/><ds:Seed/><ds:PgenCounter/></ds:DSAKeyValue>",
        "<ECKeyValue xmlns='@11'><NamedCurve URI='urn:oid:1.2.840.10045.3.1.7'/><PublicKey>BAAA</PublicKey></ECKeyValue>",
        "<ECDSAKeyValue xmlns='@m' xmlns:i='http://www.w3.org/2001/XMLSchema-instance'><DomainParameters><NamedCurve URN='urn:oid:1.2'/></DomainParameters><PublicKey><X Value='1' i:type='PrimeFieldElemType'/><Y Value='23'/></PublicKey></ECDSAKeyValue>",
    ] {
        assert_eq!(with(known), Ok(1), "{known}");
    }
    let element = |name| unsupported(Part::Element, name);
    let attribute = |name| unsupported(Part::Attribute, name);
    let malformed = |problem| Error::Malformed {
        signature: 0,
        element: "KeyValue",
        problem,
    };
    for (hiding, expected) in [
        ("<ds:sum>9</ds:sum>", element("sum")),
        ("<ds:Modulus>AAAA</ds:Modulus>", element("Modulus")),
        ("<ds:RSAKeyValue><ds:P/></ds:RSAKeyValue>", element("P")),
        ("<ECKeyValue xmlns='@m'/>", element("ECKeyValue")),
        ("<ds:RSAKeyValue sum='9'/>", attribute("sum")),
        ("<ds:RSAKeyValue xml:id='a'/>", attribute("id")),
        (
            "<ds:RSAKeyValue><ds:Modulus Id='a'/></ds:RSAKeyValue>",
            attribute("Id"),
        ),
        (
            "<ECKeyValue xmlns='@11'><NamedCurve URI='pay 9'/></ECKeyValue>",
            attribute("URI"),
        ),
        (
            "<ECKeyValue xmlns='@11'><NamedCurve URI='urn:oid:'/></ECKeyValue>",
            attribute("URI"),
        ),
        (
            "<ECDSAKeyValue xmlns='@m'><PublicKey><X Value='a'/></PublicKey></ECDSAKeyValue>",
            attribute("Value"),
        ),
        ("text", malformed("unexpected text")),
        (
            "<ds:RSAKeyValue>text</ds:RSAKeyValue>",
            malformed("unexpected text"),
        ),
        (
            "<ds:RSAKeyValue><ds:Modulus>a sum of 9</ds:Modulus></ds:RSAKeyValue>",
            malformed("not base64"),
        ),
        (
            "<ds:RSAKeyValue><ds:Modulus><ds:Exponent/></ds:Modulus></ds:RSAKeyValue>",
            malformed("not only text"),
        ),
    ] {
        assert_eq!(with(hiding), Err(expected), "{hiding}");
    }
}

#[test]
fn instructions_outside_the_root_are_reported() {
    for (document, expected) in [
        ("<a/>", false),
        ("<?xml version='1.0'?><a><?p?></a><!-- c -->", false),
        ("<?p?><a/>", true),
        ("<a/><?p x?>", true),
    ] {
        let read = SignedXml::parse(document.as_bytes(), &Limits::default()).expect("readable");
        assert_eq!(read.has_outer_instructions(), expected, "{document}");
    }
}

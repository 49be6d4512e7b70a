//! XML signatures and signed SOAP envelopes: every form, placement and token.

use std::time::Duration;

use tamga_peers::protocol::Reply;
use tamga_xmldsig::{
    BlankText, ExistingSignatures, Form, LineEnd, LocationPath, Options, Placement, Timestamp,
    Token, WsseOptions, prepare_with, prepare_wsse,
};

use crate::{
    judge,
    programs::xmlsec1_accepts,
    signing_keys::{Key, NOW, keys},
};

const FORMS: [Form; 4] = [
    Form::Compact,
    Form::Lines(LineEnd::Lf),
    Form::Lines(LineEnd::CrLf),
    Form::LinesWithReferences,
];

/// What canonical forms have to get right; `value` is what twins change.
const DOCUMENTS: [&str; 3] = [
    "<a>value</a>",
    "<p:a xmlns:p='urn:p' xmlns='urn:d' xml:lang='kk' z='/>' b='2'\n><b xmlns=''/><!-- c --><![CDATA[</a>]]>value&#13;\r\n</p:a\n>\n<!-- after -->",
    "\u{feff}<?xml version=\"1.0\" encoding=\"windows-1251\"?>\r\n<?before?>\r\n<\u{49b} xmlns:ds='urn:other'>\r\n <ds:b/>\u{4d8}\u{1f600}value\t<b c=\"&#9;&lt;\"></b>\r\n</\u{49b}>\r\n",
];

/// Document, path of what is signed, path of the place, name of the attribute, element for xmlsec1.
const BY_ID: [[&str; 5]; 4] = [
    [
        "<r><a Id=\"one\"><x>value</x></a><b/></r>",
        "/r/a",
        "/r",
        "Id",
        "a",
    ],
    [
        "<r xmlns='urn:d' xmlns:u='urn:u' xml:lang='kk'>\r\n <a/><a ID='p-1' u:x='&#13;'>\r\n<!-- c -->value</a>\r\n<s/></r>",
        "/r/a[2]",
        "/r/s",
        "ID",
        "urn:d:a",
    ],
    [
        "<r><q:b xmlns:q='urn:q' id='1.x'>value</q:b><c><d/>text</c></r>",
        "/r/q:b",
        "/r/c",
        "id",
        "urn:q:b",
    ],
    [
        "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Header/><s:Body xmlns:w='http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd' w:Id='body'><v>value</v></s:Body></s:Envelope>",
        "/s:Envelope/s:Body",
        "/s:Envelope/s:Header",
        "Id",
        "http://schemas.xmlsoap.org/soap/envelope/:Body",
    ],
];

/// SOAP 1.1 with nothing there, SOAP 1.2 with a header and an identifier.
const ENVELOPES: [(&str, &str); 2] = [
    (
        "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body><m xmlns='urn:m'>value</m></s:Body></s:Envelope>",
        "http://schemas.xmlsoap.org/soap/envelope/",
    ),
    (
        "<?xml version='1.0'?>\r\n<Envelope xmlns='http://www.w3.org/2003/05/soap-envelope' xmlns:u='http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd'>\r\n<Header> <h xmlns='urn:h'/> </Header>\r\n<Body u:Id='given' a='>'\r\n>value&#13;<m/> </Body></Envelope>\r\n",
        "http://www.w3.org/2003/05/soap-envelope",
    ),
];

const WSU: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";

/// A document of ours with what judges must know.
struct Signed<'a> {
    document: String,
    signatures: usize,
    /// Names of identifying attributes.
    names: &'a [&'a str],
    /// The key, and xmlsec1's options about identifiers, where it can judge: RSA and one signature.
    xmlsec1: Option<(&'a Key, &'a [&'a str])>,
}

impl Signed<'_> {
    /// Accepted as it is; refused with another content, and with a changed SignedInfo or SignatureValue of each signature.
    fn check(&self, what: &str) {
        self.compare(what, &self.document, Reply::Yes);
        assert!(self.document.contains("value"), "{what}");
        let content = self.document.replacen("value", "valve", 1);
        self.compare(&format!("{what}, content"), &content, Reply::No);
        for index in 0..self.signatures {
            let info = changed_info(&self.document, index);
            self.compare(&format!("{what}, SignedInfo {index}"), &info, Reply::No);
            let value = changed_value(&self.document, index);
            self.compare(&format!("{what}, value {index}"), &value, Reply::No);
        }
    }

    fn compare(&self, what: &str, document: &str, expected: Reply) {
        let reply = judge::xml(document, self.signatures, self.names);
        assert_eq!(reply, expected, "{what}\n{document}");
        if let Some((key, options)) = self.xmlsec1 {
            let pem = key.certificate.to_pem("\n");
            let is_good = expected == Reply::Yes;
            assert_eq!(
                xmlsec1_accepts(document, &pem, options),
                is_good,
                "xmlsec1: {what}\n{document}"
            );
        }
    }
}

/// With an attribute on SignedInfo that says nothing and was not signed: all digests hold, the value does not.
fn changed_info(document: &str, index: usize) -> String {
    let (before, behind) = document.split_at(behind_nth(document, "<ds:SignedInfo", index));
    format!("{before} Id=\"info\"{behind}")
}

/// With another letter in the base64 of SignatureValue.
fn changed_value(document: &str, index: usize) -> String {
    let start = behind_nth(document, "<ds:SignatureValue>", index);
    let space = document[start..].len() - document[start..].trim_start().len();
    let at = start + space + 20;
    let letter = if &document[at..=at] == "A" { "B" } else { "A" };
    [&document[..at], letter, &document[at + 1..]].concat()
}

fn behind_nth(document: &str, word: &str, index: usize) -> usize {
    let (at, _) = document
        .match_indices(word)
        .nth(index)
        .expect("so many signatures");
    at + word.len()
}

fn sign(key: &Key, document: &str, options: &Options) -> String {
    let prepared = prepare_with(document, options, key.scheme, key.certificate);
    key.complete(prepared.expect("prepared"))
}

#[test]
fn whole_documents_in_every_form() {
    for key in keys() {
        for form in FORMS {
            for document in DOCUMENTS {
                let signed = Signed {
                    document: sign(key, document, &Options::enveloped(form)),
                    signatures: 1,
                    names: &[],
                    xmlsec1: key.is_rsa().then_some((key, &[])),
                };
                signed.check(&format!("{:?}, {form:?}", key.scheme));
            }
        }
    }
}

#[test]
fn elements_by_their_identifiers() {
    for key in keys() {
        for (form, [document, path, parent, name, element]) in FORMS.into_iter().zip(BY_ID) {
            let options = Options {
                placement: Placement::ById {
                    signed: LocationPath::parse(path).expect("a path"),
                    parent: LocationPath::parse(parent).expect("a path"),
                },
                ..Options::enveloped(form)
            };
            let attribute = format!("--id-attr:{name}");
            let identifiers = [attribute.as_str(), element];
            let signed = Signed {
                document: sign(key, document, &options),
                signatures: 1,
                names: &[name],
                xmlsec1: key.is_rsa().then_some((key, &identifiers)),
            };
            signed.check(&format!("{:?}, {path}", key.scheme));
        }
    }
}

#[test]
fn a_second_signature_covers_the_first_and_a_new_one_replaces_both() {
    for (form, (first, second)) in FORMS
        .into_iter()
        .zip(keys().iter().zip(keys().iter().cycle().skip(1)))
    {
        for document in DOCUMENTS {
            let what = format!("{:?}, then {:?}", first.scheme, second.scheme);
            let one = sign(first, document, &Options::enveloped(form));
            let two = Signed {
                document: sign(second, &one, &Options::enveloped(Form::Compact)),
                signatures: 2,
                names: &[],
                xmlsec1: None,
            };
            two.check(&what);
            let alone = Options {
                existing: ExistingSignatures::Remove,
                ..Options::enveloped(form)
            };
            let replaced = Signed {
                document: sign(first, &two.document, &alone),
                signatures: 1,
                names: &[],
                xmlsec1: first.is_rsa().then_some((first, &[])),
            };
            replaced.check(&format!("{what}, replaced"));
        }
    }
}

#[test]
fn documents_rid_of_white_space_between_tags() {
    const SPACED: &str =
        "<a>\r\n  <b> value </b>\n\t<c/>\n <d xml:space='preserve'> </d>&#32;\n</a>\n";
    for (key, form) in keys().iter().zip(FORMS) {
        let options = Options {
            blank_text: BlankText::Remove,
            ..Options::enveloped(form)
        };
        let document = sign(key, SPACED, &options);
        assert!(document.contains("<a><b> value </b><c/><d"), "{document}");
        let signed = Signed {
            document,
            signatures: 1,
            names: &[],
            xmlsec1: key.is_rsa().then_some((key, &[])),
        };
        signed.check(&format!("{:?}, trimmed", key.scheme));
    }
}

fn wsse(form: Form, token: Token, timestamp: Option<Timestamp>, number: u32) -> WsseOptions {
    WsseOptions {
        form,
        token,
        timestamp,
        uuid: format!("0ace83d4-0477-4890-90b2-50b3bd43{number:04x}"),
        blank_text: BlankText::Keep,
    }
}

fn sign_envelope(key: &Key, envelope: &str, options: &WsseOptions) -> String {
    let prepared = prepare_wsse(envelope, options, key.scheme, key.certificate);
    key.complete(prepared.expect("prepared"))
}

#[test]
fn envelopes_with_both_tokens_with_and_without_timestamp() {
    let timestamp = Timestamp {
        created: NOW,
        lifetime: Duration::from_secs(300),
    };
    for key in keys() {
        for (envelope, soap) in ENVELOPES {
            let body = format!("{soap}:Body");
            let time = format!("{WSU}:Timestamp");
            for (token, timestamp, form) in [
                (Token::KeyIdentifier, None, Form::LinesWithReferences),
                (Token::KeyIdentifier, Some(timestamp), Form::Compact),
                (Token::BinarySecurityToken, None, Form::Compact),
                (
                    Token::BinarySecurityToken,
                    Some(timestamp),
                    Form::Lines(LineEnd::Lf),
                ),
            ] {
                let mut options = vec!["--id-attr:Id", &body];
                if timestamp.is_some() {
                    options.extend(["--id-attr:Id", &time]);
                }
                let signed = Signed {
                    document: sign_envelope(key, envelope, &wsse(form, token, timestamp, 1)),
                    signatures: 1,
                    names: &["Id"],
                    xmlsec1: key.is_rsa().then_some((key, &options)),
                };
                signed.check(&format!("{:?}, {token:?}, {timestamp:?}", key.scheme));
                if timestamp.is_some() {
                    let later = signed.document.replacen("09:05:00Z", "09:06:00Z", 1);
                    assert_ne!(later, signed.document);
                    signed.compare("a later end", &later, Reply::No);
                }
            }
        }
    }
}

#[test]
fn envelopes_signed_by_two() {
    for (first, second) in keys().iter().zip(keys().iter().cycle().skip(1)) {
        for token in [Token::KeyIdentifier, Token::BinarySecurityToken] {
            let one = sign_envelope(first, ENVELOPES[0].0, &wsse(Form::Compact, token, None, 1));
            let two = Signed {
                document: sign_envelope(second, &one, &wsse(Form::Compact, token, None, 2)),
                signatures: 2,
                names: &["Id"],
                xmlsec1: None,
            };
            two.check(&format!("{:?}, then {:?}", first.scheme, second.scheme));
        }
    }
}

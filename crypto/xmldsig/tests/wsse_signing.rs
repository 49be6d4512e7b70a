//! SOAP envelopes we sign.

mod signing_keys;

use std::time::Duration;

use self::signing_keys::{
    FORMS, Key, SCHEMES, check_own, check_with_oracle, check_with_xmlsec1, cut_signature,
};
use tamga_scheme::{Prepared, SignatureScheme, SignatureValue};
use tamga_test_support::{fixtures_dir, read};
use tamga_x509::UnixTime;
use tamga_xmldsig::{
    BlankText, CheckError, EnvelopeProblem, Error, Form, Limits, SignedXml, Timestamp, Token,
    WsseOptions, prepare_wsse,
};

const UUID: &str = "0ace83d4-0477-4890-90b2-50b3bd434949";
const SOAP_11: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const SOAP_12: &str = "http://www.w3.org/2003/05/soap-envelope";
const WSSE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
const WSU: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";

fn options(form: Form, token: Token) -> WsseOptions {
    WsseOptions {
        form,
        token,
        timestamp: None,
        uuid: UUID.to_owned(),
        blank_text: BlankText::Keep,
    }
}

fn usual() -> WsseOptions {
    options(Form::LinesWithReferences, Token::KeyIdentifier)
}

fn with_everything() -> WsseOptions {
    WsseOptions {
        timestamp: Some(Timestamp {
            created: UnixTime(1_700_000_000),
            lifetime: Duration::from_secs(300),
        }),
        ..options(Form::Compact, Token::BinarySecurityToken)
    }
}

fn sign(scheme: SignatureScheme, document: &str, options: &WsseOptions) -> Result<String, Error> {
    let key = Key::of(scheme);
    let prepared = prepare_wsse(document, options, scheme, &key.certificate)?;
    Ok(key.complete(prepared))
}

fn rsa(document: &str, options: &WsseOptions) -> Result<String, Error> {
    sign(SignatureScheme::RsaSha256, document, options)
}

/// Envelopes that differ in what has to be added, and where.
fn envelopes() -> Vec<String> {
    let s = SOAP_11;
    vec![
        format!("<s:Envelope xmlns:s='{s}'><s:Body><m>1</m></s:Body></s:Envelope>"),
        format!(
            "<?xml version='1.0'?>\r\n<s:Envelope xmlns:s='{SOAP_12}'>\r\n<s:Header/>\r\n<s:Body/></s:Envelope>\r\n"
        ),
        format!(
            "<Envelope xmlns='{s}'><Header> <h xmlns='urn:h'/> </Header><Body a='>' ><m xmlns=''>&#13;</m></Body></Envelope>"
        ),
        format!(
            "<s:Envelope xmlns:s='{s}' xmlns:wsu='{WSU}' xmlns:wsse='{WSSE}'><s:Header><wsse:Security/></s:Header><s:Body\n/></s:Envelope>"
        ),
        format!(
            "<s:Envelope xmlns:s='{s}' xmlns:wsu='urn:mine'><s:Header><o:Security xmlns:o='{WSSE}'><o:UsernameToken/></o:Security></s:Header><s:Body><wsu:x/></s:Body></s:Envelope>"
        ),
        format!(
            "<s:Envelope xmlns:s='{s}'><s:Header><w:Security xmlns:w='{WSSE}' s:actor='urn:other'/></s:Header><s:Body xmlns:u='{WSU}' u:Id='given'><!-- c --></s:Body></s:Envelope>"
        ),
        format!(
            "<s:Envelope xmlns:s='{s}'><q:Header xmlns:q='{s}' xmlns:s='urn:other'/><s:Body/></s:Envelope>"
        ),
    ]
}

#[test]
fn signed_bodies_hold_here_in_every_scheme_form_and_token() {
    for scheme in SCHEMES {
        for form in FORMS {
            for token in [Token::KeyIdentifier, Token::BinarySecurityToken] {
                for envelope in envelopes() {
                    let signed = sign(scheme, &envelope, &options(form, token)).expect(&envelope);
                    let signatures = check_own(&signed);
                    assert_eq!(signatures.len(), 1);
                    let covered = signatures[0].check_references().expect("holds");
                    assert!(covered.covers_soap_body(), "{signed}");
                    assert!(!covered.covers_root(), "{signed}");
                }
            }
        }
    }
}

#[test]
fn the_timestamp_is_signed_too() {
    for envelope in envelopes() {
        let signed = rsa(&envelope, &with_everything()).expect(&envelope);
        let covered = check_own(&signed)[0].check_references().expect("holds");
        let uris: Vec<&str> = covered
            .references()
            .iter()
            .map(|one| one.uri.as_str())
            .collect();
        let body = if envelope.contains("'given'") {
            "#given"
        } else {
            "#id-0ace83d4-0477-4890-90b2-50b3bd434949"
        };
        assert_eq!(uris, [body, "#TS-0ace83d4-0477-4890-90b2-50b3bd434949"]);
        assert!(signed.contains("<wsu:Created>2023-11-14T22:13:20Z</wsu:Created><wsu:Expires>2023-11-14T22:18:20Z</wsu:Expires>"));
        let later = signed.replace("22:18:20Z", "23:18:20Z");
        let parsed = SignedXml::parse(later.as_bytes(), &Limits::default()).expect("read");
        assert_eq!(
            parsed.signatures()[0].check_references(),
            Err(CheckError::DigestMismatch {
                uri: "#TS-0ace83d4-0477-4890-90b2-50b3bd434949".to_owned()
            })
        );
    }
}

#[test]
fn the_independent_oracle_accepts_signed_envelopes() {
    let shapes = [
        usual(),
        with_everything(),
        options(FORMS[2], Token::BinarySecurityToken),
    ];
    for scheme in SCHEMES {
        for (number, envelope) in envelopes().iter().enumerate() {
            let signed = sign(scheme, envelope, &shapes[number % shapes.len()]).expect("prepared");
            check_with_oracle(&signed, "wsse", &format!("{}_{number}", scheme.name()));
        }
    }
}

#[test]
fn xmlsec1_accepts_envelopes_signed_with_rsa() {
    // It reads no wsse:SecurityTokenReference, so the key is given; the token is none of its business.
    let key = Key::of(SignatureScheme::RsaSha256);
    let pem = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("wsse-signer.pem");
    std::fs::write(&pem, key.certificate.to_pem("\n")).expect("written");
    let pem = pem.to_str().expect("UTF-8");
    for (number, envelope) in envelopes().iter().enumerate() {
        let soap = if envelope.contains(SOAP_12) {
            SOAP_12
        } else {
            SOAP_11
        };
        let (body, timestamp) = (format!("{soap}:Body"), format!("{WSU}:Timestamp"));
        let ids = [
            "--pubkey-cert-pem",
            pem,
            "--id-attr:Id",
            &body,
            "--id-attr:Id",
            &timestamp,
        ];
        for (form, shape) in [("usual", usual()), ("all", with_everything())] {
            let signed = rsa(envelope, &shape).expect("prepared");
            check_with_xmlsec1(&signed, &ids, "wsse-xmlsec1", &format!("{form}_{number}"));
        }
    }
}

/// A real envelope, signed by NCANode: without header and identifier it is the document NCANode got.
#[test]
fn the_bytes_equal_a_recorded_envelope() {
    let Some(fixtures) = fixtures_dir() else {
        return;
    };
    let real = String::from_utf8(read(fixtures.join("wsse/wsse_rsa_ncanode.xml"))).expect("UTF-8");
    let (before, rest) = real.split_once("<SOAP-ENV:Header>").expect("signed");
    let (_, behind) = rest.split_once("</SOAP-ENV:Header>").expect("signed");
    let identified = format!("<SOAP-ENV:Body xmlns:wsu=\"{WSU}\" wsu:Id=\"id-{UUID}\">");
    assert!(behind.starts_with(&identified));
    let unsigned = [before, &behind.replacen(&identified, "<SOAP-ENV:Body>", 1)].concat();
    let parsed = SignedXml::parse(real.as_bytes(), &Limits::default()).expect("readable");
    let signature = &parsed.signatures()[0];
    let certificate = signature.certificate().expect("there");
    let made = |document: &str| {
        prepare_wsse(document, &usual(), signature.scheme(), certificate).expect("prepared")
    };
    let prepared = made(&unsigned);
    assert_eq!(
        String::from_utf8_lossy(prepared.to_sign()),
        String::from_utf8_lossy(signature.signed_info())
    );
    let value = || SignatureValue::new(signature.value().as_bytes());
    assert_eq!(prepared.assemble(value()), real);
    // And with the signature alone taken out, into the header that is there.
    let (_, emptied) = cut_signature(&real);
    assert_eq!(made(&emptied).assemble(value()), real);
}

/// The same for envelopes of the independent generator, which has its own order of attributes and no line ends.
#[test]
fn signed_infos_equal_those_of_the_independent_generator() {
    let Some(fixtures) = fixtures_dir() else {
        return;
    };
    for file in ["wsse/gen_wsse_gost2004.xml", "wsse/gen_wsse_gost2015.xml"] {
        let real = String::from_utf8(read(fixtures.join(file))).expect("UTF-8");
        let parsed = SignedXml::parse(real.as_bytes(), &Limits::default()).expect("readable");
        let signature = &parsed.signatures()[0];
        let shape = options(Form::Compact, Token::KeyIdentifier);
        let certificate = signature.certificate().expect("there");
        let (_, emptied) = cut_signature(&real);
        let prepared = prepare_wsse(&emptied, &shape, signature.scheme(), certificate).expect(file);
        assert_eq!(prepared.to_sign(), signature.signed_info(), "{file}");
    }
}

#[test]
fn every_byte_outside_what_was_added_stays() {
    const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"no\"?>";
    let id = "Id=\"id-0ace83d4-0477-4890-90b2-50b3bd434949\"";
    let security = |attribute: &str| {
        format!(
            "<wsse:Security xmlns:wsse=\"{WSSE}\" xmlns:wsu=\"{WSU}\"{attribute}></wsse:Security>"
        )
    };
    let own = security(" s:mustUnderstand=\"1\"");
    let body = format!("xmlns:wsu=\"{WSU}\" wsu:{id}");
    let s = SOAP_11;
    let expected = [
        format!(
            "<s:Envelope xmlns:s='{s}'><s:Header>{own}</s:Header><s:Body {body}><m>1</m></s:Body></s:Envelope>"
        ),
        format!(
            "\r\n<s:Envelope xmlns:s='{SOAP_12}'>\r\n<s:Header>{own}</s:Header>\r\n<s:Body {body}/></s:Envelope>\r\n"
        ),
        format!(
            "<Envelope xmlns='{s}'><Header> <h xmlns='urn:h'/> {}</Header><Body a='>' {body} ><m xmlns=''>&#13;</m></Body></Envelope>",
            security(&format!(" xmlns:soap=\"{s}\" soap:mustUnderstand=\"1\""))
        ),
        format!(
            "<s:Envelope xmlns:s='{s}' xmlns:wsu='{WSU}' xmlns:wsse='{WSSE}'><s:Header><wsse:Security></wsse:Security></s:Header><s:Body wsu:{id}\n/></s:Envelope>"
        ),
        format!(
            "<s:Envelope xmlns:s='{s}' xmlns:wsu='urn:mine'><s:Header><o:Security xmlns:o='{WSSE}'><o:UsernameToken/></o:Security></s:Header><s:Body xmlns:wsu1=\"{WSU}\" wsu1:{id}><wsu:x/></s:Body></s:Envelope>"
        ),
        format!(
            "<s:Envelope xmlns:s='{s}'><s:Header><w:Security xmlns:w='{WSSE}' s:actor='urn:other'/>{own}</s:Header><s:Body xmlns:u='{WSU}' u:Id='given'><!-- c --></s:Body></s:Envelope>"
        ),
        format!(
            "<s:Envelope xmlns:s='{s}'><q:Header xmlns:q='{s}' xmlns:s='urn:other'>{}</q:Header><s:Body {body}/></s:Envelope>",
            security(&format!(" xmlns:soap=\"{s}\" soap:mustUnderstand=\"1\""))
        ),
    ];
    for (envelope, expected) in envelopes().iter().zip(&expected) {
        let signed = rsa(envelope, &usual()).expect("prepared");
        let (signature, rest) = cut_signature(&signed);
        assert_eq!(rest, [DECLARATION, expected].concat());
        assert!(signature.contains("<wsse:SecurityTokenReference"));
        // The default namespace of the application never reaches the signature; the prefix is declared where needed.
        let declares = signature.contains("<wsse:SecurityTokenReference xmlns:wsse=");
        assert_eq!(declares, envelope.contains("<o:Security"), "{signed}");
    }
}

#[test]
fn a_second_signer_shares_the_header_and_the_first_stays_valid() {
    for token in [Token::KeyIdentifier, Token::BinarySecurityToken] {
        let first = sign(
            SignatureScheme::Gost2004,
            &envelopes()[0],
            &options(Form::Compact, token),
        );
        let second = WsseOptions {
            uuid: "second".to_owned(),
            ..options(FORMS[3], token)
        };
        let both = sign(
            SignatureScheme::Gost2015With512,
            &first.expect("prepared"),
            &second,
        );
        let both = both.expect("prepared");
        assert_eq!(both.matches("<wsse:Security ").count(), 1);
        assert_eq!(both.matches("wsu:Id=\"id-").count(), 1);
        assert_eq!(check_own(&both).len(), 2);
        check_with_oracle(&both, "wsse", &format!("two_{token:?}"));
    }
}

#[test]
fn white_space_between_tags_can_be_taken_out_before() {
    let trim = WsseOptions {
        blank_text: BlankText::Remove,
        ..usual()
    };
    let spaced =
        format!("<s:Envelope xmlns:s='{SOAP_11}'> <s:Body> <m> 1</m>\r\n</s:Body> </s:Envelope>");
    let signed = rsa(&spaced, &trim).expect("prepared");
    check_own(&signed);
    assert!(
        signed.ends_with("><m> 1</m></s:Body></s:Envelope>"),
        "{signed}"
    );
    let once = rsa(&spaced, &usual()).expect("prepared");
    assert_eq!(
        rsa(&once, &trim),
        Err(Error::WhiteSpaceSigned { signatures: 1 })
    );
}

#[test]
fn envelopes_in_which_it_is_not_clear_what_to_sign_are_refused() {
    let problem = |document: &str, options: &WsseOptions| match rsa(document, options) {
        Err(Error::Envelope(problem)) => problem,
        other => panic!("{document}: {other:?}"),
    };
    let s = |content: &str| {
        format!(
            "<s:Envelope xmlns:s='{SOAP_11}' xmlns:u='{WSU}' xmlns:w='{WSSE}'>{content}</s:Envelope>"
        )
    };
    let not = |namespace: &str, name: &str| EnvelopeProblem::NotAnEnvelope {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
    };
    assert_eq!(problem("<a/>", &usual()), not("", "a"));
    assert_eq!(
        problem(
            "<s:Envelope xmlns:s='urn:s'><s:Body/></s:Envelope>",
            &usual()
        ),
        not("urn:s", "Envelope")
    );
    let body_root = format!("<s:Body xmlns:s='{SOAP_11}'/>");
    assert_eq!(problem(&body_root, &usual()), not(SOAP_11, "Body"));
    for (content, expected) in [
        ("<s:Header/>", EnvelopeProblem::NoBody),
        // A Body of the other SOAP version, or deeper, is none.
        ("<Body/><x><s:Body/></x>", EnvelopeProblem::NoBody),
        (
            "<s:Body/><s:Body/>",
            EnvelopeProblem::SeveralBodies { count: 2 },
        ),
        (
            "<s:Header/><s:Header/><s:Body/>",
            EnvelopeProblem::SeveralHeaders { count: 2 },
        ),
        ("<s:Body/><s:Header/>", EnvelopeProblem::HeaderBehindBody),
        (
            "<s:Header><w:Security/><w:Security s:actor=''/></s:Header><s:Body/>",
            EnvelopeProblem::SeveralSecurities { count: 2 },
        ),
        (
            "<s:Body u:Id='1' Id='2'/>",
            EnvelopeProblem::BodyIdentifiers {
                ids: vec!["1".to_owned(), "2".to_owned()],
            },
        ),
        (
            "<s:Body id='2'/>",
            EnvelopeProblem::BodyIdentifiers {
                ids: vec!["2".to_owned()],
            },
        ),
    ] {
        assert_eq!(problem(&s(content), &usual()), expected, "{content}");
    }
    assert_eq!(
        problem(
            &s("<s:Header><w:Security><u:Timestamp/></w:Security></s:Header><s:Body/>"),
            &with_everything()
        ),
        EnvelopeProblem::TimestampPresent
    );
    // The same identifier twice on the Body is no conflict.
    check_own(&rsa(&s("<s:Body u:Id='1' Id='1'/>"), &usual()).expect("prepared"));
}

#[test]
fn identifiers_and_times_that_would_not_hold_are_refused() {
    let with_body = |content: &str| {
        format!(
            "<s:Envelope xmlns:s='{SOAP_11}' xmlns:u='{WSU}'><s:Body u:Id='1'/>{content}</s:Envelope>"
        )
    };
    assert_eq!(
        rsa(&with_body("<x id='1'/>"), &usual()),
        Err(Error::DuplicateId { id: "1".to_owned() })
    );
    for taken in ["X509", "TS"] {
        let id = format!("{taken}-{UUID}");
        assert_eq!(
            rsa(&with_body(&format!("<x id='{id}'/>")), &with_everything()),
            Err(Error::DuplicateId { id })
        );
    }
    let bad = WsseOptions {
        uuid: "a\"b".to_owned(),
        ..usual()
    };
    assert_eq!(
        rsa(&envelopes()[0], &bad),
        Err(Error::UnusableIdentifier {
            id: "id-a\"b".to_owned()
        })
    );
    for (created, lifetime, time) in [(-1, 1, -1), (0, u64::MAX, i64::MAX)] {
        let timestamp = Timestamp {
            created: UnixTime(created),
            lifetime: Duration::from_secs(lifetime),
        };
        let shape = WsseOptions {
            timestamp: Some(timestamp),
            ..usual()
        };
        assert_eq!(
            rsa(&envelopes()[0], &shape),
            Err(Error::UnusableTime { time })
        );
    }
    assert!(matches!(
        rsa("<a", &usual()),
        Err(Error::NotWellFormed { .. })
    ));
    let key = Key::of(SignatureScheme::RsaSha256);
    assert!(matches!(
        prepare_wsse(
            &envelopes()[0],
            &usual(),
            SignatureScheme::Gost2004,
            &key.certificate
        ),
        Err(Error::SchemeMismatch { .. })
    ));
}

/// The new Security header takes `wsse` and `wsu` for itself, whatever the Envelope means by them.
#[test]
fn an_envelope_with_a_prefix_of_the_header_gets_its_attribute_in_the_right_namespace() {
    for prefix in ["wsse", "wsu"] {
        let soap = "http://schemas.xmlsoap.org/soap/envelope/";
        let document = format!(
            "<{prefix}:Envelope xmlns:{prefix}='{soap}'><{prefix}:Body/></{prefix}:Envelope>"
        );
        let signed = rsa(&document, &usual()).expect("prepared");
        assert!(
            signed.contains(&format!(
                " xmlns:soap=\"{soap}\" soap:mustUnderstand=\"1\">"
            )),
            "{signed}"
        );
        assert!(
            !signed.contains(&format!("{prefix}:mustUnderstand")),
            "{signed}"
        );
        assert!(
            check_own(&signed)[0]
                .check_references()
                .expect("holds")
                .covers_soap_body()
        );
    }
}

#[test]
fn an_envelope_signed_as_a_whole_is_not_signed_again_inside() {
    let document = "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Header/><s:Body/></s:Envelope>";
    let key = Key::of(SignatureScheme::RsaSha256);
    let whole = tamga_xmldsig::prepare(document, Form::Compact, key.scheme, &key.certificate);
    let whole = key.complete(whole.expect("prepared"));
    assert_eq!(
        rsa(&whole, &usual()),
        Err(Error::BreaksSignature { signature: 0 })
    );
}

//! Requests through the whole door, with a person who follows a script.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../../core/tests/support/mod.rs"]
mod person;
#[path = "support/requests.rs"]
mod requests;
mod support;

use person::{
    CLIENT_AUTH, EMAIL_PROTECTION, Files, INDIVIDUAL, NOW, PASSWORD, Person, Plugged, Remembered,
    Seen, Step, desk, desk_with, holder, keystore, signing_keystore,
};
use requests::{BASICS_CANCELLED, CANCELED, basics, cms_args, common, one_signature, with};
use serde_json::{Value, json};
use support::{Door, SITE, open_door};
use tamga_agent_core::{Document, Language, Offered, Origin, Unusable, Wish};
use tamga_scheme::SignatureScheme;
use tamga_x509::Certificate;

/// A door with one GOST-2015 key and this many people who sign with it.
async fn signing_door(times: usize) -> (Door, Person, Certificate) {
    let usages = [EMAIL_PROTECTION, INDIVIDUAL];
    let (key, certificate) = holder(SignatureScheme::Gost2015With512, "ҮЛГІ", &usages, false);
    let store = keystore(vec![(key, certificate.clone())]);
    let person = Person::new((0..times).map(|_| one_signature()).collect());
    let door = open_door(desk(&person, Files::default().with("/k.p12", &store))).await;
    (door, person, certificate)
}

/// A door behind which nobody signs; a window that opens is a failure.
async fn windowless_door() -> (Door, Person) {
    let person = Person::default();
    let door = open_door(desk(&person, Files::default())).await;
    (door, person)
}

fn check_cms(der: &[u8], content: &[u8], attached: bool, by: &Certificate) {
    let cms = tamga_cms::SignedData::parse(der, &tamga_cms::Limits::default()).unwrap();
    assert_eq!(cms.content(), attached.then_some(content));
    let [signer] = cms.signers() else {
        panic!("one signer")
    };
    assert!(signer.matches(by));
    assert!(signer.check_content(content).is_ok());
    assert_eq!(signer.claimed_signing_time(), Some(NOW));
}

fn check_xml(text: &str, by: &Certificate) {
    let limits = tamga_xmldsig::Limits::default();
    let parsed = tamga_xmldsig::SignedXml::parse(text.as_bytes(), &limits).unwrap();
    let [signature] = parsed.signatures() else {
        panic!("one signature: {text}")
    };
    assert!(signature.check_references().is_ok());
    assert!(signature.check_signature(by.public_key().unwrap()).is_ok());
}

#[tokio::test]
async fn create_cades_gives_one_line_of_base64() {
    let (door, person, certificate) = signing_door(2).await;
    let mut page = door.page(Some(SITE)).await;
    for attached in [true, false] {
        let args = json!(["PKCS12", "SIGNATURE", "MTEK", attached]);
        let reply = page.ask(&common("createCAdESFromBase64", args)).await;
        let base64 = reply
            .strip_prefix(r#"{"responseObject":""#)
            .and_then(|rest| rest.strip_suffix(r#"","code":"200"}"#))
            .unwrap_or_else(|| panic!("{reply}"));
        assert!(!base64.contains('\\'), "one line: {base64}");
        check_cms(
            &tamga_protocol::base64::decode(base64).unwrap(),
            b"11\n",
            attached,
            &certificate,
        );
    }
    let seen = person.seen();
    let Seen::Opened(ask) = &seen[0] else {
        panic!("{seen:?}")
    };
    assert_eq!(ask.origin, Origin::Site(SITE.into()));
    assert_eq!(ask.language, Language::Ru);
    assert_eq!(
        ask.wish,
        Wish::Sign(vec![Document {
            format: "CMS",
            size: 3,
            blind: false
        }])
    );
}

#[tokio::test]
async fn sign_xml_keeps_santuarios_lines_and_sign_xmls_their_order() {
    let (door, person, certificate) = signing_door(2).await;
    let mut page = door.page(Some(SITE)).await;
    let args = json!(["PKCS12", "SIGNATURE", "<tag>data</tag>", "", ""]);
    let reply = page.ask(&common("signXml", args)).await;
    assert!(
        reply.contains(r#"<\/ds:Signature><\/tag>","code":"200"}"#),
        "{reply}"
    );
    let reply: Value = serde_json::from_str(&reply).unwrap();
    let text = reply["responseObject"].as_str().unwrap();
    assert!(
        text.starts_with(r#"<?xml version="1.0" encoding="UTF-8" standalone="no"?><tag>data<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">"#),
        "{text}"
    );
    assert!(text.contains("\n<ds:SignedInfo>\n"), "{text}");
    check_xml(text, &certificate);

    let args = json!(["PKCS12", "", ["<one/>", "<two/>"], "", ""]);
    let reply: Value = serde_json::from_str(&page.ask(&common("signXmls", args)).await).unwrap();
    let texts = reply["responseObject"].as_array().unwrap();
    assert_eq!(texts.len(), 2);
    for (text, root) in texts.iter().zip(["<one>", "<two>"]) {
        check_xml(text.as_str().unwrap(), &certificate);
        assert!(text.as_str().unwrap().contains(root), "{text}");
    }
    assert_eq!(
        person.course(),
        ["opened", "keys", "closed", "opened", "keys", "closed"]
    );
}

#[tokio::test]
async fn get_key_info_tells_about_the_chosen_certificate() {
    let (door, _, certificate) = signing_door(1).await;
    let mut page = door.page(Some(SITE)).await;
    let reply = page.ask(&common("getKeyInfo", json!(["PKCS12"]))).await;
    let read: Value = serde_json::from_str(&reply).unwrap();
    let info = &read["responseObject"];
    let ski: String = certificate
        .subject_key_identifier()
        .unwrap()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(
        info["certNotBefore"],
        format!("{}000", certificate.validity().not_before.0)
    );
    assert_eq!(
        info["certNotAfter"],
        format!("{}000", certificate.validity().not_after.0)
    );
    assert_eq!(info["serialNumber"], certificate.serial_hex());
    assert_eq!(
        info["subjectDn"],
        "CN=ҮЛГІ,SERIALNUMBER=IIN900101300017,C=KZ"
    );
    assert_eq!(info["issuerDn"], "C=KZ,CN=СЫНАҚ КО");
    assert_eq!(info["subjectCn"], "ҮЛГІ");
    assert_eq!(info["issuerCn"], "СЫНАҚ КО");
    assert_eq!(info["algorithm"], "ECGOST3410-2015-512");
    assert_eq!(info["keyId"], ski);
    assert_eq!(info["alias"], ski);
    assert_eq!(info["pem"], certificate.to_pem("\n"));
    let keys: Vec<_> = reply
        .split("\":\"")
        .filter_map(|part| part.rsplit('"').next())
        .collect();
    let order = [
        "certNotBefore",
        "issuerCn",
        "authorityKeyIdentifier",
        "serialNumber",
        "certNotAfter",
        "issuerDn",
        "keyId",
        "alias",
        "pem",
        "subjectCn",
        "algorithm",
        "subjectDn",
    ];
    assert!(keys.join(" ").contains(&order[1..].join(" ")), "{keys:?}");
}

#[tokio::test]
async fn basics_gives_pem_in_an_array_and_compact_xml() {
    let (door, person, certificate) = signing_door(4).await;
    let mut page = door.page(Some(SITE)).await;
    let pem_of = |text: &str| {
        let body = text
            .strip_prefix("-----BEGIN CMS-----\n")
            .and_then(|rest| rest.strip_suffix("\n-----END CMS-----\n"))
            .unwrap_or_else(|| panic!("{text}"));
        assert!(
            body.lines().rev().skip(1).all(|line| line.len() == 64),
            "{text}"
        );
        tamga_protocol::base64::decode_lines(body).unwrap()
    };

    // The official example's string booleans; data is text unless it is to be decoded.
    let mut args = cms_args();
    args["signingParams"] =
        json!({"decode": "false", "encapsulate": "true", "digested": "false", "tsaProfile": null});
    let reply: Value = serde_json::from_str(&page.ask(&basics(args)).await).unwrap();
    assert_eq!(reply["status"], true);
    let text = reply["body"]["result"][0].as_str().unwrap();
    check_cms(&pem_of(text), b"MTEK", true, &certificate);

    let mut args = cms_args();
    args["data"] = json!(["MTEK", "MQ=="]);
    args["signingParams"] = json!({"decode": true, "encapsulate": "false", "outputCert": true});
    let reply: Value = serde_json::from_str(&page.ask(&basics(args)).await).unwrap();
    let result = &reply["body"]["result"];
    assert_eq!(result["certificate"], certificate.to_pem("\n"));
    check_cms(
        &pem_of(result["signatures"][0].as_str().unwrap()),
        b"11\n",
        false,
        &certificate,
    );
    check_cms(
        &pem_of(result["signatures"][1].as_str().unwrap()),
        b"1",
        false,
        &certificate,
    );

    let mut args = cms_args();
    args["format"] = json!("xml");
    args["data"] = json!("<login>тест</login>");
    args["signingParams"] = json!({});
    let reply: Value = serde_json::from_str(&page.ask(&basics(args)).await).unwrap();
    let text = reply["body"]["result"][0].as_str().unwrap();
    assert!(!text.contains('\n'), "{text}");
    check_xml(text, &certificate);

    let mut args = cms_args();
    args["data"] = json!(tamga_protocol::base64::encode(&[7; 64]));
    args["signingParams"] = json!({"decode": true, "digested": true});
    let reply: Value = serde_json::from_str(&page.ask(&basics(args)).await).unwrap();
    assert_eq!(reply["status"], true, "{reply}");
    let blind = person.seen().into_iter().rev().find_map(|seen| match seen {
        Seen::Opened(ask) => Some(ask),
        _ => None,
    });
    let blind = blind.unwrap();
    assert_eq!(
        blind.wish,
        Wish::Sign(vec![Document {
            format: "CMS",
            size: 64,
            blind: true
        }])
    );
    assert_eq!(blind.language, Language::Kk);
}

#[tokio::test]
async fn cancelling_is_said_in_the_words_of_each_family() {
    let person = Person::new((0..4).map(|_| vec![Step::Cancel]).collect());
    let door = open_door(desk(&person, Files::default())).await;
    let mut page = door.page(Some(SITE)).await;
    assert_eq!(
        page.ask(&common("getKeyInfo", json!(["PKCS12"]))).await,
        CANCELED
    );
    let args = json!(["PKCS12", "SIGNATURE", "<a/>", "", ""]);
    assert_eq!(page.ask(&common("signXml", args)).await, CANCELED);
    assert_eq!(page.ask(&basics(cms_args())).await, BASICS_CANCELLED);
    let with_uuid = r#"{"module":"kz.gov.pki.knca.commonUtils","method":"getKeyInfo","args":["PKCS12"],"uuid":7}"#;
    assert_eq!(
        page.ask(with_uuid).await,
        r#"{"code":"500","message":"action.canceled","uuid":"7"}"#
    );
}

#[tokio::test]
async fn a_wrong_password_is_not_told_to_the_page() {
    let person = Person::new(vec![vec![
        Step::Open("/k.p12", "wrong"),
        Step::Open("/k.p12", PASSWORD),
        Step::Sign,
    ]]);
    let files = Files::default().with("/k.p12", &signing_keystore());
    let door = open_door(desk(&person, files)).await;
    let mut page = door.page(Some(SITE)).await;
    let reply: Value = serde_json::from_str(&page.ask(&basics(cms_args())).await).unwrap();
    assert_eq!(reply["status"], true);
    assert_eq!(person.course(), ["opened", "problem", "keys", "closed"]);
}

#[tokio::test]
async fn everything_that_can_be_refused_is_refused_without_a_window() {
    let (door, person) = windowless_door().await;
    let mut page = door.page(Some(SITE)).await;
    let message = |text: &str| json!({"code": "500", "message": text});
    let failure = |code: &str, message: &str, details: &str| json!({"code": code, "details": details, "message": message, "status": false});
    let signing = |details: &str| failure("SIGNING_FAILURE", "Signing failure.", details);
    let params =
        |details: &str| failure("INVALID_SIGNING_PARAMS", "Invalid signing params.", details);
    let missing = json!({"success": false, "errorCode": "MODULE_NOT_FOUND"});
    let sax =
        |text: &str| format!("org.xml.sax.SAXParseException; lineNumber: 1; columnNumber: {text}");
    let unclosed = sax("25; XML document structures must start and end within the same entity.");
    let doctype = sax(
        "10; DOCTYPE is disallowed when the feature \"http://apache.org/xml/features/disallow-doctype-decl\" set to true.",
    );
    let xml = |text: &str| common("signXml", json!(["PKCS12", "123", text, "", ""]));
    let cases = [
        (
            r#"{"module":"kz.digiflow.mobile.extensions","method":"getVersion"}"#.to_owned(),
            missing.clone(),
        ),
        (
            r#"{"method":"browseKeyStore","args":["PKCS12","P12",""]}"#.to_owned(),
            missing.clone(),
        ),
        (
            r#"{"module":"kz.gov.pki.knca.applet.Applet","method":"getKeys"}"#.to_owned(),
            missing.clone(),
        ),
        (
            r#"{ module: 'NURSign'; type: version }"#.to_owned(),
            missing,
        ),
        (
            common("getKeyInfo", json!(["AKKaztokenStore"])),
            message("storage.empty"),
        ),
        (
            common("getKeyInfo", json!(["PKCS11"])),
            message("storage.unknown"),
        ),
        (
            common("getKeyInfo", json!([" "])),
            message("storageName.param.empty"),
        ),
        (
            common("getKeyInfo", json!([])),
            message("NoSuchMethodException getKeyInfo"),
        ),
        (
            common("signXml", json!(["PKCS12", "", "<a/>", "/a", "/a"])),
            message("tbsElementXPath and signatureParentElementXPath are not supported yet"),
        ),
        (xml("<this>is not a valid XML"), message(&unclosed)),
        (xml("<!DOCTYPE a><a/>"), message(&doctype)),
        (
            with("format", json!("raw")),
            signing("format raw is not supported yet"),
        ),
        (
            with("signingParams", json!({"tsaProfile": {}})),
            signing("time stamps (tsaProfile) are not supported yet"),
        ),
        (
            with("allowedStorages", json!(["AKNobodysStore"])),
            signing("storage.empty"),
        ),
        (
            with("signerParams", json!({"chain": ["no PEM"]})),
            params("chain[0] is not a certificate of an authority"),
        ),
        (
            with("signerParams", json!({"extKeyUsageOids": ["x"]})),
            params("extKeyUsageOids[0] is not an object identifier"),
        ),
        (
            with("signingParams", json!({"digested": true, "decode": true})),
            signing("document 0: a digest of 3 bytes fits no algorithm"),
        ),
        (
            basics(
                json!({"format": "xml", "data": "<this>is not a valid XML", "signingParams": {}, "signerParams": {}}),
            ),
            signing(&unclosed),
        ),
        (
            with("signingParams", json!(555)),
            failure(
                "INVOCATION_ERROR",
                "An invoked method threw an exception.",
                "org.json.JSONException: JSONObject[\"signingParams\"] is not a JSONObject.",
            ),
        ),
    ];
    for (request, expected) in cases {
        let reply = page.ask(&request).await;
        assert_eq!(
            serde_json::from_str::<Value>(&reply).unwrap(),
            expected,
            "{request}"
        );
    }
    assert_eq!(person.seen(), []);
}

#[tokio::test]
async fn a_cms_given_to_create_cades_is_refused_and_signed_by_basics() {
    let (door, person, _) = signing_door(2).await;
    let mut page = door.page(Some(SITE)).await;
    let args = json!(["PKCS12", "SIGNATURE", "MTEK", true]);
    let reply: Value =
        serde_json::from_str(&page.ask(&common("createCAdESFromBase64", args)).await).unwrap();
    let cms = reply["responseObject"].clone();
    let again = json!(["PKCS12", "SIGNATURE", cms, true]);
    assert_eq!(
        page.ask(&common("createCAdESFromBase64", again)).await,
        r#"{"code":"500","message":"the content is a CMS already; adding a signer is not supported yet"}"#
    );
    assert_eq!(person.course(), ["opened", "keys", "closed"]);
    let reply: Value = serde_json::from_str(&page.ask(&with("data", cms)).await).unwrap();
    assert_eq!(reply["status"], true);
}

#[tokio::test]
async fn filters_of_the_page_reach_the_window() {
    let store = keystore(vec![
        holder(
            SignatureScheme::Gost2015With512,
            "2015",
            &[EMAIL_PROTECTION, INDIVIDUAL],
            false,
        ),
        holder(
            SignatureScheme::Gost2004,
            "2004",
            &[EMAIL_PROTECTION, INDIVIDUAL],
            false,
        ),
        holder(
            SignatureScheme::Gost2015With512,
            "old",
            &[EMAIL_PROTECTION, INDIVIDUAL],
            true,
        ),
    ]);
    let oids = |list: &[&str]| {
        with(
            "signerParams",
            json!({"extKeyUsageOids": list, "chain": []}),
        )
    };
    let cases = [
        // commonUtils warns of expired certificates only; basics refuses them.
        (common("getKeyInfo", json!(["PKCS12"])), [None, None, None]),
        (
            common(
                "createCAdESFromBase64",
                json!(["PKCS12", "AUTHENTICATION", "MTEK", false]),
            ),
            [None, Some(Unusable::Purpose), None],
        ),
        (basics(cms_args()), [None, None, Some(Unusable::Expired)]),
        (
            oids(&[CLIENT_AUTH]),
            [None, Some(Unusable::Purpose), Some(Unusable::Expired)],
        ),
        (
            oids(&[EMAIL_PROTECTION, "1.2.398.3.3.4.1.2"]),
            [
                Some(Unusable::Role),
                Some(Unusable::Role),
                Some(Unusable::Role),
            ],
        ),
        (
            with("signerParams", json!({"iin": "111111111111", "chain": []})),
            [
                Some(Unusable::OtherPerson),
                Some(Unusable::OtherPerson),
                Some(Unusable::OtherPerson),
            ],
        ),
        (
            with("signingParams", json!({"allowExpired": "TRUE"})),
            [None, None, None],
        ),
        (
            // Without `chain` only certificates of the NCA may be chosen.
            with("signerParams", json!({"extKeyUsageOids": []})),
            [Some(Unusable::Authority); 3],
        ),
    ];
    for (request, expected) in cases {
        let person = Person::new(vec![vec![Step::Open("/k.p12", PASSWORD), Step::Cancel]]);
        let door = open_door(desk(&person, Files::default().with("/k.p12", &store))).await;
        door.page(Some(SITE)).await.ask(&request).await;
        let seen = person.seen();
        let Seen::Keys(keys) = &seen[1] else {
            panic!("{request}: {seen:?}")
        };
        let reasons = ["2015", "2004", "old"]
            .map(|name| keys.iter().find(|key| key.name == name).unwrap().unusable);
        assert_eq!(reasons, expected, "{request}");
    }
}

#[tokio::test]
async fn the_storage_a_page_names_decides_what_the_window_offers() {
    let token = signing_keystore();
    let tokens = Plugged::default();
    tokens.plug("KAZTOKEN", Some("AKKaztokenStore"), &token);
    let storages = |names: Value| with("allowedStorages", names);
    for (request, offered) in [
        (common("getKeyInfo", json!(["PKCS12"])), Offered::Files),
        (common("getKeyInfo", json!(["JKS"])), Offered::Files),
        (
            common("getKeyInfo", json!(["AKKaztokenStore"])),
            Offered::Tokens,
        ),
        (storages(json!([])), Offered::FilesAndTokens),
        (storages(Value::Null), Offered::FilesAndTokens),
        (storages(json!(["PKCS12"])), Offered::Files),
        // Not there yet: the window waits for it.
        (storages(json!(["AKJaCartaStore"])), Offered::Tokens),
        (
            storages(json!(["JKS", "AKJaCartaStore"])),
            Offered::FilesAndTokens,
        ),
    ] {
        let person = Person::new(vec![vec![Step::Cancel]]);
        let desk = desk_with(&person, Files::default(), &tokens, &Remembered::default());
        let door = open_door(desk).await;
        door.page(Some(SITE)).await.ask(&request).await;
        let seen = person.seen();
        let Seen::Opened(ask) = &seen[0] else {
            panic!("{request}: {seen:?}")
        };
        assert_eq!(ask.offered, offered, "{request}");
    }
}

#[tokio::test]
async fn tokens_that_are_there_are_named_without_a_window() {
    let tokens = Plugged::default();
    tokens.plug("KAZTOKEN", Some("AKKaztokenStore"), &signing_keystore());
    let person = Person::default();
    let desk = desk_with(&person, Files::default(), &tokens, &Remembered::default());
    let door = open_door(desk).await;
    let mut page = door.page(Some(SITE)).await;
    assert_eq!(
        page.ask(&common("getActiveTokens", json!([]))).await,
        r#"{"responseObject":["AKKaztokenStore"],"code":"200"}"#
    );
    assert!(person.seen().is_empty());
}

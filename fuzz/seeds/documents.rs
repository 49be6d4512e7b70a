//! Seeds of documents that carry signatures: XML, PDF, ZIP.

use base64ct::{Base64, Encoding as _};
use tamga_pdf::SigningOptions;
use tamga_scheme::{DigestAlgorithm, SignatureScheme};
use tamga_test_pki::{Holder, TestPki};
use tamga_xmldsig::{
    BlankText, Form, LineEnd, LocationPath, Options, Placement, Token, WsseOptions, prepare,
    prepare_with, prepare_wsse,
};

use crate::zip_archive::{DEFLATED, STORED, archive};
use crate::{NOW, Seed, holder, pdf_documents, signed};

const YOUNG: &str = "gost2015_individual";
const OLD: &str = "gost2004_individual";
const RSA: &str = "rsa_individual";

const ENVELOPE: &str = "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'>\n<s:Body><v a='1'/></s:Body></s:Envelope>";

const BY_ID: &str =
    "<r xmlns='urn:d' xml:lang='kk'><a Id='part' z='&#13;' a=\"&lt;\"><!-- c -->text</a><b/></r>";

pub(crate) fn xml(pki: &TestPki) -> Vec<Seed> {
    let parts = |id| {
        let Holder {
            person,
            certificate,
            key,
            ..
        } = holder(pki, id);
        (person.scheme, certificate, key)
    };
    let enveloped = |document: &str, id, form| {
        let (scheme, certificate, key) = parts(id);
        signed(
            prepare(document, form, scheme, certificate).expect(document),
            key,
        )
    };
    let by_id = || {
        let (scheme, certificate, key) = parts(OLD);
        let path = |text| LocationPath::parse(text).expect(text);
        let placement = Placement::ById {
            signed: path("/r/a"),
            parent: path("/r/b"),
        };
        let options = Options {
            placement,
            ..Options::enveloped(Form::Lines(LineEnd::Lf))
        };
        signed(
            prepare_with(BY_ID, &options, scheme, certificate).expect(BY_ID),
            key,
        )
    };
    let envelope = || {
        let (scheme, certificate, key) = parts(YOUNG);
        let options = WsseOptions {
            form: Form::LinesWithReferences,
            token: Token::BinarySecurityToken,
            timestamp: None,
            uuid: "6fa459ea-ee8a-3ca4-894e-db77e160355e".to_owned(),
            blank_text: BlankText::Keep,
        };
        signed(
            prepare_wsse(ENVELOPE, &options, scheme, certificate).expect(ENVELOPE),
            key,
        )
    };
    let one = enveloped("<r>\r\n<a/></r>", OLD, Form::Compact);
    let every_kind = "<?xml version='1.0'?><?p d?><!-- c -->\n<a:r xmlns:a='urn:a' xmlns:b='urn:b' xml:base='http://x/y/' b:z='2' a:z='1' z=' &#9;&amp;\"'>\
        <c xmlns='urn:c' xml:base='../q'><d xmlns=''/><![CDATA[<&>]]>&gt;&#xD;</c><a:e xmlns:a='urn:b' xml:id='i'/><?p?></a:r>\n<!-- c --><?q r?>";
    vec![
        ("broken", one.replace("<a/>", "<a>1</a>").into_bytes()),
        ("by_id", by_id().into_bytes()),
        ("enveloped_gost2004", one.clone().into_bytes()),
        (
            "enveloped_rsa",
            enveloped("<r Id='1'>&amp;</r>", RSA, Form::Lines(LineEnd::CrLf)).into_bytes(),
        ),
        (
            "enveloped_twice",
            enveloped(&one, YOUNG, Form::Compact).into_bytes(),
        ),
        ("soap", envelope().into_bytes()),
        ("unsigned", every_kind.as_bytes().to_vec()),
    ]
}

/// Words, the path of what is signed, the path of the place, the document: see the subject.
pub(crate) fn xml_signing(pki: &TestPki) -> Vec<Seed> {
    let input = |lines: [&str; 3], document: &str| {
        [&lines.join("\n"), "\n", document].concat().into_bytes()
    };
    let Holder {
        certificate, key, ..
    } = holder(pki, OLD);
    let form = Form::Lines(LineEnd::Lf);
    let before = prepare(
        "<r>\n <a/>\n</r>",
        form,
        SignatureScheme::Gost2004,
        certificate,
    );
    let before = signed(before.expect("prepared"), key);
    vec![
        ("anew", input(["anew trim", "", ""], &before)),
        ("by_id", input(["lf", "/r/a[1]", "/r/b"], BY_ID)),
        (
            "enveloped",
            input(
                ["compact", "", ""],
                "<?xml version='1.0' encoding='x'?>\n<!-- c --><r  />\n",
            ),
        ),
        ("inside", input(["references", "/r/a", "/r/a"], BY_ID)),
        (
            "soap_time",
            input(["envelope lf time token", "", ""], ENVELOPE),
        ),
        (
            "soap_trimmed",
            input(["envelope references trim", "", ""], ENVELOPE),
        ),
        ("twice", input(["crlf", "", ""], &before)),
        (
            "unreadable",
            input(
                ["", "", ""],
                "<r><Signature xmlns='http://www.w3.org/2000/09/xmldsig#'/></r>",
            ),
        ),
    ]
}

pub(crate) fn pdf(_pki: &TestPki) -> Vec<Seed> {
    use pdf_documents::{one_page, one_page_in_streams, sign, update};
    let with = |file: &[u8], id, options: SigningOptions| {
        let options = SigningOptions {
            reserve: 1536,
            ..options
        };
        sign(file, id, &options).expect("signed")
    };
    let page = one_page("Test");
    let one = with(&page, OLD, SigningOptions::default());
    let words = SigningOptions {
        reason: Some("Келісемін".to_owned()),
        location: Some("Astana".to_owned()),
        ..SigningOptions::default()
    };
    let mut broken = one.clone();
    let at = broken
        .windows(4)
        .position(|window| window == b"Test")
        .expect("its words");
    broken[at] = b'B';
    vec![
        ("broken", broken),
        (
            "changed",
            update(&one, &[(4, "<< /Length 4 >>\nstream\nBT ET\nendstream")]),
        ),
        ("one", one.clone()),
        ("streams", with(&one_page_in_streams(), YOUNG, words)),
        ("two", with(&one, YOUNG, SigningOptions::default())),
        ("unsigned", page),
    ]
}

const SIGNATURE: &str = "META-INF/signature-1.cms";

pub(crate) fn zip(pki: &TestPki) -> Vec<Seed> {
    let holder = holder(pki, OLD);
    let container = |manifest: &str, method, files: &[(&str, &[u8])]| {
        let content = tamga_cms::Content::Detached(manifest.as_bytes());
        let prepared = tamga_cms::prepare(content, holder.person.scheme, &holder.certificate, NOW);
        let signature = signed(prepared.expect("prepared"), &holder.key);
        let own = [
            ("META-INF/NCAManifest.xml", manifest.as_bytes()),
            (SIGNATURE, &signature),
        ];
        archive(method, &[files, &own].concat())
    };
    let two = manifest(&[
        ("a b", DigestAlgorithm::Gost34311, b"one"),
        ("құжат.pdf", DigestAlgorithm::Streebog512, b"two"),
    ]);
    let both: [(&str, &[u8]); 2] = [("a b", b"one"), ("құжат.pdf", b"two")];
    let stored = container(&two, STORED, &both);
    let prefixed = [b"#!".as_slice(), &stored].concat();
    let wrong: [(&str, &[u8]); 3] = [("a b", b"ONE"), ("c", b"three"), ("folder/", b"")];
    vec![
        ("deflated", container(&two, DEFLATED, &both)),
        ("no_manifest", archive(STORED, &[("a", b"one")])),
        ("prefixed", prefixed),
        ("stored", stored),
        ("wrong", container(&two, STORED, &wrong)),
    ]
}

/// The files they name are in the subject.
pub(crate) fn zip_manifest(_pki: &TestPki) -> Vec<Seed> {
    let every: Vec<(&str, DigestAlgorithm, &[u8])> = DigestAlgorithm::all()
        .filter(|digest| *digest != DigestAlgorithm::Sha1)
        .zip(["a b", "құжат.pdf", "c", "d"])
        .map(|(digest, uri)| (uri, digest, &b"one"[..]))
        .collect();
    let two = manifest(&[
        ("a b", DigestAlgorithm::Gost34311, b"one"),
        ("құжат.pdf", DigestAlgorithm::Sha256, b"two"),
    ]);
    vec![
        ("every_digest", manifest(&every).into_bytes()),
        ("outside", two.replace("a b", "../a").into_bytes()),
        ("two", two.into_bytes()),
    ]
}

/// Names one signature, and these files with their digests.
fn manifest(files: &[(&str, DigestAlgorithm, &[u8])]) -> String {
    let reference = |(uri, digest, content): &(&str, DigestAlgorithm, &[u8])| {
        let (method, value) = (
            digest.xml_uri(),
            Base64::encode_string(&digest.digest(content)),
        );
        format!(
            "<DataObjectReference URI=\"{uri}\">\n<DigestMethod Algorithm=\"{method}\"/>\n<DigestValue>{value}</DigestValue></DataObjectReference>"
        )
    };
    let objects: String = files.iter().map(reference).collect();
    format!("<NCAManifest><SigReference URI=\"{SIGNATURE}\"/>{objects}</NCAManifest>")
}

//! Digests, keys and signatures of the national PKI, measured or computed by an independent
//! implementation.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use serde::{Deserialize, de::DeserializeOwned};
use tamga_scheme::{
    AskNobody, DigestAlgorithm, KeyKind, ObjectIdentifier, PrivateKey, PublicKey, SignatureScheme,
    SignatureValue, Signer, SoftwareSigner, ToSign, VerifyError, verify, verify_digest,
};

use encodings::{GOST_2004, GOST_2015, TUMAR, le_xy, pkcs8, spki, unhex};

mod encodings;

#[derive(Deserialize)]
struct Gost34311Vector {
    message: String,
    digest: String,
}

#[test]
fn every_gost_34_311_vector_holds() {
    let Some(vectors) = read_json::<Vec<Gost34311Vector>>("hash_gost34311.json") else {
        return;
    };
    assert_eq!(vectors.len(), 20);
    for vector in vectors {
        check_digest(DigestAlgorithm::Gost34311, &vector.message, &vector.digest);
    }
}

#[derive(Deserialize)]
struct StreebogVector {
    message: String,
    streebog256: String,
    streebog512: String,
}

#[test]
fn every_streebog_vector_holds() {
    let Some(vectors) = read_json::<Vec<StreebogVector>>("hash_streebog.json") else {
        return;
    };
    assert_eq!(vectors.len(), 20);
    for vector in vectors {
        check_digest(
            DigestAlgorithm::Streebog256,
            &vector.message,
            &vector.streebog256,
        );
        check_digest(
            DigestAlgorithm::Streebog512,
            &vector.message,
            &vector.streebog512,
        );
    }
}

fn check_digest(algorithm: DigestAlgorithm, message: &str, expected: &str) {
    let message = unhex(message);
    assert_eq!(hex::encode(algorithm.digest(&message)), expected);

    let (head, tail) = message.split_at(message.len() / 3);
    let mut pieces = algorithm.hasher();
    pieces.update(head);
    let copy = pieces.clone();
    pieces.update(tail);
    assert_eq!(hex::encode(pieces.finalize()), expected);
    assert_eq!(copy.finalize(), algorithm.digest(head));
}

/// One signature; numbers big-endian, the rest as transmitted, all hex.
#[derive(Deserialize)]
struct SignatureVector {
    key_oid: String,
    d: String,
    qx: String,
    qy: String,
    /// None where the digest is chosen to be 0 modulo q, so no message is known.
    message: Option<String>,
    digest: String,
    signature: String,
    valid: bool,
}

#[test]
fn every_signature_vector_verifies_as_stated() {
    let Some(vectors) = read_json::<Vec<SignatureVector>>("sign.json") else {
        return;
    };
    assert_eq!(vectors.len(), 36);
    for vector in vectors {
        let oid = ObjectIdentifier::new(&vector.key_oid).expect("an OID");
        let spki = spki(&vector.key_oid, &le_xy(&vector.qx, &vector.qy));
        let scheme = SignatureScheme::from_oid(oid).expect("a scheme");
        let key = PublicKey::from_spki_der(&spki).expect("a valid key");
        let digest = unhex(&vector.digest);
        let value = SignatureValue::new(unhex(&vector.signature));
        if let Some(message) = vector.message.as_deref().map(unhex) {
            assert_eq!(scheme.digest().digest(&message), digest);
            assert_eq!(verify(&key, scheme, &message, &value).is_ok(), vector.valid);
        }
        assert_eq!(
            verify_digest(&key, scheme, &digest, &value).is_ok(),
            vector.valid
        );

        let private = PrivateKey::from_pkcs8_der(&pkcs8(&vector.key_oid, &unhex(&vector.d)))
            .expect("a valid private key");
        assert_eq!(private.public_key(), &key);
        assert_eq!(private.public_key().spki_der(), spki);
    }
}

#[test]
fn a_transcribed_certificate_verifies_under_its_own_key() {
    let Some(text) = read("fedor_test_gost512.vectors") else {
        return;
    };
    let text = String::from_utf8(text).expect("UTF-8");
    let values: HashMap<&str, &str> = text
        .lines()
        .filter_map(|line| line.split_once('='))
        .collect();
    let scheme =
        SignatureScheme::from_oid(ObjectIdentifier::new(values["sigalg_oid"]).expect("an OID"))
            .expect("a known scheme");
    assert_eq!(scheme, SignatureScheme::Gost2015With512);
    assert_eq!(
        hex::encode(scheme.digest().digest(values["msg"].as_bytes())),
        values["digest"]
    );

    let key = PublicKey::from_spki_der(&unhex(values["spki"])).expect("a valid key");
    let value = |name: &str| SignatureValue::new(unhex(values[name]));
    assert!(verify(&key, scheme, values["msg"].as_bytes(), &value("sig")).is_ok());
    assert!(verify(&key, scheme, &unhex(values["cert_tbs"]), &value("cert_sig")).is_ok());
    assert_eq!(
        verify(&key, scheme, &unhex(values["cert_tbs"]), &value("sig")),
        Err(VerifyError::Mismatch)
    );

    let private = PrivateKey::from_pkcs8_der(&pkcs8(GOST_2015, &unhex(values["d"])))
        .expect("a valid private key");
    assert_eq!(private.public_key(), &key);
    assert_eq!(private.public_key().spki_der(), unhex(values["spki"]));
    assert_eq!(
        spki(GOST_2015, &le_xy(values["qx"], values["qy"])),
        unhex(values["spki"])
    );
}

/// What a key container of the fixtures holds; numbers big-endian hex.
#[derive(Deserialize)]
struct Contents {
    file: String,
    key_oid: String,
    d: Option<String>,
    qx: Option<String>,
    qy: Option<String>,
    pkcs8_sha256: String,
}

#[test]
fn every_gost_key_of_a_container_is_read_and_written_in_the_form_it_has_there() {
    let Some(contents) = read_json::<Vec<Contents>>("p12_contents.json") else {
        return;
    };
    let mut kinds = HashMap::new();
    for key in contents {
        let (Some(d), Some(qx), Some(qy)) = (&key.d, &key.qx, &key.qy) else {
            continue;
        };
        *kinds.entry(key.key_oid.clone()).or_insert(0) += 1;

        // Our own encoder must meet the bytes of the container before it may judge the product.
        let width = if key.key_oid == GOST_2015 { 128 } else { 64 };
        let [d, qx, qy] = [d, qx, qy].map(|number| format!("{number:0>width$}"));
        let encoded = pkcs8(&key.key_oid, &unhex(&d));
        assert_eq!(sha256(&encoded), key.pkcs8_sha256, "{}", key.file);

        let private = PrivateKey::from_pkcs8_der(&encoded).expect("a valid private key");
        let public = PublicKey::from_spki_der(&spki(&key.key_oid, &le_xy(&qx, &qy)))
            .expect("a valid public key");
        assert_eq!(private.public_key(), &public, "{}", key.file);
        assert_eq!(private.public_key().spki_der(), public.spki_der());

        let written = private.to_pkcs8_der();
        if key.key_oid == TUMAR {
            assert_eq!(public.kind(), KeyKind::Gost2004);
            assert_eq!(*written, pkcs8(GOST_2004, &unhex(&d)));
        } else {
            assert_eq!(*written, encoded, "{}", key.file);
        }

        let signer = SoftwareSigner::new(&private, &encodings::System);
        let value = signer
            .sign(ToSign::Bytes(b"abc"), &mut AskNobody)
            .expect("signs");
        assert!(verify(&public, signer.scheme(), b"abc", &value).is_ok());
    }
    assert_eq!(
        kinds,
        HashMap::from([
            (GOST_2004.to_owned(), 10),
            (GOST_2015.to_owned(), 32),
            (TUMAR.to_owned(), 1),
        ])
    );
}

#[test]
fn every_authority_certificate_verifies_under_the_key_of_its_issuer() {
    let Some(dir) = fixtures() else { return };
    let mut certificates = Vec::new();
    for set in ["ca/prod", "ca/test"] {
        for entry in std::fs::read_dir(dir.join(set)).expect("a folder of certificates") {
            let path = entry.expect("readable").path();
            certificates.push((path.clone(), std::fs::read(path).expect("readable")));
        }
    }
    assert_eq!(certificates.len(), 22);
    let certificates: Vec<(PathBuf, Certificate<'_>)> = certificates
        .iter()
        .map(|(path, der)| (path.clone(), Certificate::parse(der)))
        .collect();
    for (path, certificate) in &certificates {
        let verified = certificates.iter().any(|(_, issuer)| {
            let key = PublicKey::from_spki_der(issuer.spki).expect("a key of the profile");
            issuer.subject == certificate.issuer
                && verify(
                    &key,
                    certificate.scheme,
                    certificate.tbs,
                    &certificate.signature,
                )
                .is_ok()
        });
        assert!(verified, "{}", path.display());
    }
}

/// The parts of a DER certificate that a signature needs; fields in the order of RFC 5280 section
/// 4.1.
struct Certificate<'a> {
    tbs: &'a [u8],
    issuer: &'a [u8],
    subject: &'a [u8],
    spki: &'a [u8],
    scheme: SignatureScheme,
    signature: SignatureValue,
}

impl<'a> Certificate<'a> {
    fn parse(der: &'a [u8]) -> Self {
        let [tbs, algorithm, signature] = elements(content(der))[..] else {
            panic!("RFC 5280")
        };
        let fields = elements(content(tbs));
        // version, serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo
        let oid = content(elements(content(algorithm))[0]);
        let oid = ObjectIdentifier::from_bytes(oid).expect("an OID");
        Self {
            tbs,
            issuer: fields[3],
            subject: fields[5],
            spki: fields[6],
            scheme: SignatureScheme::from_oid(oid).expect("a scheme of the table"),
            signature: SignatureValue::new(&content(signature)[1..]),
        }
    }
}

/// The whole elements one after another.
fn elements(mut der: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    while !der.is_empty() {
        let (start, length) = header(der);
        let (element, rest) = der.split_at(start + length);
        found.push(element);
        der = rest;
    }
    found
}

fn content(der: &[u8]) -> &[u8] {
    let (start, length) = header(der);
    &der[start..start + length]
}

/// Length of the header and of the content.
fn header(der: &[u8]) -> (usize, usize) {
    match der[1] {
        0x81 => (3, usize::from(der[2])),
        0x82 => (4, usize::from(der[2]) << 8 | usize::from(der[3])),
        short => (2, usize::from(short)),
    }
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(DigestAlgorithm::Sha256.digest(bytes))
}

fn read_json<T: DeserializeOwned>(name: &str) -> Option<T> {
    read(name).map(|text| serde_json::from_slice(&text).expect("JSON of the expected form"))
}

/// A file of the vectors folder; none only if there are no fixtures at all.
fn read(name: &str) -> Option<Vec<u8>> {
    let path = fixtures()?.join("vectors").join(name);
    Some(std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

/// The folder of real objects beside the checkout, when there is one.
fn fixtures() -> Option<PathBuf> {
    let dir = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/fixtures"
    ));
    dir.is_dir().then(|| dir.to_path_buf())
}

//! Published and measured signatures of the three curves, with their nonces where known.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use tamga_gost3410::{
    CryptoProA, Curve, PublicKey, SecretKey, Tc26A256, Tc26A512, hazmat, sign_prehashed,
    verify_prehashed,
};

/// One signature; numbers big-endian, the rest as transmitted, all hex.
#[derive(Deserialize)]
struct Vector {
    d: String,
    qx: String,
    qy: String,
    digest: String,
    k: Option<String>,
    signature: String,
    valid: bool,
}

#[test]
fn every_own_signature_vector_is_reproduced_and_verifies_as_stated() {
    assert_eq!(check_all(own("signatures.json")), [13, 17, 13]);
}

#[test]
fn every_signature_vector_of_the_fixtures_is_reproduced_and_verifies_as_stated() {
    let Some(dir) = fixtures() else { return };
    let text = read(&dir.join("vectors/sign.json"));
    assert_eq!(
        check_all(serde_json::from_slice(&text).expect("a list")),
        [12, 12, 12]
    );
}

/// A signature whose nonce comes from key, digest and entropy.
#[derive(Deserialize)]
struct Hedged {
    comment: String,
    curve: String,
    d: String,
    digest: String,
    entropy: String,
    signature: String,
}

#[test]
fn every_hedged_signature_is_that_of_a_second_implementation() {
    fn check<C: Curve>(vector: &Hedged) {
        let secret = SecretKey::<C>::from_le_bytes(&le(&vector.d)).expect("d is in range");
        let digest = hex::decode(&vector.digest).expect("hex");
        let mut entropy = [0; 32];
        hex::decode_to_slice(&vector.entropy, &mut entropy).expect("32 bytes");
        let signature = sign_prehashed(&secret, &digest, &entropy).expect("signs");
        assert_eq!(
            hex::encode(signature),
            vector.signature,
            "{}",
            vector.comment
        );
    }
    let vectors = own("hedged_signatures.json");
    assert_eq!(vectors.len(), 9);
    for value in vectors {
        let vector: Hedged = serde_json::from_value(value).expect("a hedged signature");
        match vector.curve.as_str() {
            "CryptoPro-A" => check::<CryptoProA>(&vector),
            "tc26-256-A" => check::<Tc26A256>(&vector),
            "tc26-512-A" => check::<Tc26A512>(&vector),
            other => panic!("unknown curve {other}"),
        }
    }
}

/// Checks every vector; counts those on CryptoPro-A, on tc26-256-A and on tc26-512-A.
fn check_all(vectors: Vec<serde_json::Value>) -> [usize; 3] {
    let mut counts = [0; 3];
    for value in vectors {
        match value["curve"].as_str() {
            Some("CryptoPro-A") => {
                check_vector::<CryptoProA>(&vector(value));
                counts[0] += 1;
            }
            Some("tc26-256-A") => {
                check_vector::<Tc26A256>(&vector(value));
                counts[1] += 1;
            }
            Some("tc26-512-A") => {
                check_vector::<Tc26A512>(&vector(value));
                counts[2] += 1;
            }
            other => panic!("unknown curve {other:?}"),
        }
    }
    counts
}

fn vector(value: serde_json::Value) -> Vector {
    serde_json::from_value(value).expect("a signature vector")
}

fn check_vector<C: Curve>(vector: &Vector) {
    let secret = SecretKey::<C>::from_le_bytes(&le(&vector.d)).expect("d is in range");
    let public = PublicKey::<C>::from_le_xy(&le_xy(&vector.qx, &vector.qy)).expect("on the curve");
    assert_eq!(secret.public_key(), &public);
    assert_eq!(public.to_le_xy(), le_xy(&vector.qx, &vector.qy));

    let digest = hex::decode(&vector.digest).expect("hex");
    let signature = hex::decode(&vector.signature).expect("hex");
    assert_eq!(
        verify_prehashed(&public, &digest, &signature).is_ok(),
        vector.valid
    );
    if let Some(k) = vector.k.as_ref().filter(|_| vector.valid) {
        assert_eq!(
            hazmat::sign_with_nonce(&secret, &digest, &le(k)),
            Ok(signature)
        );
    }
    let ours = sign_prehashed(&secret, &digest, &[0x5A; 32]).expect("signing works");
    assert_eq!(verify_prehashed(&public, &digest, &ours), Ok(()));
}

fn le(big_endian: &str) -> Vec<u8> {
    let mut bytes = hex::decode(big_endian).expect("hex");
    bytes.reverse();
    bytes
}

fn le_xy(x: &str, y: &str) -> Vec<u8> {
    [le(x), le(y)].concat()
}

/// The vectors of one of the project's own files.
fn own(name: &str) -> Vec<serde_json::Value> {
    #[derive(Deserialize)]
    struct File {
        source: String,
        vectors: Vec<serde_json::Value>,
    }
    let dir = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/vectors/gost"
    ));
    let file: File = serde_json::from_slice(&read(&dir.join(name))).expect("a vector file");
    assert!(!file.source.is_empty());
    file.vectors
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The folder of real objects beside the checkout, when there is one.
fn fixtures() -> Option<PathBuf> {
    let dir = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/fixtures"
    ));
    dir.is_dir().then(|| dir.to_path_buf())
}

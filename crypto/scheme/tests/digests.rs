//! Digests printed in the standards.

use std::path::Path;

use serde::Deserialize;
use tamga_scheme::DigestAlgorithm;

#[derive(Deserialize)]
struct File {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    algorithm: String,
    message: String,
    digest: String,
    source: String,
}

#[test]
fn every_digest_printed_in_a_standard_is_computed() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tests/vectors/gost/digests.json"
    );
    let text = std::fs::read(Path::new(path)).expect("the project's own vectors");
    let file: File = serde_json::from_slice(&text).expect("a vector file");
    assert_eq!(file.vectors.len(), 6);
    for vector in file.vectors {
        let algorithm = DigestAlgorithm::all()
            .find(|algorithm| format!("{algorithm:?}") == vector.algorithm)
            .expect("a known digest");
        let message = hex::decode(&vector.message).expect("hex");
        let digest = hex::encode(algorithm.digest(&message));
        assert_eq!(digest, vector.digest, "{}", vector.source);

        // The same in pieces of every size up to a block and one more byte.
        for size in 1..=65 {
            let mut hasher = algorithm.hasher();
            message.chunks(size).for_each(|piece| hasher.update(piece));
            assert_eq!(hex::encode(hasher.finalize()), vector.digest);
        }
    }
}

/// FIPS 180-4 examples: "abc".
#[test]
fn sha_digests_of_abc_are_those_of_fips_180_4() {
    for (algorithm, expected) in [
        (
            DigestAlgorithm::Sha1,
            "a9993e364706816aba3e25717850c26c9cd0d89d",
        ),
        (
            DigestAlgorithm::Sha256,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        ),
    ] {
        assert_eq!(hex::encode(algorithm.digest(b"abc")), expected);
    }
}

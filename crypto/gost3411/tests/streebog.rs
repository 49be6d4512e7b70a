//! Streebog against printed vectors, gost-engine and RustCrypto, with every back end of this machine.

use proptest::prelude::*;
use serde_json::Value;
use streebog::Digest as _;
use tamga_gost3411::streebog::hazmat::Backend;
use tamga_gost3411::{Streebog256, Streebog512};

/// Both digests by every back end, whole and side by side with itself and with a part of itself.
fn check(message: &[u8], expected_256: &[u8; 32], expected_512: &[u8; 64]) {
    assert_eq!(&Streebog256::digest(message), expected_256);
    assert_eq!(&Streebog512::digest(message), expected_512);
    for backend in Backend::all() {
        let name = backend.name();
        assert_eq!(&in_pieces_256(backend, &[message]), expected_256, "{name}");
        assert_eq!(&in_pieces_512(backend, &[message]), expected_512, "{name}");
        let many = [message, &message[..message.len() / 2], message];
        assert_eq!(&backend.digest_many_256(&many)[0], expected_256, "{name}");
        assert_eq!(&backend.digest_many_512(&many)[2], expected_512, "{name}");
    }
}

#[test]
fn the_examples_of_the_standard_are_reproduced() {
    let file = vectors(include_str!("../../../tests/vectors/gost/digests.json"));
    let mut found = 0;
    for vector in file["vectors"].as_array().expect("a list") {
        let message = hex::decode(text(vector, "message")).expect("hex");
        let digest = hex::decode(text(vector, "digest")).expect("hex");
        match text(vector, "algorithm") {
            "Streebog256" => check_one(&message, Some(&digest), None),
            "Streebog512" => check_one(&message, None, Some(&digest)),
            _ => continue,
        }
        found += 1;
    }
    assert_eq!(found, 4, "M1 and M2 with both lengths");
}

#[test]
fn gost_engine_gives_the_same_around_block_boundaries_and_where_the_sum_of_blocks_overflows() {
    let file = vectors(include_str!(
        "../../../tests/vectors/gost/streebog_by_length.json"
    ));
    let vectors = file["vectors"].as_array().expect("a list");
    assert_eq!(vectors.len(), 39);
    for vector in vectors {
        let length = vector["length"].as_u64().expect("a number") as usize;
        let message: Vec<u8> = match text(vector, "content") {
            "counting" => (0..length).map(|i| (7 * i + length) as u8).collect(),
            "ones" => vec![0xff; length],
            "zeros" => vec![0; length],
            other => panic!("unknown content {other}"),
        };
        let digest_256 = hex::decode(text(vector, "streebog256")).expect("hex");
        let digest_512 = hex::decode(text(vector, "streebog512")).expect("hex");
        check_one(&message, Some(&digest_256), Some(&digest_512));
    }
}

#[test]
fn rust_crypto_gives_the_same_for_every_length_up_to_five_blocks() {
    let message: Vec<u8> = (0..320_u32).map(|i| ((i * i) >> 3) as u8).collect();
    for length in 0..=message.len() {
        let message = &message[..length];
        check(
            message,
            &streebog::Streebog256::digest(message).into(),
            &streebog::Streebog512::digest(message).into(),
        );
    }
}

#[test]
fn rust_crypto_gives_the_same_for_ten_thousand_random_messages() {
    let messages = random_messages();
    let (expected_256, expected_512) = expected(&messages);
    for backend in Backend::all().into_iter().filter(|it| it.name() != "model") {
        let name = backend.name();
        let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
        // Not assert_eq: on failure it would print a megabyte.
        assert!(backend.digest_many_256(&messages) == expected_256, "{name}");
        assert!(backend.digest_many_512(&messages) == expected_512, "{name}");
        for (message, expected) in messages.iter().zip(&expected_256) {
            assert_eq!(&in_pieces_256(backend, &[message]), expected, "{name}");
        }
        for (message, expected) in messages.iter().zip(&expected_512) {
            assert_eq!(&in_pieces_512(backend, &[message]), expected, "{name}");
        }
    }
}

/// The model is slow: side by side only, and few of the shorter digest, which differs at the ends.
#[test]
fn rust_crypto_gives_the_same_as_the_model_for_ten_thousand_random_messages() {
    let messages = random_messages();
    let (expected_256, expected_512) = expected(&messages);
    let model = Backend::all().into_iter().find(|it| it.name() == "model");
    let model = model.expect("the model runs everywhere");
    let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
    assert!(model.digest_many_256(&messages[..1000]) == expected_256[..1000]);
    assert!(model.digest_many_512(&messages) == expected_512);
}

#[test]
fn no_message_means_no_digest() {
    for backend in Backend::all() {
        assert_eq!(backend.digest_many_256(&[]), Vec::<[u8; 32]>::new());
        assert_eq!(backend.digest_many_512(&[]), Vec::<[u8; 64]>::new());
    }
    assert_eq!(
        Streebog256::digest_many(&[b"abc"]),
        [Streebog256::digest(b"abc")]
    );
    assert_eq!(
        Streebog512::digest_many(&[b"abc"]),
        [Streebog512::digest(b"abc")]
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    #[test]
    fn pieces_of_any_size_give_the_digest_of_the_whole(
        pieces in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..200), 0..8),
    ) {
        let whole = pieces.concat();
        let pieces: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
        for backend in Backend::all() {
            prop_assert_eq!(
                in_pieces_256(backend, &pieces),
                <[u8; 32]>::from(streebog::Streebog256::digest(&whole))
            );
            prop_assert_eq!(
                in_pieces_512(backend, &pieces),
                <[u8; 64]>::from(streebog::Streebog512::digest(&whole))
            );
        }
    }

    #[test]
    fn messages_of_any_lengths_side_by_side_have_the_digests_they_have_alone(
        lengths in proptest::collection::vec(0_usize..500, 0..9),
        seed: u64,
    ) {
        let mut random = Random(seed | 1);
        let messages: Vec<Vec<u8>> = lengths
            .iter()
            .map(|&length| (0..length).map(|_| random.below(256) as u8).collect())
            .collect();
        let messages: Vec<&[u8]> = messages.iter().map(Vec::as_slice).collect();
        let expected: Vec<[u8; 64]> = messages
            .iter()
            .map(|message| streebog::Streebog512::digest(message).into())
            .collect();
        for backend in Backend::all() {
            prop_assert_eq!(&backend.digest_many_512(&messages), &expected);
        }
    }
}

#[test]
#[cfg(target_arch = "x86_64")]
fn the_vector_instructions_are_used_exactly_where_the_processor_has_them() {
    let present = [
        ("avx512f", is_x86_feature_detected!("avx512f")),
        ("avx512bw", is_x86_feature_detected!("avx512bw")),
        ("avx512vbmi", is_x86_feature_detected!("avx512vbmi")),
        ("gfni", is_x86_feature_detected!("gfni")),
    ];
    let missing: Vec<&str> = present
        .iter()
        .filter_map(|&(feature, present)| (!present).then_some(feature))
        .collect();
    let names: Vec<&str> = Backend::all().into_iter().map(Backend::name).collect();
    if missing.is_empty() {
        println!("avx512-gfni runs here: every test of this file has exercised it");
        assert_eq!(names, ["portable", "model", "x86-64", "avx512-gfni"]);
        assert_eq!(Backend::fastest().name(), "avx512-gfni");
    } else {
        println!("avx512-gfni does NOT run here, only its model: the processor lacks {missing:?}");
        assert_eq!(names, ["portable", "model", "x86-64"]);
        assert_eq!(Backend::fastest().name(), "x86-64");
    }
}

#[test]
#[cfg(not(target_arch = "x86_64"))]
fn processors_without_a_back_end_of_their_own_use_the_portable_one() {
    let names: Vec<&str> = Backend::all().into_iter().map(Backend::name).collect();
    assert_eq!(names, ["portable", "model"]);
    assert_eq!(Backend::fastest().name(), "portable");
}

fn check_one(message: &[u8], digest_256: Option<&[u8]>, digest_512: Option<&[u8]>) {
    let ours_256 = Streebog256::digest(message);
    let ours_512 = Streebog512::digest(message);
    assert_eq!(digest_256.unwrap_or(&ours_256), ours_256);
    assert_eq!(digest_512.unwrap_or(&ours_512), ours_512);
    check(message, &ours_256, &ours_512);
}

/// Mostly short; one in sixteen up to 1 KiB; one in eight of bytes 0xff only.
fn random_messages() -> Vec<Vec<u8>> {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    (0..10_000)
        .map(|_| {
            let limit = if random.below(16) == 0 { 1024 } else { 150 };
            let length = random.below(limit);
            match random.below(8) {
                0 => vec![0xff; length],
                _ => (0..length).map(|_| random.below(256) as u8).collect(),
            }
        })
        .collect()
}

/// What RustCrypto says.
fn expected(messages: &[Vec<u8>]) -> (Vec<[u8; 32]>, Vec<[u8; 64]>) {
    let digests = messages.iter().map(|message| {
        let digest_256: [u8; 32] = streebog::Streebog256::digest(message).into();
        let digest_512: [u8; 64] = streebog::Streebog512::digest(message).into();
        (digest_256, digest_512)
    });
    digests.unzip()
}

fn in_pieces_256(backend: Backend, pieces: &[&[u8]]) -> [u8; 32] {
    let mut hasher = backend.streebog_256();
    pieces.iter().for_each(|piece| hasher.update(piece));
    hasher.finalize()
}

fn in_pieces_512(backend: Backend, pieces: &[&[u8]]) -> [u8; 64] {
    let mut hasher = backend.streebog_512();
    pieces.iter().for_each(|piece| hasher.update(piece));
    hasher.finalize()
}

/// Parses a file of the project's own vectors.
fn vectors(text: &str) -> Value {
    serde_json::from_str(text).expect("a vector file")
}

fn text<'a>(vector: &'a Value, field: &str) -> &'a str {
    vector[field].as_str().expect("a text")
}

/// xorshift64*: the same messages in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit
    }
}

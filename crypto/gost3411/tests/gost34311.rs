//! GOST 34.311-95 against printed digests and another implementation.

use digest::Digest;
use gost94::Gost94Test;
use hmac::{Hmac, KeyInit, Mac};
use proptest::prelude::*;
use tamga_gost3411::Gost34311;

/// Message, digest in transmission order, where it is printed.
const PRINTED: &[(&[u8], &str, &str)] = &[
    (
        b"This is message, length=32 bytes",
        "b1c466d37519b82e8319819ff32595e047a28cb6f83eff1c6916a815a637fffa",
        "GOST R 34.11-94 appendix A, clause A.3.1",
    ),
    (
        b"Suppose the original message has length = 50 bytes",
        "471aba57a60a770d3a76130635c1fbea4ef14de51f78b4ae57dd893b62f55208",
        "GOST R 34.11-94 appendix A, clause A.3.2",
    ),
    (
        b"",
        "ce85b99cc46752fffee35cab9a7b0278abb4c2d2055cff685af4912c49490f8d",
        "test vectors passed on with public implementations",
    ),
    (
        b"a",
        "d42c539e367c66e9c88a801f6649349c21871b4344c6a573f849fdce62f314dd",
        "test vectors passed on with public implementations",
    ),
    (
        b"abc",
        "f3134348c44fb1b2a277729e2285ebb5cb5e0f29c975bc753b70497c06a4d51d",
        "test vectors passed on with public implementations",
    ),
    (
        b"message digest",
        "ad4434ecb18f2c99b60cbe59ec3d2469582b65273f48de72db2fde16a4889a4d",
        "test vectors passed on with public implementations",
    ),
    (
        b"The quick brown fox jumps over the lazy dog",
        "77b7fa410c9ac58a25f49bca7d0468c9296529315eaca76bd1a10f376d1f4294",
        "test vectors passed on with public implementations",
    ),
    (
        &[b'U'; 128],
        "53a3a3ed25180cef0c1d85a074273e551c25660a87062a52d926a9e8fe5733a4",
        "test vectors passed on with public implementations",
    ),
    (
        &[b'a'; 1_000_000],
        "5c00ccc2734cdd3332d3d4749576e3c1a7dbaf0e7ea74e9fa602413c90a129fa",
        "test vectors passed on with public implementations",
    ),
];

#[test]
fn every_printed_digest_is_computed() {
    for (message, expected, source) in PRINTED {
        assert_eq!(
            hex::encode(Gost34311::digest(message)),
            *expected,
            "{source}"
        );
    }
}

#[test]
fn the_traits_of_the_digest_crate_give_the_same_digest() {
    for (message, expected, source) in PRINTED {
        assert_eq!(
            hex::encode(<Gost34311 as Digest>::digest(message)),
            *expected,
            "{source}"
        );
    }
    let mut hasher = <Gost34311 as Digest>::new_with_prefix(b"message");
    Digest::update(&mut hasher, b" digest");
    let first = hasher.finalize_reset();
    assert_eq!(first, Gost34311::digest(b"message digest"));
    assert_eq!(hasher.finalize_reset(), Gost34311::digest(b""));
    Digest::update(&mut hasher, b"forgotten");
    Digest::reset(&mut hasher);
    assert_eq!(hasher.finalize(), Gost34311::digest(b""));
    assert_eq!(<Gost34311 as Digest>::output_size(), 32);
}

#[test]
fn hmac_over_it_agrees_with_hmac_over_another_implementation() {
    for key_len in [0, 1, 31, 32, 33, 64, 100] {
        let key = vec![0x5A; key_len];
        let mut ours = Hmac::<Gost34311>::new_from_slice(&key).expect("any length");
        let mut theirs = Hmac::<Gost94Test>::new_from_slice(&key).expect("any length");
        ours.update(b"message");
        theirs.update(b"message");
        let (ours, theirs) = (ours.finalize(), theirs.finalize());
        assert_eq!(ours.into_bytes(), theirs.into_bytes(), "{key_len} bytes");
    }
}

#[test]
fn every_length_around_the_blocks_agrees_with_another_implementation_in_any_two_pieces() {
    let bytes: Vec<u8> = (0..131).map(|i| 0xFF - i).collect();
    for length in 0..=bytes.len() {
        let message = &bytes[..length];
        let expected = another_implementation(message);
        for cut in 0..=length {
            let (head, tail) = message.split_at(cut);
            let mut hasher = Gost34311::new();
            hasher.update(head);
            hasher.update(tail);
            assert_eq!(hasher.finalize(), expected, "{length} bytes cut at {cut}");
        }
    }
}

#[test]
fn a_copy_goes_its_own_way() {
    let mut hasher = Gost34311::new();
    hasher.update(&[1; 40]);
    let mut copy = hasher.clone();
    copy.update(&[2; 40]);
    assert_eq!(hasher.finalize(), Gost34311::digest(&[1; 40]));
    assert_eq!(
        copy.finalize(),
        Gost34311::digest(&[[1; 40], [2; 40]].concat())
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    #[test]
    fn random_messages_agree_with_another_implementation(
        message in prop::collection::vec(any::<u8>(), 0..=200),
    ) {
        prop_assert_eq!(Gost34311::digest(&message), another_implementation(&message));
    }

    #[test]
    fn pieces_of_any_sizes_give_the_digest_of_the_whole(
        message in prop::collection::vec(any::<u8>(), 0..=300),
        sizes in prop::collection::vec(0_usize..=70, 1..=20),
    ) {
        let mut hasher = Gost34311::new();
        let mut rest = message.as_slice();
        for size in sizes {
            let (piece, after) = rest.split_at(size.min(rest.len()));
            hasher.update(piece);
            rest = after;
        }
        hasher.update(rest);
        prop_assert_eq!(hasher.finalize(), Gost34311::digest(&message));
    }
}

fn another_implementation(message: &[u8]) -> [u8; 32] {
    Gost94Test::digest(message).into()
}

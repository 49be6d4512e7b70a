//! Streebog through the traits of the `digest` crate: HMAC, PBKDF2 and generic callers.

use digest::block_api::EagerHash;
use digest::{Digest, FixedOutputReset, Reset, Update};
use hmac::{Hmac, KeyInit, Mac};
use tamga_gost3411::{Streebog256, Streebog512};
use zeroize::ZeroizeOnDrop;

/// RFC 7836, appendix B: HMAC_GOSTR3411_2012_256 and HMAC_GOSTR3411_2012_512.
#[test]
fn hmac_gives_the_codes_of_rfc_7836() {
    let key: Vec<u8> = (0..32).collect();
    let message = hex::decode("0126bdb87800af214341456563780100").expect("hex");
    assert_eq!(
        hmac::<Streebog256>(&key, &[&message]),
        "a1aa5f7de402d7b3d323f2991c8d4534013137010a83754fd0af6d7cd4922ed9"
    );
    assert_eq!(
        hmac::<Streebog512>(&key, &[&message]),
        "a59bab22ecae19c65fbde6e5f4e9f5d8549d31f037f9df9b905500e171923a773d5f1530f2ed7e964cb2eedc29e9ad2f\
         3afe93b2814f79f5000ffc0366c251e6"
    );
}

/// R 50.1.111-2016, appendix A: one iteration of PBKDF2 is one HMAC.
#[test]
fn pbkdf2_gives_the_key_of_r_50_1_111() {
    assert_eq!(
        hmac::<Streebog512>(b"password", &[b"salt", &1_u32.to_be_bytes()]),
        "64770af7f748c3b1c9ac831dbcfd85c26111b30a8a657ddc3056b80ca73e040d2854fd36811f6d825cc4ab66ec0a68a4\
         90a9e5cf5156b3a2b7eecddbf9a16b47"
    );
}

#[test]
fn keys_longer_than_a_block_are_hashed_first_as_by_rust_crypto() {
    for length in [63, 64, 65, 200] {
        let key = vec![7; length];
        assert_eq!(
            hmac::<Streebog512>(&key, &[b"message"]),
            hmac::<streebog::Streebog512>(&key, &[b"message"])
        );
        assert_eq!(
            hmac::<Streebog256>(&key, &[b"message"]),
            hmac::<streebog::Streebog256>(&key, &[b"message"])
        );
    }
}

#[test]
fn a_generic_caller_gets_the_digest_of_the_inherent_function() {
    assert_eq!(
        <[u8; 32]>::from(<Streebog256 as Digest>::digest(b"abc")),
        Streebog256::digest(b"abc")
    );
    assert_eq!(
        <[u8; 64]>::from(<Streebog512 as Digest>::digest(b"abc")),
        Streebog512::digest(b"abc")
    );
    assert_eq!(<Streebog256 as Digest>::output_size(), 32);
    assert_eq!(<Streebog512 as Digest>::output_size(), 64);
}

#[test]
fn resetting_starts_an_empty_message() {
    let mut hasher = Streebog512::default();
    hasher.update(&[1; 100]);
    Reset::reset(&mut hasher);
    hasher.update(b"abc");
    let mut digest = digest::Output::<Streebog512>::default();
    FixedOutputReset::finalize_into_reset(&mut hasher, &mut digest);
    assert_eq!(<[u8; 64]>::from(digest), Streebog512::digest(b"abc"));
    assert_eq!(hasher.finalize(), Streebog512::digest(b""));
}

#[test]
fn a_clone_goes_its_own_way() {
    let mut one = Streebog256::new();
    Update::update(&mut one, &[1; 100]);
    let mut other = one.clone();
    one.update(b"one");
    other.update(b"other");
    assert_eq!(
        one.finalize(),
        Streebog256::digest(&[&[1; 100][..], b"one"].concat())
    );
    assert_eq!(
        other.finalize(),
        Streebog256::digest(&[&[1; 100][..], b"other"].concat())
    );
}

#[test]
fn debug_output_shows_the_name_only() {
    let mut hasher = Streebog512::new();
    hasher.update(b"secret");
    assert_eq!(format!("{hasher:?}"), "Streebog512 { ... }");
    assert_eq!(format!("{:?}", Streebog256::new()), "Streebog256 { ... }");
}

/// Compiles only if the state is wiped when dropped and crosses threads.
#[test]
fn hashers_are_wiped_on_drop_and_sendable() {
    fn holds<T: ZeroizeOnDrop + Send + Sync + EagerHash>() {}
    holds::<Streebog256>();
    holds::<Streebog512>();
}

fn hmac<D: EagerHash>(key: &[u8], message: &[&[u8]]) -> String {
    let mut mac = Hmac::<D>::new_from_slice(key).expect("any length");
    message.iter().for_each(|part| Mac::update(&mut mac, part));
    hex::encode(mac.finalize().into_bytes())
}

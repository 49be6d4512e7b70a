//! Signing with keys in memory, and the one verify().

use encodings::{GOST_2004, Scripted, System, pkcs8, unhex};
use serde::Deserialize;
use tamga_scheme::{
    AskNobody, PrivateKey, PublicKey, RandomError, SignError, SignatureScheme, SignatureValue,
    Signer, SoftwareSigner, ToSign, VerifyError, verify, verify_digest,
};

mod encodings;

/// One test key per scheme; RSA's comes from OpenSSL because making one is slow.
fn key(scheme: SignatureScheme) -> PrivateKey {
    match scheme {
        SignatureScheme::RsaSha256 => {
            let vectors: Vec<Rsa> = encodings::own_vectors("rsa.json");
            PrivateKey::from_pkcs8_der(&unhex(&vectors[0].pkcs8)).expect("a key")
        }
        scheme => PrivateKey::generate(scheme, &System).expect("random"),
    }
}

fn sign(key: &PrivateKey, to_sign: ToSign<'_>) -> SignatureValue {
    SoftwareSigner::new(key, &System)
        .sign(to_sign, &mut AskNobody)
        .expect("signs")
}

#[test]
fn a_signature_of_every_scheme_verifies_over_bytes_and_over_their_digest() {
    for scheme in SignatureScheme::all() {
        let key = key(scheme);
        assert_eq!(SoftwareSigner::new(&key, &System).scheme(), scheme);
        let message = b"message";
        let digest = scheme.digest().digest(message);
        for value in [
            sign(&key, ToSign::Bytes(message)),
            sign(&key, ToSign::Digest(&digest)),
        ] {
            assert!(verify(key.public_key(), scheme, message, &value).is_ok());
            assert!(verify_digest(key.public_key(), scheme, &digest, &value).is_ok());
            let other = verify(key.public_key(), scheme, b"massage", &value);
            assert_eq!(other, Err(VerifyError::Mismatch));
        }
    }
}

#[test]
fn no_flipped_bit_of_a_signature_verifies() {
    for scheme in SignatureScheme::all() {
        let key = key(scheme);
        let good = sign(&key, ToSign::Bytes(b"message")).into_bytes();
        for byte in 0..good.len() {
            let mut bad = good.clone();
            bad[byte] ^= 1 << (byte % 8);
            let result = verify(
                key.public_key(),
                scheme,
                b"message",
                &SignatureValue::new(bad),
            );
            assert!(
                matches!(result, Err(VerifyError::Mismatch | VerifyError::Malformed)),
                "{scheme:?} byte {byte}: {result:?}"
            );
        }
    }
}

#[test]
fn values_of_another_length_or_out_of_range_are_malformed() {
    for scheme in SignatureScheme::all() {
        let key = key(scheme);
        let good = sign(&key, ToSign::Bytes(b"message")).into_bytes();
        let longer = [good.as_slice(), &[0]].concat();
        let prefixed = [&[0], good.as_slice()].concat();
        let zeros = vec![0; good.len()];
        let ones = vec![0xFF; good.len()];
        for bad in [
            &[],
            &good[1..],
            &good[..good.len() - 1],
            &longer,
            &prefixed,
            &ones,
        ] {
            let result = verify(
                key.public_key(),
                scheme,
                b"message",
                &SignatureValue::new(bad),
            );
            assert_eq!(result, Err(VerifyError::Malformed), "{scheme:?}");
        }
        let result = verify(
            key.public_key(),
            scheme,
            b"message",
            &SignatureValue::new(zeros),
        );
        // RSA allows the representative 0; it is only never a signature.
        let expected = match scheme {
            SignatureScheme::RsaSha256 => VerifyError::Mismatch,
            _ => VerifyError::Malformed,
        };
        assert_eq!(result, Err(expected));
    }
}

#[test]
fn a_key_of_another_kind_is_refused_with_both_names() {
    for scheme in SignatureScheme::all() {
        let key = key(scheme);
        let value = sign(&key, ToSign::Bytes(b"message"));
        for other in SignatureScheme::all().filter(|other| *other != scheme) {
            assert_eq!(
                verify(key.public_key(), other, b"message", &value),
                Err(VerifyError::WrongKey {
                    scheme: other,
                    key: scheme.key_kind()
                })
            );
        }
    }
}

#[test]
fn digests_of_another_length_are_neither_signed_nor_verified() {
    for scheme in SignatureScheme::all() {
        let key = key(scheme);
        let value = sign(&key, ToSign::Bytes(b"message"));
        let expected = scheme.digest().output_len();
        for actual in [0, 20, expected - 1, expected + 1, 3 * expected] {
            let digest = vec![1; actual];
            assert_eq!(
                verify_digest(key.public_key(), scheme, &digest, &value),
                Err(VerifyError::DigestLength { expected, actual })
            );
            let signed =
                SoftwareSigner::new(&key, &System).sign(ToSign::Digest(&digest), &mut AskNobody);
            assert_eq!(signed, Err(SignError::DigestLength { expected, actual }));
        }
    }
}

#[test]
fn nothing_is_signed_without_randomness() {
    for scheme in SignatureScheme::all() {
        let key = key(scheme);
        let signed = SoftwareSigner::new(&key, &Scripted::new(&[]))
            .sign(ToSign::Bytes(b"message"), &mut AskNobody);
        assert_eq!(signed, Err(SignError::Random(RandomError)));
    }
}

#[test]
fn a_generator_that_repeats_itself_does_not_repeat_a_nonce() {
    let key = PrivateKey::from_pkcs8_der(&pkcs8(GOST_2004, &[7; 32])).expect("a key");
    let r = |message: &[u8], random: u8| {
        let random = Scripted::new(&[random; 32]);
        let signed =
            SoftwareSigner::new(&key, &random).sign(ToSign::Bytes(message), &mut AskNobody);
        signed.expect("signs").as_bytes()[..32].to_vec()
    };
    assert_eq!(r(b"one", 0), r(b"one", 0));
    assert_ne!(r(b"one", 0), r(b"two", 0));
    assert_ne!(r(b"one", 0), r(b"one", 1));
}

/// A key and a signature made by OpenSSL.
#[derive(Deserialize)]
struct Rsa {
    comment: String,
    spki: String,
    pkcs8: String,
    message: String,
    signature: String,
}

#[test]
fn rsa_signatures_of_openssl_verify_and_are_reproduced() {
    for vector in encodings::own_vectors::<Rsa>("rsa.json") {
        let scheme = SignatureScheme::RsaSha256;
        let message = unhex(&vector.message);
        let value = SignatureValue::new(unhex(&vector.signature));
        let public = PublicKey::from_spki_der(&unhex(&vector.spki)).expect("a key");
        assert!(
            verify(&public, scheme, &message, &value).is_ok(),
            "{}",
            vector.comment
        );
        assert_eq!(
            verify(&public, scheme, b"other", &value),
            Err(VerifyError::Mismatch)
        );

        // PKCS#1 v1.5 is deterministic; blinding does not show.
        let private = PrivateKey::from_pkcs8_der(&unhex(&vector.pkcs8)).expect("a key");
        assert_eq!(
            sign(&private, ToSign::Bytes(&message)),
            value,
            "{}",
            vector.comment
        );
    }
}

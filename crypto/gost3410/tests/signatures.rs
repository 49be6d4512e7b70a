//! Round trips, refusals and the nonce, through the public interface.

use proptest::prelude::*;
use tamga_gost3410::{
    CryptoProA, Curve, Error, PublicKey, SecretKey, Tc26A512, hazmat, sign_prehashed,
    verify_prehashed,
};

/// q of CryptoPro-A and of tc26-512-A, big-endian.
const ORDERS: [&str; 2] = [
    "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF6C611070995AD10045841B09B761B893",
    concat!(
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
        "27E69532F48D89116FF22B8D4E0560609B4B38ABFAD2B85DCACDB1411F10B275",
    ),
];

/// p of CryptoPro-A and of tc26-512-A, little-endian.
fn modulus<C: Curve>() -> Vec<u8> {
    let low: &[u8] = if C::BYTES == 32 {
        &[0x97, 0xFD]
    } else {
        &[0xC7, 0xFD]
    };
    let mut p = vec![0xFF; C::BYTES];
    p[..2].copy_from_slice(low);
    p
}

fn order<C: Curve>() -> Vec<u8> {
    let mut q = hex::decode(ORDERS[usize::from(C::BYTES == 64)]).expect("hex");
    q.reverse();
    q
}

fn check_round_trip<C: Curve>(d: &[u8], digest: &[u8], entropy: &[u8; 32], flip: usize) {
    let Ok(secret) = SecretKey::<C>::from_le_bytes_reduced(&d[..C::BYTES]) else {
        return;
    };
    let digest = &digest[..C::BYTES];
    let public = *secret.public_key();
    assert_eq!(PublicKey::from_le_xy(&public.to_le_xy()), Ok(public));

    let signature = sign_prehashed(&secret, digest, entropy).expect("signs");
    assert_eq!(signature.len(), 2 * C::BYTES);
    assert_eq!(verify_prehashed(&public, digest, &signature), Ok(()));

    let mut bad = signature.clone();
    let bit = flip % (8 * bad.len());
    bad[bit / 8] ^= 1 << (bit % 8);
    assert!(matches!(
        verify_prehashed(&public, digest, &bad),
        Err(Error::Mismatch | Error::SignatureRange)
    ));

    let mut other = digest.to_vec();
    let bit = flip % (8 * other.len());
    other[bit / 8] ^= 1 << (bit % 8);
    assert_eq!(
        verify_prehashed(&public, &other, &signature),
        Err(Error::Mismatch)
    );

    let mut point = public.to_le_xy();
    let bit = flip % (8 * point.len());
    point[bit / 8] ^= 1 << (bit % 8);
    assert!(matches!(
        PublicKey::<C>::from_le_xy(&point),
        Err(Error::NotOnCurve | Error::CoordinateRange)
    ));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_signature_verifies_and_no_flipped_bit_does(
        d in any::<[u8; 64]>(),
        digest in any::<[u8; 64]>(),
        entropy in any::<[u8; 32]>(),
        flip in any::<usize>(),
    ) {
        check_round_trip::<CryptoProA>(&d, &digest, &entropy, flip);
        check_round_trip::<Tc26A512>(&d, &digest, &entropy, flip);
    }
}

fn key<C: Curve>(seed: u8) -> SecretKey<C> {
    SecretKey::from_le_bytes(&vec![seed; C::BYTES]).expect("in range")
}

#[test]
fn the_nonce_depends_on_key_digest_and_entropy() {
    fn check<C: Curve>() {
        let r = |seed: u8, digest: u8, entropy: u8| {
            let signature =
                sign_prehashed(&key::<C>(seed), &vec![digest; C::BYTES], &[entropy; 32]);
            signature.expect("signs")[..C::BYTES].to_vec()
        };
        let first = r(1, 2, 3);
        assert_eq!(r(1, 2, 3), first);
        assert_ne!(r(4, 2, 3), first);
        assert_ne!(r(1, 4, 3), first);
        assert_ne!(r(1, 2, 4), first);
    }
    check::<CryptoProA>();
    check::<Tc26A512>();
}

#[test]
fn a_digest_of_zero_modulo_q_counts_as_one() {
    fn check<C: Curve>() {
        let secret = key::<C>(9);
        let mut one = vec![0; C::BYTES];
        one[0] = 1;
        let nonce = vec![5; C::BYTES];
        let expected = hazmat::sign_with_nonce(&secret, &one, &nonce).expect("signs");
        for zero in [vec![0; C::BYTES], order::<C>()] {
            assert_eq!(
                hazmat::sign_with_nonce(&secret, &zero, &nonce).as_ref(),
                Ok(&expected)
            );
            assert_eq!(
                verify_prehashed(secret.public_key(), &zero, &expected),
                Ok(())
            );
        }
    }
    check::<CryptoProA>();
    check::<Tc26A512>();
}

#[test]
fn lengths_other_than_the_curves_are_refused() {
    fn check<C: Curve>() {
        let secret = key::<C>(9);
        let public = secret.public_key();
        let digest = vec![1; C::BYTES];
        let signature = sign_prehashed(&secret, &digest, &[0; 32]).expect("signs");
        for actual in [0, C::BYTES - 1, C::BYTES + 1, 2 * C::BYTES, 128] {
            let bytes = vec![1; actual];
            let expected = C::BYTES;
            let wrong_digest = Error::DigestLength { expected, actual };
            assert_eq!(sign_prehashed(&secret, &bytes, &[0; 32]), Err(wrong_digest));
            assert_eq!(
                verify_prehashed(public, &bytes, &signature),
                Err(wrong_digest)
            );
            let wrong_scalar = Error::ScalarLength { expected, actual };
            assert_eq!(
                SecretKey::<C>::from_le_bytes(&bytes).err(),
                Some(wrong_scalar)
            );
            assert_eq!(
                SecretKey::<C>::from_le_bytes_reduced(&bytes).err(),
                Some(wrong_scalar)
            );
            assert_eq!(
                hazmat::sign_with_nonce(&secret, &digest, &bytes),
                Err(wrong_scalar)
            );
        }
        for actual in [0, C::BYTES, 2 * C::BYTES - 1, 2 * C::BYTES + 1, 256] {
            let bytes = vec![1; actual];
            let expected = 2 * C::BYTES;
            assert_eq!(
                verify_prehashed(public, &digest, &bytes),
                Err(Error::SignatureLength { expected, actual })
            );
            assert_eq!(
                PublicKey::<C>::from_le_xy(&bytes),
                Err(Error::PointLength { expected, actual })
            );
        }
    }
    check::<CryptoProA>();
    check::<Tc26A512>();
}

#[test]
fn r_and_s_must_lie_strictly_between_zero_and_q() {
    fn check<C: Curve>() {
        let secret = key::<C>(9);
        let digest = vec![1; C::BYTES];
        let good = sign_prehashed(&secret, &digest, &[0; 32]).expect("signs");
        for number in [vec![0; C::BYTES], order::<C>(), vec![0xFF; C::BYTES]] {
            for half in [0..C::BYTES, C::BYTES..2 * C::BYTES] {
                let mut bad = good.clone();
                bad[half].copy_from_slice(&number);
                assert_eq!(
                    verify_prehashed(secret.public_key(), &digest, &bad),
                    Err(Error::SignatureRange)
                );
            }
        }
    }
    check::<CryptoProA>();
    check::<Tc26A512>();
}

#[test]
fn scalars_and_nonces_must_lie_strictly_between_zero_and_q() {
    fn check<C: Curve>() {
        for out in [vec![0; C::BYTES], order::<C>(), vec![0xFF; C::BYTES]] {
            assert_eq!(
                SecretKey::<C>::from_le_bytes(&out).err(),
                Some(Error::ScalarRange)
            );
            assert_eq!(
                hazmat::sign_with_nonce(&key::<C>(9), &vec![1; C::BYTES], &out),
                Err(Error::Nonce)
            );
        }
        for zero in [vec![0; C::BYTES], order::<C>()] {
            let refused = SecretKey::<C>::from_le_bytes_reduced(&zero).err();
            assert_eq!(refused, Some(Error::ScalarRange));
        }
        // q + 1 is 1 after reduction.
        let mut above = order::<C>();
        above[0] += 1;
        let mut one = vec![0; C::BYTES];
        one[0] = 1;
        let reduced = SecretKey::<C>::from_le_bytes_reduced(&above).expect("1");
        assert_eq!(*reduced.to_le_bytes(), one);
    }
    check::<CryptoProA>();
    check::<Tc26A512>();
}

#[test]
fn points_off_the_curve_and_coordinates_of_p_and_above_are_refused() {
    fn check<C: Curve>() {
        assert_eq!(
            PublicKey::<C>::from_le_xy(&vec![0; 2 * C::BYTES]),
            Err(Error::NotOnCurve)
        );
        let good = key::<C>(9).public_key().to_le_xy();
        for half in [0..C::BYTES, C::BYTES..2 * C::BYTES] {
            let mut bad = good.clone();
            bad[half].copy_from_slice(&modulus::<C>());
            assert_eq!(
                PublicKey::<C>::from_le_xy(&bad),
                Err(Error::CoordinateRange)
            );
        }
        let mut swapped = good.clone();
        swapped.rotate_left(C::BYTES);
        assert_eq!(PublicKey::<C>::from_le_xy(&swapped), Err(Error::NotOnCurve));
    }
    check::<CryptoProA>();
    check::<Tc26A512>();
}

#[test]
fn a_signature_of_another_key_does_not_verify() {
    fn check<C: Curve>() {
        let digest = vec![1; C::BYTES];
        let signature = sign_prehashed(&key::<C>(9), &digest, &[0; 32]).expect("signs");
        let other = key::<C>(10);
        let result = verify_prehashed(other.public_key(), &digest, &signature);
        assert_eq!(result, Err(Error::Mismatch));
    }
    check::<CryptoProA>();
    check::<Tc26A512>();
}

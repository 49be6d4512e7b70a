//! Round trips, refusals and the nonce, through the public interface.

use proptest::prelude::*;
use tamga_gost3410::{
    Check, CryptoProA, Curve, Error, PreparedKey, PublicKey, SecretKey, Tc26A256, Tc26A512, hazmat,
    sign_prehashed, verify_batch, verify_prehashed,
};

/// What the tests need to know of a curve, as printed in the standards.
trait Printed: Curve {
    /// q, big-endian.
    const ORDER: &'static str;
}

impl Printed for CryptoProA {
    const ORDER: &'static str = "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF6C611070995AD10045841B09B761B893";
}

impl Printed for Tc26A256 {
    const ORDER: &'static str = "400000000000000000000000000000000FD8CDDFC87B6635C115AF556C360C67";
}

impl Printed for Tc26A512 {
    const ORDER: &'static str = concat!(
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
        "27E69532F48D89116FF22B8D4E0560609B4B38ABFAD2B85DCACDB1411F10B275",
    );
}

/// p, little-endian: 2^256 - 617 or 2^512 - 569.
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

fn order<C: Printed>() -> Vec<u8> {
    let mut q = hex::decode(C::ORDER).expect("hex");
    q.reverse();
    q
}

/// The verdict, which all ways to verify must share.
fn verdict<C: Curve>(key: &PublicKey<C>, digest: &[u8], signature: &[u8]) -> Result<(), Error> {
    let verdict = verify_prehashed(key, digest, signature);
    let prepared = PreparedKey::new(key);
    assert_eq!(prepared.public_key(), key);
    assert_eq!(prepared.verify_prehashed(digest, signature), verdict);
    let check = || Check {
        public: key,
        digest,
        signature,
    };
    assert_eq!(verify_batch(&[check()]), [verdict]);
    assert_eq!(verify_batch(&[check(), check(), check()]), [verdict; 3]);
    verdict
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
    assert_eq!(verdict(&public, digest, &signature), Ok(()));

    let mut bad = signature.clone();
    let bit = flip % (8 * bad.len());
    bad[bit / 8] ^= 1 << (bit % 8);
    assert!(matches!(
        verdict(&public, digest, &bad),
        Err(Error::Mismatch | Error::SignatureRange)
    ));

    let mut other = digest.to_vec();
    let bit = flip % (8 * other.len());
    other[bit / 8] ^= 1 << (bit % 8);
    assert_eq!(verdict(&public, &other, &signature), Err(Error::Mismatch));

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
        check_round_trip::<Tc26A256>(&d, &digest, &entropy, flip);
        check_round_trip::<Tc26A512>(&d, &digest, &entropy, flip);
    }
}

fn key<C: Curve>(seed: u8) -> SecretKey<C> {
    SecretKey::from_le_bytes(&vec![seed; C::BYTES]).expect("in range")
}

#[test]
fn the_nonce_depends_on_key_digest_and_entropy() {
    fn check<C: Printed>() {
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
    check::<Tc26A256>();
    check::<Tc26A512>();
}

#[test]
fn a_digest_of_zero_modulo_q_counts_as_one() {
    fn check<C: Printed>() {
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
            assert_eq!(verdict(secret.public_key(), &zero, &expected), Ok(()));
        }
    }
    check::<CryptoProA>();
    check::<Tc26A256>();
    check::<Tc26A512>();
}

#[test]
fn lengths_other_than_the_curves_are_refused() {
    fn check<C: Printed>() {
        let secret = key::<C>(9);
        let public = secret.public_key();
        let digest = vec![1; C::BYTES];
        let signature = sign_prehashed(&secret, &digest, &[0; 32]).expect("signs");
        for actual in [0, C::BYTES - 1, C::BYTES + 1, 2 * C::BYTES, 128] {
            let bytes = vec![1; actual];
            let expected = C::BYTES;
            let wrong_digest = Error::DigestLength { expected, actual };
            assert_eq!(sign_prehashed(&secret, &bytes, &[0; 32]), Err(wrong_digest));
            assert_eq!(verdict(public, &bytes, &signature), Err(wrong_digest));
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
                verdict(public, &digest, &bytes),
                Err(Error::SignatureLength { expected, actual })
            );
            assert_eq!(
                PublicKey::<C>::from_le_xy(&bytes),
                Err(Error::PointLength { expected, actual })
            );
        }
    }
    check::<CryptoProA>();
    check::<Tc26A256>();
    check::<Tc26A512>();
}

#[test]
fn r_and_s_must_lie_strictly_between_zero_and_q() {
    fn check<C: Printed>() {
        let secret = key::<C>(9);
        let digest = vec![1; C::BYTES];
        let good = sign_prehashed(&secret, &digest, &[0; 32]).expect("signs");
        for number in [vec![0; C::BYTES], order::<C>(), vec![0xFF; C::BYTES]] {
            for half in [0..C::BYTES, C::BYTES..2 * C::BYTES] {
                let mut bad = good.clone();
                bad[half].copy_from_slice(&number);
                assert_eq!(
                    verdict(secret.public_key(), &digest, &bad),
                    Err(Error::SignatureRange)
                );
            }
        }
    }
    check::<CryptoProA>();
    check::<Tc26A256>();
    check::<Tc26A512>();
}

#[test]
fn scalars_and_nonces_must_lie_strictly_between_zero_and_q() {
    fn check<C: Printed>() {
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
    check::<Tc26A256>();
    check::<Tc26A512>();
}

#[test]
fn points_off_the_curve_and_coordinates_of_p_and_above_are_refused() {
    fn check<C: Printed>() {
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
    check::<Tc26A256>();
    check::<Tc26A512>();
}

#[test]
fn a_signature_of_another_key_does_not_verify() {
    fn check<C: Printed>() {
        let digest = vec![1; C::BYTES];
        let signature = sign_prehashed(&key::<C>(9), &digest, &[0; 32]).expect("signs");
        let other = key::<C>(10);
        let result = verdict(other.public_key(), &digest, &signature);
        assert_eq!(result, Err(Error::Mismatch));
    }
    check::<CryptoProA>();
    check::<Tc26A256>();
    check::<Tc26A512>();
}

#[test]
fn points_outside_the_subgroup_are_refused() {
    let little_endian = |x: &str, y: &str| {
        let mut bytes = hex::decode(y).expect("hex");
        bytes.extend(hex::decode(x).expect("hex"));
        bytes.reverse();
        bytes
    };
    // T = (x, 0), the point of order 2, and P + T, which has order 2q.
    let t = little_endian(
        "0100FE73F595FF158E974B44D478D9588744FE5C192AC47EA63075DCE7A14AAA",
        "0000000000000000000000000000000000000000000000000000000000000000",
    );
    let p_plus_t = little_endian(
        "18476B1AF2E5CECDC380E4C91D2A3A5C2B6C0788066615E2B4E9A63246463E96",
        "4CFA952E3B48A1409977E07FABA396136986D7E8EDC05C336154375BE5070030",
    );
    for point in [t, p_plus_t] {
        let refused = PublicKey::<Tc26A256>::from_le_xy(&point);
        assert_eq!(refused, Err(Error::NotInSubgroup));
    }
}

#[test]
fn each_signature_of_a_batch_has_its_own_verdict() {
    fn check<C: Printed>() {
        assert_eq!(verify_batch::<C>(&[]), []);
        let digest = vec![1; C::BYTES];
        let keys: Vec<_> = (1..=19).map(key::<C>).collect();
        let mut signatures: Vec<_> = keys
            .iter()
            .map(|key| sign_prehashed(key, &digest, &[0; 32]).expect("signs"))
            .collect();
        let mut expected = vec![Ok(()); keys.len()];
        let n = C::BYTES;
        signatures[0][0] ^= 1;
        expected[0] = Err(Error::Mismatch);
        signatures[9].pop();
        expected[9] = Err(Error::SignatureLength {
            expected: 2 * n,
            actual: 2 * n - 1,
        });
        signatures[10][n..].fill(0);
        expected[10] = Err(Error::SignatureRange);
        signatures[18][2 * n - 2] ^= 1;
        expected[18] = Err(Error::Mismatch);
        let checks: Vec<_> = keys
            .iter()
            .zip(&signatures)
            .map(|(key, signature)| Check {
                public: key.public_key(),
                digest: &digest,
                signature,
            })
            .collect();
        assert_eq!(verify_batch(&checks), expected);
        // Also when the last group is smaller than the lanes, or smaller than is worth them.
        assert_eq!(verify_batch(&checks[..13]), expected[..13]);
        assert_eq!(verify_batch(&checks[8..10]), expected[8..10]);
    }
    check::<CryptoProA>();
    check::<Tc26A256>();
    check::<Tc26A512>();
}

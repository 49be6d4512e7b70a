//! Signatures, judged by `tamga_scheme::verify` and by the openssl program.

use cryptoki::context::Function;
use cryptoki::error::RvError;
use cryptoki::mechanism::vendor_defined::VendorDefinedMechanism;
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::session::UserType;
use cryptoki_sys::CK_MECHANISM_TYPE;
use tamga_scheme::{
    DigestAlgorithm, SignatureScheme, SignatureValue, VerifyError, verify, verify_digest,
};

use crate::interface::Raw;
use crate::support::{Bench, Keys, PIN, private_keys, refused, token};

const MESSAGE: &[u8] = b"Tamga signs this";

const GOST_512: CK_MECHANISM_TYPE = 0xD432_1006;
const GOST_512_STREEBOG: CK_MECHANISM_TYPE = 0xD432_1009;
const GOST_256: CK_MECHANISM_TYPE = 0x1201;
const GOST_256_GOST3411: CK_MECHANISM_TYPE = 0x1202;
const GOST_256_STREEBOG: CK_MECHANISM_TYPE = 0xD432_1008;

fn vendor(number: CK_MECHANISM_TYPE) -> Mechanism<'static> {
    let kind = MechanismType::new_vendor_defined(number).unwrap();
    Mechanism::VendorDefined(VendorDefinedMechanism::new::<()>(kind, None))
}

/// Signs with the first key of a script's first token.
fn sign(script: &str, mechanism: &Mechanism<'_>, data: &[u8]) -> SignatureValue {
    let bench = Bench::playing(script);
    let session = bench.logged_in();
    let key = private_keys(&session)[0];
    SignatureValue::new(session.sign(mechanism, key, data).unwrap())
}

/// What openssl says of an RSA signature over `MESSAGE`.
fn openssl_accepts(holder: &str, digest: &str, signature: &SignatureValue) -> bool {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let spki = Keys::get().public_key(holder).spki_der();
    std::fs::write(path("key"), spki).unwrap();
    std::fs::write(path("signature"), signature.as_bytes()).unwrap();
    std::fs::write(path("message"), MESSAGE).unwrap();
    let output = std::process::Command::new("openssl")
        .args(["dgst", digest, "-keyform", "DER", "-verify"])
        .arg(path("key"))
        .arg("-signature")
        .args([path("signature"), path("message")])
        .output()
        .expect("the tests need the openssl program");
    output.status.success()
}

fn digest_info(digest: DigestAlgorithm, message: &[u8]) -> Vec<u8> {
    let prefix = match digest {
        DigestAlgorithm::Sha1 => hex::decode("3021300906052b0e03021a05000414").unwrap(),
        _ => hex::decode("3031300d060960864801650304020105000420").unwrap(),
    };
    [prefix, digest.digest(message)].concat()
}

#[test]
fn rsa_signs_messages_and_digest_infos_from_both_kinds_of_files() {
    let keys = Keys::get();
    let holder = "rsa_individual";
    for key in [keys.in_file(holder), keys.bare(holder)] {
        let script = token("1") + &key;
        let hashed = sign(&script, &Mechanism::Sha256RsaPkcs, MESSAGE);
        let block = digest_info(DigestAlgorithm::Sha256, MESSAGE);
        let raw = sign(&script, &Mechanism::RsaPkcs, &block);
        assert_eq!(hashed, raw);
        let scheme = SignatureScheme::RsaSha256;
        assert!(verify(keys.public_key(holder), scheme, MESSAGE, &raw).is_ok());
        assert!(openssl_accepts(holder, "-sha256", &raw));
        assert!(!openssl_accepts(holder, "-sha1", &raw));
    }
}

#[test]
fn rsa_with_sha1_is_what_openssl_takes_for_it() {
    let holder = "rsa_individual";
    let script = token("1") + &Keys::get().bare(holder);
    let hashed = sign(&script, &Mechanism::Sha1RsaPkcs, MESSAGE);
    let block = digest_info(DigestAlgorithm::Sha1, MESSAGE);
    assert_eq!(hashed, sign(&script, &Mechanism::RsaPkcs, &block));
    assert!(openssl_accepts(holder, "-sha1", &hashed));
    assert!(!openssl_accepts(holder, "-sha256", &hashed));
}

#[test]
fn a_block_too_long_for_the_modulus_is_refused() {
    let bench = Bench::playing(&(token("1") + &Keys::get().bare("rsa_individual")));
    let session = bench.logged_in();
    let key = private_keys(&session)[0];
    let sign = |length: usize| session.sign(&Mechanism::RsaPkcs, key, &vec![1; length]);
    assert_eq!(sign(256 - 11).unwrap().len(), 256);
    refused(sign(256 - 10), RvError::DataLenRange, Function::Sign);
}

#[test]
fn a_key_file_signs_no_block_but_that_of_its_scheme() {
    let bench = Bench::playing(&(token("1") + &Keys::get().in_file("rsa_individual")));
    let session = bench.logged_in();
    let key = private_keys(&session)[0];
    let block = digest_info(DigestAlgorithm::Sha1, MESSAGE);
    let signed = session.sign(&Mechanism::RsaPkcs, key, &block);
    refused(signed, RvError::DataInvalid, Function::Sign);
}

#[test]
fn gost_2015_signs_messages_and_digests_from_both_kinds_of_files() {
    let keys = Keys::get();
    let holder = "gost2015_individual";
    let (public, scheme) = (keys.public_key(holder), SignatureScheme::Gost2015With512);
    for key in [keys.in_file(holder), keys.bare(holder)] {
        let script = token("1") + &key;
        let hashed = sign(&script, &vendor(GOST_512_STREEBOG), MESSAGE);
        assert!(verify(public, scheme, MESSAGE, &hashed).is_ok());
        let digest = scheme.digest().digest(MESSAGE);
        let from_digest = sign(&script, &vendor(GOST_512), &digest);
        assert!(verify(public, scheme, MESSAGE, &from_digest).is_ok());
        let other = verify(public, scheme, b"another message", &from_digest);
        assert_eq!(other, Err(VerifyError::Mismatch));
    }
}

#[test]
fn gost_2004_signs_by_the_standard_numbers() {
    let keys = Keys::get();
    let holder = "gost2004_individual";
    let (public, scheme) = (keys.public_key(holder), SignatureScheme::Gost2004);
    for key in [keys.in_file(holder), keys.bare(holder)] {
        let _bench = Bench::written(&(token("1") + &key));
        let raw = Raw::initialized();
        let digest = scheme.digest().digest(MESSAGE);
        let from_digest = raw.sign(GOST_256, &digest).unwrap();
        assert!(verify(public, scheme, MESSAGE, &SignatureValue::new(from_digest)).is_ok());
        let hashed = raw.sign(GOST_256_GOST3411, MESSAGE).unwrap();
        assert!(verify(public, scheme, MESSAGE, &SignatureValue::new(hashed)).is_ok());
        let streebog = raw.sign(GOST_256_STREEBOG, MESSAGE).unwrap();
        let digest = DigestAlgorithm::Streebog256.digest(MESSAGE);
        let value = SignatureValue::new(streebog);
        assert!(verify_digest(public, scheme, &digest, &value).is_ok());
    }
}

#[test]
fn a_layout_is_the_national_value_with_its_halves_and_bytes_turned() {
    let keys = Keys::get();
    let holder = "gost2015_individual";
    let (public, scheme) = (keys.public_key(holder), SignatureScheme::Gost2015With512);
    let turned = |halves: bool, bytes: bool, value: SignatureValue| {
        let (first, second) = value.as_bytes().split_at(64);
        let mut parts = [first.to_vec(), second.to_vec()];
        if halves {
            parts.reverse();
        }
        if bytes {
            parts.iter_mut().for_each(|part| part.reverse());
        }
        SignatureValue::new(parts.concat())
    };
    for (layout, halves, bytes) in [
        ("nca", false, false),
        ("gost-be", true, true),
        ("r-s-be", false, true),
        ("s-r-le", true, false),
    ] {
        let script = token("1") + &keys.bare(holder) + &format!("layout = '{layout}'\n");
        let value = sign(&script, &vendor(GOST_512_STREEBOG), MESSAGE);
        let as_is = verify(public, scheme, MESSAGE, &value);
        assert_eq!(as_is.is_ok(), layout == "nca", "{layout}");
        let value = turned(halves, bytes, value);
        assert!(verify(public, scheme, MESSAGE, &value).is_ok(), "{layout}");
    }
}

#[test]
fn a_digest_can_be_read_backwards_and_a_message_is_not() {
    let keys = Keys::get();
    let holder = "gost2015_individual";
    let (public, scheme) = (keys.public_key(holder), SignatureScheme::Gost2015With512);
    let script = token("1") + &keys.bare(holder) + "digest_order = 'reversed'\n";
    let mut digest = scheme.digest().digest(MESSAGE);
    let value = sign(&script, &vendor(GOST_512), &digest);
    assert_eq!(
        verify(public, scheme, MESSAGE, &value),
        Err(VerifyError::Mismatch)
    );
    digest.reverse();
    assert!(verify_digest(public, scheme, &digest, &value).is_ok());
    let value = sign(&script, &vendor(GOST_512_STREEBOG), MESSAGE);
    assert!(verify(public, scheme, MESSAGE, &value).is_ok());
}

#[test]
fn a_digest_of_another_length_is_refused() {
    let bench = Bench::playing(&(token("1") + &Keys::get().bare("gost2015_individual")));
    let session = bench.logged_in();
    let key = private_keys(&session)[0];
    let signed = session.sign(&vendor(GOST_512), key, &[0; 32]);
    refused(signed, RvError::DataLenRange, Function::Sign);
}

#[test]
fn parts_are_signed_as_one_message() {
    let keys = Keys::get();
    let holder = "gost2015_individual";
    let bench = Bench::playing(&(token("1") + &keys.bare(holder)));
    let session = bench.logged_in();
    let key = private_keys(&session)[0];
    session.sign_init(&vendor(GOST_512_STREEBOG), key).unwrap();
    for part in MESSAGE.chunks(5) {
        session.sign_update(part).unwrap();
    }
    let value = SignatureValue::new(session.sign_final().unwrap());
    let scheme = SignatureScheme::Gost2015With512;
    assert!(verify(keys.public_key(holder), scheme, MESSAGE, &value).is_ok());
    // The operation has ended with the signature, not with the question for its length.
    refused(
        session.sign_update(MESSAGE),
        RvError::OperationNotInitialized,
        Function::SignUpdate,
    );
}

#[test]
fn a_token_offers_what_its_keys_are_allowed_and_nothing_else() {
    let keys = Keys::get();
    let first = keys.bare("gost2015_individual") + "mechanisms = ['gost-512']\n";
    let second = keys.bare("rsa_individual") + "mechanisms = ['rsa-sha256', 'rsa']\n";
    let bench = Bench::written(&(token("1") + &first + &second));
    let raw = Raw::initialized();
    assert_eq!(raw.mechanisms(), [0x1, 0x40, GOST_512]);
    drop(raw);
    drop(bench);

    let bench = Bench::playing(&(token("1") + &first + &second));
    let session = bench.logged_in();
    let [gost, rsa] = private_keys(&session)[..] else {
        panic!("two keys")
    };
    let sign = |mechanism, key| session.sign(&mechanism, key, MESSAGE);
    let by = Function::SignInit;
    refused(
        sign(vendor(GOST_512_STREEBOG), gost),
        RvError::MechanismInvalid,
        by,
    );
    refused(
        sign(Mechanism::Sha1RsaPkcs, rsa),
        RvError::MechanismInvalid,
        by,
    );
    refused(
        sign(Mechanism::RsaPkcs, gost),
        RvError::KeyTypeInconsistent,
        by,
    );
    assert_eq!(sign(Mechanism::RsaPkcs, rsa).unwrap().len(), 256);

    let info = |kind| bench.library().get_mechanism_info(bench.slot(), kind);
    let gost = info(MechanismType::new_vendor_defined(GOST_512).unwrap());
    assert!(gost.unwrap().sign());
    refused(
        info(MechanismType::SHA1_RSA_PKCS),
        RvError::MechanismInvalid,
        Function::GetMechanismInfo,
    );
}

#[test]
fn keys_sign_after_login_only() {
    let bench = Bench::playing(&(token("1") + &Keys::get().bare("rsa_individual")));
    let session = bench.logged_in();
    let key = private_keys(&session)[0];
    session.logout().unwrap();
    refused(
        session.sign(&Mechanism::RsaPkcs, key, MESSAGE),
        RvError::UserNotLoggedIn,
        Function::SignInit,
    );
}

#[test]
fn a_key_that_wants_the_pin_each_time_signs_once_for_each() {
    let script = token("1") + &Keys::get().bare("rsa_individual") + "always_authenticate = true\n";
    let bench = Bench::playing(&script);
    let session = bench.logged_in();
    let key = private_keys(&session)[0];
    let again = |pin: &str| session.login(UserType::ContextSpecific, Some(&pin.into()));
    let part = || session.sign_update(MESSAGE);

    // Without an operation there is nothing to give the PIN for.
    refused(
        again(PIN),
        RvError::OperationNotInitialized,
        Function::Login,
    );
    session.sign_init(&Mechanism::Sha256RsaPkcs, key).unwrap();
    refused(part(), RvError::UserNotLoggedIn, Function::SignUpdate);
    refused(
        part(),
        RvError::OperationNotInitialized,
        Function::SignUpdate,
    );

    session.sign_init(&Mechanism::Sha256RsaPkcs, key).unwrap();
    refused(again("000000"), RvError::PinIncorrect, Function::Login);
    again(PIN).unwrap();
    part().unwrap();
    let value = SignatureValue::new(session.sign_final().unwrap());
    assert!(openssl_accepts("rsa_individual", "-sha256", &value));

    // The PIN of the signature before does not serve for this one.
    refused(
        session.sign(&Mechanism::Sha256RsaPkcs, key, MESSAGE),
        RvError::UserNotLoggedIn,
        Function::Sign,
    );
}

#[test]
fn one_session_makes_one_signature_at_a_time_and_two_make_two() {
    let bench = Bench::playing(&(token("1") + &Keys::get().bare("rsa_individual")));
    let (first, second) = (bench.logged_in(), bench.session());
    let key = private_keys(&first)[0];
    let init =
        |session: &cryptoki::session::Session| session.sign_init(&Mechanism::Sha256RsaPkcs, key);
    init(&first).unwrap();
    refused(init(&first), RvError::OperationActive, Function::SignInit);
    init(&second).unwrap();
    for session in [&first, &second] {
        session.sign_update(MESSAGE).unwrap();
        assert_eq!(session.sign_final().unwrap().len(), 256);
    }
}

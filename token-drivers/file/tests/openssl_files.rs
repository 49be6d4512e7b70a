//! Key files made by another implementation, `tests/data/make.sh`: every protection we read, and those we refuse.

mod setup;

use setup::{PASSWORD, WRONG, data, entries, keystore, password};
use tamga_scheme::{AskNobody, ToSign, verify};
use tamga_token_api::{KeyEntry, Keystore, TokenError, Unlock, UnlockError};

const MATCHING: [&str; 10] = [
    "default",
    "legacy",
    "aes_128_192_sha512",
    "rc2_128_two_key_3des_sha384",
    "pbes2_3des_sha1",
    "no_mac",
    "not_encrypted",
    "no_name",
    "chain",
    "elliptic",
];

#[track_caller]
fn only_entry(name: &str) -> KeyEntry {
    let entries = entries(&data(name), PASSWORD).expect(name);
    let [entry] = <[KeyEntry; 1]>::try_from(entries).expect("one entry");
    entry
}

fn common_names(certificates: &[tamga_x509::Certificate]) -> Vec<&str> {
    certificates
        .iter()
        .filter_map(|one| one.subject().common_name())
        .collect()
}

#[test]
fn every_known_protection_opens_to_the_same_key() {
    let expected = only_entry("default");
    assert_eq!(expected.alias, "person");
    assert_eq!(expected.certificate.subject().common_name(), Some("person"));
    assert_eq!(expected.chain, []);
    for name in [
        "legacy",
        "aes_128_192_sha512",
        "rc2_128_two_key_3des_sha384",
        "pbes2_3des_sha1",
        "no_mac",
        "not_encrypted",
        "bare",
    ] {
        assert_eq!(only_entry(name), expected, "{name}");
    }
}

#[test]
fn wrong_passwords_are_told_apart_with_and_without_integrity_check() {
    for name in MATCHING {
        for text in ["Құпия1aa", "", "?", PASSWORD.trim_end_matches('a')] {
            assert_eq!(entries(&data(name), text), Err(WRONG), "{name} {text}");
        }
    }
}

#[test]
fn without_integrity_check_a_wrong_password_is_never_called_damage() {
    // About one in 256 wrong passwords leaves a fitting padding.
    let file = data("no_mac");
    for number in 0..600 {
        assert_eq!(entries(&file, &number.to_string()), Err(WRONG));
    }
}

#[test]
fn the_chain_goes_from_the_nearest_issuer_up_and_leaves_others_out() {
    let entry = only_entry("chain");
    assert_eq!(entry.certificate.subject().common_name(), Some("person"));
    assert_eq!(common_names(&entry.chain), ["authority", "root"]);
}

#[test]
fn a_key_without_a_name_is_called_by_its_local_key_id() {
    use sha1::{Digest, Sha1};
    let entry = only_entry("no_name");
    // OpenSSL's localKeyId is the certificate's fingerprint.
    assert_eq!(
        entry.alias,
        hex::encode(Sha1::digest(entry.certificate.der()))
    );
}

#[test]
fn a_certificate_of_another_key_is_a_mismatch() {
    use setup::plain_pkcs12::{certificate_bag, file_of, key_bag};
    use setup::test_ca::holder;
    let (own, other) = (holder("gost2015_individual"), holder("gost2015_head"));
    let key = key_bag(&own.key.to_pkcs8_der());
    let file = |certificates: &[u8]| file_of(&[&key, certificates].concat(), &[]);
    let bag = |holder: &tamga_test_pki::Holder| certificate_bag(holder.certificate.der());
    let mismatch = UnlockError::Token(TokenError::Mismatch);
    assert_eq!(entries(&file(&bag(other)), ""), Err(mismatch));
    let both = [bag(other), bag(own)].concat();
    let found = entries(&file(&both), "").expect("one key");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].certificate, own.certificate);
}

#[test]
fn the_newest_integrity_check_is_refused_by_name() {
    use setup::plain_pkcs12::{file_of, tlv};
    // RFC 9579: DigestInfo whose algorithm is 1.2.840.113549.1.5.14 with parameters of its own.
    let pbmac1 = [0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 14];
    let algorithm = tlv(0x30, &[&pbmac1, &tlv(0x30, &[])]);
    let mac = tlv(0x30, &[&algorithm, &tlv(0x04, &[&[0; 32]])]);
    let mac_data = tlv(0x30, &[&mac, &tlv(0x04, &[b"NOT USED"]), &[0x02, 1, 1]]);
    let why = TokenError::Unsupported("integrity check PBMAC1".into());
    assert_eq!(keystore(&file_of(&[], &mac_data)).err(), Some(why));
}

#[test]
fn files_of_no_use_say_why() {
    let unsupported = |what: &str| TokenError::Unsupported(what.into());
    for (name, why) in [
        ("no_key", TokenError::Empty),
        ("no_certificate", TokenError::CertificateMissing),
        ("elliptic", unsupported("key algorithm 1.2.840.10045.2.1")),
        ("rc4", unsupported("encryption 1.2.840.113549.1.12.1.1")),
    ] {
        assert_eq!(
            entries(&data(name), PASSWORD),
            Err(UnlockError::Token(why)),
            "{name}"
        );
    }
}

#[test]
fn signers_belong_to_entries_of_the_file() {
    let mut file = keystore(&data("default")).unwrap();
    let secret = password(PASSWORD);
    let unlocked = file.unlock(Unlock::Password(&secret)).unwrap();
    let entry = unlocked.entries()[0].clone();
    let signer = unlocked.signer(&entry).unwrap();
    let value = signer
        .sign(ToSign::Bytes(b"signed"), &mut AskNobody)
        .unwrap();
    verify(
        entry.certificate.public_key().unwrap(),
        signer.scheme(),
        b"signed",
        &value,
    )
    .unwrap();

    let renamed = KeyEntry {
        alias: "somebody".into(),
        ..entry.clone()
    };
    assert_eq!(
        unlocked.signer(&renamed).err(),
        Some(TokenError::NoSuchEntry)
    );
    let foreign = only_entry("other");
    assert_eq!(
        unlocked.signer(&foreign).err(),
        Some(TokenError::NoSuchEntry)
    );
}

#[test]
fn a_keystore_opens_again_after_a_wrong_password_and_after_closing() {
    let mut file = keystore(&data("default")).unwrap();
    assert_eq!(
        file.unlock(Unlock::Password(&password("no"))).err(),
        Some(WRONG)
    );
    assert!(file.unlock(Unlock::Password(&password(PASSWORD))).is_ok());
    assert!(file.unlock(Unlock::Password(&password(PASSWORD))).is_ok());
}

#[test]
fn a_file_has_no_keypad() {
    let mut file = keystore(&data("default")).unwrap();
    let why = TokenError::Unsupported("a key file has no keypad".into());
    assert_eq!(
        file.unlock(Unlock::PinPad).err(),
        Some(UnlockError::Token(why))
    );
}

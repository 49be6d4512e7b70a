//! JKS files of our own making: national keys, damage, and what is refused.
#![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod setup;

use setup::jks_writer::{JksWriter, SUN, encrypted_private_key_info, seal_again};
use setup::test_ca::{holder, pki};
use setup::{WRONG, entries, keystore, password, sign_with_all, unsupported};
use tamga_token_api::{Contents, Keystore, TokenError, Unlock, UnlockError};

/// With Kazakh letters and a character of two UTF-16 units.
const SECRET: &str = "Құпия1Aa😀";

const GOST: &str = "gost2015_individual";

/// A file with one key of the test CA and its chain of two certificates.
fn file_of(version: u32, id: &str) -> Vec<u8> {
    let holder = holder(id);
    let issuing = &pki().gost[1].certificate;
    JksWriter::new(version)
        .key(
            "Қайрат",
            &holder.key.to_pkcs8_der(),
            SECRET,
            &[holder.certificate.der(), issuing.der()],
        )
        .seal(SECRET)
}

#[track_caller]
fn check(file: &[u8], expected: UnlockError) {
    assert_eq!(entries(file, SECRET), Err(expected));
}

#[test]
fn national_keys_open_and_sign_in_both_versions() {
    for version in [1, 2] {
        for id in [GOST, "gost2004_individual"] {
            let file = file_of(version, id);
            assert_eq!(keystore(&file).unwrap().contents(), Contents::Sealed);
            let [entry] = &entries(&file, SECRET).unwrap()[..] else {
                panic!("one entry")
            };
            assert_eq!(entry.alias, "Қайрат");
            assert_eq!(entry.certificate, holder(id).certificate);
            assert_eq!(entry.chain, [pki().gost[1].certificate.clone()]);
            assert_eq!(sign_with_all(&file, SECRET), 1);
            for wrong in ["", "Құпия1Aa", "құпия1Aa😀"] {
                assert_eq!(entries(&file, wrong), Err(WRONG), "{wrong}");
            }
        }
    }
}

#[test]
fn the_empty_password_is_a_password() {
    let holder = holder(GOST);
    let file = JksWriter::new(2)
        .key(
            "a",
            &holder.key.to_pkcs8_der(),
            "",
            &[holder.certificate.der()],
        )
        .seal("");
    assert_eq!(sign_with_all(&file, ""), 1);
    assert_eq!(entries(&file, "\0"), Err(WRONG));
}

#[test]
fn each_of_several_keys_keeps_its_own_certificate() {
    // One key twice, under the certificate of its first and of its second year.
    let first = holder(GOST);
    let issuing = &pki().gost[1];
    let issuer = tamga_test_pki::Issuer {
        name: &issuing.name,
        key: &issuing.key,
    };
    let profile = tamga_test_pki::Profile {
        subject: vec![("2.5.4.3", "renewed".to_owned())],
        key_usage: 0xc0,
        extended_key_usage: Vec::new(),
        authority: false,
    };
    let renewed = tamga_test_pki::issue(
        &profile,
        first.certificate.validity(),
        first.key.public_key(),
        &issuer,
        &setup::System,
    )
    .unwrap();
    let other = holder("gost2004_individual");
    let pkcs8 = first.key.to_pkcs8_der();
    let file = JksWriter::new(2)
        .key("old", &pkcs8, SECRET, &[first.certificate.der()])
        .key("new", &pkcs8, SECRET, &[renewed.der()])
        .key(
            "",
            &other.key.to_pkcs8_der(),
            SECRET,
            &[other.certificate.der()],
        )
        .seal(SECRET);
    let found: Vec<_> = entries(&file, SECRET)
        .unwrap()
        .into_iter()
        .map(|entry| (entry.alias, entry.certificate))
        .collect();
    let expected = [
        ("old".to_owned(), first.certificate.clone()),
        ("new".to_owned(), renewed),
        ("3".to_owned(), other.certificate.clone()),
    ];
    assert_eq!(found, expected);
}

#[test]
fn trusted_certificates_are_no_keys_but_complete_chains() {
    let holder = holder(GOST);
    let [root, issuing] = &pki().gost;
    let with_trusted = |writer: JksWriter| {
        writer
            .trusted("root", "X.509", root.certificate.der())
            .trusted("issuing", "X.509", issuing.certificate.der())
            .trusted("own", "X.509", holder.certificate.der())
    };
    let pkcs8 = holder.key.to_pkcs8_der();
    let own: &[&[u8]] = &[holder.certificate.der()];

    let file = with_trusted(JksWriter::new(2)).key("a", &pkcs8, SECRET, own);
    let entry = entries(&file.seal(SECRET), SECRET).unwrap().remove(0);
    assert_eq!(
        entry.chain,
        [issuing.certificate.clone(), root.certificate.clone()]
    );
    check(
        &with_trusted(JksWriter::new(2)).seal(SECRET),
        TokenError::Empty.into(),
    );
    check(&JksWriter::new(2).seal(SECRET), TokenError::Empty.into());
    let alone = with_trusted(JksWriter::new(2)).key("a", &pkcs8, SECRET, &[]);
    check(&alone.seal(SECRET), TokenError::CertificateMissing.into());
    let foreign = pki().holder("rsa_individual").unwrap().certificate.der();
    let mismatched = JksWriter::new(2).key("a", &pkcs8, SECRET, &[foreign]);
    check(&mismatched.seal(SECRET), TokenError::Mismatch.into());
}

#[test]
fn a_key_with_a_password_of_its_own_is_left_out_and_named_only_if_it_is_the_last() {
    let holder = holder(GOST);
    let pkcs8 = holder.key.to_pkcs8_der();
    let chain: &[&[u8]] = &[holder.certificate.der()];
    let own = |writer: JksWriter| writer.key("own", &pkcs8, "another", chain);
    let why = unsupported("a key whose password is not that of the file");
    check(&own(JksWriter::new(2)).seal(SECRET), why);
    let file = own(JksWriter::new(2))
        .key("a", &pkcs8, SECRET, chain)
        .seal(SECRET);
    let found = entries(&file, SECRET).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].alias, "a");
}

#[test]
fn keys_we_cannot_use_are_named() {
    let certificate = holder(GOST).certificate.der();
    // Elliptic curve of another country: id-ecPublicKey, P-256.
    let elliptic = hex::decode(concat!(
        "3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420",
        "0101010101010101010101010101010101010101010101010101010101010101"
    ))
    .unwrap();
    let file = JksWriter::new(2).key("a", &elliptic, SECRET, &[certificate]);
    check(
        &file.seal(SECRET),
        unsupported("key algorithm 1.2.840.10045.2.1"),
    );
    // The algorithm JCEKS has for keys: one arc further.
    let mut algorithm = SUN.to_vec();
    *algorithm.iter_mut().rev().nth(2).unwrap() = 0x02;
    let foreign = encrypted_private_key_info(&algorithm, &[0; 60]);
    let file = JksWriter::new(2).protected_key("a", &foreign, &[certificate]);
    let why = unsupported("key protection 1.3.6.1.4.1.42.2.17.1.2");
    check(&file.seal(SECRET), why);
    let file = JksWriter::new(2).key("a", b"no PKCS#8", SECRET, &[certificate]);
    let why = TokenError::Damaged("private key of the entry at byte 12".into());
    check(&file.seal(SECRET), why.into());
}

#[test]
fn every_prefix_is_damaged_at_a_position_before_any_password() {
    for (version, id) in [(1, GOST), (2, GOST), (2, "rsa_individual")] {
        let file = file_of(version, id);
        for end in 0..file.len() {
            match keystore(&file[..end]).err() {
                Some(TokenError::Damaged(what)) if what.contains(" at byte ") => {}
                other => panic!("{end}: {other:?}"),
            }
        }
        let longer = [&file[..], b"\n"].concat();
        let trailing = TokenError::Damaged(format!("trailing bytes at byte {}", file.len()));
        assert_eq!(keystore(&longer).err(), Some(trailing));
    }
    let file = file_of(2, GOST);
    let cut = TokenError::Damaged(format!(
        "integrity digest cut off at byte {}",
        file.len() - 20
    ));
    assert_eq!(keystore(&file[..file.len() - 1]).err(), Some(cut));
}

#[test]
fn a_changed_byte_never_opens_a_file() {
    let file = file_of(2, GOST);
    let mut wrong = 0;
    for at in 0..file.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut tampered = file.clone();
            tampered[at] ^= flip;
            match entries(&tampered, SECRET) {
                // What keeps the structure, see the documentation of `jks`.
                Err(WRONG) => wrong += 1,
                Err(UnlockError::Token(TokenError::Damaged(_) | TokenError::Unsupported(_))) => {}
                other => panic!("byte {at} ^ {flip:#x}: {other:?}"),
            }
        }
    }
    // Structure is most of a certificate: the rest are keys, dates, names, signatures and digests.
    assert!(wrong > file.len(), "{wrong}");
}

#[test]
fn a_changed_byte_under_a_right_digest_never_opens_another_key() {
    let file = file_of(2, GOST);
    let own = holder(GOST).key.public_key();
    let mut opened = 0;
    for at in 0..file.len() - 20 {
        for flip in [0x01, 0x80, 0xff] {
            let mut tampered = file.clone();
            tampered[at] ^= flip;
            seal_again(&mut tampered, SECRET);
            let Ok(mut keystore) = keystore(&tampered) else {
                continue;
            };
            let secret = password(SECRET);
            match keystore.unlock(Unlock::Password(&secret)) {
                Ok(unlocked) => {
                    let [entry] = unlocked.entries() else {
                        panic!("byte {at}: one entry")
                    };
                    assert_eq!(unlocked.signer(entry).unwrap().public_key(), own);
                    opened += 1;
                }
                Err(UnlockError::Token(
                    TokenError::Damaged(_) | TokenError::Unsupported(_) | TokenError::Mismatch,
                )) => {}
                Err(other) => panic!("byte {at} ^ {flip:#x}: {other:?}"),
            }
        }
    }
    assert!(opened > 0, "dates and names may change");
}

/// Bytes of a file from `at` on replaced, under a right digest.
fn replaced(at: usize, bytes: &[u8]) -> Vec<u8> {
    let mut file = file_of(2, GOST);
    file[at..at + bytes.len()].copy_from_slice(bytes);
    seal_again(&mut file, SECRET);
    file
}

#[test]
fn damage_in_the_structure_is_named_with_its_position() {
    let damaged = |file: &[u8], what: &str| {
        assert_eq!(keystore(file).err(), Some(TokenError::Damaged(what.into())));
    };
    damaged(&replaced(8, &[0xff; 4]), "number of entries at byte 8");
    damaged(&replaced(8, &[0, 0, 0, 2]), &{
        let rest = file_of(2, GOST).len() - 20;
        // The digest is taken for an entry.
        let kind = &replaced(8, &[0, 0, 0, 2])[rest..rest + 4];
        let kind = u32::from_be_bytes(kind.try_into().unwrap());
        format!("kind of entry {kind} at byte {rest}")
    });
    damaged(&replaced(12, &[0, 0, 0, 3]), "kind of entry 3 at byte 12");
    damaged(&replaced(16, &[0xff, 0xff]), "alias cut off at byte 18");
    damaged(&replaced(18, &[0xff]), "alias at byte 18");
    let key_at = 18 + "Қайрат".len() + 8;
    damaged(
        &replaced(key_at + 4, &[0x31]),
        &format!("encrypted private key at byte {key_at}"),
    );
    damaged(
        &JksWriter::new(2).of_kind(3).seal(SECRET),
        "kind of entry 3 at byte 12",
    );

    let certificate = holder(GOST).certificate.der();
    // Salt and check without a key between them.
    let short = encrypted_private_key_info(SUN, &[0; 40]);
    let file = JksWriter::new(2).protected_key("a", &short, &[certificate]);
    damaged(&file.seal(SECRET), "encrypted private key at byte 27");
    let file = JksWriter::new(1).trusted("a", "X.509", b"no certificate");
    damaged(&file.seal(SECRET), "certificate at byte 27");
}

#[test]
fn what_exceeds_a_budget_is_refused_before_any_password() {
    let certificate = holder(GOST).certificate.der();
    let pkcs8 = holder(GOST).key.to_pkcs8_der();
    let refused = |file: JksWriter, why: &str| {
        let why = TokenError::Unsupported(why.into());
        assert_eq!(keystore(&file.seal(SECRET)).err(), Some(why));
    };
    let many = |count: usize| {
        (0..count).fold(JksWriter::new(2), |file, _| {
            file.trusted("a", "X.509", certificate)
        })
    };
    check(&many(256).seal(SECRET), TokenError::Empty.into());
    refused(many(257), "more than 256 keys and certificates");
    let chain =
        |count: usize| JksWriter::new(2).key("a", &pkcs8, SECRET, &vec![certificate; count]);
    assert_eq!(entries(&chain(32).seal(SECRET), SECRET).unwrap().len(), 1);
    refused(chain(33), "a chain of 33 certificates, at most 32 are read");
    let chains = (0..8).fold(JksWriter::new(2), |file, _| {
        file.key("a", &pkcs8, SECRET, &[certificate; 32])
    });
    refused(chains, "more than 256 keys and certificates");

    let named =
        |length: usize| JksWriter::new(2).trusted(&"a".repeat(length), "X.509", certificate);
    check(&named(1024).seal(SECRET), TokenError::Empty.into());
    refused(named(1025), "alias of 1025 bytes, at most 1024 are read");
    let large = JksWriter::new(2).trusted("a", "X.509", &[0; 65_537]);
    refused(large, "certificate of 65537 bytes, at most 65536 are read");
    let large = JksWriter::new(2).protected_key("a", &[0; 65_537], &[certificate]);
    refused(
        large,
        "encrypted private key of 65537 bytes, at most 65536 are read",
    );
    refused(JksWriter::new(3), "JKS version 3");
    refused(JksWriter::new(0), "JKS version 0");
    let pgp = JksWriter::new(2).trusted("a", "PGP", certificate);
    refused(pgp, "certificates of type \"PGP\"");
}

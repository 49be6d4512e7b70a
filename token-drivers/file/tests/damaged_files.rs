//! Damaged and hostile key files: typed errors, never a panic, never endless work.

mod setup;

use proptest::prelude::*;
use setup::{PASSWORD, WRONG, data, entries, keystore};
use tamga_token_api::{TokenError, UnlockError};

#[test]
fn every_prefix_is_damaged() {
    for name in ["default", "legacy", "bare"] {
        let file = data(name);
        for end in 0..file.len() {
            let error = keystore(&file[..end]).err();
            assert!(
                matches!(error, Some(TokenError::Damaged(_))),
                "{name} {end}: {error:?}"
            );
        }
        let longer = [&file[..], b"\n"].concat();
        let error = TokenError::Damaged(format!("trailing bytes at byte {}", file.len()));
        assert_eq!(keystore(&longer).err(), Some(error));
    }
}

#[test]
fn a_changed_byte_never_opens_a_file_with_integrity_check() {
    let file = data("default");
    let mut wrong_passwords = 0;
    for at in 0..file.len() {
        let mut tampered = file.clone();
        tampered[at] ^= 0x01;
        match entries(&tampered, PASSWORD) {
            Err(WRONG) => wrong_passwords += 1,
            Err(UnlockError::Token(TokenError::Damaged(_) | TokenError::Unsupported(_))) => {}
            other => panic!("byte {at}: {other:?}"),
        }
    }
    assert!(
        wrong_passwords > file.len() * 9 / 10,
        "{wrong_passwords} of {}",
        file.len()
    );
}

#[test]
fn a_changed_byte_in_an_unprotected_file_leads_to_typed_errors() {
    let file = data("bare");
    for at in 0..file.len() {
        for flip in [0x01, 0x20, 0x80] {
            let mut tampered = file.clone();
            tampered[at] ^= flip;
            match entries(&tampered, PASSWORD) {
                // Names, and what x509 does not look at: the signature of the certificate.
                Ok(entries) => assert_eq!(entries.len(), 1),
                Err(UnlockError::Token(
                    TokenError::Damaged(_)
                    | TokenError::Unsupported(_)
                    | TokenError::CertificateMissing
                    | TokenError::Mismatch
                    | TokenError::Empty,
                )) => {}
                other => panic!("byte {at} ^ {flip:#x}: {other:?}"),
            }
        }
    }
}

#[test]
fn too_many_iterations_are_refused_without_making_them() {
    let mut file = data("default");
    // The file ends with MacData, and MacData with `iterations`: 02 02 08 00.
    assert_eq!(file.split_off(file.len() - 4), [0x02, 0x02, 0x08, 0x00]);
    let mac_data = (0..file.len())
        .rev()
        .find(|at| file[*at] == 0x30 && file.get(at + 1) == Some(&((file.len() - at + 2) as u8)))
        .expect("MacData");
    file.extend([0x02, 0x04, 0x7f, 0xff, 0xff, 0xff]);
    file[mac_data + 1] += 2;
    let length = u16::from_be_bytes([file[2], file[3]]) + 2;
    file[2..4].copy_from_slice(&length.to_be_bytes());
    let why = "key derivation with more than 10000000 iterations";
    let refused = UnlockError::Token(TokenError::Unsupported(why.into()));
    assert_eq!(entries(&file, PASSWORD), Err(refused));
}

#[test]
fn other_files_are_not_key_files() {
    for other in [
        &b""[..],
        b"PK\x03\x04",
        b"-----BEGIN CERTIFICATE-----",
        b"\xfe\xed\xfe\xed\x00\x00\x00\x02",
        b"\x30\x00",
        b"\x30\x03\x02\x01\x03",
        &[0x30, 0x80].repeat(500_000),
    ] {
        assert!(matches!(
            keystore(other).err(),
            Some(TokenError::Damaged(_))
        ));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn garbage_is_damaged(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(matches!(keystore(&bytes).err(), Some(TokenError::Damaged(_))));
    }

    #[test]
    fn spliced_files_never_panic(
        from in any::<prop::sample::Index>(),
        length in 0..64_usize,
        to in any::<prop::sample::Index>(),
        cut in 0..64_usize,
    ) {
        let mut file = data("bare");
        let from = from.index(file.len());
        let piece = file[from..(from + length).min(file.len())].to_vec();
        let to = to.index(file.len());
        let end = (to + cut).min(file.len());
        file.splice(to..end, piece);
        let _ = entries(&file, PASSWORD);
    }
}

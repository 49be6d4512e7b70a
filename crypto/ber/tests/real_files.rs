//! Real files of the national PKI: DER stays as it is, BER becomes DER.

use std::path::PathBuf;

use tamga_ber::{join_octet_string_segments, to_der};
use tamga_test_support::{fixtures_dir, read};

fn files(folders: &[&str], extension: &str) -> Vec<PathBuf> {
    let Some(fixtures) = fixtures_dir() else {
        return Vec::new();
    };
    let of = |folder: &&str| std::fs::read_dir(fixtures.join(folder)).expect("a fixtures folder");
    let found: Vec<_> = folders
        .iter()
        .flat_map(of)
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|found| found == extension))
        .collect();
    assert!(!found.is_empty(), "no .{extension} in {folders:?}");
    found
}

#[test]
fn certificates_and_lists_stay_byte_for_byte() {
    for (folders, extension) in [
        (&["ca/test", "ca/prod", "certs"][..], "cer"),
        (&["crl"], "crl"),
    ] {
        for path in files(folders, extension) {
            let der = read(&path);
            assert_eq!(to_der(&der).as_ref(), Ok(&der), "{}", path.display());
        }
    }
}

/// The authenticated safe starts with an indefinite length, and its encrypted content is constructed.
#[test]
fn authenticated_safes_of_key_files_become_der() {
    for path in files(&["p12"], "p12") {
        if path.to_string_lossy().contains("neg_") {
            continue;
        }
        let der = to_der(&read(&path)).expect("BER");
        // OCTET STRING with a two-octet length that starts with SEQUENCE, indefinite.
        let at = der
            .windows(2)
            .position(|pair| pair == [0x30, 0x80])
            .expect("a safe");
        let length = usize::from(u16::from_be_bytes([der[at - 2], der[at - 1]]));
        let safe = to_der(&der[at..at + length]).expect("BER");
        assert_eq!(safe[0..2], [0x30, 0x82], "{}", path.display());
        assert_eq!(to_der(&safe).as_ref(), Ok(&safe));
        // pbeWithSHAAnd40BitRC2-CBC, 28 octets of parameters, then [0] with segments.
        let rc2 = [6, 10, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 12, 1, 6];
        let at = safe
            .windows(rc2.len())
            .position(|window| window == rc2)
            .expect("RC2")
            + 12
            + 28;
        assert_eq!(safe[at..at + 2], [0xa0, 0x82], "{}", path.display());
        let length = usize::from(u16::from_be_bytes([safe[at + 2], safe[at + 3]]));
        let content = &safe[at + 4..at + 4 + length];
        let joined = join_octet_string_segments(content).expect("segments");
        assert_eq!(joined.len() % 8, 0, "blocks of RC2");
    }
}

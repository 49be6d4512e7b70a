//! Every recorded container: what must hold holds, what must not does not.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests: a panic is a failed test"
)]

use tamga_cms::{CheckError, SignedData, SignerInfo};
use tamga_scheme::{DigestAlgorithm, SignatureScheme, VerifyError};
use tamga_test_support::{Manifest, fixtures_dir, read, read_json};
use tamga_zip::{Container, Limits, ObjectState, StrayBytes};

fn check(message: &SignedData, signer: &SignerInfo, manifest: &[u8]) -> Result<(), CheckError> {
    let bound = signer.check_content(manifest)?;
    let certificate = message
        .certificates()
        .iter()
        .find(|certificate| signer.matches(certificate))
        .expect("the certificate is embedded");
    signer.check_ess(certificate)?;
    signer.check_signature(certificate.public_key().unwrap(), &bound)?;
    Ok(())
}

#[test]
fn every_recorded_container_is_judged_as_the_manifest_says() {
    let Some(dir) = fixtures_dir() else {
        return;
    };
    let manifest: Manifest = read_json(dir.join("MANIFEST.json"));
    let entries: Vec<_> = manifest
        .entries
        .iter()
        .filter(|entry| entry.kind == "zip-container")
        .collect();
    assert_eq!(entries.len(), 3);
    for entry in entries {
        let container = Container::open(&read(dir.join(&entry.file)), &Limits::default()).unwrap();
        assert!(container.is_complete(), "{}", entry.file);
        assert_eq!(container.stray_bytes(), StrayBytes::default());
        assert!(container.objects().len() >= 4);
        for object in container.objects() {
            assert_eq!(object.state, ObjectState::Covered, "{}", object.uri);
            assert_eq!(object.algorithm, DigestAlgorithm::Gost34311);
        }
        let [signature] = container.signatures() else {
            panic!("{} signatures", container.signatures().len());
        };
        let message = signature.message.as_ref().unwrap();
        assert!(message.content().is_none());
        let outcomes: Vec<_> = message
            .signers()
            .iter()
            .map(|signer| check(message, signer, container.manifest()))
            .collect();
        match entry.expected.result.as_str() {
            "verifies" => assert_eq!(outcomes, [Ok(())], "{}", entry.file),
            // The second signer, added later by the native library, holds under no reading that was tried.
            "unknown" => {
                let schemes: Vec<_> = message.signers().iter().map(SignerInfo::scheme).collect();
                let [rsa, gost] = [SignatureScheme::RsaSha256, SignatureScheme::Gost2004]
                    .map(|scheme| schemes.iter().position(|one| *one == Ok(scheme)).unwrap());
                assert_eq!(outcomes[rsa], Ok(()));
                assert_eq!(
                    outcomes[gost],
                    Err(CheckError::Signature(VerifyError::Mismatch))
                );
            }
            other => panic!("{other}"),
        }
    }
}

#[test]
fn no_recorded_container_with_a_changed_file_is_complete() {
    let Some(dir) = fixtures_dir() else {
        return;
    };
    let original = read(dir.join("zip/sign.zip"));
    // Sampled, as every position costs a whole reading; none of these is a date or a version, which nothing covers.
    for at in (0..original.len()).step_by(1009) {
        let mut changed = original.clone();
        changed[at] ^= 1;
        let holds = Container::open(&changed, &Limits::default()).is_ok_and(|container| {
            container.is_complete()
                && container.signatures().iter().all(|signature| {
                    signature.message.as_ref().is_ok_and(|message| {
                        message
                            .signers()
                            .iter()
                            .all(|signer| check(message, signer, container.manifest()).is_ok())
                    })
                })
        });
        assert!(!holds, "{at}");
    }
}

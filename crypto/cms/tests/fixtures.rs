//! Every recorded CMS: what must hold holds, what must not does not.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests: a panic is a failed test"
)]

mod support;

use std::path::Path;

use serde_json::Value;
use tamga_cms::time_stamp::{TimeStampError, TimeStampRequest, TimeStampToken, TsaPolicy};
use tamga_cms::{
    CheckError, ContentDigests, Error, Limits, SignedData, SignedDataReader, SignerInfo,
};
use tamga_scheme::{DigestAlgorithm, ObjectIdentifier, SignatureScheme, VerifyError};
use tamga_test_support::{read, read_json};

/// Signature GOST R 34.10-2015, 256 bits.
const GOST_2015_256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.398.3.10.1.1.2.3.1");

/// Content, certificate, reference and signature of one signer.
fn check(message: &SignedData, signer: &SignerInfo, content: &[u8]) -> Result<(), String> {
    let bound = signer
        .check_content(content)
        .map_err(|error| format!("content: {error}"))?;
    let certificate = message
        .certificates()
        .iter()
        .find(|certificate| signer.matches(certificate))
        .ok_or("no certificate")?;
    signer
        .check_ess(certificate)
        .map_err(|error| format!("ess: {error}"))?;
    let key = certificate
        .public_key()
        .map_err(|error| format!("key: {error}"))?;
    signer
        .check_signature(key, &bound)
        .map_err(|error| format!("signature: {error}"))?;
    Ok(())
}

fn judge(entry: &Value, dir: &Path) -> Result<(), String> {
    let bytes = read(dir.join(entry["file"].as_str().unwrap()));
    let message =
        SignedData::parse(&bytes, &Limits::default()).map_err(|error| format!("form: {error}"))?;
    let given = entry["content_file"]
        .as_str()
        .map(|file| read(dir.join(file)));
    let content = message.content().or(given.as_deref()).ok_or("no content")?;
    if message.signers().is_empty() {
        return Err("no signers".into());
    }
    message
        .signers()
        .iter()
        .try_for_each(|signer| check(&message, signer, content))
}

#[test]
fn every_recorded_message_is_judged_as_the_manifest_says() {
    let Some(dir) = support::fixtures() else {
        return;
    };
    let manifest: Value = read_json(dir.join("MANIFEST.json"));
    let entries = manifest["entries"].as_array().unwrap();
    let entries: Vec<_> = entries
        .iter()
        .filter(|entry| entry["kind"] == "cms")
        .collect();
    assert!(entries.len() > 40, "the manifest lost its messages");
    let mut wrong = Vec::new();
    for entry in entries {
        let outcome = judge(entry, &dir);
        let file = entry["file"].as_str().unwrap();
        let expected = match file {
            // The signature holds; the time stamp, which does not, is not looked at here.
            "cms/neg_foreign_timestamp.cms" => true,
            // No real object of this scheme is known; it is judged once the table has a row for it.
            "cms/gen_gost2015-256_attached.cms" => {
                SignatureScheme::from_oid(GOST_2015_256).is_some()
            }
            _ => entry["expected"]["result"] == "verifies",
        };
        if outcome.is_ok() != expected {
            wrong.push(format!("{file}: {outcome:?}, {}", entry["expected"]["why"]));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Everything that can be read off a message, for comparison.
fn account(message: &SignedData) -> Vec<String> {
    let mut lines = vec![format!(
        "{:?} {} {} {:?}",
        message.content_type(),
        message.is_der(),
        message.trailing_bytes(),
        message.content_length()
    )];
    lines.extend(
        message
            .certificates()
            .iter()
            .map(|one| format!("{:02x?}", one.der())),
    );
    lines.extend(message.crls().iter().map(|one| format!("{:02x?}", &**one)));
    lines.extend(
        message
            .signers()
            .iter()
            .map(|one| format!("{:02x?}", one.der())),
    );
    lines
}

#[test]
fn a_message_in_pieces_is_read_as_in_one_piece() {
    let Some(dir) = support::fixtures() else {
        return;
    };
    let files = ["cms", "tsp"].iter().flat_map(|folder| {
        std::fs::read_dir(dir.join(folder))
            .unwrap()
            .map(|entry| entry.unwrap().path())
    });
    let files: Vec<_> = files
        .filter(|path| {
            path.extension()
                .is_some_and(|it| it == "cms" || it == "der")
        })
        .collect();
    assert!(files.len() > 40, "the folder lost its messages");
    for path in files {
        let bytes = read(&path);
        let whole = SignedData::parse(&bytes, &Limits::default());
        for size in [1, 7, 4096] {
            let case = format!("{} in pieces of {size}", path.display());
            let mut reader = SignedDataReader::new(&Limits::default());
            let mut content = Vec::new();
            let fed = bytes.chunks(size).try_for_each(|piece| {
                reader.feed_to(piece, &mut |octets| content.extend_from_slice(octets))
            });
            let read = fed.and_then(|()| reader.finish());
            let (whole, read) = match (&whole, read) {
                (Ok(whole), Ok(read)) => (whole, read),
                (Err(whole), Err(read)) => {
                    assert_eq!(*whole, read, "{case}");
                    continue;
                }
                (whole, read) => panic!("{case}: {whole:?}, {read:?}"),
            };
            assert_eq!(account(whole), account(&read.message), "{case}");
            assert_eq!(
                whole.content(),
                read.content.is_some().then_some(&*content),
                "{case}"
            );
            let Some(mut streamed) = read.content else {
                continue;
            };
            let mut held = ContentDigests::new(&content);
            for (one, other) in whole.signers().iter().zip(read.message.signers()) {
                assert_eq!(
                    one.check_digests(&mut held),
                    other.check_digests(&mut streamed),
                    "{case}"
                );
            }
        }
    }
}

#[test]
fn every_recorded_time_stamp_is_judged_as_the_manifest_says() {
    let Some(dir) = support::fixtures() else {
        return;
    };
    let manifest: Value = read_json(dir.join("MANIFEST.json"));
    let entries = manifest["entries"].as_array().unwrap();
    let mut judged = 0;
    for entry in entries.iter().filter(|entry| entry["kind"] == "tsp-token") {
        let file = entry["file"].as_str().unwrap();
        let token = TimeStampToken::parse(&read(dir.join(file)), &Limits::default()).unwrap();
        let data = dir.join(format!("{file}.data"));
        let bound = if data.exists() {
            token.check_imprint(&read(data)).unwrap()
        } else {
            // What was stamped is not recorded: the token's own imprint stands for it.
            let info = token.info();
            let algorithm = DigestAlgorithm::from_oid(info.imprint_algorithm).unwrap();
            let nonce = info.nonce.as_deref().unwrap_or_default();
            let asked = TimeStampRequest::for_digest(algorithm, info.imprint.to_vec(), nonce);
            token.check(&asked).unwrap()
        };
        let verified = token.check_signature(&bound, &[]);
        assert_eq!(
            verified.is_ok(),
            entry["expected"]["result"] == "verifies",
            "{file}"
        );
        if let Err(error) = verified {
            assert_eq!(
                error,
                TimeStampError::Signature(CheckError::MessageDigest),
                "{file}"
            );
        }
        judged += 1;
    }
    assert_eq!(judged, 3);
}

#[test]
fn time_stamps_of_recorded_signatures_hold_or_are_of_another() {
    let Some(dir) = support::fixtures() else {
        return;
    };
    let expected = [
        ("gost2015_attached_tst64_individual_2026.cms", None),
        ("gost2015_detached_tst64_legal_2026.cms", None),
        ("neg_foreign_timestamp.cms", Some(TimeStampError::Imprint)),
    ];
    for (file, error) in expected {
        let message =
            SignedData::parse(&read(dir.join("cms").join(file)), &Limits::default()).unwrap();
        let signer = &message.signers()[0];
        let tokens: Vec<_> = signer.time_stamps().collect();
        assert_eq!(tokens.len(), 1, "{file}");
        let token = TimeStampToken::parse(tokens[0], &Limits::default()).unwrap();
        let verified = token
            .check_imprint(signer.signature().as_bytes())
            .and_then(|bound| token.check_signature(&bound, &[]));
        assert_eq!(verified.err(), error, "{file}");
        if error.is_none() {
            assert_eq!(
                TsaPolicy::from_oid(token.info().policy),
                Some(TsaPolicy::Gost2015)
            );
        }
    }
}

#[test]
fn each_damage_is_found_where_it_is() {
    let Some(dir) = support::fixtures() else {
        return;
    };
    let check = |file: &str, expected: CheckError| {
        let message =
            SignedData::parse(&read(dir.join("cms").join(file)), &Limits::default()).unwrap();
        let signer = &message.signers()[0];
        let outcome = signer
            .check_content(message.content().unwrap())
            .and_then(|bound| {
                signer.check_signature(message.certificates()[0].public_key().unwrap(), &bound)
            });
        assert_eq!(outcome.unwrap_err(), expected, "{file}");
    };
    for scheme in ["gost2015", "gost2004", "rsa"] {
        check(
            &format!("neg_{scheme}_content.cms"),
            CheckError::MessageDigest,
        );
        check(
            &format!("neg_{scheme}_messagedigest.cms"),
            CheckError::MessageDigest,
        );
        check(
            &format!("neg_{scheme}_signature.cms"),
            CheckError::Signature(VerifyError::Mismatch),
        );
    }
    let bytes = read(dir.join("cms/neg_digest_algorithm.cms"));
    assert_eq!(
        SignedData::parse(&bytes, &Limits::default()).unwrap_err(),
        Error::DigestNotListed(DigestAlgorithm::Sha256.oid())
    );
}

#[test]
fn peculiarities_of_real_messages_are_reported() {
    let Some(dir) = support::fixtures() else {
        return;
    };
    let parse = |file: &str| {
        SignedData::parse(&read(dir.join("cms").join(file)), &Limits::default()).unwrap()
    };
    let native = parse("gost2004_attached_native_ess_2022.cms");
    assert_eq!(native.trailing_bytes(), 1);
    assert_eq!(native.signers()[0].scheme(), Ok(SignatureScheme::Gost2004));
    assert_eq!(
        native.signers()[0].signature_oid(),
        SignatureScheme::Gost2004.key_oid()
    );
    assert!(native.signers()[0].has_certificate_reference());

    let indefinite = parse("gen_gost2015_indefinite.cms");
    assert!(!indefinite.is_der());
    assert_eq!(indefinite.content().map(<[u8]>::len), Some(3120));

    let stamped = parse("gost2015_attached_tst64_individual_2026.cms");
    assert!(stamped.signers()[0].has_timestamp());
    assert_eq!(stamped.trailing_bytes(), 0);

    let empty = parse("gen_gost2015_empty.cms");
    assert_eq!(empty.content(), Some(&[][..]));
}

#[test]
fn a_certificate_with_another_digest_is_not_the_one_referred_to() {
    let Some(dir) = support::fixtures() else {
        return;
    };
    let parse = |file: &str| {
        SignedData::parse(&read(dir.join("cms").join(file)), &Limits::default()).unwrap()
    };
    for file in [
        "gen_gost2015_attached_ess.cms",
        "gen_gost2015_ess_issuerserial.cms",
    ] {
        let message = parse(file);
        let other = parse("gost2015_attached_tst64_individual_2026.cms");
        let signer = &message.signers()[0];
        assert_eq!(signer.check_ess(&message.certificates()[0]), Ok(()));
        assert_eq!(
            signer.check_ess(&other.certificates()[0]),
            Err(CheckError::CertificateReference)
        );
        assert!(!signer.matches(&other.certificates()[0]));
    }
}

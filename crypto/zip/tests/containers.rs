//! Containers made by hand: coverage, differences between headers, budgets.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests: a panic is a failed test"
)]

use tamga_cms::Content;
use tamga_scheme::{AskNobody, DigestAlgorithm, Prepared, Signer, SoftwareSigner, ToSign};
use tamga_test_pki::TestPki;
use tamga_test_support::{Numbers, System};
use tamga_x509::UnixTime;
use tamga_zip::{Container, Error, Limits, ObjectState, SignatureError, StrayBytes};

/// One entry as both headers say it, with hooks to make them disagree.
#[derive(Clone)]
struct File {
    name: Vec<u8>,
    content: Vec<u8>,
    method: u16,
    flags: u16,
    /// Overrides bytes of the local header: offset and value.
    local: Vec<(usize, u8)>,
    /// Overrides bytes of the entry in the directory.
    central: Vec<(usize, u8)>,
    extra: Vec<u8>,
}

fn entry(name: &str, content: &[u8]) -> File {
    File {
        name: name.into(),
        content: content.to_vec(),
        method: 8,
        flags: 0,
        local: Vec::new(),
        central: Vec::new(),
        extra: Vec::new(),
    }
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 * (crc & 1))
        })
    })
}

fn archive(files: &[File]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for file in files {
        let offset = out.len() as u32;
        let data = match file.method {
            8 => miniz_oxide::deflate::compress_to_vec(&file.content, 6),
            _ => file.content.clone(),
        };
        let mut shared = Vec::new();
        shared.extend(file.flags.to_le_bytes());
        shared.extend(file.method.to_le_bytes());
        shared.extend([0; 4]);
        shared.extend(crc(&file.content).to_le_bytes());
        shared.extend((data.len() as u32).to_le_bytes());
        shared.extend((file.content.len() as u32).to_le_bytes());
        shared.extend((file.name.len() as u16).to_le_bytes());
        shared.extend((file.extra.len() as u16).to_le_bytes());
        let mut local = [
            b"PK\x03\x04\x14\0".as_slice(),
            &shared,
            &file.name,
            &file.extra,
        ]
        .concat();
        for (at, value) in &file.local {
            local[*at] = *value;
        }
        let mut central = [b"PK\x01\x02\x14\0\x14\0".as_slice(), &shared, &[0; 10]].concat();
        central.extend(offset.to_le_bytes());
        central.extend_from_slice(&file.name);
        central.extend_from_slice(&file.extra);
        for (at, value) in &file.central {
            central[*at] = *value;
        }
        out.extend(local);
        out.extend(data);
        directory.extend(central);
    }
    let start = out.len() as u32;
    out.extend_from_slice(&directory);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend((files.len() as u16).to_le_bytes());
    out.extend((files.len() as u16).to_le_bytes());
    out.extend((directory.len() as u32).to_le_bytes());
    out.extend(start.to_le_bytes());
    out.extend([0, 0]);
    out
}

const MANIFEST: &str = "META-INF/NCAManifest.xml";
const SIGNATURE: &str = "META-INF/signature-1.cms";

fn base64(bytes: &[u8]) -> String {
    use base64ct::{Base64, Encoding};
    Base64::encode_string(bytes)
}

fn manifest(objects: &[(&str, DigestAlgorithm, &[u8])]) -> String {
    let objects: String = objects
        .iter()
        .map(|(uri, algorithm, content)| {
            format!(
                "<DataObjectReference URI=\"{uri}\">\n<DigestMethod Algorithm=\"{}\"/>\n<DigestValue>{}</DigestValue></DataObjectReference>",
                algorithm.xml_uri(),
                base64(&algorithm.digest(content))
            )
        })
        .collect();
    format!("<NCAManifest><SigReference URI=\"{SIGNATURE}\"/>{objects}</NCAManifest>")
}

fn cms(content: Content<'_>) -> Vec<u8> {
    let now = UnixTime(1_795_165_200);
    let pki = TestPki::generate(now, &System).unwrap();
    let holder = pki.holder("gost2015_individual").unwrap();
    let prepared =
        tamga_cms::prepare(content, holder.person.scheme, &holder.certificate, now).unwrap();
    let value = SoftwareSigner::new(&holder.key, &System)
        .sign(ToSign::Bytes(prepared.to_sign()), &mut AskNobody)
        .unwrap();
    prepared.assemble(value)
}

/// A container of one file `a` and what else is given, without a CMS worth the name.
fn with(files: Vec<File>) -> Vec<u8> {
    let manifest = manifest(&[("a", DigestAlgorithm::Gost34311, b"content")]);
    let mut all = vec![entry("a", b"content"), entry(MANIFEST, manifest.as_bytes())];
    all.extend(files);
    archive(&all)
}

fn open(bytes: &[u8]) -> Result<Container, Error> {
    Container::open(bytes, &Limits::default())
}

#[track_caller]
fn refuse(bytes: &[u8], expected: Error) {
    assert_eq!(open(bytes).map(|_| ()), Err(expected));
}

fn name(name: &str) -> String {
    name.to_owned()
}

#[test]
fn what_the_manifest_covers_and_what_it_does_not_is_told_apart() {
    let text = manifest(&[
        ("a b", DigestAlgorithm::Gost34311, b"one"),
        ("құжат.pdf", DigestAlgorithm::Streebog512, b"two"),
        ("c", DigestAlgorithm::Sha256, b"three"),
        ("d", DigestAlgorithm::Streebog256, b"four"),
    ]);
    let signature = cms(Content::Detached(text.as_bytes()));
    let mut stored = entry("құжат.pdf", b"two");
    stored.method = 0;
    let bytes = archive(&[
        entry("a b", b"one"),
        stored,
        entry("c", b"THREE"),
        entry("e", b"extra"),
        File {
            method: 0,
            ..entry("folder/", b"")
        },
        entry(MANIFEST, text.as_bytes()),
        entry(SIGNATURE, &signature),
    ]);
    let container = open(&bytes).unwrap();
    let states: Vec<_> = container
        .objects()
        .iter()
        .map(|object| (object.uri.as_str(), object.state.clone()))
        .collect();
    let digest = |content: &[u8]| DigestAlgorithm::Sha256.digest(content);
    let mismatch = ObjectState::Mismatch {
        expected: digest(b"three"),
        actual: digest(b"THREE"),
    };
    assert_eq!(
        states,
        [
            ("a b", ObjectState::Covered),
            ("құжат.pdf", ObjectState::Covered),
            ("c", mismatch),
            ("d", ObjectState::Missing),
        ]
    );
    assert_eq!(container.not_covered(), ["e"]);
    assert!(!container.is_complete());
    assert_eq!(container.manifest(), text.as_bytes());
    assert_eq!(container.stray_bytes(), StrayBytes::default());
    let message = container.signatures()[0].message.as_ref().unwrap();
    let signer = &message.signers()[0];
    let bound = signer.check_content(container.manifest()).unwrap();
    let key = message.certificates()[0].public_key().unwrap();
    assert!(signer.check_signature(key, &bound).is_ok());
}

#[test]
fn a_signature_that_is_none_is_named() {
    let outcome = |files| {
        open(&with(files)).unwrap().signatures()[0]
            .message
            .clone()
            .map(|_| ())
    };
    assert_eq!(outcome(vec![]), Err(SignatureError::Missing));
    assert!(matches!(
        outcome(vec![entry(SIGNATURE, b"no CMS")]),
        Err(SignatureError::Cms(_))
    ));
    let other = cms(Content::Attached(b"other"));
    assert_eq!(
        outcome(vec![entry(SIGNATURE, &other)]),
        Err(SignatureError::OtherContent)
    );
}

#[test]
fn headers_that_disagree_are_refused() {
    let check = |at, value, field| {
        let mut file = entry("b", b"x");
        file.local.push((at, value));
        refuse(
            &with(vec![file]),
            Error::Differs {
                name: name("b"),
                field,
            },
        );
    };
    check(30, b'c', "file name");
    check(8, 0, "compression method");
    check(7, 8, "general purpose bit flag");
    check(14, 0, "crc-32");
    check(18, 99, "compressed size");
    check(22, 99, "uncompressed size");
    let mut file = entry("b", b"x");
    file.extra = [&0x7075_u16.to_le_bytes()[..], &[6, 0, 1, 0, 0, 0, 0, b'z']].concat();
    refuse(
        &with(vec![file]),
        Error::Differs {
            name: name("b"),
            field: "Unicode path",
        },
    );
}

#[test]
fn names_that_lead_elsewhere_or_occur_twice_are_refused() {
    for bad in ["../b", "/b", "b\\c", "c:b", "b/../../c", "b\0"] {
        refuse(
            &with(vec![entry(bad, b"")]),
            Error::UnsafeName { name: name(bad) },
        );
    }
    for twice in ["a", "A", "a/"] {
        let file = File {
            method: 0,
            ..entry(twice, b"")
        };
        refuse(
            &with(vec![file]),
            Error::DuplicateName { name: name(twice) },
        );
    }
    let mut file = entry("b", b"");
    file.name = b"\xff".to_vec();
    assert!(matches!(
        open(&with(vec![file])).map(|_| ()),
        Err(Error::NameEncoding { .. })
    ));
}

#[test]
fn what_is_not_read_has_its_error() {
    let mut encrypted = entry("b", b"x");
    encrypted.flags = 1;
    refuse(&with(vec![encrypted]), Error::Encrypted { name: name("b") });
    let mut method = entry("b", b"x");
    method.method = 12;
    refuse(
        &with(vec![method]),
        Error::Unsupported {
            what: "compression method 12".into(),
        },
    );
    let mut zip64 = entry("b", b"x");
    zip64.extra = vec![1, 0, 0, 0];
    refuse(
        &with(vec![zip64]),
        Error::Unsupported {
            what: "ZIP64".into(),
        },
    );
    refuse(&archive(&[entry("a", b"")]), Error::NoManifest);
    refuse(
        b"PK",
        Error::Malformed {
            offset: 2,
            expected: "the end of the central directory",
        },
    );
    // The directory's checksum, and the local one with it.
    let mut file = entry("a", b"content");
    file.local.push((14, 0));
    file.central.push((16, 0));
    let text = manifest(&[("a", DigestAlgorithm::Gost34311, b"content")]);
    refuse(
        &archive(&[file, entry(MANIFEST, text.as_bytes())]),
        Error::Checksum { name: name("a") },
    );
    let mut longer = entry("a", b"content");
    longer.local.push((22, 8));
    longer.central.push((24, 8));
    refuse(
        &archive(&[longer, entry(MANIFEST, text.as_bytes())]),
        Error::Deflate { name: name("a") },
    );
}

#[test]
fn entries_that_share_bytes_are_refused_and_stray_bytes_counted() {
    // The local header of `b` that the directory names lies in the bytes of `a`.
    let inside = archive(&[entry("b", b"content")]);
    let inside = &inside[..inside.len() - 22 - 47];
    let mut outer = entry("a", inside);
    outer.method = 0;
    let mut shared = entry("b", b"content");
    shared.central.push((42, 31));
    shared.central.extend((43..46).map(|at| (at, 0)));
    refuse(
        &archive(&[outer, shared]),
        Error::Overlap { name: name("b") },
    );
    // Both entries at one place.
    let mut twice = entry("b", b"content");
    twice.central.extend((42..46).map(|at| (at, 0)));
    refuse(
        &archive(&[entry("a", b"content"), twice]),
        Error::Differs {
            name: name("b"),
            field: "file name",
        },
    );

    let plain = with(vec![]);
    let stray = |bytes: &[u8]| open(bytes).unwrap().stray_bytes();
    let leading = stray(&[b"#!", &plain[..]].concat());
    assert_eq!(
        (leading.leading, leading.between, leading.trailing),
        (2, 0, 0)
    );
    let trailing = stray(&[&plain[..], b"tail"].concat());
    assert_eq!(
        (trailing.leading, trailing.between, trailing.trailing),
        (0, 0, 4)
    );

    // A second end in the comment of the first, or behind the directory.
    let mut commented = plain.clone();
    let end = plain.len() - 22;
    let at = commented.len() - 2;
    commented[at] = 22;
    commented.extend_from_slice(b"PK\x05\x06");
    commented.extend([0; 18]);
    refuse(&commented, Error::AmbiguousEnd { offset: end + 22 });
}

#[test]
fn every_budget_has_its_error() {
    let bytes = with(vec![
        entry("zeros", &vec![0; 1 << 20]),
        entry(SIGNATURE, b"no CMS"),
    ]);
    let with = |change: &dyn Fn(&mut Limits)| {
        let mut limits = Limits::default();
        change(&mut limits);
        Container::open(&bytes, &limits).map(|_| ())
    };
    let too_large = |what, limit| Err(Error::TooLarge { what, limit });
    assert_eq!(with(&|_| {}), Ok(()));
    assert_eq!(with(&|limits| limits.size = 9), too_large("bytes", 9));
    assert_eq!(with(&|limits| limits.entries = 3), too_large("entries", 3));
    assert_eq!(
        with(&|limits| limits.file = 1 << 19),
        too_large("bytes of a file", 1 << 19)
    );
    assert_eq!(
        with(&|limits| limits.files = 1 << 20),
        too_large("bytes of all files", 1 << 20)
    );
    assert_eq!(
        with(&|limits| limits.ratio = 100),
        too_large("compression ratio", 100)
    );
    assert_eq!(
        with(&|limits| limits.manifest = 9),
        too_large("bytes of the manifest", 9)
    );
    assert_eq!(
        with(&|limits| limits.signature = 5),
        too_large("bytes of a signature", 5)
    );
}

#[test]
fn a_manifest_of_another_form_is_refused() {
    let open = |text: &str| open(&archive(&[entry(MANIFEST, text.as_bytes())])).map(|_| ());
    let refused = |text: &str, problem: &str| {
        let problem = problem.to_owned();
        assert_eq!(open(text), Err(Error::Manifest { problem }), "{text}");
    };
    let around =
        |inside: &str| format!("<NCAManifest><SigReference URI=\"s\"/>{inside}</NCAManifest>");
    assert_eq!(open(&around("")), Ok(()));
    refused("<NCAManifest/>", "no SigReference");
    refused("<Other/>", "\"Other\" where NCAManifest is expected");
    refused(
        "<NCAManifest xmlns=\"x\"/>",
        "\"NCAManifest\" where NCAManifest is expected",
    );
    refused(&around("text"), "text between elements");
    refused(
        &around("<Other URI=\"a\"/>"),
        "\"Other\" where DataObjectReference is expected",
    );
    refused(&around("<DataObjectReference/>"), "a reference without URI");
    refused(
        &around("<DataObjectReference URI=\"a\"/>"),
        "DataObjectReference needs DigestMethod and DigestValue",
    );
    refused(
        &around("<DataObjectReference URI=\"a\" Type=\"b\"/>"),
        "an unknown attribute of DataObjectReference",
    );
    let object = |method: &str, value: &str| {
        around(&format!(
            "<DataObjectReference URI=\"a\"><DigestMethod Algorithm=\"{method}\"/><DigestValue>{value}</DigestValue></DataObjectReference>"
        ))
    };
    let gost = DigestAlgorithm::Gost34311.xml_uri();
    refused(
        &object(gost, "AAAA"),
        "DigestValue has another length than its method",
    );
    refused(&object(gost, "A*"), "DigestValue is not base64");
    for method in ["unknown", DigestAlgorithm::Sha1.xml_uri()] {
        assert_eq!(
            open(&object(method, "AAAA")),
            Err(Error::Unsupported {
                what: format!("digest method {method:?}")
            })
        );
    }
    assert_eq!(
        open(&around("<SigReference URI=\"s\"/>")),
        Err(Error::DuplicateReference { uri: name("s") })
    );
    let many: String = (0..9).map(|number| format!(" a{number}=\"\"")).collect();
    refused(&format!("<NCAManifest{many}/>"), "too many attributes");
    let Err(Error::Manifest { problem }) = open("<!DOCTYPE a><NCAManifest/>") else {
        panic!("a document type is read");
    };
    assert!(problem.contains("DTD"), "{problem}");
    let deep = "<a>".repeat(1 << 20);
    assert!(matches!(open(&deep), Err(Error::Manifest { .. })));
    let deep = format!("{deep}{}", "</a>".repeat(100_000));
    assert!(matches!(open(&deep), Err(Error::Manifest { .. })));
}

#[test]
fn random_damage_gives_an_error_or_a_report() {
    let seed = with(vec![
        entry(SIGNATURE, b"no CMS"),
        File {
            method: 0,
            ..entry("stored", b"PK\x05\x06")
        },
    ]);
    let mut numbers = Numbers(3);
    let mut read = 0;
    for _ in 0..5000 {
        let mut bytes = seed.clone();
        for _ in 0..=numbers.below(4) {
            let at = numbers.below(bytes.len());
            match numbers.below(3) {
                0 => bytes[at] = numbers.draw() as u8,
                1 => {
                    bytes.remove(at);
                }
                _ => {
                    let from = numbers.below(bytes.len());
                    let piece = bytes[from..(from + 40).min(bytes.len())].to_vec();
                    bytes.splice(at..at, piece);
                }
            }
        }
        read += usize::from(open(&bytes).is_ok());
    }
    assert!(read < 5000);
}

//! Signatures in PDF documents.

use tamga_cms::{Draft, Limits, SignedData};
use tamga_pdf::{SigningOptions, prepare};
use tamga_peers::protocol::Reply;
use tamga_scheme::Prepared as _;

use crate::{
    damage::{Part, Spot, find, spots},
    judge,
    programs::{check_with_qpdf, valid_for_pdfsig},
    signing_keys::{Key, NOW, keys},
    time_stamps::stamp,
};

/// A file of one page, with a table of its objects.
fn one_page() -> Vec<u8> {
    const WORDS: &str = "BT /F1 18 Tf 72 720 Td (Page) Tj ET";
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{WORDS}\nendstream", WORDS.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut file = "%PDF-1.7\n".to_owned();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (index, object) in objects.iter().enumerate() {
        table += &format!("{:010} 00000 n \n", file.len());
        file += &format!("{} 0 obj\n{object}\nendobj\n", index + 1);
    }
    let start = file.len();
    let size = objects.len() + 1;
    file += &format!("{table}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
    file.into_bytes()
}

fn sign(file: &[u8], key: &Key, is_stamped: bool) -> Vec<u8> {
    let options = SigningOptions::default();
    let prepared = prepare(file, &options, key.scheme, key.certificate, NOW).expect("prepared");
    if !is_stamped {
        return key.complete(prepared).expect("room enough");
    }
    let value = key.sign(prepared.to_sign());
    let (unfilled, cms) = prepared.into_cms(value).expect("a message");
    let message = SignedData::parse(&cms, &Limits::default()).expect("a message");
    let mut draft = Draft::of(&message);
    let token = stamp(&message.signers()[0]);
    draft.attach_time_stamp(0, &token).expect("attached");
    let cms = draft.to_der().expect("a content outside");
    unfilled.fill(&cms).expect("room enough")
}

/// Offset of the hex digits of every CMS, and the CMS.
fn messages(file: &[u8]) -> Vec<(usize, Vec<u8>)> {
    const WORD: &[u8] = b"/Contents <";
    let windows = file.windows(WORD.len()).enumerate();
    windows
        .filter(|(at, window)| *window == WORD && file[at + WORD.len()] != b'<')
        .map(|(at, _)| {
            let start = at + WORD.len();
            let padded = &file[start..start + find(&file[start..], b">")];
            let padded = hex::decode(padded).expect("hex digits");
            let length = usize::from(u16::from_be_bytes([padded[2], padded[3]]));
            (start, padded[..4 + length].to_vec())
        })
        .collect()
}

/// Accepted as it is; refused with one bit changed of the page or of any CMS in what [`spots`] says.
fn check(what: &str, file: &[u8], signers: &[&Key], stamps: usize) {
    let rsa = signers.iter().filter(|key| key.is_rsa()).count();
    let verdict = |file: &[u8]| judge::pdf(file, signers.len(), stamps);
    check_with_qpdf(file);
    assert_eq!(verdict(file), Reply::Yes, "{what}");
    assert_eq!(valid_for_pdfsig(file), rsa, "{what}");

    // 595 becomes 594: every signature covers the page.
    let page = Spot {
        part: Part::Content,
        at: find(file, b"595") + 2,
    };
    let twin = page.damage(file);
    assert_eq!(verdict(&twin), Reply::No, "{what}, page");
    assert_eq!(valid_for_pdfsig(&twin), 0, "{what}, page");
    let messages = messages(file);
    assert_eq!(messages.len(), signers.len(), "{what}");
    for ((start, cms), key) in messages.iter().zip(signers) {
        for spot in spots(cms) {
            let mut twin = file.to_vec();
            let digits = start + 2 * spot.at..start + 2 * spot.at + 2;
            twin[digits].copy_from_slice(hex::encode([cms[spot.at] ^ 1]).as_bytes());
            let what = format!("{what}, {:?}, {}", key.scheme, spot.part);
            assert_eq!(verdict(&twin), Reply::No, "{what}");
            if key.is_rsa() && spot.part.is_for_all() {
                assert!(valid_for_pdfsig(&twin) < rsa, "{what}");
            }
        }
    }
}

#[test]
fn one_signature_with_and_without_time_stamp() {
    for key in keys() {
        for is_stamped in [false, true] {
            let file = sign(&one_page(), key, is_stamped);
            let what = format!("{:?}, stamped: {is_stamped}", key.scheme);
            check(&what, &file, &[key], usize::from(is_stamped));
        }
    }
}

#[test]
fn all_schemes_sign_one_document_after_another() {
    let mut file = one_page();
    let mut signers = Vec::new();
    for key in keys() {
        file = sign(&file, key, false);
        signers.push(key);
        check(&format!("{} signers", signers.len()), &file, &signers, 0);
    }
}

#[test]
fn bytes_behind_the_last_signature_are_noticed() {
    let mut file = sign(&one_page(), &keys()[0], false);
    file.extend(b"%");
    let reply = judge::pdf(&file, 1, 0);
    assert!(
        matches!(&reply, Reply::Error(says) if says.contains("leaves bytes out")),
        "{reply}"
    );
}

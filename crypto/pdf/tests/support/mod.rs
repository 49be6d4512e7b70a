//! Documents and people for tests.
#![allow(dead_code, reason = "each test binary uses its own part")]
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests: a panic is a failed test"
)]

use std::sync::OnceLock;

use tamga_pdf::{Error, FieldValue, Limits, PdfSignature, SignedPdf, SigningOptions, prepare};
use tamga_scheme::{AskNobody, Prepared, Signer, SoftwareSigner, ToSign};
use tamga_test_pki::{Holder, TestPki};
use tamga_test_support::System;
use tamga_x509::UnixTime;

/// 2026-11-20T09:00:00Z
pub(crate) const NOW: UnixTime = UnixTime(1_795_165_200);

/// One holder for each scheme.
pub(crate) const HOLDERS: [&str; 3] = [
    "gost2015_individual",
    "gost2004_individual",
    "rsa_individual",
];

pub(crate) fn pki() -> &'static TestPki {
    static PKI: OnceLock<TestPki> = OnceLock::new();
    PKI.get_or_init(|| TestPki::generate(NOW, &System).unwrap())
}

pub(crate) fn holder(id: &str) -> &'static Holder {
    pki().holder(id).unwrap()
}

/// Signs with a key of the test CA.
pub(crate) fn sign(file: &[u8], id: &str, options: &SigningOptions) -> Result<Vec<u8>, Error> {
    let holder = holder(id);
    let prepared = prepare(
        file,
        options,
        holder.person.scheme,
        &holder.certificate,
        NOW,
    )?;
    let value = SoftwareSigner::new(&holder.key, &System)
        .sign(ToSign::Bytes(prepared.to_sign()), &mut AskNobody)
        .unwrap();
    prepared.assemble(value)
}

/// As [`sign`], with a small reserve and a GOST key.
pub(crate) fn signed(file: &[u8]) -> Vec<u8> {
    let options = SigningOptions {
        reserve: 4096,
        ..SigningOptions::default()
    };
    sign(file, HOLDERS[0], &options).unwrap()
}

pub(crate) fn parse(file: &[u8]) -> SignedPdf<'_> {
    SignedPdf::parse(file, &Limits::default()).unwrap()
}

/// Content and signature value, with the certificate that the CMS carries.
pub(crate) fn check(pdf: &SignedPdf<'_>, signature: &PdfSignature) -> Result<(), String> {
    let bound = pdf
        .check_content(signature)
        .map_err(|error| format!("content: {error}"))?;
    let signer = &signature.cms.signers()[0];
    let certificate = signature
        .cms
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

/// That every signature holds and the last one covers the whole document.
pub(crate) fn judge(file: &[u8]) -> Result<(), String> {
    let pdf = SignedPdf::parse(file, &Limits::default()).map_err(|error| error.to_string())?;
    for field in pdf.fields() {
        match &field.value {
            FieldValue::Refused(error) => return Err(format!("{}: {error}", field.name)),
            FieldValue::Signature(signature) => check(&pdf, signature)?,
            _ => {}
        }
    }
    if pdf
        .signatures()
        .any(|signature| signature.covers_whole_document)
    {
        Ok(())
    } else {
        Err("no signature covers the whole document".into())
    }
}

/// Objects written as a file with a table, object 1 being the catalog.
pub(crate) fn file(objects: &[&str]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (index, object) in objects.iter().enumerate() {
        table += &format!("{:010} 00000 n \n", out.len());
        out.extend(format!("{} 0 obj\n{object}\nendobj\n", index + 1).bytes());
    }
    let startxref = out.len();
    out.extend(table.bytes());
    out.extend(
        format!(
            "trailer\n<< /Size {} /Root 1 0 R /ID [<00> <00>] >>\nstartxref\n{startxref}\n%%EOF\n",
            objects.len() + 1
        )
        .bytes(),
    );
    out
}

/// A file of one page that says `words`.
pub(crate) fn one_page(words: &str) -> Vec<u8> {
    let content = format!("BT /F1 18 Tf 72 720 Td ({words}) Tj ET");
    file(&[
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        &format!(
            "<< /Length {} >>\nstream\n{content}\nendstream",
            content.len()
        ),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ])
}

/// The same objects in an object stream, under a cross-reference stream; nothing is compressed.
pub(crate) fn one_page_in_streams() -> Vec<u8> {
    let objects = [
        (1, "<< /Type /Catalog /Pages 2 0 R >>"),
        (2, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"),
        (
            3,
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Annots[]>>",
        ),
    ];
    let (mut index, mut body) = (String::new(), String::new());
    for (number, text) in objects {
        index += &format!("{number} {} ", body.len());
        body += &format!("{text} ");
    }
    let plain = format!("{index}{body}");
    let mut out = b"%PDF-1.7\n".to_vec();
    let container = out.len();
    out.extend(
        format!(
            "4 0 obj\n<< /Type /ObjStm /N 3 /First {} /Length {} >>\nstream\n{plain}\nendstream\nendobj\n",
            index.len(),
            plain.len()
        )
        .bytes(),
    );
    let startxref = out.len();
    let mut rows = vec![[0, 0, 0, 0]];
    rows.extend((0..3).map(|index| [2, 0, 4, index]));
    let place = |offset: usize| {
        let offset = u16::try_from(offset).unwrap().to_be_bytes();
        [1, offset[0], offset[1], 0]
    };
    rows.extend([place(container), place(startxref)]);
    out.extend(
        format!(
            "5 0 obj\n<< /Type /XRef /Size 6 /W [1 2 1] /Root 1 0 R /Length {} >>\nstream\n",
            rows.len() * 4
        )
        .bytes(),
    );
    out.extend(rows.concat());
    out.extend(format!("\nendstream\nendobj\nstartxref\n{startxref}\n%%EOF\n").bytes());
    out
}

/// Appends a revision with these objects; `trailer` holds what comes beside Size, Root and Prev.
pub(crate) fn update(file: &[u8], objects: &[(u32, &str)]) -> Vec<u8> {
    update_from(file, objects, previous(file), "/Root 1 0 R")
}

pub(crate) fn update_from(
    file: &[u8],
    objects: &[(u32, &str)],
    previous: usize,
    trailer: &str,
) -> Vec<u8> {
    let mut out = file.to_vec();
    let mut table = "xref\n".to_owned();
    for (number, object) in objects {
        table += &format!("{number} 1\n{:010} 00000 n \n", out.len());
        out.extend(format!("{number} 0 obj\n{object}\nendobj\n").bytes());
    }
    let startxref = out.len();
    out.extend(table.bytes());
    out.extend(
        format!(
            "trailer\n<< /Size 100 {trailer} /Prev {previous} >>\nstartxref\n{startxref}\n%%EOF\n"
        )
        .bytes(),
    );
    out
}

/// What the last `startxref` says.
pub(crate) fn previous(file: &[u8]) -> usize {
    let word = b"startxref\n";
    let at = find_last(file, word) + word.len();
    let text: String = file[at..]
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .map(|byte| char::from(*byte))
        .collect();
    text.parse().unwrap()
}

pub(crate) fn find(file: &[u8], word: &[u8]) -> usize {
    file.windows(word.len())
        .position(|window| window == word)
        .expect("the word stands in the file")
}

pub(crate) fn find_last(file: &[u8], word: &[u8]) -> usize {
    file.windows(word.len())
        .rposition(|window| window == word)
        .expect("the word stands in the file")
}

/// Puts other bytes of the same length in the place of a word.
pub(crate) fn overwrite(file: &mut [u8], old: &[u8], new: &[u8]) {
    assert_eq!(old.len(), new.len());
    let at = find_last(file, old);
    file[at..at + new.len()].copy_from_slice(new);
}

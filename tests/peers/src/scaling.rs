//! What reading costs as input grows: no parser takes more than about twice the time for twice the input.
//!
//! Each shape is what some parser could be slow at: one long text, many small things side by side, many inside one
//! another, many names to compare. Absolute times say nothing; growth does.

use std::{fmt, time::Duration};

use tamga_cms::{ContentDigests, SignedData};
use tamga_scheme::{SignatureScheme, SignatureValue};
use tamga_test_pki::self_issued;
use tamga_test_support::System;
use tamga_x509::{Certificate, Crl};
use tamga_xmldsig::{
    BlankText, ExistingSignatures, Form, LocationPath, Options, Placement, SignedXml, prepare_with,
};

use crate::driver::thread_time;

/// Sizes measured, in MiB.
pub const SIZES: [usize; 6] = [1, 2, 4, 8, 16, 32];

/// One kind of input, in every size.
pub struct Shape {
    /// What a person calls it.
    pub name: &'static str,
    /// Makes it with about so many bytes.
    make: fn(usize) -> Vec<u8>,
    /// Reads it.
    read: fn(&[u8]),
}

/// How one shape grew.
#[derive(Debug)]
pub struct Growth {
    /// Its name.
    pub name: &'static str,
    /// Bytes and CPU time, for each of [`SIZES`].
    pub measured: Vec<(usize, Duration)>,
}

/// Twice the input may take this much longer: more than two, because caches end somewhere and lists are sorted, and less
/// than four.
const DOUBLING: f64 = 3.0;

/// Thirty-two times the input may take this much longer.
const WHOLE: f64 = 64.0;

/// Measures all shapes whose names `chosen` accepts.
pub fn run(chosen: impl Fn(&str) -> bool, tell: &mut dyn FnMut(&str)) -> Vec<Growth> {
    let shapes = SHAPES.iter().filter(|shape| chosen(shape.name));
    shapes
        .map(|shape| {
            tell(shape.name);
            let measured = SIZES.map(|size| {
                let input = (shape.make)(size << 20);
                (input.len(), cost(shape.read, &input))
            });
            Growth {
                name: shape.name,
                measured: measured.into(),
            }
        })
        .collect()
}

impl Growth {
    /// Whether time grew with the input and not much faster.
    pub fn is_linear(&self) -> bool {
        let ratio = |one: &(usize, Duration), other: &(usize, Duration)| {
            let input = other.0 as f64 / one.0 as f64;
            other.1.as_secs_f64() / one.1.as_secs_f64() / input
        };
        let steps = self.measured.windows(2);
        let whole = self.measured.first().zip(self.measured.last());
        steps
            .clone()
            .all(|pair| 2.0 * ratio(&pair[0], &pair[1]) <= DOUBLING)
            && whole.is_some_and(|(first, last)| 32.0 * ratio(first, last) <= WHOLE)
    }
}

impl fmt::Display for Growth {
    /// `| name | ms at 1 MiB | … | linear |`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "| {:<34} |", self.name)?;
        for (_, time) in &self.measured {
            write!(f, " {:>8.2} |", time.as_secs_f64() * 1e3)?;
        }
        f.write_str(if self.is_linear() {
            " linear |"
        } else {
            " NOT LINEAR |"
        })
    }
}

/// The better of three: caches and clocks settle.
fn cost(read: fn(&[u8]), input: &[u8]) -> Duration {
    let once = || {
        let start = thread_time();
        read(input);
        thread_time().saturating_sub(start)
    };
    (0..3).map(|_| once()).min().expect("three")
}

static SHAPES: [Shape; 19] = [
    Shape {
        name: "CMS: content",
        make: content,
        read: read_cms,
    },
    Shape {
        name: "CMS: content in segments",
        make: segments,
        read: read_cms,
    },
    Shape {
        name: "CMS: signers",
        make: signers,
        read: read_cms,
    },
    Shape {
        name: "CMS: certificates",
        make: certificates,
        read: read_cms,
    },
    Shape {
        name: "CMS: attributes of one signer",
        make: attributes,
        read: read_cms,
    },
    Shape {
        name: "CRL: lines",
        make: lines,
        read: read_list,
    },
    Shape {
        name: "CRL: lines of one number",
        make: equal_lines,
        read: read_list,
    },
    Shape {
        name: "XML: text",
        make: |size| xml(size, "", &"plain text ".repeat(1000)),
        read: read_xml,
    },
    Shape {
        name: "XML: escaped text",
        make: |size| xml(size, "", "&amp;>&#65;\r\n]]"),
        read: read_xml,
    },
    Shape {
        name: "XML: sections, comments",
        make: |size| xml(size, "", "<![CDATA[ <a>]] ]]><!-- - --><?p ? ?>"),
        read: read_xml,
    },
    Shape {
        name: "XML: elements",
        make: |size| xml(size, "", "<a>1</a><b/>"),
        read: read_xml,
    },
    Shape {
        name: "XML: elements inside one another",
        make: |size| xml(size, "", &["<a>".repeat(200), "</a>".repeat(200)].concat()),
        read: read_xml,
    },
    Shape {
        name: "XML: attributes",
        make: |size| {
            xml(
                size,
                "",
                &format!("<a{}/>", numbered(10_000, |n| format!(" a{n}='&lt;'"))),
            )
        },
        read: read_xml,
    },
    Shape {
        name: "XML: identifiers",
        make: |size| xml(size, "", "<a Id='x' id='y'/>"),
        read: read_xml,
    },
    Shape {
        name: "XML: namespaces in scope",
        make: |size| {
            let many = numbered(10_000, |n| format!(" xmlns:n{n}='urn:{n}'"));
            xml(size, &many, "<n1:a n9999:b='1'/>")
        },
        read: read_xml,
    },
    Shape {
        name: "XML: namespaces declared again",
        make: |size| {
            let many = numbered(10_000, |n| format!(" xmlns:n{n}='urn:{n}'"));
            xml(size, &many, "<a xmlns:n7='urn:8' xmlns='urn:9'><n7:b/></a>")
        },
        read: read_xml,
    },
    Shape {
        name: "XML, signing: text",
        make: |size| unsigned(size, "some text &amp; more \r\n"),
        read: sign_xml,
    },
    Shape {
        name: "XML, signing: blanks",
        make: |size| unsigned(size, "<a> \r\n</a> \r\n"),
        read: sign_xml,
    },
    Shape {
        name: "XML, signing: lookalikes",
        make: |size| unsigned(size, "<x:Signature xmlns:x='urn:x' Id='y'/>"),
        read: sign_xml,
    },
];

fn read_cms(message: &[u8]) {
    let mut limits = tamga_cms::Limits::default();
    (limits.signers, limits.certificates, limits.attributes) = (usize::MAX, usize::MAX, usize::MAX);
    let read = SignedData::parse(message, &limits).expect("well-formed");
    // What a verifier asks of each signer; of the content its digest, which is what reading it is for.
    let mut content = ContentDigests::new(read.content().expect("attached"));
    for signer in read.signers() {
        std::hint::black_box(signer.check_digests(&mut content).is_ok());
    }
}

fn read_list(list: &[u8]) {
    assert!(!Crl::from_der(list).expect("well-formed").is_empty());
}

fn read_xml(document: &[u8]) {
    let signed =
        SignedXml::parse(document, &tamga_xmldsig::Limits::default()).expect("well-formed");
    // No digest fits, so that nothing ends early.
    assert!(signed.signatures()[0].check_references().is_err());
}

fn sign_xml(document: &[u8]) {
    let document = std::str::from_utf8(document).expect("made as text");
    let path = |text| LocationPath::parse(text).expect("a path");
    let options = Options {
        form: Form::Compact,
        placement: Placement::ById {
            signed: path("/r/s"),
            parent: path("/r"),
        },
        existing: ExistingSignatures::Remove,
        blank_text: BlankText::Remove,
    };
    prepare_with(document, &options, SignatureScheme::Gost2004, certificate()).expect("prepared");
}

/// Somebody's certificate; one for all shapes.
fn certificate() -> &'static Certificate {
    static ONE: std::sync::OnceLock<Certificate> = std::sync::OnceLock::new();
    ONE.get_or_init(|| {
        let (_, certificate) =
            self_issued(SignatureScheme::Gost2004, "SCALING", &System).expect("a certificate");
        certificate
    })
}

fn numbered(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect()
}

fn unsigned(size: usize, piece: &str) -> Vec<u8> {
    format!("<r><s Id='s'/>{}</r>", piece.repeat(size / piece.len())).into_bytes()
}

/// A document with a signature over the whole in one method and over an element in another.
fn xml(size: usize, attributes: &str, piece: &str) -> Vec<u8> {
    let reference = |uri: &str, transforms: &[&str]| {
        let transforms: String = transforms
            .iter()
            .map(|one| format!("<Transform Algorithm='{one}'/>"))
            .collect();
        format!(
            "<Reference URI='{uri}'><Transforms>{transforms}</Transforms>\
             <DigestMethod Algorithm='http://www.w3.org/2001/04/xmlenc#sha256'/>\
             <DigestValue>AAAA</DigestValue></Reference>"
        )
    };
    let enveloped = [
        "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
        "http://www.w3.org/2006/12/xml-c14n11",
    ];
    let references =
        reference("", &enveloped) + &reference("#s", &["http://www.w3.org/2001/10/xml-exc-c14n#"]);
    let signature = format!(
        "<Signature xmlns='http://www.w3.org/2000/09/xmldsig#'><SignedInfo>\
         <CanonicalizationMethod Algorithm='http://www.w3.org/2001/10/xml-exc-c14n#'/>\
         <SignatureMethod Algorithm='http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'/>\
         {references}</SignedInfo><SignatureValue>AAAA</SignatureValue></Signature>"
    );
    let content = piece.repeat(size / piece.len());
    format!("<r{attributes}><s Id='s'>{content}</s>{signature}</r>").into_bytes()
}

/// A CMS with these parts, in DER; the signature is nobody's.
struct Message {
    content: Vec<u8>,
    certificates: Vec<u8>,
    signers: Vec<u8>,
}

impl Message {
    fn to_der(&self) -> Vec<u8> {
        let scheme = SignatureScheme::Gost2004;
        let id = |oid: &str| {
            tlv(
                0x06,
                &[tamga_scheme::ObjectIdentifier::new_unwrap(oid).as_bytes()],
            )
        };
        let digest = tlv(
            0x30,
            &[&tlv(0x06, &[scheme.digest().oid().as_bytes()]), &[5, 0]],
        );
        let fields = tlv(
            0x30,
            &[
                &[2, 1, 1],
                &tlv(0x31, &[&digest]),
                &tlv(
                    0x30,
                    &[&id("1.2.840.113549.1.7.1"), &tlv(0xa0, &[&self.content])],
                ),
                &tlv(0xa0, &[&self.certificates]),
                &tlv(0x31, &[&self.signers]),
            ],
        );
        tlv(0x30, &[&id("1.2.840.113549.1.7.2"), &tlv(0xa0, &[&fields])])
    }
}

fn content(size: usize) -> Vec<u8> {
    message(tlv(0x04, &[&vec![0x5A; size]]), 1, signer(&[]))
}

fn segments(size: usize) -> Vec<u8> {
    let segment = tlv(0x04, &[&[0x5A; 100]]);
    message(
        tlv(0x24, &[&segment.repeat(size / segment.len())]),
        1,
        signer(&[]),
    )
}

fn signers(size: usize) -> Vec<u8> {
    let one = signer(&[]);
    message(tlv(0x04, &[b"text"]), 1, one.repeat(size / one.len()))
}

fn certificates(size: usize) -> Vec<u8> {
    let count = size / certificate().der().len();
    message(tlv(0x04, &[b"text"]), count, signer(&[]))
}

fn attributes(size: usize) -> Vec<u8> {
    // 1.2.3.N with one INTEGER each.
    let attribute = |number: u32| {
        let [_, a, b, c] = number.to_be_bytes();
        // Base 128, high bits set but for the last.
        let arc = [
            0x80 | a & 0x7F | 1,
            0x80 | b >> 1,
            0x80 | (b & 1) << 6 | c >> 2,
            c & 3,
        ];
        tlv(
            0x30,
            &[&tlv(0x06, &[&[0x2A, 3], &arc]), &tlv(0x31, &[&[2, 1, 7]])],
        )
    };
    let length = attribute(0).len();
    let count = u32::try_from(size / length).expect("few millions");
    let mut all: Vec<Vec<u8>> = (0..count).map(attribute).collect();
    all.sort();
    message(tlv(0x04, &[b"text"]), 1, signer(&all.concat()))
}

fn message(content: Vec<u8>, certificates: usize, signers: Vec<u8>) -> Vec<u8> {
    Message {
        content,
        certificates: certificate().der().repeat(certificates),
        signers,
    }
    .to_der()
}

/// A SignerInfo with these unsigned attributes.
fn signer(unsigned: &[u8]) -> Vec<u8> {
    let scheme = SignatureScheme::Gost2004;
    let named = certificate().issuer_and_serial();
    let algorithm =
        |oid: tamga_scheme::ObjectIdentifier| tlv(0x30, &[&tlv(0x06, &[oid.as_bytes()]), &[5, 0]]);
    let value = SignatureValue::new(vec![1; 64]);
    let unsigned = match unsigned {
        [] => Vec::new(),
        unsigned => tlv(0xa1, &[unsigned]),
    };
    tlv(
        0x30,
        &[
            &[2, 1, 1],
            &tlv(0x30, &[&named.issuer, &tlv(0x02, &[&named.serial])]),
            &algorithm(scheme.digest().oid()),
            &algorithm(scheme.signature_oid()),
            &tlv(0x04, &[value.as_bytes()]),
            &unsigned,
        ],
    )
}

fn lines(size: usize) -> Vec<u8> {
    // Not in order, so that they must be sorted.
    list(size, |line| line.wrapping_mul(0x9E37_79B1))
}

fn equal_lines(size: usize) -> Vec<u8> {
    list(size, |_| 7)
}

/// A list of nobody's; 35 bytes a line.
fn list(size: usize, number: fn(u32) -> u32) -> Vec<u8> {
    let line = |index: u32| {
        let reason = tlv(
            0x30,
            &[&tlv(
                0x30,
                &[&[6, 3, 0x55, 0x1D, 0x15], &tlv(0x04, &[&[0x0A, 1, 3]])],
            )],
        );
        let serial = tlv(0x02, &[&[1], &number(index).to_be_bytes()]);
        tlv(0x30, &[&serial, &tlv(0x17, &[b"260101000000Z"]), &reason])
    };
    let count = u32::try_from(size / line(0).len()).expect("few millions");
    let revoked: Vec<u8> = (0..count).flat_map(line).collect();
    let oid = SignatureScheme::Gost2004.signature_oid();
    let algorithm = tlv(0x30, &[&tlv(0x06, &[oid.as_bytes()]), &[5, 0]]);
    let tbs = tlv(
        0x30,
        &[
            &[2, 1, 1],
            &algorithm,
            &certificate().issuer_and_serial().issuer,
            &tlv(0x17, &[b"260101000000Z"]),
            &tlv(0x17, &[b"270101000000Z"]),
            &tlv(0x30, &[&revoked]),
        ],
    );
    tlv(0x30, &[&tbs, &algorithm, &tlv(0x03, &[&[0; 65]])])
}

/// One element of DER.
fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = vec![tag];
    match length {
        0..0x80 => out.push(length as u8),
        _ => {
            let bytes = length.to_be_bytes();
            let skip = bytes.iter().take_while(|byte| **byte == 0).count();
            out.push(0x80 | (bytes.len() - skip) as u8);
            out.extend_from_slice(&bytes[skip..]);
        }
    }
    for part in parts {
        out.extend_from_slice(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn growth(milliseconds: [u64; 6]) -> Growth {
        let measured = SIZES.iter().zip(milliseconds);
        Growth {
            name: "a shape",
            measured: measured
                .map(|(size, time)| (size << 20, Duration::from_millis(time)))
                .collect(),
        }
    }

    #[test]
    fn growth_with_the_input_is_linear_and_with_its_square_is_not() {
        assert!(growth([10, 20, 40, 80, 160, 320]).is_linear());
        assert!(growth([10, 23, 50, 100, 210, 440]).is_linear());
        assert!(!growth([10, 40, 160, 640, 2560, 10240]).is_linear());
        // Slow creeping, and one step only.
        assert!(!growth([10, 25, 60, 140, 350, 860]).is_linear());
        assert!(!growth([10, 20, 40, 80, 160, 490]).is_linear());
    }

    #[test]
    fn every_shape_is_read() {
        for shape in &SHAPES {
            (shape.read)(&(shape.make)(64 << 10));
        }
    }
}

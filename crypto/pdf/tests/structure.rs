//! Documents that are broken or hostile: typed errors, in bounded time.
#![allow(
    clippy::unwrap_used,
    reason = "helpers of tests: a panic is a failed test"
)]

mod support;

use tamga_pdf::{Change, Error, Limits, SignedPdf};
use tamga_test_support::Numbers;

use support::{
    file, find, one_page, one_page_in_streams, overwrite, parse, previous, signed, update,
    update_from,
};

#[track_caller]
fn check(file: &[u8], expected: Error) {
    assert_eq!(
        SignedPdf::parse(file, &Limits::default()).unwrap_err(),
        expected
    );
}

const PAGES: &str = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>";
const PAGE: &str = "<< /Type /Page /Parent 2 0 R >>";

fn form(fields: &str) -> String {
    format!("<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields {fields} >> >>")
}

#[test]
fn loops_and_dead_ends_have_their_own_errors() {
    let catalog = form("[4 0 R]");
    let with = |object: &str| file(&[&catalog, PAGES, PAGE, object]);
    check(
        &with("<< /T (a) /Kids [4 0 R] >>"),
        Error::Cycle { number: 4 },
    );
    check(
        &with("<< /T (a) /Kids [9 0 R] >>"),
        Error::Dangling { number: 9 },
    );
    check(
        &with("(a)"),
        Error::MissingEntry {
            number: 4,
            key: "T",
        },
    );
    check(
        &with("<< /T (a) /T (b) >>"),
        Error::DuplicateKey {
            key: "T".into(),
            offset: find(&with("<< /T (a) /T (b) >>"), b"<< /T (a)"),
        },
    );
    check(
        &file(&[&form("[9 0 R]"), PAGES, PAGE]),
        Error::Dangling { number: 9 },
    );
    check(
        &file(&[&form("4"), PAGES, PAGE]),
        Error::MissingEntry {
            number: 0,
            key: "Fields",
        },
    );
    // A tree of pages is walked when there is something to compare.
    let circle = "<< /Type /Pages /Kids [2 0 R] /Count 1 >>";
    let circular = file(&["<< /Type /Catalog /Pages 2 0 R >>", circle]);
    check(
        &update(&circular, &[(9, "(x)")]),
        Error::Cycle { number: 2 },
    );
}

#[test]
fn a_newest_section_that_leads_nowhere_is_no_revision() {
    let signed = signed(&one_page("Test"));
    let place = previous(&update(&signed, &[(9, "(x)")]));
    // As its own predecessor, and as the predecessor of nothing that is a section.
    for predecessor in [place, 1, usize::MAX] {
        let changed = update_from(&signed, &[(9, "(x)")], predecessor, "/Root 1 0 R");
        let pdf = parse(&changed);
        assert_eq!(pdf.revisions().len(), 3);
        assert_eq!(
            pdf.revisions()[2].changes,
            [Change::BytesAppended {
                offset: signed.len(),
                length: changed.len() - signed.len()
            }]
        );
        assert!(!pdf.signatures().next().unwrap().covers_whole_document);
    }
}

#[test]
fn a_section_that_names_itself_is_a_loop() {
    let text = "%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer\n<< /Size 1 /Root 1 0 R /Prev 9 >>\nstartxref\n9\n%%EOF\n";
    check(text.as_bytes(), Error::XrefLoop { offset: 9 });
    let twice = text.replace(
        "0 1\n0000000000 65535 f ",
        "0 1\n0000000000 65535 f \n0 1\n0000000000 65535 f ",
    );
    check(twice.as_bytes(), Error::DuplicateEntry { number: 0 });
    let newer = text.replace("/Prev 9", "/Prev 99999");
    check(
        newer.as_bytes(),
        Error::Malformed {
            offset: 99_999,
            expected: "a cross-reference section inside the file",
        },
    );
}

#[test]
fn what_the_sections_say_must_be_there() {
    let good = one_page("Test");
    let mut moved = good.clone();
    overwrite(&mut moved, b"0000000015 00000 n ", b"0000000016 00000 n ");
    let Err(Error::Malformed { offset, .. }) = SignedPdf::parse(&moved, &Limits::default()) else {
        panic!("an object is found where it is not");
    };
    assert_eq!(offset, 16);
    let mut other = good.clone();
    overwrite(
        &mut other,
        b"1 0 obj\n<< /Type /Catalog",
        b"9 0 obj\n<< /Type /Catalog",
    );
    check(
        &other,
        Error::Malformed {
            offset: 15,
            expected: "the object that the cross-reference section places here",
        },
    );
    let end = good.len();
    let mut nothing = good.clone();
    overwrite(&mut nothing, b"startxref", b"startxxxx");
    check(
        &nothing,
        Error::Malformed {
            offset: end,
            expected: "startxref",
        },
    );
}

#[test]
fn object_streams_are_read_and_their_defects_named() {
    let good = one_page_in_streams();
    assert_eq!(parse(&good).fields().len(), 0);
    let broken = |old: &[u8], new: &[u8]| {
        let mut changed = good.clone();
        overwrite(&mut changed, old, new);
        SignedPdf::parse(&changed, &Limits::default()).unwrap_err()
    };
    assert_eq!(broken(b"/N 3", b"/N 0"), Error::Dangling { number: 1 });
    assert_eq!(
        broken(b"/ObjStm", b"/ObjStX"),
        Error::MissingEntry {
            number: 4,
            key: "Type"
        }
    );
    assert_eq!(
        broken(b"1 0 2 34", b"7 0 2 34"),
        Error::Dangling { number: 1 }
    );
    assert_eq!(
        broken(b"/W [1 2 1]", b"/W [0 0 0]"),
        Error::MissingEntry {
            number: 5,
            key: "W"
        }
    );
    assert_eq!(
        broken(b"/Size 6 /W", b"/Size 9 /W"),
        Error::MissingEntry {
            number: 5,
            key: "Index"
        }
    );
}

#[test]
fn a_compressed_stream_is_bounded_by_its_budget() {
    let mut limits = Limits::default();
    limits.decompressed = 1 << 20;
    let packed = miniz_oxide::deflate::compress_to_vec_zlib(&vec![b' '; 2 << 20], 9);
    let mut bomb = b"%PDF-1.7\n".to_vec();
    bomb.extend(
        format!(
            "1 0 obj\n<< /Type /XRef /Size 1 /W [1 2 1] /Root 1 0 R /Filter /FlateDecode /Length {} >>\nstream\n",
            packed.len()
        )
        .bytes(),
    );
    bomb.extend(packed);
    bomb.extend(b"\nendstream\nendobj\nstartxref\n9\n%%EOF\n");
    assert_eq!(
        SignedPdf::parse(&bomb, &limits).unwrap_err(),
        Error::TooLarge {
            what: "decompressed bytes",
            limit: 1 << 20
        }
    );
    let at = find(&bomb, b"stream\n") + 9;
    bomb[at] ^= 0xff;
    assert_eq!(
        SignedPdf::parse(&bomb, &limits).unwrap_err(),
        Error::Deflate { number: 1 }
    );
}

#[test]
fn every_budget_has_its_error() {
    let with = |change: &dyn Fn(&mut Limits)| {
        let mut limits = Limits::default();
        change(&mut limits);
        SignedPdf::parse(
            &update(&signed(&one_page("Test")), &[(60, "[[]]")]),
            &limits,
        )
        .map(|_| ())
    };
    let too_large = |what, limit| Err(Error::TooLarge { what, limit });
    assert_eq!(with(&|_| {}), Ok(()));
    assert_eq!(with(&|limits| limits.size = 99), too_large("bytes", 99));
    assert_eq!(
        with(&|limits| limits.revisions = 2),
        too_large("revisions", 2)
    );
    assert_eq!(
        with(&|limits| limits.entries = 10),
        too_large("cross-reference entries", 10)
    );
    assert_eq!(
        with(&|limits| limits.signatures = 0),
        too_large("signatures", 0)
    );
    assert_eq!(
        with(&|limits| limits.depth = 2),
        Err(Error::TooDeep { limit: 2 })
    );
}

#[test]
fn objects_inside_each_other_are_not_read_without_end() {
    // Each begins inside the string of the one before and ends behind the one after.
    let with = |count: usize| {
        let mut text = one_page("Test");
        let mut table = String::new();
        for number in 100..100 + count {
            table += &format!("{:010} 00000 n \n", text.len());
            text.extend(format!("{number} 0 obj (").bytes());
        }
        text.extend(")endobj ".repeat(count).bytes());
        let startxref = text.len();
        let prev = previous(&one_page("Test"));
        text.extend(
            format!(
                "\nxref\n100 {count}\n{table}trailer\n<< /Size 9 /Root 1 0 R /Prev {prev} >>\nstartxref\n{}\n%%EOF\n",
                startxref + 1
            )
            .bytes(),
        );
        let mut limits = Limits::default();
        limits.decompressed = 0;
        SignedPdf::parse(&text, &limits).map(|pdf| pdf.revisions().len())
    };
    assert_eq!(with(20), Ok(2));
    let Err(Error::TooLarge { what, .. }) = with(2000) else {
        panic!("two thousand objects inside each other are read");
    };
    assert_eq!(what, "bytes of objects");
}

#[test]
fn random_damage_gives_an_error_or_a_report() {
    let seeds = [
        one_page_in_streams(),
        signed(&one_page_in_streams()),
        update(
            &signed(&one_page("Test")),
            &[(4, "<< /Length 0 >>\nstream\n\nendstream")],
        ),
    ];
    let mut numbers = Numbers(7);
    for _ in 0..3000 {
        let mut bytes = seeds[numbers.below(seeds.len())].clone();
        for _ in 0..=numbers.below(6) {
            let at = numbers.below(bytes.len());
            match numbers.below(4) {
                0 => bytes[at] = numbers.draw() as u8,
                1 => {
                    bytes.remove(at);
                }
                2 => bytes.insert(at, b"0123456789<>[]()/ R"[numbers.below(19)]),
                _ => {
                    let from = numbers.below(bytes.len());
                    let piece = bytes[from..(from + 30).min(bytes.len())].to_vec();
                    bytes.splice(at..at, piece);
                }
            }
        }
        if let Ok(pdf) = SignedPdf::parse(&bytes, &Limits::default()) {
            assert!(pdf.signatures().count() <= 1);
        }
    }
}

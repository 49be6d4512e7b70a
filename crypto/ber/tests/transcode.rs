//! What becomes of BER encodings: printed cases, refusals, and rules that hold for every input.

use proptest::prelude::*;
use tamga_ber::{
    Error, ErrorKind, MAX_DEPTH, MAX_INPUT, join_octet_string_segments, to_der, to_der_prefix,
};

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    let pair = |pair: &[u8]| {
        let text = std::str::from_utf8(pair).expect("ASCII");
        u8::from_str_radix(text, 16).expect("hex digits")
    };
    digits.chunks(2).map(pair).collect()
}

#[track_caller]
fn check(ber: &str, der: &str) {
    assert_eq!(to_der(&bytes(ber)), Ok(bytes(der)));
}

#[track_caller]
fn refuse(ber: &str, kind: ErrorKind, offset: usize) {
    assert_eq!(to_der(&bytes(ber)), Err(Error { kind, offset }));
}

#[test]
fn indefinite_lengths_become_definite() {
    check("30 80 02 01 05 00 00", "30 03 02 01 05");
    check("30 80 00 00", "30 00");
    check(
        "30 80 A0 80 30 80 00 00 00 00 05 00 00 00",
        "30 06 A0 02 30 00 05 00",
    );
    // A definite element around an indefinite one and the reverse.
    check("30 06 30 80 05 00 00 00", "30 04 30 02 05 00");
    check("30 80 30 02 05 00 00 00", "30 04 30 02 05 00");
}

#[test]
fn lengths_become_minimal() {
    check("04 81 01 AA", "04 01 AA");
    check("04 84 00 00 00 01 AA", "04 01 AA");
    check("30 82 00 04 04 81 01 AA", "30 03 04 01 AA");
    // Twelve length octets, all but one zero: odd, yet allowed by X.690 section 8.1.3.5.
    check("04 8C 00 00 00 00 00 00 00 00 00 00 00 01 AA", "04 01 AA");
}

#[test]
fn constructed_strings_become_primitive() {
    check("24 80 04 02 01 02 04 00 04 01 03 00 00", "04 03 01 02 03");
    check("24 00", "04 00");
    // Segments may be constructed again.
    check("24 0A 24 80 04 01 01 00 00 04 01 02", "04 02 01 02");
    // The example of X.690 section 8.23.6: VisibleString "Jones", segments are OCTET STRINGs.
    check("3A 09 04 03 4A 6F 6E 04 02 65 73", "1A 05 4A 6F 6E 65 73");
    check("2C 80 04 02 D2 9A 00 00", "0C 02 D2 9A");
    check("3E 04 04 02 04 9A", "1E 02 04 9A");
}

#[test]
fn constructed_bit_strings_keep_the_unused_bits_of_the_last_segment() {
    // The example of X.690 section 8.6.4.2: 0A3B5F291CD, four bits unused.
    check(
        "23 80 03 03 00 0A 3B 03 05 04 5F 29 1C D0 00 00",
        "03 07 04 0A 3B 5F 29 1C D0",
    );
    check("23 80 00 00", "03 01 00");
    check("23 03 03 01 00", "03 01 00");
    check("23 07 23 05 03 03 02 AA 54", "03 03 02 AA 54");
}

#[test]
fn joined_strings_inside_long_elements_are_measured_right() {
    let mut ber = bytes("30 80 24 80");
    let mut content = Vec::new();
    for i in 0..700_u32 {
        let segment: Vec<u8> = (0..100).map(|k| (i * 7 + k) as u8).collect();
        ber.extend([0x04, 0x64]);
        ber.extend(&segment);
        content.extend(segment);
    }
    ber.extend(bytes("00 00 00 00"));
    let mut der = bytes("30 83 01 11 75 04 83 01 11 70");
    der.extend(content);
    assert_eq!(to_der(&ber), Ok(der));
}

#[test]
fn what_is_not_a_string_stays_byte_for_byte() {
    for der in [
        "05 00",
        // SET OF in the wrong order, BOOLEAN with 01, INTEGER with a leading zero: not this crate's business.
        "31 09 02 01 05 02 01 01 01 01 01",
        "02 02 00 01",
        // Constructed INTEGER: for the strict parser to refuse.
        "22 03 02 01 05",
        // Context-specific and constructed: nobody knows whether it is a string.
        "A0 03 04 01 AA",
        // High tag numbers: 31, 2^35 - 1.
        "1F 1F 00",
        "BF FF FF FF FF 7F 02 05 00",
        // A malformed primitive BIT STRING.
        "03 00",
    ] {
        check(der, der);
    }
}

#[test]
fn implicitly_tagged_segments_are_joined_by_who_knows_the_type() {
    let der = to_der(&bytes("A0 80 24 80 04 01 01 00 00 04 81 01 02 00 00")).expect("BER");
    assert_eq!(der, bytes("A0 06 04 01 01 04 01 02"));
    assert_eq!(join_octet_string_segments(&der[2..]), Ok(vec![1, 2]));
    // Raw BER is as good.
    assert_eq!(
        join_octet_string_segments(&bytes("24 80 04 01 01 00 00 04 81 01 02")),
        Ok(vec![1, 2])
    );
    assert_eq!(join_octet_string_segments(&[]), Ok(vec![]));
    assert_eq!(
        join_octet_string_segments(&bytes("04 01 01 02 01 02")),
        Err(Error {
            kind: ErrorKind::Segment,
            offset: 3
        })
    );
}

#[test]
fn broken_encodings_are_refused_where_they_break() {
    refuse("", ErrorKind::Truncated, 0);
    refuse("30", ErrorKind::Truncated, 1);
    refuse("30 05 02", ErrorKind::Truncated, 0);
    refuse("30 80 02 01 05", ErrorKind::Truncated, 5);
    refuse("30 80 02 01 05 00", ErrorKind::Truncated, 6);
    refuse("04 84 FF FF FF FF 00", ErrorKind::Truncated, 0);
    refuse(
        "04 89 FF FF FF FF FF FF FF FF FF 00",
        ErrorKind::Truncated,
        0,
    );
    refuse("05 00 00", ErrorKind::TrailingBytes, 2);
    refuse("30 03 02 05 01 00", ErrorKind::Overrun, 2);
    refuse("30 02 30 80 00 00", ErrorKind::Overrun, 4);
    refuse("04 80 00 00", ErrorKind::IndefinitePrimitive, 0);
    refuse("04 FF 00", ErrorKind::Length, 1);
    refuse("00 00", ErrorKind::EndOfContents, 0);
    refuse("30 02 00 00", ErrorKind::EndOfContents, 2);
    refuse("30 80 00 01 05", ErrorKind::EndOfContents, 2);
    refuse("30 80 20 00 00 00", ErrorKind::EndOfContents, 2);
    refuse("1F 1E 00", ErrorKind::Tag, 0);
    refuse("1F 80 1F 00", ErrorKind::Tag, 0);
    refuse("1F FF FF FF FF FF 7F 00", ErrorKind::Tag, 0);
    refuse("24 03 0C 01 41", ErrorKind::Segment, 2);
    refuse("2C 03 0C 01 41", ErrorKind::Segment, 2);
    refuse("23 03 04 01 00", ErrorKind::Segment, 2);
    refuse("23 02 03 00", ErrorKind::UnusedBits, 2);
    refuse("23 04 03 02 08 00", ErrorKind::UnusedBits, 2);
    refuse("23 03 03 01 01", ErrorKind::UnusedBits, 2);
    refuse("23 08 03 02 01 02 03 02 00 01", ErrorKind::UnusedBits, 6);
}

#[test]
fn the_prefix_says_how_much_it_took() {
    assert_eq!(
        to_der_prefix(&bytes("30 80 05 00 00 00 FF FF")),
        Ok((bytes("30 02 05 00"), 6))
    );
}

#[test]
fn nesting_has_a_limit() {
    let nested = |depth: usize| {
        let mut ber = [0x30, 0x80].repeat(depth);
        ber.extend([0, 0].repeat(depth));
        ber
    };
    assert_eq!(
        to_der(&nested(MAX_DEPTH)).expect("within the limit").len(),
        2 * MAX_DEPTH
    );
    let deeper = Error {
        kind: ErrorKind::Depth,
        offset: 2 * MAX_DEPTH,
    };
    assert_eq!(to_der(&nested(MAX_DEPTH + 1)), Err(deeper));
    assert_eq!(to_der(&nested(1_000_000)), Err(deeper));
    let mut segments = [0x24, 0x80].repeat(1_000_000);
    assert_eq!(to_der(&segments), Err(deeper));
    segments[0] = 0x30;
    assert_eq!(to_der(&segments), Err(deeper));
}

#[test]
fn input_has_a_limit() {
    let too_large = Error {
        kind: ErrorKind::TooLarge,
        offset: MAX_INPUT,
    };
    assert_eq!(to_der(&vec![0x04; MAX_INPUT + 1]), Err(too_large));
}

#[test]
fn deep_nesting_around_large_content_is_linear() {
    // Copying at every level would move 64 times 8 MiB.
    let content = vec![0xAA; 8 * 1024 * 1024];
    let mut ber = [0x30, 0x80].repeat(MAX_DEPTH - 1);
    ber.extend([0x04, 0x84, 0x00, 0x80, 0x00, 0x00]);
    ber.extend(&content);
    ber.extend([0, 0].repeat(MAX_DEPTH - 1));
    let der = to_der(&ber).expect("BER");
    assert_eq!(der.len(), der.capacity());
    assert_eq!(der[der.len() - content.len()..], content);
    assert_eq!(der.len(), content.len() + 5 * MAX_DEPTH);
}

/// A random tree of elements, written in BER with every freedom BER gives, and in DER.
#[derive(Debug, Clone)]
enum Tree {
    Constructed {
        tag: u8,
        indefinite: bool,
        inside: Vec<Tree>,
    },
    Octets {
        content: Vec<u8>,
        cut: usize,
        indefinite: bool,
    },
    Primitive {
        tag: u8,
        content: Vec<u8>,
        padding: usize,
    },
}

impl Tree {
    fn ber(&self, out: &mut Vec<u8>) {
        match self {
            Self::Constructed {
                tag,
                indefinite,
                inside,
            } => {
                let mut content = Vec::new();
                inside.iter().for_each(|tree| tree.ber(&mut content));
                wrap(out, *tag, &content, *indefinite, 0);
            }
            Self::Octets {
                content,
                cut,
                indefinite,
            } => {
                let (head, tail) = content.split_at(*cut % (content.len() + 1));
                let mut segments = Vec::new();
                wrap(&mut segments, 0x04, head, false, 1);
                wrap(&mut segments, 0x04, tail, false, 0);
                wrap(out, 0x24, &segments, *indefinite, 2);
            }
            Self::Primitive {
                tag,
                content,
                padding,
            } => {
                wrap(out, *tag, content, false, *padding);
            }
        }
    }

    fn der(&self, out: &mut Vec<u8>) {
        match self {
            Self::Constructed { tag, inside, .. } => {
                let mut content = Vec::new();
                inside.iter().for_each(|tree| tree.der(&mut content));
                wrap(out, *tag, &content, false, 0);
            }
            Self::Octets { content, .. } => wrap(out, 0x04, content, false, 0),
            Self::Primitive { tag, content, .. } => wrap(out, *tag, content, false, 0),
        }
    }
}

fn wrap(out: &mut Vec<u8>, tag: u8, content: &[u8], indefinite: bool, padding: usize) {
    out.push(tag);
    if indefinite {
        out.push(0x80);
        out.extend(content);
        out.extend([0, 0]);
        return;
    }
    let octets: Vec<u8> = content
        .len()
        .to_be_bytes()
        .into_iter()
        .skip_while(|octet| *octet == 0)
        .collect();
    if padding == 0 && content.len() < 0x80 {
        out.push(content.len() as u8);
    } else {
        out.push(0x80 | (padding + octets.len()) as u8);
        out.extend(vec![0; padding]);
        out.extend(octets);
    }
    out.extend(content);
}

fn tree() -> impl Strategy<Value = Tree> {
    let octets = || prop::collection::vec(any::<u8>(), 0..200);
    let leaf = prop_oneof![
        (
            prop::sample::select(vec![0x01_u8, 0x02, 0x04, 0x05, 0x06, 0x0c, 0x80]),
            octets(),
            0..4_usize
        )
            .prop_map(|(tag, content, padding)| Tree::Primitive {
                tag,
                content,
                padding
            }),
        (octets(), any::<usize>(), any::<bool>()).prop_map(|(content, cut, indefinite)| {
            Tree::Octets {
                content,
                cut,
                indefinite,
            }
        }),
    ];
    leaf.prop_recursive(8, 64, 6, |inner| {
        let tags = prop::sample::select(vec![0x30_u8, 0x31, 0xa0, 0xa3, 0x61]);
        (tags, any::<bool>(), prop::collection::vec(inner, 0..6)).prop_map(
            |(tag, indefinite, inside)| Tree::Constructed {
                tag,
                indefinite,
                inside,
            },
        )
    })
}

proptest! {
    #[test]
    fn every_freedom_of_ber_leads_to_the_same_der(tree in tree()) {
        let (mut ber, mut der) = (Vec::new(), Vec::new());
        tree.ber(&mut ber);
        tree.der(&mut der);
        prop_assert_eq!(to_der(&ber), Ok(der.clone()));
        prop_assert_eq!(to_der(&der), Ok(der));
    }

    #[test]
    fn damaged_encodings_never_panic_and_what_passes_is_a_fixed_point(
        tree in tree(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut ber = Vec::new();
        tree.ber(&mut ber);
        for (at, octet) in damage {
            let at = at.index(ber.len());
            ber[at] = octet;
        }
        for input in [&ber[..], &ber[..cut.index(ber.len())]] {
            if let Ok((der, used)) = to_der_prefix(input) {
                prop_assert!(used <= input.len());
                prop_assert!(der.len() <= used + 2 * MAX_DEPTH);
                prop_assert_eq!(to_der(&der), Ok(der));
            }
        }
    }

    #[test]
    fn arbitrary_bytes_never_panic(input in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Ok((der, _)) = to_der_prefix(&input) {
            prop_assert_eq!(to_der(&der), Ok(der));
        }
        let _ = join_octet_string_segments(&input);
    }
}

#[test]
fn der_inside_others_is_lent_and_ber_is_rewritten() {
    use std::borrow::Cow;
    let der = [0x30, 3, 0x04, 1, 7];
    assert!(matches!(
        tamga_ber::to_der_inside(&der, 0),
        Ok(Cow::Borrowed(_))
    ));
    for ber in [
        &[0x30, 0x80, 0x04, 1, 7, 0, 0][..],
        &[0x30, 0x81, 3, 0x04, 1, 7],
        &[0x30, 4, 0x04, 0x81, 1, 7],
        &[0x30, 5, 0x24, 3, 0x04, 1, 7],
    ] {
        let Ok(Cow::Owned(rewritten)) = tamga_ber::to_der_inside(ber, 0) else {
            panic!("{ber:02x?} is not DER");
        };
        assert_eq!(rewritten, der);
    }
    assert!(tamga_ber::to_der_inside(&der, MAX_DEPTH - 2).is_ok());
    assert_eq!(
        tamga_ber::to_der_inside(&der, MAX_DEPTH - 1)
            .unwrap_err()
            .kind,
        ErrorKind::Depth
    );
}

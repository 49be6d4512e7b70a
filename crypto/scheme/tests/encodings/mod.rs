//! Key encodings of the national profile written by hand, so that the product's encoder is not its
//! own judge.
#![allow(dead_code, unused_imports, reason = "each test file uses its part")]

use std::{collections::VecDeque, path::Path, sync::Mutex};

use serde::{Deserialize, de::DeserializeOwned};
use tamga_scheme::{ObjectIdentifier, Random, RandomError};
pub(crate) use tamga_test_support::System;

pub(crate) const GOST_2004: &str = "1.2.398.3.10.1.1.1.1";
pub(crate) const GOST_2015_256: &str = "1.2.398.3.10.1.1.2.1";
pub(crate) const GOST_2015: &str = "1.2.398.3.10.1.1.2.2";
pub(crate) const TUMAR: &str = "1.3.6.1.4.1.6801.1.5.8";

/// SubjectPublicKeyInfo written by hand, from the object identifiers of the national profile.
pub(crate) fn spki(oid: &str, xy: &[u8]) -> Vec<u8> {
    let (algorithm, key) = match oid {
        TUMAR => {
            let header = unhex("060200003aaa00000045433100020000");
            (algorithm(oid), [&[0], header.as_slice(), xy].concat())
        }
        _ => (algorithm(oid), [&[0], tlv(0x04, xy).as_slice()].concat()),
    };
    tlv(0x30, &[algorithm, tlv(0x03, &key)].concat())
}

/// PrivateKeyInfo written by hand; `d` big-endian.
pub(crate) fn pkcs8(oid: &str, d: &[u8]) -> Vec<u8> {
    let reversed: Vec<u8> = d.iter().rev().copied().collect();
    let key = match oid {
        GOST_2004 => {
            let digits = &d[d.iter().position(|byte| *byte != 0).unwrap_or(d.len() - 1)..];
            let sign: &[u8] = if digits[0] & 0x80 == 0 { &[] } else { &[0] };
            tlv(0x02, &[sign, digits].concat())
        }
        TUMAR => tlv(0x30, &[tlv(0x02, &[1]), tlv(0x04, d)].concat()),
        _ => tlv(0x04, &reversed),
    };
    tlv(
        0x30,
        &[tlv(0x02, &[0]), algorithm(oid), tlv(0x04, &key)].concat(),
    )
}

pub(crate) fn algorithm(oid: &str) -> Vec<u8> {
    let oid_tlv = |oid: &str| tlv(0x06, ObjectIdentifier::new(oid).expect("an OID").as_bytes());
    let parameters = match oid {
        GOST_2004 => ["1.2.398.3.10.1.1.1.1.1", "1.2.398.3.10.1.3.1.1.0"],
        GOST_2015_256 => ["1.2.398.3.10.1.1.2.1.1", "1.2.398.3.10.1.3.2"],
        GOST_2015 => ["1.2.398.3.10.1.1.2.2.1", "1.2.398.3.10.1.3.3"],
        _ => return tlv(0x30, &[oid_tlv(oid), tlv(0x05, &[])].concat()),
    };
    tlv(
        0x30,
        &[oid_tlv(oid), tlv(0x30, &parameters.map(oid_tlv).concat())].concat(),
    )
}

pub(crate) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = match content.len() {
        short @ 0..0x80 => vec![short as u8],
        middle @ 0x80..0x100 => vec![0x81, middle as u8],
        long => vec![0x82, (long >> 8) as u8, long as u8],
    };
    [&[tag], length.as_slice(), content].concat()
}

pub(crate) fn unhex(text: &str) -> Vec<u8> {
    hex::decode(text).expect("hex")
}

pub(crate) fn le_xy(x: &str, y: &str) -> Vec<u8> {
    [x, y]
        .iter()
        .flat_map(|number| unhex(number).into_iter().rev())
        .collect()
}

/// A generator that yields given bytes once and then fails.
pub(crate) struct Scripted(Mutex<VecDeque<u8>>);

impl Scripted {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        Self(Mutex::new(bytes.iter().copied().collect()))
    }
}

impl Random for Scripted {
    fn fill(&self, out: &mut [u8]) -> Result<(), RandomError> {
        let mut left = self.0.lock().expect("no test panics while holding it");
        if left.len() < out.len() {
            return Err(RandomError);
        }
        out.iter_mut()
            .for_each(|byte| *byte = left.pop_front().expect("counted above"));
        Ok(())
    }
}

/// The vectors of a file of this crate.
pub(crate) fn own_vectors<T: DeserializeOwned>(name: &str) -> Vec<T> {
    #[derive(Deserialize)]
    struct File<T> {
        source: String,
        vectors: Vec<T>,
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/vectors")
        .join(name);
    let text = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let file: File<T> = serde_json::from_slice(&text).expect("a vector file");
    assert!(!file.source.is_empty());
    file.vectors
}

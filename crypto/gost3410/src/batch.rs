//! Eight signatures of tc26-512-A checked at once, one in each lane of a vector register.
//!
//! Per lane this costs a fraction of checking alone: AVX-512 IFMA multiplies eight pairs of 52-bit
//! numbers with one instruction, and all lanes walk through the same steps. Everything here is
//! public and takes variable time.
//!
//! The arithmetic is written once, over [`lanes::Lanes`]; tests run it on portable lanes, which
//! exist on every machine but would be slower than checking one by one.
#![cfg_attr(
    not(any(test, target_arch = "x86_64")),
    expect(dead_code, reason = "only processors of x86-64 have such lanes")
)]

mod lanes;
mod multiply;
mod number;
mod point;
mod recoding;
mod self_test;
mod table;

use std::sync::OnceLock;

use crate::{Tc26A512, curve::Parameters, field::Residue, verify};
use lanes::{Ifma, ifma};
use multiply::GENERATOR_MULTIPLES;
use table::Row;

/// 512 bits as little-endian limbs.
pub(crate) type Words = [u64; 8];

/// One sum z1*P + z2*Q, P being the base point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lane {
    /// Less than q.
    pub(crate) z1: Words,
    /// Less than q.
    pub(crate) z2: Words,
    /// x of a point Q on the curve (not O), less than p.
    pub(crate) q_x: Words,
    /// y of Q, less than p.
    pub(crate) q_y: Words,
}

/// Whether this CPU has the instructions, may use them, and passed the test of them.
pub(crate) fn available() -> bool {
    vectors().is_some()
}

/// Whether x of z1*P + z2*Q is `r` modulo q, for each lane; 0 < r < q.
///
/// None: not decided here, check this one alone. So it is without the instructions, if the sum is O,
/// and if intermediate sums collide (see [`point`]): never by chance, only for points and numbers
/// made for it. Fewer than eight: repeat one.
pub(crate) fn matches(batch: &[Lane; 8], r: &[Words; 8]) -> [Option<bool>; 8] {
    match vectors() {
        Some((ifma, table)) => ifma.matches(table, &order(), batch, r),
        None => [None; 8],
    }
}

/// Odd multiples of the base point, as rows.
type Table = [Row; GENERATOR_MULTIPLES];

fn vectors() -> Option<(Ifma, &'static Table)> {
    let ifma = ifma()?;
    Some((ifma, table_of_sound(ifma)?))
}

/// The table these instructions made, if they give the right verdicts on known sums, which is tested
/// at first use.
fn table_of_sound(ifma: Ifma) -> Option<&'static Table> {
    static TABLE: OnceLock<Option<Box<Table>>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let table = ifma.generator_table(&generator());
        let sound = self_test::passes(|batch, r| ifma.matches(&table, &order(), batch, r));
        sound.then_some(table)
    });
    table.as_deref()
}

/// The base point's coordinates.
fn generator() -> Row {
    [words(&Tc26A512::GENERATOR_X), words(&Tc26A512::GENERATOR_Y)]
}

/// q.
fn order() -> Words {
    words_of(&verify::order::<Tc26A512>())
}

/// The coordinate with these words, which is less than p.
fn coordinate(words: &Words) -> <Tc26A512 as Parameters>::Field {
    let mut bytes = [0; 64];
    for (bytes, word) in bytes.as_chunks_mut().0.iter_mut().zip(words) {
        *bytes = word.to_le_bytes();
    }
    Residue::from_le_bytes_reduced(&bytes)
}

/// The number, little-endian.
pub(crate) fn words(number: &impl Residue) -> Words {
    let mut bytes = [0; 64];
    number.write_le_bytes(&mut bytes);
    words_of(&bytes)
}

fn words_of(bytes: &[u8; 64]) -> Words {
    let mut words = [0; 8];
    for (word, bytes) in words.iter_mut().zip(bytes.as_chunks().0) {
        *word = u64::from_le_bytes(*bytes);
    }
    words
}

#[cfg(test)]
mod tests;

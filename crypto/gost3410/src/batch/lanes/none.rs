//! Processors other than those of x86-64 have no such lanes.

use crate::batch::{Lane, Words, multiply::GENERATOR_MULTIPLES, table::Row};

/// See the file `ifma.rs`; there is none.
#[derive(Clone, Copy)]
pub(in crate::batch) enum Ifma {}

/// Never: see the type.
pub(in crate::batch) fn ifma() -> Option<Ifma> {
    None
}

impl Ifma {
    pub(in crate::batch) fn generator_table(self, _: &Row) -> Box<[Row; GENERATOR_MULTIPLES]> {
        match self {}
    }

    pub(in crate::batch) fn matches(
        self,
        _: &[Row; GENERATOR_MULTIPLES],
        _: &Words,
        _: &[Lane; 8],
        _: &[Words; 8],
    ) -> [Option<bool>; 8] {
        match self {}
    }
}

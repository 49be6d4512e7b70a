//! Counted big-endian values one after the other, each with the position where it stands (`java.io.DataInput`).

use tamga_token_api::TokenError;

use super::modified_utf8;
use crate::refusal::{damaged, unsupported};

/// What has not been read yet.
pub(super) struct Stream<'a> {
    rest: &'a [u8],
    position: usize,
}

impl<'a> Stream<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self {
            rest: bytes,
            position: 0,
        }
    }

    /// Bytes read so far.
    pub(super) fn position(&self) -> usize {
        self.position
    }

    /// Bytes left.
    pub(super) fn remaining(&self) -> usize {
        self.rest.len()
    }

    /// The next bytes; `what` names them if the file ends before.
    pub(super) fn take(&mut self, length: usize, what: &str) -> Result<&'a [u8], TokenError> {
        let (taken, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or_else(|| damaged(format!("{what} cut off at byte {}", self.position)))?;
        self.rest = rest;
        self.position += length;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self, what: &str) -> Result<[u8; N], TokenError> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N, what)?);
        Ok(array)
    }

    pub(super) fn u32(&mut self, what: &str) -> Result<u32, TokenError> {
        self.array(what).map(u32::from_be_bytes)
    }

    /// Octets behind their length in four bytes, at most `limit`.
    pub(super) fn counted(&mut self, limit: usize, what: &str) -> Result<&'a [u8], TokenError> {
        let length = self.u32(what)?;
        self.within(length as usize, limit, what)
    }

    /// Text behind its length in two bytes, at most `limit` octets.
    pub(super) fn text(&mut self, limit: usize, what: &str) -> Result<String, TokenError> {
        let length = u16::from_be_bytes(self.array(what)?);
        let at = self.position;
        let octets = self.within(length.into(), limit, what)?;
        modified_utf8::decode(octets).ok_or_else(|| damaged(format!("{what} at byte {at}")))
    }

    /// A length beyond the end of the file is damage, however large it is.
    fn within(&mut self, length: usize, limit: usize, what: &str) -> Result<&'a [u8], TokenError> {
        let taken = self.take(length, what)?;
        if length > limit {
            let over = format!("{what} of {length} bytes, at most {limit} are read");
            return Err(unsupported(over));
        }
        Ok(taken)
    }
}

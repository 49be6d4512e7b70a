//! The bytes of a document, and what of the budgets is left while they are read.

use std::cell::Cell;
use std::ops::Range;

use crate::object::{Dictionary, Object, Value};
use crate::syntax::{Cursor, reference};
use crate::{Error, Limits};

/// How many times the size of the document may be read in all: objects that lie inside each other are read for each.
const READINGS: usize = 16;

/// A document that is being read.
#[derive(Debug)]
pub(crate) struct Source<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) limits: Limits,
    readable: Cell<usize>,
    decompressible: Cell<usize>,
}

/// An object at its place in the file: `N G obj … endobj`.
#[derive(Debug, Clone)]
pub(crate) struct Placed {
    pub(crate) number: u32,
    pub(crate) generation: u16,
    pub(crate) object: Object,
    /// Where the bytes of its stream begin.
    pub(crate) stream: Option<usize>,
}

impl<'a> Source<'a> {
    pub(crate) fn new(bytes: &'a [u8], limits: Limits) -> Result<Self, Error> {
        if bytes.len() > limits.size {
            return Err(Error::TooLarge {
                what: "bytes",
                limit: limits.size,
            });
        }
        if !bytes.starts_with(b"%PDF-") {
            return Err(Error::NotPdf);
        }
        let readable = bytes.len().saturating_mul(READINGS) + 2 * limits.decompressed;
        Ok(Self {
            bytes,
            limits,
            readable: Cell::new(readable),
            decompressible: Cell::new(limits.decompressed),
        })
    }

    pub(crate) fn cursor(&self, position: usize) -> Cursor<'a> {
        Cursor::new(self.bytes, position, self.limits.depth)
    }

    /// Counts bytes that were read.
    pub(crate) fn charge(&self, length: usize) -> Result<(), Error> {
        match self.readable.get().checked_sub(length) {
            Some(left) => {
                self.readable.set(left);
                Ok(())
            }
            None => Err(Error::TooLarge {
                what: "bytes of objects",
                limit: self.bytes.len().saturating_mul(READINGS) + 2 * self.limits.decompressed,
            }),
        }
    }

    /// The indirect object at `offset`.
    pub(crate) fn placed(&self, offset: usize) -> Result<Placed, Error> {
        let mut cursor = self.cursor(offset);
        let header = cursor.object_header().ok_or(Error::Malformed {
            offset,
            expected: "an object header",
        })?;
        let object = cursor.object();
        self.charge(cursor.position().saturating_sub(offset))?;
        let object = object?;
        cursor.skip_space();
        let mut stream = None;
        if cursor.word("endobj") {
            // Complete.
        } else if object.dictionary().is_some() && cursor.literally(b"stream") {
            // CR alone does not end the line (ISO 32000-1 section 7.3.8.1).
            if !cursor.literally(b"\r\n") && !cursor.literally(b"\n") {
                return Err(cursor.malformed("a line end behind stream"));
            }
            stream = Some(cursor.position());
        } else {
            return Err(cursor.malformed("endobj"));
        }
        Ok(Placed {
            number: header.number,
            generation: header.generation,
            object,
            stream,
        })
    }

    /// The bytes of a stream of known length, and the position behind `endobj`.
    pub(crate) fn stream(
        &self,
        start: usize,
        length: usize,
    ) -> Result<(Range<usize>, usize), Error> {
        let end = start
            .checked_add(length)
            .filter(|end| *end <= self.bytes.len())
            .ok_or(Error::Malformed {
                offset: start,
                expected: "a stream as long as it says",
            })?;
        let mut cursor = self.cursor(end);
        cursor.skip_white();
        if !cursor.word("endstream") {
            return Err(cursor.malformed("endstream"));
        }
        cursor.expect("endobj")?;
        Ok((start..end, cursor.position()))
    }

    /// What a cross-reference or object stream contains.
    ///
    /// `of` is the number of its object; the dictionary's values are direct here.
    pub(crate) fn decompress(
        &self,
        of: u32,
        dictionary: &Dictionary,
        stream: Range<usize>,
    ) -> Result<Vec<u8>, Error> {
        let raw = &self.bytes[stream];
        let first = |key| match dictionary.entry(key) {
            Some(Object {
                value: Value::Array(items),
                ..
            }) if items.len() <= 1 => Ok(items.first()),
            Some(Object {
                value: Value::Array(_),
                ..
            }) => Err(unsupported(of, "several filters")),
            other => Ok(other),
        };
        let plain = match first("Filter")? {
            None => {
                self.charge_decompressed(raw.len())?;
                raw.to_vec()
            }
            Some(filter) if filter.name() == Some(b"FlateDecode") => {
                let limit = self.decompressible.get();
                let plain = miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(raw, limit)
                    .map_err(|error| match error.status {
                        miniz_oxide::inflate::TINFLStatus::HasMoreOutput => {
                            self.decompressed_error()
                        }
                        _ => Error::Deflate { number: of },
                    })?;
                self.charge_decompressed(plain.len())?;
                plain
            }
            Some(filter) => {
                let name = filter.name().unwrap_or_default();
                return Err(unsupported(
                    of,
                    &format!("filter {}", String::from_utf8_lossy(name)),
                ));
            }
        };
        match first("DecodeParms")?.and_then(Object::dictionary) {
            Some(parameters) => undo_predictor(of, parameters, plain),
            None => Ok(plain),
        }
    }

    fn charge_decompressed(&self, length: usize) -> Result<(), Error> {
        let left = self.decompressible.get().checked_sub(length);
        self.decompressible
            .set(left.ok_or_else(|| self.decompressed_error())?);
        Ok(())
    }

    fn decompressed_error(&self) -> Error {
        Error::TooLarge {
            what: "decompressed bytes",
            limit: self.limits.decompressed,
        }
    }
}

/// The objects of an object stream (ISO 32000-1 section 7.5.7): number and offset of each.
pub(crate) fn object_stream_index(
    of: u32,
    dictionary: &Dictionary,
    plain: &[u8],
) -> Result<Vec<(u32, usize)>, Error> {
    if dictionary.entry("Type").and_then(Object::name) != Some(b"ObjStm") {
        return Err(Error::MissingEntry {
            number: of,
            key: "Type",
        });
    }
    let entry = |key| {
        dictionary
            .entry(key)
            .and_then(Object::offset)
            .ok_or(Error::MissingEntry { number: of, key })
    };
    let (count, first) = (entry("N")?, entry("First")?);
    let mut cursor = Cursor::new(plain, 0, 0);
    let mut index = Vec::new();
    for _ in 0..count {
        let pair = (|| {
            let number = reference(cursor.unsigned()?, 0)?.number;
            Some((number, first.checked_add(cursor.unsigned()?)?))
        })();
        index.push(pair.ok_or_else(|| cursor.malformed("a number and an offset"))?);
    }
    Ok(index)
}

/// Undoes the PNG filters (ISO 32000-1 section 7.4.4.4, PNG section 9).
fn undo_predictor(of: u32, parameters: &Dictionary, plain: Vec<u8>) -> Result<Vec<u8>, Error> {
    let parameter = |key, default| match parameters.entry(key) {
        Some(value) => value
            .offset()
            .ok_or(Error::MissingEntry { number: of, key }),
        None => Ok(default),
    };
    let predictor = parameter("Predictor", 1)?;
    if predictor == 1 {
        return Ok(plain);
    }
    let columns = parameter("Columns", 1)?;
    if !(10..=15).contains(&predictor)
        || parameter("Colors", 1)? != 1
        || parameter("BitsPerComponent", 8)? != 8
        || columns == 0
    {
        return Err(unsupported(of, &format!("predictor {predictor}")));
    }
    let mut out: Vec<u8> = Vec::with_capacity(plain.len());
    for row in plain.chunks(columns.saturating_add(1)) {
        let (filter, row) = row.split_first().expect("chunks are not empty");
        let above = out.len().checked_sub(columns);
        let start = out.len();
        for (column, byte) in row.iter().enumerate() {
            let left = if column == 0 {
                0
            } else {
                out[start + column - 1]
            };
            let up = above.map_or(0, |above| out[above + column]);
            let up_left = match above {
                Some(above) if column > 0 => out[above + column - 1],
                _ => 0,
            };
            let predicted = match filter {
                0 => 0,
                1 => left,
                2 => up,
                3 => left.midpoint(up),
                4 => paeth(left, up, up_left),
                other => return Err(unsupported(of, &format!("PNG filter {other}"))),
            };
            out.push(byte.wrapping_add(predicted));
        }
    }
    Ok(out)
}

fn paeth(left: u8, up: u8, up_left: u8) -> u8 {
    let [a, b, c] = [left, up, up_left].map(i16::from);
    let estimate = a + b - c;
    let [to_left, to_up, to_up_left] = [a, b, c].map(|value| (estimate - value).abs());
    if to_left <= to_up && to_left <= to_up_left {
        left
    } else if to_up <= to_up_left {
        up
    } else {
        up_left
    }
}

fn unsupported(number: u32, what: &str) -> Error {
    Error::Unsupported {
        number,
        what: what.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_png_filter_is_undone_as_its_formula_says() {
        let parameters = Cursor::new(b"<</Predictor 15/Columns 3>>", 0, 8)
            .object()
            .unwrap();
        let parameters = parameters.dictionary().unwrap();
        let check = |filtered: &[u8], expected: &[u8]| {
            let plain = undo_predictor(1, parameters, filtered.to_vec()).unwrap();
            assert_eq!(plain, expected);
        };
        check(&[0, 1, 2, 3], &[1, 2, 3]);
        check(&[1, 1, 2, 3], &[1, 3, 6]);
        check(&[0, 1, 2, 3, 2, 1, 1, 255], &[1, 2, 3, 2, 3, 2]);
        check(&[0, 10, 20, 30, 3, 1, 1, 1], &[10, 20, 30, 6, 14, 23]);
        check(&[0, 10, 20, 30, 4, 1, 1, 1], &[10, 20, 30, 11, 21, 31]);
        assert_eq!(
            undo_predictor(1, parameters, vec![5, 0, 0, 0]),
            Err(unsupported(1, "PNG filter 5"))
        );
    }
}

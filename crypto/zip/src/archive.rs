//! The ZIP layer: the central directory, checked against the headers in front of the files (PKWARE APPNOTE 6.3.10).
//!
//! Strict where readers differ: what the two headers of an entry do not agree on, they could be made to disagree about.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use crate::{Error, Limits};

const END: [u8; 4] = *b"PK\x05\x06";
const END_LENGTH: usize = 22;
const CENTRAL: [u8; 4] = *b"PK\x01\x02";
const CENTRAL_LENGTH: usize = 46;
const LOCAL: [u8; 4] = *b"PK\x03\x04";
const LOCAL_LENGTH: usize = 30;
const DESCRIPTOR: [u8; 4] = *b"PK\x07\x08";

/// Flag bits (section 4.4.4).
const ENCRYPTED: u16 = 1;
const SIZES_FOLLOW: u16 = 1 << 3;
const STRONG: u16 = 1 << 6;
const MASKED: u16 = 1 << 13;

/// Extra fields (section 4.5).
const ZIP64: u16 = 0x0001;
const UNICODE_PATH: u16 = 0x7075;

/// A read archive.
#[derive(Debug, Clone)]
pub(crate) struct Archive<'a> {
    bytes: &'a [u8],
    entries: Vec<Entry>,
    names: HashMap<String, usize>,
    /// Bytes in front of everything the directory knows.
    pub(crate) leading: usize,
    /// Bytes behind the end of the central directory and its comment.
    pub(crate) trailing: usize,
    /// Bytes between entries that belong to none.
    pub(crate) between: usize,
}

/// A file of the archive.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) name: String,
    method: Method,
    crc: u32,
    size: u64,
    data: Range<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Method {
    Deflate,
    Store,
}

/// What both headers of an entry say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Fields<'a> {
    flags: u16,
    method: u16,
    crc: u32,
    compressed: u32,
    size: u32,
    name: &'a [u8],
    extra: &'a [u8],
}

impl Entry {
    pub(crate) fn is_folder(&self) -> bool {
        self.name.ends_with('/')
    }
}

impl<'a> Archive<'a> {
    pub(crate) fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self, Error> {
        if bytes.len() > limits.size {
            return Err(too_large("bytes", limits.size as u64));
        }
        let end = find_end(bytes)?;
        let directory = directory(bytes, end)?;
        let declared = usize::from(u16_at(bytes, end + 10)?);
        if declared > limits.entries {
            return Err(too_large("entries", limits.entries as u64));
        }
        let offset = u32_at(bytes, end + 16)? as usize;
        let leading = directory
            .start
            .checked_sub(offset)
            .ok_or(Error::Malformed {
                offset: end,
                expected: "the central directory where it is said to be",
            })?;

        let mut archive = Self {
            bytes,
            entries: Vec::new(),
            names: HashMap::new(),
            leading,
            trailing: bytes.len() - end - END_LENGTH - usize::from(u16_at(bytes, end + 20)?),
            between: 0,
        };
        let mut extents = Vec::new();
        let mut position = directory.start;
        let mut all = 0_u64;
        for _ in 0..declared {
            let (entry, extent, next) = read_entry(bytes, position, leading, limits)?;
            all = all.saturating_add(entry.size);
            if all > limits.files {
                return Err(too_large("bytes of all files", limits.files));
            }
            position = next;
            extents.push((extent, archive.entries.len()));
            archive.entries.push(entry);
        }
        if position != directory.end {
            return Err(Error::Malformed {
                offset: position,
                expected: "the end of the central directory",
            });
        }
        archive.index_names()?;
        archive.check_extents(extents, directory.start)?;
        Ok(archive)
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub(crate) fn entry(&self, name: &str) -> Option<&Entry> {
        self.names.get(name).map(|index| &self.entries[*index])
    }

    /// Gives the bytes of a file piece by piece; what was given counts only when `Ok` comes back.
    pub(crate) fn read(&self, entry: &Entry, take: &mut dyn FnMut(&[u8])) -> Result<(), Error> {
        let raw = &self.bytes[entry.data.clone()];
        let mut crc = Crc32::new();
        let mut take = |piece: &[u8]| {
            crc.update(piece);
            take(piece);
        };
        match entry.method {
            Method::Store => take(raw),
            Method::Deflate => inflate(raw, entry, &mut take)?,
        }
        if crc.finalize() == entry.crc {
            Ok(())
        } else {
            Err(Error::Checksum {
                name: entry.name.clone(),
            })
        }
    }

    /// A whole file within a budget.
    pub(crate) fn read_whole(
        &self,
        entry: &Entry,
        what: &'static str,
        limit: u64,
    ) -> Result<Vec<u8>, Error> {
        if entry.size > limit {
            return Err(too_large(what, limit));
        }
        let mut whole = Vec::new();
        self.read(entry, &mut |piece| whole.extend_from_slice(piece))?;
        Ok(whole)
    }

    fn index_names(&mut self) -> Result<(), Error> {
        let mut folded = HashSet::new();
        for (index, entry) in self.entries.iter().enumerate() {
            // `a` and `a/` are one name to a file system, as are `A` and `a` to some.
            if !folded.insert(entry.name.trim_end_matches('/').to_lowercase()) {
                return Err(Error::DuplicateName {
                    name: entry.name.clone(),
                });
            }
            self.names.insert(entry.name.clone(), index);
        }
        Ok(())
    }

    fn check_extents(
        &mut self,
        mut extents: Vec<(Range<usize>, usize)>,
        directory: usize,
    ) -> Result<(), Error> {
        extents.sort_by_key(|(extent, _)| extent.start);
        let mut position = self.leading;
        for (extent, index) in extents {
            if extent.start < position || extent.end > directory {
                return Err(Error::Overlap {
                    name: self.entries[index].name.clone(),
                });
            }
            self.between += extent.start - position;
            position = extent.end;
        }
        self.between += directory - position;
        Ok(())
    }
}

/// The last end of central directory; one more behind it, in its comment or after, is refused.
fn find_end(bytes: &[u8]) -> Result<usize, Error> {
    let missing = Error::Malformed {
        offset: bytes.len(),
        expected: "the end of the central directory",
    };
    let last_start = bytes.len().checked_sub(END_LENGTH).ok_or(missing.clone())?;
    let searched = &bytes[..last_start + END.len()];
    let mut found: Option<(usize, Range<usize>)> = None;
    for at in positions_of_end(searched) {
        let Ok(directory) = directory(bytes, at) else {
            continue;
        };
        // One in front of this one's directory may belong to a file of the archive.
        if let Some((earlier, _)) = found
            && (earlier >= directory.start || is_in_comment_of(bytes, earlier, at))
        {
            return Err(Error::AmbiguousEnd { offset: at });
        }
        found = Some((at, directory));
    }
    found.map(|(at, _)| at).ok_or(missing)
}

/// Whether `at` lies in the comment of the end at `earlier`.
fn is_in_comment_of(bytes: &[u8], earlier: usize, at: usize) -> bool {
    u16_at(bytes, earlier + 20).is_ok_and(|length| at < earlier + END_LENGTH + usize::from(length))
}

fn positions_of_end(bytes: &[u8]) -> impl Iterator<Item = usize> {
    bytes
        .windows(END.len())
        .enumerate()
        .filter(|(_, window)| *window == END)
        .map(|(at, _)| at)
}

/// Where the central directory in front of an end record is.
fn directory(bytes: &[u8], end: usize) -> Result<Range<usize>, Error> {
    let malformed = |expected| Error::Malformed {
        offset: end,
        expected,
    };
    let comment = usize::from(u16_at(bytes, end + 20)?);
    if end + END_LENGTH + comment > bytes.len() {
        return Err(malformed("a comment inside the file"));
    }
    let [disk, start_disk, here, total] = [4, 6, 8, 10].map(|at| u16_at(bytes, end + at));
    let (here, total) = (here?, total?);
    let (size, offset) = (u32_at(bytes, end + 12)?, u32_at(bytes, end + 16)?);
    if total == u16::MAX || size == u32::MAX || offset == u32::MAX {
        return Err(Error::Unsupported {
            what: "ZIP64".into(),
        });
    }
    if (disk?, start_disk?) != (0, 0) || here != total {
        return Err(Error::Unsupported {
            what: "several disks".into(),
        });
    }
    let start = end
        .checked_sub(size as usize)
        .ok_or(malformed("the central directory"))?;
    if total > 0 && bytes.get(start..start + 4) != Some(&CENTRAL) {
        return Err(malformed("the central directory in front"));
    }
    Ok(start..end)
}

/// An entry, the bytes it takes up, and where the next one stands in the directory.
fn read_entry(
    bytes: &[u8],
    position: usize,
    leading: usize,
    limits: &Limits,
) -> Result<(Entry, Range<usize>, usize), Error> {
    let malformed = |offset, expected| Error::Malformed { offset, expected };
    if bytes.get(position..position + 4) != Some(&CENTRAL) {
        return Err(malformed(position, "an entry of the central directory"));
    }
    let [name_length, extra_length, comment_length] =
        [28, 30, 32].map(|at| u16_at(bytes, position + at).map(usize::from));
    let (name_length, extra_length, comment_length) =
        (name_length?, extra_length?, comment_length?);
    let name_at = position + CENTRAL_LENGTH;
    let central = fields(
        bytes,
        position + 8,
        position + 10,
        name_at,
        name_length,
        extra_length,
    )?;
    let next = name_at + name_length + extra_length + comment_length;
    let disk = u16_at(bytes, position + 34)?;
    let offset = u32_at(bytes, position + 42)?;
    if [central.compressed, central.size, offset].contains(&u32::MAX) {
        return Err(Error::Unsupported {
            what: "ZIP64".into(),
        });
    }
    if disk != 0 {
        return Err(Error::Unsupported {
            what: "several disks".into(),
        });
    }
    let name = std::str::from_utf8(central.name)
        .map_err(|_| Error::NameEncoding { offset: name_at })?
        .to_owned();
    check_name(&name)?;
    let method = method(&name, &central)?;
    check_extra(&name, &central)?;
    let (compressed, size) = (u64::from(central.compressed), u64::from(central.size));
    if size > limits.file {
        return Err(too_large("bytes of a file", limits.file));
    }
    if size > compressed.saturating_mul(limits.ratio) {
        return Err(too_large("compression ratio", limits.ratio));
    }
    if (method == Method::Store || name.ends_with('/')) && compressed != size
        || name.ends_with('/') && size != 0
    {
        return Err(malformed(
            position,
            "a size that fits the compression method",
        ));
    }

    let local_at = leading + offset as usize;
    if bytes.get(local_at..local_at + 4) != Some(&LOCAL) {
        return Err(malformed(local_at, "a local header"));
    }
    let name_length = usize::from(u16_at(bytes, local_at + 26)?);
    let extra_length = usize::from(u16_at(bytes, local_at + 28)?);
    let local_name = local_at + LOCAL_LENGTH;
    let local = fields(
        bytes,
        local_at + 6,
        local_at + 8,
        local_name,
        name_length,
        extra_length,
    )?;
    compare(&name, &central, &local)?;
    check_extra(&name, &local)?;

    let start = local_name + name_length + extra_length;
    let data = start..start + central.compressed as usize;
    if data.end > bytes.len() {
        return Err(malformed(start, "as many bytes as the directory says"));
    }
    let extent = local_at..data.end + descriptor(bytes, &data, &central);
    let entry = Entry {
        name,
        method,
        crc: central.crc,
        size,
        data,
    };
    Ok((entry, extent, next))
}

/// Flags stand at `flags`, method at `common` and the rest behind it at the same distances in both headers.
fn fields(
    bytes: &[u8],
    flags: usize,
    common: usize,
    name: usize,
    name_length: usize,
    extra_length: usize,
) -> Result<Fields<'_>, Error> {
    let slice = |start: usize, length: usize| {
        bytes.get(start..start + length).ok_or(Error::Malformed {
            offset: start,
            expected: "a name and extra fields inside the file",
        })
    };
    Ok(Fields {
        flags: u16_at(bytes, flags)?,
        method: u16_at(bytes, common)?,
        crc: u32_at(bytes, common + 6)?,
        compressed: u32_at(bytes, common + 10)?,
        size: u32_at(bytes, common + 14)?,
        name: slice(name, name_length)?,
        extra: slice(name + name_length, extra_length)?,
    })
}

fn compare(name: &str, central: &Fields<'_>, local: &Fields<'_>) -> Result<(), Error> {
    let differs = |field| {
        Err(Error::Differs {
            name: name.to_owned(),
            field,
        })
    };
    if central.name != local.name {
        return differs("file name");
    }
    if central.method != local.method {
        return differs("compression method");
    }
    if central.flags != local.flags {
        return differs("general purpose bit flag");
    }
    // Behind the file then; zero here (section 4.3.9).
    let follows = local.flags & SIZES_FOLLOW != 0;
    let pairs = [
        ("crc-32", central.crc, local.crc),
        ("compressed size", central.compressed, local.compressed),
        ("uncompressed size", central.size, local.size),
    ];
    for (field, here, there) in pairs {
        if here != there && !(follows && there == 0) {
            return differs(field);
        }
    }
    Ok(())
}

fn method(name: &str, fields: &Fields<'_>) -> Result<Method, Error> {
    if fields.flags & (ENCRYPTED | STRONG | MASKED) != 0 {
        return Err(Error::Encrypted {
            name: name.to_owned(),
        });
    }
    match fields.method {
        0 => Ok(Method::Store),
        8 => Ok(Method::Deflate),
        other => Err(Error::Unsupported {
            what: format!("compression method {other}"),
        }),
    }
}

/// Extra fields that give an entry other sizes or another name.
fn check_extra(name: &str, fields: &Fields<'_>) -> Result<(), Error> {
    let mut rest = fields.extra;
    while let [a, b, c, d, tail @ ..] = rest {
        let length = usize::from(u16::from_le_bytes([*c, *d]));
        // What is cut off is padding of some writers.
        let Some((value, tail)) = tail.split_at_checked(length) else {
            break;
        };
        match u16::from_le_bytes([*a, *b]) {
            ZIP64 => {
                return Err(Error::Unsupported {
                    what: "ZIP64".into(),
                });
            }
            // Version, CRC-32 of the name, name.
            UNICODE_PATH if value.get(5..) != Some(name.as_bytes()) => {
                return Err(Error::Differs {
                    name: name.to_owned(),
                    field: "Unicode path",
                });
            }
            _ => {}
        }
        rest = tail;
    }
    Ok(())
}

/// Length of the descriptor behind a file, with or without its signature.
fn descriptor(bytes: &[u8], data: &Range<usize>, fields: &Fields<'_>) -> usize {
    if fields.flags & SIZES_FOLLOW == 0 {
        return 0;
    }
    let numbers = [fields.crc, fields.compressed, fields.size].map(u32::to_le_bytes);
    let plain = numbers.concat();
    let signed = [&DESCRIPTOR[..], &plain].concat();
    let behind = &bytes[data.end..];
    [signed, plain]
        .iter()
        .find(|form| behind.starts_with(form))
        .map_or(0, Vec::len)
}

/// Relative, with forward slashes, without steps up, drives, streams or control characters.
fn check_name(name: &str) -> Result<(), Error> {
    let path = name.strip_suffix('/').unwrap_or(name);
    let is_plain = path.split('/').all(|step| !matches!(step, "" | "." | ".."))
        && !name.contains(|one: char| matches!(one, '\\' | ':') || one.is_control());
    if is_plain {
        Ok(())
    } else {
        Err(Error::UnsafeName {
            name: name.to_owned(),
        })
    }
}

fn inflate(raw: &[u8], entry: &Entry, take: &mut dyn FnMut(&[u8])) -> Result<(), Error> {
    use miniz_oxide::inflate::stream::{InflateState, inflate};
    use miniz_oxide::{DataFormat, MZFlush, MZStatus};

    let broken = || Error::Deflate {
        name: entry.name.clone(),
    };
    let mut state = InflateState::new_boxed(DataFormat::Raw);
    let mut piece = vec![0; 32 << 10];
    let (mut rest, mut given) = (raw, 0_u64);
    loop {
        let step = inflate(&mut state, rest, &mut piece, MZFlush::None);
        rest = &rest[step.bytes_consumed..];
        given += step.bytes_written as u64;
        if given > entry.size {
            return Err(broken());
        }
        take(&piece[..step.bytes_written]);
        match step.status {
            Ok(MZStatus::StreamEnd) => break,
            Ok(_) if step.bytes_consumed > 0 || step.bytes_written > 0 => {}
            _ => return Err(broken()),
        }
    }
    if given == entry.size && rest.is_empty() {
        Ok(())
    } else {
        Err(broken())
    }
}

/// CRC-32 (ISO 3309) as in APPNOTE section 4.4.7.
struct Crc32(u32);

/// Remainders of each byte for the reversed polynomial.
const CRC_TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut remainder = index as u32;
        let mut bit = 0;
        while bit < 8 {
            remainder = (remainder >> 1) ^ (0xedb8_8320 * (remainder & 1));
            bit += 1;
        }
        table[index] = remainder;
        index += 1;
    }
    table
};

impl Crc32 {
    fn new() -> Self {
        Self(!0)
    }

    fn update(&mut self, bytes: &[u8]) {
        for byte in bytes {
            let index = (self.0 ^ u32::from(*byte)) & 0xff;
            self.0 = (self.0 >> 8) ^ CRC_TABLE[index as usize];
        }
    }

    fn finalize(self) -> u32 {
        !self.0
    }
}

fn u16_at(bytes: &[u8], offset: usize) -> Result<u16, Error> {
    let bytes = bytes.get(offset..).and_then(<[u8]>::first_chunk);
    bytes
        .map(|bytes| u16::from_le_bytes(*bytes))
        .ok_or(Error::Malformed {
            offset,
            expected: "two bytes",
        })
}

fn u32_at(bytes: &[u8], offset: usize) -> Result<u32, Error> {
    let bytes = bytes.get(offset..).and_then(<[u8]>::first_chunk);
    bytes
        .map(|bytes| u32::from_le_bytes(*bytes))
        .ok_or(Error::Malformed {
            offset,
            expected: "four bytes",
        })
}

fn too_large(what: &'static str, limit: u64) -> Error {
    Error::TooLarge { what, limit }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crc_32_has_its_check_value() {
        // "Check" of CRC-32/ISO-HDLC in the catalogue of parametrised CRC algorithms.
        let mut crc = Crc32::new();
        crc.update(b"123456789");
        assert_eq!(crc.finalize(), 0xcbf4_3926);
    }

    #[test]
    fn only_plain_paths_are_names() {
        for name in ["a", "META-INF/a.xml", "folder/", "text _hash.docx", "құжат"] {
            assert_eq!(check_name(name), Ok(()), "{name}");
        }
        for name in [
            "", "/", "/a", "a//b", "..", "a/../b", "./a", "a\\b", "C:a", "a\0", "a\n", "a//",
        ] {
            let name = name.to_owned();
            assert_eq!(check_name(&name), Err(Error::UnsafeName { name }));
        }
    }
}

//! Cross-reference sections and the revisions they make (ISO 32000-1 sections 7.5.4, 7.5.6 and 7.5.8).

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;

use crate::Error;
use crate::object::{Dictionary, Object};
use crate::source::Source;
use crate::syntax::reference;

/// Where the ends of a file are looked for, from the last `startxref` backwards.
const ENDS_TRIED: usize = 4;

/// Where an object is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    /// In the object stream of this number, at this place of its index.
    Compressed { container: u32, index: usize },
    /// Nowhere: it was deleted, or never existed.
    Free,
    /// At this offset of the file.
    Placed { offset: usize, generation: u16 },
}

/// What one incremental update wrote, or the original file.
#[derive(Debug, Clone)]
pub(crate) struct Revision {
    pub(crate) entries: HashMap<u32, Entry>,
    pub(crate) trailer: Dictionary,
    /// Behind its `%%EOF`, without the line end.
    pub(crate) end: usize,
    /// What its `startxref` says.
    pub(crate) startxref: usize,
    pub(crate) is_stream: bool,
}

struct Section {
    offset: usize,
    entries: HashMap<u32, Entry>,
    trailer: Dictionary,
    /// Behind the section, where `startxref` stands.
    end: usize,
    is_stream: bool,
}

/// The revisions, the oldest first.
///
/// The last end of file that leads to readable sections counts. What follows it belongs to no revision.
pub(crate) fn revisions(source: &Source<'_>) -> Result<Vec<Revision>, Error> {
    let mut first_error = None;
    let mut before = source.bytes.len();
    for _ in 0..ENDS_TRIED {
        let Some(at) = find_last(&source.bytes[..before], b"startxref") else {
            break;
        };
        match end_of_file(source, at).and_then(|(offset, _)| read_chain(source, offset)) {
            Ok(revisions) => return Ok(revisions),
            Err(error @ Error::TooLarge { .. }) => return Err(error),
            Err(error) => first_error = first_error.or(Some(error)),
        }
        before = at;
    }
    Err(first_error.unwrap_or(Error::Malformed {
        offset: source.bytes.len(),
        expected: "startxref",
    }))
}

/// Reads `startxref`, its offset and `%%EOF`; the position behind comes along.
fn end_of_file(source: &Source<'_>, at: usize) -> Result<(usize, usize), Error> {
    let mut cursor = source.cursor(at);
    cursor.expect("startxref")?;
    let offset = cursor
        .unsigned()
        .ok_or_else(|| cursor.malformed("the offset of a cross-reference section"))?;
    cursor.skip_white();
    if !cursor.literally(b"%%EOF") {
        return Err(cursor.malformed("%%EOF"));
    }
    Ok((offset, cursor.position()))
}

fn read_chain(source: &Source<'_>, startxref: usize) -> Result<Vec<Revision>, Error> {
    let mut entries_left = source.limits.entries;
    let mut sections: Vec<Section> = Vec::new();
    let mut next = Some(startxref);
    let mut seen = std::collections::HashSet::new();
    while let Some(offset) = next {
        if !seen.insert(offset) {
            return Err(Error::XrefLoop { offset });
        }
        if sections.len() == source.limits.revisions {
            return Err(Error::TooLarge {
                what: "revisions",
                limit: source.limits.revisions,
            });
        }
        let section = read_section(source, offset, &mut entries_left)?;
        next = predecessor(&section.trailer, "Prev")?;
        sections.push(section);
    }
    into_revisions(source, sections)
}

fn predecessor(trailer: &Dictionary, key: &'static str) -> Result<Option<usize>, Error> {
    match trailer.entry(key) {
        Some(value) => match value.offset() {
            Some(offset) => Ok(Some(offset)),
            None => Err(Error::MissingEntry { number: 0, key }),
        },
        None => Ok(None),
    }
}

/// Turns sections, the newest first, into revisions.
///
/// A linearized file (ISO 32000-1 annex F) has two sections for its first revision: that of the first page stands in
/// front, and its predecessor at the end.
fn into_revisions(source: &Source<'_>, sections: Vec<Section>) -> Result<Vec<Revision>, Error> {
    let mut revisions: Vec<Revision> = Vec::new();
    let mut sections = sections.into_iter().peekable();
    while let Some(mut section) = sections.next() {
        let startxref = section.offset;
        if let Some(older) = sections.next_if(|older| older.offset > startxref) {
            if older.trailer.entry("Prev").is_some() {
                return Err(Error::XrefOrder {
                    offset: older.offset,
                });
            }
            section.end = older.end;
            for (number, entry) in older.entries {
                section.entries.entry(number).or_insert(entry);
            }
        }
        let (named, end) = end_of_file(source, section.end)?;
        if named != startxref {
            return Err(Error::Malformed {
                offset: section.end,
                expected: "startxref of the section in front of it",
            });
        }
        if let Some(newer) = revisions.last()
            && end > newer.startxref
        {
            return Err(Error::XrefOrder { offset: startxref });
        }
        revisions.push(Revision {
            entries: section.entries,
            trailer: section.trailer,
            end,
            startxref,
            is_stream: section.is_stream,
        });
    }
    revisions.reverse();
    Ok(revisions)
}

fn read_section(
    source: &Source<'_>,
    offset: usize,
    entries_left: &mut usize,
) -> Result<Section, Error> {
    if offset >= source.bytes.len() {
        return Err(Error::Malformed {
            offset,
            expected: "a cross-reference section inside the file",
        });
    }
    let mut cursor = source.cursor(offset);
    cursor.skip_space();
    if cursor.word("xref") {
        read_table(source, offset, cursor.position(), entries_left)
    } else {
        read_stream(source, offset, entries_left)
    }
}

fn read_table(
    source: &Source<'_>,
    offset: usize,
    position: usize,
    entries_left: &mut usize,
) -> Result<Section, Error> {
    let mut cursor = source.cursor(position);
    let mut entries = HashMap::new();
    loop {
        cursor.skip_space();
        if cursor.word("trailer") {
            break;
        }
        let (first, count) = (cursor.unsigned(), cursor.unsigned());
        let (Some(first), Some(count)) = (first, count) else {
            return Err(cursor.malformed("a subsection or trailer"));
        };
        for index in 0..count {
            let place = cursor.unsigned();
            let generation = cursor.unsigned();
            cursor.skip_space();
            let number = first.checked_add(index);
            let entry = match (number, place, generation) {
                (Some(number), Some(place), Some(generation)) => {
                    // 65535 and above belong to the head of the free list.
                    reference(number, generation.min(65_535)).map(|named| (named, place))
                }
                _ => None,
            };
            let Some((named, place)) = entry else {
                return Err(cursor.malformed("a cross-reference entry"));
            };
            let entry = if cursor.word("n") {
                Entry::Placed {
                    offset: place,
                    generation: named.generation,
                }
            } else if cursor.word("f") {
                Entry::Free
            } else {
                return Err(cursor.malformed("n or f"));
            };
            insert(source, &mut entries, named.number, entry, entries_left)?;
        }
    }
    let trailer = cursor.object()?;
    let end = cursor.position();
    source.charge(end - position)?;
    let trailer = trailer
        .dictionary()
        .cloned()
        .ok_or_else(|| cursor.malformed("a trailer dictionary"))?;
    // A hybrid file hides objects from old readers (ISO 32000-1 section 7.5.8.4): free in the table, given in a stream.
    if let Some(hidden) = predecessor(&trailer, "XRefStm")? {
        let hidden = read_stream(source, hidden, entries_left)?;
        for (number, entry) in hidden.entries {
            match entries.entry(number) {
                Slot::Occupied(mut slot) if *slot.get() == Entry::Free => {
                    slot.insert(entry);
                }
                Slot::Occupied(_) => {}
                Slot::Vacant(slot) => {
                    slot.insert(entry);
                }
            }
        }
    }
    Ok(Section {
        offset,
        entries,
        trailer,
        end,
        is_stream: false,
    })
}

fn read_stream(
    source: &Source<'_>,
    offset: usize,
    entries_left: &mut usize,
) -> Result<Section, Error> {
    let placed = source.placed(offset)?;
    let number = placed.number;
    let missing = |key| Error::MissingEntry { number, key };
    let (Some(dictionary), Some(start)) = (placed.object.dictionary(), placed.stream) else {
        return Err(Error::Malformed {
            offset,
            expected: "a cross-reference section",
        });
    };
    if dictionary.entry("Type").and_then(Object::name) != Some(b"XRef") {
        return Err(missing("Type"));
    }
    let entry = |key| dictionary.entry(key).and_then(Object::offset);
    let length = entry("Length").ok_or_else(|| missing("Length"))?;
    let size = entry("Size").ok_or_else(|| missing("Size"))?;
    let (stream, end) = source.stream(start, length)?;
    let plain = source.decompress(number, dictionary, stream)?;

    let numbers = |key| -> Option<Vec<usize>> {
        let items = dictionary.entry(key)?.array()?;
        items.iter().map(Object::offset).collect()
    };
    let widths = numbers("W").ok_or_else(|| missing("W"))?;
    let &[kind, second, third] = widths.as_slice() else {
        return Err(missing("W"));
    };
    let width = kind.saturating_add(second).saturating_add(third);
    if width == 0 || widths.iter().any(|width| *width > 8) {
        return Err(missing("W"));
    }
    let index = match dictionary.entry("Index") {
        Some(_) => numbers("Index").ok_or_else(|| missing("Index"))?,
        None => vec![0, size],
    };

    let mut entries = HashMap::new();
    let mut rows = plain.chunks_exact(width);
    for subsection in index.chunks(2) {
        let &[first, count] = subsection else {
            return Err(missing("Index"));
        };
        for index in 0..count {
            let row = rows.next().ok_or_else(|| missing("Index"))?;
            let number = first
                .checked_add(index)
                .and_then(|number| reference(number, 0))
                .ok_or_else(|| missing("Index"))?
                .number;
            let (type_field, row) = row.split_at(kind);
            let (second, third) = row.split_at(second);
            let entry = match (if kind == 0 { 1 } else { big_endian(type_field) }, third) {
                (0, _) => Entry::Free,
                (1, generation) => Entry::Placed {
                    offset: usize::try_from(big_endian(second)).map_err(|_| missing("W"))?,
                    generation: u16::try_from(big_endian(generation)).map_err(|_| missing("W"))?,
                },
                (2, index) => Entry::Compressed {
                    container: u32::try_from(big_endian(second)).map_err(|_| missing("W"))?,
                    index: usize::try_from(big_endian(index)).map_err(|_| missing("W"))?,
                },
                // Unknown types are references to null (ISO 32000-1 section 7.5.8.3).
                _ => Entry::Free,
            };
            insert(source, &mut entries, number, entry, entries_left)?;
        }
    }
    Ok(Section {
        offset,
        entries,
        trailer: dictionary.clone(),
        end,
        is_stream: true,
    })
}

fn insert(
    source: &Source<'_>,
    entries: &mut HashMap<u32, Entry>,
    number: u32,
    entry: Entry,
    entries_left: &mut usize,
) -> Result<(), Error> {
    *entries_left = entries_left.checked_sub(1).ok_or(Error::TooLarge {
        what: "cross-reference entries",
        limit: source.limits.entries,
    })?;
    match entries.insert(number, entry) {
        Some(_) => Err(Error::DuplicateEntry { number }),
        None => Ok(()),
    }
}

/// At most eight bytes.
fn big_endian(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn find_last(bytes: &[u8], word: &[u8]) -> Option<usize> {
    bytes.windows(word.len()).rposition(|window| window == word)
}

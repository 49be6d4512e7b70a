//! Searching the memory of a running process for secrets (Linux: `proc(5)`, maps and mem).

use std::{
    fs::{self, File},
    io::{Read as _, Seek as _, SeekFrom},
    thread,
    time::{Duration, Instant},
};

/// Longer pieces are read one after the other.
const PIECE: usize = 1 << 20;

/// So long a process may take for what is expected of its memory.
const PATIENCE: Duration = Duration::from_secs(60);

/// Bytes that may not stay anywhere, and what they are.
pub(crate) struct Secret {
    pub(crate) name: &'static str,
    pub(crate) bytes: Vec<u8>,
}

impl Secret {
    pub(crate) fn new(name: &'static str, bytes: &[u8]) -> Self {
        assert!(bytes.len() >= 8, "{name} could be found by chance");
        Self {
            name,
            bytes: bytes.to_vec(),
        }
    }
}

/// A password in the forms that our code and that of others makes of it.
pub(crate) fn password(text: &str) -> Vec<Secret> {
    let wide = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<_>>();
    vec![
        Secret::new("password in UTF-8", text.as_bytes()),
        Secret::new("password in UTF-16BE", &wide(u16::to_be_bytes)),
        Secret::new("password in UTF-16LE", &wide(u16::to_le_bytes)),
    ]
}

/// A number of 64 bytes, given little-endian; each half of its own, so that a copy half overwritten is found.
pub(crate) fn scalar(little_endian: &[u8]) -> Vec<Secret> {
    let big_endian: Vec<u8> = little_endian.iter().rev().copied().collect();
    let (low, high) = little_endian.split_at(32);
    let (first, last) = big_endian.split_at(32);
    vec![
        Secret::new("scalar, little-endian, low half", low),
        Secret::new("scalar, little-endian, high half", high),
        Secret::new("scalar, big-endian, high half", first),
        Secret::new("scalar, big-endian, low half", last),
    ]
}

/// Where secrets lie in a process: `NAME in MAPPING`, sorted, each as often as it is there.
///
/// Mappings that were never written can hold nothing that the program was told while it ran, and are left out.
pub(crate) fn places(process: u32, secrets: &[Secret]) -> Vec<String> {
    let maps = fs::read_to_string(format!("/proc/{process}/maps")).expect("a living process");
    let mut memory = File::open(format!("/proc/{process}/mem")).expect("a process of ours");
    let longest = secrets
        .iter()
        .map(|secret| secret.bytes.len())
        .max()
        .unwrap_or(1);
    let mut places = Vec::new();
    let mut read = 0;
    for line in maps.lines() {
        let Some(mapping) = Mapping::parse(line) else {
            continue;
        };
        let mut at = mapping.start;
        while at < mapping.end {
            // A secret may lie across two pieces; the second begins early enough for it.
            let wanted = (mapping.end - at).min(PIECE as u64);
            let Some(piece) = piece(&mut memory, at, wanted) else {
                // Gone meanwhile, or never mapped to memory.
                break;
            };
            read += piece.len();
            let last = at + wanted >= mapping.end;
            let counted = if last {
                piece.len()
            } else {
                piece.len() - (longest - 1)
            };
            find(&piece, counted, secrets, |secret| {
                places.push(format!("{} in {}", secret.name, mapping.name));
            });
            at += counted as u64;
        }
    }
    assert!(read > 0, "nothing of process {process} could be read");
    places.sort();
    places
}

/// Looks until `wanted` holds of the places, and gives these.
#[track_caller]
pub(crate) fn until(
    process: u32,
    secrets: &[Secret],
    wanted: impl Fn(&[String]) -> bool,
) -> Vec<String> {
    let limit = Instant::now() + PATIENCE;
    loop {
        let found = places(process, secrets);
        if wanted(&found) {
            return found;
        }
        assert!(Instant::now() < limit, "after {PATIENCE:?}: {found:?}");
        thread::sleep(Duration::from_millis(20));
    }
}

/// One line of `/proc/PID/maps` that is readable and was or can be written.
struct Mapping<'a> {
    start: u64,
    end: u64,
    name: &'a str,
}

impl<'a> Mapping<'a> {
    /// `START-END PERMISSIONS OFFSET DEVICE INODE [NAME]`.
    fn parse(line: &'a str) -> Option<Self> {
        let mut words = line.split_ascii_whitespace();
        let (start, end) = words.next()?.split_once('-')?;
        let permissions = words.next()?;
        let inode = words.nth(2)?;
        let name = words.next().unwrap_or("memory without a name");
        let is_file = inode != "0";
        let is_of_the_kernel = name.starts_with("[v");
        if !permissions.starts_with('r')
            || is_of_the_kernel
            || (is_file && !permissions.starts_with("rw"))
        {
            return None;
        }
        Some(Self {
            start: u64::from_str_radix(start, 16).ok()?,
            end: u64::from_str_radix(end, 16).ok()?,
            name,
        })
    }
}

fn piece(memory: &mut File, at: u64, length: u64) -> Option<Vec<u8>> {
    let mut piece = vec![0; usize::try_from(length).ok()?];
    memory.seek(SeekFrom::Start(at)).ok()?;
    memory.read_exact(&mut piece).ok()?;
    Some(piece)
}

/// Calls `found` for every secret that begins before `counted`.
fn find<'s>(
    piece: &[u8],
    counted: usize,
    secrets: &'s [Secret],
    mut found: impl FnMut(&'s Secret),
) {
    let mut begins = [false; 256];
    for secret in secrets {
        begins[usize::from(secret.bytes[0])] = true;
    }
    for (at, byte) in piece[..counted].iter().enumerate() {
        if begins[usize::from(*byte)] {
            for secret in secrets {
                if piece[at..].starts_with(&secret.bytes) {
                    found(secret);
                }
            }
        }
    }
}

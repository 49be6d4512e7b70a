//! Searching the memory of a running process for secrets (Linux: `proc(5)`, maps and mem).

use std::{
    fs::{self, File},
    io::{Read as _, Seek as _, SeekFrom},
    thread,
    time::{Duration, Instant},
};

use num_bigint::BigUint;

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

/// q of the curve id-tc26-gost-3410-12-512-paramSetA (RFC 7836 A.1), big-endian.
const Q: &[u8; 128] = b"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\
    27e69532f48d89116ff22b8d4e0560609b4b38abfad2b85dcacdb1411f10b275";

/// The number of a GOST key of 512 bits, given little-endian: as it stands in files in both orders, and as the
/// arithmetic keeps d and q - d, multiplied by 2^512 modulo q (Montgomery 1985). Each half is a secret of its own, so
/// that a copy half overwritten is found.
pub(crate) fn scalar(little_endian: &[u8]) -> Vec<Secret> {
    let q = BigUint::parse_bytes(Q, 16).expect("digits");
    let d = BigUint::from_bytes_le(little_endian) % &q;
    let montgomery = |number: &BigUint| {
        let mut bytes = ((number << 512_u32) % &q).to_bytes_le();
        bytes.resize(64, 0);
        bytes
    };
    let big_endian: Vec<u8> = little_endian.iter().rev().copied().collect();
    let forms = [
        (
            "d, little-endian, low half",
            "d, little-endian, high half",
            little_endian.to_vec(),
        ),
        (
            "d, big-endian, high half",
            "d, big-endian, low half",
            big_endian,
        ),
        (
            "d at work, low half",
            "d at work, high half",
            montgomery(&d),
        ),
        (
            "q - d at work, low half",
            "q - d at work, high half",
            montgomery(&(&q - &d)),
        ),
    ];
    forms
        .into_iter()
        .flat_map(|(first, second, bytes)| {
            [
                Secret::new(first, &bytes[..32]),
                Secret::new(second, &bytes[32..]),
            ]
        })
        .collect()
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
            find(&piece, counted, secrets, |secret, offset| {
                let below = (mapping.end - at - offset) >> 10;
                places.push(format!(
                    "{} in {}, {below} KiB below its end",
                    secret.name, mapping.name
                ));
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
    mut found: impl FnMut(&'s Secret, u64),
) {
    for secret in secrets {
        for at in memchr::memmem::find_iter(piece, &secret.bytes) {
            if at < counted {
                found(secret, at as u64);
            }
        }
    }
}

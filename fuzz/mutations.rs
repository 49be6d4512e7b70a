//! The files of a corpus and seeded mutations of them, for the `tests/corpus.rs` of the crates that are fuzzed.

use tamga_test_support::Numbers;

/// Files of a corpus, sorted by name.
pub(crate) fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = tamga_test_support::workspace_dir()
        .join("fuzz/corpus")
        .join(target);
    let mut files: Vec<_> = std::fs::read_dir(&folder)
        .expect("a corpus")
        .map(|entry| {
            let entry = entry.expect("a file of the corpus");
            let name = entry.file_name().into_string().expect("a name in UTF-8");
            (name, tamga_test_support::read(entry.path()))
        })
        .collect();
    files.sort();
    files
}

/// What comes of every file of a corpus; each must be listed.
#[track_caller]
pub(crate) fn check<O: std::fmt::Debug + PartialEq>(
    target: &str,
    subject: fn(&[u8]) -> O,
    expected: Vec<(&str, O)>,
) {
    let found: Vec<_> = corpus(target)
        .into_iter()
        .map(|(name, bytes)| (name, subject(&bytes)))
        .collect();
    let expected: Vec<_> = expected
        .into_iter()
        .map(|(name, outcome)| (name.to_owned(), outcome))
        .collect();
    assert_eq!(found, expected);
}

/// Hands so many mutations of a corpus to a subject; how many it read and how many it refused.
pub(crate) fn mutate<T, E>(
    target: &str,
    count: usize,
    subject: impl Fn(&[u8]) -> Result<T, E>,
) -> [usize; 2] {
    let mut counts = [0; 2];
    for bytes in mutations(target, count) {
        counts[usize::from(subject(&bytes).is_err())] += 1;
    }
    counts
}

/// So many mutations of a corpus, the same each time.
pub(crate) fn mutations(target: &str, count: usize) -> impl Iterator<Item = Vec<u8>> {
    let files = corpus(target);
    let mut numbers = Numbers(0x7461_6d67_6121);
    (0..count).map(move |_| {
        let mut bytes = files[numbers.below(files.len())].1.clone();
        for _ in 0..=numbers.below(3) {
            let other = &files[numbers.below(files.len())].1;
            numbers.mutate(&mut bytes, other);
        }
        bytes
    })
}

/// Changes of what a corpus holds.
trait Mutate {
    /// One change of the kinds fuzzers make; lengths and counts stand in single bytes, so these are changed most.
    fn mutate(&mut self, bytes: &mut Vec<u8>, other: &[u8]);
}

impl Mutate for Numbers {
    fn mutate(&mut self, bytes: &mut Vec<u8>, other: &[u8]) {
        let at = self.below(bytes.len());
        let end = (at + self.below(64)).min(bytes.len());
        let from = self.below(other.len());
        let piece = &other[from..(from + self.below(64)).min(other.len())];
        match (self.below(8), bytes.get_mut(at)) {
            (0 | 1, Some(byte)) => *byte ^= 1 << self.below(8),
            (2, Some(byte)) => *byte = [0, 1, 0x7f, 0x80, 0xff][self.below(5)],
            (3, Some(byte)) => *byte = byte.wrapping_add(1),
            (4, _) => drop(bytes.drain(at..end)),
            (5, _) => bytes.truncate(at),
            (6, _) => drop(bytes.splice(at..at, piece.iter().copied())),
            _ => drop(bytes.splice(at..end, piece.iter().copied())),
        }
    }
}

//! Messages that everybody hashes.

use tamga_peers::algorithm::Hash;

use crate::random::Random;

/// Every length up to here is tried: several blocks of 32 and 64 bytes.
const EVERY_LENGTH_TO: usize = 300;

/// Beyond: round about powers of two, and long enough for carries in the bit count.
const LONG: [usize; 9] = [511, 512, 513, 1023, 1024, 4097, 8192, 65_537, 300_000];

/// Random bytes and all ones (the sum of the blocks carries through) of every length.
pub(crate) fn messages(hash: Hash) -> Vec<Vec<u8>> {
    let mut random = Random::of(&format!("messages of {}", hash.name()));
    (0..=EVERY_LENGTH_TO)
        .chain(LONG)
        .flat_map(|length| [random.bytes(length), vec![0xFF; length]])
        .collect()
}

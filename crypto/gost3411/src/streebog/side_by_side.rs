//! Several independent messages of any lengths, as many at a time as the registers allow.

use super::state::{Block, State};

/// Most messages hashed at a time. One message alone leaves the execution units waiting for each
/// other's results; with three they are busy.
const WIDEST: usize = 3;

/// A compression function that takes several messages per call.
pub(super) trait Streams {
    /// Clause 8.2: absorbs whole blocks, the same number of each message.
    fn absorb<const W: usize>(&self, states: &mut [&mut State; W], blocks: &[&[Block]; W]);

    /// Clause 8.3: absorbs what is left of each message, less than a block.
    fn finish<const W: usize>(&self, states: &mut [&mut State; W], rests: &[&[u8]; W]);
}

/// The finished states of all messages, in their order.
pub(super) fn hash_all(streams: &impl Streams, iv: u8, messages: &[&[u8]]) -> Vec<State> {
    let mut hashes: Vec<Hash<'_>> = messages
        .iter()
        .enumerate()
        .map(|(place, message)| Hash::new(place, iv, message))
        .collect();
    // Similar lengths together: then few blocks are left to be hashed by fewer at a time.
    hashes.sort_unstable_by_key(|hash| std::cmp::Reverse(hash.blocks.len()));
    for group in hashes.chunks_mut(WIDEST) {
        hash_group(streams, group);
    }
    hashes.sort_unstable_by_key(|hash| hash.place);
    hashes.into_iter().map(|hash| hash.state).collect()
}

/// One message on its way.
struct Hash<'a> {
    place: usize,
    blocks: &'a [Block],
    rest: &'a [u8],
    state: State,
}

impl<'a> Hash<'a> {
    fn new(place: usize, iv: u8, message: &'a [u8]) -> Self {
        let (blocks, rest) = message.as_chunks();
        Self {
            place,
            blocks,
            rest,
            state: State::new(iv),
        }
    }
}

/// Hashes at most `WIDEST` messages, the longest first.
fn hash_group(streams: &impl Streams, group: &mut [Hash<'_>]) {
    let mut done = 0;
    for running in (1..=group.len()).rev() {
        let shortest = group[running - 1].blocks.len();
        match &mut group[..running] {
            [a] => absorb(streams, [a], done, shortest),
            [a, b] => absorb(streams, [a, b], done, shortest),
            [a, b, c] => absorb(streams, [a, b, c], done, shortest),
            _ => unreachable!("groups have at most WIDEST members"),
        }
        done = shortest;
    }
    match group {
        [a] => finish(streams, [a]),
        [a, b] => finish(streams, [a, b]),
        [a, b, c] => finish(streams, [a, b, c]),
        _ => unreachable!("groups have at most WIDEST members"),
    }
}

fn absorb<const W: usize>(
    streams: &impl Streams,
    group: [&mut Hash<'_>; W],
    from: usize,
    to: usize,
) {
    if from < to {
        let blocks = group.each_ref().map(|hash| &hash.blocks[from..to]);
        streams.absorb(&mut group.map(|hash| &mut hash.state), &blocks);
    }
}

fn finish<const W: usize>(streams: &impl Streams, group: [&mut Hash<'_>; W]) {
    let rests = group.each_ref().map(|hash| hash.rest);
    streams.finish(&mut group.map(|hash| &mut hash.state), &rests);
}

//! What happens with elements while they are walked: measured, written, or joined.

/// Receives the elements of one BER encoding in order, already in DER's terms.
pub(crate) trait Sink {
    /// How the next element writes its length: `None` is the indefinite form; `octets` were used for it.
    fn length(&mut self, _length: Option<usize>, _octets: usize) {}
    /// A primitive element.
    fn primitive(&mut self, tag: &[u8], content: &[u8]);
    /// Starts a constructed element, or a string whose segments follow as [`Self::octets`].
    fn open(&mut self, tag: Tag<'_>);
    /// More content of the string opened last.
    fn octets(&mut self, octets: &[u8]);
    /// Sets the first content octet of the BIT STRING opened last; it was given as a zero before.
    fn unused_bits(&mut self, count: u8);
    /// Ends what was opened last.
    fn close(&mut self);
}

/// Identifier octets, one to six.
#[derive(Clone, Copy)]
pub(crate) enum Tag<'a> {
    /// As they came.
    Kept(&'a [u8]),
    /// A universal string that becomes primitive.
    String(u8),
}

impl Tag<'_> {
    fn octets(&self) -> &[u8] {
        match self {
            Self::Kept(octets) => octets,
            Self::String(octet) => std::slice::from_ref(octet),
        }
    }
}

/// First walk: content lengths in DER, one for each opened element, in order of opening.
#[derive(Default)]
pub(crate) struct Lengths {
    /// Content lengths; inputs of at most `MAX_INPUT` bytes keep them below 2^32.
    opened: Vec<u32>,
    /// Elements now open: place in `opened`, length of the tag.
    path: Vec<(usize, usize)>,
    /// Length of everything outside of opened elements.
    total: usize,
    /// Something is not as DER writes it.
    altered: bool,
}

impl Lengths {
    /// True if the writer would write what was walked.
    pub(crate) fn is_der(&self) -> bool {
        !self.altered
    }

    fn add(&mut self, octets: usize) {
        match self.path.last() {
            // Output exceeds input by at most two octets a level, see the test of sizes.
            Some(&(index, _)) => self.opened[index] += octets as u32,
            None => self.total += octets,
        }
    }
}

impl Sink for Lengths {
    fn length(&mut self, length: Option<usize>, octets: usize) {
        self.altered |= length.is_none_or(|length| length_octets(length).len() != octets);
    }

    fn primitive(&mut self, tag: &[u8], content: &[u8]) {
        self.add(tag.len() + length_octets(content.len()).len() + content.len());
    }

    fn open(&mut self, tag: Tag<'_>) {
        self.altered |= matches!(tag, Tag::String(_));
        self.path.push((self.opened.len(), tag.octets().len()));
        self.opened.push(0);
    }

    fn octets(&mut self, octets: &[u8]) {
        self.add(octets.len());
    }

    fn unused_bits(&mut self, _count: u8) {}

    fn close(&mut self) {
        if let Some((index, tag)) = self.path.pop() {
            let content = self.opened[index] as usize;
            self.add(tag + length_octets(content).len() + content);
        }
    }
}

/// Second walk: writes DER with the lengths of the first.
pub(crate) struct Writer {
    lengths: std::vec::IntoIter<u32>,
    der: Vec<u8>,
    content_start: usize,
}

impl Writer {
    pub(crate) fn new(lengths: Lengths) -> Self {
        let der = Vec::with_capacity(lengths.total);
        Self {
            lengths: lengths.opened.into_iter(),
            der,
            content_start: 0,
        }
    }

    pub(crate) fn into_der(self) -> Vec<u8> {
        self.der
    }
}

impl Sink for Writer {
    fn primitive(&mut self, tag: &[u8], content: &[u8]) {
        self.der.extend_from_slice(tag);
        self.der
            .extend_from_slice(length_octets(content.len()).as_slice());
        self.der.extend_from_slice(content);
    }

    fn open(&mut self, tag: Tag<'_>) {
        let length = self
            .lengths
            .next()
            .expect("both walks open the same elements") as usize;
        self.der.extend_from_slice(tag.octets());
        self.der.extend_from_slice(length_octets(length).as_slice());
        self.content_start = self.der.len();
    }

    fn octets(&mut self, octets: &[u8]) {
        self.der.extend_from_slice(octets);
    }

    fn unused_bits(&mut self, count: u8) {
        self.der[self.content_start] = count;
    }

    fn close(&mut self) {}
}

/// Joins segments only.
pub(crate) struct Joined(Vec<u8>);

impl Joined {
    pub(crate) fn with_capacity(octets: usize) -> Self {
        Self(Vec::with_capacity(octets))
    }

    pub(crate) fn into_octets(self) -> Vec<u8> {
        self.0
    }
}

impl Sink for Joined {
    fn primitive(&mut self, _tag: &[u8], _content: &[u8]) {}
    fn open(&mut self, _tag: Tag<'_>) {}
    fn octets(&mut self, octets: &[u8]) {
        self.0.extend_from_slice(octets);
    }
    fn unused_bits(&mut self, _count: u8) {}
    fn close(&mut self) {}
}

/// Length octets of DER: the definite form with the fewest octets (X.690 section 10.1).
pub(crate) fn length_octets(length: usize) -> LengthOctets {
    let mut octets = [0; 9];
    if length < 0x80 {
        octets[8] = length as u8;
        return LengthOctets { octets, start: 8 };
    }
    octets[1..].copy_from_slice(&(length as u64).to_be_bytes());
    let first = 8 - (length.ilog2() as usize) / 8;
    octets[first - 1] = 0x80 | (9 - first) as u8;
    LengthOctets {
        octets,
        start: first - 1,
    }
}

pub(crate) struct LengthOctets {
    octets: [u8; 9],
    start: usize,
}

impl LengthOctets {
    fn as_slice(&self) -> &[u8] {
        &self.octets[self.start..]
    }

    pub(crate) fn len(&self) -> usize {
        self.as_slice().len()
    }
}

#[cfg(test)]
mod tests {
    use super::length_octets;

    #[test]
    fn lengths_take_the_fewest_octets() {
        let cases: [(usize, &[u8]); 8] = [
            (0, &[0]),
            (0x7f, &[0x7f]),
            (0x80, &[0x81, 0x80]),
            (0xff, &[0x81, 0xff]),
            (0x100, &[0x82, 1, 0]),
            (0xffff, &[0x82, 0xff, 0xff]),
            (0x1_0000, &[0x83, 1, 0, 0]),
            (0x1000_0000, &[0x84, 0x10, 0, 0, 0]),
        ];
        for (length, octets) in cases {
            assert_eq!(length_octets(length).as_slice(), octets, "{length:#x}");
        }
    }
}

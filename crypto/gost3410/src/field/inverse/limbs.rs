//! Numbers in limbs of 62 bits, and 2x2 matrices that act on pairs of them.
//!
//! A number is the sum of limb i times 2^(62 i). Limbs are from 0 to 2^62 - 1, except that the
//! topmost one has a sign. The two bits that stay free in a word let products be summed before their
//! carries are taken.

/// Limbs of the longest numbers: 512 bits, and a sign.
pub(super) const MAX_LIMBS: usize = 9;

/// A number; if it is short, the upper limbs are not used.
pub(super) type Limbs = [i64; MAX_LIMBS];

/// The bits of a limb.
pub(super) const MASK: i64 = (1 << 62) - 1;

/// The number 0.
pub(super) const ZERO: Limbs = [0; MAX_LIMBS];

/// The number 1.
pub(super) const ONE: Limbs = [1, 0, 0, 0, 0, 0, 0, 0, 0];

/// ((u, v), (q, r)) / 2^k, where |u| + |v| <= 2^k and |q| + |r| <= 2^k; k = 62 unless said otherwise.
#[derive(Clone, Copy)]
pub(super) struct Matrix {
    pub(super) u: i64,
    pub(super) v: i64,
    pub(super) q: i64,
    pub(super) r: i64,
}

impl Matrix {
    /// The matrix that does what `first` does and then what `self` does; the denominators multiply.
    #[inline(always)]
    pub(super) const fn after(&self, first: &Self) -> Self {
        Self {
            u: self.u * first.u + self.v * first.q,
            v: self.u * first.v + self.v * first.r,
            q: self.q * first.u + self.r * first.q,
            r: self.q * first.v + self.r * first.r,
        }
    }

    /// The same matrix with its denominator and all else multiplied by 2^`bits`.
    #[inline(always)]
    pub(super) const fn shifted(&self, bits: u32) -> Self {
        Self {
            u: self.u << bits,
            v: self.v << bits,
            q: self.q << bits,
            r: self.r << bits,
        }
    }

    /// What this matrix with the denominator 2^`bits` makes of the lowest words of two numbers: the
    /// results have 64 - `bits` bits if the words are correct, and are signed.
    #[inline(always)]
    pub(super) const fn low_words(&self, a: i64, b: i64, bits: u32) -> (i64, i64) {
        let upper = self.u.wrapping_mul(a).wrapping_add(self.v.wrapping_mul(b));
        let lower = self.q.wrapping_mul(a).wrapping_add(self.r.wrapping_mul(b));
        (upper >> bits, lower >> bits)
    }
}

// The functions that apply a matrix are not inlined: every width and both algorithms share them, and
// inside the loop of a caller the compiler widens the matrix to 128 bits ahead of the loop, to
// multiply 128 bits by 128 then.

/// (a, b) becomes `matrix` (a, b), a division without remainder; for numbers of `len` limbs.
///
/// If the numbers had more limbs, all but the topmost limbs of the results are right.
#[inline(never)]
pub(super) fn apply(matrix: &Matrix, a: &mut Limbs, b: &mut Limbs, len: usize) {
    let mut rows = Rows::default();
    rows.add_products(matrix, a[0], b[0]);
    rows.carry();
    for i in 1..len {
        rows.add_products(matrix, a[i], b[i]);
        (a[i - 1], b[i - 1]) = rows.carry();
    }
    (a[len - 1], b[len - 1]) = rows.lowest_words();
}

/// (a, b) becomes 2^62 `matrix` (a, b); for numbers of `len` limbs, the results have one more.
#[inline(never)]
pub(super) fn apply_multiplied(matrix: &Matrix, a: &mut Limbs, b: &mut Limbs, len: usize) {
    let mut rows = Rows::default();
    for i in 0..len {
        rows.add_products(matrix, a[i], b[i]);
        (a[i], b[i]) = rows.carry();
    }
    (a[len], b[len]) = rows.lowest_words();
}

/// The sums of both rows while a matrix is applied limb by limb, from the lowest one upwards.
#[derive(Default)]
pub(super) struct Rows {
    upper: i128,
    lower: i128,
}

impl Rows {
    /// Adds what belongs to one limb of each number.
    #[inline(always)]
    pub(super) const fn add_products(&mut self, matrix: &Matrix, a: i64, b: i64) {
        self.upper += product(matrix.u, a) + product(matrix.v, b);
        self.lower += product(matrix.q, a) + product(matrix.r, b);
    }

    /// Adds `k` and `l` times `digit`.
    #[inline(always)]
    pub(super) const fn add_multiples(&mut self, k: i64, l: i64, digit: i64) {
        self.upper += product(k, digit);
        self.lower += product(l, digit);
    }

    /// The lowest 64 bits of both sums; above the topmost limb, that is all of them.
    #[inline(always)]
    pub(super) const fn lowest_words(&self) -> (i64, i64) {
        (self.upper as i64, self.lower as i64)
    }

    /// Takes the limb that is finished in each row, and goes on to the next one.
    #[inline(always)]
    pub(super) const fn carry(&mut self) -> (i64, i64) {
        let (upper, lower) = self.lowest_words();
        self.upper >>= 62;
        self.lower >>= 62;
        (upper & MASK, lower & MASK)
    }
}

/// `a` times `b`.
#[inline(always)]
pub(super) const fn product(a: i64, b: i64) -> i128 {
    a as i128 * b as i128
}

/// Whether a number of `len` limbs is 0, which the time this takes may show.
#[inline(always)]
pub(super) fn is_zero_vartime(a: &Limbs, len: usize) -> bool {
    a[..len].iter().all(|&limb| limb == 0)
}

/// The number with these little-endian words.
#[inline(always)]
pub(super) const fn from_words<const N: usize>(words: &[u64; N]) -> Limbs {
    let mut limbs = ZERO;
    let mut i = 0;
    while 62 * i < 64 * N {
        let (word, shift) = (62 * i / 64, 62 * i % 64);
        let mut bits = words[word] >> shift;
        if shift > 2 && word + 1 < N {
            bits |= words[word + 1] << (64 - shift);
        }
        limbs[i] = bits as i64 & MASK;
        i += 1;
    }
    limbs
}

/// The little-endian words of a number from 0 to 2^(64N) - 1, `N` <= 8.
#[inline(always)]
pub(super) const fn to_words<const N: usize>(limbs: &Limbs) -> [u64; N] {
    let mut words = [0; N];
    let mut i = 0;
    while i < N {
        // Word i begins at bit 2i of limb i.
        words[i] = (limbs[i] as u64) >> (2 * i) | (limbs[i + 1] as u64) << (62 - 2 * i);
        i += 1;
    }
    words
}

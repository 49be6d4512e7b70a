//! Signatures that hold or do not hold by the way they were made, without any implementation's help.
//!
//! A signature that holds needs no private key here: choose u and v, take R = u*G + v*Q, then r = x_R mod q,
//! e = -r / v and s = u*e make the verifier compute exactly u*G + v*Q (GOST R 34.10-2012 section 6.2, steps 4 to 6).
//! So the multipliers and the points can be the ones where implementations err.

use num_bigint::BigUint;

use tamga_peers::{algorithm::Curve, foreign::Quirk, protocol::Request};

use crate::{
    curve_numbers::{CurveNumbers, Point},
    random::Random,
    signatures::{digests, shown_by_digest},
};

/// A question to every verifier, with the answer.
#[derive(Clone)]
pub(crate) struct Judged {
    /// What is special about it.
    pub(crate) what: String,
    pub(crate) public: Vec<u8>,
    pub(crate) digest: Vec<u8>,
    pub(crate) signature: Vec<u8>,
    pub(crate) holds: bool,
    /// Deviations from the standard that show here.
    pub(crate) shows: Vec<Quirk>,
    /// d, where the key was made from it.
    secret: Option<BigUint>,
}

impl Judged {
    /// The question in the words of the protocol.
    pub(crate) fn request(&self, curve: Curve) -> Request {
        Request::Verify {
            curve,
            public: self.public.clone(),
            digest: self.digest.clone(),
            signature: self.signature.clone(),
        }
    }
}

/// Every question about one curve.
pub(crate) fn all(numbers: &CurveNumbers) -> Vec<Judged> {
    let mut random = Random::of(&format!("verdicts of {}", numbers.curve.name()));
    let mut all = chosen_multipliers(numbers, &mut random);
    all.extend(small_coordinates(numbers, &mut random));
    all.extend(reduced_x(numbers, &mut random));
    let good = all.clone();
    all.extend(refused_numbers(numbers, &mut random));
    all.extend(
        good.iter()
            .flat_map(|good| damaged(numbers, good, &mut random)),
    );
    all.extend(other_keys(numbers, &good));
    all.extend(outside_subgroup(numbers, &mut random));
    for judged in &mut all {
        judged
            .shows
            .extend(shown_by_digest(numbers, &judged.digest));
    }
    all
}

/// How a forged signature was made; r, s and e are its numbers.
struct Forged {
    public: (BigUint, BigUint),
    r: BigUint,
    s: BigUint,
    e: BigUint,
    shows: Vec<Quirk>,
}

impl Forged {
    fn judged(&self, numbers: &CurveNumbers, what: String) -> Judged {
        Judged {
            what,
            public: numbers.pair(&self.public.0, &self.public.1),
            digest: numbers.le(&self.e),
            signature: numbers.pair(&self.r, &self.s),
            holds: true,
            shows: self.shows.clone(),
            secret: None,
        }
    }
}

/// The numbers for which a verifier computes `u*G + v*public = result`; none if r would be 0.
fn forge(
    numbers: &CurveNumbers,
    public: &(BigUint, BigUint),
    result: &(BigUint, BigUint),
    u: &BigUint,
    v: &BigUint,
) -> Option<Forged> {
    let q = &numbers.q;
    let r = &result.0 % q;
    if r == BigUint::ZERO {
        return None;
    }
    let e = numbers.negative_mod_q(&(&r * numbers.inverse_mod_q(v)));
    let s = u * &e % q;
    let shows = if result.0 < *q {
        Vec::new()
    } else {
        vec![Quirk::NoReductionOfX]
    };
    Some(Forged {
        public: public.clone(),
        r,
        s,
        e,
        shows,
    })
}

/// Multipliers and keys that meet each other in additions: equal points, opposite points, O on the way.
fn chosen_multipliers(numbers: &CurveNumbers, random: &mut Random) -> Vec<Judged> {
    let q = &numbers.q;
    let mut special: Vec<BigUint> = [1_u8, 2, 3, 4, 5, 8, 15, 16, 17]
        .map(BigUint::from)
        .to_vec();
    special.extend([1_u8, 2, 3, 16].map(|step| q - step));
    special.extend((0..4).map(|_| BigUint::from(1_u8) << random.below(8 * numbers.bytes() - 2)));
    let secrets = [1_u8, 2, 3, 5].map(BigUint::from).into_iter();
    let secrets: Vec<_> = secrets.clone().chain(secrets.map(|d| q - d)).collect();
    let mut all = Vec::new();
    for d in &secrets {
        let public = numbers.multiply(d, &numbers.base);
        for _ in 0..12 {
            let u = &special[random.below(special.len())];
            let v = &special[random.below(special.len())];
            all.extend(with_known_key(
                numbers,
                d,
                &public,
                u,
                v,
                "special multipliers",
            ));
        }
        // The last addition doubles: u*G = v*Q.
        let v = &special[random.below(special.len())];
        let u = v * d % q;
        all.extend(with_known_key(numbers, d, &public, &u, v, "u*G equals v*Q"));
    }
    let key = random.number_below(q);
    let public = numbers.multiply(&key, &numbers.base);
    for _ in 0..4 {
        let v = random.number_below(q);
        let u = &v * &key % q;
        all.extend(with_known_key(
            numbers,
            &key,
            &public,
            &u,
            &v,
            "u*G equals v*Q",
        ));
    }
    all
}

fn with_known_key(
    numbers: &CurveNumbers,
    d: &BigUint,
    public: &Point,
    u: &BigUint,
    v: &BigUint,
    what: &str,
) -> Option<Judged> {
    let k = (u + v * d) % &numbers.q;
    let result = numbers.multiply(&k, &numbers.base)?;
    let public = public.as_ref().expect("d is not 0");
    let mut forged = forge(numbers, public, &result, u, v)?;
    if *u == v * d % &numbers.q {
        forged.shows.push(Quirk::NoDoubling);
    }
    Some(Judged {
        secret: Some(d.clone()),
        ..forged.judged(numbers, format!("{what}: d = {d:x}, u = {u:x}, v = {v:x}"))
    })
}

/// Keys and results with small x.
fn small_coordinates(numbers: &CurveNumbers, random: &mut Random) -> Vec<Judged> {
    let mut all = Vec::new();
    for point in numbers.points_from(&BigUint::ZERO, 8) {
        all.extend(with_small_key(numbers, &point, random));
        all.extend(with_result(numbers, &point, random, "R has a small x"));
    }
    all
}

fn with_small_key(
    numbers: &CurveNumbers,
    key: &(BigUint, BigUint),
    random: &mut Random,
) -> Vec<Judged> {
    let q = &numbers.q;
    [BigUint::from(1_u8), q - 1_u8, random.number_below(q)]
        .into_iter()
        .filter_map(|v| {
            let u = random.number_below(q);
            let result = numbers.add(
                &numbers.multiply(&u, &numbers.base),
                &numbers.multiply(&v, &Some(key.clone())),
            )?;
            let forged = forge(numbers, key, &result, &u, &v)?;
            Some(forged.judged(numbers, format!("the key has a small x: {:x}", key.0)))
        })
        .collect()
}

/// A key for which the verifier's result is a given point.
fn with_result(
    numbers: &CurveNumbers,
    result: &(BigUint, BigUint),
    random: &mut Random,
    what: &str,
) -> Option<Judged> {
    let u = random.number_below(&numbers.q);
    let v = random.number_below(&numbers.q);
    let forged = forge_result(numbers, result, &u, &v)?;
    Some(forged.judged(numbers, format!("{what}: {:x}", result.0)))
}

/// Q = (R - u*G) / v.
fn forge_result(
    numbers: &CurveNumbers,
    result: &(BigUint, BigUint),
    u: &BigUint,
    v: &BigUint,
) -> Option<Forged> {
    let u_base = numbers.multiply(u, &numbers.base);
    let rest = numbers.add(&Some(result.clone()), &numbers.negative(&u_base));
    let public = numbers.multiply(&numbers.inverse_mod_q(v), &rest)?;
    forge(numbers, &public, result, u, v)
}

/// Results whose x is not less than q, so that r is another number than x.
fn reduced_x(numbers: &CurveNumbers, random: &mut Random) -> Vec<Judged> {
    let mut all = Vec::new();
    let mut multiple = numbers.q.clone();
    while multiple < numbers.p {
        for point in numbers.points_from(&multiple, 4) {
            all.extend(with_result(
                numbers,
                &point,
                random,
                "x_R is not less than q",
            ));
        }
        multiple += &numbers.q;
    }
    all
}

/// Numbers out of range, in signatures that would hold without the check of their range.
fn refused_numbers(numbers: &CurveNumbers, random: &mut Random) -> Vec<Judged> {
    let q = &numbers.q;
    let mut all = Vec::new();
    let mut refuse = |what: &str, forged: &Forged, r: &BigUint, s: &BigUint| {
        if r < &numbers.limit() && s < &numbers.limit() {
            let mut judged = forged.judged(numbers, what.to_owned());
            judged.signature = numbers.pair(r, s);
            judged.holds = false;
            all.push(judged);
        }
    };
    // Small r: results with small x. r + q fits.
    for point in numbers.points_from(&BigUint::from(1_u8), 6) {
        let (u, v) = (random.number_below(q), random.number_below(q));
        let forged = forge_result(numbers, &point, &u, &v).expect("x is not 0");
        let (r, s) = (&forged.r, &forged.s);
        refuse("r + q", &forged, &(r + q), s);
        refuse("r + q and s + q", &forged, &(r + q), &(s + q));
        refuse("r + 2q", &forged, &(r + q * 2_u8), s);
    }
    for d in [1_u8, 2, 7] {
        let d = BigUint::from(d);
        let public = numbers.multiply(&d, &numbers.base).expect("d is not 0");
        for s in 1_u8..=4 {
            // Small s: with k and r of any result, e = (s - r*d) / k.
            let k = random.number_below(q);
            let result = numbers.multiply(&k, &numbers.base).expect("k is not 0");
            let r = &result.0 % q;
            let s = BigUint::from(s);
            let e = (&s + numbers.negative_mod_q(&(&r * &d))) * numbers.inverse_mod_q(&k) % q;
            let forged = Forged {
                public: public.clone(),
                r,
                s,
                e,
                shows: Vec::new(),
            };
            refuse("s + q", &forged, &forged.r, &(&forged.s + q));
            refuse("s + 2q", &forged, &forged.r, &(&forged.s + q * 2_u8));
        }
        // u*G + v*Q = O: s = r*d.
        let r = random.number_below(q);
        let forged = Forged {
            public: public.clone(),
            s: &r * &d % q,
            r,
            e: random.number_below(q),
            shows: Vec::new(),
        };
        refuse("the result is O", &forged, &forged.r, &forged.s);
        let (zero, largest) = (BigUint::ZERO, numbers.limit() - 1_u8);
        for outside in [&zero, q, &numbers.p, &largest] {
            let inside = random.number_below(q);
            refuse(&format!("r = {outside:x}"), &forged, outside, &inside);
            refuse(&format!("s = {outside:x}"), &forged, &inside, outside);
            refuse(&format!("r = s = {outside:x}"), &forged, outside, outside);
        }
        // s = 0 in the equation itself: r*d + k*e = 0 makes u = 0, v = k / d.
        let k = random.number_below(q);
        let result = numbers.multiply(&k, &numbers.base).expect("k is not 0");
        let r = &result.0 % q;
        let e = numbers.negative_mod_q(&(&r * &d * numbers.inverse_mod_q(&k)));
        let forged = Forged {
            public: public.clone(),
            s: BigUint::ZERO,
            r,
            e,
            shows: Vec::new(),
        };
        refuse(
            "s = 0 where the equation gives 0",
            &forged,
            &forged.r,
            &zero,
        );
        let forged = Forged {
            shows: vec![Quirk::OrderAsS],
            ..forged
        };
        refuse("s = q where the equation gives 0", &forged, &forged.r, q);
    }
    all
}

/// One good signature, damaged in every field.
fn damaged(numbers: &CurveNumbers, good: &Judged, random: &mut Random) -> Vec<Judged> {
    let n = numbers.bytes();
    let mut bad = |what: &str, damage: &mut dyn FnMut(&mut Judged, &mut Random)| {
        let mut judged = good.clone();
        damage(&mut judged, random);
        judged.what = format!("{what}, of: {}", good.what);
        judged.holds = false;
        judged.shows.clear();
        judged
    };
    let mut all = vec![
        bad("one bit of the digest", &mut |judged, random| {
            flip(&mut judged.digest, random);
        }),
        bad("one bit of r", &mut |judged, random| {
            flip(&mut judged.signature[..n], random);
        }),
        bad("one bit of s", &mut |judged, random| {
            flip(&mut judged.signature[n..], random);
        }),
        bad("one bit of the key", &mut |judged, random| {
            flip(&mut judged.public, random);
        }),
        bad("r and s swapped", &mut |judged, _| {
            judged.signature.rotate_left(n);
        }),
        bad("bytes reversed", &mut |judged, _| {
            judged.signature.reverse()
        }),
        bad("q - s", &mut |judged, _| {
            let s = BigUint::from_bytes_le(&judged.signature[n..]);
            judged.signature[n..].copy_from_slice(&numbers.le(&(&numbers.q - s)));
        }),
        bad("another digest", &mut |judged, random| {
            let digests = digests(numbers);
            judged.digest = digests[random.below(digests.len())].clone();
        }),
    ];
    all.retain(|judged| !holds_still(numbers, good, judged));
    // Half of them, to save time: every kind is drawn often enough.
    let half = all.len() / 2;
    while all.len() > half {
        all.swap_remove(random.below(all.len()));
    }
    all
}

/// Damage can hit upon another signature that holds: with small multipliers even by chance, and where r = s or
/// e is 0 or 1 modulo q.
fn holds_still(numbers: &CurveNumbers, good: &Judged, damaged: &Judged) -> bool {
    let n = numbers.bytes();
    if damaged.public != good.public || damaged.signature[..n] != good.signature[..n] {
        return false;
    }
    let (r, s) = damaged.signature.split_at(n);
    let (r, s) = (BigUint::from_bytes_le(r), BigUint::from_bytes_le(s));
    if s == BigUint::ZERO || s >= numbers.q {
        return false;
    }
    let Some(d) = &good.secret else {
        return damaged.signature == good.signature
            && numbers.e(&damaged.digest) == numbers.e(&good.digest);
    };
    // The verifier's result is k*G with k = (s - r*d) / e, and x is the same for -k.
    let k = |s: &BigUint, digest: &[u8]| {
        (s + numbers.negative_mod_q(&(&r * d))) * numbers.inverse_mod_q(&numbers.e(digest))
            % &numbers.q
    };
    let before = k(&BigUint::from_bytes_le(&good.signature[n..]), &good.digest);
    let after = k(&s, &damaged.digest);
    after == before || after == numbers.negative_mod_q(&before)
}

fn flip(bytes: &mut [u8], random: &mut Random) {
    let bit = random.below(8 * bytes.len());
    bytes[bit / 8] ^= 1 << (bit % 8);
}

/// Good signatures under keys that are not theirs, and under no keys at all.
fn other_keys(numbers: &CurveNumbers, good: &[Judged]) -> Vec<Judged> {
    let n = numbers.bytes();
    let mut all = Vec::new();
    let other = &good.last().expect("some are good").public;
    for judged in good.iter().step_by(6) {
        let (x, y) = judged.public.split_at(n);
        let (x, y) = (BigUint::from_bytes_le(x), BigUint::from_bytes_le(y));
        let mut keys = vec![
            ("the opposite key", numbers.pair(&x, &(&numbers.p - &y))),
            ("x and y swapped", numbers.pair(&y, &x)),
            ("(0, 0)", vec![0; 2 * n]),
            ("y + 1", numbers.pair(&x, &((&y + 1_u8) % &numbers.p))),
            ("all ones", vec![0xFF; 2 * n]),
        ];
        if *other != judged.public {
            keys.push(("another key", other.clone()));
        }
        for (what, public) in keys {
            all.push(Judged {
                what: format!("{what} instead of the key, of: {}", judged.what),
                public,
                holds: false,
                shows: Vec::new(),
                ..judged.clone()
            });
        }
    }
    // The same point, written with a coordinate that is not less than p: fits where x is small.
    for judged in good {
        let x = BigUint::from_bytes_le(&judged.public[..n]) + &numbers.p;
        if x < numbers.limit() {
            let y = BigUint::from_bytes_le(&judged.public[n..]);
            all.push(Judged {
                what: format!("x + p instead of the key, of: {}", judged.what),
                public: numbers.pair(&x, &y),
                holds: false,
                shows: vec![Quirk::CoordinatesModuloP],
                ..judged.clone()
            });
        }
    }
    all
}

/// Keys that are a multiple of the base point plus a point of order 2 or 4, where there are such points. With v a
/// multiple of 4 the other point does not show in the verifier's result.
fn outside_subgroup(numbers: &CurveNumbers, random: &mut Random) -> Vec<Judged> {
    let q = &numbers.q;
    let mut all = Vec::new();
    for low in numbers.points_of_low_order() {
        let d = random.number_below(q);
        let inside = numbers.multiply(&d, &numbers.base);
        let key = numbers
            .add(&inside, &Some(low.clone()))
            .expect("not opposite");
        let (u, v) = (
            random.number_below(q),
            random.number_below(&(q >> 2_u8)) * 4_u8,
        );
        let k = (&u + &v * &d) % q;
        let result = numbers.multiply(&k, &numbers.base).expect("random numbers");
        let forged = forge(numbers, &key, &result, &u, &v).expect("r is not 0");
        all.push(Judged {
            holds: false,
            shows: vec![Quirk::KeyOutsideSubgroup],
            ..forged.judged(
                numbers,
                format!("a key outside the subgroup: {:x} added", low.0),
            )
        });
    }
    all
}

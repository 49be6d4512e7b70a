//! The values of `alg` (RFC 7515 section 4.1.1).

use tamga_scheme::SignatureScheme;

/// Names of pkigovkz/java-jwt for the national schemes, RFC 7518 section 3.1 for RSA. `none` and the keyed hashes
/// (`HS256`, …) are in no row and so never accepted.
const ALGORITHMS: [(&str, SignatureScheme); 3] = [
    ("GG2004", SignatureScheme::Gost2004),
    ("GG2015", SignatureScheme::Gost2015With512),
    ("RS256", SignatureScheme::RsaSha256),
];

/// The name of a scheme; `None` for schemes that no token uses.
pub(crate) fn name(scheme: SignatureScheme) -> Option<&'static str> {
    let row = ALGORITHMS.iter().find(|(_, of)| *of == scheme);
    row.map(|(name, _)| *name)
}

/// The scheme of a name, which is compared exactly.
pub(crate) fn scheme(name: &str) -> Option<SignatureScheme> {
    let row = ALGORITHMS.iter().find(|(known, _)| *known == name);
    row.map(|(_, scheme)| *scheme)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_schemes_lead_to_each_other_and_nothing_else_does() {
        for (text, of) in ALGORITHMS {
            assert_eq!((name(of), scheme(text)), (Some(text), Some(of)));
        }
        for other in [
            "none", "None", "", "HS256", "rs256", "RS384", "ES256", "GG2004 ",
        ] {
            assert_eq!(scheme(other), None, "{other}");
        }
    }
}

//! Who the holder of a certificate is, from its subject name.

use tamga_scheme::ObjectIdentifier;
use tamga_x509::{Certificate, Name};

/// SN, the family name.
const SURNAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.4");
/// GIVENNAME, which holds the patronymic in certificates of the NCA.
const GIVEN_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.42");
/// emailAddress (PKCS#9).
const EMAIL: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.1");

/// The holder, as the certificate says; nothing is looked up anywhere.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Identity {
    /// Individual identification number.
    pub iin: Option<Iin>,
    /// Business identification number: 12 digits.
    pub bin: Option<String>,
    /// Family name.
    pub family_name: Option<String>,
    /// Given name: the common name without the family name before it.
    pub given_name: Option<String>,
    /// Patronymic.
    pub patronymic: Option<String>,
    /// Common name: family and given name, or the name of a system.
    pub full_name: Option<String>,
    /// Organisation.
    pub organization: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
}

/// An individual identification number.
///
/// `YYMMDD`, one digit for century and sex (1, 2: 19th; 3, 4: 20th; 5, 6: 21st; odd: male), four digits, check digit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Iin(String);

/// Sex by the seventh digit of the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gender {
    /// Even.
    Female,
    /// Odd.
    Male,
}

impl Identity {
    /// Reads the subject of a certificate. Attributes that occur twice are left out: nobody can say which one counts.
    pub fn of(certificate: &Certificate) -> Self {
        let name = certificate.subject();
        let text = |oid| name.attribute(oid).map(str::to_owned);
        let family_name = text(SURNAME);
        let full_name = name.common_name().map(str::to_owned);
        Self {
            iin: name.iin().map(|digits| Iin(digits.to_owned())),
            bin: name.bin().map(str::to_owned),
            given_name: given_name(full_name.as_deref(), family_name.as_deref()),
            family_name,
            patronymic: text(GIVEN_NAME),
            full_name,
            organization: name.organization().map(str::to_owned),
            email: text(EMAIL),
        }
    }
}

/// True if an attribute that identifies the holder occurs more than once in the name.
pub(crate) fn is_ambiguous(name: &Name) -> bool {
    let rdns = name.rdns();
    rdns.iter()
        .enumerate()
        .any(|(at, rdn)| rdns[..at].iter().any(|earlier| earlier.oid == rdn.oid))
}

impl Iin {
    /// The 12 digits.
    pub fn digits(&self) -> &str {
        &self.0
    }

    /// True if the last digit is the check digit of the others.
    ///
    /// Weighted sum modulo 11 with weights 1…11; on 10 once more with weights 3…11, 1, 2; 10 again is no valid number.
    pub fn checksum_valid(&self) -> bool {
        let digits: Vec<u32> = self.0.bytes().map(|byte| u32::from(byte - b'0')).collect();
        let [digits @ .., check] = digits.as_slice() else {
            return false;
        };
        let sum = |shift: u32| -> u32 {
            (0..)
                .zip(digits)
                .map(|(at, digit)| digit * ((at + shift) % 11 + 1))
                .sum::<u32>()
                % 11
        };
        match sum(0) {
            10 => sum(2) == *check,
            first => first == *check,
        }
    }

    /// Year, month and day of birth; `None` if the digits are no date of the Gregorian calendar.
    pub fn birth_date(&self) -> Option<(u16, u8, u8)> {
        let pair = |at: usize| self.0.get(at..at + 2)?.parse::<u8>().ok();
        let (year, month, day) = (pair(0)?, pair(2)?, pair(4)?);
        let century = match self.0.as_bytes().get(6)? {
            b'1' | b'2' => 1800,
            b'3' | b'4' => 1900,
            b'5' | b'6' => 2000,
            _ => return None,
        };
        let year = century + u16::from(year);
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month {
            2 if leap => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        (1..=days).contains(&day).then_some((year, month, day))
    }

    /// Sex; `None` if the seventh digit has no meaning.
    pub fn gender(&self) -> Option<Gender> {
        match self.0.as_bytes().get(6)? {
            b'1' | b'3' | b'5' => Some(Gender::Male),
            b'2' | b'4' | b'6' => Some(Gender::Female),
            _ => None,
        }
    }
}

/// The common name of a person is "FAMILY GIVEN"; anything else has no given name we could know.
fn given_name(full: Option<&str>, family: Option<&str>) -> Option<String> {
    let rest = full?.strip_prefix(family?)?.strip_prefix(' ')?.trim();
    (!rest.is_empty()).then(|| rest.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn iin(digits: &str) -> Iin {
        Iin(digits.to_owned())
    }

    #[test]
    fn the_check_digit_uses_the_second_weights_when_the_first_give_ten() {
        // 9·1 + 1·4 + 1·6 + 3·7 + 1·11 = 51 = 7 modulo 11
        assert!(iin("900101300017").checksum_valid());
        assert!(!iin("900101300018").checksum_valid());
        // 1·4 + 1·6 + 1·11 = 21 = 10; then 1·6 + 1·8 + 1·2 = 16 = 5
        assert!(iin("000101000015").checksum_valid());
        assert!(!iin("000101000010").checksum_valid());
    }

    #[test]
    fn birth_date_and_sex_come_from_the_first_seven_digits() {
        assert_eq!(iin("000229500000").birth_date(), Some((2000, 2, 29)));
        assert_eq!(
            iin("000229300000").birth_date(),
            None,
            "1900 was no leap year"
        );
        assert_eq!(iin("851231400000").birth_date(), Some((1985, 12, 31)));
        assert_eq!(iin("851231400000").gender(), Some(Gender::Female));
        assert_eq!(iin("851231900000").gender(), None);
        assert_eq!(iin("123456789011").birth_date(), None);
    }

    #[test]
    fn a_given_name_is_known_only_behind_the_family_name() {
        assert_eq!(
            given_name(Some("ТЕСТОВ ТЕСТ"), Some("ТЕСТОВ")),
            Some("ТЕСТ".into())
        );
        assert_eq!(given_name(Some("ТЕСТОВА ТЕСТ"), Some("ТЕСТОВ")), None);
        assert_eq!(given_name(Some("ТЕСТОВ"), Some("ТЕСТОВ")), None);
        assert_eq!(given_name(Some("ПОРТАЛ"), None), None);
    }
}

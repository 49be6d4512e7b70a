//! Which certificate belongs to which key of a file.

use tamga_scheme::PrivateKey;
use tamga_token_api::{KeyEntry, TokenError};
use tamga_x509::Certificate;

use crate::pkcs12::{Bag, Bags, Key};

/// A key and what is shown of it.
pub(crate) struct KeyWithEntry {
    key: Box<PrivateKey>,
    entry: KeyEntry,
}

impl KeyWithEntry {
    pub(crate) fn into_parts(self) -> (Box<PrivateKey>, KeyEntry) {
        (self.key, self.entry)
    }
}

/// Pairs keys with certificates by their public keys.
///
/// localKeyId only decides between several certificates of one key: programs that exchange certificates inside
/// such files do not always keep it right. Keys without a certificate, or with an unknown algorithm, are left out
/// as long as there is another one.
pub(crate) fn match_keys(bags: Bags) -> Result<Vec<KeyWithEntry>, TokenError> {
    let Bags { keys, certificates } = bags;
    let mut found = Vec::new();
    let mut without_certificate = false;
    let mut unsupported = None;
    for bag in keys {
        let Bag {
            value,
            friendly_name,
            local_key_id,
        } = bag;
        let key = match value {
            Key::Usable(key) => key,
            Key::Unsupported(algorithm) => {
                unsupported = Some(algorithm);
                continue;
            }
        };
        let own = certificates
            .iter()
            .filter(|bag| bag.value.public_key().ok() == Some(key.public_key()))
            // The first of the highest rank.
            .min_by_key(|bag| bag.local_key_id.is_none() || bag.local_key_id != local_key_id);
        let Some(own) = own else {
            without_certificate = true;
            continue;
        };
        let alias = friendly_name
            .or_else(|| own.friendly_name.clone())
            .or_else(|| local_key_id.as_deref().map(hex::encode))
            .or_else(|| own.local_key_id.as_deref().map(hex::encode))
            .unwrap_or_else(|| (found.len() + 1).to_string());
        let entry = KeyEntry {
            alias,
            certificate: own.value.clone(),
            chain: issuers(&own.value, &certificates),
        };
        found.push(KeyWithEntry { key, entry });
    }
    match (found.is_empty(), without_certificate, unsupported) {
        (false, ..) => Ok(found),
        (true, true, _) => Err(TokenError::Mismatch),
        (true, false, Some(algorithm)) => Err(TokenError::Unsupported(format!(
            "key algorithm {algorithm}"
        ))),
        (true, false, None) => Err(TokenError::Empty),
    }
}

/// Certificates that carry the issuer's name, then those that carry its issuer's name, and so on.
///
/// Authorities renew their certificates under one name, so there may be several of a rank. Certificates of other
/// people are left out.
fn issuers(certificate: &Certificate, certificates: &[Bag<Certificate>]) -> Vec<Certificate> {
    let mut rest: Vec<&Certificate> = Vec::new();
    for bag in certificates {
        if bag.value != *certificate && !rest.contains(&&bag.value) {
            rest.push(&bag.value);
        }
    }
    let mut chain: Vec<Certificate> = Vec::new();
    let mut next = 0;
    let mut issuer = certificate.issuer().der();
    loop {
        let (nearer, further): (Vec<_>, Vec<_>) = rest
            .into_iter()
            .partition(|other| other.subject().der() == issuer);
        chain.extend(nearer.into_iter().cloned());
        rest = further;
        // Every certificate is taken once, so this ends even if two authorities name each other.
        let Some(current) = chain.get(next) else {
            return chain;
        };
        issuer = current.issuer().der();
        next += 1;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]

    use const_oid::ObjectIdentifier;
    use tamga_token_api::Password;

    use super::*;
    use crate::pkcs12::Sealed;

    /// Bags of a file of `tests/data`.
    fn bags(name: &str) -> Bags {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
        let file = tamga_test_support::read(folder.join(name).with_extension("p12"));
        Sealed::parse(&file)
            .unwrap()
            .open(&Password::new("Құпия1Aa".into()))
            .unwrap()
    }

    /// Everything of several files as if it lay in one.
    fn together(names: &[&str]) -> Bags {
        let mut all = Bags::default();
        for name in names {
            let Bags { keys, certificates } = bags(name);
            all.keys.extend(keys);
            all.certificates.extend(certificates);
        }
        all
    }

    #[track_caller]
    fn check(bags: Bags, expected: Result<&[(&str, &str)], TokenError>) {
        let found = match_keys(bags).map(|found| {
            let pair = |one: KeyWithEntry| {
                let (key, entry) = one.into_parts();
                assert_eq!(entry.certificate.public_key(), Ok(key.public_key()));
                let subject = entry.certificate.subject().common_name().map(str::to_owned);
                (entry.alias, subject.unwrap())
            };
            found.into_iter().map(pair).collect::<Vec<_>>()
        });
        let owned = |pairs: &[(&str, &str)]| {
            pairs
                .iter()
                .map(|(alias, name)| ((*alias).into(), (*name).into()))
                .collect()
        };
        assert_eq!(found, expected.map(owned));
    }

    #[test]
    fn several_keys_find_their_certificates_in_any_order() {
        let mut all = together(&["default", "other", "chain"]);
        all.certificates.reverse();
        all.keys.truncate(2);
        check(all, Ok(&[("person", "person"), ("other", "other")]));
    }

    #[test]
    fn local_key_ids_do_not_overrule_public_keys() {
        let mut all = together(&["default", "other"]);
        all.certificates[0].local_key_id = all.keys[1].local_key_id.clone();
        all.certificates[1].local_key_id = all.keys[0].local_key_id.clone();
        check(all, Ok(&[("person", "person"), ("other", "other")]));
    }

    #[test]
    fn local_key_ids_decide_between_certificates_of_one_key() {
        // The same certificate under two names: which one was taken shows in the alias.
        let mut all = together(&["default", "default"]);
        all.keys.truncate(1);
        all.keys[0].friendly_name = None;
        all.certificates[0].local_key_id = Some(b"old".to_vec());
        all.certificates[0].friendly_name = Some("old".into());
        all.certificates[1].friendly_name = Some("new".into());
        check(all, Ok(&[("new", "person")]));
    }

    #[test]
    fn names_fall_back_to_local_key_ids_and_then_to_numbers() {
        let mut all = together(&["default", "other"]);
        for bag in &mut all.keys {
            bag.friendly_name = None;
            bag.local_key_id = None;
        }
        for bag in &mut all.certificates {
            bag.friendly_name = None;
            bag.local_key_id = None;
        }
        all.certificates[0].local_key_id = Some(vec![0xAB, 0x01]);
        check(all, Ok(&[("ab01", "person"), ("2", "other")]));
    }

    #[test]
    fn a_certificate_of_another_key_is_a_mismatch_even_under_the_same_local_key_id() {
        let mut all = bags("default");
        let other = bags("other").certificates.remove(0);
        all.certificates[0].value = other.value;
        check(all, Err(TokenError::Mismatch));
    }

    #[test]
    fn unusable_keys_matter_only_if_there_is_no_other() {
        let algorithm = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
        let elliptic = || Bag {
            value: Key::Unsupported(algorithm),
            friendly_name: None,
            local_key_id: None,
        };
        let mut all = bags("default");
        all.keys.insert(0, elliptic());
        check(all, Ok(&[("person", "person")]));

        let mut all = bags("default");
        all.keys = vec![elliptic()];
        let why = TokenError::Unsupported("key algorithm 1.2.840.10045.2.1".into());
        check(all, Err(why));

        let mut all = together(&["default", "other"]);
        all.certificates.remove(0);
        check(all, Ok(&[("other", "other")]));
    }

    #[test]
    fn authorities_of_one_name_are_all_kept_and_circles_end() {
        let all = bags("chain");
        let named = |name: &str| {
            let of = |bag: &&Bag<Certificate>| bag.value.subject().common_name() == Some(name);
            all.certificates.iter().find(of).unwrap().value.clone()
        };
        let (person, authority, root) = (named("person"), named("authority"), named("root"));
        let bag = |value: &Certificate| Bag {
            value: value.clone(),
            friendly_name: None,
            local_key_id: None,
        };
        // The root names itself; certificates may lie there twice.
        let lying = [&root, &authority, &person, &authority, &root].map(bag);
        assert_eq!(issuers(&person, &lying), [authority, root]);
    }
}

//! Which certificate belongs to which key of a file.

use tamga_scheme::PrivateKey;
use tamga_token_api::{KeyEntry, TokenError};
use tamga_x509::Certificate;

use crate::opened::{Item, Key, Opened};

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
/// The key identifier only decides between several certificates of one key: programs that exchange certificates
/// inside PKCS#12 files do not always keep localKeyId right. Keys without a certificate of theirs, or of no use to us,
/// are left out as long as there is another one.
pub(crate) fn match_keys(opened: Opened) -> Result<Vec<KeyWithEntry>, TokenError> {
    let Opened {
        keys,
        certificates,
        trusted,
    } = opened;
    let all: Vec<&Certificate> = certificates
        .iter()
        .map(|item| &item.value)
        .chain(&trusted)
        .collect();
    let mut found = Vec::new();
    let mut without_certificate = false;
    let mut unsupported = None;
    for item in keys {
        let Item {
            value,
            name,
            key_id,
        } = item;
        let key = match value {
            Key::Usable(key) => key,
            Key::Unsupported(why) => {
                unsupported.get_or_insert(why);
                continue;
            }
        };
        let own = certificates
            .iter()
            .filter(|item| item.value.public_key().ok() == Some(key.public_key()))
            // The first of the highest rank.
            .min_by_key(|item| item.key_id.is_none() || item.key_id != key_id);
        let Some(own) = own else {
            without_certificate = true;
            continue;
        };
        let alias = name
            .or_else(|| own.name.clone())
            .or_else(|| key_id.as_deref().map(hex::encode))
            .or_else(|| own.key_id.as_deref().map(hex::encode))
            .unwrap_or_else(|| (found.len() + 1).to_string());
        let entry = KeyEntry {
            alias,
            certificate: own.value.clone(),
            chain: issuers(&own.value, &all),
        };
        found.push(KeyWithEntry { key, entry });
    }
    match (found.is_empty(), without_certificate, unsupported) {
        (false, ..) => Ok(found),
        (true, true, _) if certificates.is_empty() => Err(TokenError::CertificateMissing),
        (true, true, _) => Err(TokenError::Mismatch),
        (true, false, Some(why)) => Err(TokenError::Unsupported(why)),
        (true, false, None) => Err(TokenError::Empty),
    }
}

/// Certificates that carry the issuer's name, then those that carry its issuer's name, and so on.
///
/// Authorities renew their certificates under one name, so there may be several of a rank. Certificates of other
/// people are left out.
fn issuers(certificate: &Certificate, certificates: &[&Certificate]) -> Vec<Certificate> {
    let mut rest: Vec<&Certificate> = Vec::new();
    for other in certificates {
        if *other != certificate && !rest.contains(other) {
            rest.push(other);
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

    use tamga_token_api::Password;

    use super::*;
    use crate::pkcs12::Sealed;

    /// Contents of a file of `tests/data`.
    fn opened(name: &str) -> Opened {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
        let file = tamga_test_support::read(folder.join(name).with_extension("p12"));
        Sealed::parse(&file)
            .unwrap()
            .open(&Password::new("Құпия1Aa".into()))
            .unwrap()
    }

    /// Everything of several files as if it lay in one.
    fn together(names: &[&str]) -> Opened {
        let mut all = Opened::default();
        for name in names {
            let one = opened(name);
            all.keys.extend(one.keys);
            all.certificates.extend(one.certificates);
        }
        all
    }

    #[track_caller]
    fn check(opened: Opened, expected: Result<&[(&str, &str)], TokenError>) {
        let found = match_keys(opened).map(|found| {
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
        all.certificates[0].key_id = all.keys[1].key_id.clone();
        all.certificates[1].key_id = all.keys[0].key_id.clone();
        check(all, Ok(&[("person", "person"), ("other", "other")]));
    }

    #[test]
    fn local_key_ids_decide_between_certificates_of_one_key() {
        // The same certificate under two names: which one was taken shows in the alias.
        let mut all = together(&["default", "default"]);
        all.keys.truncate(1);
        all.keys[0].name = None;
        all.certificates[0].key_id = Some(b"old".to_vec());
        all.certificates[0].name = Some("old".into());
        all.certificates[1].name = Some("new".into());
        check(all, Ok(&[("new", "person")]));
    }

    #[test]
    fn names_fall_back_to_local_key_ids_and_then_to_numbers() {
        let mut all = together(&["default", "other"]);
        for bag in &mut all.keys {
            bag.name = None;
            bag.key_id = None;
        }
        for bag in &mut all.certificates {
            bag.name = None;
            bag.key_id = None;
        }
        all.certificates[0].key_id = Some(vec![0xAB, 0x01]);
        check(all, Ok(&[("ab01", "person"), ("2", "other")]));
    }

    #[test]
    fn a_certificate_of_another_key_is_a_mismatch_even_under_the_same_local_key_id() {
        let mut all = opened("default");
        let other = opened("other").certificates.remove(0);
        all.certificates[0].value = other.value;
        check(all, Err(TokenError::Mismatch));
    }

    #[test]
    fn a_key_is_told_to_lack_a_certificate_only_if_none_could_be_its_own() {
        let mut all = opened("default");
        all.certificates.clear();
        check(all, Err(TokenError::CertificateMissing));

        let mut all = opened("default");
        let own = all.certificates.remove(0);
        all.trusted.push(own.value);
        check(all, Err(TokenError::CertificateMissing));

        let mut all = opened("default");
        all.certificates = opened("other").certificates;
        check(all, Err(TokenError::Mismatch));
    }

    #[test]
    fn trusted_certificates_complete_chains() {
        let mut all = opened("chain");
        let (own, others): (Vec<_>, Vec<_>) = std::mem::take(&mut all.certificates)
            .into_iter()
            .partition(|item| item.value.subject().common_name() == Some("person"));
        all.certificates = own;
        all.trusted = others.into_iter().map(|item| item.value).collect();
        let found = match_keys(all).ok().unwrap().remove(0).into_parts().1;
        let names: Vec<_> = found
            .chain
            .iter()
            .map(|one| one.subject().common_name())
            .collect();
        assert_eq!(names, [Some("authority"), Some("root")]);
    }

    #[test]
    fn unusable_keys_matter_only_if_there_is_no_other() {
        let unusable = |why: &str| Item {
            value: Key::Unsupported(why.into()),
            name: None,
            key_id: None,
        };
        let mut all = opened("default");
        all.keys.insert(0, unusable("one"));
        check(all, Ok(&[("person", "person")]));

        let mut all = opened("default");
        all.keys = vec![unusable("one"), unusable("two")];
        check(all, Err(TokenError::Unsupported("one".into())));

        let mut all = together(&["default", "other"]);
        all.certificates.remove(0);
        check(all, Ok(&[("other", "other")]));
    }

    #[test]
    fn authorities_of_one_name_are_all_kept_and_circles_end() {
        let all = opened("chain");
        let named = |name: &str| {
            let of = |item: &&Item<Certificate>| item.value.subject().common_name() == Some(name);
            all.certificates.iter().find(of).unwrap().value.clone()
        };
        let (person, authority, root) = (named("person"), named("authority"), named("root"));
        // The root names itself; certificates may lie there twice.
        let lying = [&root, &authority, &person, &authority, &root];
        assert_eq!(issuers(&person, &lying), [authority, root]);
    }
}

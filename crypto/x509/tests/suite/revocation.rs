//! Lists: real ones and their scenarios, and every rule of judging under lists made here.

use serde::Deserialize;
use tamga_scheme::VerifyError;
use tamga_x509::{
    Certificate, Crl, Error, RevocationReason, RevocationStatus, RevokedEntry, UnixTime,
    revocation_status,
};

use crate::{
    authority::{DAY, Draft, NOW, Party, Shape, days},
    fixtures::{Fixtures, time},
};

#[test]
fn real_lists_hold_or_fail_under_their_issuer_as_recorded() {
    let Some(fixtures) = Fixtures::open() else {
        return;
    };
    let mut seen = (0, 0);
    for entry in fixtures
        .manifest
        .entries
        .iter()
        .filter(|entry| entry.kind == "crl")
    {
        let list = fixtures.list(&entry.file);
        let issuer = fixtures.certificate(&entry.oracle[0][2]);
        let key = issuer.public_key().unwrap();
        assert_eq!(list.issuer(), issuer.subject(), "{}", entry.file);
        if entry.expected.result == "verifies" {
            // Twice: the second time the answer is remembered.
            assert_eq!(list.verify_signed_by(key), Ok(()), "{}", entry.file);
            assert_eq!(list.verify_signed_by(key), Ok(()), "{}", entry.file);
            assert_eq!(Some(list.len()), entry.entries, "{}", entry.file);
            assert_eq!(
                list.is_delta(),
                entry.file.contains("_delta_"),
                "{}",
                entry.file
            );
            let other = Party::new("other");
            assert!(
                list.verify_signed_by(other.key.public_key()).is_err(),
                "{}",
                entry.file
            );
            seen.0 += 1;
        } else {
            let mismatch = Err(Error::Signature(VerifyError::Mismatch));
            assert_eq!(list.verify_signed_by(key), mismatch, "{}", entry.file);
            seen.1 += 1;
        }
    }
    assert_eq!(seen, (6, 1));
}

/// One row of `vectors/crl_scenarios.json`: what one list says about one certificate.
#[derive(Deserialize)]
struct Scenario {
    certificate: String,
    crl: String,
    delta: bool,
    listed: bool,
    revoked_at: Option<String>,
    reason: Option<u8>,
    expired_before_list: bool,
}

#[test]
fn every_recorded_scenario_has_its_line_and_its_verdict() {
    let Some(fixtures) = Fixtures::open() else {
        return;
    };
    let rows: Vec<Scenario> = fixtures.json("vectors/crl_scenarios.json");
    let mut seen = [0; 3];
    for row in rows {
        let file = row.certificate.strip_prefix("shared/").unwrap();
        let list_file = row.crl.strip_prefix("shared/").unwrap();
        if !fixtures.has(file) || !fixtures.has(list_file) {
            continue;
        }
        let context = format!("{file} in {list_file}");
        let (certificate, list) = (fixtures.certificate(file), fixtures.list(list_file));
        let expected = row.listed.then(|| RevokedEntry {
            revoked_at: time(row.revoked_at.as_deref().unwrap()),
            reason: row.reason.map(RevocationReason::from_code),
        });
        assert_eq!(list.is_delta(), row.delta, "{context}");
        assert_eq!(list.entry(certificate.serial()), expected, "{context}");

        let authorities = fixtures.authorities("ca/test");
        let issuer = authorities
            .values()
            .find(|ca| ca.subject() == certificate.issuer())
            .unwrap();
        let at = list.this_update();
        let verdict = match expected {
            Some(entry) => RevocationStatus::Revoked(entry),
            // A delta alone is no evidence; an expired certificate has left the lists.
            None if row.delta || row.expired_before_list => RevocationStatus::Unknown,
            None => RevocationStatus::Good {
                this_update: at,
                next_update: list.next_update().unwrap(),
            },
        };
        seen[match verdict {
            RevocationStatus::Good { .. } => 0,
            RevocationStatus::Revoked(_) => 1,
            RevocationStatus::Unknown => 2,
        }] += 1;
        let status = revocation_status(&certificate, issuer.public_key().unwrap(), &[list], at);
        assert_eq!(status, verdict, "{context}");
    }
    assert!(seen.iter().all(|count| *count > 5), "{seen:?}");
}

const SERIAL: &[u8] = &[0x00, 0x9A, 0x01];

/// An authority, a certificate of it valid 100 days around [`NOW`], and another authority.
struct World {
    authority: Party,
    certificate: Certificate,
}

impl World {
    fn new() -> Self {
        let authority = Party::new("authority");
        let certificate = authority.issue(&Party::new("user"), &Shape::user(SERIAL));
        Self {
            authority,
            certificate,
        }
    }

    fn status(&self, drafts: &[Draft], at: UnixTime) -> RevocationStatus {
        let lists: Vec<_> = drafts
            .iter()
            .map(|draft| self.authority.list(draft))
            .collect();
        self.judge(&lists, at)
    }

    fn judge(&self, lists: &[Crl], at: UnixTime) -> RevocationStatus {
        revocation_status(
            &self.certificate,
            self.authority.key.public_key(),
            lists,
            at,
        )
    }
}

/// A full list made `made` days from now, promised for the day after.
fn full(number: u8, made: i64) -> Draft {
    Draft::full(number, days(made), days(made + 1))
}

fn delta(number: u8, base: u8, made: i64) -> Draft {
    Draft {
        base: Some(base),
        ..full(number, made)
    }
}

fn good(made: i64) -> RevocationStatus {
    RevocationStatus::Good {
        this_update: days(made),
        next_update: days(made + 1),
    }
}

fn revoked(revoked_at: UnixTime, code: Option<u8>) -> RevocationStatus {
    let reason = code.map(RevocationReason::from_code);
    RevocationStatus::Revoked(RevokedEntry { revoked_at, reason })
}

#[test]
fn a_current_list_without_the_number_is_good() {
    let world = World::new();
    let draft = full(1, 0)
        .line(&[0x00, 0x9A, 0x02], days(-1), None)
        .line(&[5], days(-1), None);
    let lists = [world.authority.list(&draft)];
    assert_eq!(world.judge(&lists, days(0)), good(0));
    assert_eq!(world.judge(&lists, days(1)), good(0));
    assert_eq!(
        world.judge(&lists, UnixTime(days(1).0 + 1)),
        RevocationStatus::Unknown
    );
}

#[test]
fn no_list_is_unknown() {
    assert_eq!(World::new().judge(&[], NOW), RevocationStatus::Unknown);
}

#[test]
fn a_line_of_an_earlier_date_is_revoked_whatever_the_reason() {
    let world = World::new();
    for code in [
        None,
        Some(0),
        Some(1),
        Some(3),
        Some(4),
        Some(5),
        Some(6),
        Some(9),
        Some(7),
    ] {
        let status = world.status(&[full(1, 0).line(SERIAL, days(-1), code)], NOW);
        assert_eq!(status, revoked(days(-1), code));
    }
}

#[test]
fn a_line_of_a_later_date_counts_backwards_unless_the_reason_is_harmless() {
    let world = World::new();
    for code in [3, 4, 5, 9] {
        let status = world.status(&[full(1, 5).line(SERIAL, days(4), Some(code))], NOW);
        assert_eq!(status, good(5), "{code}");
    }
    for code in [None, Some(0), Some(1), Some(2), Some(6), Some(10)] {
        let status = world.status(&[full(1, 5).line(SERIAL, days(4), code)], NOW);
        assert_eq!(status, revoked(days(4), code));
    }
}

#[test]
fn the_moment_of_revocation_itself_is_revoked() {
    let world = World::new();
    let lists = [world.authority.list(&full(1, 5).line(SERIAL, NOW, Some(4)))];
    assert_eq!(world.judge(&lists, NOW), revoked(NOW, Some(4)));
    assert_eq!(world.judge(&lists, UnixTime(NOW.0 - 1)), good(5));
}

#[test]
fn a_later_list_is_evidence_only_while_the_certificate_lives() {
    let world = World::new();
    assert_eq!(world.status(&[full(1, 99)], NOW), good(99));
    assert_eq!(
        world.status(&[full(1, 101)], NOW),
        RevocationStatus::Unknown
    );
    // A list that still names it knows it.
    let kept = full(1, 101).line(SERIAL, days(4), Some(4));
    assert_eq!(world.status(&[kept], NOW), good(101));
}

#[test]
fn the_current_list_is_named_rather_than_a_later_one() {
    let world = World::new();
    assert_eq!(
        world.status(&[full(3, 5), full(2, 0), full(1, -1)], NOW),
        good(0)
    );
}

#[test]
fn a_stale_list_is_no_evidence_of_good_but_a_final_line_stays_true() {
    let world = World::new();
    assert_eq!(world.status(&[full(1, -5)], NOW), RevocationStatus::Unknown);
    let stale = full(1, -5).line(SERIAL, days(-6), Some(4));
    assert_eq!(world.status(&[stale], NOW), revoked(days(-6), Some(4)));
    let held = full(1, -5).line(SERIAL, days(-6), Some(6));
    assert_eq!(world.status(&[held], NOW), RevocationStatus::Unknown);
}

#[test]
fn lists_of_others_unsigned_or_partial_lists_are_passed_over() {
    let world = World::new();
    let line = |draft: Draft| draft.line(SERIAL, days(-1), Some(1));
    // The same name, another key.
    let impostor = Party::new("authority");
    assert_eq!(
        world.judge(&[impostor.list(&line(full(1, 0)))], NOW),
        RevocationStatus::Unknown
    );
    // The same key, another name.
    let renamed = Party {
        common_name: "another",
        key: world.authority.key,
    };
    let list = renamed.list(&line(full(1, 0)));
    let key = renamed.key.public_key();
    let status = |list: Crl| revocation_status(&world.certificate, key, &[list], NOW);
    assert_eq!(status(list), RevocationStatus::Unknown);

    let authority = Party {
        common_name: "authority",
        key: renamed.key,
    };
    let key = authority.key.public_key();
    let status =
        |draft: &Draft| revocation_status(&world.certificate, key, &[authority.list(draft)], NOW);
    let endless = Draft {
        next_update: None,
        ..full(1, 0)
    };
    assert_eq!(status(&line(endless)), RevocationStatus::Unknown);
    let with = |oid, critical, value: &[u8]| {
        let mut draft = line(full(1, 0));
        draft.extensions.push((oid, critical, value.to_vec()));
        status(&draft)
    };
    let found = revoked(days(-1), Some(1));
    assert_eq!(with("1.2.3.4", true, &[5, 0]), RevocationStatus::Unknown);
    assert_eq!(with("1.2.3.4", false, &[5, 0]), found);
    // Issuing distribution point: empty, users only, some reasons only, indirect, of one address.
    const POINT: &str = "2.5.29.28";
    assert_eq!(with(POINT, true, &[0x30, 0]), found);
    assert_eq!(
        with(POINT, true, &[0x30, 3, 0x81, 1, 0xFF]),
        RevocationStatus::Unknown
    );
    assert_eq!(
        with(POINT, true, &[0x30, 4, 0x83, 2, 7, 0x80]),
        RevocationStatus::Unknown
    );
    assert_eq!(
        with(POINT, true, &[0x30, 3, 0x84, 1, 0xFF]),
        RevocationStatus::Unknown
    );
    let one = [0x30, 9, 0xA0, 7, 0xA0, 5, 0x86, 3, b'a', b':', b'b'];
    assert_eq!(with(POINT, true, &one), RevocationStatus::Unknown);
    // A critical extension of any line (certificateIssuer) makes the whole list unusable.
    let mut draft = line(full(1, 0)).line(&[9], days(-1), None);
    draft.lines[1]
        .extensions
        .push(("2.5.29.29", true, vec![0x30, 0]));
    assert_eq!(status(&draft), RevocationStatus::Unknown);
}

#[test]
fn a_list_of_one_address_speaks_of_certificates_that_name_it() {
    let authority = Party::new("authority");
    let points = [
        0x30, 11, 0x30, 9, 0xA0, 7, 0xA0, 5, 0x86, 3, b'a', b':', b'b',
    ];
    let shape = Shape::user(SERIAL).with("2.5.29.31", false, &points);
    let certificate = authority.issue(&Party::new("user"), &shape);
    let mut draft = full(1, 0);
    let one = [0x30, 9, 0xA0, 7, 0xA0, 5, 0x86, 3, b'a', b':', b'b'];
    draft.extensions.push(("2.5.29.28", true, one.to_vec()));
    let list = authority.list(&draft);
    let key = authority.key.public_key();
    assert_eq!(revocation_status(&certificate, key, &[list], NOW), good(0));
}

#[test]
fn a_delta_adds_to_its_full_list_and_is_nothing_alone() {
    let world = World::new();
    let at = days(2);
    assert_eq!(
        world.status(&[delta(9, 4, 2)], at),
        RevocationStatus::Unknown
    );
    // The full list may be stale: with the delta it is complete again.
    assert_eq!(world.status(&[full(4, 0), delta(9, 4, 2)], at), good(2));
    assert_eq!(world.status(&[full(4, 0), delta(1, 4, 2)], at), good(2));
    let adds = delta(9, 4, 2).line(SERIAL, days(1), Some(4));
    assert_eq!(
        world.status(&[full(4, 0), adds], at),
        revoked(days(1), Some(4))
    );
}

#[test]
fn a_delta_above_another_base_or_before_the_full_list_does_not_fit() {
    let world = World::new();
    let at = days(2);
    assert_eq!(
        world.status(&[full(4, 0), delta(9, 5, 2)], at),
        RevocationStatus::Unknown
    );
    assert_eq!(world.status(&[full(4, 3), delta(9, 4, 2)], at), good(3));
    // What such a delta names is revoked all the same.
    let names = delta(9, 5, 2).line(SERIAL, days(1), Some(1));
    assert_eq!(
        world.status(&[full(4, 2), names], at),
        revoked(days(1), Some(1))
    );
}

#[test]
fn remove_from_crl_takes_back_a_hold_and_nothing_else() {
    let world = World::new();
    let at = UnixTime(days(0).0 + 3600);
    let soon = |code| Draft {
        this_update: UnixTime(days(0).0 + 600),
        ..delta(9, 4, 0).line(SERIAL, days(-1), Some(code))
    };
    let held = || full(4, 0).line(SERIAL, days(-1), Some(6));
    assert_eq!(world.status(&[held()], at), revoked(days(-1), Some(6)));
    let lifted = RevocationStatus::Good {
        this_update: UnixTime(days(0).0 + 600),
        next_update: days(1),
    };
    assert_eq!(world.status(&[held(), soon(8)], at), lifted);
    let gone = full(4, 0).line(SERIAL, days(-1), Some(4));
    assert_eq!(
        world.status(&[gone, soon(8)], at),
        revoked(days(-1), Some(4))
    );
    assert_eq!(world.status(&[full(4, 0), soon(8)], at), lifted);
}

#[test]
fn a_hold_counts_while_it_lasts() {
    let world = World::new();
    let held = |made, since| full(1, made).line(SERIAL, since, Some(6));
    // Held then, lifted later.
    let held_then = [held(0, days(-1)), full(2, 5)];
    assert_eq!(world.status(&held_then, NOW), revoked(days(-1), Some(6)));
    // Held before, lifted before.
    assert_eq!(
        world.status(&[held(-1, days(-2)), full(2, 0)], NOW),
        good(0)
    );
    // Held after: suspicion works backwards until it is lifted.
    assert_eq!(
        world.status(&[full(1, 0), held(5, days(4))], NOW),
        revoked(days(4), Some(6))
    );
    assert_eq!(
        world.status(&[full(1, 0), held(5, days(4)), full(2, 9)], NOW),
        good(0)
    );
    // Known only from a later list, but begun before.
    let begun_before = [held(5, days(-1)), full(2, 9)];
    assert_eq!(world.status(&begun_before, NOW), revoked(days(-1), Some(6)));
    // The last word before was a delta that has ended while its full list is still current.
    let ended = Draft {
        this_update: UnixTime(NOW.0 - 7200),
        next_update: Some(UnixTime(NOW.0 - 3600)),
        ..delta(7, 1, 0).line(SERIAL, UnixTime(NOW.0 - 9000), Some(6))
    };
    let early = Draft {
        this_update: UnixTime(NOW.0 - DAY / 2),
        ..full(1, 0)
    };
    let status = world.status(&[early, ended], NOW);
    assert_eq!(status, revoked(UnixTime(NOW.0 - 9000), Some(6)));
}

#[test]
fn a_list_made_five_minutes_ahead_is_of_the_time_asked() {
    let world = World::new();
    let lists = [
        world.authority.list(&full(1, 0)),
        world.authority.list(&full(1, 9)),
    ];
    let five_minutes_before = UnixTime(NOW.0 - 300);
    assert_eq!(world.judge(&lists, five_minutes_before), good(0));
}

#[test]
fn hostile_lists_cannot_buy_more_than_32_signature_checks() {
    let world = World::new();
    let impostor = Party::new("authority");
    let forged = impostor.list(&full(1, 0));
    let honest = world.authority.list(&full(1, 0));
    let mut lists = vec![forged; 32];
    lists.push(honest.clone());
    assert_eq!(world.judge(&lists, NOW), RevocationStatus::Unknown);
    lists.insert(0, honest);
    assert_eq!(world.judge(&lists, NOW), good(0));
}

#[test]
fn of_two_lines_about_one_number_the_harsher_is_taken() {
    let world = World::new();
    let list = world.authority.list(
        &full(1, 0)
            .line(SERIAL, days(-3), Some(4))
            .line(SERIAL, days(-1), Some(1))
            .line(SERIAL, days(-2), Some(1)),
    );
    let reason = Some(RevocationReason::KeyCompromise);
    assert_eq!(
        list.entry(SERIAL),
        Some(RevokedEntry {
            revoked_at: days(-2),
            reason
        })
    );
    assert_eq!(list.entry(&[0x9A, 0x01]), None);

    // Neither a removal nor a hold hides what is final, though both are earlier.
    let list = world.authority.list(
        &full(1, 0)
            .line(SERIAL, days(-5), Some(8))
            .line(SERIAL, days(-4), Some(6))
            .line(SERIAL, days(-1), Some(1)),
    );
    assert_eq!(world.judge(&[list], NOW), revoked(days(-1), Some(1)));
}

#[test]
fn truncated_or_changed_lists_are_malformed_and_never_panic() {
    let world = World::new();
    let draft = full(1, 0)
        .line(SERIAL, days(-1), Some(1))
        .line(&[9], days(-1), None);
    let der = world.authority.list(&draft).der().to_vec();
    for length in 0..der.len() {
        let error = Crl::from_der(&der[..length]).unwrap_err();
        assert!(
            matches!(error, Error::Malformed { what: "CRL", .. }),
            "{length}"
        );
    }
    for index in 0..der.len() {
        let mut changed = der.clone();
        changed[index] ^= 1 << (index % 8);
        // Either unreadable, or readable with a signature that does not hold.
        if let Ok(list) = Crl::from_der(&changed) {
            let key = world.authority.key.public_key();
            assert!(list.verify_signed_by(key).is_err(), "{index}");
        }
    }
}

//! GOST and RSA on the token bench: every way a token behaves, through the program and its child process.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod setup;

use std::{
    fs,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use setup::{
    Failed, Type, check, library, only_slot, program, sign, sign_with_only_key, unlocked, with_pin,
};
use tamga_scheme::{AskNobody, Reauthenticate, SignError, SignatureScheme, ToSign};
use tamga_test_pki::self_issued;
use tamga_test_support::System;
use tamga_token_api::{
    Attempts, Contents, LibraryError, PinEntry, TokenDriver, TokenError, Unlock, UnlockError,
};
use tamga_token_worker::{Deadlines, Worker};
use tamga_x509::Certificate;
use tempfile::TempDir;

const PIN: &str = "123456";
const TEXT: ToSign<'static> = ToSign::Bytes(b"text");

/// A folder with the library, a script and what lies beside it.
struct Bench {
    folder: TempDir,
}

impl Bench {
    /// A bench whose script is made of these tables.
    fn new(script: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        let bench = Self { folder };
        // A copy, because a build's folder may be writable to a group.
        fs::copy(tamga_token_bench::library_path(), bench.path("bench.so")).unwrap();
        fs::write(bench.path("script.toml"), script.join("\n")).unwrap();
        bench
    }

    /// One token with one key of this scheme; `token`, `key` and `behaviour` are lines of their tables.
    fn with_key(scheme: SignatureScheme, token: &str, key: &str, behaviour: &str) -> Self {
        let bench = Self::new(&[
            "[[slot]]\nreader = 'Reader'\n[slot.token]\nserial = '0001'\npin = '123456'",
            token,
            "[[slot.token.key]]\npkcs8 = 'own.key'\nid = '01'\nlabel = 'OWN'",
            key,
            if key.contains("certificate") {
                ""
            } else {
                "certificate = 'other:own.cer'"
            },
            "[slot.behaviour]",
            behaviour,
        ]);
        bench.pair("own", scheme);
        bench
    }

    /// A token with a GOST key of 512 bits.
    fn gost(token: &str, key: &str, behaviour: &str) -> Self {
        Self::with_key(SignatureScheme::Gost2015With512, token, key, behaviour)
    }

    /// A new key and a certificate signed by itself, as files.
    fn pair(&self, name: &str, scheme: SignatureScheme) -> Certificate {
        let (key, certificate) = self_issued(scheme, name, &System).unwrap();
        fs::write(self.path(&format!("{name}.key")), &*key.to_pkcs8_der()).unwrap();
        fs::write(self.path(&format!("{name}.cer")), certificate.der()).unwrap();
        certificate
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn worker(&self) -> Worker {
        self.worker_within(Deadlines::default())
    }

    fn worker_within(&self, deadlines: Deadlines) -> Worker {
        let program = program(
            self.folder.path(),
            "TAMGA_TOKEN_BENCH",
            &self.path("script.toml"),
        );
        Worker::with_deadlines(program, library(&self.path("bench.so")), deadlines)
    }

    /// How often a function was called, and how often with this result.
    fn calls(&self, line: &str) -> usize {
        let journal = fs::read_to_string(self.path("script.toml.log")).unwrap();
        journal
            .lines()
            .filter(|one| *one == line || one.split(' ').next() == Some(line))
            .count()
    }

    fn plug(&self, serials: &str) {
        fs::write(self.path("script.toml.plug"), serials).unwrap();
    }
}

fn sign_text(worker: &Worker) -> Result<(), Failed> {
    sign_with_only_key(worker, PIN, TEXT).map(drop)
}

fn unlock_failure(error: UnlockError) -> Result<(), Failed> {
    Err(Failed::Unlock(error))
}

#[test]
fn gost_signatures_in_every_order_of_bytes_come_back_in_the_national_one() {
    for scheme in [SignatureScheme::Gost2015With512, SignatureScheme::Gost2004] {
        for layout in ["nca", "gost-be", "r-s-be", "s-r-le"] {
            for (order, first) in [("as-is", 1), ("reversed", 2)] {
                let key = format!("layout = '{layout}'\ndigest_order = '{order}'");
                let bench = Bench::with_key(scheme, "", &key, "");
                let worker = bench.worker();
                with_pin(&worker, PIN, |unlocked| {
                    let entry = &unlocked.entries()[0];
                    let digest = scheme.digest().digest(b"other");
                    for (to_sign, signatures) in
                        [(TEXT, first), (ToSign::Digest(&digest), first + 1)]
                    {
                        let value = sign(unlocked, entry, to_sign, &mut AskNobody)?;
                        check(entry, to_sign, &value);
                        // The first signature may need two runs; what it taught is remembered.
                        assert_eq!(bench.calls("C_Sign"), signatures, "{layout} {order}");
                    }
                    Ok(())
                })
                .unwrap();
            }
        }
    }
}

#[test]
fn a_token_that_hashes_itself_signs_bytes_and_refuses_digests() {
    for (scheme, mechanism) in [
        (SignatureScheme::Gost2015With512, "gost-512-streebog"),
        (SignatureScheme::Gost2004, "gost-256-gost3411"),
        (SignatureScheme::RsaSha256, "rsa-sha256"),
    ] {
        let key = format!("mechanisms = ['{mechanism}']\nlayout = 'gost-be'");
        let bench = Bench::with_key(scheme, "", &key, "");
        let worker = bench.worker();
        assert_eq!(sign_text(&worker), Ok(()), "{mechanism}");
        let digest = scheme.digest().digest(b"text");
        let refused = sign_with_only_key(&worker, PIN, ToSign::Digest(&digest));
        let expected = SignError::Keystore("the token takes no digest".to_owned());
        assert_eq!(refused, Err(Failed::Sign(expected)), "{mechanism}");
    }
}

#[test]
fn rsa_is_signed_with_a_block_made_here() {
    let bench = Bench::with_key(SignatureScheme::RsaSha256, "", "mechanisms = ['rsa']", "");
    assert_eq!(sign_text(&bench.worker()), Ok(()));
}

#[test]
fn a_token_without_a_mechanism_for_its_key_gives_no_signer() {
    let scheme = SignatureScheme::Gost2004;
    let bench = Bench::with_key(scheme, "", "mechanisms = ['gost-256-streebog']", "");
    let expected =
        TokenError::Unsupported("the token offers no mechanism for GOST-2004".to_owned());
    assert_eq!(sign_text(&bench.worker()), Err(Failed::Token(expected)));
}

#[test]
fn wrong_pins_are_counted_by_the_token_and_never_tried_again() {
    let bench = Bench::gost("", "", "");
    let worker = bench.worker();
    let enter = |pin: &str| sign_with_only_key(&worker, pin, TEXT).map(drop);
    let wrong = |retries_left| unlock_failure(UnlockError::WrongPassword { retries_left });
    assert_eq!(only_slot(&worker).attempts, Attempts::Unworried);
    assert_eq!(enter("1"), unlock_failure(UnlockError::PinLength));
    assert_eq!(enter("wrong"), wrong(None));
    assert_eq!(only_slot(&worker).attempts, Attempts::Low);
    assert_eq!(enter("wrong"), wrong(Some(1)));
    assert_eq!(only_slot(&worker).attempts, Attempts::Last);
    assert_eq!(enter(PIN), Ok(()));
    assert_eq!(only_slot(&worker).attempts, Attempts::Unworried);
    assert_eq!(bench.calls("C_Login"), 3);

    assert_eq!(enter("wrong"), wrong(None));
    assert_eq!(enter("wrong"), wrong(Some(1)));
    // The token answers its last attempt with CKR_PIN_LOCKED.
    assert_eq!(enter("wrong"), unlock_failure(UnlockError::Blocked));
    assert_eq!(only_slot(&worker).attempts, Attempts::None);
    // A locked token is not even asked.
    assert_eq!(enter(PIN), unlock_failure(UnlockError::Blocked));
    assert_eq!(bench.calls("C_Login"), 6);
}

#[test]
fn on_a_keypad_the_person_types_cancels_or_errs() {
    for (typed, expected) in [
        ("right", Ok(())),
        ("cancel", unlock_failure(UnlockError::PinPadCancelled)),
        (
            "wrong",
            unlock_failure(UnlockError::WrongPassword { retries_left: None }),
        ),
    ] {
        let token = format!("pin_pad = true\npad_pin = '{typed}'");
        let bench = Bench::gost(&token, "", "");
        let worker = bench.worker();
        assert_eq!(only_slot(&worker).pin_entry, PinEntry::PinPad);
        let outcome = unlocked(&worker, Unlock::PinPad, |unlocked| {
            sign(unlocked, &unlocked.entries()[0], TEXT, &mut AskNobody).map(drop)
        });
        assert_eq!(outcome, expected, "{typed}");
        assert_eq!(bench.calls("C_Login"), 1, "{typed}");
    }
    let bench = Bench::gost("", "", "");
    let refused = unlocked(&bench.worker(), Unlock::PinPad, |_| Ok(()));
    let no_keypad = TokenError::Unsupported("no keypad".to_owned());
    assert_eq!(refused, unlock_failure(UnlockError::Token(no_keypad)));
}

#[test]
fn a_pin_that_is_not_set_or_must_be_changed_is_not_tried() {
    for state in ["not-set", "to-be-changed"] {
        let bench = Bench::gost(&format!("pin_state = '{state}'"), "", "");
        let outcome = sign_text(&bench.worker());
        assert_eq!(outcome, unlock_failure(UnlockError::PinNotSet), "{state}");
        assert_eq!(bench.calls("C_Login"), 0, "{state}");
    }
}

#[test]
fn a_key_that_always_authenticates_asks_once_per_signature() {
    let bench = Bench::gost("", "always_authenticate = true", "");
    let worker = bench.worker();
    let sign_as = |unlocked: &dyn tamga_token_api::Unlocked, again: &mut dyn Reauthenticate| {
        sign(unlocked, &unlocked.entries()[0], TEXT, again).map(drop)
    };
    with_pin(&worker, PIN, |unlocked| {
        let mut right = Type::new(PIN);
        sign_as(unlocked, &mut right)?;
        assert_eq!(right.asked, 1);
        let mut wrong = Type::new("wrong");
        let refused = sign_as(unlocked, &mut wrong);
        assert_eq!(refused, Err(Failed::Sign(SignError::WrongPin)));
        assert_eq!(wrong.asked, 1);
        let cancelled = sign_as(unlocked, &mut AskNobody);
        assert_eq!(cancelled, Err(Failed::Sign(SignError::Cancelled)));
        // What was begun and given up does not stand in the way.
        sign_as(unlocked, &mut right)?;
        assert_eq!(right.asked, 2);
        for expected in [SignError::WrongPin, SignError::WrongPin, SignError::Locked] {
            let refused = sign_as(unlocked, &mut wrong);
            assert_eq!(refused, Err(Failed::Sign(expected)));
        }
        Ok(())
    })
    .unwrap();
    // One login, and one for each PIN typed.
    assert_eq!(bench.calls("C_Login"), 7);
}

#[test]
fn a_key_that_always_authenticates_and_reads_digests_backwards_asks_twice_at_first() {
    let bench = Bench::gost(
        "",
        "always_authenticate = true\ndigest_order = 'reversed'",
        "",
    );
    with_pin(&bench.worker(), PIN, |unlocked| {
        let mut typing = Type::new(PIN);
        for asked in [2, 3] {
            let entry = &unlocked.entries()[0];
            let value = sign(unlocked, entry, TEXT, &mut typing)?;
            check(entry, TEXT, &value);
            assert_eq!(typing.asked, asked);
        }
        Ok(())
    })
    .unwrap();
}

#[test]
fn private_certificates_are_seen_after_the_pin_only() {
    let bench = Bench::gost("private_certificates = true", "", "");
    let worker = bench.worker();
    let keystore = worker.open(&only_slot(&worker)).unwrap();
    assert_eq!(keystore.contents(), Contents::Sealed);
    assert_eq!(sign_text(&worker), Ok(()));
}

#[test]
fn a_token_lists_its_entry_under_its_label_before_the_pin() {
    let bench = Bench::gost("label = 'KAZTOKEN bench'", "", "");
    let worker = bench.worker();
    let slot = only_slot(&worker);
    assert_eq!(slot.label, "KAZTOKEN bench");
    let Contents::Listed(entries) = worker.open(&slot).unwrap().contents() else {
        panic!("sealed")
    };
    assert_eq!(entries.len(), 1);
    let own = Certificate::from_der(&fs::read(bench.path("own.cer")).unwrap()).unwrap();
    assert_eq!(entries[0].certificate, own);
    assert_eq!(bench.calls("C_Login"), 0);
}

#[test]
fn a_foreign_certificate_is_found_out_by_the_first_signature_at_the_latest() {
    let with_certificate = |scheme| {
        let bench = Bench::gost("", "certificate = 'other:foreign.cer'", "");
        bench.pair("foreign", scheme);
        sign_text(&bench.worker())
    };
    // The same kind of key: only verifying tells.
    assert_eq!(
        with_certificate(SignatureScheme::Gost2015With512),
        Err(Failed::Sign(SignError::Fault))
    );
    assert_eq!(
        with_certificate(SignatureScheme::Gost2004),
        Err(Failed::Token(TokenError::Mismatch))
    );
}

#[test]
fn a_key_without_a_certificate_and_a_token_without_a_key_say_so() {
    let bench = Bench::gost("", "certificate = 'none'", "");
    assert_eq!(
        sign_text(&bench.worker()),
        unlock_failure(UnlockError::Token(TokenError::CertificateMissing))
    );
    let bench =
        Bench::new(&["[[slot]]\nreader = 'Reader'\n[slot.token]\nserial = '0001'\npin = '123456'"]);
    assert_eq!(
        sign_text(&bench.worker()),
        unlock_failure(UnlockError::Token(TokenError::Empty))
    );
}

#[test]
fn a_token_pulled_out_in_any_call_is_removed_and_back_when_plugged() {
    let removed = unlock_failure(UnlockError::Removed);
    let absent = Err(Failed::Token(TokenError::Unreadable(
        std::io::ErrorKind::NotFound,
    )));
    for (call, expected) in [
        ("C_OpenSession", absent),
        ("C_Login", removed),
        ("C_SignInit", Err(Failed::Sign(SignError::Removed))),
        ("C_Sign", Err(Failed::Sign(SignError::Removed))),
    ] {
        let bench = Bench::gost("", "", &format!("remove = {{ call = '{call}' }}"));
        let worker = bench.worker();
        assert_eq!(sign_text(&worker), expected, "{call}");
        assert_eq!(worker.slots(), Ok(Vec::new()), "{call}");
        bench.plug("0001\n");
        assert_eq!(only_slot(&worker).label, "Bench token", "{call}");
    }
}

#[test]
fn a_defect_is_an_error_and_no_wrong_pin() {
    for (call, expected) in [("C_Login", "C_Login"), ("C_SignInit", ""), ("C_Sign", "")] {
        let behaviour = format!("error = {{ {call} = 'CKR_GENERAL_ERROR' }}");
        let bench = Bench::gost("", "", &behaviour);
        let outcome = sign_text(&bench.worker());
        let failed = if expected.is_empty() {
            Err(Failed::Sign(SignError::Keystore("GeneralError".to_owned())))
        } else {
            let text = "Login: GeneralError".to_owned();
            unlock_failure(UnlockError::Token(TokenError::Driver(text)))
        };
        assert_eq!(outcome, failed, "{call}");
        assert!(bench.calls("C_Login") <= 1, "{call}");
    }
}

#[test]
fn a_crash_inside_any_call_of_the_library_is_an_error_of_ours() {
    for call in [
        "C_GetSlotList",
        "C_GetTokenInfo",
        "C_OpenSession",
        "C_FindObjects",
        "C_GetAttributeValue",
        "C_Login",
        "C_GetMechanismInfo",
        "C_SignInit",
        "C_Sign",
    ] {
        let bench = Bench::gost("", "", &format!("crash = ['{call}']"));
        let worker = bench.worker();
        let outcome = worker
            .slots()
            .map_err(Failed::Token)
            .and_then(|_| sign_text(&worker));
        let expected = match call {
            "C_Login" => unlock_failure(UnlockError::Token(TokenError::Stopped)),
            "C_SignInit" | "C_Sign" => Err(Failed::Sign(SignError::Stopped)),
            _ => Err(Failed::Token(TokenError::Stopped)),
        };
        assert_eq!(outcome, expected, "{call}");
        assert_eq!(worker.process_id(), None, "{call}");
    }
    // Before anything is asked.
    let bench = Bench::gost("", "", "crash = ['C_Initialize']");
    assert_eq!(bench.worker().slots(), Err(TokenError::Stopped));
}

#[test]
fn a_hang_inside_any_call_of_the_library_ends_at_the_deadline() {
    let short = Duration::from_secs(3);
    let deadlines = Deadlines {
        slots: short,
        contents: short,
        unlock: short,
        pin_pad: short,
        sign: short,
    };
    let hang = |call: &str| {
        let bench = Bench::gost("", "", &format!("hang = ['{call}']"));
        let worker = bench.worker_within(deadlines);
        worker
            .slots()
            .map_err(Failed::Token)
            .and_then(|_| sign_text(&worker))
    };
    let late = TokenError::TimedOut(short);
    thread::scope(|scope| {
        let calls = [
            ("C_GetSlotList", Err(Failed::Token(late.clone()))),
            ("C_FindObjects", Err(Failed::Token(late.clone()))),
            ("C_Login", unlock_failure(UnlockError::Token(late.clone()))),
            ("C_Sign", Err(Failed::Sign(SignError::Stopped))),
        ];
        for (call, expected) in calls {
            scope.spawn(move || assert_eq!(hang(call), expected, "{call}"));
        }
    });
}

/// Whatever a library lies about, the agent's side gets an error or a signature that verifies.
#[test]
fn garbage_from_any_call_is_never_a_signature() {
    let lies = [
        ("C_GetSlotList", "bytes"),
        ("C_GetSlotList", "length"),
        ("C_GetSlotInfo", "bytes"),
        ("C_GetTokenInfo", "bytes"),
        ("C_GetMechanismInfo", "bytes"),
        ("C_OpenSession", "bytes"),
        ("C_FindObjects", "bytes"),
        ("C_FindObjects", "length"),
        ("C_GetAttributeValue", "bytes"),
        ("C_GetAttributeValue", "length"),
        ("C_Sign", "bytes"),
        ("C_Sign", "length"),
        ("C_Login", "code"),
        ("C_SignInit", "code"),
    ];
    for (call, lie) in lies {
        let bench = Bench::gost("", "", &format!("garbage = {{ {call} = '{lie}' }}"));
        let worker = bench.worker();
        let slots = worker.slots();
        // A lie about these makes slots unreadable, and another one with every look: there is no choice to be signed with.
        if ["C_GetSlotList", "C_GetTokenInfo"].contains(&call) {
            assert!(slots.map_or(0, |slots| slots.len()) <= 1, "{call} {lie}");
            continue;
        }
        // `sign_text` checks whatever value it gets.
        let outcome = match slots {
            Ok(_) => sign_text(&worker),
            Err(error) => Err(Failed::Token(error)),
        };
        match call {
            // Lies about these change nothing that matters, or nothing at all.
            "C_GetSlotInfo" | "C_GetMechanismInfo" => {}
            "C_Sign" if lie == "bytes" => {
                assert_eq!(outcome, Err(Failed::Sign(SignError::Fault)));
            }
            _ => assert!(outcome.is_err(), "{call} {lie}"),
        }
        assert!(bench.calls("C_Login") <= 1, "{call} {lie}");
    }
}

#[test]
fn tokens_are_noticed_when_plugged_and_another_one_has_another_locator() {
    let bench = Bench::new(&[
        "[[slot]]\nreader = 'One'\n[slot.token]\nserial = '0001'\npin = '123456'",
        "[[slot]]\nreader = 'Two'\n[slot.token]\nserial = '0002'\nlabel = 'Second'\npin = '123456'",
    ]);
    let worker = bench.worker();
    let labels = |worker: &Worker| -> Vec<String> {
        let slots = worker.slots().unwrap();
        slots.into_iter().map(|slot| slot.label).collect()
    };
    let both = worker.slots().unwrap();
    assert_eq!(labels(&worker), ["Bench token", "Second"]);
    assert_ne!(both[0].locator, both[1].locator);
    bench.plug("0002\n");
    assert_eq!(labels(&worker), ["Second"]);
    let absent = TokenError::Unreadable(std::io::ErrorKind::NotFound);
    assert_eq!(worker.open(&both[0]).err(), Some(absent));
    bench.plug("");
    assert_eq!(labels(&worker), [""; 0]);
    bench.plug("0001\n0002\n");
    assert_eq!(worker.slots().unwrap(), both);

    // The same reader with another token in it.
    let script = fs::read_to_string(bench.path("script.toml")).unwrap();
    fs::write(
        bench.path("script.toml"),
        script.replace("'0001'", "'0003'"),
    )
    .unwrap();
    bench.plug("0003\n");
    let other = bench.worker();
    assert_ne!(only_slot(&other).locator, both[0].locator);
}

#[test]
fn one_slot_that_fails_does_not_hide_the_others() {
    let bench = Bench::new(&[
        "[[slot]]\nreader = 'One'\n[slot.token]\nserial = '0001'\npin = '123456'",
        "[slot.behaviour]\nerror = { C_GetTokenInfo = 'CKR_DEVICE_ERROR' }",
        "[[slot]]\nreader = 'Two'\n[slot.token]\nserial = '0002'\nlabel = 'Second'\npin = '123456'",
    ]);
    assert_eq!(only_slot(&bench.worker()).label, "Second");
}

#[test]
fn dropping_the_keystore_logs_out() {
    let bench = Bench::gost("", "", "");
    let worker = bench.worker();
    with_pin(&worker, PIN, |_| Ok(())).unwrap();
    assert_eq!(bench.calls("C_Logout CKR_OK"), 1);
    assert_eq!(bench.calls("C_OpenSession"), bench.calls("C_CloseSession"));
}

/// T-P11-3: the library itself wrote down what it was asked.
#[test]
fn the_library_is_asked_nothing_but_what_is_on_the_list() {
    const LIST: [&str; 18] = [
        "C_CloseSession",
        "C_FindObjects",
        "C_FindObjectsFinal",
        "C_FindObjectsInit",
        "C_GetAttributeValue",
        "C_GetFunctionList",
        "C_GetMechanismInfo",
        "C_GetSlotInfo",
        "C_GetSlotList",
        "C_GetTokenInfo",
        "C_Initialize",
        "C_Login",
        "C_Logout",
        "C_OpenSession",
        "C_Sign",
        "C_SignFinal",
        "C_SignInit",
        "C_SignUpdate",
    ];
    let bench = Bench::gost("", "always_authenticate = true\nlayout = 'gost-be'", "");
    let worker = bench.worker();
    with_pin(&worker, PIN, |unlocked| {
        let entry = &unlocked.entries()[0];
        sign(unlocked, entry, TEXT, &mut Type::new(PIN)).map(drop)
    })
    .unwrap();
    let _ = sign_with_only_key(&worker, "wrong", TEXT);
    let journal = fs::read_to_string(bench.path("script.toml.log")).unwrap();
    assert!(journal.contains("C_Sign CKR_OK"), "{journal}");
    for line in journal.lines() {
        let function = line.split(' ').next().unwrap();
        assert!(LIST.contains(&function), "{line}");
        // Nobody asked for the value of a key.
        assert!(!line.contains("CKR_ATTRIBUTE_SENSITIVE"), "{line}");
    }
}

#[test]
fn a_library_that_refuses_to_start_is_named() {
    let bench = Bench::new(&["nonsense = true"]);
    let expected = LibraryError::DoesNotStart {
        path: bench.path("bench.so").display().to_string(),
        reason: "Initialize: ArgumentsBad".to_owned(),
    };
    assert_eq!(bench.worker().slots(), Err(expected.into()));
}

#[cfg(target_os = "linux")]
#[test]
fn the_process_dumps_no_core_and_gains_no_privileges() {
    let bench = Bench::gost("", "", "");
    let worker = bench.worker();
    only_slot(&worker);
    let process = Path::new("/proc").join(worker.process_id().unwrap().to_string());
    let limits = fs::read_to_string(process.join("limits")).unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap();
    let numbers: Vec<_> = core.split_whitespace().skip(4).take(2).collect();
    assert_eq!(numbers, ["0", "0"]);
    let status = fs::read_to_string(process.join("status")).unwrap();
    assert!(status.lines().any(|line| line == "NoNewPrivs:\t1"));
    // Nothing of the agent's pipes under the usual numbers.
    for number in ["0", "1"] {
        let target = fs::read_link(process.join("fd").join(number)).unwrap();
        assert!(!target.to_string_lossy().starts_with("pipe:"), "{target:?}");
    }
}

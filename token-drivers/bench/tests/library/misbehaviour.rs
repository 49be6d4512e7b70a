//! Delays, errors and lies in this process; crashes and hangs in another.

#![allow(unsafe_code, reason = "lies are looked at as C sees them")]

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::ptr::null_mut as null;
use std::time::{Duration, Instant};

use cryptoki::context::Function;
use cryptoki::error::RvError;
use cryptoki_sys::{
    CK_ATTRIBUTE, CK_RV, CK_TOKEN_INFO, CK_ULONG, CKA_ID, CKR_OK, CKR_SESSION_HANDLE_INVALID,
};
use tamga_scheme::{SignatureScheme, SignatureValue, VerifyError, verify};

use crate::interface::{Raw, attribute, c};
use crate::support::{Bench, Keys, PIN, login, refused, token};

/// What absurd lengths are (README: "absurd lengths and counts").
const ABSURD: CK_ULONG = CK_ULONG::MAX / 2;

fn script(behaviour: &str) -> String {
    format!(
        "{}{}[slot.behaviour]\n{behaviour}\n",
        token("1"),
        Keys::get().bare("rsa_individual")
    )
}

/// The example program, which signs once with the script of `bench`.
fn sign_once(bench: &Bench) -> Child {
    let test = std::env::current_exe().unwrap();
    let name = format!("sign-once{}", std::env::consts::EXE_SUFFIX);
    let program: PathBuf = test.ancestors().nth(2).unwrap().join("examples").join(name);
    Command::new(program)
        .arg(tamga_token_bench::library_path())
        .arg(PIN)
        .env("TAMGA_TOKEN_BENCH", bench.file(""))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn without_orders_another_process_signs_with_the_same_script() {
    let bench = Bench::written(&script(""));
    let output = sign_once(&bench).wait_with_output().unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "256 bytes\n");
    // The length first, then the signature.
    let signed = bench.journal();
    let signed = signed.iter().filter(|call| *call == "C_Sign CKR_OK");
    assert_eq!(signed.count(), 2);
}

#[test]
fn a_crash_ends_the_process_inside_the_call() {
    for function in ["C_Initialize", "C_GetSlotList", "C_Login", "C_Sign"] {
        let bench = Bench::written(&script(&format!("crash = ['{function}']")));
        let output = sign_once(&bench).wait_with_output().unwrap();
        assert_eq!(output.status.code(), crash_code(), "{function}");
        assert_eq!(output.stdout, b"");
        let last = bench.journal().pop().unwrap();
        assert_eq!(last, format!("{function} crash"));
    }
}

/// Of a program that aborted; on Unix a signal ended it, on Windows `STATUS_STACK_BUFFER_OVERRUN` is what it says.
fn crash_code() -> Option<i32> {
    match cfg!(windows) {
        true => Some(0xC000_0409_u32.cast_signed()),
        false => None,
    }
}

#[test]
fn a_hang_never_returns() {
    let bench = Bench::written(&script("hang = ['C_Login']"));
    let mut child = sign_once(&bench);
    let deadline = Instant::now() + Duration::from_secs(30);
    while bench
        .journal()
        .last()
        .is_none_or(|last| last != "C_Login hang")
    {
        assert!(Instant::now() < deadline, "{:?}", bench.journal());
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(500));
    assert!(child.try_wait().unwrap().is_none());
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(bench.journal().last().unwrap(), "C_Login hang");
}

#[test]
fn a_delay_holds_its_own_call_up_and_no_other() {
    let bench = Bench::playing(&script("delay = { C_Login = 1000 }"));
    let session = bench.session();
    std::thread::scope(|scope| {
        let start = Instant::now();
        let slow = scope.spawn(move || {
            login(&session, PIN).unwrap();
            start.elapsed()
        });
        std::thread::sleep(Duration::from_millis(100));
        bench.library().get_slots_with_token().unwrap();
        let quick = start.elapsed();
        assert!(quick < Duration::from_millis(900), "{quick:?}");
        let slow = slow.join().unwrap();
        assert!(slow >= Duration::from_secs(1), "{slow:?}");
    });
}

#[test]
fn an_error_takes_the_place_of_the_work() {
    let bench = Bench::playing(&script("error = { C_Login = 'CKR_DEVICE_ERROR' }"));
    let session = bench.session();
    // Neither a right PIN nor a wrong one gets as far as being counted.
    for pin in [PIN, "654321"] {
        refused(login(&session, pin), RvError::DeviceError, Function::Login);
    }
    assert!(!bench.file(".pins").exists());
}

#[test]
fn orders_of_a_slot_are_not_for_the_next_one() {
    let first = script("error = { C_OpenSession = 'CKR_DEVICE_ERROR' }");
    let bench = Bench::playing(&(first + &token("2")));
    let slots = bench.library().get_slots_with_token().unwrap();
    let open = |index: usize| bench.library().open_ro_session(slots[index]);
    refused(open(0), RvError::DeviceError, Function::OpenSession);
    open(1).unwrap();
}

#[test]
fn orders_at_the_top_are_for_every_slot() {
    let top = "[behaviour]\nerror = { C_GetTokenInfo = 'CKR_TOKEN_NOT_RECOGNIZED' }\n";
    let bench = Bench::playing(&(top.to_owned() + &token("1") + &token("2")));
    for slot in bench.library().get_slots_with_token().unwrap() {
        refused(
            bench.library().get_token_info(slot),
            RvError::TokenNotRecognized,
            Function::GetTokenInfo,
        );
    }
}

#[test]
fn a_return_value_can_be_one_that_nobody_knows() {
    let bench = Bench::written(&script("garbage = { C_Login = 'code' }"));
    let raw = Raw::initialized();
    let session = raw.session();
    let mut pin = PIN.as_bytes().to_vec();
    let code = c!(raw, C_Login, session, 1, pin.as_mut_ptr(), 6);
    assert_eq!(code, 0xDEAD_BEEF);
    assert_eq!(bench.journal().last().unwrap(), "C_Login 0xDEADBEEF");
}

#[test]
fn random_signatures_have_the_right_length_and_verify_nowhere() {
    let keys = Keys::get();
    let _bench = Bench::written(&script("garbage = { C_Sign = 'bytes' }"));
    let raw = Raw::initialized();
    let value = raw.sign(0x40, b"Tamga").unwrap();
    assert_eq!(value.len(), 256);
    assert_ne!(value, [0; 256]);
    let public = keys.public_key("rsa_individual");
    let value = SignatureValue::new(value);
    let scheme = SignatureScheme::RsaSha256;
    let verdict = verify(public, scheme, b"Tamga", &value);
    // Random bytes may be a number above the modulus.
    let refusals = [VerifyError::Mismatch, VerifyError::Malformed];
    assert!(refusals.contains(&verdict.unwrap_err()));
}

/// A buffer with bytes behind it that nobody may touch.
struct Guarded {
    bytes: [u8; 512],
}

impl Guarded {
    fn new() -> Self {
        Self { bytes: [0xA5; 512] }
    }

    fn untouched_from(&self, end: usize) -> bool {
        self.bytes[end..].iter().all(|byte| *byte == 0xA5)
    }
}

#[test]
fn absurd_lengths_are_told_and_no_buffer_is_overrun() {
    let lies = "garbage = { C_Sign = 'length', C_GetAttributeValue = 'length', C_GetSlotList = 'length', \
                C_FindObjects = 'length', C_GetMechanismList = 'length' }";
    let bench = Bench::written(&script(lies));
    let raw = Raw::initialized();
    let session = raw.session();
    raw.login(session);

    let mut guarded = Guarded::new();
    let numbers = guarded.bytes.as_mut_ptr().cast::<CK_ULONG>();
    let one = size_of::<CK_ULONG>();
    let told = |code: CK_RV, count: CK_ULONG| assert_eq!((code, count), (CKR_OK, ABSURD));

    let mut count = 0;
    told(c!(raw, C_GetSlotList, 0, null(), &mut count), count);
    // No room at all, and room for one of three.
    let mut count = 0;
    told(c!(raw, C_GetSlotList, 0, numbers, &mut count), count);
    assert!(guarded.untouched_from(0));
    let mut count = 1;
    told(c!(raw, C_GetMechanismList, 0, numbers, &mut count), count);
    assert!(guarded.untouched_from(one));
    let mut guarded = Guarded::new();
    let numbers = guarded.bytes.as_mut_ptr().cast::<CK_ULONG>();
    let found = c!(raw, C_FindObjectsInit, session, null(), 0);
    assert_eq!(found, CKR_OK);
    let mut count = 0;
    let found = c!(raw, C_FindObjects, session, numbers, 1, &mut count);
    told(found, count);
    assert!(guarded.untouched_from(one) && !guarded.untouched_from(0));

    // The identifier has one byte; there is room for none, and for more.
    for (room, end) in [(0, 0), (4, 1)] {
        let mut guarded = Guarded::new();
        let place = guarded.bytes.as_mut_ptr().cast();
        let mut asked: CK_ATTRIBUTE = attribute(CKA_ID, place, room);
        let code = c!(raw, C_GetAttributeValue, session, 1, &mut asked, 1);
        told(code, asked.ulValueLen);
        assert!(guarded.untouched_from(end));
    }

    assert_eq!(c!(raw, C_FindObjectsFinal, session), CKR_OK);
    let mut mechanism = cryptoki_sys::CK_MECHANISM {
        mechanism: 0x40,
        pParameter: null(),
        ulParameterLen: 0,
    };
    assert_eq!(c!(raw, C_SignInit, session, &mut mechanism, 1), CKR_OK);
    let mut guarded = Guarded::new();
    let place = guarded.bytes.as_mut_ptr();
    let mut data = *b"Tamga";
    let mut length = 300;
    let code = c!(
        raw,
        C_Sign,
        session,
        data.as_mut_ptr(),
        5,
        place,
        &mut length
    );
    told(code, length);
    assert!(guarded.untouched_from(256) && !guarded.untouched_from(0));
    drop(raw);
    assert!(bench.journal().iter().all(|call| call.ends_with("CKR_OK")));
}

#[test]
fn random_contents_keep_within_their_structures() {
    let lies = "garbage = { C_GetTokenInfo = 'bytes', C_GetSlotList = 'bytes', C_OpenSession = 'bytes', \
                C_GetAttributeValue = 'bytes' }";
    let _bench = Bench::written(&script(lies));
    let raw = Raw::initialized();

    let mut guarded = Guarded::new();
    let place = guarded.bytes.as_mut_ptr().cast::<CK_TOKEN_INFO>();
    assert_eq!(c!(raw, C_GetTokenInfo, 0, place), CKR_OK);
    assert!(guarded.untouched_from(size_of::<CK_TOKEN_INFO>()));
    assert!(!guarded.bytes.starts_with(b"Token 1"));

    let mut slots = [0; 2];
    let mut count = 2;
    let code = c!(raw, C_GetSlotList, 0, slots.as_mut_ptr(), &mut count);
    assert_eq!((code, count, slots[1]), (CKR_OK, 1, 0));
    assert_ne!(slots[0], 0);

    let session = raw.session();
    assert_eq!(c!(raw, C_Logout, session), CKR_SESSION_HANDLE_INVALID);
}

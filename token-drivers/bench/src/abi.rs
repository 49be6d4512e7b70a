//! The C interface: every function of PKCS#11 v2.40, its arguments checked and its calls written down.
//!
//! `unsafe` is allowed here and below, because callers hand over pointers. A null pointer where something must be is
//! `CKR_ARGUMENTS_BAD`, a panic is `CKR_GENERAL_ERROR`; neither goes further than its call.

#![allow(
    unsafe_code,
    reason = "a C interface takes pointers and exports a symbol"
)]
#![expect(non_snake_case, reason = "the standard's own names")]

mod functions;
mod list;
mod memory;
mod unsupported;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cryptoki_sys::{
    CK_RV, CKR_ARGUMENTS_BAD, CKR_CRYPTOKI_ALREADY_INITIALIZED, CKR_CRYPTOKI_NOT_INITIALIZED,
    CKR_DEVICE_REMOVED, CKR_GENERAL_ERROR, CKR_OK,
};

pub use self::list::C_GetFunctionList;
use crate::behaviour::{Garbage, Orders, UNKNOWN_CODE};
use crate::bench::{Bench, Subject};
use crate::complain;
use crate::function::Function;
use crate::journal::Journal;
use crate::return_value::{Outcome, Refusal};
use crate::script;

/// What is there between `C_Initialize` and `C_Finalize`, with its journal.
static STATE: Mutex<Option<(Bench, Journal)>> = Mutex::new(None);

/// One call: catches panics and writes the result down.
fn call(function: Function, work: impl FnOnce(Option<&Journal>) -> Outcome) -> CK_RV {
    let journal = match &*state() {
        Some((_, journal)) => Some(journal.clone()),
        None => script::path_from_environment().map(|path| Journal::of(&path)),
    };
    let code = match catch_unwind(AssertUnwindSafe(|| work(journal.as_ref()))) {
        Ok(Ok(())) => CKR_OK,
        Ok(Err(Refusal(code))) => code,
        // Its message is on standard error already.
        Err(_) => CKR_GENERAL_ERROR,
    };
    if let Some(journal) = journal {
        journal.returned(function, code);
    }
    code
}

/// One call that needs the library initialized: follows its orders, then does its work.
fn enter(
    function: Function,
    subject: Subject,
    work: impl FnOnce(&mut Bench, Option<Garbage>) -> Outcome,
) -> CK_RV {
    call(function, |journal| {
        let orders = with_bench(|bench| Ok(bench.orders(function, subject)))?;
        // Not under the lock: other threads may call while this one waits or hangs.
        stop(function, orders, journal);
        with_bench(|bench| {
            obey(bench, orders, subject)?;
            work(bench, orders.garbage)
        })
    })
}

/// `C_Initialize`: reads the script, then follows its orders.
fn initialize() -> CK_RV {
    let function = Function::C_Initialize;
    call(function, |journal| {
        if state().is_some() {
            return Err(Refusal(CKR_CRYPTOKI_ALREADY_INITIALIZED));
        }
        let mut bench = Bench::load(script::path_from_environment()).map_err(|error| {
            complain(&error.to_string());
            Refusal(CKR_ARGUMENTS_BAD)
        })?;
        let orders = bench.orders(function, Subject::Library);
        stop(function, orders, journal);
        obey(&mut bench, orders, Subject::Library)?;
        let journal = journal.ok_or(Refusal(CKR_ARGUMENTS_BAD))?;
        *state() = Some((bench, journal.clone()));
        Ok(())
    })
}

/// `C_Finalize`.
fn finalize() -> CK_RV {
    let code = enter(Function::C_Finalize, Subject::Library, |_, _| Ok(()));
    if code == CKR_OK {
        *state() = None;
    }
    code
}

/// Orders that keep the call from going on.
fn stop(function: Function, orders: Orders, journal: Option<&Journal>) {
    std::thread::sleep(orders.delay);
    if orders.crash {
        if let Some(journal) = journal {
            journal.crash(function);
        }
        std::process::abort();
    }
    if orders.hang {
        if let Some(journal) = journal {
            journal.hang(function);
        }
        loop {
            std::thread::sleep(Duration::from_secs(3600));
        }
    }
}

/// Orders that take the place of the call's work.
fn obey(bench: &mut Bench, orders: Orders, subject: Subject) -> Outcome {
    if orders.remove {
        bench.pull_out(subject)?;
        return Err(Refusal(CKR_DEVICE_REMOVED));
    }
    if let Some(refusal) = orders.error {
        return Err(refusal);
    }
    match orders.garbage {
        Some(Garbage::Code) => Err(Refusal(UNKNOWN_CODE)),
        _ => Ok(()),
    }
}

fn with_bench<T>(work: impl FnOnce(&mut Bench) -> Outcome<T>) -> Outcome<T> {
    match &mut *state() {
        Some((bench, _)) => work(bench),
        None => Err(Refusal(CKR_CRYPTOKI_NOT_INITIALIZED)),
    }
}

/// The state, also after a panic: it has no invariant that a half-done call could break.
fn state() -> MutexGuard<'static, Option<(Bench, Journal)>> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_ends_its_call_and_no_other() {
        let panicked = call(Function::C_Sign, |_| {
            let _held = state();
            panic!("the lock is held and poisoned");
        });
        assert_eq!(panicked, CKR_GENERAL_ERROR);
        assert_eq!(call(Function::C_Sign, |_| Ok(())), CKR_OK);
        let refused = enter(Function::C_Sign, Subject::Library, |_, _| Ok(()));
        assert_eq!(refused, CKR_CRYPTOKI_NOT_INITIALIZED);
    }
}

//! Functions that do something.
//!
//! All are unsafe for one reason: the caller promises that each pointer is null or points to what PKCS#11 v2.40
//! section 5 says about that argument, for the time of the call.

use std::ffi::c_void;

use cryptoki_sys::{
    CK_ATTRIBUTE, CK_BBOOL, CK_C_INITIALIZE_ARGS, CK_FALSE, CK_FLAGS, CK_INFO, CK_MECHANISM,
    CK_MECHANISM_INFO, CK_MECHANISM_TYPE, CK_NOTIFY, CK_OBJECT_HANDLE, CK_RV, CK_SESSION_HANDLE,
    CK_SESSION_INFO, CK_SLOT_ID, CK_SLOT_INFO, CK_TOKEN_INFO, CK_ULONG, CK_UNAVAILABLE_INFORMATION,
    CK_USER_TYPE, CK_VERSION, CKF_DONT_BLOCK, CKR_ARGUMENTS_BAD, CKR_ATTRIBUTE_SENSITIVE,
    CKR_ATTRIBUTE_TYPE_INVALID, CKR_BUFFER_TOO_SMALL, CKR_FUNCTION_NOT_PARALLEL,
    CKR_FUNCTION_NOT_SUPPORTED, CKR_NO_EVENT,
};

use super::memory::{self, Room};
use super::{call, enter, finalize, initialize};
use crate::behaviour::{ABSURD, Garbage};
use crate::bench::{Pin, Subject, VERSION, padded};
use crate::function::Function;
use crate::object::Value;
use crate::return_value::{Outcome, Refusal};

pub(super) unsafe extern "C" fn C_Initialize(args: *mut c_void) -> CK_RV {
    if !args.is_null() {
        // SAFETY: the caller's promise.
        let args = unsafe { args.cast::<CK_C_INITIALIZE_ARGS>().read_unaligned() };
        if !args.pReserved.is_null() {
            return call(Function::C_Initialize, |_| Err(Refusal(CKR_ARGUMENTS_BAD)));
        }
    }
    initialize()
}

pub(super) unsafe extern "C" fn C_Finalize(reserved: *mut c_void) -> CK_RV {
    if !reserved.is_null() {
        return call(Function::C_Finalize, |_| Err(Refusal(CKR_ARGUMENTS_BAD)));
    }
    finalize()
}

pub(super) unsafe extern "C" fn C_GetInfo(info: *mut CK_INFO) -> CK_RV {
    enter(Function::C_GetInfo, Subject::Library, |_, garbage| {
        let value = CK_INFO {
            cryptokiVersion: CK_VERSION {
                major: 2,
                minor: 40,
            },
            manufacturerID: padded("Tamga"),
            flags: 0,
            libraryDescription: padded("Token bench"),
            libraryVersion: VERSION,
        };
        // SAFETY: the caller's promise; the structure has numbers only.
        unsafe { memory::put_info(info, value, garbage) }
    })
}

pub(super) unsafe extern "C" fn C_GetSlotList(
    with_token: CK_BBOOL,
    list: *mut CK_SLOT_ID,
    count: *mut CK_ULONG,
) -> CK_RV {
    enter(
        Function::C_GetSlotList,
        Subject::Library,
        |bench, garbage| {
            let slots = bench.slot_list(with_token != CK_FALSE)?;
            // SAFETY: the caller's promise.
            unsafe { memory::put_list(list, count, &slots, garbage) }
        },
    )
}

pub(super) unsafe extern "C" fn C_GetSlotInfo(slot: CK_SLOT_ID, info: *mut CK_SLOT_INFO) -> CK_RV {
    enter(
        Function::C_GetSlotInfo,
        Subject::Slot(slot),
        |bench, garbage| {
            // SAFETY: the caller's promise; the structure has numbers only.
            unsafe { memory::put_info(info, bench.slot_info(slot)?, garbage) }
        },
    )
}

pub(super) unsafe extern "C" fn C_GetTokenInfo(
    slot: CK_SLOT_ID,
    info: *mut CK_TOKEN_INFO,
) -> CK_RV {
    enter(
        Function::C_GetTokenInfo,
        Subject::Slot(slot),
        |bench, garbage| {
            // SAFETY: the caller's promise; the structure has numbers only.
            unsafe { memory::put_info(info, bench.token_info(slot)?, garbage) }
        },
    )
}

pub(super) unsafe extern "C" fn C_GetMechanismList(
    slot: CK_SLOT_ID,
    list: *mut CK_MECHANISM_TYPE,
    count: *mut CK_ULONG,
) -> CK_RV {
    enter(
        Function::C_GetMechanismList,
        Subject::Slot(slot),
        |bench, garbage| {
            let mechanisms = bench.mechanism_list(slot)?;
            // SAFETY: the caller's promise.
            unsafe { memory::put_list(list, count, &mechanisms, garbage) }
        },
    )
}

pub(super) unsafe extern "C" fn C_GetMechanismInfo(
    slot: CK_SLOT_ID,
    mechanism: CK_MECHANISM_TYPE,
    info: *mut CK_MECHANISM_INFO,
) -> CK_RV {
    enter(
        Function::C_GetMechanismInfo,
        Subject::Slot(slot),
        |bench, garbage| {
            // SAFETY: the caller's promise; the structure has numbers only.
            unsafe { memory::put_info(info, bench.mechanism_info(slot, mechanism)?, garbage) }
        },
    )
}

pub(super) unsafe extern "C" fn C_OpenSession(
    slot: CK_SLOT_ID,
    flags: CK_FLAGS,
    _application: *mut c_void,
    _notify: CK_NOTIFY,
    session: *mut CK_SESSION_HANDLE,
) -> CK_RV {
    enter(
        Function::C_OpenSession,
        Subject::Slot(slot),
        |bench, garbage| {
            if session.is_null() {
                return Err(Refusal(CKR_ARGUMENTS_BAD));
            }
            let mut handle = bench.open_session(slot, flags)?;
            if garbage.is_some() {
                handle = memory::random_number()?;
            }
            // SAFETY: the caller's promise.
            unsafe { memory::put(session, handle) }
        },
    )
}

pub(super) unsafe extern "C" fn C_CloseSession(session: CK_SESSION_HANDLE) -> CK_RV {
    enter(
        Function::C_CloseSession,
        Subject::Session(session),
        |bench, _| bench.close_session(session),
    )
}

pub(super) unsafe extern "C" fn C_CloseAllSessions(slot: CK_SLOT_ID) -> CK_RV {
    enter(
        Function::C_CloseAllSessions,
        Subject::Slot(slot),
        |bench, _| bench.close_all_sessions(slot),
    )
}

pub(super) unsafe extern "C" fn C_GetSessionInfo(
    session: CK_SESSION_HANDLE,
    info: *mut CK_SESSION_INFO,
) -> CK_RV {
    enter(
        Function::C_GetSessionInfo,
        Subject::Session(session),
        |bench, garbage| {
            // SAFETY: the caller's promise; the structure has numbers only.
            unsafe { memory::put_info(info, bench.session_info(session)?, garbage) }
        },
    )
}

pub(super) unsafe extern "C" fn C_Login(
    session: CK_SESSION_HANDLE,
    user: CK_USER_TYPE,
    pin: *mut u8,
    length: CK_ULONG,
) -> CK_RV {
    enter(Function::C_Login, Subject::Session(session), |bench, _| {
        let pin = if pin.is_null() {
            Pin::Keypad
        } else {
            // SAFETY: the caller's promise.
            Pin::Typed(unsafe { memory::bytes(pin, length) }?)
        };
        bench.login(session, user, pin)
    })
}

pub(super) unsafe extern "C" fn C_Logout(session: CK_SESSION_HANDLE) -> CK_RV {
    enter(Function::C_Logout, Subject::Session(session), |bench, _| {
        bench.logout(session)
    })
}

pub(super) unsafe extern "C" fn C_FindObjectsInit(
    session: CK_SESSION_HANDLE,
    template: *mut CK_ATTRIBUTE,
    count: CK_ULONG,
) -> CK_RV {
    enter(
        Function::C_FindObjectsInit,
        Subject::Session(session),
        |bench, _| {
            let mut wanted = Vec::new();
            for index in 0..memory::size(count)? {
                // SAFETY: the caller's promise: null, or `count` attributes, each with as many bytes as it says.
                let attribute = unsafe { memory::get(attribute_at(template, index)) }?;
                // SAFETY: as above.
                let bytes =
                    unsafe { memory::bytes(attribute.pValue.cast(), attribute.ulValueLen) }?;
                wanted.push((attribute.type_, bytes.to_vec()));
            }
            bench.find_objects_init(session, &wanted)
        },
    )
}

pub(super) unsafe extern "C" fn C_FindObjects(
    session: CK_SESSION_HANDLE,
    objects: *mut CK_OBJECT_HANDLE,
    room: CK_ULONG,
    count: *mut CK_ULONG,
) -> CK_RV {
    enter(
        Function::C_FindObjects,
        Subject::Session(session),
        |bench, garbage| {
            if objects.is_null() || count.is_null() {
                return Err(Refusal(CKR_ARGUMENTS_BAD));
            }
            let found = bench.find_objects(session, memory::size(room)?)?;
            // SAFETY: the caller's promise.
            unsafe { memory::put_found(objects, room, count, &found, garbage) }
        },
    )
}

pub(super) unsafe extern "C" fn C_FindObjectsFinal(session: CK_SESSION_HANDLE) -> CK_RV {
    enter(
        Function::C_FindObjectsFinal,
        Subject::Session(session),
        |bench, _| bench.find_objects_final(session),
    )
}

pub(super) unsafe extern "C" fn C_GetAttributeValue(
    session: CK_SESSION_HANDLE,
    object: CK_OBJECT_HANDLE,
    template: *mut CK_ATTRIBUTE,
    count: CK_ULONG,
) -> CK_RV {
    enter(
        Function::C_GetAttributeValue,
        Subject::Session(session),
        |bench, garbage| {
            let object = bench.object(session, object)?;
            let mut outcome = Ok(());
            for index in 0..memory::size(count)? {
                let place = attribute_at(template, index);
                // SAFETY: the caller's promise: null, or `count` attributes.
                let mut attribute = unsafe { memory::get(place) }?;
                let own = object.attribute(attribute.type_);
                // SAFETY: the caller's promise: a buffer is as long as its attribute says.
                let answered = unsafe { answer(&mut attribute, own, garbage) };
                // SAFETY: as two lines above.
                unsafe { memory::put(place, attribute) }?;
                // All attributes are answered, whatever becomes of one (PKCS#11 v2.40 section 5.7).
                outcome = outcome.and(answered);
            }
            outcome
        },
    )
}

/// The place of an attribute in the caller's template, null if there is no template.
fn attribute_at(template: *mut CK_ATTRIBUTE, index: usize) -> *mut CK_ATTRIBUTE {
    if template.is_null() {
        return template;
    }
    // Not `add`: whether the place is inside the template is for the one who uses it.
    template.wrapping_add(index)
}

/// Fills one attribute in.
///
/// # Safety
/// `asked.pValue` is null or has room for `asked.ulValueLen` bytes.
unsafe fn answer(
    asked: &mut CK_ATTRIBUTE,
    own: Option<&Value>,
    garbage: Option<Garbage>,
) -> Outcome {
    let room = memory::size(asked.ulValueLen)?;
    let refusal = match own {
        Some(Value::Bytes(bytes)) => {
            let fits = asked.pValue.is_null() || room >= bytes.len();
            if fits || garbage == Some(Garbage::Length) {
                if !asked.pValue.is_null() {
                    let lie;
                    let given = match garbage {
                        Some(Garbage::Bytes) => {
                            lie = memory::random(bytes.len())?;
                            &lie
                        }
                        _ => bytes,
                    };
                    let given = &given[..given.len().min(room)];
                    // SAFETY: not null, and at most `room` bytes.
                    unsafe { memory::copy(given, asked.pValue.cast()) };
                }
                asked.ulValueLen = match garbage {
                    Some(Garbage::Length) => ABSURD,
                    _ => memory::count_of(bytes.len())?,
                };
                return Ok(());
            }
            CKR_BUFFER_TOO_SMALL
        }
        Some(Value::Sensitive) => CKR_ATTRIBUTE_SENSITIVE,
        None => CKR_ATTRIBUTE_TYPE_INVALID,
    };
    asked.ulValueLen = CK_UNAVAILABLE_INFORMATION;
    Err(Refusal(refusal))
}

pub(super) unsafe extern "C" fn C_SignInit(
    session: CK_SESSION_HANDLE,
    mechanism: *mut CK_MECHANISM,
    key: CK_OBJECT_HANDLE,
) -> CK_RV {
    enter(
        Function::C_SignInit,
        Subject::Session(session),
        |bench, _| {
            // SAFETY: the caller's promise.
            let mechanism = unsafe { memory::get(mechanism) }?;
            let (number, parameter) = (mechanism.mechanism, mechanism.ulParameterLen);
            bench.sign_init(session, number, key, parameter != 0)
        },
    )
}

pub(super) unsafe extern "C" fn C_Sign(
    session: CK_SESSION_HANDLE,
    data: *mut u8,
    data_length: CK_ULONG,
    signature: *mut u8,
    signature_length: *mut CK_ULONG,
) -> CK_RV {
    enter(
        Function::C_Sign,
        Subject::Session(session),
        |bench, garbage| {
            // SAFETY: the caller's promise.
            let room = unsafe { Room::new(signature, signature_length) }?;
            // SAFETY: the caller's promise.
            let data = unsafe { memory::bytes(data, data_length) }?;
            if room.suffices(bench.one_part_len(session)?, garbage)? {
                room.fill(&bench.sign(session, data)?, garbage)?;
            }
            Ok(())
        },
    )
}

pub(super) unsafe extern "C" fn C_SignUpdate(
    session: CK_SESSION_HANDLE,
    part: *mut u8,
    length: CK_ULONG,
) -> CK_RV {
    enter(
        Function::C_SignUpdate,
        Subject::Session(session),
        |bench, _| {
            // SAFETY: the caller's promise.
            bench.sign_update(session, unsafe { memory::bytes(part, length) }?)
        },
    )
}

pub(super) unsafe extern "C" fn C_SignFinal(
    session: CK_SESSION_HANDLE,
    signature: *mut u8,
    signature_length: *mut CK_ULONG,
) -> CK_RV {
    enter(
        Function::C_SignFinal,
        Subject::Session(session),
        |bench, garbage| {
            // SAFETY: the caller's promise.
            let room = unsafe { Room::new(signature, signature_length) }?;
            if room.suffices(bench.many_parts_len(session)?, garbage)? {
                room.fill(&bench.sign_final(session)?, garbage)?;
            }
            Ok(())
        },
    )
}

/// A function of older versions; it has one answer.
pub(super) unsafe extern "C" fn C_GetFunctionStatus(session: CK_SESSION_HANDLE) -> CK_RV {
    enter(
        Function::C_GetFunctionStatus,
        Subject::Session(session),
        |_, _| Err(Refusal(CKR_FUNCTION_NOT_PARALLEL)),
    )
}

/// A function of older versions; it has one answer.
pub(super) unsafe extern "C" fn C_CancelFunction(session: CK_SESSION_HANDLE) -> CK_RV {
    enter(
        Function::C_CancelFunction,
        Subject::Session(session),
        |_, _| Err(Refusal(CKR_FUNCTION_NOT_PARALLEL)),
    )
}

/// Never waits and never has seen anything.
pub(super) unsafe extern "C" fn C_WaitForSlotEvent(
    flags: CK_FLAGS,
    _slot: *mut CK_SLOT_ID,
    _reserved: *mut c_void,
) -> CK_RV {
    enter(Function::C_WaitForSlotEvent, Subject::Library, |_, _| {
        Err(Refusal(match flags & CKF_DONT_BLOCK {
            0 => CKR_FUNCTION_NOT_SUPPORTED,
            _ => CKR_NO_EVENT,
        }))
    })
}

//! The three calls that cryptoki cannot make: its mechanisms are a closed list without `CKM_GOSTR3410` (0x1201), and
//! its `sign` leaves no room for the login of `CKA_ALWAYS_AUTHENTICATE` between initialising and signing.

#![expect(unsafe_code, reason = "PKCS#11 is a C interface")]

use std::path::Path;

use cryptoki::{
    error::{Rv, RvError},
    object::ObjectHandle,
    session::Session,
    slot::Slot,
};
use cryptoki_sys::{
    CK_FUNCTION_LIST, CK_MECHANISM, CK_MECHANISM_INFO, CK_MECHANISM_TYPE, CK_OBJECT_HANDLE, CK_RV,
    CK_SESSION_HANDLE, CK_SLOT_ID, CK_ULONG, CKF_SIGN,
};

/// Longest signature a token may return, in bytes: twice an RSA-4096 block.
const LONGEST_SIGNATURE: usize = 1024;

type GetMechanismInfo =
    unsafe extern "C" fn(CK_SLOT_ID, CK_MECHANISM_TYPE, *mut CK_MECHANISM_INFO) -> CK_RV;
type SignInit =
    unsafe extern "C" fn(CK_SESSION_HANDLE, *mut CK_MECHANISM, CK_OBJECT_HANDLE) -> CK_RV;
type Sign =
    unsafe extern "C" fn(CK_SESSION_HANDLE, *mut u8, CK_ULONG, *mut u8, *mut CK_ULONG) -> CK_RV;

/// Functions of one library.
pub(crate) struct Calls {
    get_mechanism_info: GetMechanismInfo,
    sign_init: SignInit,
    sign: Sign,
    /// Keeps the functions in memory.
    _library: cryptoki_sys::Pkcs11,
}

impl Calls {
    /// Finds the functions of a library that cryptoki has loaded from the same path; its code does not run again.
    pub(crate) fn load(path: &Path) -> Result<Self, String> {
        // SAFETY: loading runs the initialisers of a library the person agreed to; it is loaded already, so that the
        // system's loader only counts one more user.
        let library =
            unsafe { cryptoki_sys::Pkcs11::new(path) }.map_err(|error| error.to_string())?;
        if library.C_GetFunctionList.is_err() {
            return Err("it has no C_GetFunctionList".to_owned());
        }
        let mut list: *mut CK_FUNCTION_LIST = std::ptr::null_mut();
        // SAFETY: the symbol is there, and takes one pointer to a pointer (PKCS#11 v2.40 section 5.4).
        let code = unsafe { library.C_GetFunctionList(&mut list) };
        if code != 0 || list.is_null() {
            return Err(format!("C_GetFunctionList returned {code:#x}"));
        }
        // SAFETY: not null, and a success promises a list that lives as long as the library. Reading does not rely on
        // alignment: a list may lie packed in memory.
        let list = unsafe { list.read_unaligned() };
        let missing = |name: &str| format!("it has no {name}");
        Ok(Self {
            get_mechanism_info: list
                .C_GetMechanismInfo
                .ok_or_else(|| missing("C_GetMechanismInfo"))?,
            sign_init: list.C_SignInit.ok_or_else(|| missing("C_SignInit"))?,
            sign: list.C_Sign.ok_or_else(|| missing("C_Sign"))?,
            _library: library,
        })
    }

    /// Whether the token in a slot signs with a mechanism of this number.
    pub(crate) fn signs_with(&self, slot: Slot, mechanism: u32) -> bool {
        let mut info = CK_MECHANISM_INFO::default();
        // SAFETY: a function of the loaded library, which writes one structure; ours lives during the call.
        let code = unsafe {
            (self.get_mechanism_info)(slot.into(), mechanism_number(mechanism), &mut info)
        };
        code == 0 && info.flags & CKF_SIGN != 0
    }

    /// `C_SignInit` with a mechanism without parameters.
    pub(crate) fn sign_init(
        &self,
        session: &Session,
        mechanism: u32,
        key: ObjectHandle,
    ) -> Result<(), RvError> {
        let mut mechanism = CK_MECHANISM {
            mechanism: mechanism_number(mechanism),
            pParameter: std::ptr::null_mut(),
            ulParameterLen: 0,
        };
        // SAFETY: a function of the loaded library, which reads one structure; ours lives during the call, and no
        // parameter is announced.
        let code = unsafe { (self.sign_init)(session.handle(), &mut mechanism, key.handle()) };
        check(code)
    }

    /// `C_Sign`: everything at once, after [`Self::sign_init`] in the same session.
    pub(crate) fn sign(&self, session: &Session, input: &[u8]) -> Result<Vec<u8>, RvError> {
        let mut value = vec![0_u8; LONGEST_SIGNATURE];
        let mut length = LONGEST_SIGNATURE as CK_ULONG;
        let input_length = CK_ULONG::try_from(input.len()).map_err(|_| RvError::DataLenRange)?;
        // SAFETY: a function of the loaded library, which reads so many bytes of the input, although its type could
        // write them (the standard forbids it), and writes at most `length` bytes of the value; both live during
        // the call.
        let code = unsafe {
            (self.sign)(
                session.handle(),
                input.as_ptr().cast_mut(),
                input_length,
                value.as_mut_ptr(),
                &mut length,
            )
        };
        check(code)?;
        match usize::try_from(length) {
            Ok(length) if length <= value.len() => {
                value.truncate(length);
                Ok(value)
            }
            // It says that it wrote more than there was room for.
            _ => Err(RvError::SignatureLenRange),
        }
    }
}

/// `CK_ULONG` has 32 bits on Windows and 64 elsewhere.
#[allow(
    clippy::useless_conversion,
    reason = "on Windows both types are the same"
)]
fn mechanism_number(number: u32) -> CK_MECHANISM_TYPE {
    CK_MECHANISM_TYPE::from(number)
}

fn check(code: CK_RV) -> Result<(), RvError> {
    match Rv::from(code) {
        Rv::Ok => Ok(()),
        Rv::Error(error) => Err(error),
    }
}

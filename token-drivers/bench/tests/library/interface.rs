//! The C interface itself: what `cryptoki` hides or cannot say.

#![allow(unsafe_code, reason = "the functions are called as C calls them")]

use std::ptr::null_mut as null;

use cryptoki_sys::{
    CK_ATTRIBUTE, CK_FUNCTION_LIST, CK_INFO, CK_KEY_TYPE, CK_MECHANISM, CK_MECHANISM_TYPE,
    CK_OBJECT_HANDLE, CK_RV, CK_SESSION_HANDLE, CK_TOKEN_INFO, CK_ULONG,
    CK_UNAVAILABLE_INFORMATION, CKA_CLASS, CKA_ID, CKA_KEY_TYPE, CKA_LABEL, CKA_MODULUS, CKA_VALUE,
    CKF_DONT_BLOCK, CKF_SERIAL_SESSION, CKM_RSA_PKCS, CKO_PRIVATE_KEY, CKR_ARGUMENTS_BAD,
    CKR_ATTRIBUTE_SENSITIVE, CKR_ATTRIBUTE_TYPE_INVALID, CKR_BUFFER_TOO_SMALL,
    CKR_CRYPTOKI_ALREADY_INITIALIZED, CKR_CRYPTOKI_NOT_INITIALIZED, CKR_FUNCTION_NOT_PARALLEL,
    CKR_FUNCTION_NOT_SUPPORTED, CKR_NO_EVENT, CKR_OK, CKR_OPERATION_NOT_INITIALIZED,
    CKR_SESSION_HANDLE_INVALID, CKR_SESSION_PARALLEL_NOT_SUPPORTED, CKR_SLOT_ID_INVALID, CKU_USER,
};

use crate::support::{Bench, Keys, PIN, token};

/// Calls one function of the list.
macro_rules! c {
    ($raw:expr, $function:ident $(, $argument:expr)*) => {{
        let function = $raw.list().$function.expect("every function of v2.40 is there");
        // SAFETY: each test passes null or memory of its own that is as large as it says.
        unsafe { function($($argument),*) }
    }};
}
pub(crate) use c;

/// The library's list of functions, initialized; finalized when dropped.
pub(crate) struct Raw {
    _library: cryptoki_sys::Pkcs11,
    list: *mut CK_FUNCTION_LIST,
}

impl Raw {
    /// Loads the library only.
    pub(crate) fn loaded() -> Self {
        let mut list = null();
        // SAFETY: the library is our own, and starts nothing when loaded.
        let library = unsafe { cryptoki_sys::Pkcs11::new(tamga_token_bench::library_path()) };
        let library = library.unwrap();
        // SAFETY: `list` has room for a pointer.
        assert_eq!(unsafe { library.C_GetFunctionList(&mut list) }, CKR_OK);
        Self {
            _library: library,
            list,
        }
    }

    /// Loads and initializes the library.
    pub(crate) fn initialized() -> Self {
        let raw = Self::loaded();
        assert_eq!(c!(raw, C_Initialize, null()), CKR_OK);
        raw
    }

    pub(crate) fn list(&self) -> &CK_FUNCTION_LIST {
        // SAFETY: the list is a static of the library, which is loaded as long as `self`.
        unsafe { &*self.list }
    }

    /// A session with slot 0.
    pub(crate) fn session(&self) -> CK_SESSION_HANDLE {
        let mut session = 0;
        let code = c!(
            self,
            C_OpenSession,
            0,
            CKF_SERIAL_SESSION,
            null(),
            None,
            &mut session
        );
        assert_eq!(code, CKR_OK);
        session
    }

    pub(crate) fn login(&self, session: CK_SESSION_HANDLE) {
        let mut pin = PIN.as_bytes().to_vec();
        let length = CK_ULONG::try_from(pin.len()).unwrap();
        let code = c!(self, C_Login, session, CKU_USER, pin.as_mut_ptr(), length);
        assert_eq!(code, CKR_OK);
    }

    /// The first private key.
    pub(crate) fn key(&self, session: CK_SESSION_HANDLE) -> CK_OBJECT_HANDLE {
        let mut class = CKO_PRIVATE_KEY;
        let mut template = [attribute(
            CKA_CLASS,
            (&raw mut class).cast(),
            size_of_val(&class),
        )];
        let init = c!(self, C_FindObjectsInit, session, template.as_mut_ptr(), 1);
        assert_eq!(init, CKR_OK);
        let (mut key, mut count) = (0, 0);
        let found = c!(self, C_FindObjects, session, &mut key, 1, &mut count);
        assert_eq!((found, count), (CKR_OK, 1));
        assert_eq!(c!(self, C_FindObjectsFinal, session), CKR_OK);
        key
    }

    /// `CKA_KEY_TYPE` of the first private key.
    pub(crate) fn key_type(&self) -> CK_KEY_TYPE {
        let session = self.session();
        self.login(session);
        let mut number: CK_ULONG = 0;
        let mut asked = attribute(CKA_KEY_TYPE, (&raw mut number).cast(), size_of_val(&number));
        let key = self.key(session);
        let code = c!(self, C_GetAttributeValue, session, key, &mut asked, 1);
        assert_eq!(code, CKR_OK);
        number
    }

    /// `C_SignInit` with the first private key.
    pub(crate) fn sign_init(&self, session: CK_SESSION_HANDLE, number: CK_MECHANISM_TYPE) -> CK_RV {
        let mut mechanism = CK_MECHANISM {
            mechanism: number,
            pParameter: null(),
            ulParameterLen: 0,
        };
        c!(self, C_SignInit, session, &mut mechanism, self.key(session))
    }

    /// Signs with the first private key, in a session of its own.
    pub(crate) fn sign(&self, mechanism: CK_MECHANISM_TYPE, data: &[u8]) -> Result<Vec<u8>, CK_RV> {
        let session = self.session();
        self.login(session);
        let code = self.sign_init(session, mechanism);
        if code != CKR_OK {
            return Err(code);
        }
        let mut data = data.to_vec();
        let data_length = CK_ULONG::try_from(data.len()).unwrap();
        let mut signature = vec![0; 512];
        let mut length = 512;
        let code = c!(
            self,
            C_Sign,
            session,
            data.as_mut_ptr(),
            data_length,
            signature.as_mut_ptr(),
            &mut length
        );
        assert_eq!(c!(self, C_CloseSession, session), CKR_OK);
        signature.truncate(length.try_into().unwrap());
        match code {
            CKR_OK => Ok(signature),
            code => Err(code),
        }
    }

    /// Numbers the token in slot 0 offers.
    pub(crate) fn mechanisms(&self) -> Vec<CK_MECHANISM_TYPE> {
        let mut count = 0;
        let code = c!(self, C_GetMechanismList, 0, null(), &mut count);
        assert_eq!(code, CKR_OK);
        let mut list: Vec<CK_ULONG> = vec![0; count.try_into().unwrap()];
        let code = c!(self, C_GetMechanismList, 0, list.as_mut_ptr(), &mut count);
        assert_eq!(code, CKR_OK);
        list
    }
}

impl Drop for Raw {
    fn drop(&mut self) {
        let function = self.list().C_Finalize.unwrap();
        // SAFETY: null is what the standard wants. A test may have finalized, or ordered the call to refuse.
        unsafe { function(null()) };
    }
}

pub(crate) fn attribute(kind: CK_ULONG, place: *mut std::ffi::c_void, room: usize) -> CK_ATTRIBUTE {
    CK_ATTRIBUTE {
        type_: kind,
        pValue: place,
        ulValueLen: room.try_into().unwrap(),
    }
}

fn script() -> String {
    token("1") + &Keys::get().bare("rsa_individual")
}

#[test]
fn nothing_works_before_initialization_and_twice_is_too_often() {
    let bench = Bench::written(&script());
    let raw = Raw::loaded();
    let mut reserved = 0;
    let list = || c!(raw, C_GetSlotList, 0, null(), &mut 0);
    assert_eq!(list(), CKR_CRYPTOKI_NOT_INITIALIZED);
    assert_eq!(c!(raw, C_Finalize, null()), CKR_CRYPTOKI_NOT_INITIALIZED);
    assert_eq!(c!(raw, C_Initialize, null()), CKR_OK);
    assert_eq!(list(), CKR_OK);
    assert_eq!(
        c!(raw, C_Initialize, null()),
        CKR_CRYPTOKI_ALREADY_INITIALIZED
    );
    assert_eq!(
        c!(raw, C_Finalize, (&raw mut reserved).cast()),
        CKR_ARGUMENTS_BAD
    );
    assert_eq!(c!(raw, C_Finalize, null()), CKR_OK);
    assert_eq!(list(), CKR_CRYPTOKI_NOT_INITIALIZED);
    assert_eq!(
        bench.journal(),
        [
            "C_GetFunctionList CKR_OK",
            "C_GetSlotList CKR_CRYPTOKI_NOT_INITIALIZED",
            "C_Finalize CKR_CRYPTOKI_NOT_INITIALIZED",
            "C_Initialize CKR_OK",
            "C_GetSlotList CKR_OK",
            "C_Initialize CKR_CRYPTOKI_ALREADY_INITIALIZED",
            "C_Finalize CKR_ARGUMENTS_BAD",
            "C_Finalize CKR_OK",
            "C_GetSlotList CKR_CRYPTOKI_NOT_INITIALIZED",
        ]
    );
}

#[test]
fn null_where_something_must_be_is_a_bad_argument() {
    let _bench = Bench::written(&script());
    let raw = Raw::initialized();
    let session = raw.session();
    raw.login(session);
    let mut number = 1;
    let mut byte = 0u8;
    for code in [
        c!(raw, C_GetInfo, null()),
        c!(raw, C_GetFunctionList, null()),
        c!(raw, C_GetSlotList, 0, null(), null()),
        c!(raw, C_GetSlotInfo, 0, null()),
        c!(raw, C_GetTokenInfo, 0, null()),
        c!(raw, C_GetMechanismList, 0, null(), null()),
        c!(raw, C_GetMechanismInfo, 0, CKM_RSA_PKCS, null()),
        c!(
            raw,
            C_OpenSession,
            0,
            CKF_SERIAL_SESSION,
            null(),
            None,
            null()
        ),
        c!(raw, C_GetSessionInfo, session, null()),
        c!(raw, C_FindObjectsInit, session, null(), 1),
        c!(raw, C_FindObjects, session, null(), 1, &mut number),
        c!(raw, C_GetAttributeValue, session, 1, null(), 1),
        c!(raw, C_SignInit, session, null(), 1),
        c!(raw, C_Sign, session, &mut byte, 1, null(), null()),
        c!(raw, C_SignFinal, session, null(), null()),
    ] {
        assert_eq!(code, CKR_ARGUMENTS_BAD);
    }
}

#[test]
fn handles_from_nowhere_are_refused() {
    let _bench = Bench::written(&script());
    let raw = Raw::initialized();
    assert_eq!(
        c!(raw, C_GetTokenInfo, 1, &mut CK_TOKEN_INFO::default()),
        CKR_SLOT_ID_INVALID
    );
    assert_eq!(c!(raw, C_Logout, 0x7A00), CKR_SESSION_HANDLE_INVALID);
    let mut session = 0;
    let parallel = c!(raw, C_OpenSession, 0, 0, null(), None, &mut session);
    assert_eq!(parallel, CKR_SESSION_PARALLEL_NOT_SUPPORTED);
}

#[test]
fn a_length_is_told_without_a_buffer_and_a_short_buffer_costs_nothing() {
    let _bench = Bench::written(&script());
    let raw = Raw::initialized();
    let session = raw.session();
    raw.login(session);
    assert_eq!(raw.sign_init(session, 0x40), CKR_OK);
    let mut data = *b"Tamga";
    let mut signature = [0u8; 256];
    let mut sign = |buffer: *mut u8, mut length: CK_ULONG| {
        let code = c!(
            raw,
            C_Sign,
            session,
            data.as_mut_ptr(),
            5,
            buffer,
            &mut length
        );
        (code, length)
    };
    assert_eq!(sign(null(), 0), (CKR_OK, 256));
    let short = sign(signature.as_mut_ptr(), 255);
    assert_eq!(short, (CKR_BUFFER_TOO_SMALL, 256));
    assert_eq!(signature, [0; 256]);
    assert_eq!(sign(signature.as_mut_ptr(), 256), (CKR_OK, 256));
    assert_ne!(signature, [0; 256]);
    let over = sign(signature.as_mut_ptr(), 256);
    assert_eq!(over, (CKR_OPERATION_NOT_INITIALIZED, 256));

    let mut count = 0;
    let mut slot = 7;
    let list = c!(raw, C_GetSlotList, 1, &mut slot, &mut count);
    assert_eq!((list, count, slot), (CKR_BUFFER_TOO_SMALL, 1, 7));
}

#[test]
fn every_attribute_is_answered_whatever_becomes_of_another() {
    let _bench = Bench::written(&script());
    let raw = Raw::initialized();
    let session = raw.session();
    raw.login(session);
    let key = raw.key(session);
    let (mut id, mut short) = ([9u8; 4], [9u8; 1]);
    let ask = |asked: &mut [CK_ATTRIBUTE]| {
        let count = asked.len().try_into().unwrap();
        let code = c!(
            raw,
            C_GetAttributeValue,
            session,
            key,
            asked.as_mut_ptr(),
            count
        );
        let lengths: Vec<_> = asked.iter().map(|one| one.ulValueLen).collect();
        (code, lengths)
    };
    let mut asked = [
        attribute(CKA_VALUE, null(), 0),
        attribute(CKA_ID, id.as_mut_ptr().cast(), 4),
        attribute(CKA_LABEL, short.as_mut_ptr().cast(), 1),
        attribute(0x8000_0001, null(), 0),
        attribute(CKA_MODULUS, null(), 0),
    ];
    let unavailable = CK_UNAVAILABLE_INFORMATION;
    assert_eq!(
        ask(&mut asked),
        (
            CKR_ATTRIBUTE_SENSITIVE,
            vec![unavailable, 1, unavailable, unavailable, 256]
        )
    );
    assert_eq!((id, short), ([1, 9, 9, 9], [9]));
    let mut asked = [attribute(0x8000_0001, null(), 0)];
    assert_eq!(ask(&mut asked).0, CKR_ATTRIBUTE_TYPE_INVALID);
    let mut asked = [attribute(CKA_LABEL, short.as_mut_ptr().cast(), 1)];
    assert_eq!(ask(&mut asked).0, CKR_BUFFER_TOO_SMALL);
}

#[test]
fn calls_that_change_or_export_are_refused_and_written_down() {
    let bench = Bench::written(&script());
    let raw = Raw::initialized();
    let session = raw.session();
    let calls = bench.journal_of(|| {
        for code in [
            c!(raw, C_CreateObject, session, null(), 0, null()),
            c!(raw, C_CopyObject, session, 1, null(), 0, null()),
            c!(raw, C_DestroyObject, session, 1),
            c!(raw, C_SetAttributeValue, session, 1, null(), 0),
            c!(raw, C_GenerateKey, session, null(), null(), 0, null()),
            c!(raw, C_WrapKey, session, null(), 1, 1, null(), null()),
            c!(
                raw,
                C_UnwrapKey,
                session,
                null(),
                1,
                null(),
                0,
                null(),
                0,
                null()
            ),
            c!(raw, C_DeriveKey, session, null(), 1, null(), 0, null()),
            c!(raw, C_InitToken, 0, null(), 0, null()),
            c!(raw, C_SetPIN, session, null(), 0, null(), 0),
            c!(raw, C_WaitForSlotEvent, 0, null(), null()),
        ] {
            assert_eq!(code, CKR_FUNCTION_NOT_SUPPORTED);
        }
    });
    let expected = [
        "C_CreateObject",
        "C_CopyObject",
        "C_DestroyObject",
        "C_SetAttributeValue",
        "C_GenerateKey",
        "C_WrapKey",
        "C_UnwrapKey",
        "C_DeriveKey",
        "C_InitToken",
        "C_SetPIN",
        "C_WaitForSlotEvent",
    ];
    assert_eq!(
        calls,
        expected.map(|name| format!("{name} CKR_FUNCTION_NOT_SUPPORTED"))
    );
    let event = c!(raw, C_WaitForSlotEvent, CKF_DONT_BLOCK, null(), null());
    assert_eq!(event, CKR_NO_EVENT);
    assert_eq!(
        c!(raw, C_GetFunctionStatus, session),
        CKR_FUNCTION_NOT_PARALLEL
    );
}

#[test]
fn the_library_says_which_standard_it_follows() {
    let _bench = Bench::written("");
    let raw = Raw::initialized();
    let mut info = CK_INFO::default();
    assert_eq!(c!(raw, C_GetInfo, &mut info), CKR_OK);
    let version = info.cryptokiVersion;
    assert_eq!((version.major, version.minor), (2, 40));
    let version = raw.list().version;
    assert_eq!((version.major, version.minor), (2, 40));
}

//! Functions that the bench's tokens do not have; asking for them is written down.

use cryptoki_sys::{
    CK_ATTRIBUTE, CK_MECHANISM, CK_OBJECT_HANDLE, CK_RV, CK_SESSION_HANDLE, CK_SLOT_ID, CK_ULONG,
    CKR_FUNCTION_NOT_SUPPORTED,
};

use super::enter;
use crate::bench::Subject;
use crate::function::Function;
use crate::return_value::Refusal;

/// What a function is about, as the type of its first argument.
type Slot = CK_SLOT_ID;
/// As above.
type Session = CK_SESSION_HANDLE;

/// Makes functions that look at their first argument only; no pointer is followed.
macro_rules! unsupported {
    ($($name:ident($subject:ident $(, $argument:ty)*))*) => {
        $(
            pub(super) unsafe extern "C" fn $name(subject: $subject $(, _: $argument)*) -> CK_RV {
                enter(Function::$name, Subject::$subject(subject), |_, _| {
                    Err(Refusal(CKR_FUNCTION_NOT_SUPPORTED))
                })
            }
        )*
    };
}

unsupported! {
    C_InitToken(Slot, *mut u8, CK_ULONG, *mut u8)
    C_InitPIN(Session, *mut u8, CK_ULONG)
    C_SetPIN(Session, *mut u8, CK_ULONG, *mut u8, CK_ULONG)
    C_GetOperationState(Session, *mut u8, *mut CK_ULONG)
    C_SetOperationState(Session, *mut u8, CK_ULONG, CK_OBJECT_HANDLE, CK_OBJECT_HANDLE)
    C_CreateObject(Session, *mut CK_ATTRIBUTE, CK_ULONG, *mut CK_OBJECT_HANDLE)
    C_CopyObject(Session, CK_OBJECT_HANDLE, *mut CK_ATTRIBUTE, CK_ULONG, *mut CK_OBJECT_HANDLE)
    C_DestroyObject(Session, CK_OBJECT_HANDLE)
    C_GetObjectSize(Session, CK_OBJECT_HANDLE, *mut CK_ULONG)
    C_SetAttributeValue(Session, CK_OBJECT_HANDLE, *mut CK_ATTRIBUTE, CK_ULONG)
    C_EncryptInit(Session, *mut CK_MECHANISM, CK_OBJECT_HANDLE)
    C_Encrypt(Session, *mut u8, CK_ULONG, *mut u8, *mut CK_ULONG)
    C_EncryptUpdate(Session, *mut u8, CK_ULONG, *mut u8, *mut CK_ULONG)
    C_EncryptFinal(Session, *mut u8, *mut CK_ULONG)
    C_DecryptInit(Session, *mut CK_MECHANISM, CK_OBJECT_HANDLE)
    C_Decrypt(Session, *mut u8, CK_ULONG, *mut u8, *mut CK_ULONG)
    C_DecryptUpdate(Session, *mut u8, CK_ULONG, *mut u8, *mut CK_ULONG)
    C_DecryptFinal(Session, *mut u8, *mut CK_ULONG)
    C_DigestInit(Session, *mut CK_MECHANISM)
    C_Digest(Session, *mut u8, CK_ULONG, *mut u8, *mut CK_ULONG)
    C_DigestUpdate(Session, *mut u8, CK_ULONG)
    C_DigestKey(Session, CK_OBJECT_HANDLE)
    C_DigestFinal(Session, *mut u8, *mut CK_ULONG)
    C_SignRecoverInit(Session, *mut CK_MECHANISM, CK_OBJECT_HANDLE)
    C_SignRecover(Session, *mut u8, CK_ULONG, *mut u8, *mut CK_ULONG)
    C_VerifyInit(Session, *mut CK_MECHANISM, CK_OBJECT_HANDLE)
    C_Verify(Session, *mut u8, CK_ULONG, *mut u8, CK_ULONG)
    C_VerifyUpdate(Session, *mut u8, CK_ULONG)
    C_VerifyFinal(Session, *mut u8, CK_ULONG)
    C_VerifyRecoverInit(Session, *mut CK_MECHANISM, CK_OBJECT_HANDLE)
    C_VerifyRecover(Session, *mut u8, CK_ULONG, *mut u8, *mut CK_ULONG)
    C_DigestEncryptUpdate(Session, *mut u8, CK_ULONG, *mut u8, *mut CK_ULONG)
    C_DecryptDigestUpdate(Session, *mut u8, CK_ULONG, *mut u8, *mut CK_ULONG)
    C_SignEncryptUpdate(Session, *mut u8, CK_ULONG, *mut u8, *mut CK_ULONG)
    C_DecryptVerifyUpdate(Session, *mut u8, CK_ULONG, *mut u8, *mut CK_ULONG)
    C_GenerateKey(Session, *mut CK_MECHANISM, *mut CK_ATTRIBUTE, CK_ULONG, *mut CK_OBJECT_HANDLE)
    C_GenerateKeyPair(Session, *mut CK_MECHANISM, *mut CK_ATTRIBUTE, CK_ULONG, *mut CK_ATTRIBUTE, CK_ULONG, *mut CK_OBJECT_HANDLE, *mut CK_OBJECT_HANDLE)
    C_WrapKey(Session, *mut CK_MECHANISM, CK_OBJECT_HANDLE, CK_OBJECT_HANDLE, *mut u8, *mut CK_ULONG)
    C_UnwrapKey(Session, *mut CK_MECHANISM, CK_OBJECT_HANDLE, *mut u8, CK_ULONG, *mut CK_ATTRIBUTE, CK_ULONG, *mut CK_OBJECT_HANDLE)
    C_DeriveKey(Session, *mut CK_MECHANISM, CK_OBJECT_HANDLE, *mut CK_ATTRIBUTE, CK_ULONG, *mut CK_OBJECT_HANDLE)
    C_SeedRandom(Session, *mut u8, CK_ULONG)
    C_GenerateRandom(Session, *mut u8, CK_ULONG)
}

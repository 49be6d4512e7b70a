//! The current user's list of trusted roots in Windows (`CurrentUser\Root`), through crypt32.
//!
//! Windows itself asks the user before a root is added to or removed from this list.

use std::ptr;

use windows_sys::{
    Win32::Foundation::{CRYPT_E_NOT_FOUND, GetLastError},
    Win32::Security::Cryptography::{
        CERT_CONTEXT, CERT_FIND_EXISTING, CERT_STORE_ADD_REPLACE_EXISTING, CERT_STORE_CTRL_COMMIT,
        CERT_STORE_PROV_SYSTEM_W, CERT_SYSTEM_STORE_CURRENT_USER, CertAddCertificateContextToStore,
        CertCloseStore, CertControlStore, CertCreateCertificateContext,
        CertDeleteCertificateFromStore, CertFindCertificateInStore, CertFreeCertificateContext,
        CertOpenStore, HCERTSTORE, X509_ASN_ENCODING,
    },
    w,
};

use crate::{Anchor, Error, State};

pub(crate) fn status(anchor: &Anchor) -> Result<State, Error> {
    let store = Store::open()?;
    let found = store.find(&Context::new(anchor)?)?;
    Ok(if found.is_some() {
        State::Trusted
    } else {
        State::Absent
    })
}

pub(crate) fn install(anchor: &Anchor) -> Result<State, Error> {
    let store = Store::open()?;
    let certificate = Context::new(anchor)?;
    // With "replace" an identical certificate is no error.
    if store.find(&certificate)?.is_none() {
        store.add(&certificate)?;
        store.commit()?;
    }
    drop(store);
    status(anchor)
}

pub(crate) fn remove(anchor: &Anchor) -> Result<State, Error> {
    let store = Store::open()?;
    if let Some(found) = store.find(&Context::new(anchor)?)? {
        found.delete()?;
        store.commit()?;
    }
    drop(store);
    status(anchor)
}

/// An open store; closed when dropped.
struct Store(HCERTSTORE);

/// A certificate context that we own; never null; freed when dropped.
struct Context(*const CERT_CONTEXT);

#[expect(unsafe_code, reason = "crypt32 is a C interface")]
impl Store {
    fn open() -> Result<Self, Error> {
        // SAFETY: the provider and the name are static; the name is a NUL-terminated UTF-16 string, as the provider
        // CERT_STORE_PROV_SYSTEM_W wants.
        let handle = unsafe {
            CertOpenStore(
                CERT_STORE_PROV_SYSTEM_W,
                0,
                0,
                CERT_SYSTEM_STORE_CURRENT_USER,
                w!("Root").cast(),
            )
        };
        if handle.is_null() {
            Err(last_error("CertOpenStore"))
        } else {
            Ok(Self(handle))
        }
    }

    /// The very same certificate (issuer and serial number, then hash) in this store.
    fn find(&self, wanted: &Context) -> Result<Option<Context>, Error> {
        // SAFETY: both handles are open and owned by values that outlive the call; CERT_FIND_EXISTING takes a
        // CERT_CONTEXT; there is no previous context to continue from.
        let found = unsafe {
            CertFindCertificateInStore(
                self.0,
                X509_ASN_ENCODING,
                0,
                CERT_FIND_EXISTING,
                wanted.0.cast(),
                ptr::null(),
            )
        };
        if !found.is_null() {
            return Ok(Some(Context(found)));
        }
        match last_error("CertFindCertificateInStore") {
            Error::System { code, .. } if code == CRYPT_E_NOT_FOUND.cast_unsigned() => Ok(None),
            error => Err(error),
        }
    }

    fn add(&self, certificate: &Context) -> Result<(), Error> {
        // SAFETY: both handles are open; a null pointer for the stored context says that it is not wanted.
        let added = unsafe {
            CertAddCertificateContextToStore(
                self.0,
                certificate.0,
                CERT_STORE_ADD_REPLACE_EXISTING,
                ptr::null_mut(),
            )
        };
        if added == 0 {
            Err(last_error("CertAddCertificateContextToStore"))
        } else {
            Ok(())
        }
    }

    /// Writes changes to the disk now: closing does it only when no context of the store is open any more.
    fn commit(&self) -> Result<(), Error> {
        // SAFETY: the handle is open; this control type takes a null parameter.
        let done = unsafe { CertControlStore(self.0, 0, CERT_STORE_CTRL_COMMIT, ptr::null()) };
        if done == 0 {
            Err(last_error("CertControlStore"))
        } else {
            Ok(())
        }
    }
}

#[expect(unsafe_code, reason = "crypt32 is a C interface")]
impl Drop for Store {
    fn drop(&mut self) {
        // SAFETY: the handle came from CertOpenStore and is closed once. What the call returns concerns contexts
        // that are still open; they keep the store alive by themselves.
        unsafe { CertCloseStore(self.0, 0) };
    }
}

#[expect(unsafe_code, reason = "crypt32 is a C interface")]
impl Context {
    fn new(anchor: &Anchor) -> Result<Self, Error> {
        let length = u32::try_from(anchor.der.len()).map_err(|_| Error::Name {
            name: anchor.name.clone(),
        })?;
        // SAFETY: pointer and length describe one slice; the call copies it.
        let context =
            unsafe { CertCreateCertificateContext(X509_ASN_ENCODING, anchor.der.as_ptr(), length) };
        if context.is_null() {
            Err(last_error("CertCreateCertificateContext"))
        } else {
            Ok(Self(context))
        }
    }

    /// Deletes the certificate from the store this context was found in.
    fn delete(self) -> Result<(), Error> {
        let context = self.0;
        // The call frees the context even when it fails.
        std::mem::forget(self);
        // SAFETY: the context came from CertFindCertificateInStore and is not used again.
        let deleted = unsafe { CertDeleteCertificateFromStore(context) };
        if deleted == 0 {
            Err(last_error("CertDeleteCertificateFromStore"))
        } else {
            Ok(())
        }
    }
}

#[expect(unsafe_code, reason = "crypt32 is a C interface")]
impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: the context is ours and is freed once; the call cannot fail.
        unsafe { CertFreeCertificateContext(self.0) };
    }
}

#[expect(unsafe_code, reason = "crypt32 is a C interface")]
fn last_error(call: &'static str) -> Error {
    // SAFETY: reads a value of the calling thread.
    let code = unsafe { GetLastError() };
    Error::System { call, code }
}

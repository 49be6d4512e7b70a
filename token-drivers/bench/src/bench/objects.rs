//! Object management (PKCS#11 v2.40 section 5.7): finding and reading.

use std::collections::VecDeque;

use cryptoki_sys::{
    CK_ATTRIBUTE_TYPE, CK_OBJECT_HANDLE, CK_SESSION_HANDLE, CKR_OBJECT_HANDLE_INVALID,
    CKR_OPERATION_ACTIVE, CKR_OPERATION_NOT_INITIALIZED,
};

use super::Bench;
use crate::object::Object;
use crate::return_value::{Outcome, Refusal};

impl Bench {
    /// `C_FindObjectsInit`: looks everything up at once.
    pub(crate) fn find_objects_init(
        &mut self,
        handle: CK_SESSION_HANDLE,
        template: &[(CK_ATTRIBUTE_TYPE, Vec<u8>)],
    ) -> Outcome {
        let (session, token, logged_in) = self.session(handle)?;
        if session.search.is_some() {
            return Err(Refusal(CKR_OPERATION_ACTIVE));
        }
        let found = token
            .objects(logged_in)
            .filter(|(_, object)| object.matches(template))
            .map(|(handle, _)| handle);
        session.search = Some(found.collect());
        Ok(())
    }

    /// `C_FindObjects`: at most `limit` more.
    pub(crate) fn find_objects(
        &mut self,
        handle: CK_SESSION_HANDLE,
        limit: usize,
    ) -> Outcome<Vec<CK_OBJECT_HANDLE>> {
        let search = self.search(handle)?.as_mut();
        let found = search.ok_or(Refusal(CKR_OPERATION_NOT_INITIALIZED))?;
        Ok(found.drain(..limit.min(found.len())).collect())
    }

    /// `C_FindObjectsFinal`.
    pub(crate) fn find_objects_final(&mut self, handle: CK_SESSION_HANDLE) -> Outcome {
        match self.search(handle)?.take() {
            Some(_) => Ok(()),
            None => Err(Refusal(CKR_OPERATION_NOT_INITIALIZED)),
        }
    }

    /// An object whose attributes are asked for.
    pub(crate) fn object(
        &mut self,
        handle: CK_SESSION_HANDLE,
        object: CK_OBJECT_HANDLE,
    ) -> Outcome<&Object> {
        let (_, token, logged_in) = self.session(handle)?;
        token
            .object(object, logged_in)
            .ok_or(Refusal(CKR_OBJECT_HANDLE_INVALID))
    }

    fn search(
        &mut self,
        handle: CK_SESSION_HANDLE,
    ) -> Outcome<&mut Option<VecDeque<CK_OBJECT_HANDLE>>> {
        Ok(&mut self.session(handle)?.0.search)
    }
}

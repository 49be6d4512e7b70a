//! Reading and filling the caller's memory.
//!
//! Nothing here needs alignment: on Windows the standard's structures are packed.

use cryptoki_sys::{CK_ULONG, CKR_ARGUMENTS_BAD, CKR_BUFFER_TOO_SMALL, CKR_DEVICE_ERROR};

use crate::behaviour::{ABSURD, Garbage};
use crate::return_value::{Outcome, Refusal};

const BAD: Refusal = Refusal(CKR_ARGUMENTS_BAD);

/// Bytes of the caller; a null pointer is no bytes at all.
///
/// # Safety
/// `data` is null or has `length` readable bytes that nobody changes during the call.
pub(super) unsafe fn bytes<'a>(data: *const u8, length: CK_ULONG) -> Outcome<&'a [u8]> {
    let length = size(length)?;
    if length == 0 {
        return Ok(&[]);
    }
    if data.is_null() || length > isize::MAX.unsigned_abs() {
        return Err(BAD);
    }
    // SAFETY: not null and not longer than an allocation can be; the rest is this function's own condition.
    Ok(unsafe { std::slice::from_raw_parts(data, length) })
}

/// A value of the caller.
///
/// # Safety
/// `place` is null or has a readable value.
pub(super) unsafe fn get<T: Copy>(place: *const T) -> Outcome<T> {
    if place.is_null() {
        return Err(BAD);
    }
    // SAFETY: not null; the rest is this function's own condition.
    Ok(unsafe { place.read_unaligned() })
}

/// Gives the caller a value.
///
/// # Safety
/// `place` is null or has room for a value.
pub(super) unsafe fn put<T: Copy>(place: *mut T, value: T) -> Outcome {
    if place.is_null() {
        return Err(BAD);
    }
    // SAFETY: not null; the rest is this function's own condition.
    unsafe { place.write_unaligned(value) };
    Ok(())
}

/// Gives the caller a structure, or random bytes of its size.
///
/// # Safety
/// As [`put`]; `T` has numbers only, so that any bytes are one.
pub(super) unsafe fn put_info<T: Copy>(
    place: *mut T,
    value: T,
    garbage: Option<Garbage>,
) -> Outcome {
    // SAFETY: this function's own condition.
    unsafe { put(place, value) }?;
    if garbage.is_some() {
        // SAFETY: `put` found the place not null, and a value has as many bytes.
        unsafe { copy(&random(size_of::<T>())?, place.cast()) };
    }
    Ok(())
}

/// Gives the caller a list by the convention of PKCS#11 v2.40 section 5.2: without a buffer only its length.
///
/// # Safety
/// `count` is null or has a number, `buffer` is null or has room for so many.
pub(super) unsafe fn put_list(
    buffer: *mut CK_ULONG,
    count: *mut CK_ULONG,
    values: &[CK_ULONG],
    garbage: Option<Garbage>,
) -> Outcome {
    // SAFETY: this function's own condition.
    let room = unsafe { get(count) }?;
    let told = match garbage {
        Some(Garbage::Length) => ABSURD,
        _ => count_of(values.len())?,
    };
    // SAFETY: this function's own condition.
    unsafe { put(count, told) }?;
    if buffer.is_null() {
        return Ok(());
    }
    if size(room)? < values.len() && garbage != Some(Garbage::Length) {
        return Err(Refusal(CKR_BUFFER_TOO_SMALL));
    }
    // SAFETY: this function's own condition; at most `room` are written.
    unsafe { put_some(buffer, room, values, garbage) }
}

/// Gives the caller the next objects of a search, at most as many as there is room for.
///
/// # Safety
/// `buffer` is null or has room for `room` numbers, `count` is null or has room for one.
pub(super) unsafe fn put_found(
    buffer: *mut CK_ULONG,
    room: CK_ULONG,
    count: *mut CK_ULONG,
    values: &[CK_ULONG],
    garbage: Option<Garbage>,
) -> Outcome {
    let told = match garbage {
        Some(Garbage::Length) => ABSURD,
        _ => count_of(values.len())?,
    };
    // SAFETY: this function's own condition.
    unsafe { put(count, told) }?;
    // SAFETY: this function's own condition.
    unsafe { put_some(buffer, room, values, garbage) }
}

/// As many of `values` as there is room for, or as many random numbers.
///
/// # Safety
/// `buffer` is null or has room for `room` numbers.
unsafe fn put_some(
    buffer: *mut CK_ULONG,
    room: CK_ULONG,
    values: &[CK_ULONG],
    garbage: Option<Garbage>,
) -> Outcome {
    if buffer.is_null() && !values.is_empty() {
        return Err(BAD);
    }
    for (index, value) in values.iter().take(size(room)?).enumerate() {
        let value = match garbage {
            Some(Garbage::Bytes) => random_number()?,
            _ => *value,
        };
        // SAFETY: `index` is below `room`; the rest is this function's own condition.
        unsafe { buffer.add(index).write_unaligned(value) };
    }
    Ok(())
}

/// Room for a signature.
pub(super) struct Room {
    buffer: *mut u8,
    length: *mut CK_ULONG,
    /// `None` if only the length is asked for.
    room: Option<usize>,
}

impl Room {
    /// # Safety
    /// `length` is null or has a number, `buffer` is null or has room for so many bytes, both as long as this value
    /// lives.
    pub(super) unsafe fn new(buffer: *mut u8, length: *mut CK_ULONG) -> Outcome<Self> {
        // SAFETY: this function's own condition.
        let room = size(unsafe { get(length) }?)?;
        Ok(Self {
            buffer,
            length,
            room: (!buffer.is_null()).then_some(room),
        })
    }

    /// Tells the length; whether there is room for it, so that the signature is to be made now.
    pub(super) fn suffices(&self, needed: usize, garbage: Option<Garbage>) -> Outcome<bool> {
        let told = match garbage {
            Some(Garbage::Length) => ABSURD,
            _ => count_of(needed)?,
        };
        // SAFETY: `new` was promised a place as long as this value lives.
        unsafe { put(self.length, told) }?;
        match self.room {
            None => Ok(false),
            Some(room) if room < needed => Err(Refusal(CKR_BUFFER_TOO_SMALL)),
            Some(_) => Ok(true),
        }
    }

    /// Gives the caller the signature, or as many random bytes.
    pub(super) fn fill(&self, signature: &[u8], garbage: Option<Garbage>) -> Outcome {
        if self.room.is_none_or(|room| room < signature.len()) {
            return Err(Refusal(CKR_BUFFER_TOO_SMALL));
        }
        let lie;
        let given = match garbage {
            Some(Garbage::Bytes) => {
                lie = random(signature.len())?;
                &lie
            }
            _ => signature,
        };
        // SAFETY: `room` says that the buffer is not null and large enough, as `new` was promised.
        unsafe { copy(given, self.buffer) };
        Ok(())
    }
}

/// # Safety
/// `place` has room for all of `bytes`, and is no part of them.
pub(super) unsafe fn copy(bytes: &[u8], place: *mut u8) {
    // SAFETY: this function's own condition.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), place, bytes.len()) };
}

/// Random bytes, for lies.
pub(super) fn random(length: usize) -> Outcome<Vec<u8>> {
    let mut bytes = vec![0; length];
    getrandom::fill(&mut bytes).map_err(|_| Refusal(CKR_DEVICE_ERROR))?;
    Ok(bytes)
}

/// A random number, for lies.
pub(super) fn random_number() -> Outcome<CK_ULONG> {
    let mut bytes = [0; size_of::<CK_ULONG>()];
    getrandom::fill(&mut bytes).map_err(|_| Refusal(CKR_DEVICE_ERROR))?;
    Ok(CK_ULONG::from_ne_bytes(bytes))
}

/// A length of the caller as ours.
pub(super) fn size(length: CK_ULONG) -> Outcome<usize> {
    usize::try_from(length).map_err(|_| BAD)
}

/// A length of ours as the caller's.
pub(super) fn count_of(length: usize) -> Outcome<CK_ULONG> {
    CK_ULONG::try_from(length).map_err(|_| Refusal(CKR_DEVICE_ERROR))
}

//! Marks on memory that Valgrind's memcheck follows: a secret is "undefined", what is published is
//! "defined" again.
//!
//! The idea is Adam Langley's ctgrind (2010): memcheck reports a conditional jump or an address that
//! depends on undefined bits, and lets them pass through arithmetic silently, which is what constant
//! time means for branches and addresses.
//!
//! Requests are a sequence of instructions that does nothing on a processor and that Valgrind
//! recognises (Valgrind manual, section 3.1 "The Client Request mechanism"; numbers of requests:
//! `valgrind.h`, `memcheck.h`). Outside Valgrind every function here does nothing.

/// Whether this program runs under Valgrind.
pub fn under_valgrind() -> bool {
    request::send(0, [request::RUNNING_ON_VALGRIND, 0, 0, 0, 0, 0]) != 0
}

/// From now on the bytes of `value` are secret, and so is everything computed from them.
pub fn mark_secret<T: ?Sized>(value: &mut T) {
    let address = core::ptr::from_mut(value).cast::<u8>().expose_provenance();
    let size = size_of_val(value);
    request::send(0, [request::MAKE_MEM_UNDEFINED, address, size, 0, 0, 0]);
}

/// From now on the bytes of `value` are public; other copies are not.
pub fn mark_public<T: ?Sized>(value: &mut T) {
    let address = core::ptr::from_mut(value).cast::<u8>().expose_provenance();
    let size = size_of_val(value);
    request::send(0, [request::MAKE_MEM_DEFINED, address, size, 0, 0, 0]);
}

/// How many of `bytes` depend on a secret.
///
/// # Panics
/// If memcheck cannot tell: not under Valgrind, or memory that is not there.
pub fn secret_bytes(bytes: &[u8]) -> usize {
    let mut marks = vec![0u8; bytes.len()];
    let answer = request::send(
        0,
        [
            request::GET_VBITS,
            bytes.as_ptr().expose_provenance(),
            marks.as_mut_ptr().expose_provenance(),
            bytes.len(),
            0,
            0,
        ],
    );
    assert_eq!(answer, 1, "memcheck did not answer");
    marks.iter().filter(|mark| **mark != 0).count()
}

/// Errors that memcheck has reported up to now, suppressed ones not counted.
pub fn errors() -> usize {
    request::send(0, [request::COUNT_ERRORS, 0, 0, 0, 0, 0])
}

#[cfg(all(target_arch = "x86_64", target_os = "linux"))]
mod request {
    #![expect(
        unsafe_code,
        reason = "Valgrind recognises a sequence of machine instructions"
    )]

    /// `VG_USERREQ__RUNNING_ON_VALGRIND`.
    pub(super) const RUNNING_ON_VALGRIND: usize = 0x1001;
    /// `VG_USERREQ__COUNT_ERRORS`.
    pub(super) const COUNT_ERRORS: usize = 0x1201;
    /// Requests of memcheck start at its two letters, `VG_USERREQ_TOOL_BASE('M', 'C')`.
    const MEMCHECK: usize = 0x4D43_0000;
    /// `VG_USERREQ__MAKE_MEM_UNDEFINED`.
    pub(super) const MAKE_MEM_UNDEFINED: usize = MEMCHECK + 1;
    /// `VG_USERREQ__MAKE_MEM_DEFINED`.
    pub(super) const MAKE_MEM_DEFINED: usize = MEMCHECK + 2;
    /// `VG_USERREQ__GET_VBITS`.
    pub(super) const GET_VBITS: usize = MEMCHECK + 8;

    /// Sends a request with five arguments; `default` is the answer outside Valgrind.
    ///
    /// The compiler must take it as code that may read and write all memory whose address is known:
    /// it can then not move computations on secrets over a mark.
    pub(super) fn send(default: usize, request: [usize; 6]) -> usize {
        let answer;
        // SAFETY: the rotations of RDI add up to 128 bits and leave it as it was, the exchange of
        // RBX with itself changes nothing. Under Valgrind the sequence sets RDX; the requests above
        // change marks, which the program does not see, and GET_VBITS writes as many bytes as its
        // third argument says to the buffer of that length in its second.
        unsafe {
            core::arch::asm!(
                "rol rdi, 3",
                "rol rdi, 13",
                "rol rdi, 61",
                "rol rdi, 51",
                "xchg rbx, rbx",
                in("rax") request.as_ptr(),
                inout("rdx") default => answer,
                options(nostack),
            );
        }
        answer
    }
}

/// Other systems have other sequences; their programs are not judged here.
#[cfg(not(all(target_arch = "x86_64", target_os = "linux")))]
mod request {
    pub(super) const RUNNING_ON_VALGRIND: usize = 0;
    pub(super) const COUNT_ERRORS: usize = 0;
    pub(super) const MAKE_MEM_UNDEFINED: usize = 0;
    pub(super) const MAKE_MEM_DEFINED: usize = 0;
    pub(super) const GET_VBITS: usize = 0;

    /// The default answer: nobody listens.
    pub(super) fn send(default: usize, _request: [usize; 6]) -> usize {
        default
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outside_valgrind_marks_change_nothing() {
        assert!(!under_valgrind());
        let mut secret = [1, 2, 3];
        mark_secret(&mut secret);
        assert_eq!(secret, [1, 2, 3]);
        mark_public(&mut secret);
        assert_eq!(secret, [1, 2, 3]);
        assert_eq!(errors(), 0);
    }
}

//! The compression function by table look-ups, in the instructions of x86-64.
//!
//! The same steps as in `portable.rs`, which is its twin in the tests. Written out because the pace
//! is set by the number of instructions: compilers need three to take a byte out of the middle of a
//! word where `movzx` of the second byte and a shift of the whole word need one and a half, and they
//! move the eight sums between registers and memory.
#![expect(unsafe_code, reason = "inline assembly")]

use std::arch::asm;
use std::mem::offset_of;

use super::state::Words;
use super::tables::{ITERATION, LPS};

/// Adds the look-ups of the word in `rax` to the sums in `r8` to `r15`; `$add` is `mov` for the first
/// word of a sum. Changes `rax` and `rcx`.
macro_rules! look_up {
    ($add:literal, $word:literal) => {
        concat!(
            look_up!(@two $add, $word, "r8", "r9"),
            "shr rax, 16\n",
            look_up!(@two $add, $word, "r10", "r11"),
            "shr rax, 16\n",
            look_up!(@two $add, $word, "r12", "r13"),
            "shr eax, 16\n",
            look_up!(@two $add, $word, "r14", "r15"),
        )
    };
    (@two $add:literal, $word:literal, $low:literal, $high:literal) => {
        concat!(
            "movzx ecx, al\n",
            $add, " ", $low, ", [rsi + 8*rcx + 2048*", $word, "]\n",
            "movzx ecx, ah\n",
            $add, " ", $high, ", [rsi + 8*rcx + 2048*", $word, "]\n",
        )
    };
}

/// `sums = LPS(a ⊕ b)`, `a` and `b` being addresses.
macro_rules! lps_of_sum {
    ($a:literal, $b:literal) => {
        concat!(
            lps_of_sum!(@word $a, $b, "mov", 0),
            lps_of_sum!(@word $a, $b, "xor", 1),
            lps_of_sum!(@word $a, $b, "xor", 2),
            lps_of_sum!(@word $a, $b, "xor", 3),
            lps_of_sum!(@word $a, $b, "xor", 4),
            lps_of_sum!(@word $a, $b, "xor", 5),
            lps_of_sum!(@word $a, $b, "xor", 6),
            lps_of_sum!(@word $a, $b, "xor", 7),
        )
    };
    (@word $a:literal, $b:literal, $add:literal, $word:literal) => {
        concat!(
            "mov rax, [", $a, " + 8*", $word, "]\n",
            "xor rax, [", $b, " + 8*", $word, "]\n",
            look_up!($add, $word),
        )
    };
}

/// `sums ⊕= LPS(a)`, `a` being an address.
macro_rules! add_lps {
    ($a:literal) => {
        concat!(
            add_lps!(@word $a, 0),
            add_lps!(@word $a, 1),
            add_lps!(@word $a, 2),
            add_lps!(@word $a, 3),
            add_lps!(@word $a, 4),
            add_lps!(@word $a, 5),
            add_lps!(@word $a, 6),
            add_lps!(@word $a, 7),
        )
    };
    (@word $a:literal, $word:literal) => {
        concat!("mov rax, [", $a, " + 8*", $word, "]\n", look_up!("xor", $word))
    };
}

/// Writes the sums to an address.
macro_rules! store {
    ($a:literal) => {
        concat!(
            store!(@word $a, 0, "r8"),
            store!(@word $a, 1, "r9"),
            store!(@word $a, 2, "r10"),
            store!(@word $a, 3, "r11"),
            store!(@word $a, 4, "r12"),
            store!(@word $a, 5, "r13"),
            store!(@word $a, 6, "r14"),
            store!(@word $a, 7, "r15"),
        )
    };
    (@word $a:literal, $word:literal, $sum:literal) => {
        concat!("mov [", $a, " + 8*", $word, "], ", $sum, "\n")
    };
}

/// `sums ⊕= a`, `a` being an address.
macro_rules! add {
    ($a:literal) => {
        concat!(
            add!(@word $a, 0, "r8"),
            add!(@word $a, 1, "r9"),
            add!(@word $a, 2, "r10"),
            add!(@word $a, 3, "r11"),
            add!(@word $a, 4, "r12"),
            add!(@word $a, 5, "r13"),
            add!(@word $a, 6, "r14"),
            add!(@word $a, 7, "r15"),
        )
    };
    (@word $a:literal, $word:literal, $sum:literal) => {
        concat!("xor ", $sum, ", [", $a, " + 8*", $word, "]\n")
    };
}

/// `h = g_N(h, m)` of clause 7.
pub(super) fn compress(h: &mut Words, n: &Words, m: &Words) {
    let constants = ITERATION.as_ptr_range();
    let mut frame = Frame {
        key: [0; 8],
        state: [0; 8],
        h: *h,
        m: *m,
        constants: constants.start,
        end: constants.end,
    };
    // SAFETY: reads and writes `frame`, reads `n`, `LPS` and `ITERATION` up to its end, nothing else;
    // indices into `LPS` are single bytes, so they stay inside its 256 entries.
    unsafe {
        asm!(
            // K_1
            lps_of_sum!("rdi + 128", "rdx"),
            store!("rdi"),
            add!("rdi + 192"),
            store!("rdi + 64"),
            "mov rdx, [rdi + 256]",
            // Processors that keep decoded instructions by 32 bytes lose 8 % at other places.
            ".p2align 5",
            "2:",
            lps_of_sum!("rdi", "rdx"),
            store!("rdi"),
            // The sums go on from the new key, which has to be added to the state anyway.
            add_lps!("rdi + 64"),
            store!("rdi + 64"),
            "add rdx, 64",
            "cmp rdx, [rdi + 264]",
            "jne 2b",
            add!("rdi + 192"),
            add!("rdi + 128"),
            store!("rdi + 128"),
            in("rdi") &raw mut frame,
            in("rsi") &raw const LPS,
            inout("rdx") n.as_ptr() => _,
            out("rax") _, out("rcx") _,
            out("r8") _, out("r9") _, out("r10") _, out("r11") _,
            out("r12") _, out("r13") _, out("r14") _, out("r15") _,
            options(nostack),
        );
    }
    *h = frame.h;
}

/// What the assembly works on; the offsets in it are those of the fields.
#[repr(C)]
struct Frame {
    /// `K_i`, at 0.
    key: Words,
    /// The state before S, at 64.
    state: Words,
    /// At 128.
    h: Words,
    /// At 192.
    m: Words,
    /// The iteration constants, at 256.
    constants: *const Words,
    /// Where they end, at 264.
    end: *const Words,
}

const _: () = {
    assert!(offset_of!(Frame, key) == 0 && offset_of!(Frame, state) == 64);
    assert!(offset_of!(Frame, h) == 128 && offset_of!(Frame, m) == 192);
    assert!(offset_of!(Frame, constants) == 256 && offset_of!(Frame, end) == 264);
};

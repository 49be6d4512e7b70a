//! Multiplication modulo 2^(64 N) - C with MULX, ADCX and ADOX, for N = 4 and N = 8.
//!
//! MULX multiplies without touching flags; ADCX and ADOX add with the flag CF or OF alone. So a row
//! of products joins a sum in one pass: low halves ride on CF, high halves on OF. (E. Ozturk et al.,
//! "New Instructions Supporting Large Integer Arithmetic on Intel Architecture Processors", Intel,
//! 2012.) Each pass begins with an XOR, which clears both flags and makes it independent of the
//! flags of the pass before, so that passes overlap in the processor. ADC would be shorter where one
//! carry is enough, but beside ADCX and ADOX it cost a tenth of a product's time on Cascade Lake; it
//! remains only where the last carry runs up the result.
//!
//! Squaring takes each product a\[i\] * a\[j\], i < j, once, doubles the sum and adds the squares.
//! The products form chains of successive places, from the innermost outwards: a\[3\] * a\[4\];
//! a\[2\] with 3 to 5, then a\[5\] with 3 and 4; and so on. Each chain is longer at both ends than
//! the sum it joins, so its carries end in a limb that it creates.
//!
//! Four limbs are multiplied in place. Eight take 1.4 KiB of code, too much for each of the dozen
//! products of a formula; they are multiplied in routines, as fast as in place, with a calling
//! convention of their own. The C convention, which saves registers and copies results through
//! memory, cost a tenth.
//!
//! No instruction branches; addresses are those of the operands or of the stack, plus a constant.
#![expect(
    unsafe_code,
    reason = "Rust has no operation for two simultaneous carry chains"
)]

use core::arch::{asm, naked_asm};

use crate::arithmetic::Adx;

/// `a * b` modulo 2^256 - C, weakly reduced.
#[inline(always)]
pub(super) fn mul4<const C: u64>(_: Adx, a: &[u64; 4], b: &[u64; 4]) -> [u64; 4] {
    let mut r = [0; 4];
    // SAFETY: `Adx` proves BMI2 and ADX. Reads the four limbs behind rsi and the four behind rdi,
    // which are alive; writes nothing but registers, all of them declared.
    unsafe {
        asm!(
            // Row 0: the sum is r8 ... r12. r15 remains a zero up to row 2.
            "mov rdx, [rdi]",
            "xor r15d, r15d",
            "mulx r9, r8, [rsi]",
            "mulx r10, rax, [rsi + 8]",
            "adcx r9, rax",
            "mulx r11, rax, [rsi + 16]",
            "adcx r10, rax",
            "mulx r12, rax, [rsi + 24]",
            "adcx r11, rax",
            "adcx r12, r15",
            // Row 1.
            "mov rdx, [rdi + 8]",
            "xor eax, eax",
            add_product!("[rsi]", "r9", "r10"),
            add_product!("[rsi + 8]", "r10", "r11"),
            add_product!("[rsi + 16]", "r11", "r12"),
            add_last_product!("[rsi + 24]", "r12", "r13", zero: "r15"),
            // Row 2.
            "mov rdx, [rdi + 16]",
            "xor eax, eax",
            add_product!("[rsi]", "r10", "r11"),
            add_product!("[rsi + 8]", "r11", "r12"),
            add_product!("[rsi + 16]", "r12", "r13"),
            add_last_product!("[rsi + 24]", "r13", "r14", zero: "r15"),
            // Row 3. From here rdi is the zero.
            "mov rdx, [rdi + 24]",
            "xor edi, edi",
            add_product!("[rsi]", "r11", "r12"),
            add_product!("[rsi + 8]", "r12", "r13"),
            add_product!("[rsi + 16]", "r13", "r14"),
            add_last_product!("[rsi + 24]", "r14", "r15", zero: "rdi"),
            fold4!(),
            c = const C,
            in("rsi") a.as_ptr(),
            inout("rdi") b.as_ptr() => _,
            out("rax") _,
            out("rcx") _,
            out("rdx") _,
            out("r8") r[0],
            out("r9") r[1],
            out("r10") r[2],
            out("r11") r[3],
            out("r12") _,
            out("r13") _,
            out("r14") _,
            out("r15") _,
            options(pure, readonly, nostack),
        );
    }
    r
}

/// `a * a` modulo 2^256 - C, weakly reduced.
#[inline(always)]
pub(super) fn square4<const C: u64>(_: Adx, a: &[u64; 4]) -> [u64; 4] {
    let mut r = [0; 4];
    // SAFETY: `Adx` proves BMI2 and ADX. Reads the four limbs behind rsi, which are alive; writes
    // nothing but registers, all of them declared.
    unsafe {
        asm!(
            // a[1] * a[2]: limbs 3 and 4 of r8 ... r15.
            "mov rdx, [rsi + 8]",
            "mulx r12, r11, [rsi + 16]",
            // a[0] * a[1 ... 3], a[3] * a[1, 2]: limbs 1 to 6. rdi remains a zero.
            "mov rdx, [rsi]",
            "xor edi, edi",
            "mulx r10, r9, [rsi + 8]",
            add_product!("[rsi + 16]", "r10", "r11"),
            add_product!("[rsi + 24]", "r11", "r12"),
            "mov rdx, [rsi + 24]",
            "mulx r13, rax, [rsi + 8]",
            "adcx r12, rax",
            "mulx r14, rax, [rsi + 16]",
            add_ends!("r13", "r14", "rax", zero: "rdi"),
            // Doubled on OF, the squares on CF.
            "mov rdx, [rsi]",
            "xor eax, eax",
            "mulx rcx, r8, rdx",
            double_add!("r9", "rcx"),
            "mov rdx, [rsi + 8]",
            "mulx rcx, rax, rdx",
            double_add!("r10", "rax"),
            double_add!("r11", "rcx"),
            "mov rdx, [rsi + 16]",
            "mulx rcx, rax, rdx",
            double_add!("r12", "rax"),
            double_add!("r13", "rcx"),
            "mov rdx, [rsi + 24]",
            "mulx r15, rax, rdx",
            double_add!("r14", "rax"),
            "adcx r15, rdi",
            "adox r15, rdi",
            fold4!(),
            c = const C,
            in("rsi") a.as_ptr(),
            out("rdi") _,
            out("rax") _,
            out("rcx") _,
            out("rdx") _,
            out("r8") r[0],
            out("r9") r[1],
            out("r10") r[2],
            out("r11") r[3],
            out("r12") _,
            out("r13") _,
            out("r14") _,
            out("r15") _,
            options(pure, readonly, nostack),
        );
    }
    r
}

/// `a * b` modulo 2^512 - C, weakly reduced.
#[inline(always)]
pub(super) fn mul8<const C: u64>(_: Adx, a: &[u64; 8], b: &[u64; 8]) -> [u64; 8] {
    let mut r = [0; 8];
    // SAFETY: `Adx` proves BMI2 and ADX, and the pointers are those of eight live limbs each, as
    // the routine demands. What it writes is declared; the block may use the stack.
    unsafe {
        asm!(
            "call {routine}",
            routine = sym mul8_routine::<C>,
            in("rsi") a.as_ptr(),
            in("rdi") b.as_ptr(),
            out("rax") _,
            out("rcx") _,
            out("rdx") _,
            out("r15") r[0],
            out("r8") r[1],
            out("r9") r[2],
            out("r10") r[3],
            out("r11") r[4],
            out("r12") r[5],
            out("r13") r[6],
            out("r14") r[7],
            options(pure, readonly),
        );
    }
    r
}

/// `a * a` modulo 2^512 - C, weakly reduced.
#[inline(always)]
pub(super) fn square8<const C: u64>(_: Adx, a: &[u64; 8]) -> [u64; 8] {
    let mut r = [0; 8];
    // SAFETY: as in `mul8`.
    unsafe {
        asm!(
            "call {routine}",
            routine = sym square8_routine::<C>,
            in("rsi") a.as_ptr(),
            out("rdi") _,
            out("rax") _,
            out("rcx") _,
            out("rdx") _,
            out("r8") r[0],
            out("r9") r[1],
            out("r10") r[2],
            out("r11") r[3],
            out("r12") r[4],
            out("r13") r[5],
            out("r14") r[6],
            out("r15") r[7],
            options(pure, readonly),
        );
    }
    r
}

/// Takes pointers to eight limbs each in rsi and rdi, which it keeps. Leaves their product modulo
/// 2^512 - C in r15, r8, r9, ..., r14; changes rax, rcx, rdx and the flags; uses 72 bytes of stack.
/// To be called from assembly only.
#[unsafe(naked)]
unsafe extern "C" fn mul8_routine<const C: u64>() {
    naked_asm!(
        // Limbs 0 to 7 of the product go to [rsp ... rsp + 56]; [rsp + 64] is a zero.
        "sub rsp, 72",
        // Row 0: the sum is r8 ... r15, above the limb stored.
        "mov rdx, [rdi]",
        "xor eax, eax",
        "mov [rsp + 64], rax",
        "mulx r8, rax, [rsi]",
        "mov [rsp], rax",
        "mulx r9, rax, [rsi + 8]",
        "adcx r8, rax",
        "mulx r10, rax, [rsi + 16]",
        "adcx r9, rax",
        "mulx r11, rax, [rsi + 24]",
        "adcx r10, rax",
        "mulx r12, rax, [rsi + 32]",
        "adcx r11, rax",
        "mulx r13, rax, [rsi + 40]",
        "adcx r12, rax",
        "mulx r14, rax, [rsi + 48]",
        "adcx r13, rax",
        "mulx r15, rax, [rsi + 56]",
        "adcx r14, rax",
        "adcx r15, [rsp + 64]",
        row8!(1, "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"),
        row8!(2, "r9", "r10", "r11", "r12", "r13", "r14", "r15", "r8"),
        row8!(3, "r10", "r11", "r12", "r13", "r14", "r15", "r8", "r9"),
        row8!(4, "r11", "r12", "r13", "r14", "r15", "r8", "r9", "r10"),
        row8!(5, "r12", "r13", "r14", "r15", "r8", "r9", "r10", "r11"),
        row8!(6, "r13", "r14", "r15", "r8", "r9", "r10", "r11", "r12"),
        row8!(7, "r14", "r15", "r8", "r9", "r10", "r11", "r12", "r13"),
        fold8!("r15", "r8", "r9", "r10", "r11", "r12", "r13", "r14", zero: "[rsp + 64]"),
        "add rsp, 72",
        "ret",
        c = const C,
    )
}

/// Takes a pointer to eight limbs in rsi, which it keeps. Leaves their square modulo 2^512 - C in
/// r8, ..., r15; changes rax, rcx, rdx, rdi and the flags; uses 64 bytes of stack. To be called from
/// assembly only.
#[unsafe(naked)]
unsafe extern "C" fn square8_routine<const C: u64>() {
    naked_asm!(
        // Limbs 0 to 7 end at [rsp ... rsp + 56], limbs 8 to 15 in r8 to r15. Before limbs 13 to 15
        // come into being, their registers serve limbs 5 to 7.
        "sub rsp, 64",
        // a[3] * a[4]: limbs 7 and 8.
        "mov rdx, [rsi + 24]",
        "mulx r8, r15, [rsi + 32]",
        // a[2] * a[3 ... 5], a[5] * a[3, 4]: limbs 5 to 10.
        "mov rdx, [rsi + 16]",
        "xor edi, edi",
        "mulx r14, r13, [rsi + 24]",
        add_product!("[rsi + 32]", "r14", "r15"),
        add_product!("[rsi + 40]", "r15", "r8"),
        "mov rdx, [rsi + 40]",
        "mulx r9, rax, [rsi + 24]",
        "adcx r8, rax",
        "mulx r10, rax, [rsi + 32]",
        add_ends!("r9", "r10", "rax", zero: "rdi"),
        // a[1] * a[2 ... 6], a[6] * a[2 ... 5]: limbs 3 to 12. 3 and 4 are stored at once.
        "mov rdx, [rsi + 8]",
        "xor eax, eax",
        "mulx rdi, rax, [rsi + 16]",
        "mov [rsp + 24], rax",
        "mulx rcx, rax, [rsi + 24]",
        "adcx rdi, rax",
        "mov [rsp + 32], rdi",
        "adox r13, rcx",
        add_product!("[rsi + 32]", "r13", "r14"),
        add_product!("[rsi + 40]", "r14", "r15"),
        add_product!("[rsi + 48]", "r15", "r8"),
        "mov rdx, [rsi + 48]",
        "mov edi, 0", // unlike XOR, leaves the flags alone
        add_product!("[rsi + 16]", "r8", "r9"),
        add_product!("[rsi + 24]", "r9", "r10"),
        "mulx r11, rax, [rsi + 32]",
        "adcx r10, rax",
        "mulx r12, rax, [rsi + 40]",
        add_ends!("r11", "r12", "rax", zero: "rdi"),
        // a[0] * a[1 ... 7], a[7] * a[1 ... 6]: limbs 1 to 14. 1 to 7 are stored.
        "mov rdx, [rsi]",
        "xor eax, eax",
        "mulx rdi, rax, [rsi + 8]",
        "mov [rsp + 8], rax",
        "mulx rcx, rax, [rsi + 16]",
        "adcx rdi, rax",
        "mov [rsp + 16], rdi",
        "adox rcx, [rsp + 24]",
        "mulx rdi, rax, [rsi + 24]",
        "adcx rcx, rax",
        "mov [rsp + 24], rcx",
        "adox rdi, [rsp + 32]",
        "mulx rcx, rax, [rsi + 32]",
        "adcx rdi, rax",
        "mov [rsp + 32], rdi",
        "adox r13, rcx",
        "mulx rcx, rax, [rsi + 40]",
        "adcx r13, rax",
        "mov [rsp + 40], r13",
        "adox r14, rcx",
        "mulx rcx, rax, [rsi + 48]",
        "adcx r14, rax",
        "mov [rsp + 48], r14",
        "adox r15, rcx",
        "mulx rcx, rax, [rsi + 56]",
        "adcx r15, rax",
        "mov [rsp + 56], r15",
        "adox r8, rcx",
        "mov rdx, [rsi + 56]",
        "mov edi, 0", // zero to the end
        add_product!("[rsi + 8]", "r8", "r9"),
        add_product!("[rsi + 16]", "r9", "r10"),
        add_product!("[rsi + 24]", "r10", "r11"),
        add_product!("[rsi + 32]", "r11", "r12"),
        "mulx r13, rax, [rsi + 40]",
        "adcx r12, rax",
        "mulx r14, rax, [rsi + 48]",
        add_ends!("r13", "r14", "rax", zero: "rdi"),
        // Doubled on OF, the squares on CF.
        "mov rdx, [rsi]",
        "xor eax, eax",
        "mulx rcx, rax, rdx",
        "mov [rsp], rax",
        double_add_stored!("[rsp + 8]", "rcx"),
        "mov rdx, [rsi + 8]",
        "mulx rcx, rdx, rdx",
        double_add_stored!("[rsp + 16]", "rdx"),
        double_add_stored!("[rsp + 24]", "rcx"),
        "mov rdx, [rsi + 16]",
        "mulx rcx, rdx, rdx",
        double_add_stored!("[rsp + 32]", "rdx"),
        double_add_stored!("[rsp + 40]", "rcx"),
        "mov rdx, [rsi + 24]",
        "mulx rcx, rdx, rdx",
        double_add_stored!("[rsp + 48]", "rdx"),
        double_add_stored!("[rsp + 56]", "rcx"),
        "mov rdx, [rsi + 32]",
        "mulx rcx, rdx, rdx",
        double_add!("r8", "rdx"),
        double_add!("r9", "rcx"),
        "mov rdx, [rsi + 40]",
        "mulx rcx, rdx, rdx",
        double_add!("r10", "rdx"),
        double_add!("r11", "rcx"),
        "mov rdx, [rsi + 48]",
        "mulx rcx, rdx, rdx",
        double_add!("r12", "rdx"),
        double_add!("r13", "rcx"),
        "mov rdx, [rsi + 56]",
        "mulx r15, rdx, rdx",
        double_add!("r14", "rdx"),
        "adcx r15, rdi",
        "adox r15, rdi",
        fold8!("r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", zero: "rdi"),
        "add rsp, 64",
        "ret",
        c = const C,
    )
}

/// Adds rdx * `limb` to a sum: the low half to `low` on CF, the high half to `high` on OF.
macro_rules! add_product {
    ($limb:literal, $low:literal, $high:literal) => {
        concat!(
            "mulx rcx, rax, ",
            $limb,
            "\n",
            "adcx ",
            $low,
            ", rax\n",
            "adox ",
            $high,
            ", rcx\n",
        )
    };
}

/// Adds rdx * `limb` at the top of a sum, whose `high` comes into being here. Both carries end in
/// it: the sum fits.
macro_rules! add_last_product {
    ($limb:literal, $low:literal, $high:literal, zero: $zero:literal) => {
        concat!(
            "mulx ", $high, ", rax, ", $limb, "\n", "adcx ", $low, ", rax\n", "adcx ", $high, ", ",
            $zero, "\n", "adox ", $high, ", ", $zero, "\n",
        )
    };
}

/// Ends a chain whose two topmost limbs have just been created: adds the low half to the lower one,
/// and both carries.
macro_rules! add_ends {
    ($lower:literal, $upper:literal, $low_half:literal, zero: $zero:literal) => {
        concat!(
            "adcx ", $lower, ", ", $low_half, "\n", "adox ", $lower, ", ", $zero, "\n", "adcx ",
            $upper, ", ", $zero, "\n", "adox ", $upper, ", ", $zero, "\n",
        )
    };
}

/// Row `i` of eight: adds a * b\[i\] to the sum `t0` ... `t7`, stores the lowest limb, which is
/// final, and makes its register the new top.
macro_rules! row8 {
    ($i:literal, $t0:literal, $t1:literal, $t2:literal, $t3:literal,
     $t4:literal, $t5:literal, $t6:literal, $t7:literal) => {
        concat!(
            "mov rdx, [rdi + 8*", $i, "]\n",
            "xor eax, eax\n",
            add_product!("[rsi]", $t0, $t1),
            "mov [rsp + 8*", $i, "], ", $t0, "\n",
            add_product!("[rsi + 8]", $t1, $t2),
            add_product!("[rsi + 16]", $t2, $t3),
            add_product!("[rsi + 24]", $t3, $t4),
            add_product!("[rsi + 32]", $t4, $t5),
            add_product!("[rsi + 40]", $t5, $t6),
            add_product!("[rsi + 48]", $t6, $t7),
            add_last_product!("[rsi + 56]", $t7, $t0, zero: "[rsp + 64]"),
        )
    };
}

/// `limb` = 2 * `limb` + `addend`, with the carries OF and CF.
macro_rules! double_add {
    ($limb:literal, $addend:literal) => {
        concat!(
            "adox ", $limb, ", ", $limb, "\n", "adcx ", $limb, ", ", $addend, "\n",
        )
    };
}

/// [`double_add`] for a limb in memory.
macro_rules! double_add_stored {
    ($limb:literal, $addend:literal) => {
        concat!(
            "mov rax, ",
            $limb,
            "\n",
            "adox rax, rax\n",
            "adcx rax, ",
            $addend,
            "\n",
            "mov ",
            $limb,
            ", rax\n",
        )
    };
}

/// r8 ... r11 + C * (r12 ... r15); the limb above comes back C times; and so does the last carry.
/// `portable::fold` proves that this suffices. Needs rdi = 0.
macro_rules! fold4 {
    () => {
        concat!(
            "mov edx, {c}\n",
            "xor eax, eax\n",
            add_product!("r12", "r8", "r9"),
            add_product!("r13", "r9", "r10"),
            add_product!("r14", "r10", "r11"),
            add_last_product!("r15", "r11", "rcx", zero: "rdi"),
            "imul rcx, rdx\n",
            "add r8, rcx\n",
            "lea rax, [r8 + rdx]\n",
            "adc r9, 0\n",
            "adc r10, 0\n",
            "adc r11, 0\n",
            "cmovc r8, rax\n",
        )
    };
}

/// Like [`fold4`], with the low half at \[rsp\] and the high half in `h0` ... `h7`, which become the
/// result.
macro_rules! fold8 {
    ($h0:literal, $h1:literal, $h2:literal, $h3:literal,
     $h4:literal, $h5:literal, $h6:literal, $h7:literal, zero: $zero:literal) => {
        concat!(
            "mov edx, {c}\n",
            "xor eax, eax\n",
            "mulx rax, ", $h0, ", ", $h0, "\n",
            "adcx ", $h0, ", [rsp]\n",
            fold8!(@limb $h1, "[rsp + 8]", "rax", "rcx"),
            fold8!(@limb $h2, "[rsp + 16]", "rcx", "rax"),
            fold8!(@limb $h3, "[rsp + 24]", "rax", "rcx"),
            fold8!(@limb $h4, "[rsp + 32]", "rcx", "rax"),
            fold8!(@limb $h5, "[rsp + 40]", "rax", "rcx"),
            fold8!(@limb $h6, "[rsp + 48]", "rcx", "rax"),
            fold8!(@limb $h7, "[rsp + 56]", "rax", "rcx"),
            "adcx rcx, ", $zero, "\n",
            "adox rcx, ", $zero, "\n",
            "imul rcx, rdx\n",
            "add ", $h0, ", rcx\n",
            "lea rax, [", $h0, " + rdx]\n",
            "adc ", $h1, ", 0\n",
            "adc ", $h2, ", 0\n",
            "adc ", $h3, ", 0\n",
            "adc ", $h4, ", 0\n",
            "adc ", $h5, ", 0\n",
            "adc ", $h6, ", 0\n",
            "adc ", $h7, ", 0\n",
            "cmovc ", $h0, ", rax\n",
        )
    };
    // One limb: C * h + low + the high half of the product before; leaves its own.
    (@limb $h:literal, $low:literal, $before:literal, $own:literal) => {
        concat!(
            "mulx ", $own, ", ", $h, ", ", $h, "\n",
            "adcx ", $h, ", ", $low, "\n",
            "adox ", $h, ", ", $before, "\n",
        )
    };
}

use {add_ends, add_last_product, add_product, double_add, double_add_stored, fold4, fold8, row8};

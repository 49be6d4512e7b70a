// Way from the boot loader (32 bits, Multiboot) to 64-bit C, and the door of system calls.

        .set    CODE, 0x08
        .set    DATA, 0x10

        .section .multiboot, "a"
        .align  4
        .long   0x1BADB002              // Multiboot 0.6.96 section 3.1: magic,
        .long   3                       // modules on page boundaries, memory map,
        .long   -(0x1BADB002 + 3)       // and a sum of 0

        .text
        .code32
        .globl  start
start:  cli
        mov     $stack_end, %esp
        mov     %ebx, %ebp              // Multiboot information

        // One gigabyte seen where it lies, in pages of 2 MiB.
        mov     $directory, %edi
        mov     $0x83, %eax             // present, writable, large
        mov     $512, %ecx
1:      mov     %eax, (%edi)
        add     $0x200000, %eax
        add     $8, %edi
        loop    1b
        movl    $directory + 3, pointers
        movl    $pointers + 3, level4

        // CR4: PAE, OSFXSR, OSXMMEXCPT, FSGSBASE, OSXSAVE
        mov     $(1 << 5 | 1 << 9 | 1 << 10 | 1 << 16 | 1 << 18), %eax
        mov     %eax, %cr4
        mov     $level4, %eax
        mov     %eax, %cr3
        mov     $0xC0000080, %ecx       // EFER: SCE, LME
        rdmsr
        or      $0x101, %eax
        wrmsr
        mov     $0x80010033, %eax       // CR0: PG, WP, NE, ET, MP, PE
        mov     %eax, %cr0
        lgdt    descriptors_at
        ljmp    $CODE, $long_mode

        .code64
long_mode:
        mov     $DATA, %eax
        mov     %eax, %ds
        mov     %eax, %es
        mov     %eax, %ss
        xor     %ecx, %ecx              // XCR0: x87, SSE, AVX and the three parts of AVX-512
        xor     %edx, %edx
        mov     $0xE7, %eax
        xsetbv
        mov     $stack_end, %rsp
        mov     %ebp, %edi
        call    main
        ud2

        // void enter(entry, stack): begins the program; ring 0, for nobody else is here.
        .globl  enter
enter:  mov     %rsi, %rsp
        mov     %rdi, %rax
        xor     %edx, %edx
        xor     %ebp, %ebp
        jmp     *%rax

        // System call: RAX number, RDI RSI RDX R10 R8 R9 arguments; RCX is the way back, R11 the flags.
        .globl  door
door:   mov     %rsp, %gs:0             // the program's red zone stays untouched
        mov     $stack_end, %rsp
        push    %rcx
        push    %r11
        push    %rdi
        push    %rsi
        push    %rdx
        push    %r10
        push    %r8
        push    %r9
        mov     %r8, %r9
        mov     %r10, %r8
        mov     %rdx, %rcx
        mov     %rsi, %rdx
        mov     %rdi, %rsi
        mov     %rax, %rdi
        call    system_call
        pop     %r9
        pop     %r8
        pop     %r10
        pop     %rdx
        pop     %rsi
        pop     %rdi
        pop     %r11
        pop     %rcx
        push    %r11
        popf
        mov     %gs:0, %rsp
        jmp     *%rcx

        // Exceptions end the run: number, error code or 0, place.
        .macro  exception number, has_code
        .align  16
        .if     \has_code
        pop     %rsi
        .else
        xor     %esi, %esi
        .endif
        mov     $\number, %edi
        pop     %rdx
        mov     $stack_end, %rsp
        call    fault
        .endm
        .globl  exceptions
        .align  16
exceptions:
        .irp    number, 0, 1, 2, 3, 4, 5, 6, 7
        exception \number, 0
        .endr
        exception 8, 1
        exception 9, 0
        .irp    number, 10, 11, 12, 13, 14
        exception \number, 1
        .endr
        exception 15, 0
        exception 16, 0
        exception 17, 1
        exception 18, 0
        exception 19, 0

        .section .rodata
        .align  8
descriptors:
        .quad   0
        .quad   0x00AF9A000000FFFF      // CODE: 64 bits
        .quad   0x00CF92000000FFFF      // DATA
descriptors_at:
        .word   . - descriptors - 1
        .long   descriptors

        .bss
        .align  4096
level4:    .skip 4096
pointers:  .skip 4096
directory: .skip 4096
        .skip   65536
stack_end:
        .section .note.GNU-stack, "", @progbits

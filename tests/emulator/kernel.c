// Runs one static program (position independent, x86-64 Linux) alone on an emulated computer.
//
// The boot loader brings the program as a module, its environment and arguments as the module's words
// (`NAME=VALUE ... -- ARGUMENT ...`). System calls that a
// single-threaded program of glibc or Rust needs are answered here; all others say ENOSYS. What the program prints
// goes to the first serial port, then a line `exit N`; then the emulator ends.

#include <stddef.h>
#include <stdint.h>

// Memory, as seen and as it lies: all below 1 GiB.
enum {
    IMAGE = 0x10000000,      // the program
    HEAP = 0x18000000,       // brk
    HEAP_END = 0x1C000000,
    MAPPINGS = 0x1C000000,   // mmap
    MAPPINGS_END = 0x3E000000,
    STACK_END = 0x3F000000,
};

void start(void);
void enter(uint64_t entry, uint64_t stack) __attribute__((noreturn));
void door(void);
extern char exceptions[];

static inline void out(uint16_t port, uint8_t value) { asm volatile("outb %0, %1" : : "a"(value), "Nd"(port)); }
static inline uint8_t in(uint16_t port) { uint8_t value; asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port)); return value; }
static inline void write_register(uint32_t number, uint64_t value) {
    asm volatile("wrmsr" : : "c"(number), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
}
static inline uint64_t ticks(void) { uint32_t low, high; asm volatile("rdtsc" : "=a"(low), "=d"(high)); return (uint64_t)high << 32 | low; }

void *memset(void *to, int value, size_t length) {
    void *first = to;
    asm volatile("rep stosb" : "+D"(to), "+c"(length) : "a"(value) : "memory");
    return first;
}
void *memcpy(void *to, const void *from, size_t length) {
    void *first = to;
    asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(length) : : "memory");
    return first;
}

static void print(const char *text, size_t length) {
    for (size_t i = 0; i < length; i++) {
        while (!(in(0x3FD) & 0x20)) {} // 16550: transmitter empty
        out(0x3F8, text[i]);
    }
}
static void print_text(const char *text) { size_t length = 0; while (text[length]) length++; print(text, length); }
static void print_number(uint64_t number, unsigned base) {
    char digits[20];
    int at = sizeof digits;
    do { digits[--at] = "0123456789abcdef"[number % base]; number /= base; } while (number);
    print(digits + at, sizeof digits - at);
}

static void __attribute__((noreturn)) end(int status) {
    print_text("exit ");
    print_number(status, 10);
    print_text("\n");
    while (!(in(0x3FD) & 0x40)) {} // and all sent
    for (const char *word = "Shutdown"; *word; word++) out(0x8900, *word); // the emulator's own port
    for (;;) asm volatile("cli; hlt");
}

void fault(uint64_t number, uint64_t code, uint64_t place) {
    uint64_t address;
    asm volatile("mov %%cr2, %0" : "=r"(address));
    print_text("\nexception ");
    print_number(number, 10);
    print_text(number == 6 ? " (unknown instruction) at 0x" : " at 0x");
    print_number(place, 16);
    print_text(place >= IMAGE && place < HEAP ? ", in the program's file at 0x" : ", offset 0x");
    print_number(place - IMAGE, 16);
    print_text(", code 0x");
    print_number(code, 16);
    print_text(", address 0x");
    print_number(address, 16);
    print_text("\n");
    end(255);
}

static uint64_t heap = HEAP, mappings = MAPPINGS, touched = MAPPINGS;

static int64_t map(uint64_t length) {
    length = (length + 4095) & ~4095ULL;
    if (length > MAPPINGS_END - mappings) return -12; // ENOMEM
    uint64_t address = mappings;
    mappings += length;
    // Memory never given out before is still 0 as the emulator made it.
    if (address < touched) memset((void *)address, 0, (mappings < touched ? mappings : touched) - address);
    if (mappings > touched) touched = mappings;
    return address;
}

static void unmap(uint64_t address, uint64_t length) {
    // Only the last mapping comes back; the rest is more than one run needs.
    if (address + ((length + 4095) & ~4095ULL) == mappings) mappings = address;
}

// Seconds and nanoseconds of an invented clock of 1 GHz.
static void now(uint64_t *to) { uint64_t t = ticks(); to[0] = 1800000000 + t / 1000000000; to[1] = t % 1000000000; }

// The file of random numbers; glibc's getrandom is not found by programs that look for it by name.
enum { RANDOM = 100 };

// Fresh enough for tests.
static int64_t random(uint8_t *to, uint64_t length) {
    static uint64_t x = 88172645463325252;
    for (uint64_t i = 0; i < length; i++) {
        x ^= x << 13;
        x ^= x >> 7;
        x ^= x << 17;
        to[i] = (x ^ ticks()) >> 11;
    }
    return length;
}

static int ends_with(const char *text, const char *end) {
    uint64_t length = 0, ending = 0;
    while (text[length]) length++;
    while (end[ending]) ending++;
    if (length < ending) return 0;
    for (uint64_t i = 0; i < ending; i++) if (text[length - ending + i] != end[i]) return 0;
    return 1;
}

int64_t system_call(uint64_t number, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e) {
    (void)e;
    switch (number) {
    case 0:                                                        // read
        if (a != RANDOM) return 0;                                 // end of file
        return random((uint8_t *)b, c);
    case 1: if (a == 1 || a == 2) print((const char *)b, c); return c; // write
    case 20: {                                                     // writev
        const uint64_t *parts = (const uint64_t *)b;
        int64_t sum = 0;
        for (uint64_t i = 0; i < c; i++) { print((const char *)parts[2 * i], parts[2 * i + 1]); sum += parts[2 * i + 1]; }
        return sum;
    }
    case 5:                                                        // fstat: a character device
        memset((void *)b, 0, 144);
        *(uint32_t *)(b + 24) = 0020600;
        return 0;
    case 9: return (d & 0x20) ? map(b) : -19;                      // mmap: anonymous only
    case 11: unmap(a, b); return 0;                                // munmap
    case 12:                                                       // brk
        if (a >= HEAP && a <= HEAP_END) { if (a < heap) memset((void *)a, 0, heap - a); heap = a; }
        return heap;
    case 13: if (c) { memset((void *)c, 0, 32); *(uint64_t *)c = 1; } return 0; // rt_sigaction: was SIG_IGN
    case 7:                                                        // poll: everything asked for is there
        for (uint64_t i = 0; i < b; i++) ((uint16_t *)a)[4 * i + 3] = ((uint16_t *)a)[4 * i + 2];
        return b;
    case 3: case 10: case 14: case 24: case 28: case 72: case 131: case 157: case 230: case 273:
        return 0; // close, mprotect, rt_sigprocmask, sched_yield, madvise, fcntl, sigaltstack, prctl, clock_nanosleep, set_robust_list
    case 16: return -25;                                           // ioctl: not a terminal
    case 25: {                                                     // mremap
        int64_t to = map(c);
        if (to > 0) memcpy((void *)to, (const void *)a, b < c ? b : c);
        return to;
    }
    case 39: case 186: case 218: return 1;                         // getpid, gettid, set_tid_address
    case 56: case 435: return -11;                                 // clone, clone3: no more threads; Rust's tests then run in place
    case 60: case 231: end(a & 0xFF);                              // exit, exit_group
    case 62: case 200: case 234: print_text("aborted\n"); end(134); // kill, tkill, tgkill: this program, as by abort()
    case 79: *(char *)a = '/'; ((char *)a)[1] = 0; return 2;       // getcwd
    case 257: return ends_with((const char *)b, "random") ? RANDOM : -2; // openat: /dev/random, /dev/urandom, else ENOENT
    case 89: case 262: case 267: case 332: return -2;              // readlink, newfstatat, readlinkat, statx: ENOENT
    case 96: now((uint64_t *)a); ((uint64_t *)a)[1] /= 1000; return 0; // gettimeofday
    case 158: if (a != 0x1002) return -22; write_register(0xC0000100, b); return 0; // arch_prctl: FS
    case 202:                                                      // futex; only this thread could wake the waiter
        if ((b & 0x7F) != 0 && (b & 0x7F) != 9) return 0;          // FUTEX_WAKE and relatives: woke nobody
        if (*(uint32_t *)a != (uint32_t)c) return -11;             // FUTEX_WAIT: EAGAIN
        if (d) return -110;                                        // ETIMEDOUT
        print_text("waits for ever\n");
        end(255);
    case 204: *(uint64_t *)c = 1; return 8;                        // sched_getaffinity: one processor
    case 228: now((uint64_t *)b); return 0;                        // clock_gettime
    case 302: if (d) { ((uint64_t *)d)[0] = 8 << 20; ((uint64_t *)d)[1] = ~0ULL; } return 0; // prlimit64
    case 318: return random((uint8_t *)a, b);                      // getrandom
    default: return -38;                                           // ENOSYS
    }
}

struct header { uint8_t ident[16]; uint16_t type, machine; uint32_t version; uint64_t entry, segments, sections; uint32_t flags; uint16_t size, segment_size, segment_count; };
struct segment { uint32_t type, flags; uint64_t offset, address, physical, file_size, memory_size, align; };
struct gate { uint16_t low, selector, attributes, middle; uint32_t high, zero; } __attribute__((packed));

static struct gate gates[20];
static uint64_t saved[1]; // what %gs:0 is

static void install_doors(void) {
    for (int i = 0; i < 20; i++) {
        uint64_t to = (uint64_t)exceptions + 32 * i;
        gates[i] = (struct gate){ to, 0x08, 0x8E00, to >> 16, to >> 32, 0 };
    }
    struct { uint16_t limit; uint64_t base; } __attribute__((packed)) table = { sizeof gates - 1, (uint64_t)gates };
    asm volatile("lidt %0" : : "m"(table));
    write_register(0xC0000081, 0x08ULL << 32);        // STAR: code 0x08, data 0x10
    write_register(0xC0000082, (uint64_t)door);       // LSTAR
    write_register(0xC0000084, 0x200);                // SFMASK
    write_register(0xC0000101, (uint64_t)saved);      // GS
}

void main(const uint32_t *multiboot) {
    install_doors();
    out(0x3F9, 0); out(0x3FB, 3); out(0x3FA, 7); // no interrupts, 8N1, FIFO
    if (!(multiboot[0] & 8) || multiboot[5] != 1) { print_text("one module expected\n"); end(255); }
    const uint32_t *module = (const uint32_t *)(uint64_t)multiboot[6];
    const uint8_t *file = (const uint8_t *)(uint64_t)module[0];
    if (module[1] >= IMAGE) { print_text("program too large\n"); end(255); }

    const struct header *header = (const struct header *)file;
    if (*(const uint32_t *)file != 0x464C457F || header->type != 3) { print_text("not a position-independent ELF program\n"); end(255); }
    const struct segment *segments = (const struct segment *)(file + header->segments);
    for (int i = 0; i < header->segment_count; i++)
        if (segments[i].type == 1) memcpy((void *)(IMAGE + segments[i].address), file + segments[i].offset, segments[i].file_size);

    // The words stay where the loader put them.
    char *text = (char *)(uint64_t)module[2];
    char *words[64];
    int count = 0;
    for (int inside = 0; *text; text++) { // separated by spaces
        if (*text == ' ') { *text = 0; inside = 0; }
        else if (!inside && count < 64) { words[count++] = text; inside = 1; }
    }

    if (count == 64) { print_text("too many words\n"); end(255); }
    uint64_t *top = (uint64_t *)STACK_END - 4;
    top[0] = ticks(); top[1] = ~top[0];
    uint64_t *stack = top - 128;
    uint64_t *at = stack;
    int first = 0; // argument
    while (first < count && !(words[first][0] == '-' && words[first][1] == '-' && !words[first][2])) first++;
    *at++ = count - first - 1;
    for (int i = first + 1; i < count; i++) *at++ = (uint64_t)words[i];
    *at++ = 0;
    *at++ = (uint64_t)"RUST_TEST_THREADS=1";
    for (int i = 0; i < first; i++) *at++ = (uint64_t)words[i];
    *at++ = 0;
    const uint64_t auxiliary[] = {
        3, IMAGE + header->segments, 4, header->segment_size, 5, header->segment_count, 6, 4096, 7, 0,
        9, IMAGE + header->entry, 23, 0, 25, (uint64_t)top, 0, 0,
    };
    memcpy(at, auxiliary, sizeof auxiliary);
    enter(IMAGE + header->entry, (uint64_t)stack);
}

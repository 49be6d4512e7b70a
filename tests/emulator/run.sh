#!/usr/bin/env bash
# Runs one program on an emulated Ice Lake computer (AVX-512 with IFMA and VBMI, GFNI, VAES, SHA): run.sh PROGRAM [ARGUMENT...]
#
# The program is static and position independent (Rust: `-C target-feature=+crt-static`), has one thread and no files;
# kernel.c says which system calls it gets. Its output comes to standard output when it has ended, its exit status is
# ours. PROPTEST_CASES and RUST_BACKTRACE are passed on, and TAMGA_EXPECT_VECTORS=1 is set: with it, tests of vector code
# fail where they would otherwise have nothing to execute. About 4 s to start, then some 10 million (vector) to 50 million
# (scalar) instructions a second.
#
# Debian's Bochs 2.7 computes GF2P8AFFINEQB wrongly (it complements every product; tests that meet this say so) and the
# flag of ADOX, so multiplication with ADX is not chosen there.
#
# As cargo's runner it carries the tests of a crate inside:
#
#   export CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER=$PWD/tests/emulator/run.sh
#   export CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUSTFLAGS='-C target-feature=+crt-static'
#   cargo test --target x86_64-unknown-linux-gnu --package tamga-gost3410 --lib -- batch::
#
# Needs the packages gcc, bochs, bochs-term, bochsbios, vgabios, grub-pc-bin, grub-common, xorriso.
# EMULATOR_SECONDS limits the run (default 1500).
set -euo pipefail

if [[ $# -eq 0 ]]; then
    echo "usage: run.sh PROGRAM [ARGUMENT...]" >&2
    exit 2
fi
for tool in gcc strip bochs grub-mkrescue xorriso; do
    if ! command -v "$tool" >/dev/null; then
        echo "run.sh: $tool is missing; install gcc bochs bochs-term bochsbios vgabios grub-pc-bin grub-common xorriso" >&2
        exit 1
    fi
done

here=$(cd "$(dirname "$0")" && pwd)
program=$(realpath "$1")
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

mkdir -p disc/boot/grub
gcc -std=gnu11 -O2 -Wall -Wextra -Werror -ffreestanding -fno-pic -fno-pie -mgeneral-regs-only -mno-red-zone \
    -fno-stack-protector -fcf-protection=none -nostdlib -static -no-pie -z max-page-size=4096 \
    -Wl,--build-id=none -Wl,-T,"$here/kernel.ld" -o disc/boot/kernel "$here/start.S" "$here/kernel.c"
strip -o disc/boot/program "$program"

words=(TAMGA_EXPECT_VECTORS=1)
for name in PROPTEST_CASES RUST_BACKTRACE; do
    if [[ -n "${!name:-}" ]]; then
        words+=("$name=${!name}")
    fi
done
words+=(-- program "$@")
printf 'multiboot /boot/kernel\nmodule --nounzip /boot/program %s\nboot\n' "${words[*]}" >disc/boot/grub/grub.cfg
modules="multiboot normal iso9660 biosdisk"
if ! grub-mkrescue --modules="$modules" --install-modules="$modules" --locales= --fonts= --themes= \
    -o disc.iso disc >making.log 2>&1; then
    cat making.log >&2
    exit 1
fi

# A slow clock (ips) shortens the waits of BIOS and boot loader. The display is one nobody looks at.
cat >bochsrc <<'CONFIGURATION'
config_interface: textconfig
display_library: rfb, options="timeout=0"
sound: waveoutdrv=dummy, waveindrv=dummy, midioutdrv=dummy
cpu: model=corei7_icelake_u, count=1, ips=5000000, reset_on_triple_fault=0
megs: 1024
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/vgabios/vgabios.bin
ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
ata0-master: type=cdrom, path=disc.iso, status=inserted
boot: cdrom
clock: sync=none, time0=utc
log: emulator.log
panic: action=fatal
error: action=report
info: action=report
debug: action=ignore
com1: enabled=1, mode=file, dev=serial.txt
CONFIGURATION
# Debian's emulator is built with its debugger, which waits for this word.
echo continue >commands

# Its own status is 1 even after an orderly end: what counts is the kernel's last line.
timeout "${EMULATOR_SECONDS:-1500}" bochs -q -f bochsrc -rc commands >console.txt 2>&1 </dev/null || true
if [[ ! -f serial.txt ]] || ! status=$(tail -n 1 serial.txt | grep -x 'exit [0-9]*'); then
    cat serial.txt 2>/dev/null || true
    tail -n 5 emulator.log console.txt >&2
    echo "run.sh: the emulated computer did not come to an end" >&2
    exit 1
fi
sed '$d' serial.txt
exit "${status#exit }"

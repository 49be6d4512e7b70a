#!/usr/bin/env bash
# Builds Windows programs on Linux: cross-build.sh [--release] PACKAGE...
#
# Debian's own Rust (rustc-web, cargo-web) builds the standard library from its sources (rust-web-src), which must be
# of the same version; rustup's toolchain of rust-toolchain.toml has no Windows library and is not used.
# The target x86_64-win7-windows-gnu imports nothing newer than Windows 7 and therefore runs in Debian's Wine too.
# Programs come to target-windows/x86_64-win7-windows-gnu/{debug,release}/.
set -euo pipefail
cd "$(dirname "$0")/../.."

profile=()
if [[ "${1:-}" == --release ]]; then
    profile=(--release)
    shift
fi
if [[ $# -eq 0 ]]; then
    echo "usage: cross-build.sh [--release] PACKAGE..." >&2
    exit 2
fi
packages=()
for package in "$@"; do
    packages+=(--package "$package")
done

for tool in rustc cargo x86_64-w64-mingw32-gcc x86_64-w64-mingw32-dlltool; do
    if [[ ! -x "/usr/bin/$tool" ]]; then
        echo "cross-build.sh: /usr/bin/$tool is missing; install rustc-web cargo-web rust-web-src gcc-mingw-w64-x86-64" >&2
        exit 1
    fi
done

# Nothing of rustup's may be found: neither its proxies nor the choice of rust-toolchain.toml.
unset RUSTUP_TOOLCHAIN RUSTFLAGS RUSTDOCFLAGS CARGO RUSTC_WRAPPER
export PATH=/usr/bin:/bin
export RUSTC=/usr/bin/rustc
# build-std is an unstable option of cargo; this lets a stable compiler use it for this build only.
export RUSTC_BOOTSTRAP=1
export CARGO_TARGET_DIR="$PWD/target-windows"
export CARGO_TARGET_X86_64_WIN7_WINDOWS_GNU_LINKER=x86_64-w64-mingw32-gcc
export CC_x86_64_win7_windows_gnu=x86_64-w64-mingw32-gcc
export AR_x86_64_win7_windows_gnu=x86_64-w64-mingw32-ar

exec /usr/bin/cargo build --locked "${profile[@]}" --target x86_64-win7-windows-gnu \
    -Zbuild-std=std,panic_abort "${packages[@]}"

# What Debian and Ubuntu must have to build, run and test; sourced by ./run and ./test.
#
# `need_package` and `need_command` collect what is missing with the reason; `install_missing` says it and installs it,
# as root or through sudo. Nothing is touched when nothing is missing.

missing_packages=()
missing_reasons=()

# need_package REASON PACKAGE...
need_package() {
    local reason=$1 package
    shift
    for package in "$@"; do
        if ! dpkg-query --show --showformat='${Status}' "$package" 2>/dev/null | grep -q '^install ok installed'; then
            missing_packages+=("$package")
            missing_reasons+=("$package: $reason")
        fi
    done
}

# need_command REASON COMMAND PACKAGE: for programs that also come from elsewhere.
need_command() {
    if ! command -v "$2" >/dev/null; then
        missing_packages+=("$3")
        missing_reasons+=("$3: $1")
    fi
}

install_missing() {
    local reason
    if [[ ${#missing_packages[@]} -eq 0 ]]; then
        return 0
    fi
    echo "Installing from the distribution's archive:"
    for reason in "${missing_reasons[@]}"; do
        echo "  $reason"
    done
    if ! command -v apt-get >/dev/null; then
        echo "This system has no apt-get; please install these (or their counterparts) and start again." >&2
        return 1
    fi
    as_root apt-get -q update >/dev/null || return 1
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends \
        "${missing_packages[@]}" >/dev/null || return 1
    missing_packages=()
    missing_reasons=()
}

as_root() {
    if [[ $(id -u) -eq 0 ]]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        echo "Neither root nor sudo; please run as root: $*" >&2
        return 1
    fi
}

build_packages() {
    need_package "links programs" gcc libc6-dev
    need_package "finds libraries to link" pkg-config
    need_package "fonts of the window" libfontconfig1-dev
}

window_packages() {
    need_package "a font for the window" fonts-dejavu-core
    need_package "the window on X11, loaded when it starts" libx11-6 libx11-xcb1 libxcursor1 libxi6 libxrandr2 libxkbcommon0 libxkbcommon-x11-0
}

trust_packages() {
    need_package "certutil: the list of certificates that Chromium and Firefox read" libnss3-tools
}

# A real browser on a screen without a screen, and a driver for both.
browser_packages() {
    local distribution
    distribution=$(. /etc/os-release 2>/dev/null && echo "${ID:-}")
    if [[ "$distribution" == ubuntu && ! -x /usr/bin/chromium ]]; then
        # A snap sees neither our temporary home folder nor the certificate in it.
        echo "Ubuntu's archive has Chromium as a snap only, which cannot be driven here." >&2
        echo "Install a Chromium that is not a snap as /usr/bin/chromium, or start ./run with a screen." >&2
        return 1
    fi
    need_package "the browser that signs" chromium
    need_package "drives the browser" chromium-driver python3-selenium
    need_package "a screen without a screen" xvfb
    need_package "types on its keyboard" xdotool
    need_package "session bus" dbus libglib2.0-bin
    need_package "reads and presses what is on the screen" at-spi2-core gir1.2-atspi-2.0 python3-gi
}

# The oldest cargo that understands this workspace (rust-version in Cargo.toml).
readonly OLDEST_CARGO_MINOR=95

# Sets `cargo_program`, or says what to do. rustup obeys rust-toolchain.toml by itself.
find_cargo() {
    local candidate
    for candidate in "$(command -v cargo || true)" "${CARGO_HOME:-$HOME/.cargo}/bin/cargo" /usr/bin/cargo; do
        if [[ -x "$candidate" ]] && new_enough "$candidate"; then
            cargo_program=$candidate
            return 0
        fi
    done
    if apt-cache show cargo-web >/dev/null 2>&1; then
        need_package "Rust compiler" rustc-web
        need_package "builds Rust programs" cargo-web
        install_missing || return 1
        if new_enough /usr/bin/cargo; then
            cargo_program=/usr/bin/cargo
            return 0
        fi
    fi
    if apt-cache show rustup >/dev/null 2>&1; then
        need_package "brings the Rust compiler" rustup
        install_missing || return 1
        if rustup toolchain install && new_enough "$(command -v cargo)"; then
            cargo_program=$(command -v cargo)
            return 0
        fi
    fi
    echo "Rust 1.$OLDEST_CARGO_MINOR or newer is needed and this system offers none." >&2
    echo "Please install it as https://rustup.rs says, and start again." >&2
    return 1
}

# Sets `lint_flags` after `find_cargo`: warnings are errors with the compiler of rust-toolchain.toml, whose lints are
# known; the distribution's own compiler is another one, and brings formatter and linter as packages.
find_linter() {
    lint_flags=(-D warnings)
    if [[ "$cargo_program" == /usr/bin/cargo ]]; then
        lint_flags=()
        need_package "formatting and lints" rustfmt-web rust-web-clippy
        install_missing || return 1
    fi
}

# new_enough CARGO
new_enough() {
    local version minor
    version=$("$1" --version 2>/dev/null) || return 1
    [[ "$version" =~ ^cargo\ 1\.([0-9]+)\. ]] || return 1
    minor=${BASH_REMATCH[1]}
    [[ "$minor" -ge "$OLDEST_CARGO_MINOR" ]]
}

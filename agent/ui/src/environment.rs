//! Which environment variables the window receives: those of display, desktop and language.

use std::ffi::{OsStr, OsString};

/// Names passed on as they are.
const NAMES: [&str; 37] = [
    // display and session bus
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "DBUS_SESSION_BUS_ADDRESS",
    "AT_SPI_BUS_ADDRESS",
    "DESKTOP_SESSION",
    "WINIT_X11_SCALE_FACTOR",
    "SLINT_SCALE_FACTOR",
    "XCURSOR_SIZE",
    "XCURSOR_THEME",
    // input methods
    "XMODIFIERS",
    // person and language
    "HOME",
    "USER",
    "LOGNAME",
    "LANG",
    "LANGUAGE",
    "TZ",
    // fonts
    "FONTCONFIG_FILE",
    "FONTCONFIG_PATH",
    // system folders (the file chooser's fallback is a program found by PATH)
    "PATH",
    "TMPDIR",
    "TEMP",
    "TMP",
    "SystemRoot",
    "SystemDrive",
    "windir",
    "COMSPEC",
    "PATHEXT",
    "USERPROFILE",
    "USERNAME",
    "USERDOMAIN",
    "HOMEDRIVE",
    "HOMEPATH",
    "APPDATA",
    "LOCALAPPDATA",
    "ProgramData",
    "PUBLIC",
];

/// Beginnings of names passed on: desktop folders and language categories.
const PREFIXES: [&str; 2] = ["XDG_", "LC_"];

/// The part of an environment a window needs; in particular nothing that makes a loader or a
/// toolkit read other code (`LD_PRELOAD`, `SLINT_BACKEND`).
pub(crate) fn passed_on(
    all: impl Iterator<Item = (OsString, OsString)>,
) -> impl Iterator<Item = (OsString, OsString)> {
    all.filter(|(name, _)| is_passed_on(name))
}

fn is_passed_on(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else {
        return false;
    };
    // Windows does not tell `Path` from `PATH`.
    let same = |known: &str| {
        if cfg!(windows) {
            name.eq_ignore_ascii_case(known)
        } else {
            name == known
        }
    };
    NAMES.iter().any(|known| same(known)) || PREFIXES.iter().any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn display_and_language_pass_and_the_rest_stays() {
        let passed = |name: &str| is_passed_on(OsStr::new(name));
        for name in [
            "DISPLAY",
            "XDG_RUNTIME_DIR",
            "DBUS_SESSION_BUS_ADDRESS",
            "HOME",
            "LC_ALL",
        ] {
            assert!(passed(name), "{name}");
        }
        for name in [
            "LD_PRELOAD",
            "LD_LIBRARY_PATH",
            "SLINT_BACKEND",
            "RUST_LOG",
            "SECRET",
            "",
        ] {
            assert!(!passed(name), "{name}");
        }
    }
}

//! The signing window: site, wish, key file, password, certificate, Sign or Cancel.
//!
//! A short-lived program that draws and asks. It opens no key, parses no document, and leaves every
//! decision about keys to the agent, to which it speaks `tamga-window-protocol`.

pub mod chooser;
mod dates;
mod origin_text;
pub mod pipe;
pub mod state;
pub mod texts;
pub mod view;
mod words;

/// Code made from the markup in `ui/`.
#[expect(missing_docs, reason = "made by the Slint compiler")]
#[allow(
    unsafe_code,
    unreachable_pub,
    unused_qualifications,
    clippy::all,
    clippy::unwrap_used,
    clippy::todo,
    reason = "made by the Slint compiler"
)]
pub mod markup {
    slint::include_modules!();
}

//! The system's file chooser.

use std::future::Future;

/// Endings of key files.
const ENDINGS: [&str; 6] = ["p12", "pfx", "jks", "P12", "PFX", "JKS"];

/// Lets the person choose a key file: its path, or `None` if none was chosen, the system has no file
/// chooser (Linux without a desktop portal), or the path is not text and so cannot be shown.
pub fn choose(title: String, filter: String) -> impl Future<Output = Option<String>> {
    let dialog = rfd::AsyncFileDialog::new()
        .set_title(title)
        .add_filter(filter, &ENDINGS)
        .pick_file();
    async move { dialog.await?.path().to_str().map(str::to_owned) }
}

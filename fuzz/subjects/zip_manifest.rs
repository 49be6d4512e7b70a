//! What is done with the manifest of a ZIP container: opened, in an archive that is right otherwise. Check sums keep
//! mutations of whole archives from it.

use tamga_zip::Error;

use crate::zip::{self, Read};
use crate::zip_archive::{STORED, archive};

/// Opens a container of these bytes as manifest, and two files.
///
/// # Errors
/// Why it cannot be opened.
pub(crate) fn open(bytes: &[u8]) -> Result<Read, Error> {
    let files: [(&str, &[u8]); 3] = [
        ("META-INF/NCAManifest.xml", bytes),
        ("a b", b"one"),
        ("құжат.pdf", b"two"),
    ];
    zip::open(&archive(STORED, &files))
}

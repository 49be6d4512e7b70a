//! Manifests of ZIP containers.
#![no_main]

#[path = "../subjects/zip.rs"]
mod zip;
#[path = "../subjects/zip_archive.rs"]
mod zip_archive;
#[path = "../subjects/zip_manifest.rs"]
mod zip_manifest;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // Refusing is as right as opening.
    let _ = zip_manifest::open(bytes);
});

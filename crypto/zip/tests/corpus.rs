//! The corpora of fuzz targets and thousands of their mutations, through the functions of the targets, on any compiler.

#[path = "../../../fuzz/mutations.rs"]
mod mutations;
#[path = "../../../fuzz/subjects/zip.rs"]
mod zip;
#[path = "../../../fuzz/subjects/zip_archive.rs"]
mod zip_archive;
#[path = "../../../fuzz/subjects/zip_manifest.rs"]
mod zip_manifest;

use tamga_zip::Error;

#[test]
fn files_of_the_corpus_are_read_as_listed() {
    let read = |[covered, wrong, not_covered]: [usize; 3], hold| {
        Ok(zip::Read {
            covered,
            wrong,
            not_covered,
            signatures: 1,
            hold,
        })
    };
    mutations::check(
        "zip",
        zip::open,
        vec![
            ("deflated", read([2, 0, 0], 1)),
            ("no_manifest", Err(Error::NoManifest)),
            ("prefixed", read([2, 0, 0], 1)),
            ("stored", read([2, 0, 0], 1)),
            ("wrong", read([0, 2, 1], 1)),
        ],
    );
}

#[test]
fn manifests_of_the_corpus_cover_what_is_listed() {
    let read = |covered, wrong, not_covered| {
        Ok(zip::Read {
            covered,
            wrong,
            not_covered,
            signatures: 1,
            hold: 0,
        })
    };
    mutations::check(
        "zip_manifest",
        zip_manifest::open,
        vec![
            ("every_digest", read(1, 3, 0)),
            ("outside", read(1, 1, 1)),
            ("two", read(2, 0, 0)),
        ],
    );
}

#[test]
fn mutations_of_containers_are_opened_or_refused() {
    let [opened, refused] = mutations::mutate("zip", 6000, zip::open);
    assert!(opened > 20 && refused > 500, "{opened} {refused}");
}

#[test]
fn mutations_of_manifests_are_read_or_refused() {
    let [opened, refused] = mutations::mutate("zip_manifest", 6000, zip_manifest::open);
    assert!(opened > 100 && refused > 500, "{opened} {refused}");
}

//! What is done with a ZIP container: opened, every file and every signature looked at. Whatever the bytes, it ends without
//! a panic.

use tamga_zip::{Container, Error, Limits, ObjectState};

/// What a container held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Read {
    pub(crate) covered: usize,
    /// Named in the manifest, and missing or other than it says.
    pub(crate) wrong: usize,
    pub(crate) not_covered: usize,
    pub(crate) signatures: usize,
    /// Signers whose signature over the manifest holds under the first embedded certificate.
    pub(crate) hold: usize,
}

/// Opens a container.
///
/// # Errors
/// Why it cannot be opened.
pub(crate) fn open(bytes: &[u8]) -> Result<Read, Error> {
    let mut limits = Limits::default();
    // As much as a small file may ask for, so that millions are read in a minute.
    (limits.file, limits.files) = (1 << 20, 2 << 20);
    let container = Container::open(bytes, &limits)?;
    let manifest = container.manifest();
    assert!(std::str::from_utf8(manifest).is_ok());
    let stray = container.stray_bytes();
    assert!(stray.leading + stray.between <= bytes.len());

    let mut covered = 0;
    for object in container.objects() {
        match &object.state {
            ObjectState::Covered => covered += 1,
            ObjectState::Mismatch { expected, .. } => {
                assert_eq!(expected.len(), object.algorithm.output_len());
            }
            _ => {}
        }
        assert!(
            !container.not_covered().contains(&object.uri),
            "{}",
            object.uri
        );
    }
    let wrong = container.objects().len() - covered;
    assert_eq!(
        container.is_complete(),
        wrong == 0 && container.not_covered().is_empty()
    );

    let messages = container
        .signatures()
        .iter()
        .filter_map(|one| one.message.as_ref().ok());
    let hold = messages.map(|message| {
        assert!(message.content().is_none_or(|content| content == manifest));
        let key = message
            .certificates()
            .first()
            .and_then(|one| one.public_key().ok());
        let signers = message.signers().iter();
        let holding = signers.filter(|signer| {
            key.zip(signer.check_content(manifest).ok())
                .is_some_and(|(key, bound)| signer.check_signature(key, &bound).is_ok())
        });
        holding.count()
    });
    Ok(Read {
        covered,
        wrong,
        not_covered: container.not_covered().len(),
        signatures: container.signatures().len(),
        hold: hold.sum(),
    })
}

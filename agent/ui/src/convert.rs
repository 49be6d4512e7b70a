//! Words of agent-core become words of the window protocol.

use tamga_agent_core as core;
use tamga_window_protocol as wire;

/// What the window shows first.
pub(crate) fn ask(ask: core::Ask) -> wire::Ask {
    wire::Ask {
        origin: match ask.origin {
            core::Origin::LocalProgram => wire::Origin::LocalProgram,
            core::Origin::Opaque => wire::Origin::Opaque,
            core::Origin::Site(text) => wire::Origin::Site(text),
        },
        wish: match ask.wish {
            core::Wish::ReadCertificate => wire::Wish::ReadCertificate,
            core::Wish::Sign(list) => wire::Wish::Sign(documents(&list)),
        },
        language: match ask.language {
            core::Language::Kk => wire::Language::Kk,
            core::Language::Ru => wire::Language::Ru,
            core::Language::En => wire::Language::En,
        },
        // A path that is not text cannot be shown in a text field; it is not offered.
        last_file: ask
            .last_file
            .and_then(|path| path.into_os_string().into_string().ok()),
    }
}

/// What changes in an open window.
pub(crate) fn change(change: core::Change) -> wire::ToWindow {
    match change {
        core::Change::Keys(keys) => wire::ToWindow::Keys(keys.into_iter().map(key).collect()),
        core::Change::Problem(problem) => wire::ToWindow::Problem(self::problem(&problem)),
    }
}

/// A batch of any length in a few words.
fn documents(list: &[core::Document]) -> wire::Documents {
    let mut formats = Vec::new();
    for document in list {
        if !formats.iter().any(|format| format == document.format) {
            formats.push(document.format.to_owned());
        }
    }
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    wire::Documents {
        count: count(list.len()),
        bytes: list
            .iter()
            .fold(0, |sum, document| count(document.size).saturating_add(sum)),
        blind: count(list.iter().filter(|document| document.blind).count()),
        formats,
    }
}

fn key(key: core::KeyChoice) -> wire::Key {
    wire::Key {
        id: key.id,
        name: key.name,
        iin: key.iin,
        bin: key.bin,
        organization: key.organization,
        issuer: key.issuer,
        algorithm: key.algorithm,
        not_before: key.not_before.0,
        not_after: key.not_after.0,
        serial: key.serial,
        unusable: key.unusable.map(unusable),
        expired: key.expired,
    }
}

fn unusable(reason: core::Unusable) -> wire::Unusable {
    match reason {
        core::Unusable::Algorithm => wire::Unusable::Algorithm,
        core::Unusable::Expired => wire::Unusable::Expired,
        core::Unusable::OtherPerson => wire::Unusable::OtherPerson,
        core::Unusable::Purpose => wire::Unusable::Purpose,
        core::Unusable::Role => wire::Unusable::Role,
        // Agent-core may name further reasons; the key stays unusable.
        _ => wire::Unusable::Other,
    }
}

fn problem(problem: &core::StoreProblem) -> wire::Problem {
    match problem {
        core::StoreProblem::Damaged => wire::Problem::Damaged,
        core::StoreProblem::Empty => wire::Problem::Empty,
        core::StoreProblem::Mismatch => wire::Problem::Mismatch,
        core::StoreProblem::Unreadable => wire::Problem::Unreadable,
        core::StoreProblem::Unsupported => wire::Problem::Unsupported,
        core::StoreProblem::WrongPassword { retries_left } => wire::Problem::WrongPassword {
            retries_left: *retries_left,
        },
        // Agent-core may name further problems.
        _ => wire::Problem::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_counted_summed_and_its_formats_named_once() {
        let document = |format, size, blind| core::Document {
            format,
            size,
            blind,
        };
        let list = [
            document("CMS", 10, false),
            document("XML", 5, false),
            document("CMS", 32, true),
        ];
        assert_eq!(
            documents(&list),
            wire::Documents {
                count: 3,
                bytes: 47,
                blind: 1,
                formats: vec!["CMS".into(), "XML".into()],
            }
        );
    }

    #[test]
    fn a_wrong_password_keeps_its_attempts() {
        let change = change(core::Change::Problem(core::StoreProblem::WrongPassword {
            retries_left: Some(2),
        }));
        assert_eq!(
            change,
            wire::ToWindow::Problem(wire::Problem::WrongPassword {
                retries_left: Some(2)
            })
        );
    }
}

//! Words of agent-core become words of the window protocol.

use std::path::PathBuf;

use tamga_agent_core as core;
use tamga_token_api::{Attempts, PinEntry};
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
        offered: match ask.offered {
            core::Offered::Files => wire::Offered::Files,
            core::Offered::FilesAndTokens => wire::Offered::FilesAndTokens,
            core::Offered::Tokens => wire::Offered::Tokens,
        },
        recent: ask.recent.into_iter().filter_map(recent).collect(),
        last_file: ask.last_file.and_then(path),
    }
}

/// A path that is not text cannot be shown in a text field; it is not offered.
fn path(path: PathBuf) -> Option<String> {
    path.into_os_string().into_string().ok()
}

fn recent(choice: core::RecentChoice) -> Option<wire::Recent> {
    Some(wire::Recent {
        place: match choice.place {
            core::RecentPlace::File(file) => wire::Place::File(path(file)?),
            core::RecentPlace::Token { label, token } => wire::Place::Token { label, token },
        },
        key: key(choice.key),
    })
}

/// What changes in an open window.
pub(crate) fn change(change: core::Change) -> wire::ToWindow {
    match change {
        core::Change::Keys { keys, wanted } => wire::ToWindow::Keys {
            keys: keys.into_iter().map(key).collect(),
            wanted: match wanted {
                core::Wanted::Any => wire::Wanted::Any,
                core::Wanted::Gone => wire::Wanted::Gone,
                core::Wanted::Key(id) => wire::Wanted::Key(id),
            },
        },
        core::Change::PinAgain => wire::ToWindow::PinAgain,
        core::Change::Problem(problem) => wire::ToWindow::Problem(self::problem(&problem)),
        core::Change::Progress { signed, of } => wire::ToWindow::Progress {
            signed: count(signed),
            of: count(of),
        },
        core::Change::Tokens(now) => wire::ToWindow::Tokens(wire::Tokens {
            tokens: now.tokens.into_iter().map(token).collect(),
            failing: now
                .failing
                .into_iter()
                .map(|failing| failing.library)
                .collect(),
        }),
    }
}

fn token(token: core::TokenChoice) -> wire::Token {
    wire::Token {
        id: token.id,
        label: token.label,
        people: token.people,
        pin_pad: token.pin_entry == PinEntry::PinPad,
        attempts: match token.attempts {
            Attempts::Last => wire::Attempts::Last,
            Attempts::Low => wire::Attempts::Low,
            Attempts::None => wire::Attempts::None,
            Attempts::Unworried => wire::Attempts::Unworried,
        },
        allowed: token.allowed,
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// A batch of any length in a few words.
fn documents(list: &[core::Document]) -> wire::Documents {
    let mut formats = Vec::new();
    for document in list {
        if !formats.iter().any(|format| format == document.format) {
            formats.push(document.format.to_owned());
        }
    }
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
        core::Unusable::Authority => wire::Unusable::Authority,
        core::Unusable::Expired => wire::Unusable::Expired,
        core::Unusable::OtherPerson => wire::Unusable::OtherPerson,
        core::Unusable::Purpose => wire::Unusable::Purpose,
        core::Unusable::Role => wire::Unusable::Role,
        core::Unusable::Store => wire::Unusable::Store,
        // Agent-core may name further reasons; the key stays unusable.
        _ => wire::Unusable::Other,
    }
}

fn problem(problem: &core::StoreProblem) -> wire::Problem {
    match problem {
        core::StoreProblem::Damaged => wire::Problem::Damaged,
        core::StoreProblem::Driver => wire::Problem::Driver,
        core::StoreProblem::Empty => wire::Problem::Empty,
        core::StoreProblem::LastAttempt => wire::Problem::LastAttempt,
        core::StoreProblem::Locked => wire::Problem::Locked,
        core::StoreProblem::Mismatch => wire::Problem::Mismatch,
        core::StoreProblem::NoCertificate => wire::Problem::NoCertificate,
        core::StoreProblem::PinPadCancelled => wire::Problem::PinPadCancelled,
        core::StoreProblem::PinLength => wire::Problem::PinLength,
        core::StoreProblem::PinNotSet => wire::Problem::PinNotSet,
        core::StoreProblem::Removed => wire::Problem::Removed,
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

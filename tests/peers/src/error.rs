//! Why another implementation could not be asked.

use std::{io, time::Duration};

/// What stands between a question and its answer; never a verdict.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The driver does not compile; most often a package is missing.
    #[error("{peer}: its driver does not compile; it needs apt-get install {packages}\n{output}")]
    Compile {
        /// The peer's name.
        peer: &'static str,
        /// Its Debian packages.
        packages: String,
        /// What the compiler said.
        output: String,
    },
    /// The driver ended without an answer.
    #[error("{peer}: its driver ended ({status}); it needs apt-get install {packages}")]
    Ended {
        /// The peer's name.
        peer: &'static str,
        /// Its Debian packages.
        packages: String,
        /// Its exit status.
        status: String,
    },
    /// The files that are read in races.
    #[error("files of the race: {doing}: {reason}")]
    Files {
        /// What was being done.
        doing: &'static str,
        /// What failed.
        reason: String,
    },
    /// Files or pipes.
    #[error("{peer}: {doing}: {source}")]
    Io {
        /// The peer's name.
        peer: &'static str,
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// A line that is no reply.
    #[error("{peer}: no reply of the protocol: {line:?}")]
    Malformed {
        /// The peer's name.
        peer: &'static str,
        /// The line.
        line: String,
    },
    /// A reply that does not fit the request.
    #[error("{peer}: {request} was answered {reply:?}")]
    Unexpected {
        /// The peer's name.
        peer: &'static str,
        /// The request.
        request: String,
        /// The reply.
        reply: String,
    },
    /// No answer in time; the driver has been ended.
    #[error("{peer}: no answer within {limit:?}")]
    TimeLimit {
        /// The peer's name.
        peer: &'static str,
        /// The limit.
        limit: Duration,
    },
}

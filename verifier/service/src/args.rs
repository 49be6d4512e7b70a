//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use tamga_verifier_core::{Format, Policy};
use tamga_x509::UnixTime;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Verifies electronic signatures of the Kazakhstan national PKI.
#[derive(Debug, Parser)]
#[command(name = "tamga-verifier", version)]
#[command(
    after_help = "Exit status: 0 TOTAL_PASSED, 1 TOTAL_FAILED, 2 INDETERMINATE, 3 usage, 4 unreadable input."
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Verify signed files.
    Verify(VerifyArgs),
    /// Show certificates: holder, roles, purpose, path.
    Cert(CertArgs),
}

/// `verify`.
#[derive(Debug, Args)]
pub(crate) struct VerifyArgs {
    /// CMS (DER, PEM or base64) or XML.
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Content of a detached CMS; for an attached one it must be the same.
    #[arg(long, value_name = "FILE")]
    pub(crate) content: Option<PathBuf>,
    /// What the signature is for.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) policy: PolicyName,
    /// The signer's certificate, for messages that do not carry it.
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: Option<PathBuf>,
    /// IIN of the person who must have signed.
    #[arg(long, value_name = "N", value_parser = twelve_digits)]
    pub(crate) expect_iin: Option<String>,
    /// BIN of the organisation that must have signed.
    #[arg(long, value_name = "N", value_parser = twelve_digits)]
    pub(crate) expect_bin: Option<String>,
    /// Format of the files.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) format: FormatName,
    /// One JSON document instead of text.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) trust: TrustArgs,
}

/// `cert`.
#[derive(Debug, Args)]
pub(crate) struct CertArgs {
    /// Certificates (DER, PEM or base64).
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// One JSON document instead of text.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) trust: TrustArgs,
}

/// What a verdict is built on.
#[derive(Debug, Args)]
pub(crate) struct TrustArgs {
    /// Trust anchors: nca, nca-test, or a TOML file.
    #[arg(long, default_value = "nca", value_name = "SET")]
    pub(crate) anchors: String,
    /// Judge for this moment instead of now.
    #[arg(long, value_name = "RFC3339", value_parser = moment)]
    pub(crate) at: Option<UnixTime>,
    /// Revocation lists and certificates (DER or PEM).
    #[arg(long, num_args = 1.., value_name = "FILE")]
    pub(crate) evidence: Vec<PathBuf>,
    /// Use only the evidence given. This version never fetches any, so nothing changes.
    #[arg(long)]
    pub(crate) offline: bool,
}

/// Names of policies.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub(crate) enum PolicyName {
    /// A document: the key must be for signing (nonRepudiation).
    #[default]
    Document,
    /// A login: the key must be for authentication.
    Login,
}

/// Names of formats.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub(crate) enum FormatName {
    /// By the first bytes.
    #[default]
    Auto,
    /// CMS SignedData.
    Cms,
    /// XML with ds:Signature.
    Xml,
}

impl PolicyName {
    pub(crate) fn policy(self) -> Policy {
        match self {
            Self::Document => Policy::document(),
            Self::Login => Policy::login(),
        }
    }
}

impl FormatName {
    pub(crate) fn format(self) -> Format {
        match self {
            Self::Auto => Format::Auto,
            Self::Cms => Format::Cms,
            Self::Xml => Format::Xml,
        }
    }
}

fn moment(text: &str) -> Result<UnixTime, time::error::Parse> {
    OffsetDateTime::parse(text, &Rfc3339).map(|moment| UnixTime(moment.unix_timestamp()))
}

fn twelve_digits(text: &str) -> Result<String, &'static str> {
    if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(text.to_owned())
    } else {
        Err("12 digits are expected")
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn moments_may_have_an_offset() {
        assert_eq!(
            moment("2026-11-20T14:00:00+05:00"),
            Ok(UnixTime(1_795_165_200))
        );
        assert!(moment("2026-11-20").is_err());
    }
}

//! The command line of `tamga`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Signs for browsers and from the terminal.
#[derive(Parser)]
#[command(name = "tamga", version, about)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Start the agent (the default).
    Run(Run),
    /// Is the agent running, with which certificate, trusted by whom.
    Status(Status),
    /// The local certificate authority in the stores of system and browsers.
    Trust {
        #[command(subcommand)]
        action: Trust,
    },
    /// List the keys of a key file or token.
    Keys(Keys),
    /// Tokens, and the libraries that speak to them.
    Tokens {
        #[command(subcommand)]
        action: Tokens,
    },
    /// Keys used before, which windows offer first.
    Recent {
        #[command(subcommand)]
        action: Recent,
    },
    /// Sign local files.
    Sign(Sign),
}

#[derive(Args)]
pub(crate) struct Run {
    /// Port on 127.0.0.1; browsers expect 13579.
    #[arg(long, default_value_t = DEFAULT_PORT)]
    pub(crate) port: u16,
    /// Do not show a tray icon.
    #[arg(long)]
    pub(crate) no_tray: bool,
    /// Folder of the certificate, instead of the user's own.
    #[arg(long, value_name = "DIR")]
    pub(crate) settings: Option<PathBuf>,
}

impl Default for Command {
    fn default() -> Self {
        Self::Run(Run::default())
    }
}

/// The port every page calls.
pub(crate) const DEFAULT_PORT: u16 = 13_579;

impl Default for Run {
    fn default() -> Self {
        Self {
            port: DEFAULT_PORT,
            no_tray: false,
            settings: None,
        }
    }
}

#[derive(Args)]
pub(crate) struct Status {
    /// Port to look at.
    #[arg(long, default_value_t = DEFAULT_PORT)]
    pub(crate) port: u16,
    /// Folder of the certificate, instead of the user's own.
    #[arg(long, value_name = "DIR")]
    pub(crate) settings: Option<PathBuf>,
    /// One JSON document.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Subcommand, Clone, Copy)]
pub(crate) enum Trust {
    /// Which stores hold the authority.
    Status,
    /// Make the authority if there is none, and put it into the stores of this user's browsers.
    Install {
        /// Also into the list of the whole system, which other users of this computer share.
        #[arg(long)]
        system: bool,
    },
    /// Take the authority out of every store and forget it.
    Remove,
}

/// Where a password comes from; never from the command line itself.
#[derive(Args)]
pub(crate) struct PasswordSource {
    /// Read the password from the first line of standard input.
    #[arg(long)]
    pub(crate) password_stdin: bool,
    /// Read the password from the first line of a file.
    #[arg(long, value_name = "FILE", conflicts_with = "password_stdin")]
    pub(crate) password_file: Option<PathBuf>,
}

#[derive(Subcommand)]
pub(crate) enum Tokens {
    /// Libraries, and the tokens plugged in now.
    List {
        /// One JSON document.
        #[arg(long)]
        json: bool,
        /// Folder of the settings, instead of the user's own.
        #[arg(long, value_name = "DIR")]
        settings: Option<PathBuf>,
    },
    /// Trust a PKCS#11 library as it is now; a changed one has to be added again.
    Add {
        /// Absolute path of the library.
        library: PathBuf,
        /// What pages call its tokens, e.g. AKKaztokenStore.
        #[arg(long, value_name = "NAME")]
        storage: Option<String>,
        /// Folder of the settings, instead of the user's own.
        #[arg(long, value_name = "DIR")]
        settings: Option<PathBuf>,
    },
    /// Forget a library that was added.
    Remove {
        /// Path of the library.
        library: PathBuf,
        /// Folder of the settings, instead of the user's own.
        #[arg(long, value_name = "DIR")]
        settings: Option<PathBuf>,
    },
}

#[derive(Subcommand)]
pub(crate) enum Recent {
    /// Erase the list.
    Forget {
        /// Folder of the settings, instead of the user's own.
        #[arg(long, value_name = "DIR")]
        settings: Option<PathBuf>,
    },
}

/// A token instead of a file.
#[derive(Args)]
pub(crate) struct TokenChoice {
    /// Token, by its label or by what pages call it.
    #[arg(long, value_name = "NAME")]
    pub(crate) token: Option<String>,
    /// Try the PIN although a wrong one would lock the token.
    #[arg(long, requires = "token")]
    pub(crate) last_attempt: bool,
    /// Folder of the settings, instead of the user's own.
    #[arg(long, value_name = "DIR", requires = "token")]
    pub(crate) settings: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct Keys {
    /// Key file (PKCS#12 or JKS).
    #[arg(required_unless_present = "token", conflicts_with = "token")]
    pub(crate) file: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) token: TokenChoice,
    /// One JSON document.
    #[arg(long)]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) password: PasswordSource,
}

#[derive(Args)]
pub(crate) struct Sign {
    /// Files to sign.
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Key file (PKCS#12 or JKS).
    #[arg(
        long,
        value_name = "FILE",
        required_unless_present = "token",
        conflicts_with = "token"
    )]
    pub(crate) key: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) token: TokenChoice,
    /// Which key of the file or token, by alias.
    #[arg(long)]
    pub(crate) alias: Option<String>,
    /// What to make.
    #[arg(long, value_enum)]
    pub(crate) format: Format,
    /// Put the document into the CMS.
    #[arg(long)]
    pub(crate) attached: bool,
    /// What the key must be for.
    #[arg(long, value_enum, default_value_t = Purpose::Sign)]
    pub(crate) purpose: Purpose,
    /// Sign with a certificate that is not valid today.
    #[arg(long)]
    pub(crate) allow_expired: bool,
    /// Where to write; with several files, a folder. Beside the document if absent.
    #[arg(short, long, value_name = "OUT")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) password: PasswordSource,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// CMS SignedData.
    Cms,
    /// Enveloped XML signature.
    Xml,
}

#[derive(ValueEnum, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Signing documents.
    Sign,
    /// Signing in.
    Auth,
}

//! `tamga run`: the door opens, and stays open until the program is told to quit.

use std::{
    io::ErrorKind,
    net::{Ipv4Addr, TcpListener},
    process::ExitCode,
    sync::Arc,
};

use tamga_agent_core::{Desk, LineEnd, Ports};
use tamga_agent_ui::WindowProgram;
use tamga_gateway::{Gateway, Listener, Settings};
use tamga_local_ca::Found;
use tamga_x509::AnchorSet;

use crate::{
    cli,
    failure::Failure,
    health::{self, Holder},
    identity,
    recent_keys::{RecentFile, SystemKeyStore},
    say,
    system::{Disk, SystemClock, beside},
    texts::Texts,
    token_libraries::Patience,
    tokens,
};

/// Starts the agent and waits for the end.
pub(crate) fn run(arguments: &cli::Run, texts: &Texts) -> Result<ExitCode, Failure> {
    log_to_stderr();
    // The port first: a second start must not renew the certificate under the agent that runs.
    let socket = match TcpListener::bind((Ipv4Addr::LOCALHOST, arguments.port)) {
        Ok(socket) => socket,
        Err(error) if error.kind() == ErrorKind::AddrInUse => return taken(arguments, texts),
        Err(_) => return Err(Failure::port_refused().about(arguments.port)),
    };
    let found = identity::load_or_make(arguments.settings.as_ref())?;
    let tls = identity::tls(found.identity())?;
    let settings = identity::folder(arguments.settings.as_ref())?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::internal().about(error))?;
    runtime.block_on(async {
        let listener =
            Listener::from_std(socket).map_err(|error| Failure::internal().about(error))?;
        let desk = Arc::new(Desk::new(Ports {
            ui: Arc::new(WindowProgram::new(beside("tamga-window")?)),
            key_files: Arc::new(Disk),
            tokens: Arc::new(tokens::plugged(settings.clone(), Patience::Moment)?),
            recent: Arc::new(RecentFile::open(&settings, SystemKeyStore)),
            clock: Arc::new(SystemClock),
        }));
        let address = format!("wss://127.0.0.1:{}/", listener.port());
        say(&texts.get("run-listening", &[("subject", &address)]));
        if matches!(found, Found::Made { .. }) {
            say(&texts.get("run-not-trusted", &[]));
        }
        let settings = Settings {
            authorities: AnchorSet::nca(),
            line_end: LINE_END,
        };
        let gateway = Gateway::new(desk, tls, settings);
        tokio::select! {
            () = gateway.serve(listener) => {}
            () = told_to_quit() => {}
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// What `commonUtils` puts at line ends, as the original does on each system.
const LINE_END: LineEnd = if cfg!(windows) {
    LineEnd::CrLf
} else {
    LineEnd::Lf
};

/// The port is held: by an agent of this computer, which is fine, or by somebody else.
fn taken(arguments: &cli::Run, texts: &Texts) -> Result<ExitCode, Failure> {
    let folder = identity::folder(arguments.settings.as_ref())?;
    // Without a certificate of this computer the holder cannot be our agent.
    let authority = tamga_local_ca::load_ca(&folder).ok();
    let port = arguments.port.to_string();
    match health::holder(
        arguments.port,
        authority.as_ref().map(|ca| ca.der.as_slice()),
    ) {
        Holder::Agent(health) if !arguments.no_tray => {
            let values = [("port", port.as_str()), ("version", &health.version)];
            say(&texts.get("status-running", &values));
            Ok(ExitCode::SUCCESS)
        }
        Holder::Agent(_) => Err(Failure::already_running().about(port)),
        Holder::Nobody | Holder::Somebody => Err(Failure::port_taken().about(port)),
    }
}

/// Ctrl-C, or the end of the session.
#[cfg(unix)]
async fn told_to_quit() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => tokio::select! {
            _ = terminate.recv() => {}
            () = interrupted() => {}
        },
        Err(_) => interrupted().await,
    }
}

/// Ctrl-C, or the end of the session.
#[cfg(not(unix))]
async fn told_to_quit() {
    interrupted().await;
}

/// Where no handler can be set the program runs until it is ended from outside; nothing is lost by that.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Log lines name origin, module, method, outcome and duration; never a document.
fn log_to_stderr() {
    use tracing_subscriber::{EnvFilter, fmt};
    let filter = EnvFilter::try_from_env("TAMGA_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    // A second subscriber can only come from a test harness, whose own log is as good.
    let _ = fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .try_init();
}

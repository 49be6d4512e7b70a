//! A small portal: a page that asks for a signature, and a back end that verifies it.

mod page;
mod verdict;

use std::{fs, net::SocketAddr, path::PathBuf, process::ExitCode, sync::Arc};

use clap::Parser;
use tamga_verifier_core::Evidence;
use tamga_x509::{AnchorSet, Crl};

/// A demo portal. Not for production: it keeps nothing and knows nobody.
#[derive(Parser)]
#[command(name = "tamga-demo-portal", version)]
struct Arguments {
    /// Address to listen at; browsers treat http://localhost as secure.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Trust anchors: nca, nca-test, or an anchor file.
    #[arg(long, default_value = "nca")]
    anchors: String,
    /// Revocation lists (DER).
    #[arg(long, num_args = 1.., value_name = "FILE")]
    evidence: Vec<PathBuf>,
}

/// What every request is judged by.
struct Portal {
    anchors: AnchorSet,
    evidence: Evidence,
}

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report(&*error);
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Failure> {
    let portal = Arc::new(Portal {
        anchors: anchors(&arguments.anchors)?,
        evidence: evidence(&arguments.evidence)?,
    });
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(arguments.listen).await?;
        announce(&format!(
            "http://localhost:{}/",
            listener.local_addr()?.port()
        ));
        axum::serve(listener, page::routes(portal))
            .with_graceful_shutdown(stopped())
            .await?;
        Ok(())
    })
}

fn anchors(name: &str) -> Result<AnchorSet, Failure> {
    if let Some(set) = AnchorSet::built_in(name) {
        return Ok(set);
    }
    let text = fs::read_to_string(name).map_err(|error| format!("{name}: {error}"))?;
    Ok(AnchorSet::from_toml(&text)?)
}

fn evidence(files: &[PathBuf]) -> Result<Evidence, Failure> {
    let mut evidence = Evidence::none();
    for file in files {
        let about = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
        let bytes = fs::read(file).map_err(|error| about(&error))?;
        evidence
            .crls
            .push(Crl::from_der(&bytes).map_err(|error| about(&error))?);
    }
    Ok(evidence)
}

async fn stopped() {
    // Without a signal handler the portal runs until it is killed; there is nothing to save.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

#[expect(clippy::print_stdout, reason = "scripts wait for this line")]
fn announce(address: &str) {
    println!("The demo portal listens at {address}");
}

#[expect(clippy::print_stderr, reason = "a command line speaks on stderr")]
fn report(error: &dyn std::error::Error) {
    eprintln!("tamga-demo-portal: {error}");
}

//! The certificate of this computer, loaded or made, as a TLS configuration.

use std::{path::PathBuf, sync::Arc, time::SystemTime};

use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
};
use tamga_local_ca::{Found, LocalIdentity};

use crate::failure::Failure;

/// The folder of the certificate and of everything else that is kept: named on the command line, or the user's own.
pub(crate) fn folder(settings: Option<&PathBuf>) -> Result<PathBuf, Failure> {
    match settings {
        Some(folder) => Ok(folder.clone()),
        None => tamga_local_ca::default_dir().map_err(|error| Failure::certificate().about(error)),
    }
}

/// Loads the pair, or makes it where there is none or the old one cannot serve any more.
pub(crate) fn load_or_make(settings: Option<&PathBuf>) -> Result<Found, Failure> {
    tamga_local_ca::load_or_make(&folder(settings)?, SystemTime::now())
        .map_err(|error| Failure::certificate().about(error))
}

/// What the door shows to browsers.
pub(crate) fn tls(identity: &LocalIdentity) -> Result<Arc<ServerConfig>, Failure> {
    let chain = identity
        .chain_der()
        .into_iter()
        .map(|der| CertificateDer::from(der.to_vec()))
        .collect();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(identity.leaf_key().to_vec()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .map(Arc::new)
        .map_err(|error| Failure::certificate().about(error))
}

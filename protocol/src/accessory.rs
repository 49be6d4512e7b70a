//! The family `kz.gov.pki.ncalayerservices.accessory`: what is installed; replies without an envelope.

use crate::{Envelope, Outcome, Reply, Value};

/// Name of the module.
pub const MODULE: &str = "kz.gov.pki.ncalayerservices.accessory";

/// A call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// `getBundles`
    GetBundles,
    /// `getServices`
    GetServices,
}

/// The method is absent or not one of ours. Answered like a missing module: what the original sends is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownMethod;

impl Call {
    /// Reads the call of an envelope.
    pub fn read(envelope: &Envelope) -> Result<Self, UnknownMethod> {
        match envelope.method() {
            Some("getBundles") => Ok(Self::GetBundles),
            Some("getServices") => Ok(Self::GetServices),
            _ => Err(UnknownMethod),
        }
    }
}

/// Bundles whose modules really answer here, with the newest versions known (NCALayer 1.4), in the order of a Java
/// hash map. `basics` has no bundle of its own.
const BUNDLES: [(&str, &str); 3] = [
    ("kz.gov.pki.osgi.layer.common", "0.3.4"),
    ("kz.gov.pki.api.layer.NCALayerServices", "0.7.3"),
    ("kz.gov.pki.osgi.layer.websocket", "0.4.1"),
];

/// A flat object: symbolic name to version.
pub fn bundles() -> Reply {
    let fields = BUNDLES.map(|(name, version)| (name, Value::text(version)));
    Reply::new(Outcome::Done, &Value::Object(fields.into()))
}

/// `{"services":[…]}`: names of the modules that answer.
pub fn services<'a>(modules: impl IntoIterator<Item = &'a str>) -> Reply {
    Reply::new(
        Outcome::Done,
        &Value::Object(vec![("services", Value::texts(modules))]),
    )
}

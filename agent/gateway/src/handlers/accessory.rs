//! `kz.gov.pki.ncalayerservices.accessory`

use tamga_agent_core::BoxFuture;
use tamga_protocol::{
    Envelope, Reply,
    accessory::{self, Call, UnknownMethod},
    module_not_found,
};

use crate::{Caller, Module};

/// Tells what is installed.
pub(crate) struct Accessory {
    services: Vec<&'static str>,
}

impl Accessory {
    /// Knows the other modules by name.
    pub(crate) fn new(mut services: Vec<&'static str>) -> Self {
        services.push(accessory::MODULE);
        Self { services }
    }

    fn answer(&self, request: &Envelope) -> Reply {
        match Call::read(request) {
            Ok(Call::GetBundles) => accessory::bundles(),
            Ok(Call::GetServices) => accessory::services(self.services.iter().copied()),
            Err(UnknownMethod) => module_not_found(),
        }
    }
}

impl Module for Accessory {
    fn name(&self) -> &'static str {
        accessory::MODULE
    }

    fn handle<'a>(&'a self, request: &'a Envelope, _caller: &'a Caller) -> BoxFuture<'a, Reply> {
        Box::pin(async { self.answer(request) })
    }
}

//! The three verbs, over the local identity and every trust store.

use std::{path::PathBuf, time::SystemTime};

use tamga_local_ca::{Found, InstalledCa};
use tamga_trust_store::{Anchor, Home, Place, State, places};

use crate::report::{Certificate, Line, Report};

/// Where this user's identity and trust stores are.
pub struct Computer {
    pub(crate) identity: PathBuf,
    pub(crate) places: Vec<Place>,
}

/// Why a verb could not be carried out at all.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// No home folder, so no stores.
    #[error("the system names no home folder for this user")]
    NoHome,
    /// The local certificate cannot be made, read or removed.
    #[error(transparent)]
    Identity(#[from] tamga_local_ca::Error),
}

impl Computer {
    /// The identity and the stores of the user who runs this.
    ///
    /// # Errors
    /// [`Failure::NoHome`] and [`Failure::Identity`] when the system names no folders.
    pub fn this() -> Result<Self, Failure> {
        let home = Home::of_this_user().ok_or(Failure::NoHome)?;
        Ok(Self {
            identity: tamga_local_ca::default_dir()?,
            places: places(&home),
        })
    }
}

/// Good when every store of this user's browsers trusts us, and the system's list too if it was wanted.
pub fn install(computer: &Computer, system: bool, now: SystemTime) -> Result<Report, Failure> {
    let found = tamga_local_ca::load_or_make(&computer.identity, now)?;
    let mut lines = Vec::new();
    if let Found::Made {
        replaced: Some(old),
        ..
    } = &found
    {
        let old = anchor(old.clone());
        let removed = computer
            .places
            .iter()
            .map(|place| Line::new(place, place.remove(&old)));
        // Only what stands in the way of a clean state is worth a line.
        lines.extend(removed.filter(|line| line.state() != Some(State::Absent)));
    }
    let identity = found.identity();
    let new = Anchor {
        name: identity.ca_name().to_owned(),
        der: identity.ca_der().to_owned(),
    };
    for place in computer
        .places
        .iter()
        .filter(|place| system || !is_system(place))
    {
        lines.push(Line::new(place, place.install(&new)));
    }
    let good = lines
        .iter()
        .all(|line| line.state() == Some(State::Trusted));
    Ok(Report {
        certificate: Some(Certificate::of(identity, &computer.identity)),
        lines,
        good,
    })
}

/// Good when the identity is usable and every store of this user's browsers trusts it.
pub fn status(computer: &Computer, now: SystemTime) -> Result<Report, Failure> {
    let identity = match tamga_local_ca::load(&computer.identity, now) {
        Ok(identity) => identity,
        Err(tamga_local_ca::Error::Missing { .. }) => {
            return Ok(Report {
                certificate: None,
                lines: Vec::new(),
                good: false,
            });
        }
        Err(error) => return Err(error.into()),
    };
    let ours = Anchor {
        name: identity.ca_name().to_owned(),
        der: identity.ca_der().to_owned(),
    };
    let lines: Vec<Line> = computer
        .places
        .iter()
        .map(|place| Line::new(place, place.status(&ours)))
        .collect();
    let trusted =
        |(line, place): (&Line, &Place)| is_system(place) || line.state() == Some(State::Trusted);
    let good = lines.iter().zip(&computer.places).all(trusted);
    Ok(Report {
        certificate: Some(Certificate::of(&identity, &computer.identity)),
        lines,
        good,
    })
}

/// Good when nothing of ours is left. The files stay as long as some store still trusts the CA: without them it
/// could not be found again.
pub fn uninstall(computer: &Computer) -> Result<Report, Failure> {
    let ours = match tamga_local_ca::load_ca(&computer.identity) {
        Ok(ca) => Some(anchor(ca)),
        Err(tamga_local_ca::Error::Missing { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let lines: Vec<Line> = ours
        .iter()
        .flat_map(|ours| {
            computer
                .places
                .iter()
                .map(|place| Line::new(place, place.remove(ours)))
        })
        .collect();
    let good = lines.iter().all(|line| line.state() == Some(State::Absent));
    if good {
        tamga_local_ca::delete(&computer.identity)?;
    }
    Ok(Report {
        certificate: None,
        lines,
        good,
    })
}

fn anchor(ca: InstalledCa) -> Anchor {
    Anchor {
        name: ca.name,
        der: ca.der,
    }
}

fn is_system(place: &Place) -> bool {
    matches!(place, Place::LinuxSystem(_))
}

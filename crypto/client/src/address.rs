//! From a host to addresses that may be connected to.

use std::{
    net::{IpAddr, SocketAddr, ToSocketAddrs},
    sync::mpsc,
    thread,
};

use crate::{
    Error, Refusal, Stage,
    allowed::{Reach, is_public},
    deadline::Deadline,
    url::Host,
};

/// Addresses of one name that are tried.
const MAX_ADDRESSES: usize = 8;

/// Looks up a host. The connection goes to one of these addresses and nowhere else: the name is not looked up again, so
/// that a name server cannot give a public address to the check and a local one to the connection.
pub(crate) fn resolve(
    host: &Host,
    port: u16,
    reach: Reach,
    deadline: &Deadline,
) -> Result<Vec<SocketAddr>, Error> {
    let found = match host {
        Host::Address(address) => vec![SocketAddr::new(*address, port)],
        Host::Name(name) => look_up(name, port, deadline)?,
    };
    permitted(host, found, reach)
}

/// Keeps the addresses within reach; an error if none is left.
fn permitted(host: &Host, found: Vec<SocketAddr>, reach: Reach) -> Result<Vec<SocketAddr>, Error> {
    let mut refused: Option<IpAddr> = None;
    let mut kept = Vec::new();
    for address in found {
        if reach == Reach::Anywhere || is_public(address.ip()) {
            kept.push(address);
        } else {
            refused = Some(address.ip());
        }
    }
    kept.truncate(MAX_ADDRESSES);
    match (kept.is_empty(), refused) {
        (false, _) => Ok(kept),
        (true, Some(address)) => Err(Error::Refused {
            url: host.to_string(),
            why: Refusal::NotPublic(address),
        }),
        (true, None) => Err(Error::Dns {
            host: host.to_string(),
            detail: "the name has no addresses".to_owned(),
        }),
    }
}

/// The system's resolver has no deadline: it works in a thread of its own, which ends when the system gives up.
fn look_up(name: &str, port: u16, deadline: &Deadline) -> Result<Vec<SocketAddr>, Error> {
    let (sender, receiver) = mpsc::sync_channel(1);
    let asked = name.to_owned();
    let error = |detail: String| Error::Dns {
        host: name.to_owned(),
        detail,
    };
    thread::Builder::new()
        .name("tamga-dns".to_owned())
        .spawn(move || {
            let found = (asked.as_str(), port)
                .to_socket_addrs()
                .map(Iterator::collect::<Vec<_>>);
            // Nobody may be waiting any more.
            let _ = sender.send(found);
        })
        .map_err(|problem| error(problem.to_string()))?;
    match receiver.recv_timeout(deadline.left(Stage::Dns)?) {
        Ok(found) => found.map_err(|problem| error(problem.to_string())),
        Err(mpsc::RecvTimeoutError::Timeout) => Err(deadline.missed(Stage::Dns)),
        Err(mpsc::RecvTimeoutError::Disconnected) => Err(error("the resolver failed".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keep(addresses: &[&str], reach: Reach) -> Result<Vec<SocketAddr>, Error> {
        let found = addresses.iter().map(|text| text.parse().unwrap()).collect();
        permitted(&Host::Name("a".to_owned()), found, reach)
    }

    #[test]
    fn of_several_addresses_the_public_ones_are_kept() {
        let both = ["127.0.0.1:80", "195.12.113.28:80"];
        let public = vec!["195.12.113.28:80".parse().unwrap()];
        assert_eq!(keep(&both, Reach::Public), Ok(public));
        assert_eq!(keep(&both, Reach::Anywhere).unwrap().len(), 2);
    }

    #[test]
    fn a_name_that_leads_only_home_is_refused_with_the_address() {
        let refused = Error::Refused {
            url: "a".to_owned(),
            why: Refusal::NotPublic("10.0.0.1".parse().unwrap()),
        };
        assert_eq!(keep(&["10.0.0.1:80"], Reach::Public), Err(refused));
    }

    #[test]
    fn a_name_without_addresses_is_a_dns_error() {
        assert!(matches!(keep(&[], Reach::Anywhere), Err(Error::Dns { .. })));
    }
}

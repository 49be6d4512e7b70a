//! Where the national services are: rows of data.

/// Production, or the public test PKI of the NCA. They never mix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Environment {
    /// pki.gov.kz
    Production,
    /// test.pki.gov.kz
    Test,
}

/// What a service does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ServiceKind {
    /// The full list of an authority.
    Crl,
    /// The delta list of an authority.
    DeltaCrl,
    /// Answers for all authorities of the NCA.
    Ocsp,
    /// Tokens under all policies.
    TimeStamp,
}

/// One service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Service {
    /// Whose.
    pub environment: Environment,
    /// What it does.
    pub kind: ServiceKind,
    /// The authority a list is of: the name of its row among the anchors of `crypto/x509`. `None` for services of all.
    pub authority: Option<&'static str>,
    /// Where it is.
    pub url: &'static str,
}

/// Every service known.
///
/// Sources: addresses of lists from cRLDistributionPoints and freshestCRL of certificates of the authorities (2018 to
/// 2023) and, for the NCA of 2022, from open portals' configuration; OCSP from authorityInfoAccess (production) and from
/// open clients' configuration (test); time stamps from open clients' configuration.
pub const SERVICES: &[Service] = &[
    of_all(PRODUCTION, TimeStamp, "http://tsp.pki.gov.kz/"),
    of_all(PRODUCTION, Ocsp, "http://ocsp.pki.gov.kz/"),
    row(
        PRODUCTION,
        Crl,
        "nca_gost_2022",
        "http://crl.pki.gov.kz/nca_gost_2022.crl",
    ),
    row(
        PRODUCTION,
        DeltaCrl,
        "nca_gost_2022",
        "http://crl.pki.gov.kz/nca_d_gost_2022.crl",
    ),
    row(
        PRODUCTION,
        Crl,
        "nca_rsa_2022",
        "http://crl.pki.gov.kz/nca_rsa_2022.crl",
    ),
    row(
        PRODUCTION,
        DeltaCrl,
        "nca_rsa_2022",
        "http://crl.pki.gov.kz/nca_d_rsa_2022.crl",
    ),
    row(
        PRODUCTION,
        Crl,
        "nca_gost_2018",
        "http://crl.pki.gov.kz/nca_gost.crl",
    ),
    row(
        PRODUCTION,
        Crl,
        "nca_gost_2018",
        "http://crl1.pki.gov.kz/nca_gost.crl",
    ),
    row(
        PRODUCTION,
        DeltaCrl,
        "nca_gost_2018",
        "http://crl.pki.gov.kz/nca_d_gost.crl",
    ),
    row(
        PRODUCTION,
        DeltaCrl,
        "nca_gost_2018",
        "http://crl1.pki.gov.kz/nca_d_gost.crl",
    ),
    row(
        PRODUCTION,
        Crl,
        "nca_rsa_2018",
        "http://crl.pki.gov.kz/nca_rsa.crl",
    ),
    row(
        PRODUCTION,
        Crl,
        "nca_rsa_2018",
        "http://crl1.pki.gov.kz/nca_rsa.crl",
    ),
    row(
        PRODUCTION,
        DeltaCrl,
        "nca_rsa_2018",
        "http://crl.pki.gov.kz/nca_d_rsa.crl",
    ),
    row(
        PRODUCTION,
        DeltaCrl,
        "nca_rsa_2018",
        "http://crl1.pki.gov.kz/nca_d_rsa.crl",
    ),
    row(
        PRODUCTION,
        Crl,
        "root_gost_2022",
        "http://crl.root.gov.kz/gost2015_2022.crl",
    ),
    row(
        PRODUCTION,
        Crl,
        "root_rsa_2020",
        "http://crl.root.gov.kz/rsa2020.crl",
    ),
    row(
        PRODUCTION,
        Crl,
        "root_gost_2015",
        "http://crl.root.gov.kz/gost.crl",
    ),
    row(
        PRODUCTION,
        Crl,
        "root_gost_2015",
        "http://crl1.root.gov.kz/gost.crl",
    ),
    row(
        PRODUCTION,
        Crl,
        "root_rsa_2015",
        "http://crl.root.gov.kz/rsa.crl",
    ),
    of_all(TEST, TimeStamp, "http://test.pki.gov.kz/tsp/"),
    of_all(TEST, Ocsp, "http://test.pki.gov.kz/ocsp/"),
    row(
        TEST,
        Crl,
        "nca_gost2022_test",
        "http://test.pki.gov.kz/crl/nca_gost2022_test.crl",
    ),
    row(
        TEST,
        DeltaCrl,
        "nca_gost2022_test",
        "http://test.pki.gov.kz/crl/nca_gost2022_d_test.crl",
    ),
    row(
        TEST,
        Crl,
        "nca_gost_test_2023",
        "http://test.pki.gov.kz/crl/nca_gost_test.crl",
    ),
    row(
        TEST,
        DeltaCrl,
        "nca_gost_test_2023",
        "http://test.pki.gov.kz/crl/nca_d_gost_test.crl",
    ),
    row(
        TEST,
        Crl,
        "nca_rsa_test_2023",
        "http://test.pki.gov.kz/crl/nca_rsa_test.crl",
    ),
    row(
        TEST,
        DeltaCrl,
        "nca_rsa_test_2023",
        "http://test.pki.gov.kz/crl/nca_d_rsa_test.crl",
    ),
    row(
        TEST,
        Crl,
        "root_test_gost_2022",
        "http://crl.root.gov.kz/gost_test_2022.crl",
    ),
];

use Environment::{Production as PRODUCTION, Test as TEST};
use ServiceKind::{Crl, DeltaCrl, Ocsp, TimeStamp};

const fn of_all(environment: Environment, kind: ServiceKind, url: &'static str) -> Service {
    Service {
        environment,
        kind,
        authority: None,
        url,
    }
}

const fn row(
    environment: Environment,
    kind: ServiceKind,
    authority: &'static str,
    url: &'static str,
) -> Service {
    Service {
        environment,
        kind,
        authority: Some(authority),
        url,
    }
}

impl Service {
    /// The services of one kind and, for lists, one authority; the first is asked first.
    pub fn all(
        environment: Environment,
        kind: ServiceKind,
        authority: Option<&str>,
    ) -> impl Iterator<Item = &'static Self> {
        SERVICES.iter().filter(move |service| {
            service.environment == environment
                && service.kind == kind
                && service.authority == authority
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::HttpUrl;

    #[test]
    fn every_address_of_the_table_is_in_its_one_form_and_stands_there_once() {
        for (index, service) in SERVICES.iter().enumerate() {
            let url = HttpUrl::parse(service.url).unwrap();
            assert_eq!(url.to_string(), service.url);
            let again = SERVICES[index + 1..]
                .iter()
                .any(|other| other.url == service.url);
            assert!(!again, "{}", service.url);
        }
    }

    #[test]
    fn services_are_found_by_kind_and_authority() {
        let urls = |environment, kind, authority| -> Vec<_> {
            let services = Service::all(environment, kind, authority);
            services.map(|service| service.url).collect()
        };
        assert_eq!(urls(PRODUCTION, Ocsp, None), ["http://ocsp.pki.gov.kz/"]);
        assert_eq!(
            urls(PRODUCTION, Crl, Some("nca_gost_2018")),
            [
                "http://crl.pki.gov.kz/nca_gost.crl",
                "http://crl1.pki.gov.kz/nca_gost.crl"
            ]
        );
        assert_eq!(urls(TEST, Crl, Some("nca_gost_2018")), Vec::<&str>::new());
    }
}

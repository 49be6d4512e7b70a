//! What a key is for and who its holder is, from the extended key usage of the national PKI.

use tamga_scheme::ObjectIdentifier;

/// What the holder may do with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyPurpose {
    /// Sign in: clientAuth, or any GOST-2015 user key (one key serves both since 2024).
    Authentication,
    /// Sign documents: emailProtection.
    Signing,
}

/// Who the holder is (`1.2.398.3.3.4.…`), or how the holder was identified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Role {
    /// 1.2.398.3.3.4.1.1
    Individual,
    /// 1.2.398.3.3.4.1.1.1: an information system of an individual
    IndividualSystem,
    /// 1.2.398.3.3.4.1.2
    Organization,
    /// 1.2.398.3.3.4.1.2.1
    Ceo,
    /// 1.2.398.3.3.4.1.2.2
    CanSign,
    /// 1.2.398.3.3.4.1.2.3
    CanSignFinancial,
    /// 1.2.398.3.3.4.1.2.4
    Hr,
    /// 1.2.398.3.3.4.1.2.5
    Employee,
    /// 1.2.398.3.3.4.1.2.6 and below
    OrganizationSystem,
    /// 1.2.398.3.3.4.2
    NcaPrivileges,
    /// 1.2.398.3.3.4.2.1
    NcaAdmin,
    /// 1.2.398.3.3.4.2.2
    NcaManager,
    /// 1.2.398.3.3.4.2.3
    NcaOperator,
    /// 1.2.398.3.3.4.3
    Identification,
    /// 1.2.398.3.3.4.3.1: in a service centre
    IdentificationCon,
    /// 1.2.398.3.3.4.3.2
    IdentificationRemote,
    /// 1.2.398.3.3.4.3.2.1
    IdentificationRemoteDigitalId,
    /// 1.2.398.3.3.4.3.2.2: "AI Platform"
    IdentificationRemoteAi,
    /// 1.2.398.3.2.3.1
    ArchivePresidential,
    /// 1.2.398.3.2.3.2
    ArchiveCentral,
    /// 1.2.398.3.2.3.3
    ArchiveDepartmental,
    /// 1.2.398.3.2.3.4
    CivilServant,
    /// 1.2.398.5.19.1.2.2.1
    TreasuryClient,
}

/// 1.2.398.3.3.4.1.2.6 names some 700 systems below it, one arc each (registry of root.gov.kz).
const ORGANIZATION_SYSTEM: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.398.3.3.4.1.2.6");

/// Roles of the NCA, of BTS Digital CA (1.2.398.3.17), of the CA of the State Bodies (1.2.398.3.2), of the treasury.
const ROWS: &[(ObjectIdentifier, Role)] = &[
    (
        ObjectIdentifier::new_unwrap("1.2.398.3.3.4.1.1"),
        Role::Individual,
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.398.3.3.4.1.1.1"),
        Role::IndividualSystem,
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.398.3.3.4.1.2"),
        Role::Organization,
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.398.3.3.4.1.2.1"),
        Role::Ceo,
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.398.3.3.4.1.2.2"),
        Role::CanSign,
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.398.3.3.4.1.2.3"),
        Role::CanSignFinancial,
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.398.3.3.4.1.2.4"),
        Role::Hr,
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.398.3.3.4.1.2.5"),
        Role::Employee,
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.398.3.3.4.1.2.6"),
        Role::OrganizationSystem,
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.398.3.3.4.2"),
        Role::NcaPrivileges,
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.398.3.3.4.2.1"),
        Role::NcaAdmin,
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.398.3.3.4.2.2"),
        Role::NcaManager,
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.398.3.3.4.2.3"),
        Role::NcaOperator,
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.398.3.3.4.3"),
        Role::Identification,
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.398.3.3.4.3.1"),
        Role::IdentificationCon,
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.398.3.3.4.3.2"),
        Role::IdentificationRemote,
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.398.3.3.4.3.2.1"),
        Role::IdentificationRemoteDigitalId,
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.398.3.3.4.3.2.2"),
        Role::IdentificationRemoteAi,
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.398.3.2.3.1"),
        Role::ArchivePresidential,
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.398.3.2.3.2"),
        Role::ArchiveCentral,
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.398.3.2.3.3"),
        Role::ArchiveDepartmental,
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.398.3.2.3.4"),
        Role::CivilServant,
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.398.5.19.1.2.2.1"),
        Role::TreasuryClient,
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.398.3.17.3.1"),
        Role::Individual,
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.398.3.17.3.2"),
        Role::Organization,
    ),
    (ObjectIdentifier::new_unwrap("1.2.398.3.17.3.3"), Role::Ceo),
    (
        ObjectIdentifier::new_unwrap("1.2.398.3.17.3.4"),
        Role::CanSign,
    ),
    (
        ObjectIdentifier::new_unwrap("1.2.398.3.17.3.5"),
        Role::CanSignFinancial,
    ),
    (ObjectIdentifier::new_unwrap("1.2.398.3.17.3.6"), Role::Hr),
    (
        ObjectIdentifier::new_unwrap("1.2.398.3.17.3.7"),
        Role::Employee,
    ),
];

impl Role {
    /// The role an extended key usage stands for, if any.
    pub fn from_oid(oid: ObjectIdentifier) -> Option<Self> {
        if is_below(oid, ORGANIZATION_SYSTEM) {
            return Some(Self::OrganizationSystem);
        }
        ROWS.iter()
            .find(|(known, _)| *known == oid)
            .map(|(_, role)| *role)
    }

    /// `INDIVIDUAL`, `ORGANIZATION`, `CEO`, …: the word of the portals' API.
    pub fn word(self) -> &'static str {
        match self {
            Self::Individual => "INDIVIDUAL",
            Self::IndividualSystem => "INDIVIDUAL_SYSTEM",
            Self::Organization => "ORGANIZATION",
            Self::Ceo => "CEO",
            Self::CanSign => "CAN_SIGN",
            Self::CanSignFinancial => "CAN_SIGN_FINANCIAL",
            Self::Hr => "HR",
            Self::Employee => "EMPLOYEE",
            Self::OrganizationSystem => "ORGANIZATION_SYSTEM",
            Self::NcaPrivileges => "NCA_PRIVILEGES",
            Self::NcaAdmin => "NCA_ADMIN",
            Self::NcaManager => "NCA_MANAGER",
            Self::NcaOperator => "NCA_OPERATOR",
            Self::Identification => "IDENTIFICATION",
            Self::IdentificationCon => "IDENTIFICATION_CON",
            Self::IdentificationRemote => "IDENTIFICATION_REMOTE",
            Self::IdentificationRemoteDigitalId => "IDENTIFICATION_REMOTE_DIGITAL_ID",
            Self::IdentificationRemoteAi => "IDENTIFICATION_REMOTE_AI",
            Self::ArchivePresidential => "ARCHIVE_PRESIDENTIAL",
            Self::ArchiveCentral => "ARCHIVE_CENTRAL",
            Self::ArchiveDepartmental => "ARCHIVE_DEPARTMENTAL",
            Self::CivilServant => "CIVIL_SERVANT",
            Self::TreasuryClient => "TREASURY_CLIENT",
        }
    }

    /// True for the roles of information systems, which act without a person.
    pub fn is_system(self) -> bool {
        matches!(self, Self::IndividualSystem | Self::OrganizationSystem)
    }

    /// True if the role says who the person is; the others say how it was identified, or are given to systems.
    pub fn is_person(self) -> bool {
        match self {
            Self::Individual
            | Self::Organization
            | Self::Ceo
            | Self::CanSign
            | Self::CanSignFinancial
            | Self::Hr
            | Self::Employee
            | Self::ArchivePresidential
            | Self::ArchiveCentral
            | Self::ArchiveDepartmental
            | Self::CivilServant
            | Self::TreasuryClient => true,
            Self::IndividualSystem
            | Self::OrganizationSystem
            | Self::NcaPrivileges
            | Self::NcaAdmin
            | Self::NcaManager
            | Self::NcaOperator
            | Self::Identification
            | Self::IdentificationCon
            | Self::IdentificationRemote
            | Self::IdentificationRemoteDigitalId
            | Self::IdentificationRemoteAi => false,
        }
    }
}

/// True if `oid` has `parent` as its beginning and at least one arc more.
fn is_below(oid: ObjectIdentifier, parent: ObjectIdentifier) -> bool {
    oid.as_bytes().len() > parent.as_bytes().len() && oid.as_bytes().starts_with(parent.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn role(dotted: &str) -> Option<&'static str> {
        Role::from_oid(ObjectIdentifier::new(dotted).unwrap()).map(Role::word)
    }

    #[test]
    fn every_identifier_has_its_word() {
        let expected = [
            ("1.2.398.3.3.4.1.1", "INDIVIDUAL"),
            ("1.2.398.3.3.4.1.1.1", "INDIVIDUAL_SYSTEM"),
            ("1.2.398.3.3.4.1.2", "ORGANIZATION"),
            ("1.2.398.3.3.4.1.2.1", "CEO"),
            ("1.2.398.3.3.4.1.2.2", "CAN_SIGN"),
            ("1.2.398.3.3.4.1.2.3", "CAN_SIGN_FINANCIAL"),
            ("1.2.398.3.3.4.1.2.4", "HR"),
            ("1.2.398.3.3.4.1.2.5", "EMPLOYEE"),
            ("1.2.398.3.3.4.1.2.6", "ORGANIZATION_SYSTEM"),
            ("1.2.398.3.3.4.2", "NCA_PRIVILEGES"),
            ("1.2.398.3.3.4.2.1", "NCA_ADMIN"),
            ("1.2.398.3.3.4.2.2", "NCA_MANAGER"),
            ("1.2.398.3.3.4.2.3", "NCA_OPERATOR"),
            ("1.2.398.3.3.4.3", "IDENTIFICATION"),
            ("1.2.398.3.3.4.3.1", "IDENTIFICATION_CON"),
            ("1.2.398.3.3.4.3.2", "IDENTIFICATION_REMOTE"),
            ("1.2.398.3.3.4.3.2.1", "IDENTIFICATION_REMOTE_DIGITAL_ID"),
            ("1.2.398.3.3.4.3.2.2", "IDENTIFICATION_REMOTE_AI"),
            ("1.2.398.3.2.3.1", "ARCHIVE_PRESIDENTIAL"),
            ("1.2.398.3.2.3.2", "ARCHIVE_CENTRAL"),
            ("1.2.398.3.2.3.3", "ARCHIVE_DEPARTMENTAL"),
            ("1.2.398.3.2.3.4", "CIVIL_SERVANT"),
            ("1.2.398.5.19.1.2.2.1", "TREASURY_CLIENT"),
            ("1.2.398.3.17.3.1", "INDIVIDUAL"),
            ("1.2.398.3.17.3.2", "ORGANIZATION"),
            ("1.2.398.3.17.3.3", "CEO"),
            ("1.2.398.3.17.3.4", "CAN_SIGN"),
            ("1.2.398.3.17.3.5", "CAN_SIGN_FINANCIAL"),
            ("1.2.398.3.17.3.6", "HR"),
            ("1.2.398.3.17.3.7", "EMPLOYEE"),
        ];
        assert_eq!(expected.len(), ROWS.len());
        for (oid, word) in expected {
            assert_eq!(role(oid), Some(word), "{oid}");
        }
    }

    #[test]
    fn systems_of_organisations_are_known_by_their_arc() {
        assert_eq!(role("1.2.398.3.3.4.1.2.6.417"), Some("ORGANIZATION_SYSTEM"));
        assert_eq!(role("1.2.398.3.3.4.1.2.60"), None);
    }

    #[test]
    fn purposes_and_strangers_are_no_roles() {
        assert_eq!(role("1.3.6.1.5.5.7.3.4"), None);
        assert_eq!(role("1.2.398.3.3.4.1"), None);
        assert_eq!(role("1.2.398.3.17.3.8"), None);
    }

    #[test]
    fn the_other_authorities_use_the_same_words() {
        assert_eq!(role("1.2.398.3.17.3.3"), Some("CEO"));
        assert_eq!(role("1.2.398.3.2.3.4"), Some("CIVIL_SERVANT"));
    }
}

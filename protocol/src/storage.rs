//! Names of keystores on the wire.

/// Where a page expects the key to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Storage {
    /// `AKAKEYStore`
    Akey,
    /// `AKEToken5110Store`
    EToken5110,
    /// `AKEToken72KStore`
    EToken72k,
    /// `AKJaCartaStore`
    JaCarta,
    /// `JKS`: a Java key file.
    Jks,
    /// `AKKaztokenStore`
    Kaztoken,
    /// `AKKZIDCardStore`
    KzIdCard,
    /// `PKCS12`: a key file.
    Pkcs12,
}

/// Why a storage argument names nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StorageError {
    /// Empty or blank.
    #[error("storageName.param.empty")]
    EmptyName,
    /// Not one of the names.
    #[error("storage.unknown")]
    Unknown,
}

const NAMES: [(&str, Storage); 8] = [
    ("AKAKEYStore", Storage::Akey),
    ("AKEToken5110Store", Storage::EToken5110),
    ("AKEToken72KStore", Storage::EToken72k),
    ("AKJaCartaStore", Storage::JaCarta),
    ("AKKZIDCardStore", Storage::KzIdCard),
    ("AKKaztokenStore", Storage::Kaztoken),
    ("JKS", Storage::Jks),
    ("PKCS12", Storage::Pkcs12),
];

impl Storage {
    /// The storage of this exact name.
    pub fn from_name(name: &str) -> Result<Self, StorageError> {
        if name.trim().is_empty() {
            return Err(StorageError::EmptyName);
        }
        NAMES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, storage)| *storage)
            .ok_or(StorageError::Unknown)
    }

    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        NAMES
            .iter()
            .find(|(_, storage)| *storage == self)
            .map(|(name, _)| *name)
            .expect("every storage has a name: tested")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_and_written_back() {
        for (name, storage) in NAMES {
            assert_eq!(Storage::from_name(name), Ok(storage));
            assert_eq!(storage.name(), name);
        }
    }

    #[test]
    fn empty_and_unknown_names_are_two_errors() {
        assert_eq!(Storage::from_name(" \t"), Err(StorageError::EmptyName));
        assert_eq!(Storage::from_name("pkcs12"), Err(StorageError::Unknown));
    }
}

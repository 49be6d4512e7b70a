//! The ways the product computes: each is judged.

use tamga_gost3410::hazmat::{arithmetic, use_portable_arithmetic};

/// Which instructions the product uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Path {
    /// Those it chooses for this processor.
    Chosen,
    /// Those of every processor.
    Portable,
}

impl Path {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Chosen, Self::Portable];

    /// In tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Chosen => "chosen",
            Self::Portable => "portable",
        }
    }

    /// From now on the product computes this way.
    pub fn take(self) {
        use_portable_arithmetic(self == Self::Portable);
    }
}

/// What the product has chosen for this processor.
pub fn chosen() -> String {
    Path::Chosen.take();
    format!("{:?}", arithmetic())
}

#[cfg(test)]
mod tests {
    use tamga_gost3410::hazmat::Arithmetic;

    use super::*;

    #[test]
    fn the_portable_path_is_taken_until_another_is() {
        let chosen = chosen();
        Path::Portable.take();
        assert_eq!(arithmetic(), Arithmetic::Portable);
        Path::Chosen.take();
        assert_eq!(format!("{:?}", arithmetic()), chosen);
    }
}

//! Residues of any odd prime, in the Montgomery form of crypto-bigint.

use crypto_bigint::{
    Choice, CtEq, CtLt, CtOption, CtSelect, Uint, Word,
    modular::{ConstMontyForm, ConstMontyParams},
};

use zeroize::Zeroizing;

use super::Residue;

/// Montgomery residues of crypto-bigint; `MOD` is prime.
impl<MOD, const LIMBS: usize> Residue for ConstMontyForm<MOD, LIMBS>
where
    MOD: ConstMontyParams<LIMBS>,
{
    const BYTES: usize = Uint::<LIMBS>::BYTES;
    const ZERO: Self = ConstMontyForm::<MOD, LIMBS>::ZERO;
    const ONE: Self = ConstMontyForm::<MOD, LIMBS>::ONE;

    fn add(&self, other: &Self) -> Self {
        ConstMontyForm::add(self, other)
    }

    fn sub(&self, other: &Self) -> Self {
        ConstMontyForm::sub(self, other)
    }

    fn mul(&self, other: &Self) -> Self {
        ConstMontyForm::mul(self, other)
    }

    fn square(&self) -> Self {
        ConstMontyForm::square(self)
    }

    fn neg(&self) -> Self {
        ConstMontyForm::neg(self)
    }

    fn invert(&self) -> CtOption<Self> {
        ConstMontyForm::invert(self)
    }

    fn invert_vartime(&self) -> CtOption<Self> {
        ConstMontyForm::invert_vartime(self)
    }

    fn from_le_bytes(bytes: &[u8]) -> CtOption<Self> {
        let number = Zeroizing::new(Uint::<LIMBS>::from_le_slice(bytes));
        let in_range = number.ct_lt(Self::MODULUS.as_ref());
        CtOption::new(Self::new(&number), in_range)
    }

    fn from_le_bytes_reduced(bytes: &[u8]) -> Self {
        // Montgomery multiplication by R^2 reduces every number of the width, also those above the
        // modulus.
        Self::new(&Zeroizing::new(Uint::<LIMBS>::from_le_slice(bytes)))
    }

    fn write_le_bytes(&self, out: &mut [u8]) {
        assert_eq!(out.len(), Self::BYTES, "callers give the right length");
        let number = Zeroizing::new(self.retrieve());
        for (bytes, word) in out
            .chunks_mut(Word::BITS as usize / 8)
            .zip(number.as_words())
        {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
    }

    fn ct_eq(&self, other: &Self) -> Choice {
        CtEq::ct_eq(self, other)
    }

    fn ct_select(&self, other: &Self, choice: Choice) -> Self {
        CtSelect::ct_select(self, other, choice)
    }

    fn gather(&mut self, other: &Self, mask: u64) {
        let words = self.as_montgomery_mut().as_mut_words().iter_mut();
        for (word, other) in words.zip(other.as_montgomery().as_words()) {
            *word |= other & mask as Word;
        }
    }
}

//! What can go wrong with keys, digests and signature values.

/// Why a key was not accepted, or a signature not made or not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A coordinate of a public key is not less than the field's modulus p.
    #[error("a coordinate of the public key is out of range")]
    CoordinateRange,
    /// The digest is not of the curve's length.
    #[error("the digest has {actual} bytes, the curve needs {expected}")]
    DigestLength {
        /// Length the curve needs, in bytes.
        expected: usize,
        /// Length given.
        actual: usize,
    },
    /// The signature came out differently the second time: the computation was disturbed.
    #[error("the produced signature is not sound")]
    Fault,
    /// The numbers of the signature do not fit the digest and the key.
    #[error("the signature does not match")]
    Mismatch,
    /// The nonce gives r = 0 or s = 0, is zero or not less than q.
    #[error("the nonce is not usable")]
    Nonce,
    /// The point is on the curve, but its order is not q.
    #[error("the public key is a point of the wrong order")]
    NotInSubgroup,
    /// The point does not satisfy the curve equation.
    #[error("the public key is not a point of the curve")]
    NotOnCurve,
    /// The public key is not of the curve's length.
    #[error("the public key has {actual} bytes, the curve needs {expected}")]
    PointLength {
        /// Length the curve needs, in bytes.
        expected: usize,
        /// Length given.
        actual: usize,
    },
    /// The private scalar or nonce is not of the curve's length.
    #[error("the scalar has {actual} bytes, the curve needs {expected}")]
    ScalarLength {
        /// Length the curve needs, in bytes.
        expected: usize,
        /// Length given.
        actual: usize,
    },
    /// The private scalar is zero, or not less than the order q.
    #[error("the private scalar is out of range")]
    ScalarRange,
    /// The signature is not of the curve's length.
    #[error("the signature has {actual} bytes, the curve needs {expected}")]
    SignatureLength {
        /// Length the curve needs, in bytes.
        expected: usize,
        /// Length given.
        actual: usize,
    },
    /// r or s is zero, or not less than the order q.
    #[error("a number of the signature is out of range")]
    SignatureRange,
}

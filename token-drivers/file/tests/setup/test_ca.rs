//! Keys and certificates of the test CA, made once for each suite.

use std::sync::LazyLock;

use tamga_test_pki::{Holder, TestPki};
use tamga_test_support::System;
use tamga_x509::UnixTime;

static PKI: LazyLock<TestPki> = LazyLock::new(|| {
    // 1 January 2026.
    TestPki::generate(UnixTime(1_767_225_600), &System).expect("the test CA")
});

pub(crate) fn pki() -> &'static TestPki {
    &PKI
}

/// Somebody of the test CA.
pub(crate) fn holder(id: &str) -> &'static Holder {
    PKI.holder(id).expect(id)
}

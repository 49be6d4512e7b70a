//! A place with a keystore in it, and what is known of its PIN.

/// A place where a keystore is: a reader, a library's slot.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Slot {
    /// Names by which pages may mean it, e.g. `AKKaztokenStore`. Several where one library serves tokens that pages
    /// tell apart and we cannot; none if pages have no word for it.
    pub storages: Vec<String>,
    /// What people call it: the token's label.
    pub label: String,
    /// What the driver finds it by; of no meaning to others, and never that of another token.
    pub locator: String,
    /// Where the PIN is typed.
    pub pin_entry: PinEntry,
    /// What the token says of attempts left, read before any is made.
    pub attempts: Attempts,
}

/// Where the PIN of a token is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PinEntry {
    /// On the token's or reader's own keypad; our window asks for nothing.
    PinPad,
    /// In our window.
    Window,
}

/// How many wrong PINs a token still bears; PKCS#11 tells no number (v3.0 section 3.2, `CK_TOKEN_INFO` flags).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Attempts {
    /// The next wrong PIN locks it (`CKF_USER_PIN_FINAL_TRY`).
    Last,
    /// A wrong PIN has been given since the last right one (`CKF_USER_PIN_COUNT_LOW`).
    Low,
    /// Locked (`CKF_USER_PIN_LOCKED`).
    None,
    /// Nothing worrying is known.
    Unworried,
}

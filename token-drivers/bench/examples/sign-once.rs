//! Signs once with the first key of the first token: `sign-once <library> <PIN>`.
//!
//! The shortest way through PKCS#11, to try a script with; the tests crash and hang it.

#![expect(clippy::print_stdout, reason = "the signature is what it is for")]

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, ObjectClass};
use cryptoki::session::UserType;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let library = arguments.next().ok_or("which library?")?;
    let pin = arguments.next().ok_or("which PIN?")?;

    let library = Pkcs11::new(library)?;
    library.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))?;
    let slots = library.get_slots_with_token()?;
    let session = library.open_ro_session(*slots.first().ok_or("no token")?)?;
    session.login(UserType::User, Some(&pin.into()))?;
    let keys = session.find_objects(&[Attribute::Class(ObjectClass::PRIVATE_KEY)])?;
    let key = *keys.first().ok_or("no key")?;
    let signature = session.sign(&Mechanism::Sha256RsaPkcs, key, b"Tamga")?;
    println!("{} bytes", signature.len());
    Ok(())
}

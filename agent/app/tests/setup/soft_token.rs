//! An RSA key on SoftHSM2, a PKCS#11 library that others wrote.

use std::{fs, path::Path};

use super::{Desk, RSA, holder, token_program};

/// Where Debian puts the library.
pub(crate) const LIBRARY: &str = "/usr/lib/softhsm/libsofthsm2.so";

/// PIN of the token; long enough to be found nowhere by chance.
pub(crate) const PIN: &str = "5086417392";

/// The token's label.
pub(crate) const LABEL: &str = "Soft";

/// A desk with a SoftHSM2 token in it; the library is not added to any settings.
pub(crate) fn desk() -> Desk {
    token_program();
    assert!(
        Path::new(LIBRARY).is_file(),
        "{LIBRARY}: apt-get install softhsm2"
    );
    let mut desk = Desk::new();
    fs::create_dir(desk.path("tokens")).unwrap();
    let configuration = format!(
        "directories.tokendir = {}\nobjectstore.backend = file\nlog.level = ERROR\n",
        desk.path("tokens").display()
    );
    let configuration = desk.write("softhsm2.conf", configuration);
    desk.set("SOFTHSM2_CONF", configuration);
    let holder = holder(RSA);
    desk.write("key.der", &*holder.key.to_pkcs8_der());
    desk.write("certificate.der", holder.certificate.der());
    let run = |program, package, line: &str| {
        desk.run(program, package, &line.split(' ').collect::<Vec<_>>());
    };
    run(
        "openssl",
        "openssl",
        "pkcs8 -topk8 -nocrypt -inform DER -in key.der -out key.pem",
    );
    run(
        "softhsm2-util",
        "softhsm2",
        &format!("--init-token --free --label {LABEL} --so-pin 87654321 --pin {PIN}"),
    );
    run(
        "softhsm2-util",
        "softhsm2",
        &format!("--import key.pem --token {LABEL} --label key --id 0a --pin {PIN}"),
    );
    run(
        "pkcs11-tool",
        "opensc",
        &format!(
            "--module {LIBRARY} --login --pin {PIN} --write-object certificate.der --type cert --id 0a --label own"
        ),
    );
    desk
}

//! Uses marked secrets as the product does, for Valgrind's memcheck to follow.
//!
//! Runs under Valgrind only. The verdict is memcheck's; this program ends with 0 if it could do
//! what it is for, with 2 otherwise.

use std::{hint::black_box, process::ExitCode};

use clap::{Parser, ValueEnum};
use tamga_constant_time::{
    controls,
    curves::Judged,
    marks::{errors, mark_public, mark_secret, secret_bytes, under_valgrind},
    paths::{Path, chosen},
    random::Random,
    scalars::{Scalars, Shape},
};
use tamga_gost3410::{
    CryptoProA, PublicKey, SecretKey, Tc26A256, Tc26A512, hazmat::sign_with_nonce, sign_prehashed,
    verify_prehashed,
};

#[derive(Parser)]
#[command(about = "Looks for secrets that show in branches and addresses, under Valgrind")]
struct Arguments {
    /// Instead of the product, code that leaks: memcheck must report it.
    #[arg(long)]
    control: Option<Control>,
}

/// One way to leak.
#[derive(Clone, Copy, ValueEnum)]
enum Control {
    /// A branch on every bit of a scalar.
    Multiplication,
    /// A branch on every byte compared.
    Comparison,
    /// An address for every byte of a scalar.
    Table,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if !under_valgrind() {
        say("this program judges nothing unless it runs under Valgrind on Linux and x86-64");
        return ExitCode::from(2);
    }
    // The inputs matter little: memcheck follows marks, not values. They differ every time all the
    // same, and no seed is needed to repeat what it reports.
    let mut random = match Random::system_seed() {
        Ok(seed) => Random::new(seed),
        Err(error) => {
            say(&format!("no random seed: {error}"));
            return ExitCode::from(2);
        }
    };
    match arguments.control {
        Some(control) => leak(control, &mut random),
        None => {
            say(&format!(
                "chosen for the processor that Valgrind shows: {}",
                chosen()
            ));
            for path in Path::ALL {
                path.take();
                judge::<Tc26A512>(path, &mut random);
                judge::<CryptoProA>(path, &mut random);
                judge::<Tc26A256>(path, &mut random);
            }
        }
    }
    ExitCode::SUCCESS
}

/// Everything the product does with secrets on one curve.
fn judge<C: Judged>(path: Path, random: &mut Random) {
    let scalars = Scalars::new::<C>(random);
    let mut scalar = || {
        let mut scalar = scalars.make(Shape::Random, random);
        mark_secret(&mut scalar);
        scalar
    };
    let (d, wide, k) = (scalar(), scalar(), scalar());
    let digest: [u8; 64] = random.bytes();
    let digest = &digest[..C::BYTES];
    let mut entropy: [u8; 32] = random.bytes();
    mark_secret(&mut entropy);

    let name = |operation| format!("{} {}: {operation}", path.name(), C::NAME);
    let key = step(&name("key generation"), || {
        SecretKey::<C>::from_le_bytes(&d[..C::BYTES]).expect("in range")
    });
    let other = step(&name("key generation, reduced"), || {
        SecretKey::<C>::from_le_bytes_reduced(&wide[..C::BYTES]).expect("not 0")
    });
    let signature = step(&name("signing"), || {
        sign_prehashed(&key, digest, &entropy).expect("a whole key signs")
    });
    let signature_with_nonce = step(&name("signing, given nonce"), || {
        sign_with_nonce(&other, digest, &k[..C::BYTES]).expect("in range")
    });
    let written = step(&name("writing the key"), || key.to_le_bytes());
    assert_eq!(secret_bytes(&written), C::BYTES, "the key is secret");

    for (key, signature) in [(&key, signature), (&other, signature_with_nonce)] {
        let public = publish(key.public_key().to_le_xy());
        let public = PublicKey::<C>::from_le_xy(&public).expect("on the curve");
        verify_prehashed(&public, digest, &publish(signature)).expect("the signature is right");
    }
    step(&name("wiping keys"), || drop((key, other)));
}

/// What leaves the signer; the marks must have come through to every byte of it.
fn publish(mut output: Vec<u8>) -> Vec<u8> {
    assert_eq!(secret_bytes(&output), output.len(), "the marks were lost");
    mark_public(output.as_mut_slice());
    output
}

fn step<T>(name: &str, work: impl FnOnce() -> T) -> T {
    let before = errors();
    let done = work();
    say(&format!("{name:<48} {:>6}", errors() - before));
    done
}

#[inline(never)]
fn leak(control: Control, random: &mut Random) {
    let public: [u8; controls::BYTES] = random.bytes();
    let mut secret = random.bytes();
    mark_secret(&mut secret);
    match control {
        Control::Multiplication => _ = black_box(controls::double_and_add(&secret, 3)),
        Control::Comparison => {
            _ = black_box(controls::early_exit_equal(&secret, &public));
        }
        Control::Table => _ = black_box(controls::indexed_table(&secret, 3)),
    }
}

#[expect(clippy::print_stdout, reason = "a table on stdout")]
fn say(line: &str) {
    println!("{line}");
}

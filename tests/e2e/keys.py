"""Keys to sign with, and what is needed to judge their signatures."""

import functools
import subprocess
from dataclasses import dataclass
from pathlib import Path

from paths import CACHE, FIXTURES, program


@dataclass(frozen=True)
class Key:
    """A PKCS#12 file and its world."""

    name: str
    file: Path
    password: str
    #: `--anchors` of tamga-verifier.
    anchors: str
    #: Revocation lists.
    evidence: tuple
    #: The moment of the verdict, or none for now.
    at: str = None

    def __str__(self):
        return self.name


def made(out: Path) -> Path:
    """The project's own test CA, made anew in `out`."""
    done = subprocess.run([program("xtask"), "pki", "--out", out], capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        raise RuntimeError(f"xtask pki: {done.stderr}")
    return out


def of_pki(pki: Path, name: str) -> Key:
    """A key of the project's own test CA."""
    return Key(
        name=f"own_{name}",
        file=pki / f"{name}.p12",
        password=(pki / "password.txt").read_text().strip(),
        anchors=str(pki / "anchors.toml"),
        evidence=tuple(sorted(pki.glob("*.crl"))),
    )


def _fixture(name, file, crl, at) -> Key:
    return Key(name, FIXTURES / "p12" / file, "Qwerty12", "nca-test", (FIXTURES / "crl" / crl,), at)


@functools.cache
def own_pki() -> Path:
    """The project's own test CA, made once a run."""
    return made(CACHE / "pki")


@functools.cache
def all_keys() -> tuple:
    """One GOST key and one RSA key of each world; the RSA fixture is expired and judged in its time."""
    pki = own_pki()
    keys = [of_pki(pki, "gost2015_individual"), of_pki(pki, "rsa_individual")]
    if FIXTURES.is_dir():
        keys += [
            _fixture(
                "nca_test_gost2015", "gost2015_individual_2026-05-08_active_ec425659.p12",
                "nca_gost2022_test_2026-08-11.crl", "2026-09-01T00:00:00Z",
            ),
            _fixture(
                "nca_test_rsa", "rsa_individual_2023-11-16_active_641e7295.p12",
                "nca_rsa_test_2023_2023-11-17.crl", "2023-12-01T00:00:00Z",
            ),
        ]
    return tuple(keys)

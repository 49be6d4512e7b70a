"""Where things are: the checkout, its programs, and what lies beside it."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
#: Everything these tests make and may lose.
CACHE = TARGET / "e2e"
#: Real keys of the national test CA and their revocation lists, when this checkout has such a neighbour.
FIXTURES = ROOT.parent / "shared" / "fixtures"
#: An independent judge of signatures, when this checkout has such a neighbour.
ORACLE = ROOT.parent / "shared" / "oracle" / "oracle.py"

#: Crates whose programs the tests start.
PACKAGES = (
    "tamga", "tamga-window", "tamga-token-pkcs11", "tamga-token-bench", "tamga-setup", "tamga-verifier",
    "tamga-demo-portal", "xtask",
)


def program(name: str) -> Path:
    """A program of the dev build; a missing one is an error that says how to build it."""
    path = TARGET / "debug" / name
    if not path.is_file():
        packages = " ".join(f"-p {package}" for package in PACKAGES)
        raise FileNotFoundError(f"{path} is missing; build it with: cargo build {packages}")
    return path

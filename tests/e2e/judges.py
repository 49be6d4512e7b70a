"""Two judges of a signature: the product's verifier, and an independent program when it is there."""

import json
import subprocess
import sys
from pathlib import Path

from paths import ORACLE, program


def verdict(signature: Path, key, content: Path = None) -> dict:
    """What `tamga-verifier verify` says. Its exit code and its verdict must agree."""
    command = [program("tamga-verifier"), "verify", signature, "--anchors", key.anchors, "--json"]
    command += ["--evidence", *key.evidence]
    if key.at:
        command += ["--at", key.at]
    if content:
        command += ["--content", content]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60)
    if done.returncode not in (0, 1, 2):
        raise RuntimeError(f"tamga-verifier: {done.returncode}: {done.stderr}")
    report = json.loads(done.stdout)
    assert (report["verdict"] == "TOTAL_PASSED") == (done.returncode == 0), report
    return report


def second_opinion(signature: Path, content: Path = None):
    """What the independent judge says of the core of the signature; none when it is not beside this checkout."""
    if not ORACLE.is_file():
        return None
    kind = "verify-xml" if signature.suffix == ".xml" else "verify-cms"
    command = [sys.executable, ORACLE, kind, signature]
    if content:
        command += ["--content", content]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=120)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"oracle: {done.returncode}: {done.stdout}{done.stderr}")
    return {"holds": done.returncode == 0, "report": json.loads(done.stdout)}

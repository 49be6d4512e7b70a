"""The Windows programs, built on Linux, run by Wine: they start, they keep their word, they leave no trace."""

import base64
import contextlib
import json
import os
import shutil
import socket
import ssl
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / "target-windows/x86_64-win7-windows-gnu/debug"


class Wine:
    """A Windows of our own."""

    def __init__(self, prefix: Path):
        self.prefix = prefix
        self.environment = {
            **os.environ, "WINEPREFIX": str(prefix), "WINEDEBUG": "-all", "HOME": str(prefix.parent),
        }
        # No screen, and no downloads of Mono or Gecko.
        self.environment.pop("DISPLAY", None)
        self.environment["WINEDLLOVERRIDES"] = "mscoree=d;mshtml=d"
        subprocess.run(["wine", "wineboot", "--init"], env=self.environment, check=True, timeout=240, capture_output=True)

    def run(self, program, *words):
        command = ["wine", str(PROGRAMS / program), *words]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=120)

    def start(self, program, *words, **options):
        return subprocess.Popen(["wine", str(PROGRAMS / program), *words], env=self.environment, **options)

    def files(self):
        users = self.prefix / "drive_c/users"
        return sorted(path for path in users.rglob("*") if "tamga" in str(path).lower())

    def close(self):
        # Ends the programs of this prefix only.
        subprocess.run(["wineserver", "--kill"], env=self.environment, check=False, timeout=60)


@pytest.fixture(scope="module")
def wine(tmp_path_factory):
    wine = Wine(tmp_path_factory.mktemp("wine") / "prefix")
    yield wine
    wine.close()
    shutil.rmtree(wine.prefix, ignore_errors=True)


def free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def on_windows(path: Path) -> str:
    """A path of this computer as Wine's programs name it."""
    return "Z:" + str(path).replace("/", "\\")


def test_the_agent_says_its_version(wine):
    done = wine.run("tamga.exe", "--version")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("tamga "), done.stdout


def test_the_ca_enters_the_users_list_and_leaves_it_without_a_trace(wine):
    def setup(verb):
        done = wine.run("tamga-setup.exe", verb, "--json")
        return done.returncode, json.loads(done.stdout)

    def places(report):
        return [(place["place"], place.get("state")) for place in report["places"]]

    assert wine.files() == []
    assert setup("status") == (1, {"good": False, "certificate": None, "places": []})
    code, report = setup("install")
    assert (code, places(report)) == (0, [("windows-user", "trusted")])
    code, report = setup("status")
    assert (code, places(report)) == (0, [("windows-user", "trusted")])
    code, report = setup("uninstall")
    assert (code, places(report)) == (0, [("windows-user", "absent")])
    assert wine.files() == []
    assert setup("status")[0] == 1


def greeting(port, ca) -> dict:
    """What the agent says first on a WebSocket (RFC 6455 sections 4.1 and 5.2) of a page."""
    context = ssl.create_default_context(cafile=str(ca))
    with socket.create_connection(("127.0.0.1", port), timeout=10) as plain:
        with context.wrap_socket(plain, server_hostname="127.0.0.1") as door:
            key = base64.b64encode(os.urandom(16)).decode()
            door.sendall(
                f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
                "Origin: https://portal.example.kz\r\n\r\n".encode()
            )
            stream = door.makefile("rb")
            assert b"101" in stream.readline()
            while stream.readline() not in (b"\r\n", b""):
                pass
            first, length = stream.read(2)
            assert first == 0x81, "one unfragmented text frame"
            assert length < 126, "a short one, unmasked"
            return json.loads(stream.read(length))


def test_a_page_is_greeted_over_tls_that_linux_verifies(wine, tmp_path):
    settings, port = tmp_path / "settings", free_port()
    log = open(tmp_path / "tamga.log", "w+b")
    agent = wine.start(
        "tamga.exe", "run", "--no-tray", "--port", str(port), "--settings", on_windows(settings), stdout=log, stderr=log,
    )
    try:
        end = time.monotonic() + 60
        while True:
            try:
                said = greeting(port, settings / "ca.pem")
                break
            except (ConnectionError, FileNotFoundError):
                log.seek(0)
                assert agent.poll() is None, log.read().decode(errors="replace")
                assert time.monotonic() < end, log.read().decode(errors="replace")
                time.sleep(0.3)
        assert said["result"]["version"].split(".")[0].isdigit(), said
    finally:
        agent.terminate()
        agent.wait(20)
        log.close()


@pytest.fixture(scope="module")
def pki(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pki")
    made = [str(ROOT / "target/debug/xtask"), "pki", "--out", str(folder)]
    subprocess.run(made, check=True, timeout=120, capture_output=True)
    return folder


def test_a_token_signs_through_its_library_in_a_process_of_its_own(wine, pki, tmp_path):
    key = pki / "gost2015_individual.p12"
    script = tmp_path / "bench.toml"
    script.write_text(
        '[[slot]]\nreader = "Reader"\n[slot.token]\nlabel = "KAZTOKEN"\nserial = "0001"\npin = "123456"\n'
        f"[[slot.token.key]]\nfile = '{on_windows(key)}'\npassword = \"Tamga-test-1\"\nid = \"01\"\n",
        encoding="utf-8",
    )
    wine.environment["TAMGA_TOKEN_BENCH"] = on_windows(script)
    document, pin, settings = tmp_path / "contract.txt", tmp_path / "pin", tmp_path / "settings"
    document.write_text("contract", encoding="utf-8")
    pin.write_text("123456\n", encoding="utf-8")

    def tamga(*words):
        return wine.run("tamga.exe", *words, "--settings", on_windows(settings))

    library = on_windows(PROGRAMS / "tamga_token_bench.dll")
    added = tamga("tokens", "add", library, "--storage", "AKKaztokenStore")
    assert added.returncode == 0, added.stderr
    listed = tamga("tokens", "list", "--json")
    assert listed.returncode == 0, listed.stderr
    listed = json.loads(listed.stdout)
    assert [token["label"] for row in listed for token in row["tokens"]] == ["KAZTOKEN"], listed
    signed = tamga(
        "sign", on_windows(document), "--token", "AKKaztokenStore", "--format", "cms", "--attached",
        "--password-file", on_windows(pin),
    )
    assert signed.returncode == 0, signed.stderr
    verify = [
        str(ROOT / "target/debug/tamga-verifier"), "verify", str(tmp_path / "contract.txt.cms"), "--json",
        "--anchors", str(pki / "anchors.toml"), "--evidence", *(str(crl) for crl in sorted(pki.glob("*.crl"))),
    ]
    judged = subprocess.run(verify, capture_output=True, text=True, timeout=60, check=False)
    assert json.loads(judged.stdout)["verdict"] == "TOTAL_PASSED", judged.stdout + judged.stderr

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
    windows_path = "Z:" + str(settings).replace("/", "\\")
    agent = wine.start(
        "tamga.exe", "run", "--no-tray", "--port", str(port), "--settings", windows_path, stdout=log, stderr=log,
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

"""The agent on a desktop: trusted by installing, started, stopped."""

import contextlib
import json
import socket
import ssl
import subprocess

from paths import program
from processes import stop, until

PORT = 13579


class Agent:
    """`tamga run` with a trusted certificate, as an installation leaves it."""

    def __init__(self, desktop, port=PORT):
        self.desktop = desktop
        self.port = port
        self.process = None

    def __enter__(self):
        self.trust("install")
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()
        self.trust("uninstall")

    def trust(self, verb) -> dict:
        """`tamga-setup install`, `status` or `uninstall`; its report."""
        done = self.desktop.run(program("tamga-setup"), verb, "--json")
        if done.returncode != 0 and verb != "status":
            raise RuntimeError(f"tamga-setup {verb}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout)

    @property
    def ca(self):
        return self.desktop.home / ".local/share/tamga/identity/ca.pem"

    def start(self):
        with contextlib.closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                raise RuntimeError(f"port {self.port} is taken by another program")
        self.log = open(self.desktop.root / "tamga.log", "ab")
        self.process = self.desktop.start(
            program("tamga"), "run", "--port", self.port, "--no-tray", stdout=self.log, stderr=subprocess.STDOUT,
        )
        until("the agent's door", self._greets, timeout=20)

    def stop(self):
        if self.process is not None:
            stop(self.process)
            self.log.close()
            self.process = None

    @contextlib.contextmanager
    def started_with(self, **variables):
        """The agent started anew with more environment variables, and without them at the end."""
        self.stop()
        self.desktop.environment.update(variables)
        try:
            self.start()
            yield self
        finally:
            self.stop()
            for name in variables:
                del self.desktop.environment[name]
            self.start()

    def _greets(self) -> bool:
        if self.process.poll() is not None:
            raise RuntimeError(f"tamga ended with {self.process.returncode}: {self.said()}")
        context = ssl.create_default_context(cafile=str(self.ca))
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as plain:
                with context.wrap_socket(plain, server_hostname="127.0.0.1"):
                    return True
        except ConnectionError:
            return False

    def said(self) -> str:
        """What the agent wrote to its log so far."""
        return (self.desktop.root / "tamga.log").read_text(errors="replace")

"""A desktop of our own: home folder, X server, session bus, accessibility bus.

Nothing of the user's real session is used or changed. The accessibility bus is on before the first window opens, because a
toolkit asks once, at its start, whether somebody listens.
"""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from processes import stop, until

BUS_LAUNCHERS = ("/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher")


class Desktop:
    """Started with `with`; `environment` is what programs on this desktop get."""

    def __init__(self, language="ru_RU.UTF-8"):
        self.language = language
        self.processes = []

    def __enter__(self):
        self.root = Path(tempfile.mkdtemp(prefix="tamga-e2e-"))
        try:
            self._start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            stop(process)
        shutil.rmtree(self.root, ignore_errors=True)

    @property
    def home(self) -> Path:
        return self.root / "home"

    def _start(self):
        runtime = self.root / "run"
        for folder in (self.home, runtime):
            folder.mkdir(mode=0o700)
        self.environment = {
            "HOME": str(self.home),
            "XDG_RUNTIME_DIR": str(runtime),
            "PATH": os.environ["PATH"],
            "LANG": self.language,
            "TMPDIR": str(self.root),
            "NO_AT_BRIDGE": "0",
        }
        self.environment["DISPLAY"] = self._start_x()
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = self._start_bus()
        self._start_accessibility()

    def start(self, *command, **options) -> subprocess.Popen:
        """A program on this desktop, ended with it."""
        process = subprocess.Popen([str(word) for word in command], env=self.environment, **options)
        self.processes.append(process)
        return process

    def run(self, *command, **options) -> subprocess.CompletedProcess:
        """A program on this desktop, run to its end."""
        words = [str(word) for word in command]
        return subprocess.run(words, env=self.environment, capture_output=True, text=True, timeout=120, **options)

    def _start_x(self) -> str:
        # The server chooses a free display and tells its number through a pipe.
        read, write = os.pipe()
        self.start(
            "Xvfb", "-displayfd", write, "-screen", "0", "1280x1024x24", "-nolisten", "tcp",
            pass_fds=(write,), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        os.close(write)
        with os.fdopen(read) as pipe:
            number = pipe.readline().strip()
        if not number:
            raise RuntimeError("Xvfb did not start")
        return f":{number}"

    def _start_bus(self) -> str:
        bus = self.start(
            "dbus-daemon", "--session", "--nofork", "--print-address",
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        address = bus.stdout.readline().strip()
        if not address:
            raise RuntimeError("dbus-daemon did not start")
        return address

    def _start_accessibility(self):
        launcher = next((path for path in BUS_LAUNCHERS if os.path.exists(path)), None)
        if launcher is None:
            raise FileNotFoundError("at-spi-bus-launcher is missing; install the package at-spi2-core")
        self.start(launcher, "--launch-immediately", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        call = ("gdbus", "call", "--session", "--dest", "org.a11y.Bus", "--object-path", "/org/a11y/bus")
        until("the accessibility bus", lambda: self.run(*call, "--method", "org.a11y.Bus.GetAddress").returncode == 0)
        for name in ("ScreenReaderEnabled", "IsEnabled"):
            method = ("--method", "org.freedesktop.DBus.Properties.Set", "org.a11y.Status", name, "<true>")
            done = self.run(*call, *method)
            if done.returncode != 0:
                raise RuntimeError(f"org.a11y.Status {name}: {done.stderr}")

"""A token of the token bench, plugged into a desktop whose agent trusts its library."""

import contextlib
import shutil

from paths import program

LABEL = "KAZTOKEN"
STORAGE = "AKKaztokenStore"
PIN = "7319024685"

SCRIPT = """
[[slot]]
reader = "Reader"

[slot.token]
serial = "0001"
label = "{label}"
pin = "{pin}"

[[slot.token.key]]
file = "{key.file}"
password = "{key.password}"
id = "01"
"""


class BenchToken:
    """Holds one key; its folder has the library, the script and what the bench writes beside it."""

    def __init__(self, desktop, key):
        self.folder = desktop.root / "token"
        self.folder.mkdir(mode=0o700)
        self.script = self.folder / "script.toml"
        self.script.write_text(SCRIPT.format(label=LABEL, pin=PIN, key=key), encoding="utf-8")
        # A copy, because a build's folder may be writable to a group.
        self.library = self.folder / "libbench.so"
        shutil.copyfile(program("libtamga_token_bench.so"), self.library)
        self.library.chmod(0o755)

    @property
    def environment(self) -> dict:
        """What tells the library its script."""
        return {"TAMGA_TOKEN_BENCH": str(self.script)}

    def plug_in(self):
        self._beside(".plug").unlink(missing_ok=True)

    def pull_out(self):
        self._beside(".plug").write_text("")

    def calls(self, line) -> int:
        """How often a call ended so, e.g. `C_Login CKR_OK`."""
        return self._beside(".log").read_text().splitlines().count(line)

    def _beside(self, more):
        return self.script.with_name(self.script.name + more)


@contextlib.contextmanager
def plugged_in(desktop, agent, key):
    """An agent that knows the token, as after `tamga tokens add`; without it at the end."""
    token = BenchToken(desktop, key)
    with agent.started_with(**token.environment):
        # Agents that run read the list again when it changes.
        _tamga(desktop, "tokens", "add", token.library, "--storage", STORAGE)
        try:
            yield token
        finally:
            _tamga(desktop, "tokens", "remove", token.library)
            shutil.rmtree(token.folder)


def _tamga(desktop, *words):
    done = desktop.run(program("tamga"), *words)
    if done.returncode != 0:
        raise RuntimeError(f"tamga {words}: {done.stderr}")

"""The agent's window, used as a person with a screen reader uses it.

What is on the screen is read from the accessibility bus and buttons are pressed there; text is typed on the (X server's)
keyboard. Names come from the window's own catalogues, so that a wrong word in the window fails a test.
"""

import os
import re
import subprocess

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

from paths import ROOT  # noqa: E402
from processes import Waited, until  # noqa: E402

# The library's event listener does not know the toolkit's newer signal signature; nothing here waits for signals.
GLib.log_set_handler("dbind", GLib.LogLevelFlags.LEVEL_WARNING, lambda *_: None, None)

PROGRAM = "tamga-window"
LANGUAGES = ("kk", "ru", "en")


def _catalogue(language) -> dict:
    text = (ROOT / "agent/window/i18n" / language / "window.ftl").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z-]+) = (.+)$", text, flags=re.MULTILINE))


CATALOGUES = {language: _catalogue(language) for language in LANGUAGES}


def words(key) -> set:
    """A text of the window in every language: the page or the person may have switched it."""
    return {catalogue[key] for catalogue in CATALOGUES.values()}


def _hear():
    """Lets the library take in what programs said since: it keeps what it knows until then."""
    while GLib.MainContext.default().iteration(False):
        pass


def _applications():
    """Process number and root of every open window of the agent."""
    _hear()
    desktop = Atspi.get_desktop(0)
    found = {}
    for index in range(desktop.get_child_count()):
        try:
            application = desktop.get_child_at_index(index)
            if application is not None and application.get_name() == PROGRAM and application.get_child_count() > 0:
                found[application.get_process_id()] = application
        except GLib.Error:
            # It closed while we looked.
            continue
    return found


class Item:
    """One thing on the screen as it was when we looked."""

    def __init__(self, accessible):
        self.accessible = accessible
        self.role = accessible.get_role_name()
        self.name = accessible.get_name()

    def press(self):
        assert self.accessible.get_action_iface().do_action(0), self.name


def _walk(accessible):
    yield Item(accessible)
    for index in range(accessible.get_child_count()):
        child = accessible.get_child_at_index(index)
        if child is not None:
            yield from _walk(child)


class SigningWindow:
    """One open window."""

    def __init__(self, process):
        self.process = process

    @classmethod
    def present(cls):
        """The window that is open now, or none."""
        return next((cls(process) for process in _applications()), None)

    @classmethod
    def wait(cls, timeout=20.0):
        """The next window, with the keyboard."""
        window = until("the signing window", cls.present, timeout)
        focus = ["xdotool", "search", "--sync", "--onlyvisible", "--name", "^Tamga", "windowfocus", "--sync"]
        subprocess.run(focus, check=True, timeout=timeout, env=os.environ)
        return window

    def _items(self) -> list:
        """Everything in the window; none when it is closed. Looks again when it changes meanwhile."""

        def look():
            application = _applications().get(self.process)
            if application is None:
                return [None]
            try:
                return list(_walk(application))
            except GLib.Error:
                return None

        items = until("a window that holds still", look, timeout=10)
        return [] if items == [None] else items

    def texts(self) -> list:
        """Everything that can be read in the window."""
        return [item.name for item in self._items() if item.name]

    def says(self, key) -> bool:
        """Whether a text of the catalogue can be read, alone or inside a sentence."""
        return any(word in text for text in self.texts() for word in words(key))

    def wait_says(self, key, timeout=10.0):
        """Waits for a text of the catalogue."""
        self._until(f"the text {key}", lambda: self.says(key), timeout)

    def press(self, key):
        """Presses a button by the name it shows."""
        button = self._until(f"the button {key}", lambda: self._find(("push button", "button"), key))
        try:
            button.press()
        except GLib.Error:
            # A button that ends the program takes the answer to our press with it.
            self.wait_closed()

    def type(self, key, text):
        """Replaces the text of a field."""
        field = self._until(f"the field {key}", lambda: self._find(("entry", "password text", "text"), key))
        box = field.accessible.get_extents(Atspi.CoordType.SCREEN)
        where = (str(box.x + box.width // 2), str(box.y + box.height // 2))
        self._xdotool("mousemove", *where, "click", "1")
        self._xdotool("key", "ctrl+a", "key", "BackSpace")
        # Standard input: a password on a command line could be seen by others.
        self._xdotool("type", "--delay", "15", "--file", "-", typed=text)

    def open_key(self, path, password):
        """Types path and password and presses Open."""
        self.type("field-path", str(path))
        self.type("field-password", password)
        self.press("button-open")

    def open_token(self, label, pin):
        """Chooses the token, types its PIN and presses Open."""

        def token():
            rows = (item for item in self._items() if item.role == "list item")
            return next((row for row in rows if label in row.name), None)

        self._until(f"the token {label}", token).press()
        self.type("field-pin", pin)
        self.press("button-open")

    def wait_keys(self, timeout=20.0) -> list:
        """The keys in the list, as they are read aloud."""
        return [item.name for item in self._until("the list of keys", self._keys, timeout)]

    def choose(self, index=0):
        """Chooses a key of the list."""
        self._keys()[index].press()

    def sign(self, timeout=20.0):
        """Presses Sign until the window has heard it; it sleeps for a moment after it opened."""

        def pressed():
            button = self._find(("push button", "button"), "button-sign")
            if button is not None:
                try:
                    button.press()
                except GLib.Error:
                    # It closed while we reached for the button.
                    pass
            return not self.is_open()

        self._until("the end of signing", pressed, timeout, pause=0.3)

    def is_open(self) -> bool:
        """Whether this window is open."""
        return self.process in _applications()

    def wait_closed(self, timeout=10.0):
        """Waits until the window is gone."""
        until("the window to close", lambda: not self.is_open(), timeout)

    def _find(self, roles, key):
        names = words(key)
        return next((item for item in self._items() if item.role in roles and item.name in names), None)

    def _keys(self):
        """Rows of keys; the rows of keystores stand under another heading."""
        items = self._items()
        headings = words("list-sign") | words("list-read")
        if not any(item.name in headings for item in items):
            return []
        return [item for item in items if item.role == "list item"]

    def _until(self, what, condition, timeout=10.0, pause=0.05):
        try:
            return until(what, condition, timeout, pause)
        except Waited as waited:
            raise Waited(f"{waited}; the window says {self.texts()}") from None

    @staticmethod
    def _xdotool(*words, typed=None):
        subprocess.run(["xdotool", *words], check=True, timeout=30, env=os.environ, input=typed, text=True)


def sign_with(key):
    """The whole way of a person who agrees: open the key file, choose the key, sign."""
    window = SigningWindow.wait()
    window.open_key(key.file, key.password)
    window.wait_keys()
    window.choose()
    window.sign()

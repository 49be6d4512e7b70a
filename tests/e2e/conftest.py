"""One desktop, agent, browser and portal for the whole run; a fresh page for each test."""

import os
import signal
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from agent import Agent  # noqa: E402
from browser import Browser  # noqa: E402
from desktop import Desktop  # noqa: E402
from keys import all_keys  # noqa: E402
from portal import Portal  # noqa: E402


def _interrupted(*_):
    raise KeyboardInterrupt


# Told to stop, we still take down what we put up.
signal.signal(signal.SIGTERM, _interrupted)


def pytest_generate_tests(metafunc):
    if "key" in metafunc.fixturenames:
        metafunc.parametrize("key", all_keys(), ids=str)


@pytest.fixture(scope="session")
def desktop():
    with Desktop() as desktop:
        # The accessibility library of this process speaks to the desktop's bus, not to the user's.
        os.environ.update(desktop.environment)
        yield desktop


@pytest.fixture(scope="session")
def agent(desktop):
    with Agent(desktop) as agent:
        yield agent


@pytest.fixture(scope="session")
def portal():
    with Portal() as portal:
        yield portal


@pytest.fixture(scope="session")
def browser(desktop, agent):
    # After the agent: the browser reads its trust when it starts.
    with Browser(desktop) as browser:
        yield browser


@pytest.fixture
def page(browser, portal):
    """A page of the portal with the client loaded; left at the end, so that no window stays."""
    browser.open(portal.url)
    yield browser
    browser.open("about:blank")


@pytest.fixture
def windows(desktop, agent):
    """Opens the driver of the agent's window; at the end none may be left."""
    from window import SigningWindow

    assert SigningWindow.present() is None
    yield SigningWindow
    left = SigningWindow.present()
    if left is not None:
        left.press("button-cancel")
        left.wait_closed()

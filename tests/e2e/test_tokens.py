"""Tokens on a page's way to a signature: asked for by name, shown, unlocked, pulled out."""

import base64

import pytest

from bench_token import LABEL, PIN, STORAGE, plugged_in
from keys import of_pki, own_pki
from memory import forms, places
from processes import until
from test_signing import B64, CONNECT, TEXT, XML, judge

CADES = f"{CONNECT} return client.createCAdESFromBase64('{STORAGE}', '{B64}', 'SIGNATURE', true);"
ACTIVE = f"{CONNECT} return client.getActiveTokens();"


@pytest.fixture(scope="module")
def token_key():
    return of_pki(own_pki(), "gost2015_individual")


@pytest.fixture(scope="module")
def plugged(desktop, agent, token_key):
    with plugged_in(desktop, agent, token_key) as token:
        yield token


@pytest.fixture
def token(plugged):
    """Plugged in before and after each test."""
    yield plugged
    plugged.plug_in()


def test_a_page_gets_a_cms_signed_on_the_token_it_names(page, windows, token, token_key, tmp_path):
    answer = page.start(CADES)
    window = windows.wait()
    window.open_token(LABEL, PIN)
    [spoken] = window.wait_keys()
    assert "ҮЛГІ ҚАЙРАТ" in spoken, spoken
    window.choose()
    window.sign()
    file = tmp_path / "signature.cms"
    file.write_bytes(base64.b64decode(answer.value()))
    judge(file, token_key)
    assert TEXT.encode() in file.read_bytes()


def test_a_page_gets_xml_signed_on_the_token_it_names(page, windows, token, token_key, tmp_path):
    answer = page.start(f"{CONNECT} return client.signXml('{STORAGE}', `{XML}`);")
    window = windows.wait()
    window.open_token(LABEL, PIN)
    window.wait_keys()
    window.choose()
    window.sign()
    file = tmp_path / "signature.xml"
    file.write_text(answer.value(), encoding="utf-8", newline="")
    judge(file, token_key)


def test_the_pin_is_nowhere_in_the_agent_after_the_signature(page, windows, agent, token):
    secrets = forms(PIN)
    answer = page.start(CADES)
    window = windows.wait()
    window.open_token(LABEL, PIN)
    window.wait_keys()
    window.choose()
    window.sign()
    assert len(answer.value()) > 1000
    until("a token that is locked again", lambda: not places(agent.process.pid, secrets))
    # The agent is still at work, and nothing comes back.
    assert page.start(ACTIVE).value() == [STORAGE]
    assert places(agent.process.pid, secrets) == []


def test_active_tokens_are_those_that_are_plugged_in(page, windows, token):
    assert page.start(ACTIVE).value() == [STORAGE]
    token.pull_out()
    assert page.start(ACTIVE).value() == []
    assert page.start(CADES).wait() == {"error": "500: storage.empty", "cancelled": False}
    assert windows.present() is None
    token.plug_in()
    assert page.start(ACTIVE).value() == [STORAGE]


def test_a_wrong_pin_is_said_and_tried_once_and_the_right_one_works(page, windows, token):
    answer = page.start(CADES)
    window = windows.wait()
    before = token.calls("C_Login CKR_PIN_INCORRECT")
    window.open_token(LABEL, PIN[::-1])
    window.wait_says("err-wrong-password", timeout=20)
    # Tokens do not say how many attempts are left, only that these are few.
    window.wait_says("token-low")
    assert not answer.ready
    assert token.calls("C_Login CKR_PIN_INCORRECT") == before + 1
    window.type("field-pin", PIN)
    window.press("button-open")
    window.wait_keys()
    window.choose()
    window.sign()
    assert len(answer.value()) > 1000
    assert token.calls("C_Login CKR_PIN_INCORRECT") == before + 1


def test_a_token_pulled_out_while_its_key_is_chosen_signs_nothing(page, windows, token):
    answer = page.start(CADES)
    window = windows.wait()
    window.open_token(LABEL, PIN)
    window.wait_keys()
    window.choose()
    token.pull_out()
    window.wait_says("err-removed")
    assert window.is_open() and not answer.ready
    window.press("button-cancel")
    assert answer.wait() == {"error": "500: action.canceled", "cancelled": False}

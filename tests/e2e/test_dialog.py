"""What happens around a signature: cancelling, mistakes, leaving, waiting, and a browser that does not trust us."""

import pytest

from browser import Browser
from desktop import Desktop
from keys import of_pki, own_pki
from processes import until
from test_signing import ANY_SIGNER, B64, CMS_PARAMS, CONNECT
from window import sign_with, words

COMMON_UTILS = f"{CONNECT} return client.createCAdESFromBase64('PKCS12', '{B64}', 'SIGNATURE', true);"
BASICS = (
    f"{CONNECT} return client.basicsSignCMS(NCALayerClient.basicsStoragePKCS12, '{B64}',"
    f" {CMS_PARAMS}, {ANY_SIGNER});"
)


@pytest.fixture
def own_key():
    return of_pki(own_pki(), "gost2015_individual")


def test_the_door_says_its_version_first(page):
    version = page.start("return new NCALayerClient().connect();").value()
    assert version.split(".")[0].isdigit(), version


def test_cancel_is_told_to_a_page_of_common_utils(page, windows):
    answer = page.start(COMMON_UTILS)
    windows.wait().press("button-cancel")
    assert answer.wait() == {"error": "500: action.canceled", "cancelled": False}


def test_cancel_is_told_to_a_page_of_basics(page, windows):
    answer = page.start(BASICS)
    windows.wait().press("button-cancel")
    assert answer.wait() == {"error": "cancelled by user", "cancelled": True}


@pytest.mark.parametrize("how", ["closes its tab", "goes elsewhere", "loads again"])
def test_a_page_that_leaves_closes_its_window(page, portal, windows, how):
    driver = page.driver
    [first] = driver.window_handles
    driver.switch_to.new_window("tab")
    page.open(portal.url)
    page.start(COMMON_UTILS)
    window = windows.wait()
    if how == "closes its tab":
        driver.close()
    elif how == "goes elsewhere":
        # Only because portals forbid to keep such pages: a kept page keeps its socket too.
        page.open(portal.url + "elsewhere")
    else:
        driver.refresh()
    window.wait_closed(timeout=5)
    if how != "closes its tab":
        driver.close()
    driver.switch_to.window(first)


def test_a_wrong_password_is_said_and_the_next_one_works(page, windows, own_key):
    answer = page.start(COMMON_UTILS)
    window = windows.wait()
    window.open_key(own_key.file, own_key.password + "x")
    window.wait_says("err-wrong-password")
    assert not answer.ready
    window.type("field-password", own_key.password)
    window.press("button-open")
    window.wait_keys()
    window.choose()
    window.sign()
    assert len(answer.value()) > 1000


def test_a_file_that_is_no_key_file_is_said(page, windows, desktop):
    file = desktop.root / "no-key.p12"
    file.write_text("no key")
    answer = page.start(COMMON_UTILS)
    window = windows.wait()
    window.open_key(file, "whatever")
    window.wait_says("err-damaged")
    window.press("button-cancel")
    assert answer.wait()["error"] == "500: action.canceled"


def test_sign_does_nothing_before_a_key_is_open(page, windows):
    answer = page.start(COMMON_UTILS)
    window = windows.wait()
    # Assistive technology can press a button that is drawn disabled.
    for _ in range(5):
        window.press("button-sign")
    assert window.is_open() and not answer.ready
    window.press("button-cancel")
    assert answer.wait()["error"] == "500: action.canceled"


def test_the_heartbeat_is_answered_while_the_window_is_open(page, windows):
    answer = page.start(
        "const socket = new WebSocket('wss://127.0.0.1:13579'); window.heard = [];"
        "await new Promise((open, fail) => { socket.onerror = fail; socket.onmessage = open; });"
        "const reply = new Promise(done => { socket.onmessage = event => {"
        " window.heard.push(event.data); if (event.data !== '--heartbeat--') done(event.data); }; });"
        "window.beat = () => socket.send('--heartbeat--');"
        "socket.send(JSON.stringify({module: 'kz.gov.pki.knca.commonUtils', method: 'createCAdESFromBase64',"
        f" args: ['PKCS12', 'SIGNATURE', '{B64}', true]}}));"
        "return await reply;"
    )
    window = windows.wait()
    page.driver.execute_script("window.beat(); window.beat();")
    until("both heartbeats", lambda: page.driver.execute_script("return window.heard") == ["--heartbeat--"] * 2)
    assert window.is_open() and not answer.ready
    window.press("button-cancel")
    assert '"action.canceled"' in answer.value()


def test_an_expired_key_is_shown_with_its_reason_and_cannot_sign_for_basics(page, windows):
    expired = of_pki(own_pki(), "gost2015_expired")
    answer = page.start(BASICS.replace(", allowExpired: true", ""))
    window = windows.wait()
    window.open_key(expired.file, expired.password)
    [spoken] = window.wait_keys()
    assert any(word in spoken for word in words("not-usable-expired")), spoken
    for _ in range(5):
        window.press("button-sign")
    assert window.is_open() and not answer.ready
    window.press("button-cancel")
    assert answer.wait() == {"error": "cancelled by user", "cancelled": True}


def test_two_requests_of_one_page_are_asked_one_after_the_other(page, windows, own_key):
    answer = page.start(
        "const one = new NCALayerClient(), two = new NCALayerClient(); await one.connect(); await two.connect();"
        f"const ask = client => client.createCAdESFromBase64('PKCS12', '{B64}').then(() => 'signed', e => e.message);"
        "return await Promise.all([ask(one), ask(two)]);"
    )
    sign_with(own_key)
    windows.wait().press("button-cancel")
    assert sorted(answer.value()) == ["500: action.canceled", "signed"]


def test_a_browser_that_does_not_trust_the_ca_cannot_connect(agent, portal):
    with Desktop() as stranger, Browser(stranger) as browser:
        browser.open(portal.url)
        answer = browser.start("return new NCALayerClient().connect();").wait()
        assert "error" in answer, answer

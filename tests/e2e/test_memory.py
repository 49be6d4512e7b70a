"""Passwords leave the memory of the agent, which stays, when the signature is made (T-PIN-2)."""

from keys import of_pki, own_pki
from memory import forms, places
from processes import until
from test_signing import B64, CONNECT

COMMON_UTILS = f"{CONNECT} return client.createCAdESFromBase64('PKCS12', '{B64}');"


def test_the_password_of_a_key_file_is_nowhere_in_the_agent_after_the_signature(page, portal, windows, agent):
    key = of_pki(own_pki(), "gost2015_individual")
    answer = page.start(COMMON_UTILS)
    window = windows.wait()
    window.open_key(key.file, key.password)
    window.wait_keys()
    window.choose()
    # The search reaches what the agent was told: here, by whom.
    origin = {"origin": portal.url.rstrip("/").encode()}
    assert any(name == "[heap]" or name.startswith("memory") for _, name in places(agent.process.pid, origin))
    window.sign()
    assert len(answer.value()) > 1000
    secrets = forms(key.password)
    until("a keystore that is locked again", lambda: not places(agent.process.pid, secrets))
    # The door is still open: what was searched is the agent at work.
    assert agent.process.poll() is None
    assert page.start(f"{CONNECT} return client.getActiveTokens();").value() == []
    assert places(agent.process.pid, secrets) == []


def test_the_password_is_in_the_window_while_it_is_typed(page, windows):
    key = of_pki(own_pki(), "gost2015_individual")
    answer = page.start(COMMON_UTILS)
    window = windows.wait()
    window.type("field-password", key.password)
    until("the password that was typed", lambda: places(window.process, forms(key.password)))
    window.press("button-cancel")
    assert answer.wait()["error"] == "500: action.canceled"

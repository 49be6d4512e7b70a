"""Signatures made through the published client, a real browser and the real window, judged twice."""

import base64

import pytest

from judges import second_opinion, verdict
from window import sign_with

TEXT = "Өтініш: Төлем тағайындауды сұраймын. Прошу назначить выплату.\n"
XML = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><өтініш><мәтін>Төлем &amp; жәрдемақы</мәтін></өтініш>"

CONNECT = "const client = new NCALayerClient(); await client.connect();"
B64 = base64.b64encode(TEXT.encode()).decode()

#: Any certificate, of a test authority too …
ANY_SIGNER = "{extKeyUsageOids: [], chain: []}"
#: … and one that has expired: the fixtures are of their time.
CMS_PARAMS = "{...NCALayerClient.basicsCMSParamsDetachedNoTSP, allowExpired: true}"
XML_PARAMS = "{...NCALayerClient.basicsXMLParams, allowExpired: true}"


def judge(file, key, content=None):
    report = verdict(file, key, content)
    assert report["verdict"] == "TOTAL_PASSED", report
    assert [signature["verdict"] for signature in report["signatures"]] == ["TOTAL_PASSED"]
    opinion = second_opinion(file, content)
    assert opinion is None or opinion["holds"], opinion


def test_common_utils_cms_with_its_content(page, windows, key, tmp_path):
    answer = page.start(f"{CONNECT} return client.createCAdESFromBase64('PKCS12', '{B64}', 'SIGNATURE', true);")
    sign_with(key)
    file = tmp_path / "signature.cms"
    file.write_bytes(base64.b64decode(answer.value()))
    judge(file, key)
    assert TEXT.encode() in file.read_bytes()


def test_common_utils_cms_beside_its_content(page, windows, key, tmp_path):
    answer = page.start(f"{CONNECT} return client.createCAdESFromBase64('PKCS12', '{B64}');")
    sign_with(key)
    file, content = tmp_path / "signature.cms", tmp_path / "content"
    file.write_bytes(base64.b64decode(answer.value()))
    content.write_bytes(TEXT.encode())
    judge(file, key, content)
    content.write_bytes(TEXT.encode() + b" ")
    report = verdict(file, key, content)
    assert report["verdict"] == "TOTAL_FAILED", report


def test_common_utils_xml(page, windows, key, tmp_path):
    answer = page.start(f"{CONNECT} return client.signXml('PKCS12', `{XML}`);")
    sign_with(key)
    file = tmp_path / "signature.xml"
    file.write_text(answer.value(), encoding="utf-8", newline="")
    judge(file, key)
    forged = tmp_path / "forged.xml"
    forged.write_text(answer.value().replace("жәрдемақы", "айыппұл"), encoding="utf-8", newline="")
    assert verdict(forged, key)["verdict"] == "TOTAL_FAILED"


def test_basics_cms_beside_its_content(page, windows, key, tmp_path):
    answer = page.start(
        f"{CONNECT} return client.basicsSignCMS(NCALayerClient.basicsStoragePKCS12, '{B64}',"
        f" {CMS_PARAMS}, {ANY_SIGNER}, 'kk');"
    )
    sign_with(key)
    pem = answer.value()
    lines = pem.strip().splitlines()
    assert (lines[0], lines[-1]) == ("-----BEGIN CMS-----", "-----END CMS-----")
    file, content = tmp_path / "signature.cms", tmp_path / "content"
    file.write_bytes(base64.b64decode("".join(lines[1:-1])))
    content.write_bytes(TEXT.encode())
    judge(file, key, content)


def test_basics_xml(page, windows, key, tmp_path):
    answer = page.start(
        f"{CONNECT} return client.basicsSignXML(NCALayerClient.basicsStoragePKCS12, `{XML}`,"
        f" {XML_PARAMS}, {ANY_SIGNER}, 'ru');"
    )
    sign_with(key)
    [document] = answer.value()
    file = tmp_path / "signature.xml"
    file.write_text(document, encoding="utf-8", newline="")
    judge(file, key)


@pytest.mark.parametrize("family", ["commonUtils", "basics"])
def test_the_window_shows_who_asks_and_what(page, portal, windows, family):
    call = {
        "commonUtils": f"client.createCAdESFromBase64('PKCS12', '{B64}')",
        "basics": f"client.basicsSignCMS(null, '{B64}', {CMS_PARAMS}, {ANY_SIGNER})",
    }[family]
    answer = page.start(f"{CONNECT} return {call};")
    window = windows.wait()
    shown = " ".join(window.texts())
    assert portal.url.rstrip("/") in shown, shown
    assert "CMS" in shown, shown
    window.press("button-cancel")
    assert answer.wait().get("error") is not None

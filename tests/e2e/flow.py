"""The demo without a screen: a page, a key, a signature, a verdict; printed for people.

    flow.py --pki DIR [--portal http://localhost:8080/] [--format cms|xml]

Starts agent, browser and window on a desktop of its own and leaves nothing behind. The demo portal must be running.
"""

import argparse
import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from desktop import Desktop  # noqa: E402


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--pki", type=Path, required=True, help="folder made by: cargo xtask pki")
    arguments.add_argument("--portal", default="http://localhost:8080/")
    arguments.add_argument("--format", choices=("cms", "xml"), default="cms")
    options = arguments.parse_args()
    # Told to stop, we still take down what we put up.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with Desktop() as desktop:
        # The accessibility library of this process speaks to this desktop's bus.
        os.environ.update(desktop.environment)
        return walk(desktop, options)


def walk(desktop, options) -> int:
    from agent import Agent
    from browser import Browser
    from keys import of_pki
    from processes import until
    from window import sign_with

    key = of_pki(options.pki.resolve(), "gost2015_individual")
    with Agent(desktop) as agent, Browser(desktop) as browser:
        places = agent.trust("status")["places"]
        trusted = next(place["path"] for place in places if place["state"] == "trusted")
        print(f"  agent     wss://127.0.0.1:{agent.port}, trusted in {trusted}")
        browser.open(options.portal)
        print(f"  page      {options.portal} «{browser.driver.title}»")
        browser.driver.find_element("id", options.format).click()
        sign_with(key)
        print(f"  window    opened {key.file.name}, password typed, Sign pressed")

        def text(name):
            return browser.driver.execute_script(f"return document.getElementById('{name}').textContent")

        until("the portal's verdict", lambda: text("verdict") or text("state") not in ("", "…"), timeout=30)
        verdict = text("verdict")
        for name in ("state", "verdict", "reason", "signer", "iin"):
            print(f"  {name:<9} {text(name)}")
        return 0 if verdict == "TOTAL_PASSED" else 1


if __name__ == "__main__":
    sys.exit(main())

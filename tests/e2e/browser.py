"""A real Chromium on a desktop. It trusts what the desktop's certificate database says, and nothing is switched off."""

import os

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

from processes import until

#: Quiet start without network traffic of the browser's own. None of these touches certificates or permissions.
FLAGS = (
    "--headless=new",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
)


class Browser:
    """Started with `with`."""

    def __init__(self, desktop):
        self.desktop = desktop

    def __enter__(self):
        options = Options()
        options.binary_location = "/usr/bin/chromium"
        for flag in FLAGS:
            options.add_argument(flag)
        if os.geteuid() == 0:
            # Chromium refuses to start its sandbox as root; containers of tests run as root.
            options.add_argument("--no-sandbox")
        options.add_argument(f"--user-data-dir={self.desktop.root / 'chromium'}")
        service = Service("/usr/bin/chromedriver", env=self.desktop.environment)
        self.driver = webdriver.Chrome(service=service, options=options)
        self.driver.set_script_timeout(60)
        return self

    def __exit__(self, *_):
        self.driver.quit()

    def open(self, url):
        self.driver.get(url)

    def start(self, body):
        """Starts asynchronous JavaScript in the page; `Answer` is what comes of it."""
        self.driver.execute_script(
            "const run = async () => {" + body + "};"
            "window.answer = null;"
            "run().then(value => { window.answer = {value: value === undefined ? null : value}; },"
            " error => { window.answer = {error: String(error.message || error),"
            " cancelled: error.canceledByUser === true}; });"
        )
        return Answer(self.driver)


class Answer:
    """What a page's promise came to."""

    def __init__(self, driver):
        self.driver = driver

    @property
    def ready(self) -> bool:
        return self.driver.execute_script("return window.answer !== null")

    def wait(self, timeout=30.0) -> dict:
        until("the page's answer", lambda: self.ready, timeout)
        return self.driver.execute_script("return window.answer")

    def value(self, timeout=30.0):
        answer = self.wait(timeout)
        assert "error" not in answer, answer
        return answer["value"]

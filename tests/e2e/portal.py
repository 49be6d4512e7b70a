"""A page on localhost with the published client of portals, byte for byte as npm delivers it."""

import hashlib
import http.server
import shutil
import subprocess
import threading
from pathlib import Path

from paths import CACHE

PINNED = Path(__file__).resolve().parent / "client"
PAGE = """<!doctype html>
<html lang="kk"><head><meta charset="utf-8"><title>Portal</title>
<script src="/ncalayer-client.js"></script></head>
<body><h1>Portal</h1></body></html>
"""


def client() -> bytes:
    """The client's file. npm checks the package against the digest in package-lock.json."""
    folder = CACHE / "client" / hashlib.sha256((PINNED / "package-lock.json").read_bytes()).hexdigest()[:16]
    file = folder / "node_modules/ncalayer-js-client/ncalayer-client.js"
    if not file.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(PINNED / name, folder / name)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
        if done.returncode != 0:
            raise RuntimeError(f"npm ci: {done.stderr}")
    return file.read_bytes()


class Portal:
    """Started with `with`; `url` is its page."""

    def __init__(self):
        files = {
            "/": ("text/html; charset=utf-8", PAGE.encode()),
            "/elsewhere": ("text/html; charset=utf-8", b"<!doctype html><title>Elsewhere</title>"),
            "/ncalayer-client.js": ("text/javascript; charset=utf-8", client()),
        }

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # noqa: N802, the name is the library's
                kind, body = files.get(self.path, (None, None))
                self.send_response(404 if body is None else 200)
                self.send_header("Content-Type", kind or "text/plain")
                # As portals serve pages of a person who is signed in. Without it Chromium keeps a page it leaves,
                # with its open WebSocket, for a way back, and no agent can see that the person has gone.
                self.send_header("Cache-Control", "no-store")
                self.send_header("Content-Length", str(len(body or b"")))
                self.end_headers()
                self.wfile.write(body or b"")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self):
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.server.server_port}/"

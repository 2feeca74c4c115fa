"""A receiver of webhooks for tests: a real web server that accepts, fails, stalls or breaks off, as it is told."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ACCEPT, FAIL, STALL, BREAK_OFF, HANG = "accept", "fail", "stall", "break off", "hang"


class HookServer:
    """Keeps (path, key, body) of what it accepted, in order; `mood` decides what happens to each request."""

    def __init__(self, mood: Callable[[str], str] = lambda path: ACCEPT) -> None:
        self.mood = mood
        self.accepted: list[tuple[str, str, Any]] = []
        self.refused = 0
        self.waiting = 0
        self._lock = threading.Lock()
        self._released = threading.Event()
        server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        server.daemon_threads = True
        self._server = server
        self._thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)

    def url(self, path: str = "hook") -> str:
        """The address of a receiver; each path may have a mood of its own."""
        return f"http://127.0.0.1:{self._server.server_port}/{path}"

    def keys(self, path: str | None = None) -> list[str]:
        """The keys that were accepted, in order, repeats included."""
        with self._lock:
            return [key for at, key, _ in self.accepted if path in (None, at)]

    def release(self) -> None:
        """Let go those that hang: their connections end without an answer."""
        self._released.set()

    def __enter__(self) -> HookServer:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.release()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                path, key = self.path.strip("/"), self.headers["Idempotency-Key"]
                mood = outer.mood(path)
                if mood == HANG:
                    with outer._lock:
                        outer.waiting += 1
                    outer._released.wait(60)
                    return
                if mood == ACCEPT:
                    document = json.loads(body)
                    with outer._lock:
                        outer.accepted.append((path, key, document))
                    self._answer(200, b"ok")
                    return
                with outer._lock:
                    outer.refused += 1
                if mood == FAIL:
                    self._answer(500, b"not now")
                elif mood == STALL:
                    time.sleep(0.3)
                else:
                    self.wfile.write(b"HTTP/1.1 20")
                self.close_connection = True

            def _answer(self, status: int, text: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *arguments: Any) -> None:
                pass

            def handle(self) -> None:
                with contextlib.suppress(OSError):  # the other side was killed
                    super().handle()

        return Handler

# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Servers in the place of a store: one that gives a single answer, one that lies."""

import base64
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = tuple[int, dict[str, str], bytes]  # status, headers, body
Decide = Callable[[BaseHTTPRequestHandler], Answer]


@contextmanager
def answering(decide: Decide, context: ssl.SSLContext | None = None) -> Iterator[str]:
    """The endpoint of a server that takes every body and answers as told."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_PUT(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            status, headers, body = decide(self)
            self.send_response(status)
            for name, value in {**headers, "content-length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET = do_PUT

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"{'https' if context else 'http'}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def always(status: int, body: bytes, **headers: str) -> Decide:
    return lambda request: (status, headers, body)


def liar(request: BaseHTTPRequestHandler) -> Answer:
    """Says that it has stored what it was sent, and keeps nothing."""
    return 200, {"etag": f'"{base64.b64decode(request.headers["content-md5"]).hex()}"'}, b""

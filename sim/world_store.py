# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The world's store: an S3 endpoint on loopback for runs that are longer than a real store's clock would bear.

    with WorldStore(clock=lambda: unix_s, keep=objects.append) as store:
        store.moods.append(Mood(60, 90, "slow_down"))     # in virtual seconds of the recorder's own clock
        ... Options(store=store.settings) ...

Every signature is verified with botocore and every checksum with hashlib; of an object nothing stays but what `keep`
makes of it. What it accepts a real store must accept too: the short runs prove that.
"""

import hashlib
import re
import secrets
import sys
import threading
from base64 import b64encode
from collections.abc import Callable
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

BUCKET, PREFIX, REGION = "daylog", "footage", "world"
SKEW_S = 900
LEAST_PART_BYTES = 5 << 20
_ACCESS = re.compile(r"AWS4-HMAC-SHA256 Credential=([^/]+)/.*, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})")
_PART = re.compile(rb'<PartNumber>(\d+)</PartNumber><ETag>"([0-9a-f]{32})"')
_LOGIN_PAGE = b"<html><body>Welcome to the hotel! Please log in.</body></html>"


class Refusal(Exception):
    """An answer that is not a success: HTTP status and S3's code."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


class Mood(NamedTuple):
    """A stretch of the world's time, in Unix seconds, in which the store misbehaves."""

    from_s: float
    to_s: float
    kind: str


class Kept(NamedTuple):
    """An object that was stored."""

    key: str
    sha256: str
    data: bytes


class Request(NamedTuple):
    method: str
    target: str
    headers: dict[str, str]  # names in lower case
    body: bytes

    @property
    def path(self) -> str:
        return unquote(urlsplit(self.target).path)

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def unix_s(self) -> float:
        """When the recorder says it is: by this moods are chosen, so that a trace does not depend on the host."""
        try:
            stamp = datetime.strptime(self.headers.get("x-amz-date", ""), "%Y%m%dT%H%M%SZ")
        except ValueError as error:
            raise Refusal(403, "AccessDenied") from error
        return stamp.replace(tzinfo=timezone.utc).timestamp()


class Answer(NamedTuple):
    """`cut`: send only so many bytes of it, then hang up."""

    status: int
    body: bytes = b""
    etag: str = ""
    cut: int | None = None

    def encode(self) -> bytes:
        etag = f'ETag: "{self.etag}"\r\n' if self.etag else ""
        data = f"HTTP/1.1 {self.status} -\r\n{etag}Content-Length: {len(self.body)}\r\n\r\n".encode() + self.body
        return data if self.cut is None else data[: self.cut]


class WorldStore:
    """`refused` counts the answers that were no success, by code or mood."""

    def __init__(self, clock: Callable[[], float], keep: Callable[[Kept], None]) -> None:
        self.moods: list[Mood] = []
        self.refused: dict[str, int] = {}
        self.keys: dict[str, str] = {}  # key -> ETag
        self._clock, self._keep = clock, keep
        self._uploads: dict[str, dict[int, tuple[str, bytes]]] = {}  # id -> number -> ETag, bytes
        self._sha256_of_upload: dict[str, str] = {}
        self._credentials = Credentials("WORLDKEY", secrets.token_hex(20))
        self._signer = S3SigV4Auth(self._credentials, "s3", REGION)
        self._server = _Server(("127.0.0.1", 0), _handler(self.answer))
        self._server.daemon_threads = True

    def __enter__(self) -> "WorldStore":
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def settings(self) -> dict[str, Any]:
        """What a recorder is given."""
        key = {"access_key": self._credentials.access_key, "secret_key": self._credentials.secret_key}
        endpoint = f"http://127.0.0.1:{self._server.server_address[1]}"
        return {"endpoint": endpoint, "region": REGION, "bucket": BUCKET, "prefix": PREFIX, **key}

    # -- one exchange ------------------------------------------------------------------------

    def answer(self, request: Request) -> Answer:
        """What the recorder gets to hear."""
        try:
            now_s = request.unix_s
            mood = next((mood.kind for mood in self.moods if mood.from_s <= now_s < mood.to_s), "")
            if mood:
                self._count(mood)
                return MOODS[mood](self, request)
            return self.honest(request)
        except Refusal as refusal:
            self._count(refusal.code)
            return Answer(refusal.status, f"<Error><Code>{refusal.code}</Code></Error>".encode())

    def _count(self, code: str) -> None:
        self.refused[code] = self.refused.get(code, 0) + 1

    def honest(self, request: Request) -> Answer:
        """What a good store does. Raises Refusal."""
        self._verify(request)
        bucket, _, key = request.path.lstrip("/").partition("/")
        if bucket != BUCKET or not key.startswith(f"{PREFIX}/"):
            raise Refusal(403, "AccessDenied")
        do = _OPERATIONS.get((request.method, tuple(sorted(request.query))))
        if do is None:
            raise Refusal(403, "AccessDenied")
        return do(self, key, request)

    def _verify(self, request: Request) -> None:
        if abs(self._clock() - request.unix_s) > SKEW_S:
            raise Refusal(403, "RequestTimeTooSkewed")
        access = _ACCESS.match(request.headers.get("authorization", ""))
        if not access or access[1] != self._credentials.access_key:
            raise Refusal(403, "InvalidAccessKeyId")
        signed = {name: request.headers[name] for name in access[2].split(";") if name in request.headers}
        if not {"host", "x-amz-date", "x-amz-content-sha256"} <= signed.keys() or self._signature(request, signed) != access[3]:
            raise Refusal(403, "SignatureDoesNotMatch")
        self._verify_body(request)

    def _signature(self, request: Request, signed: dict[str, str]) -> str:
        rebuilt = AWSRequest(request.method, f"http://{request.headers['host']}{request.target}", headers=signed)
        rebuilt.context["timestamp"] = request.headers["x-amz-date"]
        return str(self._signer.signature(self._signer.string_to_sign(rebuilt, self._signer.canonical_request(rebuilt)), rebuilt))

    @staticmethod
    def _verify_body(request: Request) -> None:
        sha256, md5 = hashlib.sha256(request.body), hashlib.md5(request.body)
        expected = {
            "x-amz-content-sha256": sha256.hexdigest(),
            "content-md5": b64encode(md5.digest()).decode(),
            "x-amz-checksum-sha256": b64encode(sha256.digest()).decode(),
        }
        if any(request.headers.get(name, value) != value for name, value in expected.items()):
            raise Refusal(400, "BadDigest")
        if request.body and "content-md5" not in request.headers:
            raise Refusal(400, "InvalidRequest")

    # -- operations --------------------------------------------------------------------------

    def put_object(self, key: str, request: Request) -> Answer:
        return self._store(key, request, request.body, hashlib.md5(request.body).hexdigest(), request.headers.get("x-amz-meta-sha256", ""))

    def _store(self, key: str, request: Request, data: bytes, etag: str, sha256: str) -> Answer:
        if key in self.keys and request.headers.get("if-none-match") == "*":
            raise Refusal(412, "PreconditionFailed")
        if hashlib.sha256(data).hexdigest() != sha256:
            raise Refusal(400, "InvalidRequest")
        self._keep(Kept(key, sha256, data))
        self.keys[key] = etag
        return Answer(200, etag=etag)

    def create(self, key: str, request: Request) -> Answer:
        upload_id = hashlib.sha256(f"{key} {len(self._sha256_of_upload)}".encode()).hexdigest()[:32]
        self._uploads[upload_id] = {}
        self._sha256_of_upload[upload_id] = request.headers.get("x-amz-meta-sha256", "")
        return _document("InitiateMultipartUploadResult", f"<UploadId>{upload_id}</UploadId>")

    def _parts(self, request: Request) -> dict[int, tuple[str, bytes]]:
        parts = self._uploads.get(request.query["uploadId"])
        if parts is None:
            raise Refusal(404, "NoSuchUpload")
        return parts

    def put_part(self, key: str, request: Request) -> Answer:
        etag = hashlib.md5(request.body).hexdigest()
        self._parts(request)[int(request.query["partNumber"])] = etag, request.body
        return Answer(200, etag=etag)

    def list_parts(self, key: str, request: Request) -> Answer:
        rows = (
            f'<Part><PartNumber>{number}</PartNumber><ETag>"{etag}"</ETag><Size>{len(data)}</Size></Part>'
            for number, (etag, data) in sorted(self._parts(request).items())
        )
        return _document("ListPartsResult", "".join(rows))

    def complete(self, key: str, request: Request) -> Answer:
        parts = self._parts(request)
        named = [(int(number), etag.decode()) for number, etag in _PART.findall(request.body)]
        if not named or any(parts.get(number, ("",))[0] != etag for number, etag in named):
            raise Refusal(400, "InvalidPart")
        pieces = [parts[number][1] for number, _ in named]
        if any(len(piece) < LEAST_PART_BYTES for piece in pieces[:-1]):
            raise Refusal(400, "EntityTooSmall")
        digests = b"".join(hashlib.md5(piece).digest() for piece in pieces)
        etag = f"{hashlib.md5(digests).hexdigest()}-{len(pieces)}"
        upload_id = request.query["uploadId"]
        self._store(key, request, b"".join(pieces), etag, self._sha256_of_upload[upload_id])
        del self._uploads[upload_id]
        return _document("CompleteMultipartUploadResult", f'<ETag>"{etag}"</ETag>')

    def abort(self, key: str, request: Request) -> Answer:
        self._parts(request)
        del self._uploads[request.query["uploadId"]]
        return Answer(204)

    # -- moods ---------------------------------------------------------------------------------

    def lost_reply(self, request: Request) -> Answer:
        """It does what it is asked to, and the answer never arrives."""
        return self.honest(request)._replace(cut=0)

    def half_reply(self, request: Request) -> Answer:
        return self.honest(request)._replace(cut=20)


def _document(root: str, content: str) -> Answer:
    return Answer(200, f"<{root}>{content}</{root}>".encode())


_OPERATIONS: dict[tuple[str, tuple[str, ...]], Callable[[WorldStore, str, Request], Answer]] = {
    ("PUT", ()): WorldStore.put_object,
    ("POST", ("uploads",)): WorldStore.create,
    ("PUT", ("partNumber", "uploadId")): WorldStore.put_part,
    ("GET", ("uploadId",)): WorldStore.list_parts,
    ("POST", ("uploadId",)): WorldStore.complete,
    ("DELETE", ("uploadId",)): WorldStore.abort,
}


def _refuses(status: int, code: str) -> Callable[[WorldStore, Request], Answer]:
    return lambda _store, _request: Answer(status, f"<Error><Code>{code}</Code></Error>".encode())


MOODS: dict[str, Callable[[WorldStore, Request], Answer]] = {
    "slow_down": _refuses(503, "SlowDown"),
    "internal_error": _refuses(500, "InternalError"),
    "access_denied": _refuses(403, "AccessDenied"),
    "error_in_200": _refuses(200, "InternalError"),
    "login_page": lambda _store, _request: Answer(200, _LOGIN_PAGE),
    "keeps_nothing": lambda _store, _request: Answer(200, etag="0" * 32),
    "hangs_up": lambda _store, _request: Answer(200, cut=0),
    "lost_reply": WorldStore.lost_reply,
    "half_reply": WorldStore.half_reply,
}


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A recorder that hangs up in the middle of an answer is no error of the store's."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


def _handler(answer: Callable[[Request], Answer]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _exchange(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", 0)))
            reply = answer(Request(self.command, self.path, headers, body))
            self.wfile.write(reply.encode())  # in one piece
            self.close_connection = reply.cut is not None

        do_PUT = do_POST = do_GET = do_DELETE = _exchange  # noqa: N815  http.server calls them so

        def log_message(self, format: str, *args: object) -> None:
            """The run has its own trace."""

    return Handler

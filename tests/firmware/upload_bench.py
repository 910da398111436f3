# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""An uploader on a bench: segments with real bytes, a store that keeps what it is given, and steps to take."""

import asyncio
import hashlib
import os
import unittest

from peers import NoNames, Server, reply, run

from firmware.compat import hexlify
from firmware.health import Health
from firmware.s3 import base64
from firmware.timekeeper import Timekeeper
from firmware.trust import Trust
from firmware.uploader import Uploader

NOON_MS = 1_795_435_200_000
PART = 1000
PATH = "/tmp/daylog-test-%s" % hexlify(os.urandom(4))


class Info:
    """A closed segment with real bytes in a file."""

    def __init__(self, segment, size, utc_start_ms=NOON_MS, hashed=True, part_bytes=PART):
        self.boot, self.segment, self.size = 7, segment, size
        self.utc_start_ms, self.start_uptime_ms, self.frames = utc_start_ms, 60_000, 3
        self.path = "%s-%d" % (PATH, segment)
        self.data = bytes((segment * 31 + n) % 256 for n in range(size))
        with open(self.path, "wb") as file:
            file.write(self.data)
        self.hashed = hashed
        self.sha256, self.parts = self.digests(part_bytes) if hashed else (b"", [])

    def digests(self, part_bytes=PART):
        pieces = [self.data[at : at + part_bytes] for at in range(0, self.size, part_bytes)]
        return hashlib.sha256(self.data).digest(), [(hashlib.sha256(p).digest(), hashlib.md5(p).digest()) for p in pieces]


class Shelf:
    """What the uploader needs of the segment store; `log` is every change it was told of."""

    part_bytes = PART

    def __init__(self, *infos):
        self.infos = list(infos)
        self.on_stored = lambda info: None
        self.notes = {}
        self.log = []

    def next_pending(self):
        return self.infos[0] if self.infos else None

    def mark_uploading(self, info, utc_start_s, upload_id):
        self.notes[info.segment] = (utc_start_s, upload_id)
        self.log.append(("uploading", info.segment, utc_start_s, upload_id))

    def upload_note(self, info):
        return self.notes.get(info.segment)

    def mark_stored(self, info, etag):
        self.infos.remove(info)
        self.log.append(("stored", info.segment, etag))
        self.on_stored(info)

    def set_aside(self, info, reason):
        self.infos.remove(info)
        self.log.append(("aside", info.segment))


class Bucket:
    """A small honest store: what it was given is what it answers for."""

    def __init__(self):
        self.objects, self.uploads = {}, {}
        self.completed = {}  # upload id: the answer, for whoever completes it again
        self.begun = 0

    def __call__(self, request):
        path, _, query = request.target.partition("?")
        if request.method == "PUT" and query:
            return self.put_part(dict(pair.split("=") for pair in query.split("&")), request)
        if request.method == "PUT":
            return self.put(path, request)
        if query == "uploads=":
            self.begun += 1
            self.uploads["u%d" % self.begun] = {}
            return reply(200, xml("InitiateMultipartUploadResult", "<UploadId>u%d</UploadId>" % self.begun))
        upload_id = query.split("=")[1]
        if request.method == "POST" and self.must_not_exist(path, request):
            return refusal(412, "PreconditionFailed")
        if request.method == "POST" and upload_id in self.completed:
            return self.completed[upload_id]
        if upload_id not in self.uploads:
            return refusal(404, "NoSuchUpload")
        if request.method == "GET":
            return self.list_parts(upload_id)
        return self.complete(path, upload_id)

    def put(self, path, request):
        if self.must_not_exist(path, request):
            return refusal(412, "PreconditionFailed")
        if base64(hashlib.md5(request.body).digest()) != request.headers["content-md5"]:
            return refusal(400, "BadDigest")
        self.objects[path] = request.body
        return reply(200, etag='"%s"' % hexlify(hashlib.md5(request.body).digest()))

    def must_not_exist(self, path, request):
        return path in self.objects and "if-none-match" in request.headers

    def put_part(self, query, request):
        body = request.body
        if base64(hashlib.md5(body).digest()) != request.headers["content-md5"]:
            return refusal(400, "BadDigest")
        if query["uploadId"] not in self.uploads:
            return refusal(404, "NoSuchUpload")
        self.uploads[query["uploadId"]][int(query["partNumber"])] = body
        return reply(200, etag='"%s"' % hexlify(hashlib.md5(body).digest()))

    def list_parts(self, upload_id):
        row = "<Part><PartNumber>%d</PartNumber><ETag>%s</ETag><Size>%d</Size></Part>"
        parts = self.uploads[upload_id].items()
        return reply(200, xml("ListPartsResult", "".join(row % (n, hexlify(hashlib.md5(b).digest()), len(b)) for n, b in parts)))

    def complete(self, path, upload_id):
        found = self.uploads.pop(upload_id)
        parts = [found[n] for n in sorted(found)]
        self.objects[path] = b"".join(parts)
        joined = hashlib.md5(b"".join(hashlib.md5(p).digest() for p in parts)).digest()
        answer = reply(200, xml("CompleteMultipartUploadResult", "<ETag>%s-%d</ETag>" % (hexlify(joined), len(parts))))
        self.completed[upload_id] = answer
        return answer


def xml(root, inside):
    return ("<%s>%s</%s>" % (root, inside, root)).encode()


def refusal(status, code):
    return reply(status, xml("Error", "<Code>%s</Code><Message>no</Message>" % code))


class Link:
    names = NoNames()

    def __init__(self, up=True):
        self.for_footage = asyncio.Event()
        self.trust = Trust()
        self.used = []  # whenever somebody began or ceased to send
        self.carried_bytes = 0
        if up:
            self.for_footage.set()

    def use(self, in_use):
        self.used.append(in_use)

    def carried(self, size):
        self.carried_bytes += size


class Slot:
    def __init__(self, store):
        self.store = store


class Settings:
    store = None


class Bench:
    """An uploader with everything round it."""

    def __init__(self, shelf, server, link=None, parts_at_once=1):
        self.keeper = Timekeeper(7, lambda: 0)
        self.keeper.set_utc(NOON_MS, "ntp")
        self.health = Health(self.keeper)
        self.link = link or Link()
        self.settings = Settings()
        self.settings.store = {"region": "r", "bucket": "b", "prefix": "p/", "access_key": "AK", "secret_key": "SK"}
        self.settings.store["endpoint"] = server.endpoint if server else "http://127.0.0.1:1"
        self.uploader = Uploader(Slot(shelf), self.settings, "dev", self.keeper, self.health, self.link, parts_at_once, 300)


def step(shelf, script, steps, prepare=None):
    """Take so many steps against a server; returns (bench, server, the pauses asked for)."""

    async def play():
        async with Server(script) as server:
            bench = Bench(shelf, server)
            if prepare:
                prepare(bench)
            pauses = []
            for _ in range(steps):
                pauses.append(await bench.uploader.step())
            bench.uploader._drop_clients()
            return bench, server, pauses

    return run(play())


def lines(server):
    """Method and query of each request: the parts, without names."""
    return [r.method + r.target.partition("?")[1] + r.target.partition("?")[2] for r in server.requests]


def remove_files():
    for name in [name for name in os.listdir("/tmp") if "/tmp/" + name.rsplit("-", 1)[0] == PATH]:
        os.remove("/tmp/" + name)


class Case(unittest.TestCase):
    def setUp(self):
        self.bucket = Bucket()

    def tearDown(self):
        remove_files()

    def key(self, info, date="2026/11/23/20261123T120000Z-"):
        return "/b/p/dev/%s%06d-%06d-%s.mcap" % (date, 7, info.segment, hexlify(hashlib.sha256(info.data).digest())[:16])

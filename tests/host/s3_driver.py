# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Runs the firmware's S3 client on MicroPython for test_store.py: one JSON job on stdin, one JSON answer on stdout.

{"settings": {…}, "file": path, "part_bytes": n, "key": k, "do": name, …}
"""

import asyncio
import hashlib
import json
import os
import sys
import time

from firmware.compat import hexlify
from firmware.http import HttpError
from firmware.names import Names
from firmware.s3 import Part, S3Client
from firmware.timekeeper import civil

SHIFT_S = {1970: 0, 2000: 946684800}[time.gmtime(0)[0]]


def parts_of(path, part_bytes):
    """[(size, sha256, md5)] of the file's parts."""
    left, parts = os.stat(path)[6], []
    with open(path, "rb") as file:
        while left:
            piece = file.read(min(left, part_bytes))
            parts.append((len(piece), hashlib.sha256(piece).digest(), hashlib.md5(piece).digest()))
            left -= len(piece)
    return parts


async def put(client, job, file, parts):
    size, sha256, md5 = parts[0]
    if "md5" in job:
        md5 = bytes(16)
    return await client.put_object(job["key"], Part(file, 0, size, sha256, md5), (("x-amz-meta-sha256", hexlify(sha256)),))


async def multipart(client, job, file, parts):
    """Upload what the store does not have; `die_at` ends the process in the middle of that part."""
    upload_id = job.get("upload_id") or await client.create_multipart(job["key"])
    print(json.dumps({"upload_id": upload_id}))
    have = await client.list_parts(job["key"], upload_id)
    for number, (size, sha256, md5) in enumerate(parts, 1):
        if have.get(number) == (size, hexlify(md5)):
            continue
        source = Dying(file) if number == job.get("die_at") else file
        print(json.dumps({"sending": number}))
        await client.upload_part(job["key"], upload_id, number, Part(source, (number - 1) * job["part_bytes"], size, sha256, md5))
    digests, etags = [(sha256, md5) for _, sha256, md5 in parts], [hexlify(md5) for _, _, md5 in parts]
    etag = await client.complete(job["key"], upload_id, digests, etags)
    if job.get("twice"):
        return [etag, await client.complete(job["key"], upload_id, digests, etags, again=True)]
    return etag


class Dying:
    """A file in whose middle the process ends, as in a power cut: nothing is closed, nothing said."""

    def __init__(self, file):
        self.file = file
        self.slices = 0

    def seek(self, offset):
        self.file.seek(offset)

    def readinto(self, view):
        self.slices += 1
        if self.slices == 10:
            sys.exit(9)
        return self.file.readinto(view)


async def forbidden(client, job, file, parts):
    """What a write-only key must not be allowed: status of GET, DELETE and a listing."""
    seen = []
    for method, key, query in (("GET", job["key"], {}), ("DELETE", job["key"], {}), ("GET", "", {"list-type": "2"})):
        reply = await client._request(method, key, query, [], hexlify(hashlib.sha256(b"").digest()))
        seen.append(reply.status)
    return seen


async def main(job):
    client = S3Client(
        job["settings"], Names(lambda: "", lambda: 0), lambda: int(time.time()) + SHIFT_S + job.get("clock_off_s", 0), bytearray(16384)
    )
    parts = parts_of(job["file"], job["part_bytes"])
    try:
        with open(job["file"], "rb") as file:
            return {"ok": await globals()[job["do"]](client, job, file, parts)}
    except HttpError as error:
        return {"kind": error.kind, "text": error.text}


assert civil(0)[0] == 1970
print(json.dumps(asyncio.run(main(json.loads(sys.stdin.readline())))))

# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""One segment to one key: whole, or in parts, going on where an earlier try or boot stopped.

    etag = await Transfer(clients, info, key, upload_id, note).run(parts)

Returns only when a checksum of the store was compared. "It exists already" is no checksum: then the same bytes
are sent once more to the same key, without the condition, and the answer to that is compared.
"""

import asyncio

from firmware.compat import hexlify, sleep_ms
from firmware.http import HttpError
from firmware.s3 import Part, multipart_etag
from firmware.s3_errors import failure
from firmware.segment import Hashes
from firmware.timekeeper import compact

OTHER_BYTES = "the card gives other bytes than were recorded; it may be failing: copy it and replace it"


def object_key(prefix, device, boot, segment, sha256, utc_start_s):
    """Deterministic: a repeated upload is the same object. `utc_start_s` is 0 while unknown."""
    name = "%06d-%06d-%s.mcap" % (boot, segment, hexlify(sha256)[:16])
    if utc_start_s:
        start = compact(utc_start_s)
        name = "/".join((start[:4], start[4:6], start[6:8], start + "-" + name))
    else:
        name = "undated/" + name
    return "/".join(part for part in (prefix.strip("/"), device, name) if part)


def has_digests(info, part_bytes):
    """Whether the digests of its parts are known, and of parts of this size as far as their number tells."""
    return info.hashed and len(info.parts) == -(-info.size // part_bytes)


def parts_of(file, info, part_bytes):
    """The segment's parts, as they were hashed."""
    offsets = range(0, info.size, part_bytes)
    return [Part(file, at, min(part_bytes, info.size - at), *digests) for at, digests in zip(offsets, info.parts)]


async def hash_segment(file, info, part_bytes, view, recorded_sha256):
    """Read it once, slice by slice, for its digests. HttpError of kind "card" if `recorded_sha256` is known and another."""
    hashes = Hashes(part_bytes, info.size <= part_bytes)
    left = info.size
    while left:
        count = file.readinto(view[: min(left, len(view), hashes.room)])
        if not count:
            raise OSError("the file ends early")
        hashes.update(view[:count])
        left -= count
        await sleep_ms(0)
    info.sha256, info.parts = hashes.finish()
    info.hashed = info.sha256 == recorded_sha256 or not recorded_sha256
    if not info.hashed:
        raise HttpError("card", OTHER_BYTES)


async def all_of(works):
    """Until all have ended; the first that fails ends the others, and nothing of them goes on when this raises."""
    if len(works) < 2:
        for work in works:
            await work
        return
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class Transfer:
    """`clients`: so many parts are sent at the same time. `note(upload_id)` makes durable which multipart upload was begun, before any
    part is sent."""

    def __init__(self, clients, info, key, upload_id, note):
        self._clients, self._client, self._info, self._key = clients, clients[0], info, key
        self._upload_id, self._note = upload_id, note
        self._metadata = (("x-amz-meta-sha256", hexlify(info.sha256)),)

    async def run(self, parts):
        """Returns the ETag that was compared. Raises HttpError."""
        send = self._whole if len(parts) == 1 else self._in_parts
        try:
            return await send(parts, False)
        except HttpError as error:
            if error.kind != "exists":
                raise
        return await send(parts, True)

    async def _whole(self, parts, again):
        return await self._client.put_object(self._key, parts[0], self._metadata, again)

    async def _in_parts(self, parts, again):
        try:
            etags = await self._send_missing(parts)
            etag = await self._client.complete(self._key, self._upload_id, self._info.parts, etags, again)
        except HttpError as error:
            if error.kind == "upload_gone":
                self._begin("")  # anew at the next try
            raise
        if not etag and await self._listed() is not None:  # each part's was compared; but has it made the object of them?
            raise failure("server", "it has completed an upload, it says, that is still open")
        return etag or multipart_etag(self._info.parts)

    async def _send_missing(self, parts):
        """ETags of all parts. If the store has closed this upload, its answer was lost: completing it again tells."""
        have = await self._listed() if self._upload_id else {}
        if not self._upload_id:
            self._begin(await self._client.create_multipart(self._key, self._metadata))
        etags = [hexlify(part.md5) for part in parts]
        if have is not None:
            missing = [number for number, part in enumerate(parts, 1) if have.get(number) != (part.size, etags[number - 1])]
            queue = iter(missing)
            await all_of([self._send(client, queue, parts, etags) for client in self._clients[: len(missing)]])
        return etags

    async def _send(self, client, queue, parts, etags):
        """One part after the other, of those that nobody else has taken yet."""
        for number in queue:
            etags[number - 1] = await client.upload_part(self._key, self._upload_id, number, parts[number - 1])

    async def _listed(self):
        """The parts the store has, or None if it does not know this upload any more."""
        try:
            return await self._client.list_parts(self._key, self._upload_id)
        except HttpError as error:
            if error.kind != "upload_gone":
                raise
        return None

    def _begin(self, upload_id):
        self._upload_id = upload_id
        self._note(upload_id)

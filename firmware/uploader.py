# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Custody: every closed segment goes to the store, oldest first, and counts as stored only when that is proven.

    uploader = Uploader(storage, settings, device, keeper, health, link)
    asyncio.create_task(uploader.run())
    uploader.kick()  # something changed: try now

The queue is the segment store itself; nothing of it is held here. An error of the store, the network or the
settings is every segment's: it waits and is shown as a problem. Only what one segment alone
cannot overcome sets that segment aside, visibly.
"""

import asyncio

from firmware.backoff import Backoff, wait_ms
from firmware.compat import const, hexlify, sleep_ms
from firmware.http import HttpError
from firmware.s3 import Part, S3Client, multipart_etag
from firmware.s3_errors import SEGMENT_KINDS
from firmware.segment import Hashes
from firmware.timekeeper import compact

FIRST_PAUSE_MS = const(2_000)
LONGEST_PAUSE_MS = const(300_000)
IDLE_MS = const(15_000)  # how often to look for a segment nobody announced
LOOK_MS = const(1_000)  # how often to look whether an obstacle is gone
ATTEMPTS = const(5)
ASIDE_IN_A_ROW = const(3)  # so many segments refused one after the other: it is not the segments
_LINK_KINDS = ("lost", "timeout", "connect", "dns")  # what losing the Wi-Fi looks like from here


def object_key(prefix, device, boot, segment, sha256, utc_start_s):
    """Deterministic: a repeated upload is the same object. `utc_start_s` is 0 while unknown."""
    name = "%06d-%06d-%s.mcap" % (boot, segment, hexlify(sha256)[:16])
    if utc_start_s:
        start = compact(utc_start_s)
        name = "/".join((start[:4], start[4:6], start[6:8], start + "-" + name))
    else:
        name = "undated/" + name
    return "/".join(part for part in (prefix.strip("/"), device, name) if part)


def parts_of(file, info, part_bytes):
    """The segment's parts, as they were hashed while it was recorded."""
    offsets = range(0, info.size, part_bytes)
    return [Part(file, at, min(part_bytes, info.size - at), *digests) for at, digests in zip(offsets, info.parts)]


async def hash_segment(file, info, part_bytes, view):
    """Fill in the digests of a segment that recovery closed; reads it once, slice by slice."""
    hashes = Hashes(part_bytes, info.size <= part_bytes)
    left = info.size
    while left:
        count = file.readinto(view[: min(left, len(view), hashes.room or part_bytes)])
        if not count:
            raise OSError("the file ends early")
        hashes.update(view[:count])
        left -= count
        await sleep_ms(0)
    info.sha256, info.parts = hashes.finish()
    info.hashed = True


class Uploader:
    """`enabled` may be switched off to keep the radio quiet; `state` says in words what goes on.

    `busy` while a segment is being sent; `stored` counts those proven since boot.
    """

    def __init__(self, storage, settings, device, keeper, health, link, slice_bytes=16384):
        self.enabled = True
        self.state = "starting"
        self.busy = False
        self.stored = 0
        self._storage, self._settings, self._device = storage, settings, device
        self._store = None  # the one in hand; another card is another store
        self._keeper, self._health, self._link = keeper, health, link
        self._buffer = bytearray(slice_bytes)
        self._client = None
        self._client_settings = None
        self._backoff = Backoff(FIRST_PAUSE_MS, LONGEST_PAUSE_MS)
        self._kicked = asyncio.Event()
        self._info = None
        self._failures = 0  # of this segment, by its own fault
        self._asides = 0  # segments set aside since one was stored
        self._trouble = ""  # kind of the last failure

    def kick(self):
        """Something changed (a segment, the settings, a person asks): try now."""
        self._backoff.reset()
        self._kicked.set()

    def status(self):
        """What the console shows."""
        return {"enabled": self.enabled, "state": self.state, "failures": self._failures}

    async def run(self):
        """Upload for ever; never raises for what a store, a network or a card can do."""
        while True:
            pause_ms = await self.step()
            if pause_ms:
                await wait_ms(self._kicked, pause_ms)
                self._kicked.clear()

    async def step(self):
        """Do the next thing; returns how long there is nothing more to do."""
        if self._store is not self._storage.store:
            self._store, self._info = self._storage.store, None
        obstacle = self._obstacle()
        if obstacle:
            self.state = obstacle
            return LOOK_MS if self._link.up.is_set() else await self._until_up()
        try:
            info = self._next()
            if info is None:
                self.state = "all stored"
                return IDLE_MS
            self.busy = True
            await self._upload(info)
        except HttpError as error:
            return self._failed(error.kind, error.text)
        except OSError as error:
            return self._failed("card", "a segment cannot be read from the card (%s)" % error)
        finally:
            self.busy = False
        self._backoff.reset()
        return 0

    def _obstacle(self):
        """Why nothing can be uploaded now, in words, or None."""
        if not self.enabled:
            return "switched off"
        if self._store is None:
            return "waiting for a card"
        if not self._settings.store:
            return "no store in the settings"
        if not self._link.up.is_set():
            return "waiting for a known Wi-Fi network"
        if not self._keeper.utc_known:
            return "waiting for the time of day"
        return None

    async def _until_up(self):
        """Wait for the link; the connection of before is gone, and with it what it suffered from."""
        self._drop_client()
        self._backoff.reset()
        if self._trouble in _LINK_KINDS:
            self._health.clear_problem("store")
        await wait_ms(self._link.up, IDLE_MS)
        return 0

    def _drop_client(self):
        if self._client is not None:
            self._client.close()
            self._client = None

    def _next(self):
        """The oldest pending segment; the one in hand keeps its digests and its count of failures."""
        info = self._store.next_pending()
        if info and self._info and (info.boot, info.segment) == (self._info.boot, self._info.segment):
            return self._info
        self._info, self._failures = info, 0
        return info

    def _ready_client(self):
        if self._client is None or self._client_settings is not self._settings.store:
            self._drop_client()
            self._client_settings = self._settings.store
            self._client = S3Client(self._settings.store, self._link.names, lambda: self._keeper.unix_ms() // 1000, self._buffer)
        return self._client

    # -- one segment -----------------------------------------------------------------------

    async def _upload(self, info):
        name = "%d/%d" % (info.boot, info.segment)
        self.state = "uploading segment %s" % name
        client = self._ready_client()
        with open(info.path, "rb") as file:
            if not info.hashed:
                await hash_segment(file, info, self._store.part_bytes, memoryview(self._buffer))
            parts = parts_of(file, info, self._store.part_bytes)
            utc_start_s, upload_id = self._store.upload_note(info) or self._first_note(info)
            key = object_key(self._settings.store["prefix"], self._device, info.boot, info.segment, info.sha256, utc_start_s)
            try:
                etag = await Transfer(client, self._store, info, key, utc_start_s, upload_id).run(parts)
            except HttpError as error:
                if error.kind != "exists":
                    raise
                etag = expected_etag(info.parts)  # the key holds the content's hash: this very content is there
        self._stored(info, name, key, etag)

    def _first_note(self, info):
        """Choose the date in the key, and journal the choice before anything is sent."""
        start_ms = info.utc_start_ms
        if not start_ms and info.boot == self._keeper.boot:
            start_ms = info.start_uptime_ms + self._keeper.offset_ms
        self._store.mark_uploading(info, start_ms // 1000, "")
        return start_ms // 1000, ""

    def _stored(self, info, name, key, etag):
        self._store.mark_stored(info, etag)
        self._info, self._asides = None, 0
        self.stored += 1
        self._health.clear_problem("store")
        self._health.count("stored")
        self._health.count("stored_bytes", info.size)
        self._health.event("stored", "segment %s is stored" % name, "info", {"key": key, "etag": etag})

    # -- failures --------------------------------------------------------------------------

    def _failed(self, kind, text):
        """Count, say, and decide; returns the pause before the next try."""
        self._drop_client()
        self._trouble = kind
        self._health.count("upload_errors")
        if kind in SEGMENT_KINDS and self._info and self._asides < ASIDE_IN_A_ROW:
            self._failures += 1
            if self._failures == ATTEMPTS:
                return self._set_aside(text)
        self._health.set_problem("store", text)
        pause_ms = self._backoff.next_ms()
        self.state = "trying again in %d s: %s" % (pause_ms // 1000, text)
        return pause_ms

    def _set_aside(self, text):
        info, self._info = self._info, None
        self._store.set_aside(info, text)
        self._asides += 1
        self._health.count("set_aside")
        self._health.event("set_aside", "segment %d/%d is set aside: %s" % (info.boot, info.segment, text), "error")
        self._backoff.reset()
        return 0


def expected_etag(parts):
    return hexlify(parts[0][1]) if len(parts) == 1 else multipart_etag(parts)


class Transfer:
    """One segment to one key: whole, or in parts, going on where an earlier try or boot stopped."""

    def __init__(self, client, store, info, key, utc_start_s, upload_id):
        self._client, self._store, self._info = client, store, info
        self._key, self._utc_start_s, self._upload_id = key, utc_start_s, upload_id
        self._metadata = (("x-amz-meta-sha256", hexlify(info.sha256)),)

    async def run(self, parts):
        """Returns the ETag that was compared. HttpError of kind "exists" if the object is there already."""
        if len(parts) == 1:
            return await self._client.put_object(self._key, parts[0], self._metadata)
        try:
            return await self._in_parts(parts)
        except HttpError as error:
            if error.kind == "upload_gone":
                self._note("")  # begin anew at the next try
            elif error.kind == "exists":
                await self._clean_up()
            raise

    async def _clean_up(self):
        """Leave no parts behind; where the store has done so already it says so, and that is fine."""
        try:
            await self._client.abort(self._key, self._upload_id)
        except HttpError:
            pass

    async def _in_parts(self, parts):
        have = await self._resumed() if self._upload_id else {}
        if have is None:
            return await self._client.complete(self._key, self._upload_id, self._info.parts)
        if not self._upload_id:
            self._note(await self._client.create_multipart(self._key, self._metadata))
        for number, part in enumerate(parts, 1):
            if have.get(number) != (part.size, hexlify(part.md5)):
                await self._client.upload_part(self._key, self._upload_id, number, part)
        return await self._client.complete(self._key, self._upload_id, self._info.parts)

    async def _resumed(self):
        """The parts the store has, or None if it has closed this upload: then its reply to us was lost."""
        try:
            return await self._client.list_parts(self._key, self._upload_id)
        except HttpError as error:
            if error.kind != "upload_gone":
                raise
        return None

    def _note(self, upload_id):
        self._upload_id = upload_id
        self._store.mark_uploading(self._info, self._utc_start_s, upload_id)

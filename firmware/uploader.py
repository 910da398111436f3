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
from firmware.compat import const
from firmware.http import HttpError
from firmware.s3 import S3Client
from firmware.s3_errors import SEGMENT_KINDS, asked_pause_ms
from firmware.store_clock import StoreClock
from firmware.transfer import Transfer, has_digests, hash_segment, object_key, parts_of

FIRST_PAUSE_MS = const(2_000)
LONGEST_PAUSE_MS = const(300_000)
IDLE_MS = const(2_000)  # how often to look for a segment that was closed meanwhile
LOOK_MS = const(1_000)  # how often to look whether an obstacle is gone
ATTEMPTS = const(5)
ASIDE_IN_A_ROW = const(3)  # so many segments refused one after the other: it is not the segments
ENODEV = const(19)
_LINK_KINDS = ("lost", "timeout", "connect", "dns")  # what losing the Wi-Fi looks like from here


class Uploader:
    """`enabled` may be switched off to keep the radio quiet; `state` says in words what goes on.

    `busy` while a segment is being sent; `stored` counts those proven since boot. `parts_at_once` of a segment are on their way, each
    over a connection of its own and read into a buffer of its own, of `buffer_bytes`.
    """

    def __init__(self, storage, settings, device, keeper, health, link, parts_at_once=1, buffer_bytes=16384):
        self.enabled = True
        self.state = "starting"
        self.busy = False
        self.stored = 0
        self._storage, self._settings, self._device = storage, settings, device
        self._store = None  # the one in hand; another card is another store
        self._keeper, self._health, self._link = keeper, health, link
        self._buffers = [bytearray(buffer_bytes) for _ in range(parts_at_once)]
        self._clients = []
        self._client_settings = None
        self._backoff = Backoff(FIRST_PAUSE_MS, LONGEST_PAUSE_MS)
        self._kicked = asyncio.Event()
        self._clock = StoreClock(keeper, health)
        self._info = None
        self._recorded_sha256 = b""  # of the segment in hand, if it is known from its recording
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
            return LOOK_MS if self._link.for_footage.is_set() else await self._until_up()
        try:
            info = self._next()
            if info is None:
                self.state = "all stored"
                return IDLE_MS
            self.busy = True
            self._link.use(True)
            await self._upload(info)
        except HttpError as error:
            return self._failed(error)
        except OSError as error:
            return self._failed(HttpError("card", "a segment cannot be read from the card (%s)" % error))
        finally:
            self.busy = False
            self._link.use(False)
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
        if not self._link.for_footage.is_set():
            return "waiting for a known Wi-Fi network"
        if not self._keeper.utc_known:
            return "waiting for the time of day"
        return None

    async def _until_up(self):
        """Wait for the link; the connection of before is gone, and with it what it suffered from."""
        self._drop_clients()
        self._backoff.reset()
        if self._trouble in _LINK_KINDS:
            self._health.clear_problem("store")
        await wait_ms(self._link.for_footage, IDLE_MS)
        return 0

    def _drop_clients(self):
        for client in self._clients:
            client.close()
        self._clients = []

    def _next(self):
        """The oldest pending segment; the one in hand keeps its digests and its count of failures."""
        info = self._store.next_pending()
        if info and self._info and (info.boot, info.segment) == (self._info.boot, self._info.segment):
            return self._info
        self._info, self._failures = info, 0
        self._recorded_sha256 = info.sha256 if info else b""
        return info

    def _ready_clients(self):
        store = self._settings.store
        if not self._clients or self._client_settings is not store:
            self._drop_clients()
            self._client_settings = store
            now_s = lambda: self._keeper.unix_ms() // 1000  # noqa: E731
            self._clients = [S3Client(store, self._link.names, now_s, buffer) for buffer in self._buffers]
        return self._clients

    # -- one segment -----------------------------------------------------------------------

    async def _upload(self, info):
        name = "%d/%d" % (info.boot, info.segment)
        self.state = "uploading segment %s" % name
        clients, part_bytes = self._ready_clients(), self._store.part_bytes
        with open(info.path, "rb") as file:
            if not has_digests(info, part_bytes):
                await hash_segment(file, info, part_bytes, memoryview(self._buffers[0]), self._recorded_sha256)
            utc_start_s, upload_id = self._store_in_hand().upload_note(info) or self._first_note(info)
            key = object_key(self._settings.store["prefix"], self._device, info.boot, info.segment, info.sha256, utc_start_s)
            note = lambda upload_id: self._store_in_hand().mark_uploading(info, utc_start_s, upload_id)  # noqa: E731
            etag = await Transfer(clients, info, key, upload_id, note).run(parts_of(file, info, part_bytes))
        self._stored(info, name, key, etag)

    def _store_in_hand(self):
        """Nothing about a segment may be written on another card. Raises OSError(ENODEV) if its own is gone."""
        if self._store is not self._storage.store:
            raise OSError(ENODEV)
        return self._store

    def _first_note(self, info):
        """Choose the date in the key, and journal the choice before anything is sent."""
        start_ms = info.utc_start_ms
        if not start_ms and info.boot == self._keeper.boot:
            start_ms = info.start_uptime_ms + self._keeper.offset_ms
        self._store_in_hand().mark_uploading(info, start_ms // 1000, "")
        return start_ms // 1000, ""

    def _stored(self, info, name, key, etag):
        self._store_in_hand().mark_stored(info, etag)
        self._info, self._asides = None, 0
        self.stored += 1
        self._link.carried(info.size)
        self._clock.accepted()
        self._health.clear_problem("store")
        self._health.count("stored")
        self._health.count("stored_bytes", info.size)
        self._health.event("stored", "segment %s is stored" % name, "info", {"key": key, "etag": etag})

    # -- failures --------------------------------------------------------------------------

    def _failed(self, error):
        """Count, say, and decide; returns the pause before the next try."""
        self._drop_clients()
        if self._store is not self._storage.store:
            return LOOK_MS  # whatever it was: the card went
        self._trouble = error.kind
        self._link.trust.failed(error.kind)
        self._health.count("upload_errors")
        if error.kind == "clock" and self._clock.correct(self._settings.store["endpoint"], error.headers.get("date", "")):
            return 0
        if error.kind == "digest" and self._info:
            self._info.hashed = False  # the next try reads it anew, and tells whether it is the card
        if error.kind in SEGMENT_KINDS and self._info and self._asides < ASIDE_IN_A_ROW:
            self._failures += 1
            if self._failures == ATTEMPTS:
                return self._set_aside(error.text)
        self._health.set_problem("store", error.text)
        pause_ms = asked_pause_ms(error) + self._backoff.next_ms()
        self.state = "trying again in %d s: %s" % (pause_ms // 1000, error.text)
        return pause_ms

    def _set_aside(self, text):
        info, self._info = self._info, None
        self._store.set_aside(info, text)
        self._asides += 1
        self._health.count("set_aside")
        self._health.event("set_aside", "segment %d/%d is set aside: %s" % (info.boot, info.segment, text), "error")
        self._backoff.reset()
        return 0

# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""From the slot to a segment store, and again after the card failed, was taken out, or is another one.

    storage = Storage(board, settings, keeper, health, device)
    asyncio.create_task(storage.run())
    storage.store                        # a SegmentStore, or None while no card can be used
    storage.failed("card_error")         # whoever meets an error of the card says so

A card that failed is let go of and opened anew, as at boot: mounted, its journal loaded, what was left open closed.
Who keeps a store in hand must ask `storage.store` again each time: a store of before answers with errors.
"""

import asyncio

from firmware.backoff import wait_ms
from firmware.compat import const
from firmware.recovery import recover_open_segments, unknown_gap
from firmware.segments import SegmentStore

FIRST_RETRY_MS = const(500)
LONGEST_RETRY_MS = const(5_000)


class Storage:
    def __init__(self, board, settings, keeper, health, device):
        self.store = None
        self._board, self._settings, self._keeper, self._health = board, settings, keeper, health
        self._device = device.encode()[:16]
        self._cause = board.reset_cause()  # of what is found open on the card
        self._gaps = []
        self._lost = asyncio.Event()
        self._retry_ms = FIRST_RETRY_MS

    async def run(self):
        """Keep a store at hand. Never returns; never raises for what a card can do."""
        while True:
            if self.store is None and not self._try():
                await wait_ms(self._lost, self._next_retry_ms())
            else:
                await self._lost.wait()
            self._lost.clear()

    def failed(self, cause):
        """The card did not do what it was asked: let go of it, so that `run` opens it, or another one, anew."""
        if self.store is not None:
            self.close()
            self._cause = cause
            self._lost.set()

    def close(self):
        """Let go of the card. Does not raise."""
        store, self.store = self.store, None
        if store is not None:
            try:
                store.close()
            except OSError:  # the card is gone; every record was made durable when it was written
                pass
        self._board.card.unmount()

    def take_gaps(self):
        """The losses found on the card since the last time: the recording that goes on has to tell of them too."""
        gaps, self._gaps = self._gaps, []
        return gaps

    # -- opening -------------------------------------------------------------------------

    def _next_retry_ms(self):
        retry_ms, self._retry_ms = self._retry_ms, min(2 * self._retry_ms, LONGEST_RETRY_MS)
        return retry_ms

    def _try(self):
        try:
            self.store = self._open()
        except OSError as error:
            self._board.card.unmount()
            self._health.set_problem("card", "no card that can be used (error %s): insert one formatted with FAT32" % error)
            return False
        self._retry_ms = FIRST_RETRY_MS
        self._health.clear_problem("card")
        return True

    def _open(self):
        """The store of the card in the slot, with nothing left open on it."""
        card = self._board.card
        card.open()
        store = SegmentStore(card.mount(), self._board.nvs_get("boot"), self._settings.part_bytes, self._keeper.boot)
        store.load()
        if store.boot != self._keeper.boot:
            self._board.nvs_set("boot", store.boot)
            self._keeper.boot = store.boot
            self._health.event("boot", "boot %d after reset cause %s" % (store.boot, self._cause))
        self._gaps += self._recover(store)
        return store

    def _recover(self, store):
        """Close what was left open; returns the gaps of earlier boots. The recorder knows those of its own."""
        gaps, known = [], [store.boot]
        for boot, segment, gap in recover_open_segments(store, self._cause, self._device):
            self._health.count("recovered")
            self._health.event("recovered", "segment %d/%d was left open and is closed now" % (boot, segment), "warn", gap)
            if gap and boot != store.boot:
                gaps.append(gap)
            known.append(boot if gap else 0)
        if store.broke_off and store.broke_off not in known:  # between two segments
            gaps.append(unknown_gap(self._cause, store.broke_off))
        return gaps

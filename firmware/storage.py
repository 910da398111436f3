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
import os

from firmware import card_check, card_words, carve, fat_repair
from firmware.backoff import wait_ms
from firmware.card_guard import CardGuard
from firmware.compat import const, sleep_ms
from firmware.recovery import recover_open_segments, unknown_gap
from firmware.segments import SegmentStore
from firmware.volume import Volume

FIRST_RETRY_MS = const(500)
LONGEST_RETRY_MS = const(2_000)
MOST_BOOTS = const(999_999_999)  # what the name of a folder can say
MANY_FAILURES = const(3)
LOOK_MS = const(10_000)  # how often to look whether it is still the same card: nobody else does while nothing is written


class Storage:
    """`card` is the CardGuard of the card in the slot, also if it has no file system that can be used; None without a card."""

    def __init__(self, board, settings, keeper, health, device):
        self.store = self.card = None
        self._board, self._settings, self._keeper, self._health = board, settings, keeper, health
        self._device = device.encode()[:16]
        self._cause = board.reset_cause()  # of what is found open on the card
        self._segment = 0  # the last number that this boot gave to a segment, on whatever card
        self._failures = 0
        self._hands = asyncio.Lock()  # one opens the card at a time
        self._gaps = []
        self._changed = asyncio.Event()
        self._retry_ms = FIRST_RETRY_MS

    async def run(self):
        """Keep a store at hand. Never returns; never raises for what a card can do."""
        while True:
            async with self._hands:
                if self.store is None:
                    await self._try()
                elif not self.card.is_same():
                    self.failed("card_error")
                self._tell_of_mending()
            self._changed.clear()
            await wait_ms(self._changed, LOOK_MS if self.store else self._next_retry_ms())

    def failed(self, cause):
        """The card did not do what it was asked: let go of it, so that `run` opens it, or another one, anew."""
        if self.store is not None:
            self.close()
            self._cause = cause
            self._failures += 1
            if self._failures >= MANY_FAILURES:
                self._health.set_problem("card_worn", card_words.WORN)
            self._changed.set()

    def has_failed(self):
        """Whether this card ever did not do what it was asked; another one in its place has not."""
        return self._failures > 0

    def _forget_failures(self):
        self._failures = 0
        self._health.clear_problem("card_worn")

    async def hold(self):
        """Take the card out of everybody's hands: until `let_go` nobody opens it."""
        await self._hands.acquire()
        self.close()

    def bare(self):
        """The guard of the card in the slot, whatever is on it. Raises OSError."""
        device = self._board.card.open()
        self.card = Volume() if device is None else CardGuard(device)
        self.card.examine()
        return self.card

    def let_go(self):
        self._hands.release()
        self._changed.set()

    def why(self, error):
        """What an error of the card in use means, in words."""
        return card_words.failed(error, self.card)

    def close(self):
        """Let go of the card. Does not raise."""
        store, self.store = self.store, None
        if store is not None:
            self._segment = max(self._segment, store.last_segment)
            try:
                store.close()
            except OSError:  # the card is gone; every record was made durable when it was written
                pass
        if self.card is not None:
            self.card.bury()
        self._board.card.unmount()

    def take_gaps(self):
        """The losses found on the card since the last time: the recording that goes on has to tell of them too."""
        gaps, self._gaps = self._gaps, []
        return gaps

    # -- opening -------------------------------------------------------------------------

    def _next_retry_ms(self):
        retry_ms, self._retry_ms = self._retry_ms, min(2 * self._retry_ms, LONGEST_RETRY_MS)
        return retry_ms

    async def _try(self):
        self.card = None
        try:
            self.store = await self._open(self.bare())
        except OSError as error:
            self._health.set_problem("card", await self._why_not(error))
            if self.card is None:
                self._forget_failures()  # it was taken out; another one may come
            return self.close()
        except Exception:  # the supervisor starts `run` again, and the card has to be free by then
            self.close()
            raise
        self._retry_ms = FIRST_RETRY_MS
        self._health.clear_problem("card")

    async def _open(self, card):
        """The store of a card, with nothing left open on it."""
        if card.sectors:
            await self._mend(card)
        mount = self._board.card.mount(card)
        if card.sectors:
            self._judge_size(mount)
        card_check.tidy(mount)
        store = SegmentStore(mount, self._last_boot(), self._settings.part_bytes, self._keeper.boot, self._segment)
        for _ in store.loading():
            await sleep_ms(0)
        if store.boot != self._keeper.boot:
            self._count_boot(store.boot)
            self._keeper.boot = store.boot
            self._health.event("boot", "boot %d after reset cause %s" % (store.boot, self._cause))
        self._gaps += self._recover(store)
        return store

    async def _mend(self, card):
        mended = False
        for said in fat_repair.mend(card):
            if said:
                self._health.event("card", said, "warn")
                mended = True
            await sleep_ms(0)
        if mended:
            card.examine()
        card.fats = fat_repair.fats_of(card)

    def _tell_of_mending(self):
        fats = self.card.fats if self.card else None
        if fats and fats.mended:
            self._health.event("card", fat_repair.FAT % fats.mended, "warn")
            fats.mended = 0

    async def _why_not(self, error):
        """Why a card cannot be used, in words. One that lost its file system may still hold footage."""
        words = card_words.why(error, self.card)
        try:
            if words == card_words.NO_FILES and await self._holds_footage():
                return card_words.FOOTAGE
        except OSError as another:
            return card_words.why(another, self.card)
        return words

    async def _holds_footage(self):
        for found in carve.probe(self.card):
            if found:
                return True
            await sleep_ms(0)
        return False

    def _last_boot(self):
        """As the chip remembers it. What cannot be the number of a boot counts for nothing; the card has its own."""
        boot = self._board.nvs_get("boot")
        return boot if 0 < boot < MOST_BOOTS else 0

    def _count_boot(self, boot):
        try:
            self._board.nvs_set("boot", boot)
        except OSError as error:
            self._health.event("boot", "the chip cannot remember its boots (%s); the card still does" % error, "warn")

    def _judge_size(self, mount):
        cluster_bytes, clusters = os.statvfs(mount)[1:3]
        said = card_words.counterfeit(self.card, cluster_bytes * clusters)
        if said:
            self._health.set_problem("counterfeit", said)
        else:
            self._health.clear_problem("counterfeit")

    def _recover(self, store):
        """Close what was left open; returns the gaps of earlier boots. The recorder knows those of its own."""
        gaps, known = [], [store.boot]
        for boot, segment, gap in recover_open_segments(store, self._cause, self._device):
            self._health.count("recovered")
            self._health.event("recovered", "segment %d/%d was left open and is closed now" % (boot, segment), "warn", gap)
            if gap and boot != store.boot:
                gaps.append(gap)
            known.append(boot if gap else 0)
        return gaps + [unknown_gap(why or self._cause, boot) for boot, why in store.broke_off if boot not in known]  # between two segments

# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What a card needs while it is recorded on: room before it is wanted, an index that is fresh, and a word in time.

    housekeeper = Housekeeper(storage, settings, keeper, health)
    asyncio.create_task(housekeeper.run())

Each step is short enough to fit between two frames. What counts as full is what may not be removed: a card full of
stored footage is as good as an empty one.
"""

from firmware.compat import const, sleep_ms
from firmware.recovery import glance
from firmware.segments import SPARE_BYTES

LEVELS = (95, 90, 80)  # percent, each with a warning
MARGIN = const(2)  # percent below a level before its warning is taken back
LOOK_MS = const(10_000)
STEP_MS = const(20)
HOUR_MS = const(3_600_000)
FULL = "the card is %d %% full of footage that is not stored yet%s; %s"
BRING = "bring the recorder into Wi-Fi, or insert an empty card"
OVERWRITE = "then the oldest of it will be overwritten: " + BRING


class Housekeeper:
    def __init__(self, storage, settings, keeper, health):
        self._storage, self._settings, self._keeper, self._health = storage, settings, keeper, health
        self._store = None
        self._since_ms = 0  # when that store came
        self._level = 0

    async def run(self):
        """Look after whatever card there is, for ever."""
        while True:
            try:
                await self.look()
            except OSError as error:  # recording will meet it too, if it is serious
                self._health.event("card", "the card could not be tidied (%s); trying again" % error, "warn")
            await sleep_ms(LOOK_MS)

    async def look(self):
        """One round. Raises OSError from the card."""
        store = self._storage.store
        if store is not self._store:
            self._store, self._since_ms, self._level = store, self._keeper.uptime_ms(), 0
        if store is not None:
            self._tell(store)
            self._warn(store)
            await self._tidy(store)

    async def _tidy(self, store):
        while store.make_room_ahead():
            await sleep_ms(STEP_MS)
        if store.ledger.is_due():
            for _ in store.ledger.saving():
                await sleep_ms(STEP_MS)
        await self._look_at_found(store)

    async def _look_at_found(self, store):
        """Files that no journal knows of: those that were closed wait to be stored, the others for recovery at the next boot."""
        found = store.found()
        while found:
            told = glance(store.path(*found))
            if told:
                store.closed(found[1], told[1], told[0].offset_ms(), found[0])
            else:
                store.leave_open(*found)
            await sleep_ms(STEP_MS)
            found = store.found()

    def _tell(self, store):
        for boot, segment, why in store.take_losses():
            self._health.count("segments_lost")
            self._health.event("lost", "segment %d/%d: %s" % (boot, segment, why), "warn")

    # -- how full it is ----------------------------------------------------------------

    def _warn(self, store):
        percent = self._percent(store)
        level = max([level for level in LEVELS if percent >= level], default=0)
        if level < self._level and percent >= self._level - MARGIN:
            level = self._level
        is_news, self._level = level != self._level, level
        if not level:
            return self._health.clear_problem("space")
        text = FULL % (level, self._lasts(store), OVERWRITE if self._settings.overwrite_unsent else BRING)
        if is_news:
            self._health.set_problem("space", text)
        else:
            self._health.problems["space"] = text  # only its hours have changed: that is no event

    def _percent(self, store):
        total = store.total_bytes()
        return 100 * (total - store.free_bytes() - store.stored_bytes()) // total

    def _lasts(self, store):
        """How long the card will last at the rate of this boot; nothing before that is known."""
        elapsed_ms = self._keeper.uptime_ms() - self._since_ms
        if not store.recorded_bytes or not elapsed_ms:
            return ""
        room = store.free_bytes() + store.stored_bytes() - SPARE_BYTES
        hours = room * elapsed_ms // (store.recorded_bytes * HOUR_MS)
        return ", and lasts about %d h more" % hours if hours > 0 else ", and lasts less than 1 h more"

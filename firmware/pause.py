# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The wearer's pause: for good, which outlives a reboot, or for some minutes."""

from firmware.compat import const, sleep_ms

TIMER = "pause"  # the name of the task that ends one
LIMIT_MS, LOOK_MS = const(5_000), const(20)


async def comes_to_rest(recorder):
    """Whether a recorder that was told to pause has closed its segment, within some seconds."""
    for _ in range(LIMIT_MS // LOOK_MS):
        if recorder.state == "paused":
            return True
        await sleep_ms(LOOK_MS)
    return False


class Pause:
    """Its methods raise OSError when what the next boot begins with cannot be written."""

    def __init__(self, recorder, settings, supervisor):
        self._recorder, self._settings, self._supervisor = recorder, settings, supervisor

    async def begin(self, minutes=0):
        """For so many minutes; 0: until `end`."""
        await self._supervisor.stop(TIMER)
        self._recorder.pause()
        self._remember(not minutes)
        if minutes:
            self._supervisor.start(TIMER, lambda: self._end_after(minutes))

    async def end(self):
        await self._supervisor.stop(TIMER)
        self._recorder.resume()
        self._remember(False)

    async def toggle(self):
        """The button was pressed."""
        await (self.end() if self._recorder.is_paused else self.begin())

    async def _end_after(self, minutes):
        await sleep_ms(minutes * 60_000)
        self._recorder.resume()

    def _remember(self, paused):
        """What the next boot begins with."""
        if self._settings.paused != paused:
            self._settings.set("paused", paused)
            self._settings.save()

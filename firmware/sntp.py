# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The time of day from NTP (RFC 4330), over a socket that never blocks.

    clock = Clock(keeper, health, link, settings)
    asyncio.create_task(clock.run())

An answer must answer our question (it repeats our random stamp) and be plausible; a large step of
a clock that was already set must be seen twice.
"""

import os
import struct

from firmware import datagram
from firmware.backoff import Backoff, wait_ms
from firmware.compat import const, ticks_diff, ticks_ms
from firmware.names import NoAddress
from firmware.timekeeper import EARLIEST_S, LATEST_S, iso

PORT = const(123)
ANSWER_MS = const(2_000)
FIRST_PAUSE_MS = const(2_000)
LONGEST_PAUSE_MS = const(300_000)
AGAIN_MS = const(3_600_000)
STEP_MS = const(1_000)
SKEW_MS = const(900_000)  # what S3 tolerates
_ERA_0_S = 2_208_988_800  # from 1900 to 1970
_ERA_1_S = _ERA_0_S - (1 << 32)
_CLIENT = b"\x23"  # version 4, mode 3
_SERVER_MODES = (4, 5)


class NoTime(Exception):
    """No usable answer, and why."""


def _unix_ms(seconds, fraction):
    """Of an NTP stamp; the first era ends in 2036."""
    unix_s = seconds - (_ERA_0_S if seconds & 0x80000000 else _ERA_1_S)
    return unix_s * 1000 + (fraction * 1000 >> 32)


def unix_ms_at_arrival(answer, stamp, trip_ms):
    """Unix time when `answer` arrived, `trip_ms` after the question was sent. Raises NoTime."""
    if len(answer) < 48:
        raise NoTime("its answer is too short")
    flags, stratum = answer[0], answer[1]
    if bytes(answer[24:32]) != stamp or flags & 7 not in _SERVER_MODES:
        raise NoTime("it answered another question")
    if flags >> 6 == 3 or not 1 <= stratum <= 15:
        raise NoTime("it does not know the time itself")
    stamps = struct.unpack("!IIII", answer[32:48])
    received_ms, sent_ms = _unix_ms(stamps[0], stamps[1]), _unix_ms(stamps[2], stamps[3])
    if not EARLIEST_S * 1000 <= sent_ms < LATEST_S * 1000:
        raise NoTime("it says %s" % iso(sent_ms))
    return sent_ms + max(0, trip_ms - max(0, sent_ms - received_ms)) // 2


async def ask(address, port=PORT):
    """(unix_ms, ticks_ms it was true at). Raises NoTime, or OSError from the network."""
    stamp = os.urandom(8)
    asked = ticks_ms()
    try:
        answer = await datagram.ask(address, port, _CLIENT + bytes(39) + stamp, bytes, ANSWER_MS)
    except datagram.Silence:
        raise NoTime("no answer") from None
    arrived = ticks_ms()
    return unix_ms_at_arrival(answer, stamp, ticks_diff(arrived, asked)), arrived


class Clock:
    """Sets the timekeeper each time the link comes up, and again every hour; tells the link whether it leads to a time server."""

    def __init__(self, keeper, health, link, settings, ask=ask):
        self._keeper, self._health, self._link, self._settings = keeper, health, link, settings
        self._ask = ask
        self._backoff = Backoff(FIRST_PAUSE_MS, LONGEST_PAUSE_MS)
        self._doubted_ms = None  # a large correction that one answer asked for

    async def run(self):
        while True:
            await self._link.up.wait()
            await wait_ms(self._link.down, await self.step())

    async def step(self):
        """Ask once; returns the pause before the next question."""
        host = self._settings.ntp_host
        try:
            unix_ms, at = await self._ask(await self._link.names.address(host))
        except (NoTime, NoAddress, OSError) as error:
            if not self._keeper.utc_known:
                self._link.trust.failed("dns" if isinstance(error, NoAddress) else "time")
                self._health.set_problem("clock", "no time from %s: %s; does this network let NTP through?" % (host, error))
            return self._backoff.next_ms()
        self._backoff.reset()
        self._link.tells_time()
        return self._learn(unix_ms + ticks_diff(ticks_ms(), at), host)

    def _learn(self, unix_ms, host):
        correction_ms = unix_ms - self._keeper.unix_ms()
        if self._keeper.source == "store" and abs(correction_ms) > SKEW_MS:  # its certificate is worth more than an NTP packet
            self._health.set_problem("clock", "%s says that it is %s; the store says otherwise, and is believed" % (host, iso(unix_ms)))
            return AGAIN_MS
        self._health.clear_problem("clock")
        if self._keeper.utc_known and abs(correction_ms) > STEP_MS and not self._seen_before(correction_ms):
            self._doubted_ms = correction_ms
            return FIRST_PAUSE_MS
        self._doubted_ms = None
        if self._keeper.set_utc(unix_ms, "ntp"):
            self._health.event("clock", "it is %s, says %s" % (iso(unix_ms), host))
        return AGAIN_MS

    def _seen_before(self, correction_ms):
        return self._doubted_ms is not None and abs(correction_ms - self._doubted_ms) < STEP_MS

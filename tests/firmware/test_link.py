# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
import asyncio
import unittest

from peers import run

from firmware import backoff
from firmware.compat import sleep_ms
from firmware.health import Health
from firmware.link import Link
from firmware.timekeeper import Timekeeper


class Air:
    """A radio in a world of networks: {ssid: key}. It records what it is told to do."""

    def __init__(self, networks):
        self.networks = networks
        self.calls = []
        self._state = "idle"

    def active(self, on):
        self.calls.append(("active", on))

    def connect(self, ssid, key):
        self.calls.append(("connect", ssid))
        if ssid not in self.networks:
            self._state = "no_ap"
        else:
            self._state = "connected" if self.networks[ssid] == key else "wrong_key"

    def disconnect(self):
        self._state = "idle"

    def drop(self):
        self._state = "failed"

    def state(self):
        return self._state

    def rssi(self):
        return -60

    def name_server(self):
        return ""

    def joins(self):
        return [ssid for call, ssid in self.calls if call == "connect"]


class Settings:
    def __init__(self, *wifi):
        self.wifi = [{"ssid": ssid, "key": key} for ssid, key in wifi]


class FastLink(Link):
    """No wall clock: a look takes a millisecond, pauses are written down."""

    def __init__(self, air, settings):
        keeper = Timekeeper(1)
        self.health = Health(keeper)
        super().__init__(air, settings, keeper, self.health, look_ms=1)
        self.pauses = []

    async def pause(self, limit_ms):
        self.pauses.append(limit_ms)
        await sleep_ms(1)


def watch(air, settings, acts, enabled=True):
    """Run a link while `acts(link)` plays; returns the link."""

    async def play():
        found = FastLink(air, settings)
        found.enabled = enabled
        task = asyncio.create_task(found.run())
        await asyncio.wait_for(acts(found), 20)
        task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            pass
        return found

    return run(play())


async def until(condition):
    while not condition():
        await sleep_ms(1)


class LinkTest(unittest.TestCase):
    def test_known_networks_are_tried_in_order(self):
        air = Air({"work": "w"})
        found = watch(air, Settings(("home", "h"), ("work", "w")), lambda found: found.up.wait())
        self.assertEqual((air.joins(), found.ssid, found.health.counters), (["home", "work"], "work", {"wifi_joins": 1}))
        self.assertEqual((found.up.is_set(), air.state()), (False, "idle"))  # the task has ended: radio let go

    def test_a_lost_network_is_looked_for_first(self):
        air = Air({"work": "w"})

        async def acts(found):
            await found.up.wait()
            air.networks["home"] = "h"
            air.drop()
            await until(lambda: not found.up.is_set())
            await found.up.wait()

        found = watch(air, Settings(("home", "h"), ("work", "w")), acts)
        self.assertEqual((found.ssid, air.joins()[:3]), ("work", ["home", "work", "work"]))

    def test_pauses_grow_while_no_network_is_here(self):
        air = Air({})
        found = watch(air, Settings(("home", "h")), lambda found: until(lambda: len(found.pauses) == 8))
        limits = [5000, 10000, 20000, 40000, 80000, 120000, 120000, 120000]
        self.assertTrue(all(limit // 2 <= pause <= limit for pause, limit in zip(found.pauses, limits)), found.pauses)
        self.assertEqual([call for call in air.calls if call[0] == "active"], [("active", True)])  # starting it blocks

    def test_a_wrong_key_is_said_after_three_refusals(self):
        air = Air({"home": "other"})

        async def acts(found):
            await until(lambda: found.health.problems)
            air.networks = {"home": "h"}
            await found.up.wait()

        found = watch(air, Settings(("home", "h")), acts)
        self.assertEqual(
            [event[3] for event in found.health.events][:2], ["network home refuses its key; correct it in the settings", "cleared"]
        )

    def test_without_networks_or_permission_the_radio_stays_off(self):
        for settings, enabled in ((Settings(), True), (Settings(("home", "h")), False)):
            air = Air({"home": "h"})
            watch(air, settings, lambda found: until(lambda: len(found.pauses) == 3), enabled)
            self.assertEqual(air.joins(), [])

    def test_a_radio_that_fails_does_not_end_the_link(self):
        class Broken(Air):
            def connect(self, ssid, key):
                if len(self.calls) < 3:
                    self.calls.append(("broken", ssid))
                    raise OSError(5)
                Air.connect(self, ssid, key)

        found = watch(Broken({"home": "h"}), Settings(("home", "h")), lambda found: found.up.wait())
        self.assertEqual(found.ssid, "home")


class BackoffTest(unittest.TestCase):
    def test_pauses_double_and_half_of_each_is_chance(self):
        pauses = backoff.Backoff(1000, 5000, lambda: 0.5)
        self.assertEqual([pauses.next_ms() for _ in range(5)], [750, 1500, 3000, 3750, 3750])
        pauses.reset()
        self.assertEqual(pauses.next_ms(), 750)

    def test_a_wait_ends_early_or_in_time(self):
        async def wait():
            event = asyncio.Event()
            late = await backoff.wait_ms(event, 1)
            event.set()
            return late, await backoff.wait_ms(event, 10_000)

        self.assertEqual(run(wait()), (False, True))

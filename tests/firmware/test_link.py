# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The link in virtual time, with a radio that knows which networks are where."""

import asyncio
import unittest

from peers import run
from virtual_clock import VirtualClock

from firmware import backoff, link
from firmware.compat import sleep_ms
from firmware.health import Health
from firmware.link import Link
from firmware.timekeeper import Timekeeper

NOON_MS = 1_795_435_200_000
MINUTE_MS = 60_000


class Air:
    """A radio in a world of networks: {ssid: key}, and {ssid: dBm} where it is not -60. It records what it is told to do."""

    def __init__(self, networks, signals=()):
        self.networks, self.signals = networks, dict(signals)
        self.calls = []
        self.ssid = ""
        self._state = "idle"

    def active(self, on):
        self.calls.append(("active", on))

    def connect(self, ssid, key):
        self.calls.append(("connect", ssid))
        self.ssid = ssid
        if ssid not in self.networks:
            self._state = "no_ap"
        else:
            self._state = {key: "connected", "no address": "no_address"}.get(self.networks[ssid], "wrong_key")

    def disconnect(self):
        self._state = "idle"

    def drop(self):
        self._state = "failed"

    def state(self):
        return self._state

    def rssi(self):
        return self.signals.get(self.ssid, -60)

    def save_power(self, on):
        self.calls.append(("save", on))

    def scan(self):
        self.calls.append(("scan",))
        return [(ssid, self.signals.get(ssid, -60), True) for ssid in self.networks]

    def name_server(self):
        return ""

    def joins(self):
        return [call[1] for call in self.calls if call[0] == "connect"]


class Settings:
    def __init__(self, *wifi):
        self.wifi = [network if isinstance(network, dict) else {"ssid": network[0], "key": network[1]} for network in wifi]


class TimedLink(Link):
    """Its pauses are virtual, and written down."""

    def __init__(self, clock, air, settings, quiet_ms):
        self.keeper = Timekeeper(1, clock.ticks_ms)
        self.health = Health(self.keeper)
        super().__init__(air, settings, self.keeper, self.health, lambda: quiet_ms)
        self.pauses = []
        self._clock = clock

    async def pause(self, limit_ms):
        self.pauses.append(limit_ms)
        await self._clock.sleep_ms(limit_ms)

    def told(self):
        return [event[3] for event in self.health.events]


class LinkTest(unittest.TestCase):
    def setUp(self):
        self.clock = VirtualClock()
        self.real, link.sleep_ms = link.sleep_ms, self.clock.sleep_ms

    def tearDown(self):
        link.sleep_ms = self.real

    def watch(self, air, settings, *acts, enabled=True, quiet_ms=0):
        """Run a link; each act is a moment in seconds to let pass, or what is then done with the link."""

        async def play():
            found = TimedLink(self.clock, air, settings, quiet_ms)
            found.enabled = enabled
            task = asyncio.create_task(found.run())
            for act in acts:
                if isinstance(act, int):
                    await self.clock.reach(act * 1000)
                else:
                    act(found)
            task.cancel()
            try:
                await task
            except asyncio.CancelledError:
                pass
            return found

        return run(play())

    # -- joining -------------------------------------------------------------------------

    def test_known_networks_are_tried_in_order(self):
        air = Air({"work": "w"})
        found = self.watch(air, Settings(("home", "h"), ("work", "w")), 5)
        self.assertEqual((air.joins(), found.ssid, found.health.counters), (["home", "work"], "work", {"wifi_joins": 1}))
        self.assertEqual((found.up.is_set(), found.down.is_set(), air.state()), (False, True, "idle"))  # the task has ended: radio let go

    def test_a_lost_network_is_looked_for_first(self):
        air = Air({"work": "w"})

        def drop(_):
            air.networks["home"] = "h"
            air.drop()

        found = self.watch(air, Settings(("home", "h"), ("work", "w")), 5, drop, 8)
        self.assertEqual((found.ssid, air.joins()), ("work", ["home", "work", "work"]))

    def test_pauses_grow_while_no_network_is_here(self):
        air = Air({})
        found = self.watch(air, Settings(("home", "h")), 600)
        limits = [5000, 10000, 20000, 40000, 80000, 120000, 120000, 120000]
        self.assertTrue(all(limit // 2 <= pause <= limit for pause, limit in zip(found.pauses, limits)), found.pauses)
        self.assertEqual([call for call in air.calls if call[0] == "active"], [("active", True)])  # starting it blocks

    def test_a_wrong_key_is_said_after_three_refusals(self):
        air = Air({"home": "other"})
        found = self.watch(air, Settings(("home", "h")), 60, lambda found: air.networks.update(home="h"), 200)
        self.assertEqual(found.told()[:2], ["network home refuses its key; correct it in the settings", "cleared"])

    def test_a_network_without_addresses_is_named_and_left_alone(self):
        air = Air({"home": "no address", "work": "w"})
        found = self.watch(air, Settings(("home", "h"), ("work", "w")), 30)
        self.assertEqual(found.told()[:2], ["network home gives no address", "connected to work"])
        self.assertEqual(found.networks.table()[0]["why"], "gives no address")

    def test_without_networks_or_permission_the_radio_stays_off(self):
        for settings, enabled in ((Settings(), True), (Settings(("home", "h")), False)):
            air = Air({"home": "h"})
            self.watch(air, settings, 60, enabled=enabled)
            self.assertEqual(air.joins(), [])

    def test_a_radio_that_fails_does_not_end_the_link(self):
        class Broken(Air):
            def connect(self, ssid, key):
                if len(self.calls) < 3:
                    self.calls.append(("broken", ssid))
                    raise OSError(5)
                Air.connect(self, ssid, key)

        found = self.watch(Broken({"home": "h"}), Settings(("home", "h")), 60)
        self.assertEqual(found.ssid, "home")

    # -- scanning ------------------------------------------------------------------------

    def test_it_scans_only_where_nobody_minds_and_there_is_a_choice(self):
        found = []
        for settings, quiet_ms in (
            (Settings(("a", "a"), ("b", "b")), 0),
            (Settings(("b", "b")), 9000),
            (Settings(("a", "a"), ("b", "b")), 9000),
        ):
            self.clock.now_ms = 0
            air = Air({"b": "b"})
            self.watch(air, settings, 5, quiet_ms=quiet_ms)
            found.append([call[1:] or call for call in air.calls if call[0] in ("scan", "connect")])
        self.assertEqual(found, [[("a",), ("b",)], [("b",)], [("scan",), ("b",)]])

    def test_a_scan_that_fails_is_done_without(self):
        class Deaf(Air):
            def scan(self):
                raise OSError(5)

        found = self.watch(Deaf({"b": "b"}), Settings(("a", "a"), ("b", "b")), 5, quiet_ms=9000)
        self.assertEqual((found.ssid, found.told()[0].split(":")[0]), ("b", "the radio failed"))

    # -- staying -------------------------------------------------------------------------

    def test_a_captive_network_is_left_and_not_tried_again_for_ten_minutes(self):
        air = Air({"cafe": ""})
        known = Settings({"ssid": "cafe"})
        found = self.watch(
            air, known, 5, lambda found: found.trust.failed("not_s3"), 590, lambda found: air.calls.append(("connect", "|")), 800
        )
        self.assertEqual(air.joins(), ["cafe", "|", "cafe"])
        self.assertEqual(found.told()[1], "left cafe, it wants a login first; not again for 10 min")

    def test_asking_for_it_forgives(self):
        air = Air({"cafe": ""})
        self.watch(air, Settings({"ssid": "cafe"}), 5, lambda found: found.trust.failed("not_s3"), 10, lambda found: found.kick(), 30)
        self.assertEqual(air.joins(), ["cafe", "cafe"])

    def test_a_metered_network_is_joined_for_the_time_and_never_for_footage(self):
        air, seen = Air({"phone": "p"}), []
        known = Settings({"ssid": "phone", "key": "p", "metered": True})

        def look(found):
            seen.append((found.up.is_set(), found.for_footage.is_set()))

        found = self.watch(air, known, 5, look, lambda found: found.keeper.set_utc(NOON_MS, "ntp"), 300, look)
        self.assertEqual((seen, air.joins()), ([(True, False), (False, False)], ["phone"]))
        self.assertEqual(found.told()[-1], "left phone, which is metered: it has told the time")

    def test_the_radio_saves_power_but_while_somebody_sends(self):
        air = Air({"home": "h"})
        self.watch(air, Settings(("home", "h")), 5, lambda found: found.use(True), 10, lambda found: found.use(False), 15)
        self.assertEqual([call[1] for call in air.calls if call[0] == "save"], [True, False, True])

    def test_statistics(self):
        air = Air({"home": "h"})
        found = self.watch(
            air, Settings(("home", "h")), 5, lambda found: found.carried(1000), lambda _: air.drop(), 20, lambda found: found.carried(234)
        )
        row = found.networks.table()[0]
        self.assertEqual([row[key] for key in ("joins", "failures", "stored_bytes", "why")], [2, 0, 1234, ""])

    # -- roaming -------------------------------------------------------------------------

    def test_a_clearly_better_one_that_a_scan_hears_is_changed_to(self):
        air = Air({"home": "h", "work": "w"}, {"work": -90})
        settings = Settings(("home", "h"), ("work", "w"))
        found = self.watch(air, settings, 5, lambda _: air.signals.update(home=-75, work=-50), 120, quiet_ms=9000)
        self.assertEqual((air.joins(), found.told()[1]), (["home", "work"], "left home to look for a better network"))

    def test_while_recording_a_weak_one_is_left_in_the_dark_and_taken_again(self):
        """Ever more seldom, as long as it is in vain."""
        air = Air({"home": "h"}, {"home": -84})
        self.watch(air, Settings(("home", "h"), ("work", "w")), 600)
        self.assertEqual(air.joins()[:5], ["home", "work", "home", "work", "home"])
        self.assertTrue(len(air.joins()) <= 9, air.joins())

    def test_a_strong_one_is_left_in_the_dark_only_for_one_that_is_preferred(self):
        for priority, joins in ((0, ["work"]), (1, ["home", "work", "home", "work"])):
            self.clock.now_ms = 0
            air = Air({"work": "w"})
            known = Settings({"ssid": "home", "key": "h", "priority": priority}, {"ssid": "work", "key": "w", "priority": 0})
            if not priority:
                known.wifi.reverse()
            self.watch(air, known, 100)
            self.assertEqual(air.joins(), joins)

    def test_nobody_is_interrupted_but_between_two_segments(self):
        air = Air({"home": "h"}, {"home": -84})
        settings = Settings(("home", "h"), ("work", "w"))
        between = lambda found: (found.use(False), found.use(True))  # noqa: E731
        found = self.watch(air, settings, 5, lambda found: found.use(True), 300, lambda _: air.calls.append(("connect", "|")), between, 310)
        self.assertEqual(air.joins()[:3], ["home", "|", "work"], found.told())


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
            await sleep_ms(0)
            return late, await backoff.wait_ms(event, 10_000)

        self.assertEqual(run(wait()), (False, True))

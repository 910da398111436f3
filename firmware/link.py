# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Wi-Fi: joins the known networks, leaves those that lead nowhere, and keeps its patience.

    link = Link(board.wifi, settings, keeper, health, recorder.quiet_ms)
    asyncio.create_task(link.run())
    await link.up.wait()

A scan stops the interpreter for two seconds, and capture comes first: it scans only while nothing is recorded or the next frame
is further away than that. Else it joins in the dark: the driver looks for one network by itself, without stopping anybody.
"""

import asyncio

from firmware.backoff import Backoff, wait_ms
from firmware.compat import const, sleep_ms
from firmware.names import Names
from firmware.networks import REASONS, Networks
from firmware.roaming import Roaming
from firmware.timekeeper import RTC
from firmware.trust import Trust

JOIN_MS = const(20_000)
LOOK_MS = const(500)
SCAN_MS = const(3_000)  # it takes two seconds; the third is for the unexpected
ROUND_MS = const(5_000)  # pause after a round through all known networks
LONGEST_MS = const(120_000)
KEY_TRIES = const(3)  # access points refuse a right key now and then


class Link:
    """`up` is set while there is an address, `for_footage` while there is one that may be used for more than the time.

    `enabled` may be switched off to save power; `names` asks the name server here; whoever sends says so to `use`. `quiet_ms()`
    tells for how long nobody misses the interpreter.
    """

    def __init__(self, wifi, settings, keeper, health, quiet_ms=lambda: 0, look_ms=LOOK_MS):
        self.up, self.down, self.for_footage = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.names = Names(wifi.name_server, keeper.uptime_ms)
        self.networks = Networks(settings, keeper.uptime_ms)
        self.trust = Trust()
        self.enabled = True
        self.state = "off"
        self.ssid = ""
        self.up_since_ms = 0
        self._wifi, self._settings, self._keeper, self._health = wifi, settings, keeper, health
        self._quiet_ms, self._look_ms = quiet_ms, look_ms
        self._radio_on = False
        self._saves_power = None  # not known
        self._backoff = Backoff(ROUND_MS, LONGEST_MS)
        self._roaming = Roaming(self.networks, keeper.uptime_ms)
        self.use = self._roaming.use
        self._next = None  # the networks to try next, if they are not simply the best
        self._kicked = asyncio.Event()

    # -- what others call ----------------------------------------------------------------

    def kick(self):
        """The settings changed or somebody asks: try now, whatever there was."""
        self._backoff.reset()
        self.networks.forgive()
        self._kicked.set()

    def rssi(self):
        """Signal strength in dBm, or None while down."""
        return self._wifi.rssi() if self.up.is_set() else None

    def status(self):
        """What the console shows."""
        return {"state": self.state, "rssi_dbm": self.rssi()}

    def tells_time(self):
        """A time server has answered."""
        self.trust.tells_time()
        self.networks.proved(self.ssid)

    def carried(self, size):
        """So many bytes of footage are proven to have arrived."""
        self.trust.has_store()
        self.networks.proved(self.ssid, size)

    def scan(self):
        """{ssid: dBm} of what is heard; a hidden network has no name. Stops the interpreter for two seconds. None: the radio failed."""
        heard = {}
        try:
            self._switch(True)
            for ssid, rssi_dbm, _ in self._wifi.scan():
                heard[ssid] = max(rssi_dbm, heard.get(ssid, rssi_dbm))
        except OSError as error:
            return self._radio_failed(error)
        self.networks.hear(heard)
        return heard

    # -- up and down ---------------------------------------------------------------------

    async def run(self):
        """Keep the link up for ever. The radio is off while it is not wanted."""
        try:
            while True:
                network = await self._join_any() if self._wanted() else None
                if network:
                    await self._stay(network)
                else:
                    await self._rest()
        finally:
            self._fall("off")

    def _wanted(self):
        return self.enabled and bool(self._settings.wifi)

    def _time_wanted(self):
        """From somebody who knows better than a clock chip."""
        return self._keeper.source in ("", RTC)

    async def _rest(self):
        """Until the next round or a kick. The radio stays on while it is wanted: starting it blocks."""
        if self._wanted():
            pause_ms = self._backoff.next_ms()
            why = "no known network here" if self.networks.order() else "the known networks are left alone for now (wifi says why)"
            self.state = "%s; trying again in %d s" % (why, pause_ms // 1000)
        else:
            self._switch(False)
            pause_ms = ROUND_MS
            self.state = "no network in the settings" if self.enabled else "off"
        await self.pause(pause_ms)

    def _switch(self, on):
        """Radio on or off; blocks for up to 300 ms if that is news."""
        if on != self._radio_on:
            self._wifi.active(on)
            self._radio_on = on
            self._saves_power = None

    async def pause(self, limit_ms):
        """Wait, unless kicked."""
        await wait_ms(self._kicked, limit_ms)
        self._kicked.clear()

    # -- joining -------------------------------------------------------------------------

    async def _join_any(self):
        """Try the networks that may be here, best first; returns the one that was joined."""
        networks, self._next = self._next or self._candidates(), None
        for network in networks:
            if await self._join(network["ssid"], network.get("key", "")):
                return network
        return None

    def _candidates(self):
        """By a scan if there is a choice and nobody minds, else all that are not left alone."""
        networks = self.networks.order(None, self._time_wanted())
        if len(networks) < 2 or self._quiet_ms() < SCAN_MS:
            return networks
        return self.networks.order(self.scan(), self._time_wanted())

    async def _join(self, ssid, key):
        self.state = "joining %s" % ssid
        try:
            self._switch(True)
            self._wifi.connect(ssid, key)
            state = await self._outcome()
            if state != "connected":
                self._wifi.disconnect()
        except OSError as error:
            state = "failed"
            self._radio_failed(error)
        self._judge(ssid, state)
        return state == "connected"

    def _radio_failed(self, error):
        self._radio_on = False
        self._health.event("wifi", "the radio failed: %s" % error, "warn")

    async def _outcome(self):
        """How joining ended; to go on trying is no end, until time is up."""
        state = ""
        for _ in range(JOIN_MS // LOOK_MS):
            await sleep_ms(self._look_ms)
            state = self._wifi.state()
            if state not in ("idle", "connecting", "no_address"):
                return state
        return "no_address" if state == "no_address" else "failed"

    def _judge(self, ssid, state):
        if state == "connected":
            self.ssid = ssid
            self.networks.joined(ssid)
            self._health.clear_problem("wifi")
            return
        if state == "no_ap":
            return
        self.networks.failed(ssid, state if state in REASONS else "failed")
        seen = self.networks.seen(ssid)
        if state == "wrong_key" and seen.in_a_row == KEY_TRIES:
            self._health.set_problem("wifi", "network %s refuses its key; correct it in the settings" % ssid)
        elif state == "no_address":
            self._health.event("wifi", "network %s gives no address" % ssid, "warn")

    # -- staying -------------------------------------------------------------------------

    async def _stay(self, network):
        """Up, until the network goes or there is a reason to leave it."""
        self.state = "connected to %s" % self.ssid
        self.up_since_ms = self._keeper.uptime_ms()
        self.trust = Trust()
        self._roaming.joined()
        self._health.count("wifi_joins")
        self._health.event("wifi", self.state)
        self._backoff.reset()
        self.down.clear()
        self.up.set()
        if not network.get("metered"):
            self.for_footage.set()
        parting = ""
        while not parting:
            await sleep_ms(self._look_ms)
            parting = self._parting(network)
        self._fall(parting)
        self._health.event("wifi", parting)

    def _parting(self, network):
        """Why the network is no longer joined, in words; "" while it is."""
        if not self._wanted():
            return "off"
        if self._wifi.state() != "connected":
            self._roaming.lost()
            return "lost %s" % self.ssid
        if self.trust.why:
            left_alone_ms = self.networks.failed(self.ssid, self.trust.why)
            return "left %s, it %s; not again for %d min" % (self.ssid, REASONS[self.trust.why][0], left_alone_ms // 60_000)
        if network not in self._settings.wifi:
            return "left %s: the settings do not name it any more, or otherwise" % self.ssid
        if network.get("metered") and not self._time_wanted():
            return "left %s, which is metered: it has told the time" % self.ssid
        self.networks.hear({self.ssid: self._wifi.rssi()})
        self._save_power(not self._roaming.in_use)
        return self._roam(network)

    def _save_power(self, save):
        """The radio sleeps between beacons while nobody sends."""
        if save != self._saves_power:
            self._wifi.save_power(save)
            self._saves_power = save

    def _roam(self, network):
        """Now and then look for a clearly better one; "" if there is none to change to."""
        if len(self._settings.wifi) < 2 or not self._roaming.is_due():
            return ""
        heard = self.scan() if self._quiet_ms() >= SCAN_MS else None
        self._next = self._roaming.instead_of(network, self._wifi.rssi(), heard)
        return "left %s to look for a better network" % self.ssid if self._next else ""

    def _fall(self, state):
        self.up.clear()
        self.for_footage.clear()
        self.down.set()
        self.state = state
        self._wifi.disconnect()

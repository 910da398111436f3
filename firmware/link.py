# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Wi-Fi: joins the known networks one after the other, says when it is up, and keeps its patience.

    link = Link(board.wifi, settings, keeper, health)
    asyncio.create_task(link.run())
    await link.up.wait()

It never scans: a scan blocks for seconds, and capture comes first.
"""

import asyncio

from firmware.backoff import Backoff, wait_ms
from firmware.compat import const, sleep_ms
from firmware.names import Names

JOIN_MS = const(20_000)
LOOK_MS = const(500)
ROUND_MS = const(5_000)  # pause after a round through all known networks
LONGEST_MS = const(120_000)
KEY_TRIES = const(3)  # access points refuse a right key now and then


class Link:
    """`up` is set while there is an address; `enabled` may be switched off to save power; `names` asks the name server here."""

    def __init__(self, wifi, settings, keeper, health, look_ms=LOOK_MS):
        self.up = asyncio.Event()
        self.names = Names(wifi.name_server, keeper.uptime_ms)
        self.enabled = True
        self.state = "off"
        self.ssid = ""
        self.up_since_ms = 0
        self._wifi, self._settings, self._keeper, self._health = wifi, settings, keeper, health
        self._look_ms = look_ms
        self._radio_on = False
        self._backoff = Backoff(ROUND_MS, LONGEST_MS)
        self._kicked = asyncio.Event()
        self._wrong_keys = {}

    def kick(self):
        """The settings changed or somebody asks: try now."""
        self._backoff.reset()
        self._wrong_keys = {}
        self._kicked.set()

    def rssi(self):
        """Signal strength in dBm, or None while down."""
        return self._wifi.rssi() if self.up.is_set() else None

    def status(self):
        """What the console shows."""
        return {"state": self.state, "rssi_dbm": self.rssi()}

    async def run(self):
        """Keep the link up for ever. The radio is off while it is not wanted."""
        try:
            while True:
                if self._wanted() and await self._join_any():
                    await self._stay()
                else:
                    await self._rest()
        finally:
            self._down("off")

    def _wanted(self):
        return self.enabled and bool(self._settings.wifi)

    async def _rest(self):
        """Until the next round or a kick. The radio stays on while it is wanted: starting it blocks."""
        if self._wanted():
            pause_ms = self._backoff.next_ms()
            self.state = "no known network here; trying again in %d s" % (pause_ms // 1000)
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

    async def pause(self, limit_ms):
        """Wait, unless kicked."""
        await wait_ms(self._kicked, limit_ms)
        self._kicked.clear()

    async def _join_any(self):
        """Try each known network once, the one of last time first."""
        known = self._settings.wifi
        for network in [n for n in known if n["ssid"] == self.ssid] + [n for n in known if n["ssid"] != self.ssid]:
            if await self._join(network["ssid"], network.get("key", "")):
                return True
        return False

    async def _join(self, ssid, key):
        self.state = "joining %s" % ssid
        try:
            self._switch(True)
            self._wifi.connect(ssid, key)
            state = await self._outcome()
            if state != "connected":
                self._wifi.disconnect()
        except OSError as error:
            state, self._radio_on = "failed", False
            self._health.event("wifi", "the radio failed: %s" % error, "warn")
        self._judge(ssid, state)
        return state == "connected"

    async def _outcome(self):
        """How joining ended; "idle" and "connecting" are no end, until time is up."""
        for _ in range(JOIN_MS // LOOK_MS):
            await sleep_ms(self._look_ms)
            state = self._wifi.state()
            if state not in ("idle", "connecting"):
                return state
        return "failed"

    def _judge(self, ssid, state):
        if state == "connected":
            self.ssid = ssid
            self._wrong_keys.pop(ssid, None)
            self._health.clear_problem("wifi")
        elif state == "wrong_key":
            self._wrong_keys[ssid] = self._wrong_keys.get(ssid, 0) + 1
            if self._wrong_keys[ssid] == KEY_TRIES:
                self._health.set_problem("wifi", "network %s refuses its key; correct it in the settings" % ssid)

    async def _stay(self):
        """Up, until the network goes or the radio is no longer wanted."""
        self.state = "connected to %s" % self.ssid
        self.up_since_ms = self._keeper.uptime_ms()
        self._health.count("wifi_joins")
        self._health.event("wifi", self.state)
        self._backoff.reset()
        self.up.set()
        while self._wanted() and self._wifi.state() == "connected":
            await sleep_ms(self._look_ms)
        self._down("lost %s" % self.ssid if self._wanted() else "off")
        self._health.event("wifi", self.state)

    def _down(self, state):
        self.up.clear()
        self.state = state
        self._wifi.disconnect()

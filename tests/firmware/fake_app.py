# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""An app that does nothing but remember what was asked of it, and a console to talk to it."""

import asyncio

from dumb_terminal import DumbTerminal

from firmware.compat import sleep_ms
from firmware.console.shell import Shell
from firmware.health import Health
from firmware.networks import Networks
from firmware.pause import Pause


class Named:
    """An object with the given attributes."""

    def __init__(self, **attributes):
        for name in attributes:
            setattr(self, name, attributes[name])


class FakeKeeper:
    boot = 7

    def __init__(self):
        self.now_ms = 12_345
        self.utc_ms = 0

    def uptime_ms(self):
        return self.now_ms

    def unix_ms(self):
        return self.utc_ms


class FakeRecorder:
    def __init__(self, calls):
        self.state = "recording"
        self.sequence = 125
        self.still_ms = 0
        self._calls = calls

    def quiet_ms(self):
        return self.still_ms

    profile = "svga10"
    is_paused = False

    def pause(self):
        self._calls.append("pause")

    def resume(self):
        self._calls.append("resume")


class FakeLink:
    def __init__(self, calls):
        self.networks = Networks(Named(wifi=[{"ssid": "home", "key": "secret", "priority": 2}, {"ssid": "cafe"}]), lambda: 0)
        self._calls = calls

    def status(self):
        return {"state": "connected", "rssi_dbm": -61}

    def kick(self):
        self._calls.append("look for Wi-Fi")

    def scan(self):
        return {"home": -60, "": -80}


BATTERY = {
    "battery_mv": 3812, "percent": 64, "current_ma": None, "external": None, "profile": "svga10", "mode": "record", "radio": False,
    "why": "reaches the target: 9.0 h", "hours_left": 9.8, "target_hours": 9.0, "forecast_error_percent": 4.2,
}  # fmt: skip


class FakePower:
    battery = BATTERY

    def __init__(self, calls):
        self._calls = calls

    def status(self):
        return self.battery

    def hours(self, profile):
        return {"svga10": 9.8, "vga10": 10.4}[profile]

    def prefer(self, profile):
        self._calls.append("use " + profile)

    def want_radio(self, wanted=True):
        self._calls.append("radio" if wanted else "no radio")


class FakeUploader:
    enabled = True

    def __init__(self, calls):
        self._calls = calls

    def kick(self):
        self._calls.append("kick")

    def status(self):
        return {"enabled": self.enabled, "state": "waiting for Wi-Fi", "failures": 0}


class FakeStore:
    def __init__(self, segments):
        self._segments = segments
        self.kept = set()

    def list(self, state=None):
        return (found for found in self._segments if state in (None, found[2]))

    def is_kept(self, boot, segment):
        return (boot, segment) in self.kept

    def status(self):
        return {"boot": 7, "segments": {"closed": 2, "stored": 1, "set_aside": 0}, "pending_bytes": 3_000_000, "free_bytes": 29_500_000_000}


class FakeSupervisor:
    def __init__(self):
        self.started = {}

    def start(self, name, make_coroutine):
        self.started[name] = make_coroutine

    async def stop(self, name):
        self.started.pop(name, None)


class FakeSettings:
    def __init__(self, calls):
        self.store = {"bucket": "b"}
        self.paused = False
        self.profile = ""
        self._calls = calls

    def set(self, name, value):
        setattr(self, name, value)

    def save(self):
        self._calls.append("save")


def _profile(width, height, kb, current_ma):
    return {"width": width, "height": height, "fps": 10, "expected_kb_per_frame": kb, "current_ma": current_ma}


class FakeApp:
    device = "daylog-abc123"

    def __init__(self):
        self.calls = []
        self.keeper = FakeKeeper()
        self.health = Health(self.keeper)
        self.board = Named(name="testboard", temperature_c=lambda: 41, reset_cause=lambda: "watchdog")
        self.last_words = Named(hung="uploader")
        self.recorder = FakeRecorder(self.calls)
        self.uploader = FakeUploader(self.calls)
        self.link = FakeLink(self.calls)
        self.store = FakeStore([(7, n, "stored" if n == 1 else "closed", 1_000_000 * n) for n in (1, 2, 3)])
        self.supervisor = FakeSupervisor()
        self.settings = FakeSettings(self.calls)
        self.power = FakePower(self.calls)
        self.pause = Pause(self.recorder, self.settings, self.supervisor)
        sizes = {"svga10": (800, 600, 33, 180), "vga10": (640, 480, 22, 170)}
        self.config = {"default_profile": "svga10", "profiles": {name: _profile(*sizes[name]) for name in sizes}}

    def leave(self):
        self.calls.append("leave")

    async def reboot(self, safe=False):
        self.calls.append("reboot safe" if safe else "reboot")

    async def shutdown(self, sync=False):
        self.calls.append("shutdown sync" if sync else "shutdown")
        if sync:
            await sleep_ms(3_600_000)


class Script:
    """Standard input that types: bytes, or how many ms to wait before the next. Ends like a closed port."""

    def __init__(self, steps):
        self._steps = list(steps)
        self.unread = bytearray()

    async def read(self, _n):
        while not self.unread:
            if not self._steps:
                return b""
            step = self._steps.pop(0)
            if isinstance(step, int):
                await sleep_ms(step)
            else:
                self.unread = bytearray(step)
        first, self.unread = self.unread[:1], self.unread[1:]
        return bytes(first)


class Talk:
    """One whole session: what was typed, and what was on the screen at its end."""

    def __init__(self, steps, app=None, turns=(0,), **shell):
        self.app = app or FakeApp()
        self.stdin = Script(steps)
        self.terminal = DumbTerminal()
        self.writes = []  # (bytes, the turn of another task)
        self._turns = turns
        self.shell = Shell(self.app, self.stdin, self._write, **shell)
        asyncio.run(self.shell.run())
        self.rows = self.terminal.text().split("\n")

    def _write(self, data):
        self.writes.append((len(data), self._turns[0]))
        self.terminal.write(data)

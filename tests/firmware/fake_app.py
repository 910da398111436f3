# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""An app that does nothing but remember what was asked of it, and a console to talk to it."""

import asyncio

from dumb_terminal import DumbTerminal

from firmware.compat import sleep_ms
from firmware.console.shell import Shell
from firmware.health import Health
from firmware.names import NoAddress
from firmware.networks import Networks
from firmware.pause import Pause
from firmware.settings import Settings


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
        self.source = ""

    def uptime_ms(self):
        return self.now_ms

    def unix_ms(self):
        return self.utc_ms

    def set_utc(self, unix_ms, source):
        self.utc_ms, self.source = unix_ms, source


class FakeRecorder:
    def __init__(self, calls):
        self.state = "recording"
        self.sequence = 125
        self.stillness = Named(is_still=False)
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


class FakeNames:
    """One name server that knows one name."""

    async def address(self, host):
        if host != "store.example":
            raise NoAddress("no name server of this network answers for " + host)
        return "192.0.2.7"


class FakeLink:
    def __init__(self, calls, settings):
        self.networks = Networks(settings, lambda: 0)
        self.up, self.for_footage = asyncio.Event(), asyncio.Event()
        self.state = "connected to home"
        self.names = FakeNames()
        self.up.set()
        self.for_footage.set()
        self._calls = calls

    def rssi(self):
        return -61 if self.up.is_set() else None

    def kick(self):
        self._calls.append("look for Wi-Fi")

    def status(self):
        return {"state": "connected", "rssi_dbm": -61}

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

    def want_radio(self, wanted=True):
        self._calls.append("radio" if wanted else "no radio")


class FakeUploader:
    enabled = True

    def __init__(self, calls):
        self._calls = calls

    def status(self):
        return {"enabled": self.enabled, "state": "waiting for Wi-Fi", "failures": 0}


class FakeStore:
    root = "/nowhere/daylog"

    def __init__(self, segments):
        self._segments = segments
        self.kept = set()
        self.set_aside = 0
        self.infos = {}  # (boot, segment): SegmentInfo

    def find(self, boot, segment):
        for found in self._segments:
            if found[:2] == (boot, segment):
                return found[2], self.infos.get((boot, segment))
        return None

    def list(self, state=None):
        return (found for found in self._segments if state in (None, found[2]))

    def retry_one(self):
        self.set_aside = max(0, self.set_aside - 1)
        return self.set_aside > 0

    def current(self):
        return None

    def newest_first(self):
        return ((boot, segment, None) for boot, segment, _, _ in reversed(self._segments))

    def keep(self, boot, segment, on):
        (self.kept.add if on else self.kept.discard)((boot, segment))
        return self.find(boot, segment) is not None

    def is_kept(self, boot, segment):
        return (boot, segment) in self.kept

    def status(self):
        return {
            "boot": 7,
            "segments": {"closed": 2, "stored": 1, "set_aside": self.set_aside},
            "pending_bytes": 3_000_000,
            "free_bytes": 29_500_000_000,
        }


class FakeSupervisor:
    def __init__(self):
        self.started = {}

    def start(self, name, make_coroutine):
        self.started[name] = make_coroutine

    async def stop(self, name):
        self.started.pop(name, None)


STORE = {"endpoint": "https://store.example", "region": "r", "bucket": "b", "prefix": "p", "access_key": "AK", "secret_key": "top secret"}
WIFI = [{"ssid": "home", "key": "hunter2", "priority": 2}, {"ssid": "cafe"}]


class FakeSettings(Settings):
    """Real ones, that are saved nowhere."""

    def __init__(self, calls):
        super().__init__("", {"store": dict(STORE), "wifi": [dict(network) for network in WIFI]})
        self.fails = False
        self._calls = calls

    def save(self):
        if self.fails:
            raise OSError(28)
        self._calls.append("save")


def _profile(width, height, kb, current_ma):
    return {"width": width, "height": height, "fps": 10, "expected_kb_per_frame": kb, "current_ma": current_ma}


class FakeCamera:
    def __init__(self):
        self.told = {}

    def tune(self, knob, value):
        if knob == "contrast":
            raise OSError(22)
        self.told[knob] = value


class FakeApp:
    device = "daylog-abc123"

    def __init__(self):
        self.calls = []
        self.keeper = FakeKeeper()
        self.health = Health(self.keeper)
        self.board = Named(
            name="testboard",
            temperature_c=lambda: 41,
            reset_cause=lambda: "watchdog",
            unique_id=lambda: b"\x01\x02\xab\xc1\x23",
            microphone=None,
            beside={},
            card=Named(about=lambda: "SC64G, made 03/2021"),
        )
        self.last_words = Named(hung="uploader", is_safe=False)
        self.storage = Named(card=Named(says_sectors=60_000_000, sectors=60_000_000))
        self.recorder = FakeRecorder(self.calls)
        self.camera = FakeCamera()
        self.uploader = FakeUploader(self.calls)
        self.settings = FakeSettings(self.calls)
        self.link = FakeLink(self.calls, self.settings)
        self.store = FakeStore([(7, n, "stored" if n == 1 else "closed", 1_000_000 * n) for n in (1, 2, 3)])
        self.supervisor = FakeSupervisor()
        self.power = FakePower(self.calls)
        self.pause = Pause(self.recorder, self.settings, self.supervisor)
        sizes = {"svga10": (800, 600, 33, 180), "vga10": (640, 480, 22, 170)}
        self.config = {"default_profile": "svga10", "profiles": {name: _profile(*sizes[name]) for name in sizes}}

    def settings_changed(self, name):
        self.calls.append("changed " + name)

    def sync_now(self):
        self.uploader.enabled = True
        self.calls.append("sync now")

    def leave(self):
        self.calls.append("leave")

    async def reboot(self, safe=False):
        self.calls.append("reboot safe" if safe else "reboot")

    async def factory_reset(self):
        self.calls.append("factory reset")

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

    def waits(self):
        return bool(self.unread)


class Talk:
    """One whole session: what was typed, and what was on the screen at its end."""

    def __init__(self, steps, app=None, turns=(0,), **shell):
        self.app = app or FakeApp()
        self.stdin = Script(steps)
        self.terminal = DumbTerminal()
        self.writes = []  # (bytes, the turn of another task)
        self.written = []
        self._turns = turns
        self.shell = Shell(self.app, self.stdin, self._write, **shell)
        asyncio.run(self.shell.run())
        self.rows = self.terminal.text().split("\n")

    def _write(self, data):
        self.writes.append((len(data), self._turns[0]))
        self.written.append(bytes(data))
        self.terminal.write(self.written[-1])

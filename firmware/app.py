# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Composition: builds the parts for one board and starts them in the order of the promises.

Card, recovery and recording come first; only then the radio and the uploader. The console
runs from the start, so that a recorder without a card can still say so.
"""

import asyncio
import json

from firmware import VERSION, channels, console
from firmware.compat import hexlify, sleep_ms
from firmware.health import Health
from firmware.link import Link
from firmware.recorder import Recorder
from firmware.recovery import recover_open_segments, unknown_gap
from firmware.segments import SegmentStore
from firmware.settings import Settings
from firmware.sntp import Clock
from firmware.supervisor import Supervisor
from firmware.timekeeper import Timekeeper
from firmware.uploader import Uploader

CARD_RETRY_MS = 5_000
TELEMETRY_MS = 10_000
BLINK_MS = 1_000
SYNC_LOOK_MS = 250
SYNC_PATIENCE_MS = 600_000
LEAVE_LIMIT_MS = 8_000
PROMPT_MS = 600_000
LAST_WORDS_MS = 200


class App:
    """Everything one recorder is made of; the console's commands work on this object.

    `store`, `recorder` and `uploader` are None until a card is there.
    """

    def __init__(self, board, config, settings):
        self.board, self.config, self.settings = board, config, settings
        self.device = settings.device_id or "daylog-" + hexlify(board.unique_id())[-6:]
        self.keeper = Timekeeper(0, on_utc=board.set_rtc)
        self.health = Health(self.keeper)
        self.supervisor = Supervisor(self.health, board.watchdog, config["watchdog_ms"])
        self.link = Link(board.wifi, settings, self.keeper, self.health)
        self.store = self.recorder = self.uploader = None
        self._left = asyncio.Event()
        self._leaving = False

    # -- starting ------------------------------------------------------------------------

    async def run(self):
        """Record until somebody leaves to the prompt."""
        start = self.supervisor.start
        start("watchdog", self.supervisor.guard)
        start("console", lambda: console.serve(self))
        start("light", self._light)
        start("recording", self._record)
        await self._left.wait()
        await self._stop_recording()
        # The watchdog cannot be stopped. It gives the person at the prompt some minutes; then the board records again.
        self.board.watchdog.start(PROMPT_MS)

    async def _record(self):
        """The card, what the last boot left on it, and then the recorder."""
        mount = await self._mount()
        self.store = self._open_store(mount)
        gaps = self._recover()
        if self.settings.wifi:
            self.board.wifi.active(True)  # blocks for 300 ms: before the first frame, not after it
        self.recorder = self._make_recorder(gaps)
        self.uploader = Uploader(self.store, self.settings, self.device, self.keeper, self.health, self.link)
        self._announce()
        start = self.supervisor.start
        start("recorder", self.recorder.run, vital=True)
        start("link", self.link.run)
        start("clock", Clock(self.keeper, self.health, self.link, self.settings).run)
        start("uploader", self.uploader.run)
        start("telemetry", self._telemetry)

    async def _mount(self):
        while True:
            try:
                mount = self.board.card.mount()
                self.health.clear_problem("card")
                return mount
            except OSError as error:
                self.health.set_problem("card", "no card that can be used (error %s): insert one formatted with FAT32" % error)
            await sleep_ms(CARD_RETRY_MS)

    def _open_store(self, mount):
        store = SegmentStore(mount, self.board.nvs_get("boot"), self.settings.part_bytes)
        store.load()
        self.keeper.boot = store.boot
        self.board.nvs_set("boot", store.boot)
        return store

    def _recover(self):
        """Close what the last boot left open; returns the gaps that belong into this boot's recording too."""
        gaps, cause = [], self.board.reset_cause()
        for boot, segment, gap in recover_open_segments(self.store, cause, self.device.encode()[:16]):
            self.health.count("recovered")
            self.health.event("recovered", "segment %d/%d was left open and is closed now" % (boot, segment), "warn", gap)
            if gap:
                gaps.append(gap)
        broke_off = self.store.broke_off
        if broke_off and broke_off not in [gap["boot"] for gap in gaps]:  # between two segments
            gaps.append(unknown_gap(cause, broke_off))
        return gaps

    def _make_recorder(self, gaps):
        name = self.settings.profile if self.settings.profile in self.config["profiles"] else self.config["default_profile"]
        identity = [("device", self.device), ("board", self.board.name), ("firmware", VERSION), ("profile", name), ("format", "1")]
        profile = self.config["profiles"][name]
        beat = lambda: self.supervisor.beat("recorder")  # noqa: E731
        recorder = Recorder(self.board.camera, self.store, self.keeper, self.health, self.settings, profile, identity, beat)
        for gap in gaps:
            recorder.note(channels.GAPS, gap)
        return recorder

    def _announce(self):
        self.health.event("boot", "boot %d after reset cause %s" % (self.keeper.boot, self.board.reset_cause()))
        for name in self.settings.rejected:
            self.health.event("settings", "%s cannot be right and has its default" % name, "warn")

    # -- running --------------------------------------------------------------------------

    async def _telemetry(self):
        while True:
            await sleep_ms(TELEMETRY_MS)
            record = self.health.record()
            record["temperature_c"] = self.board.temperature_c()
            self.recorder.note(channels.TELEMETRY, record)

    async def _light(self):
        """Steady while recording, slow blinking while paused, fast while something is wrong."""
        lit = False
        while True:
            recording = self.recorder is not None and self.recorder.state == "recording"
            lit = recording or not lit
            self.board.led.set(lit)
            await sleep_ms(BLINK_MS if recording or not self.health.problems else BLINK_MS // 5)

    # -- ending ---------------------------------------------------------------------------

    def leave(self):
        """To the Python prompt, after the segment is closed."""
        self._left.set()

    async def reboot(self):
        await self._stop_recording()
        self.board.reset()

    async def shutdown(self, sync=False):
        """Close everything, upload what is pending if asked to, unmount, sleep."""
        await self._stop_recording()
        if sync:
            await self._sync()
        for name in ("uploader", "link", "clock"):
            await self.supervisor.stop(name)
        if self.store is not None:
            self.store.close()
            self.board.card.unmount()
        self.board.led.set(False)
        await sleep_ms(LAST_WORDS_MS)  # the console writes in small pieces: let it finish
        self.board.deep_sleep()

    async def _sync(self):
        """Until nothing is pending, however long that takes; gives up when nothing could be sent for some minutes.

        A wrong key or an absent network is not cured by waiting, and the battery is the wearer's.
        """
        uploader = self.uploader
        uploader.enabled = True
        uploader.kick()
        self.link.kick()
        stored, idle_ms = uploader.stored, 0
        while self.store.next_pending() is not None and idle_ms < SYNC_PATIENCE_MS:
            await sleep_ms(SYNC_LOOK_MS)
            if stored != uploader.stored:
                stored, idle_ms = uploader.stored, 0
            elif not uploader.busy:
                idle_ms += SYNC_LOOK_MS
        if idle_ms >= SYNC_PATIENCE_MS:
            why = self.health.problems.get("store") or uploader.state
            self.health.event("sync", "given up; what is not stored stays on the card: %s" % why, "warn")

    async def _stop_recording(self):
        """Close the open segment; the recorder is gone when this returns."""
        recorder = self.recorder
        if recorder is None:
            return
        recorder.stop()
        deadline_ms = self.keeper.uptime_ms() + LEAVE_LIMIT_MS
        while recorder.state != "stopped" and self.keeper.uptime_ms() < deadline_ms:
            await sleep_ms(20)


def load_board(path="/board.json"):
    """(board, its data) from the compact form that the build put on the device."""
    with open(path) as file:
        config = json.load(file)
    port = __import__("hal." + config["port"], None, None, ("open_board",))
    return port.open_board(config), config


def main():
    """What main.py runs. Returns when somebody wants the prompt."""
    board, config = load_board()
    app = App(board, config, Settings.load("/settings.json"))
    try:
        asyncio.run(app.run())
    except KeyboardInterrupt:
        print("interrupted: the open segment will be recovered at the next boot")

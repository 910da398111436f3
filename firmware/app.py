# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Composition: builds the parts for one board and starts them in the order of the promises.

Nothing waits for anything here: the recorder begins as soon as there is a card, the uploader as soon as there is a
link, and the console can always say what is missing.
"""

import asyncio
import json

from firmware import VERSION, channels, console
from firmware.compat import hexlify, kbd_intr, sleep_ms
from firmware.files import exists
from firmware.health import Health
from firmware.housekeeper import Housekeeper
from firmware.lapse import Lapse
from firmware.last_words import LastWords
from firmware.link import Link
from firmware.pause import Pause
from firmware.power import WAKE_MS, Power
from firmware.recorder import Recorder
from firmware.settings import Settings
from firmware.sntp import Clock
from firmware.storage import Storage
from firmware.supervisor import Supervisor
from firmware.timekeeper import Timekeeper
from firmware.uploader import Uploader

TELEMETRY_MS = 10_000
BLINK_MS = 1_000
SYNC_LOOK_MS = 250
SYNC_PATIENCE_MS = 600_000
LEAVE_LIMIT_MS = 8_000
PROMPT_MS = 600_000
GOODBYE_MS = 200
PATIENCE_MS = 900_000  # of the supervisor with what only waits for others
HEALTHY_MS = 120_000  # a start that lasts so long came to something
SAFE_MS = 600_000
CTRL_C = 3
SAFE = "safe mode, because %s: it records, with the radio off; in %d minutes, or after `reboot`, all is as usual"


class App:
    """Everything one recorder is made of; the console's commands work on this object."""

    def __init__(self, board, config, settings):
        self.board, self.config, self.settings = board, config, settings
        self.device = settings.device_id or "daylog-" + hexlify(board.unique_id())[-6:]
        self.keeper = Timekeeper(0, on_utc=board.set_rtc)
        self.keeper.read_rtc(board.rtc_unix_ms())
        self.health = Health(self.keeper)
        self.last_words = LastWords(board)
        self.supervisor = Supervisor(self.health, board.watchdog, config["watchdog_ms"], self.last_words.hangs)
        self.link = Link(board.wifi, settings, self.keeper, self.health, lambda: self.recorder.quiet_ms())
        self.storage = Storage(board, settings, self.keeper, self.health, self.device)
        self.power = Power(board, config, settings, self.keeper, self.health, self._profile())
        self.camera = Lapse(self.board.camera, self.keeper.uptime_ms)
        self._tune_camera()
        self.recorder = self._make_recorder()
        self.pause = Pause(self.recorder, settings, self.supervisor)
        self.uploader = Uploader(self.storage, settings, self.device, self.keeper, self.health, self.link, **config.get("upload", {}))
        self.power.rule(self.recorder, self.link, lambda: self.store.pending_bytes() if self.store else 0)
        self._left = asyncio.Event()

    # -- starting ------------------------------------------------------------------------

    async def run(self):
        """Record until somebody leaves to the prompt."""
        if self.power.is_still_empty():
            self.last_words.ends_well()
            self.board.deep_sleep(WAKE_MS)
        start = self.supervisor.start
        start("watchdog", self.supervisor.guard)
        start("console", lambda: console.serve(self))
        await sleep_ms(0)  # from here on the console shows what is announced
        self._announce()
        start("wearer", self._wearer)
        if not self.last_words.is_safe:
            self._start_extras()  # first: the radio blocks for 300 ms when it is switched on, which would cost frames later
        start("card", self.storage.run)
        start("recorder", self.recorder.run, vital=True)
        start("housekeeper", Housekeeper(self.storage, self.settings, self.keeper, self.health).run)
        start("telemetry", self._telemetry)
        start("power", lambda: self.power.run(lambda: self.shutdown(wake_ms=WAKE_MS)))
        start("start", self._outlast)
        await self._left.wait()
        await self._stop_recording()
        self.last_words.ends_well()

    def _start_extras(self):
        """What recording can do without."""
        start = self.supervisor.start
        start("link", self.link.run, patience_ms=PATIENCE_MS)
        start("clock", Clock(self.keeper, self.health, self.link, self.settings).run)
        start("uploader", self.uploader.run, patience_ms=PATIENCE_MS)

    def _announce(self):
        words = self.last_words
        if words.hung:
            self.health.event("hang", "the watchdog has reset the board: %s hung" % words.hung, "error")
        if words.is_safe:
            self.health.set_problem("safe_mode", SAFE % (words.why_safe(), SAFE_MS // 60_000))
        for name in self.settings.rejected:
            self.health.event("settings", "%s cannot be right and has its default" % name, "warn")

    async def _outlast(self):
        """Tell the starts that come to something from those that do not; end safe mode after a quiet time."""
        if self.last_words.is_safe:
            await sleep_ms(SAFE_MS)
            self.last_words.leave_safe_mode()
            self.health.clear_problem("safe_mode")
            self._start_extras()
        await sleep_ms(HEALTHY_MS)
        self.last_words.lived()

    def _make_recorder(self):
        identity = [("device", self.device), ("board", self.board.name), ("firmware", VERSION), ("format", "1")]
        known = self.config["profiles"]
        chunk_bytes = max([known[name]["chunk_bytes"] for name in self.power.profiles()])
        profiles = {name: known[name] for name in known if known[name]["chunk_bytes"] <= chunk_bytes}
        beat = lambda: self.supervisor.beat("recorder")  # noqa: E731
        parts = self.camera, self.storage, self.keeper, self.health, self.settings
        beside = {name: (self.board.beside[name], known[name]) for name in self.board.beside}
        return Recorder(*parts, profiles, self._profile(), identity, beat, self.board.microphone, beside)

    def _profile(self):
        chosen = self.settings.profile
        return chosen if chosen in self.config["profiles"] else self.config["default_profile"]

    def settings_changed(self, name):
        """Tell those who would not look by themselves."""
        if name == "profile":
            self.power.prefer(self._profile())
        elif name == "camera":
            self._tune_camera()
        elif name in ("wifi", "store"):
            self.sync_now()

    def _tune_camera(self):
        for knob in self.settings.camera:
            try:
                self.camera.tune(knob, self.settings.camera[knob])
            except OSError:
                self.health.event("camera", "it does not do %s" % knob, "warn")

    def sync_now(self):
        """Somebody wants the link and the upload, whatever they cost, and now."""
        self.uploader.enabled = True
        self.power.want_radio()
        self.link.kick()
        self.uploader.kick()

    @property
    def profile(self):
        """Name of the capture profile that is in use."""
        return self.recorder.profile

    @property
    def store(self):
        """The segment store of the card in the slot; None while no card can be used. Another card is another store."""
        return self.storage.store

    # -- running --------------------------------------------------------------------------

    async def _telemetry(self):
        while True:
            await sleep_ms(TELEMETRY_MS)
            record = self.health.record()
            record["temperature_c"] = self.board.temperature_c()
            self._heed(self.board.distress())
            record["power"] = self.power.status()
            self.recorder.note(channels.TELEMETRY, record)

    def _heed(self, distress):
        if distress:
            self.health.set_problem("board", distress)
        else:
            self.health.clear_problem("board")

    async def _wearer(self):
        """The light: steady while recording, slow blinking while paused, fast while something is wrong. And the button."""
        lit = False
        while True:
            if self.board.button.was_pressed():
                await self.pause.toggle()
            recording = self.recorder.state == "recording" and "recording" not in self.health.problems
            lit = recording or not lit
            self.board.led.set(lit)
            await sleep_ms(BLINK_MS if recording or not self.health.problems else BLINK_MS // 5)

    # -- ending ---------------------------------------------------------------------------

    def leave(self):
        """To the Python prompt, after the segment is closed."""
        self._left.set()

    async def reboot(self, safe=False):
        await self._end_recording()
        if safe:
            self.last_words.ask_for_safe_mode()
        else:
            self.last_words.ends_well()
        self.board.reset()

    async def factory_reset(self):
        """Forget all settings, and begin again. What is on the card is footage, and stays."""
        await self._end_recording()
        self.settings.forget()
        self.last_words.ends_well()
        self.board.reset()

    async def shutdown(self, sync=False, wake_ms=0):
        """Close everything, upload what is pending if asked to, unmount, sleep; for so long, or until somebody wakes the board."""
        await self._end_recording(sync)
        self.supervisor.start("sleep", lambda: self._sleep(wake_ms))  # not a part of the command: Ctrl-C comes too late now

    async def _end_recording(self, sync=False):
        """Whoever breaks this off has changed his mind: recording goes on."""
        try:
            await self._stop_recording()
            if sync:
                await self._sync()
        except asyncio.CancelledError:
            self._record_again()
            raise

    def _record_again(self):
        self.recorder.go_on()
        if self.recorder.state == "stopped":
            self.supervisor.start("recorder", self.recorder.run, vital=True)
        self.health.event("recording", "it goes on")

    async def _sleep(self, wake_ms):
        for name in ("uploader", "link", "clock", "housekeeper", "card"):
            await self.supervisor.stop(name)
        self.storage.close()
        self.board.led.set(False)
        self.last_words.ends_well()
        await sleep_ms(GOODBYE_MS)  # the console writes in small pieces: let it finish
        self.board.deep_sleep(wake_ms)

    async def _sync(self):
        """Until nothing is pending, however long that takes; gives up when nothing could be sent for some minutes.

        A wrong key or an absent network is not cured by waiting, and the battery is the wearer's.
        """
        uploader = self.uploader
        self.sync_now()
        stored, idle_ms = uploader.stored, 0
        while self._has_pending() and idle_ms < SYNC_PATIENCE_MS:
            await sleep_ms(SYNC_LOOK_MS)
            if stored != uploader.stored:
                stored, idle_ms = uploader.stored, 0
            elif not uploader.busy:
                idle_ms += SYNC_LOOK_MS
        self.power.want_radio(False)
        if idle_ms >= SYNC_PATIENCE_MS:
            why = self.health.problems.get("store") or uploader.state
            self.health.event("sync", "given up; what is not stored stays on the card: %s" % why, "warn")

    def _has_pending(self):
        return self.store is not None and self.store.next_pending() is not None

    async def _stop_recording(self):
        """Close the open segment; the recorder is gone when this returns."""
        recorder = self.recorder
        recorder.stop()
        deadline_ms = self.keeper.uptime_ms() + LEAVE_LIMIT_MS
        while recorder.state != "stopped" and self.keeper.uptime_ms() < deadline_ms:
            await sleep_ms(20)


def load_board(paths=("/board.json", "/rom/board.json")):
    """(board, its data) from the compact form that the build put on the device: on its file system, or else into its ROMFS."""
    with open(paths[0] if exists(paths[0]) else paths[1]) as file:
        config = json.load(file)
    port = __import__("hal." + config["port"], None, None, ("open_board",))
    return port.open_board(config), config


def main():
    """What main.py runs. Returns when somebody wants the prompt."""
    board, config = load_board()
    board.watchdog.start(config["watchdog_ms"])  # from here on nothing can hang for ever
    try:
        asyncio.run(App(board, config, Settings.load("/settings.json")).run())
    finally:
        kbd_intr(CTRL_C)
        # The watchdog cannot be stopped. It gives whoever is at the prompt some minutes; then the board records again.
        board.watchdog.start(PROMPT_MS)

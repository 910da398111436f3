# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Composition: builds the parts for one board, starts them, feeds the watchdog while all make progress.

The order at boot is the order of the promises: card, recovery, recording; only then
the radio, the uploader and the console. A part that fails is logged, restarted
with back-off, and never takes the recorder with it.
"""

import asyncio
import json

from firmware import VERSION
from firmware.compat import hexlify, sleep_ms, ticks_diff, ticks_ms
from firmware.health import Health
from firmware.link import Link
from firmware.recorder import Recorder
from firmware.recovery import recover_open_segments
from firmware.segments import SegmentStore
from firmware.settings import Settings
from firmware.supervisor import Supervisor
from firmware.timekeeper import Timekeeper
from firmware.uploader import Uploader

CARD_RETRY_MS = 5_000
TELEMETRY_MS = 10_000
SYNC_LIMIT_MS = 3_600_000


class App:
    """Everything one recorder is made of; the console's commands work on this object."""

    def __init__(self, board, config, settings_path="/settings.json"):
        self.board = board
        self.config = config
        self.settings = Settings.load(settings_path, config)
        self.device = self.settings.device_id or "daylog-" + hexlify(board.unique_id())[-6:]
        self.keeper = Timekeeper(0)
        self.health = Health(self.keeper)
        self.supervisor = Supervisor(self.health, board.watchdog, config["watchdog_ms"])
        self.profile_name = self.settings.profile or config["default_profile"]
        self.profile = config["profiles"][self.profile_name]
        self.link = Link(board.wifi, self.settings, self.keeper, self.health)
        self.store = None
        self.recorder = None
        self.uploader = None
        self._leave = asyncio.Event()

    async def run(self):
        """Record until somebody asks for the prompt, a reboot or a shutdown."""
        self.health.event("boot", "reset cause: %s" % self.board.reset_cause())
        self.supervisor.start("console", self._console)
        await self._mount()
        self.supervisor.start("recorder", self.recorder.run, vital=True)
        self.supervisor.start("link", self.link.run)
        self.supervisor.start("uploader", self.uploader.run)
        self.supervisor.start("telemetry", self._telemetry)
        self.supervisor.start("light", self._light)
        await self._leave.wait()
        await self._close()

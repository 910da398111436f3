# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A board behind one port that is flashed and boots: the chip's ROM stands between the port and the interpreter.

bridge = RomBridge(boots, ROMS["esp32s3"], flash, place)    # place(row): where the boot finds its file system
bridge.run()

Where the port has no control lines, whoever sends SYNC has held the boot button down while pressing reset: the loader
answers. It is left by esptool's `run`, by the lines, or by pulling the plug.
"""

import time
from collections.abc import Callable

from host_tools.flashing.partition_table import Row
from sim.bridge import Bridge
from sim.interpreter import Boot
from sim.ports import Port
from sim.rom.boot import Stuck, start
from sim.rom.chips import Rom
from sim.rom.loader import SYNC_START, Loader, Unplugged
from sim.rom.nor import NorFlash
from sim.tcp_ports import Rfc2217Port

_RESETS = {"power_on": "rst:0x1 (POWERON)", "deep_sleep": "rst:0x5 (DSLEEP)", "watchdog": "rst:0x7 (TG0WDT_SYS_RST)"}
_OTHER_RESET = "rst:0xc (RTC_SW_CPU_RST)"


class RomBridge(Bridge):
    """`unplug_at`: the cable is pulled when the loader gets that packet."""

    def __init__(
        self,
        boot: Boot,
        rom: Rom,
        flash: NorFlash,
        place: Callable[[Row], None],
        port: Port | None = None,
        local: tuple[int, int] | None = None,
        unplug_at: int | None = None,
    ) -> None:
        super().__init__(boot, local, port)
        self._rom, self._flash, self._place = rom, flash, place
        self._loader: Loader | None = None
        self._packets_left = unplug_at
        self._stuck: Stuck | None = None
        self._again_at_s = 0.0
        self._before = b""  # what came last, for a SYNC in two pieces
        self._has_lines = isinstance(port, Rfc2217Port)
        if isinstance(port, Rfc2217Port):
            port.lines.reset = self._reset

    # --- the application --------------------------------------------------------------------------------------

    def _start(self, cause: str, raw_repl: bool = False) -> None:
        self._loader = self._stuck = None
        if cause == "soft":  # MicroPython starts again by itself
            return super()._start(cause, raw_repl)
        self._say(cause, self._rom.boot_mode)
        try:
            self._place(start(self._rom, self._flash))
        except Stuck as stuck:
            self._stuck = stuck
            return self._complain()
        super()._start(cause, raw_repl)

    def _say(self, cause: str, mode: str) -> None:
        self._show(f"{self._rom.greeting}{_RESETS.get(cause, _OTHER_RESET)},{mode}\r\n".encode())

    def _complain(self) -> None:
        assert self._stuck
        self._show(self._stuck.words.encode())
        self._again_at_s = time.monotonic() + self._stuck.again_s

    def _idle_s(self) -> float | None:
        return max(0.0, self._again_at_s - time.monotonic()) if self._stuck else None

    def _serve_once(self) -> None:
        super()._serve_once()
        if self._stuck and time.monotonic() >= self._again_at_s:
            if self._stuck.resets:
                self._say("watchdog", self._rom.boot_mode)
            self._complain()

    # --- the loader -------------------------------------------------------------------------------------------

    def _from_host(self, data: bytes) -> None:
        lately = self._before + data
        if self._loader is None and not self._has_lines and SYNC_START in lately:
            self._enter_loader()
            data = lately[lately.index(SYNC_START) :]
        self._before = data[1 - len(SYNC_START) :]
        if self._loader:
            self._load(self._loader, data)
        elif not self._stuck:
            super()._from_host(data)

    def _enter_loader(self) -> None:
        self._stop()
        self._stuck = None
        self._loader = Loader(self._rom, self._flash, self._packets_left)

    def _load(self, loader: Loader, data: bytes) -> None:
        try:
            answer = loader.feed(data)
        except Unplugged:
            return self.leave()
        self._packets_left = loader.packets_left
        self._port.put(answer)
        if loader.runs:
            self._start("reset")

    def _reset(self, download: bool) -> None:
        """The control lines have reset the chip, perhaps with the boot pin held."""
        self._stop()
        if download:
            self._enter_loader()
            self._say("power_on", self._rom.download_mode)
            self._show(b"waiting for download\r\n")
        else:
            self._start("power_on")

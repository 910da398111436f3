# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The board's clock chip: it counts on while the processor is reset or sleeps, too fast or too slow, until its power goes.

`about` is {file, present, drift_ppm}: the file outlives the boot; `present` means a chip that keeps the time on a cell of its own. Without
one the processor's counter starts at its epoch whenever the power comes.
"""

import json

EPOCH_S = 946684800  # 2000-01-01, of most ports


class Rtc:
    def __init__(self, about, clock, power_was_off, epoch_s=EPOCH_S):
        about = about or {}
        self._clock = clock
        self._file = open(about["file"], "r+") if "file" in about else None  # now: later the root is the board's
        self._drift_ppm = about.get("drift_ppm", 0)
        self._at_us, self._reads_us = self._kept()
        if self._reads_us == 0 or (power_was_off and not about.get("present")):
            self.set_us(epoch_s * 1_000_000)

    def _kept(self):
        """(when it was set, to what)"""
        return json.loads(self._file.read() or "[0, 0]") if self._file else (0, 0)

    def unix_us(self):
        passed_us = self._now_us() - self._at_us
        return self._reads_us + passed_us + passed_us * self._drift_ppm // 1_000_000

    def set_us(self, unix_us):
        self._at_us, self._reads_us = self._now_us(), unix_us
        if self._file:
            self._file.seek(0)
            self._file.write("%-64s" % json.dumps([self._at_us, self._reads_us]))
            self._file.flush()

    def _now_us(self):
        return self._clock.boot_us + self._clock.uptime_us()

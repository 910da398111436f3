# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""How a boot ends. Nothing after `end` runs: the real part would have stopped too.

The runner reads one line from the control pipe and kills the process; so no `finally` of
the firmware gets to tidy up what a power cut would have left untidy.
"""

import json
import time


class Ending:
    def __init__(self, control, clock, trace):
        self._control, self._clock, self._trace = control, clock, trace
        self._settle = []
        self.details = dict  # what every ending also tells: set by boot.py

    def before(self, settle):
        """Call this before the process ends, in the order given: flush what the runner is to read."""
        self._settle.append(settle)

    def end(self, reason, **details):
        """Tell the runner and stop for ever."""
        self._trace.add("end", reason=reason)
        for settle in self._settle:
            settle()
        self._trace.flush()
        details.update(self.details())
        details["end"], details["now_us"] = reason, self._clock.now_us
        self._control.write(json.dumps(details) + "\n")  # a pipe: no buffer, and no fsync
        while True:
            time.sleep(60)

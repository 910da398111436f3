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
        self._last_words = []
        self.details = dict  # what every ending also tells: set by board.py

    def before(self, last_word):
        """Call this before the process ends, in the order given."""
        self._last_words.append(last_word)

    def end(self, reason, **details):
        """Tell the runner and stop for ever."""
        for last_word in self._last_words:
            last_word()
        self._trace.add("end", reason=reason)
        details.update(self.details())
        details["end"], details["now_us"] = reason, self._clock.now_us
        self._control.write(json.dumps(details) + "\n")  # a pipe: no buffer
        while True:
            try:
                time.sleep(60)
            except KeyboardInterrupt:  # a person's Ctrl-C does not bring the power back
                pass

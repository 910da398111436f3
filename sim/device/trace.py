# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What happened, one JSON line each: virtual time, what, data. Never UTC, never anything of the host.

MicroPython writes files of the host without a buffer: each line is there for others as soon as it is written.
"""

import json


class Trace:
    def __init__(self, file, clock):
        self._file = file
        self._clock = clock

    def add(self, what, **data):
        """Append a line; keys are sorted, for dict order differs between interpreters."""
        pairs = ", ".join("%s: %s" % (json.dumps(key), json.dumps(data[key])) for key in sorted(data))
        self._file.write('{"us": %d, "what": "%s"%s}\n' % (self._clock.now_us, what, ", " + pairs if pairs else ""))

    def numbers(self, what, name, value, name2=None, value2=0):
        """The same for one or two numbers, without touching the heap: the models run on the firmware's."""
        print('{"us": ', self._clock.now_us, ', "what": "', what, '", "', name, '": ', value, sep="", end="", file=self._file)
        if name2 is not None:
            print(', "', name2, '": ', value2, sep="", end="", file=self._file)
        print("}", file=self._file)

    def flush(self):
        self._file.flush()

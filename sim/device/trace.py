# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What happened, one JSON line each: virtual time, what, data. Never UTC, never anything of the host."""

import json


class Trace:
    def __init__(self, file, clock):
        self._file = file
        self._clock = clock

    def add(self, what, **data):
        """Append a line; keys are sorted, for dict order differs between interpreters."""
        pairs = ", ".join('%s: %s' % (json.dumps(key), json.dumps(data[key])) for key in sorted(data))
        self._file.write('{"us": %d, "what": "%s"%s}\n' % (self._clock.now_us, what, ", " + pairs if pairs else ""))

    def flush(self):
        self._file.flush()

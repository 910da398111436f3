# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A program that writes H.264 to its standard output, and the thread that takes it from there.

    encoder = Encoder(["rpicam-vid", "--timeout", "0", "--output", "-"], units)
    encoder.why_not()      # what is wrong with it, in words; "" while all is well
    encoder.end()

The recorder may stand still for as long as the card is busy; the thread does not, so that each frame has the time at which it came,
and none waits in the pipe. When the buffer of the units is full it waits, and with it the encoder; who has waited for long does not know
when its frames were taken, and has to start anew.
"""

import re
import subprocess
import threading

from firmware.compat import ticks_diff, ticks_ms  # pyright: ignore[reportAttributeAccessIssue]  typeshed is CPython's

STARTING_MS = 4500  # a camera that is switched on, until its first frame
STALLED_MS = 2000
ENDING_S = 1
FULL_S = 2
SAID_LINES = 3  # FFmpeg's last line has an error's name only; what it was about stands above it
_ADDRESS = re.compile(r"^\[[^\]]+ @ 0x[0-9a-f]+\] ")  # of the part of FFmpeg that speaks
ENOBUFS = 105
NOBODY = "nobody has taken its frames for so long that there is no room for more, for %d s"


class Encoder:
    """`units` are those of this encoder until `end` returns; who looks at them holds `lock`."""

    def __init__(self, command, units):
        self.lock = threading.Condition()
        self._name, self._units = command[0].rpartition("/")[2], units
        self._said = []  # last, on its standard error
        self._has_ended = self._ends = self._is_stuck = False
        self._trouble = ""
        self._patience_ms = STARTING_MS
        self._frame_ms = ticks_ms()  # when the last frame was whole
        try:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0)
        except OSError as error:
            raise OSError(error.errno, "the program %s cannot be started: %s" % (command[0], error.strerror)) from None
        self._threads = [threading.Thread(target=work, daemon=True) for work in (self._listen, self._take)]
        for thread in self._threads:
            thread.start()

    # -- its threads ---------------------------------------------------------------------

    def _take(self):
        """Move what it writes into the units, until it ends."""
        try:
            while self._take_some():
                pass
        except OSError as error:
            self._trouble = error.args[-1]
            self._process.kill()
        code = self._process.wait()
        self._threads[0].join(ENDING_S)  # what it said last says why
        with self.lock:
            if not code and not self._trouble:
                self._units.finish()
            self._has_ended = True

    def _take_some(self):
        with self.lock:
            if not self.lock.wait_for(lambda: self._ends or self._units.room() is not None, FULL_S):
                raise OSError(ENOBUFS, NOBODY % FULL_S)
            room = self._units.room()
        size = 0 if self._ends else self._process.stdout.readinto(room)  # pyright: ignore[reportAttributeAccessIssue]  it is raw
        with self.lock:
            if size and not self._ends:  # else they are another's units by now
                whole, now_ms = self._units.count, ticks_ms()
                self._units.took(size, now_ms)
                if self._units.count != whole:
                    self._frame_ms, self._patience_ms = now_ms, STALLED_MS
        return size

    def _listen(self):
        for line in self._process.stderr or ():
            words = _ADDRESS.sub("", line.decode("utf-8", "replace").strip())
            self._said = (self._said + [words] if words else self._said)[-SAID_LINES:]

    # -- what others call ----------------------------------------------------------------

    def release(self):
        """The oldest unit has been copied: there is room again."""
        with self.lock:
            self._units.release()
            self.lock.notify()

    def why_not(self):
        """Why no more frames are to be expected, in words."""
        said = ": " + "; ".join(self._said) if self._said else ""
        if self._trouble:
            return "%s: %s" % (self._name, self._trouble)
        if self._has_ended:
            return "%s has ended with code %d%s" % (self._name, self._process.wait(), said)
        if ticks_diff(ticks_ms(), self._frame_ms) > self._patience_ms and not self._units.waiting():
            self._is_stuck = True
            return "%s has sent no frame for %d ms%s" % (self._name, self._patience_ms, said)
        return ""

    def end(self):
        """Make it end, whatever it is doing; returns whether it has: a process may hang in its driver. Does not raise."""
        with self.lock:
            self._ends = True
            self.lock.notify()
        if self._is_stuck:  # others wait meanwhile, for what such a one would hardly do
            self._process.kill()
        else:
            self._process.terminate()
        try:
            self._process.wait(ENDING_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
        for thread in self._threads:
            thread.join(ENDING_S)
        return not any(thread.is_alive() for thread in self._threads)

# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Cuts an H.264 byte stream (ITU-T H.264, Annex B) into access units, however it comes in.

    units = AccessUnits(8 << 20)
    size = pipe.readinto(units.room())
    units.took(size, now_ms)
    while units.waiting():
        unit = units.first()               # view, is_key, came_ms; stays where it is until
        units.release()

A unit lies in one piece in a buffer made once, which is used round and round: only the unit that is still coming is ever moved, when
the end of the buffer is near. It is whole when the next one begins (7.4.1.2.3): with a delimiter, a parameter set or supplemental
information after a slice, or with the first macroblock of a picture.
"""

from collections import deque

LEAST_ROOM = 65536  # what is read at once, if it is there
_START = b"\0\0\1"
_SLICE, _PARTITION, _IDR, _SPS, _PPS = 1, 2, 5, 7, 8
_PICTURES = (_SLICE, _PARTITION, _IDR)  # what begins with the number of its first macroblock
_BEFORE_PICTURE = (6, _SPS, _PPS, 9, 14, 15, 16, 17, 18)
_KEY = {_IDR, _SPS, _PPS}
EILSEQ = 84


class Unit:
    """One access unit; `came_ms` is when its first bytes were there."""

    def __init__(self, view, begin, is_key, came_ms):
        self.view, self.begin, self.is_key, self.came_ms = view, begin, is_key, came_ms


class AccessUnits:
    """`count`: how many became whole since the stream began."""

    def __init__(self, capacity):
        self._buffer = bytearray(capacity)
        self._view = memoryview(self._buffer)
        self._whole = deque()
        self.restart()

    def restart(self):
        """Another stream begins."""
        self._whole.clear()
        self._begin = self._end = self._scanned = 0  # of the unit that is coming; of what has come; where the next NAL unit may begin
        self._came_ms = 0
        self._found = set()  # types of NAL units in it
        self._has_begun = False
        self.count = 0

    # -- coming in -----------------------------------------------------------------------

    def room(self):
        """A view of where the next bytes go; None while units that wait are in the way. Raises OSError: no unit is so large."""
        oldest = self._whole[0].begin if self._whole else self._begin
        if oldest <= self._begin and len(self._buffer) - self._end < LEAST_ROOM and not self._wrap(oldest):
            return None
        end = oldest if oldest > self._begin and self._whole else len(self._buffer)
        return self._view[self._end : end] if end - self._end >= LEAST_ROOM else None

    def _wrap(self, free):
        """Move the unit that is coming to the beginning of the buffer, of which so much is free."""
        size = self._end - self._begin
        if size + LEAST_ROOM > (free if self._whole else len(self._buffer)):
            if not self._whole:
                raise OSError(EILSEQ, "what comes is no H.264: there is no end to a frame")
            return False
        self._view[:size] = self._view[self._begin : self._end]
        self._scanned -= self._begin
        self._begin, self._end = 0, size
        return True

    def took(self, size, now_ms):
        """So many bytes were put where `room` said."""
        self._end += size
        while True:
            at = self._buffer.find(_START, self._scanned, self._end)
            if at < 0:
                self._scanned = max(self._scanned, self._end - 2)
                return
            if at + 5 > self._end:  # what it is stands in the next two bytes
                self._scanned = at
                return
            self._unit_begins(at, now_ms)
            self._scanned = at + 3

    def _unit_begins(self, at, now_ms):
        """A NAL unit; a zero before its start code belongs to that."""
        kind = self._buffer[at + 3] & 31
        is_first = kind in _BEFORE_PICTURE or (kind in _PICTURES and self._buffer[at + 4] & 0x80)
        if is_first and (not self._has_begun or not self._found.isdisjoint(_PICTURES)):
            self._cut(at - 1 if at > self._begin and not self._buffer[at - 1] else at)
            self._has_begun, self._came_ms = True, now_ms
        self._found.add(kind)

    def _cut(self, at):
        if self._has_begun:
            self.count += 1
            self._whole.append(Unit(self._view[self._begin : at], self._begin, self._found >= _KEY, self._came_ms))
        self._begin = at
        self._found = set()

    def finish(self):
        """The stream has come to its end, and the last unit with it."""
        if not self._found.isdisjoint(_PICTURES):
            self._cut(self._end)
        self._has_begun = False

    # -- going out -----------------------------------------------------------------------

    def waiting(self):
        return len(self._whole)

    def first(self):
        return self._whole[0]

    def release(self):
        self._whole.popleft()


def is_key(unit):
    """Whether the bytes of an access unit can be decoded without those before it."""
    found, at = set(), unit.find(_START)
    while 0 <= at < len(unit) - 3:
        found.add(unit[at + 3] & 31)
        if found >= _KEY:
            return True
        at = unit.find(_START, at + 3)
    return False

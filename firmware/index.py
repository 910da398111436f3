# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The index of the segments: five columns in RAM, 17 bytes a segment, and their copies on the card.

    index = SegmentIndex("/sd/daylog/index")
    position = index.load()                     # None when no copy is whole
    at = index.place(boot, segment)
    index.set(at, CLOSED, record, size)
    for _ in index.save(Position(...)): ...     # one slice each

Rows are sorted by boot and segment, the order they were recorded in, and never by a date: a clock may be wrong. A copy
only saves reading the whole journal at boot. It is written under a new number, counts from the moment its CRC is
there, and the one before it stays: whatever is damaged, the journal is read from further back.
"""

import binascii
import os
import struct
from array import array

from firmware.compat import const
from firmware.durable import open
from firmware.files import numbers_in, usable_folder
from firmware.journal import CLOSED, IDLE, KINDS, RECLAIMED, SET_ASIDE, STORED

KEPT_BIT = const(0x80)  # of a state: the segment is protected
_KIND_BITS = const(0x7F)
_MAGIC = b"DLX1"
_HEAD = "<4sIIIIIQQQ"  # magic, rows, notes, next journal record, boot and kind of recording's last change, bytes of 3 kinds
_HEAD_BYTES = const(48)
_NOTE = "<III"
_NOTE_BYTES = const(12)
_SLICE_ROWS = const(2048)  # 8 KiB of a column
_MOST_ROWS = const(1 << 20)
ENOSPC = const(28)


class Position:
    """What an index goes with: the first journal record that is not in it, (boot, kind) of recording's last change, and
    {(boot, segment): record} of the upload notes."""

    def __init__(self, record=0, last=(0, IDLE), notes=None):
        self.record, self.last, self.notes = record, last, notes or {}


class SegmentIndex:
    """`count_in` and `bytes_in` say for each kind of state how many segments there are and how large they are together."""

    def __init__(self, folder):
        self.folder = folder
        self._saved = None  # (number, record) of the newest whole copy
        self._clear(0)

    def _clear(self, rows):
        nothing = bytes(4 * rows)
        self.boots, self.segments, self.records, self.sizes = (array("I", nothing) for _ in range(4))
        self.states = bytearray(rows)
        self.count_in, self.bytes_in = [0] * len(KINDS), [0] * len(KINDS)

    # -- rows --------------------------------------------------------------------------

    def find(self, boot, segment):
        """Row of a segment, or the one before which it would be inserted."""
        low, high = 0, len(self.states)
        while low < high:
            middle = (low + high) // 2
            if (self.boots[middle], self.segments[middle]) < (boot, segment):
                low = middle + 1
            else:
                high = middle
        return low

    def newest_boot(self):
        return self.boots[-1] if self.boots else 0

    def has(self, at, boot, segment):
        return at < len(self.states) and self.boots[at] == boot and self.segments[at] == segment

    def place(self, boot, segment):
        """Row of a segment, made if there is none: at the end, but for what a damaged card makes us find late."""
        at = self.find(boot, segment)
        if not self.has(at, boot, segment):
            self._insert(at, boot, segment)
            self._weigh(at, 1)
        return at

    def _insert(self, at, boot, segment):
        if at == len(self.states):
            for column, value in zip(self._columns(), (boot, segment, 0, 0, 0)):
                column.append(value)
            return
        for column, value in zip(self._columns(), (boot, segment, 0, 0)):
            column[at:at] = array("I", (value,))
        self.states[at:at] = b"\0"

    def _columns(self):
        return self.boots, self.segments, self.records, self.sizes, self.states

    def kind(self, at):
        return self.states[at] & _KIND_BITS

    def is_kept(self, at):
        return bool(self.states[at] & KEPT_BIT)

    def set(self, at, kind, record=None, size=0):
        """Change a row's state; with a journal record also where it was opened or closed, and its size."""
        self._weigh(at, -1)
        if record is not None:
            self.records[at], self.sizes[at] = record, size
        kept = self.states[at] & KEPT_BIT if kind != RECLAIMED else 0
        self.states[at] = kind | kept
        self._weigh(at, 1)

    def keep(self, at, on):
        self.states[at] = self.kind(at) | (KEPT_BIT if on else 0)

    def _weigh(self, at, sign):
        kind = self.kind(at)
        self.count_in[kind] += sign
        self.bytes_in[kind] += sign * self.sizes[at]

    # -- searching ---------------------------------------------------------------------

    def first(self, states):
        """The oldest row in one of these states (a kind, or a kind with KEPT_BIT), or -1."""
        at = min([self._next(state, 0) for state in states])
        return at if at < _MOST_ROWS else -1

    def rows(self, states):
        """Yield the rows in one of these states, oldest first; each state is searched for once, however many there are."""
        heads = [self._next(state, 0) for state in states]
        at = min(heads)
        while at < _MOST_ROWS:
            yield at
            which = heads.index(at)
            heads[which] = self._next(states[which], at + 1)
            at = min(heads)

    def _next(self, state, start):
        """The first row from `start` on in this state; one that cannot be when there is none."""
        at = self.states.find(bytes((state,)), start)
        return at if at >= 0 else _MOST_ROWS

    def prune(self):
        """Forget what is no longer on the card."""
        gone = bytes((RECLAIMED,))
        start = self.states.find(gone)
        while start >= 0:
            end = start
            while end < len(self.states) and self.states[end] == RECLAIMED:
                end += 1
            for column in self._columns():
                column[start:end] = column[:0]
            start = self.states.find(gone, start)
        self.count_in[RECLAIMED] = self.bytes_in[RECLAIMED] = 0

    # -- copies on the card ------------------------------------------------------------

    def _path(self, number):
        return "%s/%06d.idx" % (self.folder, number)

    def load(self):
        """Take the newest whole copy; returns its Position, or None and an empty index."""
        self.folder = usable_folder(self.folder)
        for number in reversed(numbers_in(self.folder, ".idx")):
            try:
                position = self._load(self._path(number))
            except OSError:  # a sector of it is unreadable: the one before will do
                position = None
            if position is not None:
                self._saved = (number, position.record)
                return position
        self._clear(0)
        return None

    def _load(self, path):
        with open(path, "rb") as file:
            return self.read(file, os.stat(path)[6])

    def read(self, file, size):
        """Take a copy of `size` bytes from an open file; returns its Position, or None when it is not whole."""
        head = file.read(_HEAD_BYTES)
        if len(head) < _HEAD_BYTES or head[:4] != _MAGIC:
            return None
        _, rows, notes, record, boot, kind, closed, stored, set_aside = struct.unpack(_HEAD, head)
        if rows > _MOST_ROWS or size != _size_of(rows, notes):
            return None
        self._clear(rows)
        crc = binascii.crc32(head)
        for column in self._columns():
            file.readinto(column)
            crc = binascii.crc32(column, crc)
        noted = file.read(notes * _NOTE_BYTES)
        if file.read(4) != struct.pack("<I", binascii.crc32(noted, crc)):
            return None
        self._weigh_all(closed, stored, set_aside)
        found = [struct.unpack_from(_NOTE, noted, at) for at in range(0, len(noted), _NOTE_BYTES)]
        return Position(record, (boot, kind), {(row[0], row[1]): row[2] for row in found})

    def _weigh_all(self, closed, stored, set_aside):
        self.bytes_in[CLOSED], self.bytes_in[STORED], self.bytes_in[SET_ASIDE] = closed, stored, set_aside
        for kind in range(len(KINDS)):
            self.count_in[kind] = sum([self.states.count(bytes((state,))) for state in (kind, kind | KEPT_BIT)])

    def save(self, position):
        """Write a copy, a slice with each step. States are those of the first step; rows that change later are changed
        again when the journal is read from `position.record` on, and none may be inserted or pruned meanwhile."""
        numbers = numbers_in(self.folder, ".idx")
        number = numbers[-1] + 1 if numbers else 0
        yield from self._write(self._path(number), position)
        kept, self._saved = (self._saved or (number,))[0], (number, position.record)
        for old in numbers:
            if old != kept:
                os.remove(self._path(old))

    def _write(self, path, position):
        rows, states, notes = len(self.states), bytes(self.states), position.notes
        head = (_MAGIC, rows, len(notes), position.record) + position.last
        weights = (self.bytes_in[CLOSED], self.bytes_in[STORED], self.bytes_in[SET_ASIDE])
        noted = b"".join([struct.pack(_NOTE, boot, segment, notes[boot, segment]) for boot, segment in notes])
        with open(path, "wb") as file:
            crc = _put(file, struct.pack(_HEAD, *(head + weights)), 0)
            for column in self._columns()[:4]:
                for at in range(0, rows, _SLICE_ROWS):
                    crc = _put(file, memoryview(column)[at : min(at + _SLICE_ROWS, rows)], crc)
                    yield
            crc = _put(file, noted, _put(file, states, crc))
            file.write(struct.pack("<I", crc))
        if os.stat(path)[6] != _size_of(rows, len(notes)):
            raise OSError(ENOSPC, "full")  # FatFs reports a full card as a short write


def _put(file, data, crc):
    file.write(data)
    return binascii.crc32(data, crc)


def _size_of(rows, notes):
    return _HEAD_BYTES + rows * 17 + notes * _NOTE_BYTES + 4

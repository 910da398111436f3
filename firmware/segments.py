# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The segment store: the segments on a card, from being opened to being removed.

    store = SegmentStore("/sd", boot_hint=11)
    store.load()
    writer = store.open_next(pairs, limit_bytes)
    store.closed(writer.number, writer.close(), offset_ms)
    info = store.next_pending()

No file is ever opened for overwriting. Files are removed only here, and each removal is journalled first: the next boot
finishes what a cut left undone. What is removed first is decided by the order of recording, never by a date.
"""

import os

from firmware import journal as j
from firmware.compat import const
from firmware.durable import open
from firmware.files import exists, make_folder
from firmware.index import KEPT_BIT
from firmware.ledger import Ledger
from firmware.segment import EBADMSG, MAX_PARTS, SegmentWriter
from firmware.segment_files import SegmentFiles

SPARE_BYTES = const(4 * 1024 * 1024)  # kept free for summaries, journal, index and directories
ENOENT = const(2)
MISSING = "its file is not on the card any more"
OVERWRITTEN = "removed before it was stored, for the card was full"
EMPTY = "nothing in its file can be kept"

_SHOWN = (j.OPEN, j.CLOSED, j.STORED, j.SET_ASIDE, j.FOUND)
_STATES = {j.KINDS[kind]: (kind, kind | KEPT_BIT) for kind in _SHOWN}
_STATES["kept"] = tuple(kind | KEPT_BIT for kind in _SHOWN)
_STATES[None] = _SHOWN + _STATES["kept"]
_STORED_FIRST = ((j.STORED,), (j.STORED | KEPT_BIT,))  # what may be removed, in this order
_THEN_UNSENT = ((j.CLOSED, j.SET_ASIDE),)  # and only if the owner wants it


class SegmentInfo:
    """One closed segment as the uploader needs it. `utc_start_ms` is 0 while unknown; `parts`: [(sha256, md5)]."""

    def __init__(self, entry, path):
        self.boot, self.segment, self.path = entry.boot, entry.segment, path
        self.size, self.frames = entry.size, entry.frames
        self.start_uptime_ms = entry.first_ms
        self.utc_start_ms = entry.first_ms + entry.offset_ms if entry.offset_ms else 0
        self.sha256 = entry.sha256
        self.parts = entry.parts() if entry.sha256 else []
        self.md5 = self.parts[0][1] if len(self.parts) == 1 else b""
        self.hashed = bool(entry.sha256)


class SegmentStore:
    """`boot` is this boot's number, never used by another boot on this card; `broke_off`: [(boot, why or "")] of those
    whose recording ended without being stopped, as far as no footage tells of it. `going_on` is the number of a boot that has
    one already: its card was changed."""

    def __init__(self, mount, boot_hint=0, part_bytes=8388608, going_on=0, last_segment=0):
        self.root = mount + "/daylog"
        make_folder(self.root)
        self.files = SegmentFiles(self.root)
        self.path = self.files.path
        self._going_on, self.last_segment = going_on, last_segment
        self.boot = self._boot_after(max([boot_hint] + self.files.boots()))
        self.broke_off = []
        self.part_bytes = part_bytes
        self.recorded_bytes = 0  # in segments closed since the card was opened
        self.ledger = Ledger(self.root, self.files)
        self._losses = []
        self._imaginary_bytes = 0  # free by the file system's count, but not on the card

    def load(self):
        for _ in self.loading():
            pass

    def loading(self):
        """Find out what is on the card, in steps: after some damages that takes long."""
        yield from self.ledger.loading()
        newest = max(self.ledger.index.newest_boot(), self.ledger.last[0])
        self.boot = max(self.boot, self._boot_after(newest))
        self.broke_off = [(boot, "card_full" if kind == j.FULL else "") for boot, kind in self.ledger.broke_off()]

    def _boot_after(self, highest):
        return highest if highest and highest == self._going_on else highest + 1

    # -- recording -----------------------------------------------------------------------

    def open_next(self, pairs, limit_bytes, overwrite=False, summary_buffer=None):
        """The SegmentWriter of a new file. Raises OSError(ENOSPC) when nothing may be removed."""
        room = self.make_room(limit_bytes + SPARE_BYTES, overwrite) - SPARE_BYTES
        if room < SPARE_BYTES:
            raise OSError(j.ENOSPC, "full")
        number = max(self.last_segment, self.ledger.last_segment(self.boot)) + 1
        while exists(self.path(self.boot, number)):  # nothing is ever opened for overwriting
            number += 1
        self.last_segment = number
        self.files.make_folders(self.boot, number)
        self.ledger.note(j.OPEN, self.boot, number)
        file = open(self.path(self.boot, number), "w+b")
        own = pairs + [("segment", str(number))]
        return SegmentWriter(file, own, self.part_bytes, min(limit_bytes, room), number, summary_buffer)

    def confirm(self, number):
        """That the card has kept the name of the open segment: all that is written to it would be lost with it. Raises OSError."""
        if not exists(self.path(self.boot, number)):
            raise OSError(EBADMSG)

    def closed(self, number, result, offset_ms, boot=0):
        payload = b"".join(sha256 + md5 for sha256, md5 in result.parts)
        about = (result.size, result.frames, result.first_ms or 0, offset_ms, result.sha256, payload)
        self.ledger.append(j.Entry(j.CLOSED, boot or self.boot, number, *about))
        self.recorded_bytes += result.size

    def idle(self):
        """Recording has stopped on purpose: a cut from now on costs nothing."""
        self.ledger.note(j.IDLE, self.boot, 0)

    def note_full(self):
        """Recording has stopped for there is no room: if the power goes before there is some, the next boot knows why."""
        if self.ledger.last != (self.boot, j.FULL):
            self.ledger.note(j.FULL, self.boot, 0)

    def current(self):
        """(boot, segment) of what is being recorded, or None."""
        number = self.ledger.last_segment(self.boot)
        return (self.boot, number) if number and self.ledger.kind(self.boot, number) == j.OPEN else None

    # -- tidying up ------------------------------------------------------------------------

    def left_open(self):
        """(boot, segment) of what was never closed; to be asked before recording begins."""
        return [(boot, segment) for boot, segment, _, _ in self.list("open")]

    def found(self):
        """(boot, segment) of the oldest file that nobody knows of and nobody has looked at, or None."""
        at = self.ledger.index.first(_STATES["found"])
        return self.ledger.name(at) if at >= 0 else None

    def leave_open(self, boot, segment):
        """It was not closed: the next boot's recovery has to do it."""
        self.ledger.note(j.OPEN, boot, segment)

    def reject(self, boot, segment):
        """Nothing of the file can be kept: it holds no byte of footage."""
        self._remove(boot, segment, j.VOID, EMPTY)

    # -- custody ---------------------------------------------------------------------------

    def next_pending(self):
        """The oldest closed segment that is neither stored nor set aside, or None."""
        while True:
            at = self.ledger.index.first(_STATES["closed"])
            if at < 0:
                return None
            try:
                return self.info(at)
            except OSError as error:
                self._doubt(at, error)

    def info(self, at):
        """SegmentInfo of a row. Raises OSError: ENOENT without its file, EIO without its journal record."""
        path = self.path(*self.ledger.name(at))
        os.stat(path)
        return SegmentInfo(self.ledger.closed_entry(at), path)

    def find(self, boot, segment):
        """(state name, SegmentInfo, without that while it is open or when its record cannot be read) of a segment, or None."""
        kind, at = self.ledger.kind(boot, segment), self.ledger.index.find(boot, segment)
        return (j.KINDS[kind], self._info_if_any(at)) if kind else None

    def _doubt(self, at, error):
        """A file without its record is closed again, and hashed by whoever needs that; a record without its file is no segment."""
        boot, segment = self.ledger.name(at)
        if error.errno == ENOENT:
            self._remove(boot, segment, j.VOID, MISSING)
            self._losses.append((boot, segment, MISSING))
        elif error.errno == j.EIO:
            self.ledger.append(j.Entry(j.CLOSED, boot, segment, os.stat(self.path(boot, segment))[6]))
        else:
            raise error

    def mark_uploading(self, info, utc_start_s, upload_id):
        """Journal the choice of key and the multipart upload before anything is sent."""
        note = "%d %s" % (utc_start_s, upload_id)
        if len(note.encode()) > j.PAYLOAD_BYTES:
            note = "%d " % utc_start_s  # a part of an id is none: such an upload begins anew after a reboot
        self._mark(j.UPLOADING, info, note)

    def upload_note(self, info):
        """(utc_start_s, upload_id) of an upload begun before, or None."""
        utc_start_s, _, upload_id = self.ledger.upload_note(info.boot, info.segment).partition(" ")
        return (int(utc_start_s), upload_id) if utc_start_s.isdigit() else None

    def mark_stored(self, info, etag):
        """The store has returned a checksum and it was compared."""
        self._mark(j.STORED, info, etag)

    def set_aside(self, info, reason):
        """Given up for now, visibly; never dropped."""
        self._mark(j.SET_ASIDE, info, reason)

    def _mark(self, kind, info, text):
        if self.ledger.kind(info.boot, info.segment):  # it may have been removed meanwhile
            self.ledger.note(kind, info.boot, info.segment, text)

    def retry_one(self):
        """Let the uploader try again the oldest that was set aside; False when there is none."""
        at = self.ledger.index.first(_STATES["set_aside"])
        if at < 0:
            return False
        try:
            self.ledger.append(self.ledger.closed_entry(at))
        except OSError as error:
            self._doubt(at, error)
        return True

    # -- space -------------------------------------------------------------------------------

    def keep(self, boot, segment, on=True):
        """Protect a segment: it is the last to be removed, and never before it is stored. False if there is no such segment."""
        if not self.ledger.kind(boot, segment):
            return False
        if self.is_kept(boot, segment) != on:
            self.ledger.note(j.KEPT if on else j.RELEASED, boot, segment)
        return True

    def is_kept(self, boot, segment):
        return self.ledger.is_kept(boot, segment)

    def free_bytes(self):
        stat = os.statvfs(self.root)
        return stat[1] * stat[3] - self._imaginary_bytes

    def was_full(self):
        """A write found no room, whatever the file system counts after power cuts: free is only what is freed from now on."""
        self._imaginary_bytes += self.free_bytes()

    def total_bytes(self):
        stat = os.statvfs(self.root)
        return stat[1] * stat[2]

    def stored_bytes(self):
        """What could be removed without losing anything."""
        return self.ledger.index.bytes_in[j.STORED]

    def make_room(self, need_bytes, overwrite=False):
        """Remove stored segments, oldest first, then those that are kept, then, if the owner wants that, the oldest that
        are neither stored nor kept, until `need_bytes` are free; returns what is free."""
        free = self.free_bytes()
        while free < need_bytes and self._remove_first(_STORED_FIRST + (_THEN_UNSENT if overwrite else ())):
            free = self.free_bytes()
        return free

    def make_room_ahead(self):
        """Remove one stored segment if the next two could need its room; False when there is nothing to do. Called between
        frames, so that `open_next` seldom has to wait for it."""
        return self.free_bytes() < 2 * MAX_PARTS * self.part_bytes and self._remove_first(_STORED_FIRST)

    def _remove_first(self, order):
        """Remove the oldest segment in the first of these states; False when there is none."""
        for states in order:
            at = self.ledger.index.first(states)
            if at >= 0:
                self._give_up(*self.ledger.name(at))
                return True
        return False

    def _give_up(self, boot, segment):
        if self.ledger.kind(boot, segment) == j.STORED:
            return self._remove(boot, segment, j.RECLAIMED)
        self._remove(boot, segment, j.OVERWRITTEN)
        self._losses.append((boot, segment, OVERWRITTEN))

    def _remove(self, boot, segment, kind, text=""):
        self.ledger.note(kind, boot, segment, text)
        self.files.remove(boot, segment)
        if boot != self.boot:
            self.files.remove_folders(boot, segment)

    def take_losses(self):
        """[(boot, segment, why)] of what is gone without having been stored, since the last time."""
        losses, self._losses = self._losses, []
        return losses

    # -- looking ---------------------------------------------------------------------------

    def list(self, state=None):
        """Yield (boot, segment, state name, size) of every segment, oldest first; state "kept" is that of all protected ones."""
        index = self.ledger.index
        for at in index.rows(_STATES[state]):
            yield index.boots[at], index.segments[at], j.KINDS[index.kind(at)], index.sizes[at]

    def newest_first(self):
        """Yield (boot, segment, SegmentInfo), without that while it is open or when its record cannot be read."""
        for at in range(len(self.ledger.index.states) - 1, -1, -1):
            if self.ledger.index.kind(at) in _SHOWN:
                yield self.ledger.name(at) + (self._info_if_any(at),)

    def _info_if_any(self, at):
        try:
            return self.info(at) if self.ledger.index.kind(at) != j.OPEN else None
        except OSError:
            return None

    def pending_bytes(self):
        """Of what is closed and not stored yet."""
        return self.ledger.index.bytes_in[j.CLOSED]

    def status(self):
        index = self.ledger.index
        counts = {j.KINDS[kind]: index.count_in[kind] for kind in _SHOWN}
        return {"boot": self.boot, "segments": counts, "pending_bytes": self.pending_bytes(), "free_bytes": self.free_bytes()}

    def close(self):
        self.ledger.close()

# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The segment store: which segments are on the card and what state each is in.

    store = SegmentStore("/sd", boot_hint=11)
    store.load()
    writer = store.open_next(pairs, limit_bytes)
    store.closed(writer.number, writer.close(), offset_ms)
    info = store.next_pending()

No file is ever opened for overwriting. A change is made by appending it
to the journal; the index in RAM, of which the card has a copy, follows. Files are removed only here, and each
removal is journalled first: the next boot finishes what a cut left undone.
"""

import os

from firmware import journal as j
from firmware.compat import const
from firmware.files import exists, make_folder
from firmware.index import KEPT_BIT, Position, SegmentIndex
from firmware.segment import MAX_PARTS, SegmentWriter
from firmware.segment_files import SegmentFiles

SPARE_BYTES = const(4 * 1024 * 1024)  # kept free for summaries, journal, index and directories
INDEX_AFTER = const(512)  # records of the journal that make a new copy of the index worth its while
ENOENT = const(2)
MISSING = "its file is not on the card any more"
OVERWRITTEN = "removed before it was stored, for the card was full"
EMPTY = "nothing in its file can be kept"

_STORED_FIRST = ((j.STORED,), (j.STORED | KEPT_BIT,))  # what may be removed, in this order
_THEN_UNSENT = ((j.CLOSED, j.SET_ASIDE),)  # and only if the owner wants it
_PENDING = (j.CLOSED, j.CLOSED | KEPT_BIT)
_SHOWN = (j.OPEN, j.CLOSED, j.STORED, j.SET_ASIDE)
_KEPT = tuple(kind | KEPT_BIT for kind in _SHOWN)
_STATES = {j.KINDS[kind]: (kind, kind | KEPT_BIT) for kind in _SHOWN}
_STATES["kept"] = _KEPT
_STATES[None] = _SHOWN + _KEPT


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
    """`boot` is this boot's number, never used by another boot on this card; `broke_off` the boot whose recording
    ended without being stopped, or 0. `going_on` is the number of a boot that has one already: its card was changed."""

    def __init__(self, mount, boot_hint=0, part_bytes=8388608, going_on=0, last_segment=0):
        self.root = mount + "/daylog"
        make_folder(self.root)
        self.files = SegmentFiles(self.root)
        self._going_on, self.last_segment = going_on, last_segment
        self.boot = self._boot_after(max([boot_hint] + self.files.boots()))
        self.part_bytes = part_bytes
        self._losses = []
        self.recorded_bytes = 0  # in segments closed since the card was opened
        self.journal = j.Journal(self.root + "/journal")
        self.index = SegmentIndex(self.root + "/index")
        self._position = Position()

    # -- loading -----------------------------------------------------------------------

    def load(self):
        """Take the newest copy of the index and what the journal has added since. If anything is missing of either, look at
        the files too: one that nobody knows of counts as open, and recovery decides what it is."""
        position = self.index.load()
        self._position = position or Position()
        entry = None
        for number, entry in self.journal.replay(self._position.record):
            self._apply(number, entry)
        self._finish_removal(entry)
        if position is None or not self.journal.is_whole:
            self._adopt_files()
            for _ in self.save_index():
                pass
        if self.index.boots:
            self.boot = max(self.boot, self._boot_after(self.index.boots[-1]))
        last_boot, kind = self._position.last
        self.broke_off = last_boot if kind != j.IDLE else 0

    def _boot_after(self, highest):
        return highest if highest and highest == self._going_on else highest + 1

    def _apply(self, number, entry):
        """Make the index follow one change."""
        kind, key, position = entry.kind, (entry.boot, entry.segment), self._position
        if self._is_of_recording(entry) and entry.boot >= position.last[0]:
            position.last = (entry.boot, kind)
        if kind == j.UPLOADING:
            position.notes[key] = number
        elif kind in (j.KEPT, j.RELEASED):
            self.index.keep(self.index.place(*key), kind == j.KEPT)
        elif kind in (j.OPEN, j.CLOSED):
            self.index.set(self.index.place(*key), kind, number, entry.size)
        elif kind == j.SET_ASIDE:
            self.index.set(self.index.place(*key), kind)
        elif kind == j.STORED or kind in j.GONE:
            position.notes.pop(key, None)
            self.index.set(self.index.place(*key), j.STORED if kind == j.STORED else j.RECLAIMED)

    def _is_of_recording(self, entry):
        """Whether recording made this change; also who tidies up closes segments, but none that is open."""
        return entry.kind in (j.OPEN, j.IDLE) or (entry.kind == j.CLOSED and self._kind(entry) == j.OPEN)

    def _kind(self, segment):
        """State of a segment, given as anything that has `boot` and `segment`; 0 if it is not on the card."""
        at = self.index.find(segment.boot, segment.segment)
        kind = self.index.kind(at) if self.index.has(at, segment.boot, segment.segment) else 0
        return kind if kind != j.RECLAIMED else 0

    def _finish_removal(self, entry):
        """The last change of the journal may be a removal that a cut kept from being carried out."""
        if entry is not None and entry.kind in j.GONE:
            self.files.remove(entry.boot, entry.segment)

    def _adopt_files(self):
        for boot, segment in self.files.all():
            if not self.index.has(self.index.find(boot, segment), boot, segment):
                self.index.set(self.index.place(boot, segment), j.OPEN)

    def index_is_due(self):
        return self.journal.end - self._position.record >= INDEX_AFTER

    def save_index(self):
        """Copy the index to the card, a slice with each step of this generator; remove what of the journal is then needless."""
        self.index.prune()
        before, end = self._position.record, self.journal.end
        yield from self.index.save(Position(end, self._position.last, dict(self._position.notes)))
        self._position.record = end
        self.journal.remove_before(min(before, min(self.index.records, default=end)))

    def _append(self, entry):
        self._apply(self.journal.append(entry), entry)

    def _note(self, kind, segment, text=""):
        """Journal a change of a segment, unless it was removed meanwhile."""
        if self._kind(segment):
            self._append(j.Entry(kind, segment.boot, segment.segment, payload=text.encode()[: j.PAYLOAD_BYTES]))

    def path(self, boot, segment):
        return self.files.path(boot, segment)

    # -- recording -----------------------------------------------------------------------

    def open_next(self, pairs, limit_bytes, overwrite=False):
        """The SegmentWriter of a new file. Raises OSError(ENOSPC) when nothing may be removed."""
        room = self.make_room(limit_bytes + SPARE_BYTES, overwrite) - SPARE_BYTES
        if room < SPARE_BYTES:
            raise OSError(j.ENOSPC, "full")
        number = max(self.last_segment, self._last_of_boot()) + 1
        while exists(self.path(self.boot, number)):  # nothing is ever opened for overwriting
            number += 1
        self.last_segment = number
        self.files.make_folders(self.boot, number)
        self._append(j.Entry(j.OPEN, self.boot, number))
        file = open(self.path(self.boot, number), "w+b")
        own = pairs + [("segment", str(number))]
        return SegmentWriter(file, own, self.part_bytes, min(limit_bytes, room), number)

    def _last_of_boot(self):
        at = self.index.find(self.boot + 1, 0) - 1
        return self.index.segments[at] if at >= 0 and self.index.boots[at] == self.boot else 0

    def closed(self, number, result, offset_ms, boot=0):
        payload = b"".join(sha256 + md5 for sha256, md5 in result.parts)
        first_ms = result.first_ms or 0
        self._append(j.Entry(j.CLOSED, boot or self.boot, number, result.size, result.frames, first_ms, offset_ms, result.sha256, payload))
        self.recorded_bytes += result.size

    def idle(self):
        """Recording has stopped on purpose: a cut from now on costs nothing."""
        self._append(j.Entry(j.IDLE, self.boot, 0))

    def left_open(self):
        """(boot, segment) of what was never closed; to be asked before recording begins."""
        return [(boot, segment) for boot, segment, _, _ in self.list("open")]

    def reject(self, boot, segment):
        """Nothing of the file can be kept: it holds no byte of footage."""
        self._remove(boot, segment, j.VOID, EMPTY)

    # -- custody ---------------------------------------------------------------------------

    def next_pending(self):
        """The oldest closed segment that is neither stored nor set aside, or None."""
        at = self.index.first(_PENDING)
        while at >= 0:
            boot, segment = self.index.boots[at], self.index.segments[at]
            try:
                return self.info(at)
            except OSError as error:
                self._doubt(boot, segment, error)
            at = self.index.first(_PENDING)
        return None

    def info(self, at):
        """SegmentInfo of a row. Raises OSError: ENOENT without its file, EIO without its journal record."""
        entry = self.journal.read(self.index.records[at])
        if not self.index.has(at, entry.boot, entry.segment) or entry.kind != j.CLOSED:
            raise OSError(j.EIO, "another record")
        path = self.path(entry.boot, entry.segment)
        os.stat(path)
        return SegmentInfo(entry, path)

    def _doubt(self, boot, segment, error):
        """A file without its record is closed again, and hashed by whoever needs that; a record without its file is no segment."""
        if error.errno == ENOENT:
            self._remove(boot, segment, j.VOID, MISSING)
            self._losses.append((boot, segment, MISSING))
        elif error.errno == j.EIO:
            self._append(j.Entry(j.CLOSED, boot, segment, os.stat(self.path(boot, segment))[6]))
        else:
            raise error

    def mark_uploading(self, info, utc_start_s, upload_id):
        """Journal the choice of key and the multipart upload before anything is sent."""
        self._note(j.UPLOADING, info, "%d %s" % (utc_start_s, upload_id))

    def upload_note(self, info):
        """(utc_start_s, upload_id) of an upload begun before, or None."""
        number = self._position.notes.get((info.boot, info.segment))
        if number is None:
            return None
        try:
            utc_start_s, _, upload_id = self.journal.read(number).text().partition(" ")
            return int(utc_start_s), upload_id
        except (OSError, ValueError):  # it cannot be read any more: the upload begins anew
            return None

    def mark_stored(self, info, etag):
        """The store has returned a checksum and it was compared."""
        self._note(j.STORED, info, etag)

    def set_aside(self, info, reason):
        """Given up for now, visibly; never dropped."""
        self._note(j.SET_ASIDE, info, reason)

    def retry_set_aside(self):
        """Let the uploader try again what was set aside; returns how many."""
        found = list(self.index.rows((j.SET_ASIDE, j.SET_ASIDE | KEPT_BIT)))
        for at in found:
            self._append(self.journal.read(self.index.records[at]))
        return len(found)

    # -- space -------------------------------------------------------------------------------

    def keep(self, boot, segment, on=True):
        """Protect a segment: it is the last to be removed, and never before it is stored. False if there is no such segment."""
        at = self.index.find(boot, segment)
        if not self.index.has(at, boot, segment) or self.index.kind(at) == j.RECLAIMED:
            return False
        if self.index.is_kept(at) != on:
            self._append(j.Entry(j.KEPT if on else j.RELEASED, boot, segment))
        return True

    def is_kept(self, boot, segment):
        at = self.index.find(boot, segment)
        return self.index.has(at, boot, segment) and self.index.is_kept(at)

    def free_bytes(self):
        stat = os.statvfs(self.root)
        return stat[1] * stat[3]

    def total_bytes(self):
        stat = os.statvfs(self.root)
        return stat[1] * stat[2]

    def stored_bytes(self):
        """What could be removed without losing anything."""
        return self.index.bytes_in[j.STORED]

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
            at = self.index.first(states)
            if at >= 0:
                self._give_up(self.index.boots[at], self.index.segments[at], self.index.kind(at) == j.STORED)
                return True
        return False

    def _give_up(self, boot, segment, is_stored):
        self._remove(boot, segment, j.RECLAIMED if is_stored else j.OVERWRITTEN)
        if not is_stored:
            self._losses.append((boot, segment, OVERWRITTEN))

    def _remove(self, boot, segment, kind, text=""):
        """Journal first: a cut in between is made good by the next boot, see `_finish_removal`."""
        self._append(j.Entry(kind, boot, segment, payload=text.encode()))
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
        index = self.index
        for at in index.rows(_STATES[state]):
            yield index.boots[at], index.segments[at], j.KINDS[index.kind(at)], index.sizes[at]

    def newest_first(self):
        """Yield (boot, segment, SegmentInfo), without that while it is open or when its record cannot be read."""
        for at in range(len(self.index.states) - 1, -1, -1):
            if self.index.kind(at) != j.RECLAIMED:
                yield self.index.boots[at], self.index.segments[at], self._info_if_any(at)

    def _info_if_any(self, at):
        try:
            return self.info(at) if self.index.kind(at) != j.OPEN else None
        except OSError:
            return None

    def current(self):
        """(boot, segment) of what is being recorded, or None."""
        number = self._last_of_boot()
        is_open = number and self.index.kind(self.index.find(self.boot, number)) == j.OPEN
        return (self.boot, number) if is_open else None

    def status(self):
        index = self.index
        counts = {j.KINDS[kind]: index.count_in[kind] for kind in _SHOWN}
        return {"boot": self.boot, "segments": counts, "pending_bytes": index.bytes_in[j.CLOSED], "free_bytes": self.free_bytes()}

    def close(self):
        self.journal.close()

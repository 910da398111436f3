# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The segment store: which segments are on the card and what state each is in.

    store = SegmentStore("/sd", boot_hint=11)
    store.load()
    writer = store.open_next(pairs, limit_bytes)
    store.closed(writer.number, writer.close(), offset_ms)
    info = store.next_pending()

Files: daylog/<boot>/<segment // 64>/<segment>.mcap, never opened for overwriting. The index in RAM is
17 bytes a segment; everything else is read from the journal when it is needed.
"""

import os
from array import array

from firmware import journal as j
from firmware.compat import const
from firmware.segment import SegmentWriter

PER_FOLDER = const(64)
SPARE_BYTES = const(4 * 1024 * 1024)  # kept free for summaries, journal and directories
COMPACT_FROM = const(512)


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


def exists(path):
    try:
        os.stat(path)
        return True
    except OSError:
        return False


def make_folder(path):
    if not exists(path):
        os.mkdir(path)


def numbers_in(folder):
    """The entries of a folder that are numbers (with or without .mcap), sorted."""
    names = [name[:-5] if name.endswith(".mcap") else name for name in os.listdir(folder)]
    return sorted(int(name) for name in names if name.isdigit())


class SegmentStore:
    """`boot` is this boot's number, never used by another boot on this card; `broke_off` the boot whose recording
    ended without being stopped, or 0. `going_on` is the number of a boot that has one already: its card was changed."""

    def __init__(self, mount, boot_hint=0, part_bytes=8388608, going_on=0):
        self.root = mount + "/daylog"
        make_folder(self.root)
        self._going_on = going_on
        self.boot = self._boot_after(max([boot_hint] + numbers_in(self.root)))
        self.part_bytes = part_bytes
        self.journal = j.Journal(self.root)
        self._boots, self._segments = array("I"), array("I")
        self._states, self._records, self._sizes = bytearray(), array("I"), array("I")
        self._uploads = {}  # (boot, segment): journal record of its last upload note
        self._last = (0, j.IDLE)  # boot and kind of the last change that recording made
        self._next = 0

    # -- loading -----------------------------------------------------------------------

    def load(self):
        """Read the journal, or rebuild it from the files when there is none."""
        for number, entry in self.journal.load():
            self._apply(number, entry)
        if self.journal.is_new:
            self._rebuild()
        live = len(self._states) + len(self._uploads)
        if self.journal.records > COMPACT_FROM and self.journal.records > 4 * live:
            self._compact()
        if self._boots:
            self.boot = max(self.boot, self._boot_after(max(self._boots)))
        self.broke_off = self._last[0] if self._last[1] != j.IDLE else 0

    def _boot_after(self, highest):
        return highest if highest and highest == self._going_on else highest + 1

    def _apply(self, number, entry):
        if entry.kind in (j.OPEN, j.CLOSED, j.IDLE) and entry.boot >= self._last[0]:
            self._last = (entry.boot, entry.kind)
        if entry.kind == j.IDLE:
            return
        if entry.kind == j.UPLOADING:
            self._uploads[(entry.boot, entry.segment)] = number
            return
        if entry.kind in (j.STORED, j.RECLAIMED):
            self._uploads.pop((entry.boot, entry.segment), None)
        at = self._place(entry.boot, entry.segment)
        self._states[at] = entry.kind
        if entry.kind == j.CLOSED:
            self._records[at], self._sizes[at] = number, entry.size

    def _rebuild(self):
        """No journal: every file counts as open, and recovery decides what it is."""
        for boot in numbers_in(self.root):
            for group in numbers_in("%s/%06d" % (self.root, boot)):
                for segment in numbers_in("%s/%06d/%03d" % (self.root, boot, group)):
                    self._append(j.Entry(j.OPEN, boot, segment))

    def _compact(self):
        """Begin a journal of live segments only: where each was closed, and the states that differ from closed."""
        live = [i for i in range(len(self._states)) if self._states[i] != j.RECLAIMED]
        states = [(self._states[i], self._boots[i], self._segments[i]) for i in live]
        closed = [self._records[i] for i in live if self._states[i] != j.OPEN]
        self.journal.compact(sorted(closed + list(self._uploads.values())))
        self._reset()
        for number, entry in self.journal.load():
            self._apply(number, entry)
        for state, boot, segment in states:
            if state != j.CLOSED:
                self._append(j.Entry(state, boot, segment))

    def _reset(self):
        self._boots, self._segments = array("I"), array("I")
        self._states, self._records, self._sizes = bytearray(), array("I"), array("I")
        self._uploads = {}
        self._next = 0
        self.journal.close()
        self.journal = j.Journal(self.root)

    # -- the index -----------------------------------------------------------------------

    def _find(self, boot, segment):
        """Position of a segment, or where it would be inserted."""
        low, high = 0, len(self._states)
        while low < high:
            middle = (low + high) // 2
            if (self._boots[middle], self._segments[middle]) < (boot, segment):
                low = middle + 1
            else:
                high = middle
        return low

    def _has(self, at, boot, segment):
        return at < len(self._states) and self._boots[at] == boot and self._segments[at] == segment

    def _place(self, boot, segment):
        at = self._find(boot, segment)
        if not self._has(at, boot, segment):
            self._states.append(0)
            for column, value in ((self._boots, boot), (self._segments, segment), (self._records, 0), (self._sizes, 0)):
                column.append(value)
                for i in range(len(column) - 1, at, -1):
                    column[i] = column[i - 1]
                column[at] = value
            for i in range(len(self._states) - 1, at, -1):
                self._states[i] = self._states[i - 1]
        return at

    def _append(self, entry):
        self._apply(self.journal.append(entry), entry)

    def path(self, boot, segment):
        return "%s/%06d/%03d/%06d.mcap" % (self.root, boot, segment // PER_FOLDER, segment)

    # -- recording -----------------------------------------------------------------------

    def open_next(self, pairs, limit_bytes):
        """The SegmentWriter of a new file. Raises OSError(ENOSPC) when nothing may be reclaimed."""
        room = self.make_room(limit_bytes + SPARE_BYTES) - SPARE_BYTES
        if room < SPARE_BYTES:
            raise OSError(28)
        number = self._last_of_boot() + 1
        while exists(self.path(self.boot, number)):  # nothing is ever opened for overwriting
            number += 1
        make_folder("%s/%06d" % (self.root, self.boot))
        make_folder("%s/%06d/%03d" % (self.root, self.boot, number // PER_FOLDER))
        self._append(j.Entry(j.OPEN, self.boot, number))
        file = open(self.path(self.boot, number), "wb")
        own = pairs + [("segment", str(number))]
        return SegmentWriter(file, own, self.part_bytes, min(limit_bytes, room), number)

    def _last_of_boot(self):
        at = self._find(self.boot + 1, 0) - 1
        return self._segments[at] if at >= 0 and self._boots[at] == self.boot else 0

    def closed(self, number, result, offset_ms, boot=0):
        payload = b"".join(sha256 + md5 for sha256, md5 in result.parts)
        first_ms = result.first_ms or 0
        self._append(j.Entry(j.CLOSED, boot or self.boot, number, result.size, result.frames, first_ms, offset_ms, result.sha256, payload))
        self._next = 0

    def idle(self):
        """Recording has stopped on purpose: a cut from now on costs nothing."""
        self._append(j.Entry(j.IDLE, self.boot, 0))

    # -- custody ---------------------------------------------------------------------------

    def next_pending(self):
        """The oldest closed segment that is neither stored nor set aside, or None."""
        at = self._next
        while at < len(self._states) and self._states[at] != j.CLOSED:
            at += 1
        self._next = at
        return self.info(at) if at < len(self._states) else None

    def info(self, at):
        entry = self.journal.read(self._records[at])
        return SegmentInfo(entry, self.path(entry.boot, entry.segment))

    def mark_uploading(self, info, utc_start_s, upload_id):
        """Journal the choice of key and the multipart upload before anything is sent."""
        note = "%d %s" % (utc_start_s, upload_id)
        self._append(j.Entry(j.UPLOADING, info.boot, info.segment, payload=note.encode()[: j.PAYLOAD_BYTES]))

    def upload_note(self, info):
        """(utc_start_s, upload_id) of an upload begun before, or None."""
        number = self._uploads.get((info.boot, info.segment))
        if number is None:
            return None
        utc_start_s, _, upload_id = self.journal.read(number).text().partition(" ")
        return int(utc_start_s), upload_id

    def mark_stored(self, info, etag):
        """The store has returned a checksum and it was compared."""
        self._append(j.Entry(j.STORED, info.boot, info.segment, payload=etag.encode()[: j.PAYLOAD_BYTES]))

    def set_aside(self, info, reason):
        """Given up for now, visibly; never dropped."""
        self._append(j.Entry(j.SET_ASIDE, info.boot, info.segment, payload=reason.encode()[: j.PAYLOAD_BYTES]))

    def retry_set_aside(self):
        """Let the uploader try again what was set aside; returns how many."""
        found = [i for i in range(len(self._states)) if self._states[i] == j.SET_ASIDE]
        for at in found:
            self._append(self.journal.read(self._records[at]))
        self._next = 0
        return len(found)

    # -- space -------------------------------------------------------------------------------

    def free_bytes(self):
        stat = os.statvfs(self.root)
        return stat[1] * stat[3]

    def make_room(self, need_bytes):
        """Reclaim stored segments, oldest first, until `need_bytes` are free; returns what is free."""
        free = self.free_bytes()
        for at in range(len(self._states)):
            if free >= need_bytes:
                break
            if self._states[at] == j.STORED:
                self._reclaim(at)
                free = self.free_bytes()
        return free

    def _reclaim(self, at):
        boot, segment = self._boots[at], self._segments[at]
        path = self.path(boot, segment)
        if exists(path):
            os.remove(path)
        self._append(j.Entry(j.RECLAIMED, boot, segment))
        folder = path.rsplit("/", 1)[0]
        for empty in (folder, folder.rsplit("/", 1)[0]):
            if boot != self.boot and exists(empty) and not os.listdir(empty):
                os.rmdir(empty)

    # -- looking ---------------------------------------------------------------------------

    def list(self, state=None):
        """Yield (boot, segment, state name, size) of every segment, oldest first."""
        for at in range(len(self._states)):
            name = j.KINDS[self._states[at]]
            if state is None or name == state:
                yield self._boots[at], self._segments[at], name, self._sizes[at]

    def left_open(self):
        """(boot, segment) of what was never closed; to be asked before recording begins."""
        return [(boot, segment) for boot, segment, _, _ in self.list("open")]

    def reject(self, boot, segment):
        """Nothing of the file can be kept: it holds no byte of footage."""
        path = self.path(boot, segment)
        if exists(path):
            os.remove(path)
        self._append(j.Entry(j.RECLAIMED, boot, segment))

    def status(self):
        counts = {name: 0 for name in KINDS_SHOWN}
        pending_bytes = 0
        for _, _, name, size in self.list():
            counts[name] += 1
            if name == "closed":
                pending_bytes += size
        return {"boot": self.boot, "segments": counts, "pending_bytes": pending_bytes, "free_bytes": self.free_bytes()}

    def close(self):
        self.journal.close()


KINDS_SHOWN = ("open", "closed", "stored", "set_aside", "reclaimed")

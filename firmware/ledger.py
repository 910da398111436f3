# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What is known of every segment on a card, whatever happens: the index in RAM, its copies and the journal on the card.

    ledger = Ledger("/sd/daylog", files)
    for _ in ledger.loading(): ...
    ledger.note(STORED, boot, segment, "etag")
    ledger.kind(boot, segment)
    if ledger.is_due():
        for _ in ledger.saving(): ...

A change is made by appending it to the journal; the index follows. At boot the newest whole copy of the index is taken,
and what the journal has added since. Of what is missing of either, the files tell.
"""

from firmware import journal as j
from firmware.compat import const
from firmware.index import Position, SegmentIndex

SAVE_AFTER = const(512)  # records of the journal that make a new copy of the index worth its while
AT_ONCE = const(64)  # records that are applied before others get their turn


class Ledger:
    """`last` is (boot, kind) of the last change that recording made. Among the notes those of segment 0 are of boots that
    ended without being stopped, with the kind of their last change, until footage tells of it."""

    def __init__(self, root, files):
        self.journal = j.Journal(root + "/journal")
        self.index = SegmentIndex(root + "/index")
        self._files = files
        self._position = Position()

    @property
    def last(self):
        return self._position.last

    # -- loading -----------------------------------------------------------------------

    def loading(self):
        """A generator: a journal that has to be read from its beginning takes its time. Raises OSError from the card."""
        position = self.index.load()
        self._position = position or Position()
        entry = None
        for number, entry in self.journal.replay(self._position.record):
            self._apply(number, entry)
            if number % AT_ONCE == 0:
                yield
        self._finish_removal(entry)
        if position is None or not self.journal.is_whole:
            self._find_files()
            self._doubt_the_end()
            yield from self._save_if_possible()

    def _finish_removal(self, entry):
        """The last change of the journal may be a removal that a cut kept from being carried out."""
        if entry is not None and entry.kind in j.GONE:
            self._files.remove(entry.boot, entry.segment)

    def _find_files(self):
        """Files that nobody knows of can wait until somebody looks at them; only the newest was left open by the last boot."""
        name = None
        for name in self._files.all():
            if not self.kind(*name):
                self.index.set(self.index.place(*name), j.FOUND)
        if name is not None and self.kind(*name) == j.FOUND:
            self.index.set(self.index.find(*name), j.OPEN)

    def _doubt_the_end(self):
        """Nobody knows whether the newest boot was stopped if a record is missing that may have said so: better a gap too many."""
        newest = max(self.index.newest_boot(), self.last[0])
        if newest and not self.journal.is_whole and (newest, j.FULL) != self.last:
            self._recorded(newest, j.OPEN)

    def _save_if_possible(self):
        try:
            yield from self.saving()
        except OSError:  # recording does not need it; the next boot looks for files again
            pass

    # -- changing ----------------------------------------------------------------------

    def note(self, kind, boot, segment, text=""):
        """Journal a change that is told in a few words. Raises OSError from the card, as all that changes anything."""
        text = text[: j.PAYLOAD_BYTES]
        while len(text.encode()) > j.PAYLOAD_BYTES:  # no character is cut in two
            text = text[:-1]
        self.append(j.Entry(kind, boot, segment, payload=text.encode()))

    def append(self, entry):
        self._apply(self.journal.append(entry), entry)

    def _apply(self, number, entry):
        """Make the index follow one change."""
        kind, key, position = entry.kind, (entry.boot, entry.segment), self._position
        if self._is_of_recording(entry) and entry.boot >= position.last[0]:
            self._recorded(entry.boot, kind)
        if kind == j.UPLOADING:
            position.notes[key] = number
        elif kind in (j.KEPT, j.RELEASED):
            self.index.keep(self.index.place(*key), kind == j.KEPT)
        elif kind in (j.OPEN, j.CLOSED):
            self.index.set(self.index.place(*key), kind, number, entry.size)
            if entry.frames:
                self._told(entry.boot)
        elif kind == j.SET_ASIDE:
            self.index.set(self.index.place(*key), kind)
        elif kind == j.STORED or kind in j.GONE:
            position.notes.pop(key, None)
            self.index.set(self.index.place(*key), j.STORED if kind == j.STORED else j.RECLAIMED)

    def _recorded(self, boot, kind):
        last_boot, last_kind = self._position.last
        if boot > last_boot and last_kind != j.IDLE:
            self._position.notes[last_boot, 0] = last_kind
        self._position.last = (boot, kind)

    def _told(self, boot):
        """A segment with footage tells in its first chunk how the boots before its own have ended."""
        notes = self._position.notes
        for key in [key for key in notes if key[1] == 0 and key[0] < boot]:
            del notes[key]

    def _is_of_recording(self, entry):
        """Whether recording made this change; also who tidies up closes segments, but none that is open."""
        return entry.kind in (j.OPEN, j.IDLE, j.FULL) or (entry.kind == j.CLOSED and self.kind(entry.boot, entry.segment) == j.OPEN)

    # -- the copy of the index ---------------------------------------------------------

    def is_due(self):
        return self.journal.end - self._position.record >= SAVE_AFTER

    def saving(self):
        """Copy the index to the card, a slice with each step of this generator; remove what of the journal is then needless."""
        self.index.prune()
        before, end = self._position.record, self.journal.end
        yield from self.index.save(Position(end, self._position.last, dict(self._position.notes)))
        self._position.record = end
        self.journal.remove_before(min(before, min(self.index.records, default=end)))

    # -- asking ------------------------------------------------------------------------

    def kind(self, boot, segment):
        """State of a segment; 0 if it is not on the card."""
        at = self.index.find(boot, segment)
        kind = self.index.kind(at) if self.index.has(at, boot, segment) else 0
        return kind if kind != j.RECLAIMED else 0

    def broke_off(self):
        """[(boot, kind of its last change)] of the boots that ended without being stopped, as far as no footage tells of it."""
        notes, last = self._position.notes, self._position.last
        return sorted([(boot, notes[boot, segment]) for boot, segment in notes if segment == 0]) + ([] if last[1] == j.IDLE else [last])

    def is_kept(self, boot, segment):
        at = self.index.find(boot, segment)
        return self.index.has(at, boot, segment) and self.index.is_kept(at)

    def name(self, at):
        """(boot, segment) of a row of the index."""
        return self.index.boots[at], self.index.segments[at]

    def last_segment(self, boot):
        """The highest number of a segment of this boot; 0 without any."""
        at = self.index.find(boot + 1, 0) - 1
        return self.index.segments[at] if at >= 0 and self.index.boots[at] == boot else 0

    def closed_entry(self, at):
        """What the journal says of a row that was closed. Raises OSError(EIO) when it does not."""
        entry = self.journal.read(self.index.records[at])
        if (entry.boot, entry.segment) != self.name(at) or entry.kind != j.CLOSED:
            raise OSError(j.EIO, "another record")
        return entry

    def upload_note(self, boot, segment):
        """The text of the last UPLOADING; empty without one, or when it cannot be read any more."""
        number = self._position.notes.get((boot, segment))
        try:
            return self.journal.read(number).text() if number is not None else ""
        except (OSError, ValueError):
            return ""

    def close(self):
        self.journal.close()

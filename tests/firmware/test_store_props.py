# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The segment store as a state machine against a model: in whatever order things happen, and wherever the power goes,

1. no committed frame is lost, and
2. nothing is removed that is not stored, unless the owner wants that, and nothing that is kept and not stored;

and what was said to be done is still known afterwards. The model knows what was said.
"""

import random
import shutil
import tempfile
from types import SimpleNamespace

from cut_files import Disk, PowerCut
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from test_segments import DEVICE, LIMIT, fill

from firmware import index, journal, recovery, segments
from firmware.index import SegmentIndex
from firmware.segments import SPARE_BYTES, SegmentStore

MB = 1_000_000
SEGMENT_BYTES = 100 * MB  # what each takes of the card
CARD_SEGMENTS = 5


class Known:
    """What was said of one segment."""

    def __init__(self):
        self.frames = 0  # committed
        self.state = "open"
        self.kept = False
        self.note = None
        self.doubt = ""  # a change that a cut has broken off: it has happened, or it has not

    def __repr__(self):
        return f"{self.state}{' kept' if self.kept else ''} ({self.frames} frames, perhaps {self.doubt or 'nothing else'})"


class StoreMachine(RuleBasedStateMachine):
    @initialize(seed=st.integers(0, 1 << 30))
    def start(self, seed):
        self.folder = tempfile.mkdtemp()
        self.disk = Disk(random.Random(seed), (journal, index, segments, recovery))
        self.model, self.gone, self.boots = {}, [], [0]
        self.boot()

    def teardown(self):
        if hasattr(self, "disk"):
            self.disk.power_on()
            self.disk.restore()
            shutil.rmtree(self.folder)

    # -- the board -------------------------------------------------------------------------

    def boot(self):
        """Until it succeeds: recovery may be cut as well."""
        self.disk.power_on()
        self.writer = self.saving = None
        while True:
            if self.disk.chance.random() < 0.3:
                self.disk.cut_after(self.disk.chance.randint(1, 12))
            try:
                self.load_and_recover()
                break
            except PowerCut:
                self.disk.power_on()
        self.disk.cut_after(None)
        assert self.store.boot > self.boots[-1], "a boot number was used twice"
        self.boots.append(self.store.boot)
        self.settle()

    def load_and_recover(self):
        self.store = SegmentStore(self.folder, self.boots[-1])
        self.store.free_bytes = lambda: (CARD_SEGMENTS - sum(1 for _ in self.store.files.all())) * SEGMENT_BYTES + SPARE_BYTES
        self.store.load()
        for _ in recovery.recover_open_segments(self.store, "power_on", DEVICE):
            pass

    def settle(self):
        """What was in doubt is decided now: by what the store says, if that is one of the two."""
        shown = self.shown()
        for key, known in list(self.model.items()):
            state, kept = shown.get(key, ("gone", False))
            if known.doubt == "keep":
                known.kept = kept
            elif known.doubt == "note":
                known.note = self.note(key)
            elif known.doubt and state == known.doubt:
                known.state = state
            known.doubt = ""
            if known.state == "open":
                known.state = "closed" if known.frames or state == "closed" else "gone"
            if known.state == "gone":
                self.forget(key)

    def shown(self):
        return {(b, s): (state, self.store.is_kept(b, s)) for b, s, state, _ in self.store.list()}

    def note(self, key):
        return self.store.upload_note(SimpleNamespace(boot=key[0], segment=key[1]))

    def forget(self, key):
        self.gone.append(key)
        del self.model[key]

    def doing(self, action, keys=(), doubt=""):
        """Do something during which the power may go; returns whether it was done. `doubt`: what it makes of these segments."""
        for key in keys:
            self.model[key].doubt = doubt
        try:
            action()
        except PowerCut:
            self.boot()
            return False
        for key in keys:
            self.model[key].doubt = ""
        return True

    def expendable(self, overwrite):
        """What `make_room` may take, in its order."""
        order = [lambda k: k.state == "stored" and not k.kept, lambda k: k.state == "stored"]
        if overwrite:
            order.append(lambda k: k.state in ("closed", "set_aside") and not k.kept)
        found = [key for test in order for key in sorted(self.model) if test(self.model[key])]
        return list(dict.fromkeys(found))

    # -- recording -------------------------------------------------------------------------

    def make_room(self, action, count, overwrite):
        """Run an action that removes up to `count` segments first."""
        used = len(self.model)
        take = self.expendable(overwrite)[: max(0, count - (CARD_SEGMENTS - used))]
        if self.doing(action, take, "gone"):
            for key in take:
                self.forget(key)
            return True
        return False

    @precondition(lambda self: self.writer is None)
    @rule(overwrite=st.booleans())
    def open(self, overwrite):
        before = set(self.model)
        opened = []

        def action():
            try:
                opened.append(self.store.open_next([("boot", str(self.store.boot)), ("commit_interval_ms", "2000")], LIMIT, overwrite))
            except OSError as error:
                assert error.errno == journal.ENOSPC
                assert not self.expendable(overwrite) and len(self.model) >= CARD_SEGMENTS, "full, and something could have gone"

        number = max([s for b, s in [*self.model, *self.gone] if b == self.store.boot], default=0) + 1
        key = (self.store.boot, number)
        wanted = 1 if len(before) >= CARD_SEGMENTS else 0
        take = self.expendable(overwrite)[:wanted]
        self.model[key] = Known()
        done = self.doing(action, take, "gone")
        if not done:
            return
        for other in take:
            self.forget(other)
        if opened:
            self.writer = opened[0]
            assert self.writer.number == number
        else:
            del self.model[key]

    @precondition(lambda self: self.writer is not None)
    @rule(frames=st.integers(1, 3))
    def append_and_commit(self, frames):
        key = (self.store.boot, self.writer.number)
        if self.doing(lambda: fill(self.writer, self.store, frames)):
            self.model[key].frames += frames

    @precondition(lambda self: self.writer is not None)
    @rule()
    def close(self):
        key = (self.store.boot, self.writer.number)
        writer = self.writer
        if self.doing(lambda: self.store.closed(writer.number, writer.close(), 5000), [key], "closed"):
            self.model[key].state, self.writer = "closed", None

    @precondition(lambda self: self.writer is None)
    @rule(count=st.integers(1, 3))
    def record(self, count):
        for _ in range(count):
            if self.writer is None:
                self.open(False)
            if self.writer is not None:
                self.append_and_commit(1)
            if self.writer is not None:
                self.close()

    @precondition(lambda self: self.writer is not None)
    @rule()
    def abandon(self):
        """After an error: it stays open until the next boot."""
        if self.doing(self.writer.abandon):
            self.writer = None

    @precondition(lambda self: self.writer is None)
    @rule()
    def idle(self):
        self.doing(self.store.idle)

    # -- custody ---------------------------------------------------------------------------

    def pending(self):
        return [key for key in sorted(self.model) if self.model[key].state == "closed"]

    def marking(self, mark, state):
        if self.pending():
            key, info = self.pending()[0], self.store.next_pending()
            if self.doing(lambda: mark(info), [key], state):
                self.model[key].state = state

    @rule(count=st.integers(1, 3))
    def store_some(self, count):
        for _ in range(count):
            self.marking(lambda info: self.store.mark_stored(info, "etag"), "stored")

    @rule()
    def set_aside(self):
        self.marking(lambda info: self.store.set_aside(info, "why"), "set_aside")

    @rule()
    def retry_set_aside(self):
        keys = [key for key in self.model if self.model[key].state == "set_aside"]
        if self.doing(self.retry_all, keys, "closed"):
            for key in keys:
                self.model[key].state = "closed"

    def retry_all(self):
        while self.store.retry_one():
            pass

    @rule(seconds=st.integers(0, 99), upload_id=st.sampled_from(["", "an id", "é" * 300]))
    def note_upload(self, seconds, upload_id):
        if self.pending():
            key, info = self.pending()[0], self.store.next_pending()
            if self.doing(lambda: self.store.mark_uploading(info, seconds, upload_id), [key], "note"):
                self.model[key].note = self.note(key)
                assert self.model[key].note == (seconds, upload_id if len(upload_id) < 300 else ""), "an id that does not fit is no id"

    # -- space -----------------------------------------------------------------------------

    @rule(pick=st.integers(0, 99), on=st.booleans())
    def keep(self, pick, on):
        if self.model:
            key = sorted(self.model)[pick % len(self.model)]
            if self.doing(lambda: self.store.keep(*key, on), [key], "keep"):
                self.model[key].kept = on

    @rule(count=st.integers(1, CARD_SEGMENTS), overwrite=st.booleans())
    def reclaim(self, count, overwrite):
        """As much as asked for, as far as it may go."""
        self.make_room(lambda: self.store.make_room(count * SEGMENT_BYTES + SPARE_BYTES, overwrite), count, overwrite)

    # -- the copy of the index ----------------------------------------------------------------

    @rule(steps=st.integers(1, 6))
    def save_index(self, steps):
        """Some steps of a copy; whatever happens comes in between."""
        self.saving = self.saving or self.store.ledger.saving()

        def action():
            for _ in range(steps):
                if next(self.saving, self) is self:
                    self.saving = None
                    break

        self.doing(action)

    # -- power -----------------------------------------------------------------------------

    @rule(changes=st.integers(1, 12))
    def cut_soon(self, changes):
        self.disk.cut_after(changes)

    @rule()
    def cut_now(self):
        self.boot()

    # -- what always holds -------------------------------------------------------------------

    @invariant()
    def the_store_says_what_was_said(self):
        if not hasattr(self, "store"):
            return
        expected = {key: (known.state, known.kept) for key, known in self.model.items()}
        assert self.shown() == expected
        assert {key: self.note(key) for key in self.pending()} == {key: self.model[key].note for key in self.pending()}
        assert set(self.store.files.all()) == set(self.model)

    @invariant()
    def no_committed_frame_is_lost(self):
        if not hasattr(self, "store"):
            return
        for key, known in self.model.items():
            if known.frames and key != (self.store.boot, self.writer and self.writer.number):
                with open(self.store.path(*key), "rb") as file:
                    found = recovery.walk(file, file.seek(0, 2))
                assert found.frames() >= known.frames, key

    @invariant()
    def the_oldest_pending_is_next_and_the_counts_are_right(self):
        if not hasattr(self, "store"):
            return
        info = self.store.next_pending()
        assert ((info.boot, info.segment) if info else None) == (self.pending()[0] if self.pending() else None)
        here = self.store.ledger.index
        fresh = SegmentIndex("")
        for at in range(len(here.states)):
            fresh.set(fresh.place(*self.store.ledger.name(at)), here.kind(at), 0, here.sizes[at])
        weighed = (journal.CLOSED, journal.STORED, journal.SET_ASIDE)
        assert (here.count_in, [here.bytes_in[k] for k in weighed]) == (fresh.count_in, [fresh.bytes_in[k] for k in weighed])


StoreTest = StoreMachine.TestCase
StoreTest.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)

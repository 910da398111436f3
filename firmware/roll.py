# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Segment after segment, and two chunks that take turns: one is filled while the other is written.

    roll.use("svga10", profile)
    roll.open(now_ms)
    roll.add(frame, sequence, stamp_ms)  # into the chunk that is filled
    roll.seal_if_due(now_ms)             # ... which is handed to the writer
    roll.step()                          # a slice of it to the card; with the last one it is committed
    roll.begin_end(now_ms), roll.close() # the last chunk of a segment is written between frames as ever

A frame is durable within `commit_interval_ms`: a chunk is sealed at half of it, which leaves the other half for writing. What is
put in while the last chunk of a segment is being written belongs to the next one. The heap is collected when a segment closes,
never in between. All methods raise OSError of the card; `abandon` comes next.
"""

from firmware import channels
from firmware.cadence import rate
from firmware.chunk import ChunkBuffer, picture_heads
from firmware.compat import collect, const
from firmware.mcap import SUMMARY_BYTES
from firmware.segment import MAX_PARTS

ESTALE = const(116)  # the card was taken out


class Roll:
    """`durable_ms`: the footage up to here is safe."""

    def __init__(self, storage, keeper, health, notes, gaps, settings, identity, chunk_bytes, most_beside=0):
        """`most_beside`: streams that there may be beside the camera."""
        self.durable_ms = 0
        self._storage, self._keeper, self._health, self._notes, self._gaps = storage, keeper, health, notes, gaps
        self._settings, self._identity, self._chunk_bytes = settings, identity, chunk_bytes
        device = identity[0][1].encode()[:16]
        self._filling = ChunkBuffer(chunk_bytes, device, most_beside)
        self._spare = ChunkBuffer(chunk_bytes, device, most_beside)
        self._summary_buffer = bytearray(SUMMARY_BYTES)
        self._limit_bytes = MAX_PARTS * settings.part_bytes
        self._store = None  # that of the open segment
        self._writer = None
        self._closing = False  # the writer has its last chunk; what is filled now belongs to the next segment
        self._generation = self._offset_ms = self._segment_offset_ms = 0
        self._opened_ms = self._sealed_ms = 0
        self._profile, self._codec, self._fps, self._sound_hz, self._beside = "", channels.JPEG, 0, 0, ""
        self._heads = picture_heads(self._codec)

    def use(self, name, profile, sound_hz, tracks):
        """What is put in from now on is of this profile, has sound of this rate (0: none), and these streams beside the camera; only
        with no segment open."""
        self._sound_hz, self._beside = sound_hz, ",".join(["%s:%s" % (track.name, track.fps) for track in tracks])
        self._profile, self._codec, self._fps = name, profile.get("codec", channels.JPEG), rate(profile)
        self._heads = picture_heads(self._codec, [track.name for track in tracks])

    # -- how things stand ------------------------------------------------------------

    def is_open(self):
        return self._writer is not None

    def is_busy(self):
        """Whether a sealed chunk waits to be written."""
        return self._writer is not None and self._writer.busy()

    def is_closing(self):
        return self._closing

    def is_safe(self):
        """Whether a segment is open, and all that was put in is durable."""
        return self._writer is not None and not self._writer.busy() and self._filling.is_empty()

    def is_over(self, now_ms, chunks=2):
        """Whether the segment has lasted long enough, or has no room for so many chunks more."""
        if now_ms - self._opened_ms >= self._settings.segment_ms or self._generation != self._keeper.generation:
            return True
        return not self.has_room(chunks)

    def has_room(self, chunks=2):
        return self._writer.has_room(chunks * self._chunk_bytes)

    def newest_chunk(self):
        """(boot, segment, where it begins in the file) of the last chunk of the open segment that is durable, or None."""
        writer = self._writer
        return None if writer is None or writer.durable_at is None else (self._keeper.boot, writer.number, writer.durable_at)

    # -- chunks ----------------------------------------------------------------------

    def add(self, frame, sequence, stamp_ms, channel=channels.CAMERA):
        """Copy a frame; False if it is larger than a chunk can be."""
        if self._filling.add_frame(frame, sequence, stamp_ms, channel):
            return True
        if len(frame) > self._filling.largest_frame(channel):
            return False
        self._seal(stamp_ms)
        return self._filling.add_frame(frame, sequence, stamp_ms, channel)

    def add_sound(self, samples, rate_hz, from_ms):
        """Copy a block of samples, which always fits into a chunk that was just begun."""
        if not self._filling.add_sound(samples, rate_hz, from_ms):
            self._seal(from_ms)
            self._filling.add_sound(samples, rate_hz, from_ms)

    def seal_if_due(self, now_ms):
        if not self._filling.is_empty() and now_ms - self._sealed_ms >= self._settings.commit_interval_ms // 2:
            self._seal(now_ms)

    def step(self):
        """One slice of the sealed chunk; with the last one comes the commit that makes it durable."""
        if not self._writer.step():
            self._commit()

    def _commit(self):
        is_first = self._writer.durable_at is None
        self._writer.commit()
        if is_first:
            self._store.confirm(self._writer.number)
        self.durable_ms = self._writer.durable_ms or self.durable_ms
        self._notes.are_safe()
        self._health.count("commits")
        self._health.clear_problem("recording")

    def _seal(self, now_ms):
        """Hand the filled chunk to the writer. If the card has not taken the last one yet, wait for it here."""
        if self._closing:
            self.close()
        self.open(now_ms)
        while self._writer.busy():
            self.step()
        self._notes.put_into(self._filling)
        self._writer.put(self._filling)
        self._filling, self._spare = self._spare, self._filling
        self._begin_chunk()
        self._sealed_ms = now_ms

    def _begin_chunk(self):
        self._filling.begin(self._keeper.boot, self._offset_ms, self._heads)

    # -- segments --------------------------------------------------------------------

    def check_card(self):
        """OSError if the card of the open segment is not the one in the slot."""
        if self._store is not self._storage.store:
            raise OSError(ESTALE)

    def open(self, now_ms):
        """The next segment, unless one is open."""
        if self._writer is not None:
            return
        if self._filling.is_empty():
            self.durable_ms = now_ms
            self._adopt_clock()
        self._segment_offset_ms = self._offset_ms
        if self._storage.store is None:
            raise OSError(ESTALE)
        self._store = self._storage.store
        about = self._about(now_ms)
        self._writer = self._store.open_next(about, self._limit_bytes, self._settings.overwrite_unsent, self._summary_buffer)
        self._opened_ms = now_ms
        keeper = self._keeper
        if keeper.utc_known:
            clock = {"boot": keeper.boot, "uptime_ms": now_ms, "unix_ms": now_ms + keeper.offset_ms, "source": keeper.source}
            self._notes.add(channels.CLOCK, clock, now_ms)
        for gap in self._storage.take_gaps():
            self._notes.add(channels.GAPS, gap, now_ms)

    def _adopt_clock(self):
        """From here on frames are dated by what is known of UTC now; only ever between two segments."""
        self._generation = self._keeper.generation
        self._offset_ms = self._keeper.offset_ms if self._keeper.utc_known else 0
        self._begin_chunk()

    def _about(self, now_ms):
        """The metadata that makes the segment understood alone."""
        base = "utc" if self._offset_ms else "uptime"
        numbers = (
            ("boot", self._keeper.boot),
            ("utc_offset_ms", self._offset_ms),
            ("start_uptime_ms", now_ms),
            ("rtc_boot_ms", self._keeper.rtc_boot_ms),
            ("fps", self._fps),
            ("commit_interval_ms", self._settings.commit_interval_ms),
        )
        what = [("profile", self._profile), ("codec", self._codec), ("time_base", base)]
        if self._sound_hz:
            what.append(("sound_hz", str(self._sound_hz)))
        if self._beside:
            what.append(("beside", self._beside))
        return self._identity + what + [(name, str(number)) for name, number in numbers]

    def begin_end(self, now_ms, held_ms=0):
        """The last chunk goes to the writer, which writes it between frames as ever; then the segment can be closed. What comes next
        has waited for up to `held_ms`, and is to be safe as much earlier."""
        self._seal(now_ms)
        self._sealed_ms -= held_ms
        self._closing = True
        self._adopt_clock()

    def close(self):
        writer = self._writer
        result = writer.close()
        if result.first_ms is None:  # no picture of the camera is in it
            result.first_ms = self._opened_ms
        self._store.closed(writer.number, result, self._segment_offset_ms)
        self._writer, self._closing = None, False
        self.durable_ms = writer.durable_ms or self.durable_ms
        self._notes.are_safe()
        self._health.count("segments_closed")
        self._health.count("recorded", result.frames)
        collect()

    def end(self, now_ms):
        """Close the segment here and now: recording stops."""
        self._gaps.close(now_ms)  # also a stretch in which the camera had failed
        if self._writer is not None:
            if not self._closing:
                self.begin_end(now_ms)
            self.close()
        if not self._filling.is_empty() or self._notes.tells_of_gap():  # what came while the last segment was being closed
            self.open(now_ms)
            self.begin_end(now_ms)
            self.close()
        is_all_told = not (self._gaps.is_open() or self._notes.tells_of_gap())
        if is_all_told:  # else whoever reads the journal must not think that nothing is missing
            self._store.idle()

    def abandon(self, cause, now_ms):
        """The open segment is left to recovery, and what was not durable yet is gone."""
        self._notes.take_back()
        self._gaps.open(cause, self.durable_ms, now_ms)
        if self._writer is not None:
            self._writer.abandon()
            self._writer, self._closing = None, False
            if cause == "card_full":
                self._store.was_full()
        self._begin_chunk()
        if cause != "card_full":
            self._storage.failed(cause)

    def leave_word(self):
        """What a full card can still be told: that it was full."""
        try:
            self._store.note_full()
        except OSError:  # not even for that
            pass

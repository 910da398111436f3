# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Frames into segments: one copy, paced writes, commits in time, every loss explained.

    recorder = Recorder(camera, storage, keeper, health, settings, profiles, "svga10", identity)
    await recorder.run()

Two chunks take turns: one is filled while the other is written in slices between frames. A
captured frame is durable within `commit_interval_ms`: a chunk is sealed at half of it, which
leaves the other half for writing. The heap is collected when a segment closes, never in between.
"""

from firmware import channels
from firmware.cadence import Cadence, period_us, rate
from firmware.chunk import ChunkBuffer
from firmware.compat import collect, const, sleep_ms
from firmware.notes import Notes
from firmware.segment import MAX_PARTS

SILENT_CAMERA_MS = const(5000)
FIRST_RETRY_MS = const(500)
LONGEST_RETRY_MS = const(30_000)
CARD_LOOK_MS = const(20)  # between two looks whether there is a card again
MOST_WAITING = const(4)
ENOSPC = const(28)
ESTALE = const(116)  # the card was taken out
STALL_MS = const(400)  # a card that is busy for so long is worth a word
NOT_RECORDED = "footage cannot be written: %s"
REST_MS = const(60_000)  # longer than anybody stops the interpreter
LONGEST_WAIT_MS = const(1000)  # however far the next frame: others want to be heard, and the watchdog too
LEAD_MS = const(3)  # a slice is begun only if the next frame is further away than this


class Recorder:
    """`state`: "recording", "paused", "waiting" (for card or camera) or "stopped"."""

    def __init__(self, camera, storage, keeper, health, settings, profiles, profile, identity, beat=lambda: None):
        self.state = "waiting"
        self.sequence = 0  # frames seen since boot, taken or missed
        self._camera, self._storage, self._keeper, self._health = camera, storage, keeper, health
        self._settings, self._profiles, self._identity = settings, profiles, identity
        self._beat = beat
        device = identity[0][1].encode()[:16]
        self._chunk_bytes = max([profiles[name]["chunk_bytes"] for name in profiles])
        self._filling = ChunkBuffer(self._chunk_bytes, device)
        self._spare = ChunkBuffer(self._chunk_bytes, device)
        self._limit_bytes = MAX_PARTS * settings.part_bytes
        self._store = None  # that of the open segment
        self._writer = None
        self._closing = False  # the writer has its last chunk; what is filled now belongs to the next segment
        self._generation = self._offset_ms = self._segment_offset_ms = 0
        self._opened_ms = self._sealed_ms = 0
        self._want_pause = settings.paused
        self._want_stop = False
        self._hold = ""  # the cause, while others want nothing to be captured
        self._notes = Notes(keeper, health)
        self._retry_ms, self._retry_at_ms = FIRST_RETRY_MS, 0
        self._camera_open = False
        self._last_frame_ms = 0
        self._durable_ms = 0  # the footage up to here is safe
        self._stalled_ms = -1  # when the card was busy for long
        self._looked_ms = 0  # when the camera was asked for a frame
        self._adopt(profile)

    def _adopt(self, name):
        self.profile = self._wanted = name
        self._profile = profile = self._profiles[name]
        self._cadence = Cadence(period_us(profile))
        self._blind_ms = max(STALL_MS, period_us(profile) // 500)  # after two periods nobody knows which frames are waiting

    # -- what others call ------------------------------------------------------------

    async def run(self):
        """Record until `stop`. Run again after an exception, it goes on in a new segment."""
        try:
            while not self._want_stop or self.state != "paused":
                await sleep_ms(self.poll(self._keeper.uptime_ms()))
                self._beat()
        except Exception:
            self._close_camera()
            self._give_up("fault", self._keeper.uptime_ms())
            raise
        self._close_camera()
        self.state = "stopped"

    def pause(self):
        self._want_pause = True

    def resume(self):
        self._want_pause = False

    @property
    def is_paused(self):
        """Whether the wearer wants nothing to be recorded."""
        return self._want_pause

    def use(self, name):
        """Go on with another of the profiles, in a new segment. One whose chunks do not fit waits for the next boot."""
        if name in self._profiles:
            self._wanted = name

    def hold(self, cause):
        """Capture nothing for this cause, until it is "" again."""
        self._hold = cause

    def stop(self):
        """Close the segment and end `run`."""
        self._want_stop = True

    def go_on(self):
        """Take `stop` back. If `run` has ended it has to be called again."""
        self._want_stop = False
        if self.state == "stopped":
            self._notes.open_gap("paused", self._last_frame_ms, self._keeper.uptime_ms())

    def quiet_ms(self):
        """For how long the interpreter may stand still without costing a frame or leaving one unsafe."""
        if self.state in ("paused", "stopped"):
            return REST_MS
        if self._writer is None or self._writer.busy() or not self._filling.is_empty():
            return 0
        return max(0, self._cadence.due_ms - self._keeper.uptime_ms())

    def note(self, channel, data):
        """Write a JSON-able dict to a channel of the recording, at the next moment that costs no frame."""
        self._notes.add_if_room(channel, data)

    # -- one turn --------------------------------------------------------------------

    def poll(self, now_ms):
        """Do what is due; returns for how long nothing will be (ms)."""
        if self._want_stop or self._want_pause or self._hold:
            return self._rest(now_ms)
        if self._wanted != self.profile:
            self._change_profile(now_ms)
        if not self._ready(now_ms):
            return max(1, min(1000, self._retry_at_ms - now_ms))
        try:
            self._turn(self._keeper.uptime_ms())  # opening may have taken long
        except OSError as error:
            self._card_failed(error, now_ms)
        return self._until_due_ms()

    def _until_due_ms(self):
        """Not until the next frame if a chunk waits and can begin to be written now: it is not safe before that."""
        until_ms = self._cadence.due_ms - self._keeper.uptime_ms()
        waits = self._writer is not None and self._writer.busy()
        return 1 if waits and until_ms > LEAD_MS else max(1, min(LONGEST_WAIT_MS, until_ms))

    def _turn(self, now_ms):
        if self._store is not self._storage.store:
            raise OSError(ESTALE)
        if now_ms >= self._cadence.due_ms:
            self._look(now_ms)
        before_ms = self._keeper.uptime_ms()
        self._write_between_frames()
        now_ms = self._keeper.uptime_ms()
        if now_ms - before_ms > STALL_MS:
            self._card_stalled(before_ms, now_ms)
        if self._closing:
            if not self._writer.busy():
                self._close_segment()
        elif self._writer.busy():
            pass  # sealing now would have to wait for the card
        elif self._must_rotate(now_ms):
            self._begin_closing(now_ms)
        elif not self._filling.is_empty() and now_ms - self._sealed_ms >= self._settings.commit_interval_ms // 2:
            self._seal(now_ms)

    def _rest(self, now_ms):
        """Paused, held or stopping: nothing is captured, nothing stays open."""
        self._cease(now_ms)
        if self.state != "paused" and not self._want_stop:
            cause = "paused" if self._want_pause else self._hold
            self._health.event("paused", "recording is paused" + ("" if self._want_pause else ": " + cause))
            self._notes.open_gap(cause, self._last_frame_ms or now_ms, now_ms)
        self.state = "paused"
        return 100

    def _cease(self, now_ms):
        """What the camera has already is taken; then camera and segment are closed."""
        if self._writer is not None or self.state == "recording":  # it may lie between two segments
            try:
                self._take_waiting()
                self._close_camera()
                self._end(now_ms)
            except OSError as error:
                self._card_failed(error, now_ms)
        self._close_camera()

    def _change_profile(self, now_ms):
        self._cease(now_ms)
        if self._last_frame_ms:
            self._notes.open_gap("profile", self._last_frame_ms, now_ms)
        self._adopt(self._wanted)
        self.state = "waiting"

    def _ready(self, now_ms):
        """Camera and segment open; tries again with back-off when one of them is not to be had."""
        if self._writer is not None and self._camera_open:
            return True
        if now_ms < self._retry_at_ms:
            return False
        if self._storage.store is None:
            return self._wait_for_card(now_ms)
        if self._camera_open and now_ms >= self._cadence.due_ms:
            self._look(now_ms)  # between two segments; opening the next one takes long
        try:
            self._open_segment(now_ms)
        except OSError as error:
            self._card_failed(error, now_ms)
            return False
        try:
            self._open_camera()  # last: its frames want to be fetched at once
        except OSError as error:
            self._camera_failed(now_ms, "the camera does not start: %r" % error)
            return False
        return True

    def _wait_for_card(self, now_ms):
        self.state = "waiting"
        self._retry_at_ms = now_ms + CARD_LOOK_MS
        return False

    def _put_off(self, now_ms):
        self.state = "waiting"
        self._retry_at_ms = now_ms + self._retry_ms
        self._retry_ms = min(2 * self._retry_ms, LONGEST_RETRY_MS)

    # -- frames ----------------------------------------------------------------------

    def _look(self, now_ms):
        camera = self._camera
        if now_ms - self._looked_ms > self._blind_ms:
            self._skip_waiting(now_ms)
        self._looked_ms = now_ms
        if not camera.available():
            self._cadence.wait(now_ms)
            if self._cadence.overdue_ms(now_ms) > SILENT_CAMERA_MS:
                self._camera_failed(now_ms, "the camera sends no frames; check its ribbon cable")
            return
        frame = camera.capture()
        if frame is None:
            return self._cadence.wait(now_ms)
        cadence = self._cadence
        cadence.arrived(now_ms)
        stamp_ms = cadence.stamp_ms
        if cadence.missed:
            self.sequence += cadence.missed
            self._notes.lost(self._why_missed(cadence.since_ms), cadence.missed, cadence.since_ms, stamp_ms)
        self.sequence += 1
        if self.state != "recording":
            self._records()
        self._take(frame, stamp_ms)
        camera.release()
        self._last_frame_ms = stamp_ms

    def _records(self):
        """The first frame since something was in its way."""
        self.state = "recording"
        self._health.clear_problem("camera")

    def _skip_waiting(self, now_ms):
        """Nobody has looked for so long that nobody knows when these frames were taken: better none than a wrong time."""
        skipped = 0
        while skipped < MOST_WAITING and self._camera.available() and self._camera.capture() is not None:
            self._camera.release()
            skipped += 1
        self._cadence.skip(skipped, now_ms)
        self.sequence += skipped
        if skipped:
            self._notes.lost(self._why_missed(self._looked_ms), skipped, self._last_frame_ms, now_ms)

    def _why_missed(self, since_ms):
        return "card_stall" if self._stalled_ms >= since_ms else "overflow"

    def _take_waiting(self):
        """Frames that wait in the driver's buffers; there are never more than a few."""
        for _ in range(MOST_WAITING):
            if self._camera_open and self._camera.available():
                self._look(self._keeper.uptime_ms())

    def _take(self, frame, stamp_ms):
        self._notes.close_gap(stamp_ms)
        if self._filling.add_frame(frame, self.sequence, stamp_ms):
            return
        if len(frame) > self._filling.largest_frame():
            return self._notes.lost("too_large", 1, stamp_ms, stamp_ms)
        self._seal(stamp_ms)
        self._filling.add_frame(frame, self.sequence, stamp_ms)

    # -- writing ---------------------------------------------------------------------

    def _write_between_frames(self):
        """Slices of the sealed chunk while the next frame is not due, and one in any case: whoever else keeps the
        interpreter busy, the card must not fall behind. Then the commit that makes them durable."""
        writer = self._writer
        while writer.busy():
            if not writer.step():
                self._commit()
            if self._cadence.due_ms - self._keeper.uptime_ms() <= LEAD_MS:
                return

    def _commit(self):
        self._writer.commit()
        self._durable_ms = self._writer.durable_ms or self._durable_ms
        self._notes.are_safe()
        self._health.count("commits")
        self._health.clear_problem("recording")
        self._retry_ms = FIRST_RETRY_MS

    def _seal(self, now_ms):
        """Hand the filled chunk to the writer. If the card has not taken the last one yet, wait for it here."""
        if self._closing:
            self._close_segment()
        self._open_segment(now_ms)
        writer = self._writer
        if writer.busy():
            while writer.step():
                pass
            self._commit()
        self._notes.put_into(self._filling)
        writer.put(self._filling)
        self._filling, self._spare = self._spare, self._filling
        self._begin_chunk()
        self._sealed_ms = now_ms

    def _begin_chunk(self):
        self._filling.begin(self._keeper.boot, self._offset_ms)

    # -- segments --------------------------------------------------------------------

    def _must_rotate(self, now_ms):
        if now_ms - self._opened_ms >= self._settings.segment_ms or self._generation != self._keeper.generation:
            return True
        return not self._writer.has_room(2 * self._chunk_bytes)

    def _open_segment(self, now_ms):
        if self._writer is not None:
            return
        if self._filling.is_empty():
            self._durable_ms = now_ms
            self._adopt_clock()
        self._segment_offset_ms = self._offset_ms
        self._store = self._storage.store
        self._writer = self._store.open_next(self._about(now_ms), self._limit_bytes, self._settings.overwrite_unsent)
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
            ("fps", rate(self._profile)),
            ("commit_interval_ms", self._settings.commit_interval_ms),
        )
        return self._identity + [("profile", self.profile), ("time_base", base)] + [(name, str(number)) for name, number in numbers]

    def _begin_closing(self, now_ms):
        """The last chunk goes to the writer, which writes it between frames as ever."""
        self._seal(now_ms)
        self._closing = True
        self._adopt_clock()

    def _close_segment(self):
        writer = self._writer
        result = writer.close()
        self._store.closed(writer.number, result, self._segment_offset_ms)
        self._writer, self._closing = None, False
        self._durable_ms = writer.durable_ms or self._durable_ms
        self._notes.are_safe()
        self._health.count("segments_closed")
        self._health.count("recorded", result.frames)
        collect()

    def _end(self, now_ms):
        """Close the segment here and now: recording stops."""
        self._notes.settle()
        if self._writer is not None:
            if not self._closing:
                self._begin_closing(now_ms)
            self._close_segment()
        if not self._filling.is_empty() or self._notes.tells_of_gap():  # what came while the last segment was being closed
            self._open_segment(now_ms)
            self._begin_closing(now_ms)
            self._close_segment()
        if not self._notes.has_gap():  # else whoever reads the journal must not think that nothing is missing
            self._store.idle()

    # -- failures --------------------------------------------------------------------

    def _card_failed(self, error, now_ms):
        """Frames not yet durable are gone: say so, give the segment up, and go on in a new one, if need be on another card."""
        is_full = error.args[0] == ENOSPC
        cause = "card_full" if is_full else "card_error"
        self._health.set_problem("recording", NOT_RECORDED % self._storage.why(error))
        self._health.count("card_errors")
        self._give_up(cause, now_ms)
        if is_full:
            self._leave_word()
        self._put_off(now_ms)

    def _leave_word(self):
        try:
            self._store.note_full()
        except OSError:  # not even for that
            pass

    def _card_stalled(self, from_ms, to_ms):
        """Nothing else could run meanwhile; the camera's buffers overflowed."""
        self._stalled_ms = to_ms
        self._health.count("card_stalls")
        self._health.event("card", "it kept the recorder waiting for %.1f s" % ((to_ms - from_ms) / 1000), "warn")

    def _give_up(self, cause, now_ms):
        """The open segment is left to recovery, and what was not durable yet is gone."""
        self._notes.take_back()
        self._notes.open_gap(cause, self._durable_ms, now_ms)
        if self._writer is not None:
            self._writer.abandon()
            self._writer, self._closing = None, False
            if cause == "card_full":
                self._store.was_full()
        self._begin_chunk()
        if cause != "card_full":
            self._storage.failed(cause)

    def _open_camera(self):
        if self._camera_open:
            return
        self._camera.open(self._profile)
        self._camera_open = True
        self.state = "waiting"  # for its first frame
        self._looked_ms = self._keeper.uptime_ms()
        self._cadence.restart(self._looked_ms)

    def _close_camera(self):
        if self._camera_open:
            self._camera.close()
            self._camera_open = False

    def _camera_failed(self, now_ms, text):
        self._health.set_problem("camera", text)
        self._close_camera()
        self._notes.open_gap("camera", self._last_frame_ms, now_ms)
        self._put_off(now_ms)

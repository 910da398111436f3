# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Frames from the camera onto the roll, in time, and every loss explained.

    recorder = Recorder(camera, storage, keeper, health, settings, profiles, "svga10", identity)
    await recorder.run()

Everything happens in turns of one loop. Frames have the right of way: the card is written in slices between them, each begun only
if the next frame is far enough. What stands in the way (a pause, a camera or a card that fails, another profile) ends the segment.
"""

from firmware import channels
from firmware.beside import Beside
from firmware.cadence import Cadence, period_us
from firmware.compat import const, sleep_ms
from firmware.gaps import Gaps
from firmware.notes import Notes
from firmware.pace import Pace
from firmware.roll import Roll
from firmware.sound import TAKE_MS
from firmware.stillness import STILL, Stillness

SILENT_CAMERA_MS = const(5000)
FIRST_RETRY_MS = const(500)
LONGEST_RETRY_MS = const(30_000)
CARD_LOOK_MS = const(20)  # between two looks whether there is a card again
MOST_WAITING = const(4)
ENOSPC = const(28)
STALL_MS = const(400)  # a card that is busy for so long is worth a word
NOT_RECORDED = "footage cannot be written: %s"
REST_MS = const(60_000)  # longer than anybody stops the interpreter
NEVER_MS = const(1 << 30)
NO_KEYFRAME = "no_keyframe"  # the cause of gaps in a stream: what came could not be decoded
LONGEST_WAIT_MS = const(1000)  # however far the next frame: others want to be heard, and the watchdog too
LEAD_MS = const(3)  # a slice is begun only if the next frame is further away than this


class Recorder:
    """`state`: "recording", "paused", "waiting" (for card or camera) or "stopped".

    `beside`: by name, what gives the streams that profiles want beside the camera's, and the profile that it is opened with.
    """

    def __init__(
        self, camera, storage, keeper, health, settings, profiles, profile, identity, beat=lambda: None, microphone=None, beside=()
    ):
        self.state = "waiting"
        self.sequence = 0  # frames seen since boot, taken or missed
        self._camera, self._storage, self._keeper, self._health = camera, storage, keeper, health
        self._settings, self._profiles = settings, profiles
        self._beat = beat
        self._want_pause = settings.paused
        self._want_stop = False
        self._hold = ""  # the cause, while others want nothing to be captured
        self._notes = Notes(keeper, health)
        self._gaps = Gaps(self._notes, keeper, health)
        chunk_bytes = max([profiles[name]["chunk_bytes"] for name in profiles])
        self._roll = Roll(storage, keeper, health, self._notes, self._gaps, settings, identity, chunk_bytes, len(beside))
        self.stillness = Stillness()
        self._beside = Beside(microphone, beside, self._roll, self._notes, keeper, health)
        self._lets_pass = False  # a keyframe of the camera has passed at which the segment was over, and others were not ready
        self._retry_ms = self._camera_retry_ms = FIRST_RETRY_MS
        self._retry_at_ms = 0
        self._camera_open = self._lacks_camera = False  # the latter: it has failed, and is to be tried again
        self._is_broken = True  # of a stream: what comes can only be decoded from the next keyframe on
        self._last_frame_ms = 0
        self._stalled_ms = -1  # when the card was busy for long
        self._looked_ms = 0  # when the camera was asked for a frame
        self._adopt(profile)

    def _adopt(self, name):
        self.profile = self._wanted = name
        self._profile = profile = self._profiles[name]
        self._beside.use(profile, self._settings.microphone)
        self._roll.use(name, profile, self._beside.sound.rate_hz, self._beside.tracks)
        self._is_stream = profile.get("codec") == channels.H264
        self._cadence = Pace(self._camera, period_us(profile)) if self._is_stream else Cadence(period_us(profile))
        # After two periods nobody knows which frames are waiting; those of a stream do.
        self._blind_ms = NEVER_MS if self._is_stream else max(STALL_MS, period_us(profile) // 500)

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
            self._gaps.open("paused", self._last_frame_ms, self._keeper.uptime_ms())

    def quiet_ms(self):
        """For how long the interpreter may stand still without costing a frame or leaving one unsafe."""
        if self.state in ("paused", "stopped"):
            return REST_MS
        return max(0, self._cadence.due_ms - self._keeper.uptime_ms()) if self._roll.is_safe() else 0

    def newest_chunk(self):
        """(boot, segment, where it begins in the file) of the last chunk of the open segment that is durable, or None."""
        return self._roll.newest_chunk()

    def beside(self):
        """Frames seen since boot of each stream that is recorded beside the camera's, by its name."""
        return self._beside.seen()

    def note(self, channel, data):
        """Write a JSON-able dict to a channel of the recording, at the next moment that costs no frame."""
        self._notes.add_if_room(channel, data)

    # -- one turn --------------------------------------------------------------------

    def poll(self, now_ms):
        """Do what is due; returns for how long nothing will be (ms)."""
        if self._want_stop or self._want_pause or self._hold:
            return self._rest(now_ms)
        if self._wanted != self.profile or self._beside.sound.is_wanted != self._settings.microphone:
            self._change_profile(now_ms)
        if not self._ready(now_ms) and not self._goes_on(now_ms):
            return max(1, min(1000, self._retry_at_ms - now_ms))
        try:
            self._turn(self._keeper.uptime_ms())  # opening may have taken long
        except OSError as error:
            self._card_failed(error, now_ms)
        return self._until_due_ms()

    def _goes_on(self, now_ms):
        """Whether there is something to be written while the camera is away: what it has given last, or what is beside it."""
        if not self._lacks_camera or self._storage.store is None:
            return False
        if self._roll.is_open() and not self._roll.is_safe():
            return True
        return self._beside.is_any() and (self._roll.is_open() or self._open_segment(now_ms))

    def _until_due_ms(self):
        """Not until the next frame if a chunk waits and can begin to be written now: it is not safe before that."""
        longest_ms = TAKE_MS if self._beside.is_any() else LONGEST_WAIT_MS
        until_ms = (self._cadence.due_ms if self._camera_open else self._retry_at_ms) - self._keeper.uptime_ms()
        return 1 if self._roll.is_busy() and until_ms > LEAD_MS else max(1, min(longest_ms, until_ms))

    def _turn(self, now_ms):
        roll = self._roll
        roll.check_card()
        if self._camera_open and now_ms >= self._cadence.due_ms:
            self._look(now_ms)
        if self._beside.is_any():
            self._beside.take(now_ms, self._is_over(now_ms))
        if roll.is_busy():
            now_ms = self._write_between_frames()
        if roll.is_busy():
            return  # sealing now would have to wait for the card
        if roll.is_closing():
            roll.close()
        elif self._must_end(now_ms):
            self._begin_end(now_ms)
        else:
            roll.seal_if_due(now_ms)

    def _must_end(self, now_ms):
        """The next segment of a stream waits for a keyframe; one that does not come in time costs the frames before it."""
        if not self._is_stream:
            return self._roll.is_over(now_ms)
        if not self._camera_open and self._is_over(now_ms) and self._beside.is_ready():
            return True
        if self._roll.has_room():
            return False
        self._is_broken = True
        return True

    def _is_over(self, now_ms):
        """Whether the next segment may begin with the next keyframe."""
        roll = self._roll
        return roll.is_open() and not roll.is_closing() and roll.is_over(now_ms, chunks=4)

    def _begin_end(self, now_ms):
        self._roll.begin_end(now_ms, self._beside.cut())
        self._lets_pass = False

    def _rest(self, now_ms):
        """Paused, held or stopping: nothing is captured, nothing stays open."""
        self._cease(now_ms)
        if self.state != "paused" and not self._want_stop:
            cause = "paused" if self._want_pause else self._hold
            self._health.event("paused", "recording is paused" + ("" if self._want_pause else ": " + cause))
            self._gaps.open(cause, self._last_frame_ms or now_ms, now_ms)
        self.state = "paused"
        return 100

    def _cease(self, now_ms):
        """What the camera has already is taken; then camera and segment are closed."""
        if self._roll.is_open() or self.state == "recording" or self._lacks_camera:  # it may lie between two segments
            try:
                self._take_waiting()
                self._close_camera()
                self._beside.stop(now_ms)
                self._roll.end(now_ms)
            except OSError as error:
                self._card_failed(error, now_ms)
        self._close_camera()
        if self._lacks_camera:
            self._lacks_camera, self._retry_at_ms = False, now_ms  # who resumes wants to know at once

    def _change_profile(self, now_ms):
        self._cease(now_ms)
        if self._last_frame_ms:
            self._gaps.open("profile", self._last_frame_ms, now_ms)
        self._adopt(self._wanted)
        self.state = "waiting"

    def _ready(self, now_ms):
        """Camera and segment open; tries again with back-off when one of them is not to be had."""
        if self._roll.is_open() and self._camera_open:
            return True
        if self._storage.store is None:
            return self._wait_for_card(now_ms)
        if now_ms < self._retry_at_ms:
            return False
        if self._camera_open and now_ms >= self._cadence.due_ms:
            self._look(now_ms)  # between two segments; opening the next one takes long
        return self._open_segment(now_ms) and self._open_camera(now_ms)  # last: its frames want to be fetched at once

    def _open_segment(self, now_ms):
        try:
            self._roll.open(now_ms)
        except OSError as error:
            self._card_failed(error, now_ms)
            return False
        return True

    def _wait_for_card(self, now_ms):
        """A card that errs again and again is used less and less often; one that takes its place is used at once."""
        self.state = "waiting"
        if not self._storage.has_failed():
            self._retry_ms, self._retry_at_ms = FIRST_RETRY_MS, now_ms
        self._retry_at_ms = max(self._retry_at_ms, now_ms + CARD_LOOK_MS)
        return False

    def _put_off(self, now_ms, wait_ms):
        """Try again after a time; returns after which the next time."""
        self.state = "waiting"
        self._retry_at_ms = now_ms + wait_ms
        return min(2 * wait_ms, LONGEST_RETRY_MS)

    # -- frames ----------------------------------------------------------------------

    def _look(self, now_ms):
        camera = self._camera
        if now_ms - self._looked_ms > self._blind_ms:
            self._skip_waiting(now_ms)
        self._looked_ms = now_ms
        try:
            frame = camera.capture() if camera.available() else None
        except OSError as error:
            return self._camera_failed(now_ms, "the camera has failed: %s" % error.args[-1])
        if frame is None:
            self._cadence.wait(now_ms)
            if self._cadence.overdue_ms(now_ms) > SILENT_CAMERA_MS:
                self._camera_failed(now_ms, "the camera sends no frames; check its ribbon cable")
            return
        cadence = self._cadence
        cadence.arrived(now_ms)
        stamp_ms = cadence.stamp_ms
        if cadence.missed:
            self.sequence += cadence.missed
            self._gaps.lost(self._why_missed(cadence.since_ms), cadence.missed, cadence.since_ms, stamp_ms)
        self.sequence += 1
        if self.state != "recording":
            self._records()
        if self._is_stream and not self._follows(stamp_ms):
            self._gaps.lost(NO_KEYFRAME, 1, stamp_ms, stamp_ms)
        elif self._settings.adaptive and not self._is_stream and not self.stillness.wants(len(frame), stamp_ms):
            self._gaps.lost(STILL, 1, stamp_ms, stamp_ms)
        else:
            self._take(frame, stamp_ms)
        camera.release()
        self._last_frame_ms = stamp_ms

    def _follows(self, stamp_ms):
        """Whether a frame of a stream can be decoded from what is recorded. With a keyframe begins the next segment, when it is time."""
        if self._camera.keyframe():
            if self._is_over(stamp_ms):
                self._begin_next(stamp_ms)
            self._is_broken = False
        return not self._is_broken

    def _begin_next(self, stamp_ms):
        """With this keyframe if a keyframe of each other stream waits as well, else with the next one: by then it does."""
        if self._lets_pass or self._beside.is_ready():
            self._begin_end(stamp_ms)
        else:
            self._lets_pass = True

    def _records(self):
        """The first frame since something was in its way."""
        self.state = "recording"
        self._camera_retry_ms = FIRST_RETRY_MS
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
            self._gaps.lost(self._why_missed(self._looked_ms), skipped, self._last_frame_ms, now_ms)

    def _why_missed(self, since_ms):
        return "card_stall" if self._stalled_ms >= since_ms else "overflow"

    def _take_waiting(self):
        """Frames that wait in the driver's buffers; there are never more than a few."""
        for _ in range(MOST_WAITING):
            if self._camera_open and self._camera.available():
                self._look(self._keeper.uptime_ms())

    def _take(self, frame, stamp_ms):
        self._gaps.close(stamp_ms)
        if not self._roll.add(frame, self.sequence, stamp_ms):
            self._is_broken = True
            self._gaps.lost("too_large", 1, stamp_ms, stamp_ms)

    def _write_between_frames(self):
        """Slices of the sealed chunk while the next frame is not due, and one in any case: whoever else keeps the
        interpreter busy, the card must not fall behind. Returns what time it is then."""
        roll, keeper = self._roll, self._keeper
        before_ms = now_ms = keeper.uptime_ms()
        while roll.is_busy():
            roll.step()
            now_ms = keeper.uptime_ms()
            if self._cadence.due_ms - now_ms <= LEAD_MS:
                break
        if not roll.is_busy():
            self._retry_ms = FIRST_RETRY_MS  # the card has kept a chunk
        if now_ms - before_ms > STALL_MS:
            self._card_stalled(before_ms, now_ms)
        return now_ms

    # -- failures --------------------------------------------------------------------

    def _card_failed(self, error, now_ms):
        """Frames not yet durable are gone: say so, give the segment up, and go on in a new one, if need be on another card."""
        is_full = error.args[0] == ENOSPC
        cause = "card_full" if is_full else "card_error"
        self._health.set_problem("recording", NOT_RECORDED % self._storage.why(error))
        self._health.count("card_errors")
        self._lacks_camera = False
        self._give_up(cause, now_ms)
        if is_full:
            self._roll.leave_word()
        self._retry_ms = self._put_off(now_ms, self._retry_ms)

    def _card_stalled(self, from_ms, to_ms):
        """Nothing else could run meanwhile; the camera's buffers overflowed."""
        self._stalled_ms = to_ms
        self._health.count("card_stalls")
        self._health.event("card", "it kept the recorder waiting for %.1f s" % ((to_ms - from_ms) / 1000), "warn")

    def _give_up(self, cause, now_ms):
        self._beside.forget(cause, now_ms)
        self._roll.abandon(cause, now_ms)
        self._is_broken = True

    def _open_camera(self, now_ms):
        if self._camera_open:
            return True
        try:
            self._camera.open(self._profile)
        except OSError as error:
            self._camera_failed(now_ms, "the camera does not start: %s" % error.args[-1])
            return False
        self._camera_open = self._is_broken = True
        self._lacks_camera = False
        self.state = "waiting"  # for its first frame
        self._looked_ms = self._keeper.uptime_ms()
        self._cadence.restart(self._looked_ms)
        self.stillness.restart()
        return True

    def _close_camera(self):
        if self._camera_open:
            self._camera.close()
            self._camera_open = False

    def _camera_failed(self, now_ms, text):
        self._health.set_problem("camera", text)
        self._close_camera()
        self._lacks_camera = True
        self._gaps.open("camera", self._last_frame_ms, now_ms)
        self._camera_retry_ms = self._put_off(now_ms, self._camera_retry_ms)

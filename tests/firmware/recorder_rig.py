# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A recorder between a camera and a card that obey the test, in virtual time.

rig = Rig()
rig.run_until(3_000)
rig.frames()        # [(sequence, stamp_ms)] that commits have made durable
rig.messages(3)     # JSON of a channel, as far as it is durable
"""

import json
import struct

from firmware import channels, mcap, recorder
from firmware.chunk import RECORDS, SOUND_BYTES
from firmware.health import Health

PERIOD_MS = 100
BUFFERS = 2
PROFILE = {"fps": 10, "chunk_bytes": 65536}
IDENTITY = [("device", "rig")]


class RigKeeper:
    boot, generation, utc_known, offset_ms, source, rtc_boot_ms = 7, 0, False, 0, "", 946_684_800_000

    def __init__(self):
        self.now_ms = 1_000

    def uptime_ms(self):
        return self.now_ms

    def unix_ms(self):
        return 0

    def set_utc(self, offset_ms):
        self.utc_known, self.offset_ms, self.source, self.generation = True, offset_ms, "ntp", self.generation + 1


class RigSettings:
    commit_interval_ms, segment_ms, part_bytes = 2_000, 60_000, 8 << 20
    paused = overwrite_unsent = adaptive = microphone = False


class RigCamera:
    """A frame each period, as long as there is a buffer for it."""

    def __init__(self, keeper):
        self._keeper = keeper
        self.opened_ms = None
        self.opens = 0
        self.produced = self.dropped = 0
        self.frame = b"\xff\xd8" + bytes(3_000) + b"\xff\xd9"
        self.silent = False
        self.refuses = 0  # so many more times it does not open
        self._waiting = 0

    def open(self, profile):
        self.opens += 1
        if self.refuses:
            self.refuses -= 1
            raise OSError("no sensor")
        self.opened_ms, self.produced, self._waiting = self._keeper.now_ms, 0, 0

    def close(self):
        self.opened_ms = None

    def available(self):
        while not self.silent and self.opened_ms + (self.produced + 1) * PERIOD_MS <= self._keeper.now_ms:
            self.produced += 1
            if self._waiting < BUFFERS:
                self._waiting += 1
            else:
                self.dropped += 1
        return self._waiting > 0

    def capture(self):
        return memoryview(self.frame)

    def release(self):
        self._waiting -= 1


class RigEncoder:
    """A frame each period; what is not taken waits. The first byte of each frame is its number in the group."""

    def __init__(self, keeper, period_ms=PERIOD_MS, group=7):
        self._keeper, self._period_ms, self._group = keeper, period_ms, group
        self._opened_ms = None
        self._taken = 0
        self.opens = 0
        self.size = 3_000
        self.fails = []  # what is raised when it is asked for a frame
        self.refuses = []  # what is raised when it is opened

    def open(self, profile):
        self.opens += 1
        if self.refuses:
            raise self.refuses.pop()
        self._opened_ms, self._taken = self._keeper.now_ms, 0

    def close(self):
        self._opened_ms = None

    @property
    def is_open(self):
        return self._opened_ms is not None

    def available(self):
        if self.fails:
            raise self.fails.pop()
        return self._came_ms() + self._period_ms <= self._keeper.now_ms  # known to be whole when the next one comes

    def _came_ms(self):
        return self._opened_ms + (self._taken + 1) * self._period_ms

    def capture(self):
        return memoryview(bytes([self._taken % self._group]) + bytes(self.size))

    def keyframe(self):
        return self._taken % self._group == 0

    def waited_ms(self):
        return self._keeper.now_ms - self._came_ms()

    def release(self):
        self._taken += 1


class RigWriter:
    """One segment. Each of its calls costs the time, or raises the error, that the card was told."""

    def __init__(self, card, number):
        self._card, self.number = card, number
        self.first_ms = self.last_ms = self.durable_ms = self.durable_at = None
        self.frames, self._written = 0, []
        self._left = 0

    def has_room(self, size):
        return len(self._written) < self._card.chunks_a_segment

    def put(self, chunk):
        self._card.cost("put")
        self._written.append(bytes(chunk.view[RECORDS : chunk._end]))
        self.frames += chunk.frames
        self._left = 4
        if chunk.frames:
            self.last_ms = chunk.last_ms

    def busy(self):
        return self._left > 0

    def step(self):
        self._card.cost("step")
        self._left -= 1
        return self._left > 0

    def commit(self):
        self._card.cost("commit")
        self.durable_ms, self.durable_at = self.last_ms, 0
        self._card.keep(self.number, self._written)

    def close(self):
        self._card.cost("close")
        self._left = 0
        self.durable_ms = self.last_ms
        self._card.keep(self.number, self._written)
        return self

    def abandon(self):
        self._card.calls.append("abandon")


class RigCard:
    """Stands for the storage and its store."""

    def __init__(self, keeper):
        self._keeper = keeper
        self.store = self
        self.costs_ms = {"open": 20, "step": 5, "commit": 5, "close": 20}
        self.errors = {}  # call: [how many more times it works, error]
        self.calls, self.durable, self.opened = [], [], []
        self.chunks_a_segment = 1_000
        self.gaps = []
        self.erred = False

    def cost(self, call):
        self._keeper.now_ms += self.costs_ms.get(call, 0)
        plan = self.errors.get(call)
        if plan is not None:
            plan[0] -= 1
            if plan[0] < 0:
                del self.errors[call]
                raise plan[1]

    def keep(self, number, written):
        for records in written[len([1 for n, _, _ in self.durable if n == number]) :]:
            self.durable.append((number, self._keeper.now_ms, records))

    def open_next(self, pairs, limit_bytes, *_):
        self.cost("open")
        self.opened.append((self._keeper.now_ms, dict(pairs)))
        return RigWriter(self, len(self.opened))

    def confirm(self, number):
        """It forgets no names."""

    def closed(self, number, result, offset_ms):
        self.cost("closed")
        self.calls.append("closed %d" % number)

    def idle(self):
        self.calls.append("idle")

    def note_full(self):
        self.cost("note_full")
        self.calls.append("note_full")

    def failed(self, cause):
        self.calls.append("failed " + cause)
        self.erred = True

    def has_failed(self):
        return self.erred

    def was_full(self):
        self.calls.append("full")

    def why(self, error):
        return "error %s" % error.args[0]

    def take_gaps(self):
        gaps, self.gaps = self.gaps, []
        return gaps


class RigMicrophone:
    """Each sample is the number of milliseconds since the world began; its crystal is wrong by `ppm`."""

    rate_hz = 1000

    def __init__(self, keeper):
        self._keeper = keeper
        self.ppm, self.kept_ms = 0, 250
        self.trouble = 0  # an errno
        self.is_open = self.is_dumb = False
        self._heard_us = 0

    def open(self):
        if self.trouble:
            raise OSError(self.trouble)
        self.is_open, self._heard_us = True, self._keeper.now_ms * 1000

    def close(self):
        self.is_open = False

    def readinto(self, buffer):
        if self.trouble:
            raise OSError(self.trouble)
        now_us, step_us = self._keeper.now_ms * 1000, 1000 - self.ppm / 1000
        self._heard_us = max(self._heard_us, now_us - 1000 * self.kept_ms)
        samples = 0 if self.is_dumb else min(len(buffer) // 2, int((now_us - self._heard_us) / step_us))
        for number in range(samples):
            self._heard_us += step_us
            struct.pack_into("<H", buffer, 2 * number, int(self._heard_us / 1000) & 0xFFFF)
        return 2 * samples


class Rig:
    def __init__(self, profiles=None, hears=False, camera=None, beside=None, **settings):
        """`camera` and what is `beside` it, by name: classes of which each is made with the keeper."""
        self.keeper = RigKeeper()
        self.health = Health(self.keeper)
        self.camera, self.card = (camera or RigCamera)(self.keeper), RigCard(self.keeper)
        self.sources = {name: make(self.keeper) for name, make in (beside or {}).items()}
        self.settings = RigSettings()
        for name in settings:
            setattr(self.settings, name, settings[name])
        recorder.sleep_ms = self.sleep_ms
        parts = self.camera, self.card, self.keeper, self.health, self.settings
        self.microphone = RigMicrophone(self.keeper) if hears else None
        profiles = profiles or {"small": PROFILE}
        more = {"microphone": self.microphone, "beside": {name: (source, profiles[name]) for name, source in self.sources.items()}}
        self.recorder = recorder.Recorder(*parts, profiles, "small", IDENTITY, **more)

    def run_until(self, at_ms):
        while self.keeper.now_ms < at_ms:
            self.keeper.now_ms += self.recorder.poll(self.keeper.now_ms)

    async def sleep_ms(self, duration_ms):
        """In the place of the recorder's own: `run` takes no real time."""
        self.keeper.now_ms += duration_ms

    def stop(self):
        self.recorder.stop()
        while self.recorder.state != "paused":
            self.keeper.now_ms += self.recorder.poll(self.keeper.now_ms)

    # -- what is safe ------------------------------------------------------------------------

    def _durable(self, wanted):
        """(segment, when it was committed, sequence, log time in ms, bytes) of each message of a channel."""
        for segment, at_ms, records in self.card.durable:
            at = 0
            while at < len(records):
                opcode, length, channel, sequence, log_ns = struct.unpack_from("<BQHIQ", records, at)
                assert opcode == mcap.MESSAGE
                if channel == wanted:
                    yield segment, at_ms, sequence, log_ns // 1_000_000, records[at + 31 : at + 9 + length]
                at += 9 + length

    def frames(self, channel=channels.CAMERA):
        return [(sequence, log_ms) for _, _, sequence, log_ms, _ in self._durable(channel)]

    def sounds(self):
        """(log time in ms, samples) of each block of sound that is safe."""
        for _, _, _, log_ms, data in self._durable(channels.MICROPHONE):
            samples = data[SOUND_BYTES:]
            yield log_ms, struct.unpack("<%dH" % (len(samples) // 2), samples)

    def segments(self):
        """Log times of the frames of each segment."""
        found = {}
        for segment, _, _, log_ms, _ in self._durable(channels.CAMERA):
            found.setdefault(segment, []).append(log_ms)
        return [found[number] for number in sorted(found)]

    def delays_ms(self, channel=channels.CAMERA):
        """How long each frame was in danger."""
        return [at_ms - log_ms for _, at_ms, _, log_ms, _ in self._durable(channel)]

    def heads(self, channel=channels.CAMERA):
        """The first byte of the first frame of each segment that has one."""
        firsts = {}
        for segment, _, _, _, data in self._durable(channel):
            firsts.setdefault(segment, data[33])
        return [firsts[number] for number in sorted(firsts)]

    def messages(self, channel):
        return [json.loads(data) for _, _, _, _, data in self._durable(channel)]

    def gaps(self):
        """(cause, frames, from, to) of each gap that is safe."""
        return [(gap["cause"], gap["frames"], gap["from_uptime_ms"], gap["to_uptime_ms"]) for gap in self.messages(channels.GAPS)]

    def unexplained(self):
        """Sequence numbers that are missing between two frames without a gap that touches the stretch."""
        frames, found = self.frames(), []
        for at in range(1, len(frames)):
            (before, from_ms), (after, to_ms) = frames[at - 1], frames[at]
            if after != before + 1 and not [1 for _, _, start_ms, end_ms in self.gaps() if start_ms <= to_ms and end_ms >= from_ms]:
                found.append((before, after))
        return found

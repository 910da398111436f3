# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The free-running image sensor and the driver's frame buffers, fed with real JPEGs from a reel.

The sensor runs whether or not anybody looks: what happened since the last look is worked out when the firmware
touches the camera. A frame needs a free buffer when its transfer begins, one period before it is there;
without one it is lost as a whole. WHEN_EMPTY keeps the oldest frames, LATEST the newest (esp32-camera, cam_hal.c).
"""

import json
from array import array

from sim.device.scene import Scene

STAMP_END = 2 + 4 + 16  # SOI, head of the comment, "daylog 000000000": the last digit is just before
POISON = 0x5A


class Reel:
    """Frames of real footage: a JSON line, an index, JPEGs. Written by sim/reel.py."""

    def __init__(self, path):
        self._file = open(path, "rb")
        about = json.loads(self._file.readline())
        self.frames, self._profiles = about["frames"], about.get("profiles", {})
        self._index = array("I", bytes(8 * self.frames))  # offset and size of each
        self._file.readinto(self._index)

    def of(self, profile):
        """(first, count) of the frames that this profile has; they loop."""
        return self._profiles.get(profile, (0, self.frames))

    def size(self, index):
        """Bytes of a frame."""
        return self._index[2 * index + 1]

    def read(self, index, view):
        """Fill a view that has the frame's size."""
        self._file.seek(self._index[2 * index])
        self._file.readinto(view)


class Slot:
    """A frame buffer. Signed, as the real one's view is. `frame` is the number of the frame in it."""

    def __init__(self, size):
        self.bytes = array("b", bytes(size))
        self.all = memoryview(self.bytes)
        self.view = self.all[:0]
        self.frame = self.ticks_ms = self.index = 0


class Sensor:
    """`produced` counts over all boots: the stamp in a frame's comment is unique for the whole run.

    `truth` gets a line a frame: n boot ticks_ms reel_index size fate. A frame's line is written when its fate
    is known, so the lines are not sorted by n. With a profile that takes a picture now and then nobody wants those in between.
    """

    def __init__(self, profiles, first_choice, fb_count, reel, clock, truth, boot_index, produced, scene=None):
        self.produced = produced
        self.captured = 0
        self._profiles, self._first_choice = profiles, first_choice
        self._reel, self._clock, self._truth, self._boot_index = reel, clock, truth, boot_index
        self._scene = scene or Scene(reel)
        # Frame buffers are not part of the interpreter's heap: they are taken before the firmware gets its own.
        largest = max(profiles[name]["fb_bytes"] for name in profiles)
        self._all_slots = [Slot(largest) for _ in range(fb_count)]
        self._running = False
        self.on_power = None  # called with the profile that it starts with, and None when it stops
        self._held = None
        self._end_us = 0

    # -- on and off ------------------------------------------------------------------------

    def start(self, size_name, count, latest):
        """Begin with frames of a FrameSize's name. OSError if no profile has it."""
        if self._reel is None:
            raise OSError("Failed to capture initial frame: this world has no reel")
        name = self._profile_named(size_name)
        profile = self._profiles[name]
        self._scene.begin(name, self._clock.now_us)
        self._fb_bytes = profile["fb_bytes"]
        self._period_us = 1_000_000 // profile["fps"]
        self._all_wanted = "every_s" not in profile
        self._free = self._all_slots[:count]
        self._most_filled = max(1, count - 1) if latest else count  # the length of the driver's queue
        self._filled = []  # oldest first
        self._arriving = self._free.pop(0)
        self._end_us = self._clock.now_us + self._period_us  # of the frame that is arriving
        self._running = True
        if self.on_power:
            self.on_power(profile)

    def _profile_named(self, size_name):
        for name in [self._first_choice] + sorted(self._profiles):
            if name in self._profiles and self._profiles[name]["size"] == size_name:
                return name
        raise OSError("Failed to capture initial frame: the board has no profile of size " + size_name)

    def stop(self):
        """Off; frames that nobody took are lost."""
        if self._running:
            self.catch_up()
            for slot in self._filled:
                self._tell_unfetched(slot, "lost:uncollected")
            self._running = False
            if self.on_power:
                self.on_power(None)

    # -- what the firmware asks for ----------------------------------------------------------

    def available(self):
        if self._end_us <= self._clock.now_us:
            self.catch_up()
        return bool(self._filled)

    def capture(self, timeout_ms):
        """The oldest filled buffer, after waiting for one; None on time-out."""
        self.release()
        deadline_us = self._clock.now_us + timeout_ms * 1000
        while not self.available():
            if self._clock.now_us >= deadline_us:
                return None
            self._clock.advance_to(min(self._end_us, deadline_us))
        slot = self._held = self._filled.pop(0)
        self.captured += 1
        self._tell(slot.frame, slot.ticks_ms, slot.index, len(slot.view), "captured")
        return slot.view

    def release(self):
        """Give the held buffer back; what still looks at it sees poison."""
        slot = self._held
        if slot is not None:
            self.catch_up()
            slot.view[0] = slot.view[1] = slot.view[len(slot.view) - 1] = POISON
            self._free.append(slot)
            self._held = None

    # -- what happens meanwhile --------------------------------------------------------------

    def catch_up(self):
        """Bring the buffers to what they hold by now."""
        while self._running and self._end_us <= self._clock.now_us:
            self._finish_frame()
            self._arriving = self._free.pop(0) if self._free else None
            self._end_us += self._period_us

    def _finish_frame(self):
        number, slot = self.produced, self._arriving
        self.produced += 1
        index = self._scene.index_of(number, self._end_us)
        size = self._reel.size(index)
        ticks_ms = (self._end_us - self._clock.boot_us) // 1000
        if slot is None:
            return self._tell(number, ticks_ms, index, size, "dropped:overflow")
        if size > self._fb_bytes:  # no EOI within the buffer: the driver throws the frame away
            self._free.insert(0, slot)
            return self._tell(number, ticks_ms, index, size, "dropped:too_large")
        slot.frame, slot.ticks_ms, slot.index, slot.view = number, ticks_ms, index, slot.all[:size]
        self._reel.read(index, slot.view)
        self._stamp(slot.bytes, number)
        self._filled.append(slot)
        if len(self._filled) > self._most_filled:
            oldest = self._filled.pop(0)
            self._tell_unfetched(oldest, "dropped:overflow")
            self._free.append(oldest)

    def _stamp(self, buffer, number):
        at = STAMP_END
        while number:
            at -= 1
            buffer[at] = 48 + number % 10
            number //= 10

    def _tell_unfetched(self, slot, fate):
        if self._all_wanted:
            self._tell(slot.frame, slot.ticks_ms, slot.index, len(slot.view), fate)

    def _tell(self, number, ticks_ms, index, size, fate):
        print(number, self._boot_index, ticks_ms, index, size, fate, file=self._truth)

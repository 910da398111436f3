# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The free-running sensor on a parallel port: frames of a reel, at the rate of its registers, into memory by PIO and DMA.

As sim/device/sensor.py it counts and tells the fate of each frame; but its buffers are the firmware's own. A frame is captured if state
machine and DMA waited for it when it began and it fits.
"""

from sim.device.rp2.parallel import PATTERN, Wiring, beginning
from sim.device.rp2.pio import Run
from sim.device.sensor import STAMP_END

PADDING = bytes(32)  # after the picture, up to the end of its last line


class ParallelSensor:
    """`produced` counts over all boots. `rise` is called at VSYNC; `inputs` are the pins that PIO can see."""

    def __init__(self, board, chip, reel, scene, rp2, pins, clock, truth, boot_index, produced):
        self.produced, self.captured = produced, 0
        self.on_power = None  # called with the profile that it starts with, and None when it stops
        self._profiles, self._wiring = board["profiles"], Wiring(board["camera"]["pins"])
        self._first_choice = board["sim"].get("profile", board["default_profile"])
        self._chip, self._reel, self._scene, self._rp2, self._pins = chip, reel, scene, rp2, pins
        self._clock, self._truth, self._boot_index = clock, truth, boot_index
        self._alarm, self._began_us, self._size = None, 0, None
        self._checked = None  # the program and pixel clock that were found to be right

    # -- on and off ------------------------------------------------------------------------

    def look(self):
        """Its registers, its clock or its power have changed."""
        chip = self._chip
        is_on = chip.is_streaming and chip.is_jpeg and self._reel is not None
        size = (chip.width, chip.height) if is_on else None
        if size == self._size:
            return
        self.stop()
        profile = self._profile_of(size) if size else None
        if profile is not None:
            self._size = size
            self._scene.begin(profile, self._clock.now_us)
            self._begin()
            if self.on_power:
                self.on_power(self._profiles[profile])

    def _profile_of(self, size):
        """On its way from one size to another a sensor may have one that no profile has."""
        for name in [self._first_choice] + sorted(self._profiles):
            if name in self._profiles and (self._profiles[name]["width"], self._profiles[name]["height"]) == size:
                return name
        return None

    def stop(self):
        if self._size is not None:
            self._clock.cancel(self._alarm)
            self._size = None
            if self.on_power:
                self.on_power(None)

    # -- frames ----------------------------------------------------------------------------

    def _begin(self):
        self._began_us = self._clock.now_us
        self._alarm = self._clock.at(self._began_us + self._chip.period_us, self._end)

    def _end(self):
        """Of a frame, which is where VSYNC begins the next. Before anybody listens there are none to be counted."""
        if self._is_heard():
            self._give()
        self._begin()
        self._pins.rise(self._wiring.vsync)

    def _is_heard(self):
        return any(machine.active_us <= self._began_us for machine in self._rp2.machines.values())

    def _give(self):
        number = self.produced
        self.produced += 1
        index = self._scene.index_of(number, self._clock.now_us)
        size = self._reel.size(index)
        fate = self._send(number, index, size)
        self.captured += fate == "captured"
        ticks_ms = (self._clock.now_us - self._clock.boot_us) // 1000
        print(number, self._boot_index, ticks_ms, index, size, fate, file=self._truth)

    def _send(self, number, index, size):
        channel = self._channel()
        room = channel.room(size + len(PADDING)) if channel else None
        if room is None:
            return "dropped:overflow"
        if len(room) < size:
            return "dropped:too_large"
        self._reel.read(index, room[:size])
        room[size:] = PADDING[: len(room) - size]
        _stamp(room, number)
        return "captured"

    def _channel(self):
        """The DMA channel that waited for this frame from its beginning, behind a state machine that did."""
        for machine in self._rp2.machines.values():
            for channel in self._rp2.channels:
                waited = channel.takes_bytes_of(machine) and max(machine.since_us, channel.since_us) <= self._began_us
                if waited and self._samples_right(machine):
                    return channel
        return None

    def _samples_right(self, machine):
        """Run its program on what the lines do at the beginning of a picture."""
        case = machine.program, self._chip.pclk_hz, len(self._pins.inputs)
        if self._checked != case:
            half_clocks = machine.hz // self._chip.pclk_hz // 2
            run = Run(machine.program, machine.in_base)
            for levels in beginning(self._wiring, half_clocks, self._chip.vsync_is_high, self._pins.inputs):
                run.clock(levels)
            if bytes(run.pushed) != PATTERN:
                raise ValueError("of %s the state machine makes %s" % (list(PATTERN), run.pushed))
            self._checked = case
        return True


def _stamp(view, number):
    at = STAMP_END
    while number:
        at -= 1
        view[at] = 48 + number % 10
        number //= 10

# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The `rp2` module: PIO state machines and DMA channels, as far as they bring a sensor's bytes into memory.

`port.take(view)` of a DMA channel that waits for a state machine is called with room for a frame by sensor_port.py. Arguments that the
real module does not have, or that would not do this, raise.
"""

from sim.device.rp2 import pio

SYSTEM_HZ = 150_000_000
DREQ_PIO0_RX0 = 4
MACHINES, CHANNELS = 12, 16
UNPACED = 0x3F
EBUSY = 16


class PIO:
    SHIFT_LEFT, SHIFT_RIGHT = pio.SHIFT_LEFT, pio.SHIFT_RIGHT
    JOIN_NONE, JOIN_TX, JOIN_RX = pio.JOIN_NONE, pio.JOIN_TX, pio.JOIN_RX


class Rp2Module:
    """`machines`: those that run; `channels`: those in use."""

    PIO, PIOASMError = PIO, pio.PIOASMError

    def __init__(self, clock):
        self.asm_pio = pio.asm_pio
        self.machines, self.channels = {}, []
        self.StateMachine = _make_state_machine(self.machines, clock)
        self.DMA = _make_dma(self.channels, clock)


def _make_state_machine(machines, clock):
    class StateMachine:
        """`active_us`: since when it runs, `since_us`: since when it waits for the beginning of a frame; None while it does not."""

        def __init__(self, id, program, freq=-1, *, in_base=None):
            if not 0 <= id < MACHINES:
                raise ValueError("invalid StateMachine")
            if not isinstance(program, pio.Program):
                raise TypeError("not a program of asm_pio")
            if freq > SYSTEM_HZ:
                raise ValueError("freq out of range")
            self.id, self.program, self.in_base = id, program, in_base._number
            self.hz = SYSTEM_HZ if freq < 0 else freq
            self.active_us = self.since_us = None

        def active(self, on=None):
            if on is not None and bool(on) != (self.since_us is not None):
                self.active_us = self.since_us = clock.now_us if on else None
                machines.pop(self.id, None)
                if on:
                    machines[self.id] = self
            return self.since_us is not None

        def restart(self):
            if self.since_us is not None:
                self.since_us = clock.now_us

    return StateMachine


def _make_dma(channels, clock):
    class DMA:
        """`count` goes down as bytes come; `since_us`: when it was started, None when it does not run."""

        def __init__(self):
            if len(channels) == CHANNELS:
                raise OSError(EBUSY)
            channels.append(self)
            self.read = self.write = None
            self.count, self.ctrl, self.since_us = 0, 0, None

        def pack_ctrl(self, *, size=2, inc_read=True, inc_write=True, treq_sel=UNPACED):
            if not 0 <= size <= 2 or not 0 <= treq_sel <= UNPACED:
                raise ValueError("bad field value")
            return 1 | size << 2 | int(inc_read) << 4 | int(inc_write) << 6 | treq_sel << 17

        def config(self, *, read=None, write=None, count=None, ctrl=None, trigger=False):
            self._must_be_open()
            self.read, self.write = read or self.read, write or self.write
            self.count = self.count if count is None else count
            self.ctrl = self.ctrl if ctrl is None else ctrl
            if trigger:
                self.since_us = clock.now_us

        def active(self, on=None):
            self._must_be_open()
            if on is not None:
                self.since_us = clock.now_us if on else None
            return self.since_us is not None

        def close(self):
            if self in channels:
                channels.remove(self)
            self.since_us = None

        def _must_be_open(self):
            if self not in channels:
                raise ValueError("channel closed")

        # -- for the sensor's port -------------------------------------------------------------

        def takes_bytes_of(self, machine):
            """Whether it waits for this state machine, a byte at a time."""
            size, inc_read, paced_by = self.ctrl >> 2 & 3, self.ctrl >> 4 & 1, self.ctrl >> 17 & UNPACED
            waits = self.since_us is not None and self.count > 0 and self.read is machine
            return waits and (size, inc_read, paced_by) == (0, 0, DREQ_PIO0_RX0 + machine.id)

        def room(self, size):
            """Take so many bytes: where they go, cut to what fits; None if they all go into one place."""
            taken = min(size, self.count)
            self.count -= taken
            if self.count == 0:
                self.since_us = None
            if not self.ctrl >> 6 & 1:
                return None
            if taken > len(self.write):
                raise ValueError("the DMA writes %d bytes into a buffer of %d" % (taken, len(self.write)))
            return memoryview(self.write)[:taken]

    return DMA

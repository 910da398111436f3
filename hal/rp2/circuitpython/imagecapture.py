# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""imagecapture.ParallelImageCapture: frames of a parallel sensor by PIO and DMA.

    capture.continuous_capture_start(first, second)
    if capture.frame_waits():
        buffer = capture.continuous_capture_get_frame()  # capture.frame_bytes of it
        capture.release_frame()

VSYNC ends a frame: an interrupt notes how much came, and points the DMA at the next free buffer, or at one byte that
nobody reads, so that the FIFO is empty when the next frame begins. It is a hard interrupt and allocates nothing.
"""

from time import sleep_ms, ticks_diff, ticks_ms  # pyright: ignore[reportAttributeAccessIssue]  (stubs of CPython)

import machine
import rp2

from hal.rp2.pixel_clock import HREF, LINES, PCLK, VSYNC, take_bytes

STATE_MACHINE = 0  # of PIO block 0: the CYW43 prefers block 1
DREQ_PIO0_RX0 = 4
MOST_TRANSFERS = (1 << 28) - 1
FREE, HELD, NOWHERE = 0, -1, -1
EINVAL, ETIMEDOUT = 22, 110
FRAME_MS = 4000  # nobody waits longer for one


class ParallelImageCapture:
    """`newest_only`: a frame for which there is no room takes the place of the oldest that waits."""

    def __init__(self, *, data_pins, clock, vsync, href):
        first = data_pins[0]
        wired = list(data_pins) + [clock, href, vsync]
        if [pin - first for pin in wired] != [0, 1, 2, 3, 4, 5, 6, 7, PCLK, HREF, VSYNC]:
            raise OSError(EINVAL)
        lines = [machine.Pin(first + at, machine.Pin.IN) for at in range(LINES)]  # PIO alone does not open a pad of the RP2350
        self._vsync = lines[VSYNC]
        self._machine = rp2.StateMachine(STATE_MACHINE, take_bytes, in_base=lines[0])
        self._dma = dma = rp2.DMA()
        paced = DREQ_PIO0_RX0 + STATE_MACHINE
        self._to_buffer = dma.pack_ctrl(size=0, inc_read=False, treq_sel=paced)
        self._to_nowhere = dma.pack_ctrl(size=0, inc_read=False, inc_write=False, treq_sel=paced)
        self._nowhere = bytearray(1)
        self._on_vsync = self._frame_ends  # made once: a bound method is an object
        self._buffers = ()
        self._rooms, self._sizes, self._numbers = [], [], []  # of the buffers; a size may be FREE or HELD
        self._filling, self._count = NOWHERE, 0
        self.newest_only = False
        self.frame_at = self.frame_bytes = 0

    # -- what CircuitPython has --------------------------------------------------------------

    def capture(self, buffer):
        """The next whole frame; `frame_bytes` of the buffer are its own."""
        self.continuous_capture_start(buffer)
        try:
            self.continuous_capture_get_frame()
        finally:
            self.continuous_capture_stop()

    def continuous_capture_start(self, *buffers):
        self._buffers = buffers
        self._rooms = [len(buffer) for buffer in buffers]
        self._sizes = [FREE] * len(buffers)
        self._numbers = [0] * len(buffers)
        self._point(NOWHERE)
        self._machine.restart()  # the program begins with the next frame
        self._machine.active(1)
        self._vsync.irq(self._on_vsync, machine.Pin.IRQ_RISING, hard=True)

    def continuous_capture_get_frame(self):
        """The oldest frame that waits, or the next, in buffer number `frame_at`: the caller's until `release_frame`."""
        self.release_frame()
        started_ms = ticks_ms()
        while not self.frame_waits():
            if ticks_diff(ticks_ms(), started_ms) > FRAME_MS:
                raise OSError(ETIMEDOUT)
            sleep_ms(1)
        interrupts = machine.disable_irq()
        at = self._oldest()
        self.frame_at, self.frame_bytes, self._sizes[at] = at, self._sizes[at], HELD
        machine.enable_irq(interrupts)
        return self._buffers[at]

    def continuous_capture_stop(self):
        self._vsync.irq(None)
        self._machine.active(0)
        self._dma.active(0)
        self._buffers = ()

    def deinit(self):
        self.continuous_capture_stop()
        self._dma.close()

    # -- what a recorder needs besides -------------------------------------------------------

    def frame_waits(self):
        return self._oldest() != NOWHERE

    def release_frame(self):
        for at in range(len(self._sizes)):
            if self._sizes[at] == HELD:
                self._sizes[at] = FREE

    def resynchronise(self):
        """A clock was missed, or one too many was seen: begin again with the next frame."""
        self._machine.restart()

    # -- in the interrupt --------------------------------------------------------------------

    def _frame_ends(self, _pin):
        """Hard interrupt. A frame that has filled its buffer was longer than that, and is lost."""
        at, left = self._filling, self._dma.count
        self._point(NOWHERE)  # empties the FIFO, which a full buffer has left full
        if at != NOWHERE and 0 < left < self._rooms[at]:
            self._count += 1
            self._sizes[at], self._numbers[at] = self._rooms[at] - left, self._count
        self._point(self._next_buffer())

    def _next_buffer(self):
        """Hard interrupt."""
        for at in range(len(self._sizes)):
            if self._sizes[at] == FREE:
                return at
        if not self.newest_only:
            return NOWHERE
        at = self._oldest()
        if at != NOWHERE:
            self._sizes[at] = FREE
        return at

    def _oldest(self):
        """Hard interrupt, and with interrupts off."""
        found = NOWHERE
        for at in range(len(self._sizes)):
            if self._sizes[at] > 0 and (found == NOWHERE or self._numbers[at] < self._numbers[found]):
                found = at
        return found

    def _point(self, at):
        """Hard interrupt. Lead what follows into a buffer, or nowhere."""
        dma = self._dma
        dma.active(0)
        self._filling = at
        if at == NOWHERE:
            dma.config(read=self._machine, write=self._nowhere, count=MOST_TRANSFERS, ctrl=self._to_nowhere, trigger=True)
        else:
            dma.config(read=self._machine, write=self._buffers[at], count=self._rooms[at], ctrl=self._to_buffer, trigger=True)

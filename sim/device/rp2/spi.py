# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`machine.SPI` of the rp2 port, as master, with what hangs on it: an object with swap(byte) and swap_block(sent, received)."""

CALL_US = 8  # what a call costs besides its bits (estimate)
MOST_BAUD = 75_000_000


def make_spi(wired, chip, clock):
    """`wired`: (id, sck, mosi, miso) of the board's `chip`; with other pins nothing answers."""

    class SPI:
        MSB, LSB = 1, 0

        def __init__(self, id, baudrate=1_000_000, *, polarity=0, phase=0, bits=8, firstbit=1, sck=None, mosi=None, miso=None):
            pins = [pin._number for pin in (sck, mosi, miso)]
            _check_pins(id, pins)
            self._chip = chip if [id] + pins == list(wired) else None
            self.init(baudrate=baudrate, polarity=polarity, phase=phase, bits=bits, firstbit=firstbit)

        def init(self, *, baudrate=-1, polarity=-1, phase=-1, bits=-1, firstbit=-1):
            if baudrate > MOST_BAUD or firstbit == SPI.LSB:
                raise ValueError("SPI cannot do that")
            if polarity > 0 or phase > 0 or bits not in (-1, 8):
                raise ValueError("an SD card takes mode 0 and bytes")
            if baudrate > 0:
                self._baudrate = baudrate

        def deinit(self):
            self._chip = None

        def read(self, count, write=0):
            buffer = bytearray(count)
            self.readinto(buffer, write)
            return bytes(buffer)

        def readinto(self, buffer, write=0):
            for at in range(len(buffer)):
                buffer[at] = self._swap(write)
            self._pass(len(buffer))

        def write(self, buffer):
            if self._chip is None or not self._chip.swap_block(buffer, None):
                for value in buffer:
                    self._swap(value)
            self._pass(len(buffer))

        def write_readinto(self, sent, received):
            if len(sent) != len(received):
                raise ValueError("buffers must be the same length")
            if self._chip is None or not self._chip.swap_block(None, received):
                for at in range(len(sent)):
                    received[at] = self._swap(sent[at])
            self._pass(len(sent))

        def _swap(self, value):
            return 0xFF if self._chip is None else self._chip.swap(value)

        def _pass(self, count):
            clock.advance_us(CALL_US + count * 8_000_000 // self._baudrate)

    return SPI


def _check_pins(id, pins):
    """RP2350 datasheet 9.4: every pin has one function of SPI, and belongs to one block by its bit 3."""
    if id not in (0, 1):
        raise ValueError("SPI(%d) doesn't exist" % id)
    for name, function, pin in zip(("SCK", "MOSI", "MISO"), (2, 3, 0), pins):
        if pin & 3 != function or pin >> 3 & 1 != id:
            raise ValueError("bad %s pin" % name)

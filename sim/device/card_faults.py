# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Bad cards: what a card does instead of what it is asked to.

    card = FaultyCard(image, undo, sectors, times, clock, trace, seed, [{"kind": "lie", "from_us": 10000000, "to_us": 15000000}])

A fault is a dict: `kind`, one of KINDS, "gone", "swap" or "wrap"; `value`, where the kind has one; and when it strikes:
`from_us` and `to_us`, or `first` and `last` of the writes or reads, counted from 1 in each boot. The first fault that
strikes decides about an operation.
"""

from sim.device.card import SECTOR, CardModel
from sim.device.chance import Chance
from sim.device.clock import NEVER_US

EIO = 5
_NEVER = 1 << 60


class Fault:
    """What a card does in the place of a read or a write, told as what the host gets: 0 or a negative errno.

    None: the card goes on as if nothing were.
    """

    def __init__(self, spec, card):
        self.kind, self.value = spec["kind"], spec.get("value", 0)
        self.from_us, self.to_us = spec.get("from_us", 0), spec.get("to_us", NEVER_US)
        self.first, self.last = spec.get("first", 0), spec.get("last", _NEVER)
        self.has_told = False

    def strikes(self, now_us, count):
        return self.from_us <= now_us < self.to_us and self.first <= count <= self.last

    def until_us(self, now_us):
        """When it is over; nobody knows when a count will be reached."""
        return self.to_us if self.last == _NEVER else now_us

    def read(self, card, sector, buffer):
        return None

    def write(self, card, sector, buffer):
        return None


class WriteError(Fault):
    """It answers a write with an error."""

    def write(self, card, sector, buffer):
        card.take_time(len(buffer))
        return -EIO


class ReadError(Fault):
    """It answers a read with an error."""

    def read(self, card, sector, buffer):
        card.take_time(len(buffer))
        return -EIO


class Lie(Fault):
    """It reports success and keeps nothing."""

    def write(self, card, sector, buffer):
        card.take_time(len(buffer))
        return 0


class Stall(Fault):
    """The first write in time takes `value` seconds longer, once. Over for good if it was due in an earlier boot."""

    def __init__(self, spec, card):
        super().__init__(spec, card)
        self._is_over = spec.get("from_us", NEVER_US) < card.now_us()

    def write(self, card, sector, buffer):
        if not self._is_over:
            self._is_over = True
            card.wait_us(int(self.value * 1_000_000))


class Hang(Stall):
    """The first write in time never ends."""

    def __init__(self, spec, card):
        super().__init__(spec, card)
        self.value = NEVER_US // 1_000_000


class Flip(Fault):
    """One bit of what is read is wrong, in every `value`-th read."""

    def strikes(self, now_us, count):
        return super().strikes(now_us, count) and count % int(self.value) == 0

    def read(self, card, sector, buffer):
        result = card.read_as_it_is(sector, buffer)
        at = card.chance.between(0, 8 * len(buffer) - 1)
        buffer[at // 8] ^= 1 << at % 8
        return result


class Gone(Fault):
    """Not in the slot. The write during which it is pulled out is torn."""

    def strikes(self, now_us, count):
        return now_us < self.to_us

    def read(self, card, sector, buffer):
        return -EIO if self.is_out(card) else None

    def write(self, card, sector, buffer):
        if self.is_out(card):
            return -EIO
        kept = card.sectors_written_by(self.from_us, len(buffer))
        if kept is None:
            return None
        if kept:
            card.write_as_it_is(sector, buffer[: kept * SECTOR])
        card.wait_until_us(self.from_us)
        return -EIO

    def is_out(self, card):
        return self.from_us <= card.now_us() < self.to_us


KINDS = {
    "write-error": WriteError,
    "write-protected": WriteError,
    "read-error": ReadError,
    "lie": Lie,
    "stall": Stall,
    "hang": Hang,
    "flip": Flip,
}


class FaultyCard(CardModel):
    """`second`: (image, undo log) of the card that is in the slot after a "swap". A "wrap" card has `value` sectors
    and pretends to have more: those beyond are the first ones again."""

    def __init__(self, file, undo, sectors, times, clock, trace, seed, faults, second=None):
        super().__init__(file, undo, sectors, times, clock, trace, seed)
        self.chance = Chance(seed + 1)  # its own: a fault does not move the spikes
        self._reads = self._writes = 0
        self._real_sectors = sectors
        self._outs, self._faults = [], []
        for spec in faults:
            self._add(spec, second)

    def _add(self, spec, second):
        if spec["kind"] == "wrap":
            self._real_sectors = spec["value"]
        elif spec["kind"] == "swap" and spec["to_us"] <= self._clock.now_us:
            self._insert(*second)
        elif spec["kind"] == "swap":
            self._clock.at(spec["to_us"], lambda: self._insert(*second))
            self._outs.append(Gone(spec, self))
        elif spec["kind"] == "gone":
            self._outs.append(Gone(spec, self))
        else:
            self._faults.append(KINDS[spec["kind"]](spec, self))

    def _insert(self, file, undo):
        self._file, self._undo = file, undo
        self._unsynced_bytes = self._unsynced_writes = 0

    # -- what the host controller asks for ---------------------------------------------------

    def answers(self):
        for out in self._outs:
            if out.is_out(self):
                return self._tell(out, False)
        return True

    def read(self, sector, buffer):
        self._reads += 1
        for fault in self._outs + self._faults:
            if fault.strikes(self._clock.now_us, self._reads):
                result = fault.read(self, sector, buffer)
                if result is not None:
                    return self._tell(fault, result)
        return self.read_as_it_is(sector, buffer)

    def write(self, sector, buffer):
        self._writes += 1
        for fault in self._outs + self._faults:
            if fault.strikes(self._clock.now_us, self._writes):
                result = fault.write(self, sector, buffer)
                if result is not None:
                    return self._tell(fault, result)
        return self.write_as_it_is(sector, buffer)

    def _tell(self, fault, result):
        if not fault.has_told:
            fault.has_told = True
            until_us = fault.until_us(self._clock.now_us)
            self._trace.add("card_fault", kind=fault.kind, write=self._writes, read=self._reads, until_us=until_us)
        return result

    # -- what the faults need ----------------------------------------------------------------

    def read_as_it_is(self, sector, buffer):
        return self._pieces(super().read, sector, buffer)

    def write_as_it_is(self, sector, buffer):
        return self._pieces(super().write, sector, buffer)

    def _pieces(self, transfer, sector, buffer):
        """In one piece unless it is a card that wraps and the end of what it has lies within."""
        real, view, at = self._real_sectors, memoryview(buffer), 0
        while at < len(view):
            place = (sector + at // SECTOR) % real
            end = min(len(view), at + (real - place) * SECTOR)
            result = transfer(place, view[at:end])
            if result:
                return result
            at = end
        return 0

    def now_us(self):
        return self._clock.now_us

    def wait_us(self, duration_us):
        self._clock.advance_us(duration_us)

    def wait_until_us(self, target_us):
        self._clock.advance_to(target_us)

    def take_time(self, size):
        self._clock.advance_us(self._write_us(size))

    def sectors_written_by(self, end_us, size):
        """How many sectors of a write of `size` bytes are done by then; None: it will have ended."""
        each_us = self._steady_us(size) * SECTOR // size
        left_us = end_us - self._clock.now_us
        return left_us // each_us if 0 <= left_us < each_us * (size // SECTOR) else None

# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""An SDHC card in SPI mode (SD Physical Layer Simplified Specification 9.00, chapter 7), byte by byte, over the model of a card.

    card = SpiCard(clock, lambda aside: CardModel(image, undo, sectors, times, aside, trace, seed))
    card.select(0)
    card.swap(0xFF)      # the byte that comes back while this one goes out

The model's time passes on a clock of its own: the card is busy, and says so, while the host goes on. CRC is off, but for CMD0 and
CMD8. What is not here raises ValueError.
"""

SECTOR = 512
IDLE, ILLEGAL = 0x01, 0x04  # in the first byte of a response
START, START_OF_MANY, STOP = 0xFE, 0xFC, 0xFD
ACCEPTED, WRITE_ERROR, READ_ERROR = 0xE5, 0xED, 0x08
OCR = b"\xc0\xff\x80\x00"  # ready, and addressed by sectors
POLLS = 2  # of ACMD41, until it is ready
COMMAND_BYTES = 6
LONGEST_ANSWER = 1 + SECTOR + 2
_KEPT_CRC = {0: 0x95, 8: 0x87}
_WHILE_STARTING = (0, 8, 41, 55, 58)
_NOTHING, _ONE, _MANY = 0, 1, 2


class Aside:
    """The clock of a card that takes its time while its host goes on."""

    def __init__(self, clock):
        self._clock, self.until_us = clock, 0
        self.at = clock.at

    @property
    def now_us(self):
        return self._clock.now_us

    def advance_us(self, duration_us):
        self.until_us = max(self.until_us, self._clock.now_us) + duration_us

    def advance_to(self, target_us):
        self.until_us = max(self.until_us, target_us)


class SpiCard:
    def __init__(self, clock, make_card):
        self._clock, self._aside = clock, Aside(clock)
        self.card = make_card(self._aside)
        self._command = bytearray(COMMAND_BYTES)
        self._out = memoryview(bytearray(LONGEST_ANSWER))
        self._data = self._out[1 : 1 + SECTOR]  # of a block that is read, after its token
        self._block = memoryview(bytearray(SECTOR))  # that is written
        self._commands = {
            0: self._go_idle, 8: self._check_voltage, 9: self._send_csd, 12: self._stop_reading, 13: self._send_status,
            16: self._set_block_length, 17: self._read_one, 18: self._read_many, 24: self._write_one, 25: self._write_many,
            41: self._start, 55: self._expect_application, 58: self._send_ocr,
        }  # fmt: skip
        self._go_to_sleep()

    def _go_to_sleep(self):
        """As it is when its power comes: deaf to all but CMD0."""
        self._is_awake = self._is_ready = self._is_application = self._selected = False
        self._polls = 0
        self._collected = 0  # bytes of a command
        self._at = self._end = 0  # what is still to be sent of `_out`
        self._verdict = 0xFF  # on the block that was taken
        self._writing = self._reading = _NOTHING
        self._sector = self._received = 0
        self._takes_data = self._is_busy = False

    # -- its pins ----------------------------------------------------------------------------

    def select(self, level):
        self._selected = not level
        self._collected = 0

    def swap(self, sent):
        """One byte each way."""
        if not self._selected:
            return 0xFF
        if not self.card.answers():
            self._go_to_sleep()
            return 0xFF
        if self._takes_data:
            return self._take_byte(sent)
        if self._collected or sent & 0xC0 == 0x40:
            return self._collect(sent)
        if self._verdict != 0xFF:
            verdict, self._verdict = self._verdict, 0xFF
            return verdict
        if self._aside.until_us > self._clock.now_us:
            return 0x00 if self._is_busy else 0xFF
        self._is_busy = False
        return self._next_byte(sent)

    def _next_byte(self, sent):
        if self._at < self._end:
            self._at += 1
            return self._out[self._at - 1]
        if self._writing != _NOTHING:
            return self._await_token(sent)
        if self._reading != _NOTHING:
            self._begin_block()
        return 0xFF

    def swap_block(self, sent, received):
        """A whole block at once, if it is just a block that is due; else False, and nothing has happened."""
        if not self._selected or not self.card.answers():
            return False
        if sent is not None and len(sent) == SECTOR and self._takes_data and self._received == 0:
            self._block[:] = sent
            self._received = SECTOR
            return True
        if received is not None and len(received) == SECTOR and self._at == 1 and self._end == LONGEST_ANSWER:
            received[:] = self._data
            self._at += SECTOR
            return True
        return False

    # -- commands ----------------------------------------------------------------------------

    def _collect(self, sent):
        self._command[self._collected] = sent
        self._collected += 1
        if self._collected == COMMAND_BYTES:
            self._collected = 0
            self._execute(self._command[0] & 0x3F, int.from_bytes(self._command[1:5], "big"), self._command[5])
        return 0xFF

    def _execute(self, number, argument, crc):
        if number not in self._commands:
            raise ValueError("CMD%d is not one that is modelled of an SD card in SPI mode" % number)
        if not self._is_awake and (number != 0 or crc != _KEPT_CRC[0]):
            return
        if number in _KEPT_CRC and crc != _KEPT_CRC[number]:
            raise ValueError("the CRC of CMD%d is %#04x" % (number, _KEPT_CRC[number]))
        is_application, self._is_application = self._is_application, False
        is_early = not self._is_ready and number not in _WHILE_STARTING
        if is_early or (number == 41 and not is_application):
            return self._respond(ILLEGAL)
        self._commands[number](argument)

    def _respond(self, flags, rest=b""):
        self._send(bytes((0xFF, flags | (0 if self._is_ready else IDLE))) + rest)

    def _send(self, data):
        self._out[: len(data)] = data
        self._at, self._end = 0, len(data)

    def _go_idle(self, _argument):
        self._go_to_sleep()
        self._is_awake = self._selected = True
        self._respond(0)

    def _check_voltage(self, argument):
        self._respond(0, bytes((0, 0, argument >> 8 & 0x0F, argument & 0xFF)))

    def _expect_application(self, _argument):
        self._is_application = True
        self._respond(0)

    def _start(self, argument):
        self._polls += 1
        self._is_ready = self._polls >= POLLS and bool(argument & 0x40000000)
        self._respond(0)

    def _send_ocr(self, _argument):
        self._respond(0, OCR if self._is_ready else b"\x00" + OCR[1:])

    def _send_csd(self, _argument):
        size = self.card.sectors // 1024 - 1
        csd = b"\x40\x0e\x00\x32\x5b\x59\x00" + size.to_bytes(3, "big") + b"\x7f\x80\x0a\x40\x00\x01"
        self._respond(0, b"\xff" + bytes((START,)) + csd + b"\xff\xff")

    def _set_block_length(self, argument):
        self._respond(0 if argument == SECTOR else 0x40)

    def _send_status(self, _argument):
        """Asked for between two transfers: by then all that was taken is kept."""
        self.card.sync()
        self._respond(0, b"\x00")

    # -- reading -----------------------------------------------------------------------------

    def _read_one(self, sector):
        self._sector, self._reading = sector, _ONE
        self._respond(0)

    def _read_many(self, sector):
        self._sector, self._reading = sector, _MANY
        self._respond(0)

    def _stop_reading(self, _argument):
        self._reading = _NOTHING
        self._respond(0)  # its first byte is the stuff byte that goes before

    def _begin_block(self):
        """The card needs its time first."""
        result = self.card.read(self._sector, self._data)
        self._sector += 1
        if self._reading == _ONE or result:
            self._reading = _NOTHING
        self._out[0] = READ_ERROR if result else START
        self._at, self._end = 0, 1 if result else LONGEST_ANSWER

    # -- writing -----------------------------------------------------------------------------

    def _write_one(self, sector):
        self._sector, self._writing = sector, _ONE
        self._respond(0)

    def _write_many(self, sector):
        self._sector, self._writing = sector, _MANY
        self._respond(0)

    def _await_token(self, sent):
        if sent == (START if self._writing == _ONE else START_OF_MANY):
            self._takes_data, self._received = True, 0
        elif sent == STOP and self._writing == _MANY:
            self._writing = _NOTHING
        elif sent != 0xFF:
            raise ValueError("%#04x is no token of a block" % sent)
        return 0xFF

    def _take_byte(self, sent):
        """512 of data, two of a CRC that nobody looks at; then the card's word on it."""
        if self._received < SECTOR:
            self._block[self._received] = sent
        self._received += 1
        if self._received < SECTOR + 2:
            return 0xFF
        self._takes_data = False
        result = self.card.write(self._sector, self._block)
        self._sector += 1
        if self._writing == _ONE:
            self._writing = _NOTHING
        self._verdict, self._is_busy = WRITE_ERROR if result else ACCEPTED, True
        return 0xFF

# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The `machine` module of the simulated board: what a recorder may use, and nothing else.

What is not here raises AttributeError, a pin the chip does not have ValueError.
"""

from sim.device.timer import make_timer

SYNC, COUNT, SIZE = 3, 4, 5
RESET_CAUSES = {"power_on": 1, "hard": 2, "watchdog": 3, "deep_sleep": 4, "soft": 5}
SECTOR = 512


class MachineModule:
    PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = 1, 2, 3, 4, 5
    PIN_WAKE, TIMER_WAKE = 2, 4

    def __init__(self, board, clock, card, ending, trace, board_time, bus, i2s, buttons, cause, unique_id):
        self._cause, self._unique_id = RESET_CAUSES.get(cause, 0), unique_id
        self._clock, self._ending = clock, ending
        self._hz = 240_000_000
        mcu = board["facts"]["mcu"]
        self.SDCard = _make_sd_card(board["card"], mcu, card)
        self.Pin = _make_pin(mcu, _reserved(board), buttons, trace)
        self.WDT = _make_watchdog(clock, ending)
        self.Timer = _make_timer(clock)
        self.RTC = _make_rtc(board_time)
        self.I2C = bus
        self.I2S = i2s

    def reset_cause(self):
        return self._cause

    def wake_reason(self):
        return 0

    def unique_id(self):
        return self._unique_id

    def reset(self):
        self._ending.end("reset")

    def soft_reset(self):
        self._ending.end("soft_reset")

    def deepsleep(self, time_ms=0):
        self._ending.end("deep_sleep", wake_ms=time_ms)

    def lightsleep(self, time_ms=0):
        self._clock.advance_us(time_ms * 1000)

    def idle(self):
        self._clock.advance_us(1000)

    def freq(self, hz=None):
        if hz is None:
            return self._hz
        if hz not in (80_000_000, 160_000_000, 240_000_000):
            raise ValueError("frequency must be 80MHz, 160MHz or 240MHz")
        self._hz = hz


def _make_sd_card(wired, mcu, card):
    class SDCard:
        """Keyword-only, as the esp32 port's. With other pins than the board's it finds no card."""

        def __init__(
            self, *, slot=1, width=1, cd=None, wp=None, miso=None, mosi=None, sck=None, cs=None, cmd=None, data=None, freq=20000000
        ):
            if slot not in mcu["sdmmc_slots"] + mcu["spi_slots"]:
                raise ValueError("invalid slot number")
            if "sdmmc_pins" in mcu and (cmd, data) != (None, None):
                raise TypeError("extra keyword arguments given")
            if slot in mcu["spi_slots"] and (cmd, data) != (None, None):
                raise ValueError("invalid config: SPI slot with SDMMC pin arguments")
            if slot in mcu["sdmmc_slots"] and (miso, mosi, cs) != (None, None, None):
                raise ValueError("invalid config: SDMMC slot with SPI pin arguments")
            if data is not None and len(data) != width:
                raise ValueError("data argument length must match width %d" % width)
            pins = {"miso": miso, "mosi": mosi, "sck": sck, "cs": cs, "cmd": cmd, "data": data and list(data)}
            self._wired = (slot, width) == (wired["slot"], wired["width"]) and all(pins[name] == wired["pins"].get(name) for name in pins)
            self._ready = self._wired and card is not None and card.answers()

        def _answers(self):
            """A card that went away needs a new SDCard."""
            self._ready = self._ready and card.answers()
            return self._ready

        def info(self):
            if not self._answers():
                raise OSError(16)  # what the port makes of a card that failed to initialise
            return card.sectors * SECTOR, SECTOR

        def readblocks(self, block, buffer):
            return card.read(block, buffer) if self._answers() else False

        def writeblocks(self, block, buffer):
            return card.write(block, buffer) if self._answers() else False

        def ioctl(self, operation, argument):
            if not self._answers():
                return -1
            if operation == SYNC:
                card.sync()
            if operation == COUNT:
                return card.sectors
            return SECTOR if operation == SIZE else 0

        def deinit(self):
            self._ready = False

    return SDCard


def _reserved(board):
    """pin -> what it is wired to: no Pin object may drive those. Power-down is the firmware's while the driver does not run, and
    the sensor's bus where the driver is given one."""
    pins, free = {}, ("powerdown_pin", "scl_pin", "sda_pin") if board["camera"].get("autofocus") else ("powerdown_pin",)
    for part, table in (("card", board["facts"]["card_pins"]), ("camera", board["camera"]["pins"])):
        for name in table:
            for pin in table[name] if isinstance(table[name], list) else [table[name]]:
                if pin in pins and pin not in board.get("shared_pins", ()):
                    raise ValueError("pin %d is wired to %s and to %s %s" % (pin, pins[pin], part, name))
                if name not in free:
                    pins[pin] = "%s %s" % (part, name)
    return pins


def _within(ranges, pin):
    return any(first <= pin <= last for first, last in ranges)


def _make_pin(mcu, reserved, buttons, trace):
    """`buttons`: number of a pin -> what pulls it down."""

    class Pin:
        IN, OUT, OPEN_DRAIN, PULL_UP, PULL_DOWN = 1, 3, 7, 2, 1
        IRQ_RISING, IRQ_FALLING = 1, 2

        def __init__(self, number, mode=-1, pull=-1, *, value=None):
            if not _within(mcu["pins"], number) or _within(mcu["flash"], number):
                raise ValueError("invalid pin")
            if mode == Pin.OUT and _within(mcu["input_only"], number):
                raise ValueError("pin %d can only be read" % number)
            if number in reserved:
                raise ValueError("pin %d is wired to this board's %s" % (number, reserved[number]))
            self._number, self._level, self._mode = number, 0, mode
            if value is not None:
                self.value(value)

        def value(self, level=None):
            if level is None:
                return buttons[self._number].level() if self._number in buttons else self._level
            level = int(bool(level))
            if level != self._level:
                trace.numbers("pin", "level", level, "pin", self._number)
            self._level = level

        __call__ = value

        def irq(self, handler=None, trigger=IRQ_FALLING | IRQ_RISING):
            if self._number not in buttons or trigger != Pin.IRQ_FALLING:
                raise ValueError("nothing but the fall of a button's pin is modelled")
            buttons[self._number].on_fall(lambda: handler(self))

        def on(self):
            self.value(1)

        def off(self):
            self.value(0)

    return Pin


def _make_watchdog(clock, ending):
    class WDT:
        """Cannot be stopped. There is one: a second object only changes the time."""

        _alarm = None

        def __init__(self, id=0, timeout=5000):
            if id != 0:
                raise ValueError("invalid WDT id")
            if timeout < 1000:
                raise ValueError("WDT timeout must be at least 1000 ms")
            self._timeout_us = timeout * 1000
            if WDT._alarm is None:
                WDT._alarm = clock.at(clock.now_us + self._timeout_us, self._bite)
            self.feed()

        def feed(self):
            clock.move(WDT._alarm, clock.now_us + self._timeout_us)

        def _bite(self):
            ending.end("watchdog")

    return WDT


def _make_timer(clock):
    class Timer(make_timer(clock)):
        def __init__(self, id):
            if not 0 <= id <= 3:
                raise ValueError("invalid Timer number")
            super().__init__(id)

    return Timer


def _make_rtc(board_time):
    class RTC:
        def datetime(self, fields=None):
            if fields is None:
                seconds, ns = divmod(board_time.time_ns(), 1_000_000_000)
                year, month, day, hour, minute, second, weekday = board_time.gmtime(seconds)[:7]
                return year, month, day, weekday, hour, minute, second, ns // 1000
            year, month, day, _, hour, minute, second, us = fields
            board_time.set_rtc(board_time.mktime((year, month, day, hour, minute, second, 0, 0)), us)

        init = datetime

    return RTC

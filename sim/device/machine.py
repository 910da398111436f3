# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The `machine` module of the simulated board: what the recorder may use, and nothing else.

An attribute that is not here raises AttributeError, a pin the board does not have ValueError.
"""

from sim.device.card import COUNT, SIZE, SYNC


class MachineModule:
    PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = 1, 2, 3, 4, 5
    PIN_WAKE, TIMER_WAKE = 2, 4

    def __init__(self, board, clock, card, ending, trace, board_time, world):
        causes = {"power_on": 1, "hard": 2, "watchdog": 3, "deep_sleep": 4, "soft": 5}
        self._cause = causes[world.get("reset_cause", "power_on")]
        self._unique_id = bytes(world.get("unique_id", [0x24, 0x58, 0x7C, 0xD1, 0x0A, 0x01]))
        self._clock, self._ending = clock, ending
        self.SDCard = _sd_card(board, card)
        self.Pin = _pin(trace)
        self.WDT = _watchdog(clock, ending)
        self.RTC = _rtc(board_time)

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
        return 240_000_000


def _sd_card(board, card):
    wired = board["card"]

    class SDCard:
        """Keyword-only, as the esp32 port's; width 1 SD/MMC on the board's own pins."""

        def __init__(self, *, slot=1, width=1, cd=None, wp=None, miso=None, mosi=None, sck=None, cs=None, cmd=None, data=None, freq=20000000):
            if (miso, mosi, cs) != (None, None, None):
                raise ValueError("SPI pins given for an SD/MMC slot")
            if data is not None and len(data) != width:
                raise ValueError("data must have as many pins as the width")
            given = {"slot": slot, "width": width, "sck": sck, "cmd": cmd, "data": list(data or ())}
            wrong = sorted(key for key in given if given[key] != wired[key])
            self._answers = card is not None and not wrong

        def info(self):
            self._must_answer()
            return card.sectors * 512, 512

        def _must_answer(self):
            if not self._answers:
                raise OSError(16)  # ESP_ERR_TIMEOUT comes out as a bare OSError

        def readblocks(self, block, buffer):
            if not self._answers:
                return False  # as the C module: card initialisation failed
            card.read(block, buffer)
            return 0

        def writeblocks(self, block, buffer):
            if not self._answers:
                return False
            card.write(block, buffer)
            return 0

        def ioctl(self, operation, argument):
            if operation == SYNC and self._answers:
                card.sync()
                return 0
            if operation == COUNT:
                self._must_answer()
                return card.sectors
            return 512 if operation == SIZE else 0

        def deinit(self):
            self._answers = False

    return SDCard


def _pin(trace):
    class Pin:
        IN, OUT, PULL_UP, PULL_DOWN = 1, 3, 2, 1
        IRQ_FALLING, IRQ_RISING = 2, 1

        def __init__(self, number, mode=-1, pull=-1, *, value=None):
            if not 0 <= number <= 48 or 22 <= number <= 25:  # ESP32-S3 datasheet: GPIO0..21 and 26..48
                raise ValueError("invalid pin")
            self._number, self._value = number, 0
            if value is not None:
                self.value(value)

        def value(self, level=None):
            if level is None:
                return self._value
            if level != self._value:
                trace.add("pin", pin=self._number, level=int(level))
            self._value = int(level)

        def on(self):
            self.value(1)

        def off(self):
            self.value(0)

        def __call__(self, level=None):
            return self.value(level)

    return Pin


def _watchdog(clock, ending):
    class WDT:
        """Cannot be stopped; a second one takes over the first one's timer, as on the esp32."""

        alarm = None

        def __init__(self, id=0, timeout=5000):
            if timeout < 1000:
                raise ValueError("WDT timeout must be at least 1000 ms")
            self._timeout_us = timeout * 1000
            self.feed()

        def feed(self):
            if WDT.alarm is not None:
                clock.cancel(WDT.alarm)
            WDT.alarm = clock.at(clock.now_us + self._timeout_us, lambda: ending.end("watchdog"))

    return WDT


def _rtc(board_time):
    class RTC:
        def datetime(self, fields=None):
            if fields is None:
                year, month, day, hour, minute, second, weekday, _ = board_time.gmtime()
                return year, month, day, weekday, hour, minute, second, 0
            year, month, day, _, hour, minute, second, _ = fields
            board_time.set_rtc(board_time.mktime((year, month, day, hour, minute, second, 0, 0)))

    return RTC

# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The `machine` module of the rp2 port: what a recorder may use, and nothing else."""

from sim.device.timer import make_timer

ADC_CORE_TEMP = 4
LONGEST_WATCHDOG_MS = 8388  # machine_wdt.c of MicroPython 1.27
LONGEST_SLEEP_MS = (1 << 32) // 1000
UNIQUE_BYTES = 8


class MachineModule:
    PWRON_RESET, WDT_RESET = 1, 3

    def __init__(self, pins, spi, i2c, clock, ending, board_time, cause, unique_id, die_c):
        """`die_c()`: temperature of the chip."""
        self._cause, self._unique_id = cause, (unique_id + bytes(UNIQUE_BYTES))[:UNIQUE_BYTES]
        self._clock, self._ending = clock, ending
        self.Pin, self.PWM, self.SPI, self.I2C = pins.Pin, pins.PWM, spi, i2c
        self.WDT, self.Timer = _make_watchdog(clock, ending), _make_timer(clock)
        self.RTC, self.ADC = _make_rtc(board_time), _make_adc(die_c)

    def reset_cause(self):
        """All but power-on is the watchdog's doing, machine.reset() too."""
        return self.PWRON_RESET if self._cause == "power_on" else self.WDT_RESET

    def unique_id(self):
        return self._unique_id

    def reset(self):
        self._ending.end("reset")

    def soft_reset(self):
        self._ending.end("soft_reset")

    def lightsleep(self, time_ms):
        """Without a time only a pin that is set up for it would wake the chip; nobody does that here."""
        if time_ms >= LONGEST_SLEEP_MS:
            raise ValueError("sleep too long")
        self._clock.advance_us(time_ms * 1000)

    def deepsleep(self, time_ms=0):
        self._ending.end("deep_sleep", wake_ms=time_ms)

    def disable_irq(self):
        return 0

    def enable_irq(self, state):
        """Interrupts come when time passes, and none does in between."""

    def freq(self):
        return 150_000_000


def _make_watchdog(clock, ending):
    class WDT:
        """Cannot be stopped. There is one: a second object only changes the time."""

        _alarm = None
        _timeout_us = 0

        def __init__(self, id=0, timeout=5000):
            if id != 0:
                raise ValueError("WDT(%d) doesn't exist" % id)
            if timeout > LONGEST_WATCHDOG_MS:
                raise ValueError("timeout exceeds %d" % LONGEST_WATCHDOG_MS)
            WDT._timeout_us = timeout * 1000
            if WDT._alarm is None:
                WDT._alarm = clock.at(clock.now_us + WDT._timeout_us, lambda: ending.end("watchdog"))
            self.feed()

        def feed(self):
            clock.move(WDT._alarm, clock.now_us + WDT._timeout_us)

    return WDT


def _make_timer(clock):
    class Timer(make_timer(clock)):
        """Of software."""

        def __init__(self, id=-1):
            if id != -1:
                raise ValueError("Timer doesn't exist")
            super().__init__(id)

    return Timer


def _make_rtc(board_time):
    class RTC:
        """Whole seconds only."""

        def datetime(self, fields=None):
            if fields is None:
                year, month, day, hour, minute, second, weekday = board_time.gmtime()[:7]
                return year, month, day, weekday, hour, minute, second, 0
            year, month, day, _, hour, minute, second, _ = fields
            board_time.set_rtc(board_time.mktime((year, month, day, hour, minute, second, 0, 0)), 0)

    return RTC


def _make_adc(die_c):
    class ADC:
        CORE_TEMP = ADC_CORE_TEMP

        def __init__(self, channel):
            if channel != ADC_CORE_TEMP:
                raise ValueError("nothing is wired to this channel")

        def read_u16(self):
            """RP2350 datasheet 12.4.6."""
            return int((706 - (die_c() - 27) * 1.721) * 65535 / 3300)

    return ADC

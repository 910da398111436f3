# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The pins of a Pico 2 W, and `machine.Pin`, `machine.PWM` over them. What is wired to a pin hears its level.

pins = Pins(trace, buttons)
pins.on_level[17] = card.select        # called with each level that is driven
pins.on_clock[11] = sensor.clock       # with the frequency of a PWM, 0 when it ends
pins.rise(10)                          # something outside drives it up: the interrupt, if there is one
"""

BROUGHT_OUT = tuple(range(23)) + (26, 27, 28)  # GP23, 24, 25 and 29 are the radio's
NAMES = ("LED", "WL_GPIO0", "WL_GPIO1", "WL_GPIO2")
MOST_PWM_HZ = 75_000_000  # half the system clock


class Pins:
    """`inputs`: those that have been made inputs; PIO sees no others."""

    def __init__(self, trace, buttons):
        self.trace, self.buttons = trace, buttons
        self.levels, self.inputs = {}, set()
        self.on_level, self.on_clock, self.on_rise = {}, {}, {}
        self.Pin = _make_pin(self)
        self.PWM = _make_pwm(self)

    def drive(self, number, level):
        if self.levels.get(number) == level:
            return
        self.levels[number] = level
        if number in self.on_level:
            self.on_level[number](level)
        else:
            self.trace.add("pin", pin=number, level=level)

    def level(self, number):
        return self.buttons[number].level() if number in self.buttons else self.levels.get(number, 0)

    def rise(self, number):
        handler = self.on_rise.get(number)
        if handler is not None:
            handler()


def _make_pin(pins):
    class Pin:
        IN, OUT, OPEN_DRAIN, ALT = 0, 1, 2, 3
        PULL_UP, PULL_DOWN = 1, 2
        IRQ_FALLING, IRQ_RISING = 4, 8

        def __init__(self, number, mode=None, pull=None, *, value=None):
            if number not in (NAMES if isinstance(number, str) else BROUGHT_OUT):
                raise ValueError("invalid pin")
            self._number = number
            self.init(mode, pull, value=value)

        def init(self, mode=None, pull=None, *, value=None):
            if mode == Pin.IN:
                pins.inputs.add(self._number)
            elif mode is not None:
                pins.inputs.discard(self._number)
            if value is not None:
                self.value(value)

        def value(self, level=None):
            if level is None:
                return pins.level(self._number)
            pins.drive(self._number, int(bool(level)))

        __call__ = value

        def irq(self, handler=None, trigger=IRQ_FALLING | IRQ_RISING, hard=False):
            if trigger == Pin.IRQ_FALLING and self._number in pins.buttons:
                pins.buttons[self._number].on_fall(lambda: handler(self))
            elif handler is None:
                pins.on_rise.pop(self._number, None)
            elif trigger == Pin.IRQ_RISING and hard:
                pins.on_rise[self._number] = lambda: handler(self)
            else:
                raise ValueError("nothing is modelled but the fall of a button's pin, and a hard interrupt of one that rises")

    return Pin


def _make_pwm(pins):
    class PWM:
        def __init__(self, pin, *, freq=None, duty_u16=None):
            self._number, self._hz, self._duty = pin._number, 0, 0
            if freq is not None:
                self.freq(freq)
            if duty_u16 is not None:
                self.duty_u16(duty_u16)

        def freq(self, hz=None):
            if hz is None:
                return self._hz
            if hz > MOST_PWM_HZ:
                raise ValueError("freq too large")
            self._hz = hz
            self._tell()

        def duty_u16(self, duty=None):
            if duty is None:
                return self._duty
            self._duty = duty
            self._tell()

        def deinit(self):
            self._duty = 0
            self._tell()

        def _tell(self):
            if self._number in pins.on_clock:
                pins.on_clock[self._number](self._hz if self._duty else 0)

    return PWM

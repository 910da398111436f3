# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""pwmio.PWMOut: the sensor's clock."""

import machine


class PWMOut:
    def __init__(self, pin, *, frequency=500):
        self._pwm = machine.PWM(machine.Pin(pin), freq=frequency)

    @property
    def frequency(self):
        return self._pwm.freq()

    @property
    def duty_cycle(self):
        return self._pwm.duty_u16()

    @duty_cycle.setter
    def duty_cycle(self, duty):
        self._pwm.duty_u16(duty)

    def deinit(self):
        self._pwm.deinit()

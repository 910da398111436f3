# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The lens of an OV5640 that moves, by adafruit_ov5640 as it is published, on the bus that the camera module was given.

The driver's constructor would set the sensor up anew, which the camera module has done: only the part that speaks to it is begun.
"""

import sys

from firmware.files import exists
from hal.drivers.circuitpython_i2c import LockedI2C

for _absent in ("imagecapture", "pwmio"):  # the driver asks for them, and needs them for pictures only
    sys.modules.setdefault(_absent, sys)

import adafruit_ov5640  # noqa: E402

ADDRESS = 0x3C
FIRMWARE = "/lib/adafruit_ov5640/ov5640_autofocus.bin"
COMMAND, ACKNOWLEDGE, CONTINUOUSLY = 0x3022, 0x3023, 0x04


class _Sensor(adafruit_ov5640.OV5640):
    def __init__(self, bus):
        adafruit_ov5640._SCCB16CameraBase.__init__(self, bus, ADDRESS)


def focus_continuously(bus):
    """Give the sensor's own processor its firmware, and let it focus from now on. Blocks up to 1.2 s. OSError: it does not answer."""
    try:
        sensor = _Sensor(LockedI2C(bus))
        sensor.autofocus_init_from_file(FIRMWARE if exists(FIRMWARE) else "/rom" + FIRMWARE)
        sensor._write_register(ACKNOWLEDGE, 1)
        sensor._write_register(COMMAND, CONTINUOUSLY)
    except (RuntimeError, ValueError):  # what CircuitPython's drivers raise when nothing answers
        raise OSError(19) from None

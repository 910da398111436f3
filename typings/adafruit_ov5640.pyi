# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
# adafruit-circuitpython-ov5640 1.2.13 with the classes of hal/rp2/circuitpython, and of hal/esp32/lens.py.

from typing import Any

from hal.drivers.circuitpython_i2c import LockedI2C
from hal.rp2.circuitpython.busio import I2C
from hal.rp2.circuitpython.digitalio import DigitalInOut
from hal.rp2.circuitpython.imagecapture import ParallelImageCapture

OV5640_COLOR_JPEG: int
_sensor_ev_levels: list[list[int]]

class _SCCB16CameraBase:
    def __init__(self, i2c_bus: LockedI2C, i2c_address: int) -> None: ...
    def _write_register(self, reg: int, value: int) -> None: ...

class OV5640(_SCCB16CameraBase):
    chip_id: int
    colorspace: int
    quality: int
    _imagecapture: ParallelImageCapture
    def __init__(
        self, i2c_bus: I2C, data_pins: Any, clock: int, vsync: int, href: int, shutdown: DigitalInOut | None, reset: DigitalInOut | None,
        mclk: int, mclk_frequency: int, i2c_address: int = 0x3C, size: int = ..., init_autofocus: bool = True,
    ) -> None: ...
    def autofocus_init_from_file(self, filename: str) -> None: ...
    def deinit(self) -> None: ...

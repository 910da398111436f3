# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
# Daylog frozen into a MicroPython build: its bytecode runs from flash and takes no heap. In ports/esp32 of MicroPython:
#
#   make BOARD=ESP32_GENERIC_S3 FROZEN_MANIFEST=/path/to/daylog/manifest.py
#
# The board's data, /board.json, stays on the file system (`daylog build tree` writes it). For another port write a manifest of one
# line: include("/path/to/daylog/manifest.py", hal="rp2", drivers="/path/to/daylog/.venv/lib/python3.12/site-packages").
# `drivers` is where `make setup` has put the drivers that a port uses as they are published.

metadata(description="Recorder firmware that loses nothing", version="0.1.0")
options.defaults(hal="esp32", drivers="")

include("$(PORT_DIR)/boards/manifest.py")
package("firmware", opt=2)
package("hal", files=["__init__.py"], opt=2)
package("hal/drivers", opt=2)
package("hal/" + options.hal, opt=2)
module("boot.py", base_path="firmware/device", opt=2)
module("main.py", base_path="firmware/device", opt=2)

if options.hal == "rp2":
    package("adafruit_bus_device", files=["__init__.py", "i2c_device.py"], base_path=options.drivers, opt=2)
    package("adafruit_ov5640", base_path=options.drivers, opt=2)
    module("sdcard.py", base_path=options.drivers + "/sdcard_lib", opt=2)

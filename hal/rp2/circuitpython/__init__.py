# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The modules of CircuitPython that adafruit_ov5640 asks for, over MicroPython's: as much of each as that driver uses.

    install()
    import adafruit_ov5640

A driver for CircuitPython is thus used as it is published.
"""

import sys

from hal.rp2.circuitpython import busio, digitalio, imagecapture, pwmio


def install():
    """Let `import` find them."""
    for name, module in (("busio", busio), ("digitalio", digitalio), ("imagecapture", imagecapture), ("pwmio", pwmio)):
        sys.modules[name] = module

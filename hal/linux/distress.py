# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What a Raspberry Pi says of its supply and its heat, by its firmware's file in sysfs, the bits of which are those of
`vcgencmd get_throttled` (Raspberry Pi documentation); a kernel without that file has the supply's alarm at least (hwmon, rpi_volt)."""

from hal.linux import system

_FIRMWARE = "/sys/devices/platform/soc/soc:firmware/get_throttled"
_HWMON = "/sys/class/hwmon"
_WEAK, _SLOWED, _HOT = 1 << 0, 1 << 1 | 1 << 2, 1 << 3
TOO_WEAK = "the supply is too weak; use a better cable, or a stronger one"
TOO_HOT = "the chip is so hot that it is slowed down; let air reach it"
SLOWED = "the chip is slowed down; it is hot, or its supply is weak"


def distress():
    bits = _bits()
    if bits & _WEAK:
        return TOO_WEAK
    if bits & _HOT:
        return TOO_HOT
    return SLOWED if bits & _SLOWED else ""


def _bits():
    if system.exists(_FIRMWARE):
        return system.number(system.text(_FIRMWARE))
    return _WEAK if _supply_alarms() else 0


def _supply_alarms():
    return any(
        system.text("%s/%s/in0_lcrit_alarm" % (_HWMON, name)) == "1"
        for name in system.names(_HWMON)
        if system.text("%s/%s/name" % (_HWMON, name)) == "rpi_volt"
    )

# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What esptool finds in the two chips: fuses, magic numbers, the SPI engine's registers, the ROM's greeting.

The addresses are those that esptool reads, the values those of one such chip; the greetings are from memory.
"""

import struct
from dataclasses import dataclass

from host_tools.flashing.chips import CHIPS, EspChip

MAC = bytes((0x24, 0x58, 0x7C, 0xD1, 0x0A, 0x01))  # what machine.unique_id() of the simulated board says


@dataclass(frozen=True)
class SpiEngine:
    """Registers of the "user command" engine: it runs what is in `user2` when bit 18 of `command` is written."""

    command: int
    user2: int
    word0: int


@dataclass(frozen=True)
class Rom:
    """One chip's ROM. `begin_bytes`: of the parameters of FLASH_BEGIN, which on newer chips say whether to encrypt."""

    chip: EspChip
    has_security_info: bool
    begin_bytes: int
    spi: SpiEngine
    registers: dict[int, int]
    greeting: str
    boot_mode: str
    download_mode: str


_MAC_HIGH, _MAC_LOW = struct.unpack(">HI", MAC)

_S3 = Rom(
    chip=CHIPS["esp32s3"],
    has_security_info=True,
    begin_bytes=20,
    spi=SpiEngine(0x60002000, 0x60002020, 0x60002058),
    registers={
        0x60007044: _MAC_LOW,
        0x60007048: _MAC_HIGH,
        0x60007050: 2 << 18,  # revision v0.2
        0x60007054: 2 << 3 | 1 << 7,  # 8 MB of embedded PSRAM, by AP
    },
    greeting="ESP-ROM:esp32s3-20210327\r\nBuild:Mar 27 2021\r\n",
    boot_mode="boot:0x8 (SPI_FAST_FLASH_BOOT)",
    download_mode="boot:0x0 (DOWNLOAD(USB/UART0))",
)

_ESP32 = Rom(
    chip=CHIPS["esp32"],
    has_security_info=False,
    begin_bytes=16,
    spi=SpiEngine(0x3FF42000, 0x3FF42024, 0x3FF42080),
    registers={
        0x40001000: 0x00F01D83,  # by this word of the ROM esptool knows the chip
        0x3FF5A004: _MAC_LOW,
        0x3FF5A008: _MAC_HIGH,
        0x3FF5A00C: 1 << 15 | 1 << 13,  # revision, 240 MHz
        0x3FF5A010: 128,  # the calibration of the 8 MHz clock
        0x3FF5A014: 1 << 20,  # revision
        0x3FF6607C: 1 << 31,  # revision 3
        0x3FF40014: 347,  # the UART's divider at 115200 baud tells that the crystal has 40 MHz
        0x3FF5F06C: 800 << 7,  # the 8 MHz clock, counted: 40 MHz again
    },
    greeting="ets Jul 29 2019 12:21:46\r\n\r\n",
    boot_mode="boot:0x13 (SPI_FAST_FLASH_BOOT)",
    download_mode="boot:0x3 (DOWNLOAD_BOOT(UART0/UART1/SDIO_REI_REO_V2))",
)

ROMS = {rom.chip.mcu: rom for rom in (_S3, _ESP32)}

# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""OV5640 image sensor at register level (OmniVision OV5640 datasheet 2.03; clocks as in esp32-camera, sensors/ov5640.c).

SCCB: two bytes set the register, each further one is written to it or read from it, and it moves on. What the picture is
follows from the registers: `width`, `height`, `quality`, `period_us`, `pclk_hz`, `is_jpeg`, `is_streaming`.
"""

from sim.device.i2c import no_register

CHIP_ID = 0x5640
SYSTEM_CONTROL, SOFT_RESET, POWER_DOWN = 0x3008, 0x80, 0x40
BLOCK_RESET, MCU_RESET = 0x3000, 0x20
POLARITY, VSYNC_ACTIVE_HIGH = 0x4740, 0x01
COMPRESSION, TIMING_21, JPEG_ON = 0x4407, 0x3821, 0x20
TEST_PATTERN = 0x503D
AF_COMMAND, AF_ACKNOWLEDGE, AF_ZONES, AF_VCM_STEP, AF_STATUS = 0x3022, 0x3023, 0x3024, 0x3028, 0x3029
AF_FIRMWARE, AF_FIRMWARE_BYTES = 0x8000, 4077
AF_NO_FIRMWARE, AF_IDLE, AF_FOCUSED, AF_FOCUSING = 0x7F, 0x70, 0x10, 0x00
FOCUS_STEP = 96  # where the lens is sharp
_PREDIVIDERS = (1, 1, 2, 3, 4, 1.5, 6, 2.5, 8)
# What the datasheet describes or its application notes write: first and last.
_WRITABLE = (
    (0x3000, 0x3008), (0x3017, 0x3018), (0x3022, 0x3029), (0x302C, 0x302C), (0x3034, 0x303D), (0x3103, 0x3103), (0x3108, 0x3108),
    (0x3212, 0x3212), (0x3400, 0x3406), (0x3500, 0x350D), (0x3600, 0x3601), (0x3634, 0x3634), (0x370C, 0x370C), (0x3800, 0x3815),
    (0x3820, 0x3821), (0x3824, 0x3824), (0x3A00, 0x3A1F), (0x3C00, 0x3C0B), (0x4001, 0x4004), (0x4201, 0x4202), (0x4300, 0x4300),
    (0x4407, 0x4407), (0x4514, 0x4514), (0x4520, 0x4520), (0x460C, 0x460C), (0x4713, 0x4713), (0x471C, 0x471C), (0x4740, 0x4740),
    (0x5000, 0x5003), (0x501D, 0x501F), (0x503D, 0x503D), (0x5180, 0x519E), (0x5300, 0x530C), (0x5381, 0x538B), (0x5480, 0x5490),
    (0x5580, 0x558B), (0x8000, 0x8FFF),
)  # fmt: skip
_AT_RESET = {
    0x3000: 0x30, 0x3008: 0x02, 0x3029: 0x7F, 0x3034: 0x1A, 0x3035: 0x11, 0x3036: 0x69, 0x3037: 0x03, 0x3103: 0x00, 0x3108: 0x16,
    0x3808: 0x0A, 0x3809: 0x20, 0x380A: 0x07, 0x380B: 0x98, 0x380C: 0x0B, 0x380D: 0x1C, 0x380E: 0x07, 0x380F: 0xB0,
    0x3820: 0x40, 0x3821: 0x00, 0x3824: 0x01, 0x3A00: 0x78, 0x4300: 0xF8, 0x4407: 0x04, 0x4740: 0x20, 0x5001: 0x01, 0x503D: 0x00,
}  # fmt: skip


class Ov5640:
    """`on_change()` is called after a message that wrote something, and when power or clock change."""

    def __init__(self, on_change=lambda: None):
        self._on_change = on_change
        self._xclk_hz, self._is_powered = 0, True
        self._vcm_step = 0
        self._reset()

    def _reset(self):
        self._kept, self._at = dict(_AT_RESET), 0
        self._firmware_bytes = 0

    # -- its pins ----------------------------------------------------------------------------

    def clock(self, hz):
        """XCLK; 0: it stands still."""
        self._xclk_hz = hz
        self._on_change()

    def powerdown(self, level):
        """PWDN; the registers keep what they have."""
        self._is_powered = not level
        self._on_change()

    def reset(self, level):
        """RESETB."""
        if not level:
            self._reset()
            self._on_change()

    def answers(self):
        return self._is_powered and self._xclk_hz >= 6_000_000

    # -- the bus -----------------------------------------------------------------------------

    def take(self, data):
        """A message from the host. An empty one asks whether somebody is there."""
        if len(data) >= 2:
            self._at = data[0] << 8 | data[1]
        for value in data[2:]:
            self._set(self._at, value)
            self._at += 1
        if len(data) > 2:
            self._on_change()

    def give(self, buffer):
        for at in range(len(buffer)):
            buffer[at] = self._byte(self._at)
            self._at += 1

    def _byte(self, register):
        if register in (0x300A, 0x300B):
            return CHIP_ID >> 8 if register == 0x300A else CHIP_ID & 0xFF
        if not _is_writable(register):
            raise no_register("OV5640", register)
        return self._kept.get(register, 0)

    def _set(self, register, value):
        if not _is_writable(register):
            raise no_register("OV5640", register)
        if register == SYSTEM_CONTROL and value & SOFT_RESET:
            return self._reset()
        if register >= AF_FIRMWARE:
            return self._load(register)
        self._kept[register] = value
        if register == BLOCK_RESET and not value & MCU_RESET:
            self._start_focus_firmware()
        elif register == AF_COMMAND:
            self._focus(value)

    # -- autofocus ---------------------------------------------------------------------------

    def _load(self, register):
        """Into the memory of its microcontroller, which is held in reset meanwhile; in one piece, from the beginning."""
        if not self._kept[BLOCK_RESET] & MCU_RESET or register not in (AF_FIRMWARE, AF_FIRMWARE + self._firmware_bytes):
            raise no_register("OV5640", register)
        self._firmware_bytes = register - AF_FIRMWARE + 1

    def _start_focus_firmware(self):
        if self._firmware_bytes >= AF_FIRMWARE_BYTES:
            self._kept[AF_STATUS] = AF_IDLE

    def _focus(self, command):
        """Without firmware nobody acknowledges."""
        if self._kept[AF_STATUS] == AF_NO_FIRMWARE or command not in _FOCUS_COMMANDS:
            return
        _FOCUS_COMMANDS[command](self)
        self._kept[AF_ACKNOWLEDGE] = 0

    def _focus_once(self):
        self._vcm_step, self._kept[AF_STATUS] = FOCUS_STEP, AF_FOCUSED
        for zone in range(AF_ZONES, AF_ZONES + 5):
            self._kept[zone] = int(zone == AF_ZONES)

    def _focus_on(self):
        self._vcm_step, self._kept[AF_STATUS] = FOCUS_STEP, AF_FOCUSING

    def _release(self):
        self._vcm_step, self._kept[AF_STATUS] = 0, AF_IDLE

    def _take_step(self):
        self._vcm_step = self._byte(AF_VCM_STEP)

    def _give_step(self):
        self._kept[AF_VCM_STEP] = self._vcm_step

    @property
    def focus(self):
        """(status, step of the lens)"""
        return self._kept[AF_STATUS], self._vcm_step

    # -- what it sends -----------------------------------------------------------------------

    def _word(self, register):
        return self._byte(register) << 8 | self._byte(register + 1)

    @property
    def is_streaming(self):
        return self.answers() and not self._kept[SYSTEM_CONTROL] & POWER_DOWN

    @property
    def is_jpeg(self):
        return bool(self._kept[TIMING_21] & JPEG_ON) and self._kept[0x4300] == 0x30

    @property
    def width(self):
        return self._word(0x3808)

    @property
    def height(self):
        return self._word(0x380A)

    @property
    def quality(self):
        return self._kept[COMPRESSION] & 0x3F

    @property
    def shows_test_pattern(self):
        return bool(self._kept[TEST_PATTERN] & 0x80)

    @property
    def vsync_is_high(self):
        """Whether VSYNC is high for as long as a frame begins."""
        return bool(self._kept[POLARITY] & VSYNC_ACTIVE_HIGH)

    def _pll_hz(self):
        vco_hz = self._xclk_hz / _PREDIVIDERS[self._kept[0x3037] & 0x0F] * self._kept[0x3036]
        return vco_hz / (self._kept[0x3035] >> 4) * 2 / 5

    @property
    def pclk_hz(self):
        divider = self._byte(0x3824) if self._byte(0x460C) & 2 else 2
        return int(self._pll_hz() / (1 << (self._kept[0x3108] >> 4 & 3)) / divider)

    @property
    def period_us(self):
        """From one frame to the next: so many lines, of so many clocks of the array."""
        return int(1e6 * self._word(0x380C) * self._word(0x380E) / (self._pll_hz() / 4))


_FOCUS_COMMANDS = {
    0x03: Ov5640._focus_once,
    0x04: Ov5640._focus_on,
    0x08: Ov5640._release,
    0x1A: Ov5640._take_step,
    0x1B: Ov5640._give_step,
}


def _is_writable(register):
    return any(first <= register <= last for first, last in _WRITABLE)

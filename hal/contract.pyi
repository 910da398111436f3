# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The hardware contract, on one page: what firmware/ may ask of a port, and what a port promises.

Times are milliseconds unless a name says otherwise. "Blocks" means that the whole interpreter stands still.
Every call may raise OSError, and nothing else, unless it says it does not. `hal/<port>/__init__.py` provides
`open_board(config)`, where `config` is the board's compact data; `tests/hal/conformance.py` proves each port against this page.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from hal.drivers.gauge import Gauge

class Camera(Protocol):
    def open(self, profile: dict[str, Any]) -> None:
        """Start the sensor with a capture profile. Blocks up to 4 s. OSError: no sensor, or it gives no picture."""
    def close(self) -> None:
        """Stop the sensor. Does not raise; closing twice is fine."""
    def available(self) -> bool:
        """Whether a frame waits. Never blocks."""
    def capture(self) -> memoryview | None:
        """The oldest waiting frame: one JPEG, or one access unit (Annex B) with a profile of which `codec` is "h264".
        Does not block after `available()` was True, else up to 4 s, then None.
        The view dies at `release()` and at the next call. On MicroPython its items may be signed (typecode 'b'):
        never look at one. Slice assignment into a bytearray or its memoryview copies the bytes as they are and
        allocates nothing; so do hashes, CRCs and file writes read them. A port on CPython gives unsigned items,
        for there a memoryview takes no others."""
    def keyframe(self) -> bool:
        """Whether the captured frame can be decoded without those before it, and brings the parameter sets that this takes. Does not
        block or raise."""
    def waited_ms(self) -> int:
        """For how long the captured frame had waited, since its first byte came; 0 where the port cannot tell. Does not block or raise.
        Only asked of streams: those of a sensor are inferred."""
    def release(self) -> None:
        """Give the frame's buffer back to the driver, as soon as it is copied."""
    def tune(self, knob: str, value: int) -> None:
        """Tell the running sensor one thing: "brightness", "contrast", "exposure" or "saturation" from -2 to 2, "flip_x", "flip_y" or
        "test_pattern" 1 or 0. It lasts until `close`. Blocks up to 50 ms. OSError(EINVAL): this camera does not do that."""

class Microphone(Protocol):
    rate_hz: int
    """Samples a second: a whole number of them in 100 ms."""
    def open(self) -> None:
        """Listen from now on. Blocks up to 300 ms. OSError: there is none."""
    def close(self) -> None:
        """Listen no more. Does not raise; closing twice is fine."""
    def readinto(self, buffer: memoryview) -> int:
        """Move samples that have come into the buffer, oldest first: 16 bits, little-endian, one channel. Returns their bytes, an even
        number; 0: none have. Does not block. What comes while nobody asks for 250 ms is kept. OSError: it has failed."""

class BlockDevice(Protocol):
    """The whole card in sectors of 512 bytes, as vfs.VfsFat takes it. Each call blocks for as long as the card is busy.
    Once the card was let go of every call is OSError(ENODEV): nothing written late may reach the card that comes next."""
    def readblocks(self, sector: int, buffer: bytearray | memoryview) -> int:
        """Fill the buffer; 0."""
    def writeblocks(self, sector: int, buffer: bytes | bytearray | memoryview) -> int:
        """Write the buffer; 0."""
    def ioctl(self, operation: int, argument: int) -> int | None:
        """3: make durable what was written; 4: number of sectors; 5: bytes of one."""

class Card(Protocol):
    def open(self) -> BlockDevice | None:
        """Start the card in the slot afresh. Blocks up to 1 s. OSError(ENODEV): none answers. None: the system below has mounted its
        file system, of whatever kind, looks after it, and shows no sectors."""
    def mount(self, device: BlockDevice) -> str:
        """Mount the FAT of the opened card, or of a device that stands before it; returns the mount point, which is that of this very
        card for as long as it is mounted. Blocks up to 1 s. OSError: no FAT on it, or not readable."""
    def unmount(self) -> None:
        """Let go of the card. Files must be closed. Does not raise; the card may be gone."""
    def about(self) -> str:
        """What the mounted card says that it is, and how worn, in words; "" where nobody can ask it. Does not raise."""

class Wifi(Protocol):
    def active(self, on: bool) -> None:
        """Radio on or off. Blocks up to 300 ms."""
    def connect(self, ssid: str, key: str) -> None:
        """Begin to join a network; ask `state()` how it went. Does not block."""
    def disconnect(self) -> None:
        """Leave the network. Does not raise."""
    def state(self) -> str:
        """One of "idle", "connecting", "no_address" (let in, and waiting for one), "connected", "no_ap", "wrong_key" or "failed".
        Does not block or raise."""
    def save_power(self, on: bool) -> None:
        """Whether the radio sleeps between beacons: for those who wait, not for those who send. Does not block."""
    def rssi(self) -> int:
        """Signal strength in dBm; 0 while not connected. Does not block or raise."""
    def name_server(self) -> str:
        """Address of the one that the network names; "" while not connected. Does not block or raise."""
    def scan(self) -> list[tuple[str, int, bool]]:
        """(ssid, dBm, needs a key) of what is in reach. Blocks for two seconds: never while recording."""

class Watchdog(Protocol):
    def start(self, timeout_ms: int, last_call: Callable[[], None] | None = None) -> None:
        """Arm it, or give it another timeout. It cannot be stopped afterwards. Does not raise. `last_call` is called once,
        some seconds before the reset, between two bytecodes of whoever hangs; a call of the vendor's that never returns
        is not interrupted. It must not wait or raise."""
    def feed(self) -> None:
        """Put the reset off by another timeout. Does nothing before `start`."""

class Led(Protocol):
    def set(self, lit: bool) -> None:
        """The light the wearer sees. Does not block or raise; a board may have none."""

class Button(Protocol):
    def was_pressed(self) -> bool:
        """Whether the wearer has pressed it since the last question. Does not block or raise; a board may have none."""

class Console(Protocol):
    stdin: Any
    """An asyncio stream: `await stdin.read(1)` gives bytes, b"" when the line is closed; `stdin.waits()`: whether some have come already,
    asked without blocking."""
    def write(self, data: bytes) -> None:
        """Blocks while the line is slow: write small pieces."""

class Board(Protocol):
    name: str
    @property
    def camera(self) -> Camera: ...
    @property
    def beside(self) -> Mapping[str, Camera]:
        """What gives further streams of video, to be recorded beside the camera's, by the name of the profile that each is opened with,
        which is one of H.264. Opening and closing one does not block for longer than 100 ms while it works. Empty where there are none."""
    @property
    def microphone(self) -> Microphone | None: ...
    @property
    def card(self) -> Card: ...
    @property
    def wifi(self) -> Wifi: ...
    @property
    def watchdog(self) -> Watchdog: ...
    @property
    def led(self) -> Led: ...
    @property
    def console(self) -> Console: ...
    @property
    def gauge(self) -> Gauge | None: ...
    @property
    def button(self) -> Button: ...
    def unique_id(self) -> bytes:
        """The chip's own number. Does not block or raise."""
    def reset_cause(self) -> str:
        """One of "power_on" (also a brown-out), "hard", "watchdog", "deep_sleep", "soft" or "unknown"."""
    def reset(self) -> None:
        """Restart at once; does not return."""
    def deep_sleep(self, wake_ms: int = 0) -> None:
        """Off, for so long (0: for ever), or until somebody presses the button or the board's power returns; does not return."""
    def temperature_c(self) -> int | None:
        """Of the chip; None where it cannot be read."""
    def distress(self) -> str:
        """What the board itself finds wrong with its supply or its cooling, in words; "" while all is well or it cannot tell."""
    def rtc_unix_ms(self) -> int:
        """What the chip's clock shows, in Unix milliseconds; nobody may ever have set it. 0: there is none. Does not block or raise."""
    def set_rtc(self, unix_s: int) -> None:
        """Set the chip's clock to UTC: TLS checks certificates against it. Does not block or raise."""
    def nvs_get(self, key: str) -> int:
        """A small number that outlives power cuts and the card; 0 when it was never set."""
    def nvs_set(self, key: str, value: int) -> None:
        """Durable when it returns. Blocks up to 50 ms: not in the frame path."""
    def nvs_get_text(self, key: str) -> str:
        """The same for a short text; "" when it was never set."""
    def nvs_set_text(self, key: str, text: str) -> None:
        """The first 64 bytes are kept."""

# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Boots the simulated board with a main.py of a few lines, and tells what came of it."""

import json
import os
import select
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from littlefs import LittleFS

from host_tools.parts import of_board
from sim.reel import COMMENT
from sim.world import interpreter

ROOT = Path(__file__).resolve().parent.parent.parent
HEAP_BYTES = 1 << 20
UTC_MS = 1_767_254_400_000
CARD_BYTES = 64 << 20
REAL_LIMIT_S = 60
PINS = {
    "data_pins": [15, 17, 18, 16, 14, 12, 11, 48],
    "pclk_pin": 13,
    "vsync_pin": 38,
    "href_pin": 47,
    "sda_pin": 40,
    "scl_pin": 39,
    "xclk_pin": 10,
}
CARD_SLOT = {"slot": 1, "width": 1, "pins": {"sck": 7, "cmd": 9, "data": [8]}}
BOARD: dict[str, Any] = {
    "port": "esp32",
    "facts": of_board({"mcu": "esp32s3", "card": CARD_SLOT}),
    "heap_bytes": HEAP_BYTES,
    "default_profile": "small",
    "flash": {"partitions": [{"name": "vfs", "type": "data", "subtype": "fat", "offset": 0x200000, "size": 0x40000}]},
    "camera": {"sensor": "OV2640", "fb_count": 2, "pins": PINS},
    "card": CARD_SLOT,
    "profiles": {"small": {"size": "QVGA", "fps": 10, "fb_bytes": 15360}},
    "sim": {
        "card": {
            "write_kbps_internal": 1000,
            "write_kbps_psram": 200,
            "read_kbps": 2000,
            "command_us": 500,
            "spike_every_ms": 4000,
            "spike_min_ms": 40,
            "spike_max_ms": 120,
        }
    },
}
NETWORK = {"ssid": "home", "key": "secret", "rssi": -58, "windows": [[0, 1 << 50]], "bandwidth_bps": 8_000_000, "latency_us": 20_000}
JOIN = """
import network, time
wlan = network.WLAN(network.WLAN.IF_STA)
wlan.active(True)
wlan.connect("home", "secret")
while not wlan.isconnected():
    time.sleep_ms(100)
"""
CARD = """
import machine, vfs
sd = machine.SDCard(slot=1, width=1, sck=7, cmd=9, data=[8])
"""
CAMERA = f"""
import camera
def open_camera(**more):
    return camera.Camera(pixel_format=camera.PixelFormat.JPEG, frame_size=camera.FrameSize.QVGA, **{PINS!r}, **more)
"""


def reel_bytes(sizes: list[int]) -> bytes:
    """A reel whose frames are no pictures, but of these sizes and all different."""
    frames = [b"\xff\xd8" + COMMENT + bytes([n % 251]) * (size - 24) + b"\xff\xd9" for n, size in enumerate(sizes)]
    head = json.dumps({"frames": len(frames)}).encode() + b"\n"
    at, index = len(head) + 8 * len(frames), b""
    for frame in frames:
        index += struct.pack("<II", at, len(frame))
        at += len(frame)
    return head + index + b"".join(frames)


def flash_image(files: dict[str, str]) -> bytes:
    fs = LittleFS(block_size=4096, block_count=64, read_size=32, prog_size=32, cache_size=128, lookahead_size=32)
    for name, text in files.items():
        with fs.open(name, "w") as file:
            file.write(text)
    return bytes(fs.context.buffer)


@dataclass
class Ended:
    """How one boot ended."""

    why: str
    now_us: int
    details: dict[str, Any]
    printed: list[str]
    trace: list[dict[str, Any]]
    truth: list[str]


class TinyBoard:
    """A board whose files are in `folder`; each `boot` is one process."""

    def __init__(self, folder: Path, main: str, **world: Any) -> None:
        self.folder = folder
        self._world = world
        (folder / "flash.img").write_bytes(flash_image({"main.py": main}))
        (folder / "nvs.json").write_text("")
        (folder / "reel").write_bytes(reel_bytes([5000, 6000, 7000]))
        with (folder / "card.img").open("wb") as card:
            card.truncate(CARD_BYTES)
        for name in ("trace.jsonl", "truth.raw", "undo.log"):
            (folder / name).touch()

    def boot(self, **world: Any) -> Ended:
        reader, writer = os.pipe()
        path = self.folder / "world.json"
        path.write_text(json.dumps({**self._base(writer), **self._world, **world}))
        command = [interpreter(), "-X", f"heapsize={HEAP_BYTES + 4_000_000}", str(ROOT / "sim/device/boot.py"), str(path)]
        with (self.folder / "console.log").open("wb") as log:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, pass_fds=[writer])
        os.close(writer)
        ready = select.select([reader], [], [], REAL_LIMIT_S)[0]
        line = os.read(reader, 65536) if ready else b""
        os.close(reader)
        process.kill()
        process.wait()
        return self._ended(line)

    def _ended(self, line: bytes) -> Ended:
        printed = (self.folder / "console.log").read_text().splitlines()
        assert line, "\n".join(["no end", *printed])
        details = json.loads(line)
        trace = [json.loads(row) for row in (self.folder / "trace.jsonl").read_text().splitlines()]
        truth = (self.folder / "truth.raw").read_text().splitlines()
        return Ended(details.pop("end"), details.pop("now_us"), details, printed, trace, truth)

    def _base(self, control: int) -> dict[str, Any]:
        at = self.folder
        return {
            "board": BOARD,
            "image": str(at / "flash.img"),
            "image_offset": 0,
            "image_size": 64 * 4096,
            "card": {"image": str(at / "card.img"), "undo": str(at / "undo.log"), "sectors": CARD_BYTES // 512},
            "reel": str(at / "reel"),
            "boot_index": 1,
            "now_us": 0,
            "utc_at_zero_ms": UTC_MS,
            "seed": 7,
            "stop_at_us": 1 << 50,
            "heap_bytes": HEAP_BYTES,
            "reset_cause": "power_on",
            "nvs": str(at / "nvs.json"),
            "console": {"in": []},
            "wifi": {"networks": []},
            "trace": str(at / "trace.jsonl"),
            "truth": str(at / "truth.raw"),
            "control": f"/dev/fd/{control}",
        }


def play(folder: Path, main: str, **world: Any) -> Ended:
    """One boot of a board with this main.py."""
    return TinyBoard(folder, main, **world).boot()

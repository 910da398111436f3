# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The world a board is booted into, as the JSON file that sim/device/boot.py reads."""

import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from host_tools.errors import UsageError
from host_tools.files import write_private
from host_tools.sources import read_store_file
from sim import faults
from sim.cell import Cell
from sim.image import ROOT, Image, bytecode_bytes
from sim.options import Options

FIXED_UTC_MS = 1_767_254_400_000  # 2026-01-01T08:00:00Z
SSID, KEY = "home", "correct horse"
SECTOR = 512
FOR_EVER_US = 1 << 50
UP_S = 1  # from power-on until somebody types
WORKINGS = (
    "before",
    "calls.tape",
    "flash.img",
    "nvs.json",
    "remains",
    "rtc.json",
    "state",
    "truth.raw",
    "undo.log",
    "undo2.log",
    "world.json",
    "writes.log",
    "settings.json",
    "root",
)  # some hold the store's key
CARD_FOLDER = "card"  # of a computer
RESULTS = ("card.img", "console.log", "trace.jsonl", "truth.jsonl")


def device_settings(options: Options) -> dict[str, Any]:
    """settings.json of the simulated recorder."""
    settings: dict[str, Any] = {"device_id": f"sim-{options.seed}", "profile": options.profile, "wifi": [{"ssid": SSID, "key": KEY}]}
    if options.store:
        settings["store"] = store_settings(options.store)
    return {**settings, **options.settings}


def recorder_store(path: str | Path) -> dict[str, Any]:
    """A store file with everything a recorder needs. Raises DaylogError."""
    store = read_store_file(path)
    missing = [name for name in ("endpoint", "region", "bucket", "prefix", "access_key", "secret_key") if name not in store]
    if missing:
        raise UsageError(f"{path} lacks {', '.join(missing)}", "`daylog store up` writes a complete one")
    return store


def store_settings(store: dict[str, Any]) -> dict[str, Any]:
    """What the device is given of a store file: the CA's text in the place of its path."""
    settings = {key: value for key, value in store.items() if key != "ca_file"}
    if store.get("ca_file"):
        settings["ca_pem"] = Path(store["ca_file"]).read_text()
    return settings


def cards(options: Options, folder: Path) -> list[tuple[Path, Path]]:
    """The image of each card of the run, and the log of what it has not yet been told to keep."""
    second = [(folder / faults.SECOND_CARD, folder / "undo2.log")] if faults.has_second_card(options.faults) else []
    return [(folder / "card.img", folder / "undo.log"), *second]


def windows(options: Options) -> list[list[int]]:
    """When the Wi-Fi is there: the windows asked for; always when there is a store; else never."""
    if options.wifi_windows:
        return [[us(start), us(end)] for start, end in options.wifi_windows]
    if options.wifi_from is None and options.wifi_to is None:
        return [[0, FOR_EVER_US]] if options.store else []
    return [[us(options.wifi_from or 0), FOR_EVER_US if options.wifi_to is None else us(options.wifi_to)]]


def networks(options: Options) -> list[dict[str, Any]]:
    """Those in the air, see sim/device/air.py; the first is the one at home."""
    link = {"bandwidth_bps": options.bandwidth_kbps * 1000, "latency_us": options.latency_ms * 1000}
    return [{"ssid": SSID, "key": KEY, "rssi": -58, "windows": windows(options), **link, **options.network}, *options.networks]


def utc_at_zero_ms(options: Options, realtime: bool = False) -> int:
    """When the world begins."""
    if options.utc_at_zero_ms is not None:
        return options.utc_at_zero_ms
    return int(time.time() * 1000) if options.store or realtime else FIXED_UTC_MS


@contextmanager
def tidied(folder: Path) -> Iterator[None]:
    """At the end of a run its workings go; if the run is broken off, so does everything it has made."""
    is_ours = not folder.exists()
    try:
        with without_workings(folder):
            yield
    except KeyboardInterrupt:
        remove(folder, (*RESULTS, CARD_FOLDER, faults.SECOND_CARD))
        raise
    finally:
        if is_ours and folder.exists() and not any(folder.iterdir()):
            folder.rmdir()


@contextmanager
def without_workings(folder: Path) -> Iterator[None]:
    """However it ends, what nobody is to find there afterwards is gone: the store's key is in one of these files."""
    try:
        yield
    finally:
        remove(folder, WORKINGS)


def remove(folder: Path, names: tuple[str, ...]) -> None:
    for path in (folder / name for name in names):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


@dataclass(frozen=True)
class FlashPart:
    """The file system's place in a file."""

    path: Path
    offset: int
    size: int


class World:
    """What stays the same over the boots of one run, and what each boot is given."""

    def __init__(self, options: Options, flash: "Image | FlashPart", reel: Path, folder: Path, realtime: bool = False) -> None:
        self._options, self._reel, self._folder = options, reel, folder
        self._realtime = realtime
        self.beside: dict[str, Path] = {}  # no board has streams beside its camera
        self.flash = flash if isinstance(flash, FlashPart) else FlashPart(folder / "flash.img", 0, len(flash.data))
        self.reel = reel
        self.cell = Cell(options.power, options.board) if options.power else None
        self.utc_at_zero_ms = utc_at_zero_ms(options, realtime)
        if isinstance(flash, Image):
            write_private(self.flash.path, flash.data)
        (folder / "nvs.json").write_text("{}")
        (folder / "rtc.json").write_text("")
        for path in (folder / "trace.jsonl", folder / "truth.raw", folder / "writes.log", *(undo for _, undo in cards(options, folder))):
            path.write_bytes(b"")

    def boot_file(self, index: int, now_us: int, cause: str, produced: int, control: int, raw_repl: bool = False) -> Path:
        """Write the world of one boot; returns its path. `raw_repl`: a tool has reset the board, which skips main.py."""
        path = self._folder / "world.json"
        path.write_text(json.dumps({**self._boot(index, now_us, cause, produced, control), "raw_repl": raw_repl}))
        return path

    def _boot(self, index: int, now_us: int, cause: str, produced: int, control: int) -> dict[str, Any]:
        options, folder = self._options, self._folder
        cuts = [us(cut) for cut in options.power_cuts]
        return {
            "board": {**options.board, "sim": {**options.board["sim"], "profile": options.profile}},
            "image": str(self.flash.path),
            "image_offset": self.flash.offset,
            "image_size": self.flash.size,
            "card": self._card(),
            "reel": str(self._reel),
            "boot_index": index,
            "produced": produced,
            "now_us": now_us,
            "utc_at_zero_ms": self.utc_at_zero_ms,
            "realtime": self._realtime,
            "seed": options.seed,
            "patience_ms": options.patience_ms,
            "cut_at_us": next((cut for cut in cuts if cut > now_us), None),
            "stop_at_us": FOR_EVER_US if self._realtime else us(options.seconds + options.drain_seconds),
            "heap_bytes": options.board["heap_bytes"],
            "frozen_bytes": frozen_bytes(options.board),
            "reset_cause": cause,
            "nvs": str(folder / "nvs.json"),
            "console": {"in": [] if self._realtime else typed(options, now_us / 1_000_000)},
            "wifi": {"networks": networks(options)},
            "rtc": {**options.rtc, "file": str(folder / "rtc.json")},
            "trace": str(folder / "trace.jsonl"),
            "truth": str(folder / "truth.raw"),
            "control": f"/dev/fd/{control}",
            "log": str(folder / "writes.log") if options.log_writes else None,
            "power": self.cell.about(now_us) if self.cell else None,
            "button": [[us(at_s), pressed_ms] for at_s, pressed_ms in options.button],
            "activity": [[us(from_s), percent] for from_s, percent in options.activity],
            "still": [[us(from_s), us(to_s)] for from_s, to_s in options.still],
        }

    def _card(self) -> dict[str, Any]:
        options, files = self._options, [{"image": str(image), "undo": str(undo)} for image, undo in cards(self._options, self._folder)]
        card = {**files[0], "sectors": options.card_mb * 1_000_000 // SECTOR, "faults": faults.of_the_card(options.faults)}
        return {**card, "second": files[1]} if len(files) > 1 else card

    def command(self, path: Path) -> list[str]:
        """What boots it."""
        return [interpreter(), "-X", f"heapsize={heap_size(self._options.board)}", str(ROOT / "sim/device/boot.py"), str(path)]


def typed(options: Options, now_s: float) -> list[list[Any]]:
    """What the person at the console types: what was asked for, then the end of the recording, once the power is back."""
    end_s = max(options.seconds, now_s + UP_S)
    can_sync = options.store and (windows(options) or options.networks)
    script = [*options.typed, (end_s, "pause"), (end_s + 1, "shutdown sync" if can_sync else "shutdown")]
    return [[us(at), text + "\r"] for at, text in sorted(script)]


def us(seconds: float) -> int:
    return int(seconds * 1_000_000)


def heap_size(board: dict[str, Any]) -> str:
    """-X heapsize: the board's heap and what the simulator needs beside it; not much more, for the collector looks through all of it."""
    buffers = board["camera"]["fb_count"] * max(profile["fb_bytes"] for profile in board["profiles"].values())
    return str(board["heap_bytes"] + 2 * frozen_bytes(board) + buffers + 3 * 1024 * 1024)


def frozen_bytes(board: dict[str, Any]) -> int:
    """Bytecode that the real board has in its MicroPython image, and not in its heap."""
    return bytecode_bytes(board) if board.get("frozen") else 0


def interpreter() -> str:
    from sim.image import tool

    return os.environ.get("DAYLOG_MICROPYTHON") or tool("micropython")

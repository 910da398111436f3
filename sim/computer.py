# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The world that a simulated computer is booted into: what sim/world.py is to a board that takes a firmware image.

Its card is a folder, its encoder gives a real H.264 stream, and its interpreter is this one.
"""

import json
import shutil
import sys
from pathlib import Path
from random import Random
from typing import Any

from hal.linux.camera import command_line
from host_tools import boards
from host_tools.errors import UsageError
from host_tools.files import write_private, write_private_json
from sim import reel, stream
from sim.linux import tape
from sim.linux.remains import MODELS, History
from sim.options import Options
from sim.world import CARD_FOLDER, device_settings, networks, typed, us, utc_at_zero_ms

STATE_FOLDER = "state"
FOLDERS = (CARD_FOLDER, STATE_FOLDER)  # what is on its disk
_UNKNOWN = ("power", "activity", "still", "button", "before_main", "log_writes", "rtc")
_SMALL = {"width": 160, "height": 120, "fps": 30, "bitrate": 300_000, "chunk_bytes": 131_072, "expected_kb_per_frame": 2}


def small_board(beside: dict[str, dict[str, Any]] | None = None, name: str = "", **profile: Any) -> dict[str, Any]:
    """A computer, by default the first at hand, with pictures so small that they take no time to encode; `beside`: more streams, by
    name."""
    board = next(board for board in map(boards.load, [name] if name else boards.names()) if boards.is_computer(board))
    default = board["default_profile"]
    small = {**board["profiles"][default], **_SMALL}
    more = {name: {**small, **about} for name, about in (beside or {}).items()}
    if more:
        profile["beside"] = list(more)
    return {**board, "profiles": {default: {**small, **profile}, **more}}


def prepare(options: Options, progress: reel.Progress = lambda frames: None) -> "ComputerWorld":
    """Everything a boot needs, in the run's folder. Raises DaylogError."""
    asked = [name for name in _UNKNOWN if getattr(options, name)]
    if asked:
        raise UsageError(f"a simulated computer knows nothing of {', '.join(asked)} yet", "leave it out, or take a microcontroller")
    if options.networks and options.board["wifi"]["manager"] == "none":
        raise UsageError(f"{options.board['name']} joins no network by itself, so that it has no use for further ones", "leave them out")
    profiles = options.board["profiles"]
    beside = {name: stream.make(options.video, profiles[name]) for name in profiles[options.profile].get("beside", [])}
    unknown = {fault.get("stream", "") for fault in options.faults} - {"", *beside}
    if unknown:
        hint = f"it has {', '.join(['the camera', *beside])}"
        raise UsageError(f"profile {options.profile} records no stream {', '.join(sorted(unknown))}", hint)
    frames = stream.make(options.video, profiles[options.profile], progress)
    (options.out / CARD_FOLDER).mkdir(parents=True, exist_ok=True)
    _private(options.out / STATE_FOLDER)
    return ComputerWorld(options, frames, beside)


def _private(folder: Path) -> Path:
    """A folder that is its owner's alone: the store's key is in it."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


class ComputerWorld:
    """What stays the same over the boots of one run, and what each boot is given."""

    cell = None

    def __init__(self, options: Options, frames: Path, beside: dict[str, Path]) -> None:
        """`beside`: reels of the streams beside the camera, by name."""
        self._options, self.reel, self.beside = options, frames, beside
        self.utc_at_zero_ms = utc_at_zero_ms(options)
        self._root = options.out / "root"
        for path, content in SYSTEM_FILES.items():
            file = self._root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(content)
        self._settings = options.out / STATE_FOLDER / "settings.json"
        write_private_json(self._settings, device_settings(options))
        self._tape, self._before = options.out / "calls.tape", options.out / "before"
        for name in ("console.log", "trace.jsonl", "truth.raw"):
            (options.out / name).write_text("")

    def command(self, path: Path) -> list[str]:
        return [sys.executable, "-m", "sim.linux.boot", str(path)]

    def boot_file(self, index: int, now_us: int, cause: str, produced: Any, control: int) -> Path:
        """Write the world of one boot; returns its path. `produced`: frames so far, by stream; 0 at first."""
        if cause == "power_on":
            (self._root / "proc/sys/kernel/random/boot_id").write_text(f"{index}\n")
        write_private(self._tape, b"")
        if self._options.power_cuts:
            shutil.rmtree(self._before, ignore_errors=True)
            for folder in FOLDERS:
                shutil.copytree(self._options.out / folder, _private(self._before) / folder)
        path = self._options.out / "world.json"
        path.write_text(json.dumps(self._boot(index, now_us, cause, produced, control)))
        return path

    def forget_unsynced(self, boot: int) -> None:
        """What the power cut at the end of a boot does to the disk."""
        model = Random(f"{self._options.seed} {boot}").choice(list(MODELS)) if self._options.keep_unsynced else "nothing"
        remains = _private(self._options.out / "remains") / "disk"
        History(self._before, tape.read(self._tape)).leave(model, f"{self._options.seed} {boot}", remains)
        _private(remains / STATE_FOLDER)
        for folder in FOLDERS:
            shutil.rmtree(self._options.out / folder)
            (remains / folder).rename(self._options.out / folder)

    def _boot(self, index: int, now_us: int, cause: str, produced: Any, control: int) -> dict[str, Any]:
        options = self._options
        return {
            "config": self._config(),
            "settings": str(self._settings),
            "out": str(options.out),
            "folders": FOLDERS,
            "tape": str(self._tape),
            "card_bytes": options.card_mb * 1_000_000,
            "root": str(self._root),
            "shows": self._shows(produced or {}),
            "boot_index": index,
            "now_us": now_us,
            "utc_at_zero_ms": self.utc_at_zero_ms,
            "cut_at_us": next((us(cut) for cut in options.power_cuts if us(cut) > now_us), None),
            "stop_at_us": us(options.seconds + options.drain_seconds),
            "seed": options.seed,
            "faults": options.faults,
            "reset_cause": cause,
            "console": {"in": typed(options, now_us / 1_000_000)},
            "wifi": {"networks": networks(options)},
            "patience_ms": options.patience_ms,
            "trace": str(options.out / "trace.jsonl"),
            "truth": str(options.out / "truth.raw"),
            "control": f"/dev/fd/{control}",
        }

    def _shows(self, produced: dict[str, int]) -> dict[str, Any]:
        """What each stream shows, the camera's being the one without a name, and which command line asks for it."""
        board, reels = self._options.board, {"": [self.reel, *self._other_reels()], **{name: [path] for name, path in self.beside.items()}}
        profiles = {name: board["profiles"][name or self._options.profile] for name in reels}
        commands = {name: command_line(board["encoders"], profile) for name, profile in profiles.items()}
        return {
            name: {"reels": list(map(str, paths)), "command": commands[name], "produced": produced.get(name, 0)}
            for name, paths in reels.items()
        }

    def _other_reels(self) -> list[Path]:
        """For a fault of which pictures of another size are a part."""
        profile = self._options.board["profiles"][self._options.profile]
        half = {**profile, "width": profile["width"] // 2, "height": profile["height"] // 2}
        needed = any(fault["kind"] == "parameters" for fault in self._options.faults)
        return [stream.make(self._options.video, half)] if needed else []

    def _config(self) -> dict[str, Any]:
        """The board's data, with its disk in the run's folder."""
        options = self._options
        card = {"folder": str((options.out / CARD_FOLDER).resolve()), "is_mounted": True}
        state = str((options.out / STATE_FOLDER).resolve())
        return {**options.board, "default_profile": options.profile, "card": card, "state": state, "console": ""}


SYSTEM_FILES = {
    "proc/sys/kernel/random/boot_id": "1\n",
    "etc/machine-id": "00000000000000000000000000000001\n",
    "dev/rtc0": "",
    "sys/devices/platform/soc/soc:firmware/get_throttled": "0\n",
    "sys/class/thermal/thermal_zone0/temp": "42000\n",
}

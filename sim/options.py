# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What a simulated run is asked to do, checked before anything is started."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from firmware.governor import Governor
from host_tools.boards import is_computer, load
from host_tools.errors import UsageError
from sim.cell import Power
from sim.fat32 import LEAST_BYTES
from sim.faults import Fault, misfits


@dataclass
class Options:
    """One run. Times are virtual seconds since the first boot. `wifi_windows`, if any, stand for `wifi_from` and `wifi_to`.

    `network` is what is bad about the Wi-Fi's network, `networks` are further ones, see sim/device/air.py.
    `patience_ms`: how long, in real time, a peer may be silent. `rtc`: {present, drift_ppm}, see sim/device/rtc.py.
    `keep_unsynced`: at a cut the card keeps a part, chosen by the seed, of what it had not been told to keep.
    `wakes`: when a board that has gone to sleep is switched on again. `utc_at_zero_ms`: by default the host's time where there is
    a store, which looks at the signatures, else always the same. `before_main`: Python that runs on the board before its main.py.
    `log_writes`: keep every write that outlives a power cut, in writes.log. `power`: the battery; without it there is always power.
    `button`: (s, for how many ms) the wearer presses the board's button; it also wakes a board that sleeps.
    `activity`: (from s, percent) of the size that the video's frames have; `still`: (from s, to s) when the scene does not change.
    """

    board: dict[str, Any]
    video: Path
    seconds: float
    out: Path
    profile: str = ""
    power_cuts: list[float] = field(default_factory=list)
    off_seconds: float = 3.0
    keep_unsynced: bool = False
    wifi_from: float | None = None
    wifi_to: float | None = None
    wifi_windows: list[tuple[float, float]] = field(default_factory=list)
    store: dict[str, Any] | None = None
    seed: int = 1
    typed: list[tuple[float, str]] = field(default_factory=list)
    card_mb: int = 8192
    settings: dict[str, Any] = field(default_factory=dict)
    bandwidth_kbps: int = 20_000
    latency_ms: int = 20
    network: dict[str, Any] = field(default_factory=dict)
    networks: list[dict[str, Any]] = field(default_factory=list)
    rtc: dict[str, Any] = field(default_factory=dict)
    patience_ms: int = 10_000
    drain_seconds: float = 900.0
    faults: list[Fault] = field(default_factory=list)
    wakes: list[float] = field(default_factory=list)
    utc_at_zero_ms: int | None = None
    before_main: str = ""
    log_writes: bool = False
    power: Power | None = None
    button: list[tuple[float, int]] = field(default_factory=list)
    activity: list[tuple[float, int]] = field(default_factory=list)
    still: list[tuple[float, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        profiles = self.board["profiles"]
        self.profile = self.profile or self.board["default_profile"]
        if self.profile not in profiles:
            raise UsageError(f"board {self.board['name']} has no profile {self.profile}", f"it has: {', '.join(sorted(profiles))}")
        if self.seconds <= 0:
            raise UsageError("--seconds must be more than 0")
        outside = [cut for cut in self.power_cuts if not 0 < cut < self.seconds]
        if outside:
            raise UsageError(f"a power cut at {outside[0]:g} s is outside the {self.seconds:g} s of the run")
        if self.wifi_from is not None and self.wifi_to is not None and self.wifi_to <= self.wifi_from:
            raise UsageError("--wifi-to must be after --wifi-from")
        if self.card_mb * 1_000_000 < LEAST_BYTES and not is_computer(self.board):
            raise UsageError(f"--card-mb must be at least {LEAST_BYTES // 1_000_000 + 1}: a smaller card cannot be FAT32")
        if strange := misfits(self.faults, is_computer(self.board)):
            raise UsageError(f"--fault {strange[0]} cannot happen to {self.board['name']}", "`daylog sim faults` lists them")
        self.power_cuts = sorted(self.power_cuts)

    @property
    def profiles(self) -> dict[str, dict[str, Any]]:
        """Those that may run: the one that was asked for, and with a battery those to which the recorder may change."""
        known = self.board["profiles"]
        governs = self.power and "gauge" in self.board and self.settings.get("governor", True)
        names = Governor(known, self.profile, 1, 0).order if governs else [self.profile]
        return {name: known[name] for name in names}

    @property
    def card(self) -> Path:
        """Where the recording is: the image of the card, or the folder that a computer has in its place."""
        return self.out / ("card" if is_computer(self.board) else "card.img")

    @property
    def period_ms(self) -> float:
        """From one frame of the running camera to the next, at most."""
        return 1000 / min(profile["fps"] for profile in self.profiles.values())

    def period_of_ms(self, stream: str) -> float:
        """The same of a stream beside the camera; "" is the camera itself."""
        return 1000 / self.board["profiles"][stream]["fps"] if stream else self.period_ms


def find_board(name: str) -> dict[str, Any]:
    return load(name)

# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""On paper, before any simulation: can a board carry a capture profile for a day, what gives way first, and what would help.

budget = reckon(load("xiao_esp32s3_sense"), profile="vga10", hours=14)
budget.verdict, budget.bottleneck, [check.fix for check in budget.checks]

The figures are the board's (board.toml): mostly estimates. The card is taken at its speed from PSRAM, which is what a stock
MicroPython build probably gives. Not judged, since nobody knows: the processor's time for hashing, and heat.
"""

import copy
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from firmware.cadence import rate
from host_tools.boards import BoardError
from host_tools.parts import frame_size

PASS, WARN, FAIL = "PASS", "WARN", "FAIL"
VERDICTS = (PASS, WARN, FAIL)  # from good to bad

SAMPLE_BYTES = 2
OVERHEAD = 1.005  # bytes on the card over bytes of frames: the limit that `make bench` keeps
SLICE_KB = 8.192  # what the firmware gives the card at once
FIRMWARE_HEAP = 1_000_000  # beside the two chunks; with less than 840 kB simulated runs that sync ran out of memory
COMFORT = 0.8  # of what a card, a link or a heap gives may be planned with
CELL_COMFORT = 0.85  # of a cell: 5 % are the governor's reserve, 10 % are for age and cold
WEEKEND_DAYS = 3  # so long a card should hold what cannot be sent

TARGET_GB_PER_HOUR = 3
TARGET_FPS = 5  # what an OV5640 on an ESP32-S3 was seen to record at this size (s60sc/ESP32-CAM_MJPEG2SD)
TARGET_SIZE = "QXGA"  # the smallest size of the camera module that is 2K wide
TARGET = f"2K at {TARGET_GB_PER_HOUR} GB/h"

# What a builder chooses or has measured, and where the board says it.
FACTS = {
    "battery_mah": ("power", "battery_mah"),
    "charge_ma": ("power", "charge_ma"),
    "card_gb": ("sim", "card", "size_gb"),
    "card_kbps": ("sim", "card", "write_kbps_psram"),
    "upload_kbps": ("sim", "radio", "upload_kbps_tls"),
}


@dataclass(frozen=True)
class Check:
    """One part of the board. `strain` is what is asked over what may be planned with: up to 1 passes."""

    part: str
    verdict: str
    strain: float
    text: str
    fix: str  # empty if it passes


@dataclass(frozen=True)
class Budget:
    """One profile on one board."""

    profile: str
    kbps: float
    checks: list[Check]

    @property
    def verdict(self) -> str:
        return max((check.verdict for check in self.checks), key=VERDICTS.index)

    @property
    def bottleneck(self) -> str:
        """The part that is asked for the most beyond what it gives."""
        return max(self.checks, key=lambda check: (VERDICTS.index(check.verdict), check.strain)).part

    @property
    def gb_per_hour(self) -> float:
        return self.kbps * 3600 / 1e6


@dataclass(frozen=True)
class Day:
    """A profile on a board, for `hours` a day, `radio_hours` of them with the radio sending; perhaps with sound."""

    board: dict[str, Any]
    profile: dict[str, Any]
    hours: float
    radio_hours: float
    sound: bool = False

    @property
    def kbps(self) -> float:
        heard = self.board["microphone"]["rate_hz"] * SAMPLE_BYTES / 1000 if self.sound else 0
        return (rate(self.profile) * self.profile["expected_kb_per_frame"] + heard) * OVERHEAD

    @property
    def gb(self) -> float:
        return self.kbps * self.hours * 3600 / 1e6

    @property
    def mah(self) -> float:
        return self.hours * self.profile["current_ma"] + self.radio_hours * self.board["power"]["radio_ma"]

    @property
    def rest_hours(self) -> float:
        """At home: nothing is recorded, the charger and the Wi-Fi are there."""
        return 24 - self.hours


def reckon(board: dict[str, Any], profile: str, hours: float, radio_hours: float = 0.0, sound: bool = False) -> Budget:
    """Judge one profile of a board. Raises BoardError when the board does not say what is needed."""
    if sound and "microphone" not in board:
        raise BoardError(f"{board['name']} has no microphone that Daylog can read", "leave --sound out")
    if profile not in board["profiles"]:
        raise BoardError(f"{board['name']} has no profile {profile}", f"it has {', '.join(board['profiles'])}")
    return _judge(profile, Day(complete(board), board["profiles"][profile], hours, radio_hours, sound))


def target(board: dict[str, Any], hours: float, radio_hours: float = 0.0) -> Budget:
    """Judge what the programme would like to record, at the current of the board's hungriest profile at least."""
    width, height = frame_size(TARGET_SIZE)
    fb_bytes = width * height // 5
    profile = {
        "width": width,
        "height": height,
        "fps": TARGET_FPS,
        "expected_kb_per_frame": TARGET_GB_PER_HOUR * 1e6 / 3600 / TARGET_FPS / OVERHEAD,
        "chunk_bytes": 1 << math.ceil(math.log2(fb_bytes + 32768)),
        "current_ma": max(each["current_ma"] for each in board["profiles"].values()),
    }
    return _judge(TARGET, Day(complete(board), profile, hours, radio_hours))


def best(budgets: list[Budget]) -> Budget | None:
    """The richest that does not fail."""
    return max((budget for budget in budgets if budget.verdict != FAIL), key=lambda budget: budget.kbps, default=None)


def altered(board: dict[str, Any], facts: Mapping[str, float]) -> dict[str, Any]:
    """The board with other facts, by their names in FACTS. Raises BoardError."""
    board = copy.deepcopy(complete(board))
    for name, value in facts.items():
        *tables, last = FACTS[name]
        place = board
        for table in tables:
            place = place[table]
        place[last] = value
    return board


def complete(board: dict[str, Any]) -> dict[str, Any]:
    """The board, if it says all that a budget needs. Raises BoardError."""
    missing = [
        name
        for name, there in (
            ("[power]", "power" in board),
            ("[sim.radio]", "radio" in board["sim"]),
            ("size_gb below [sim.card]", "size_gb" in board["sim"]["card"]),
        )
        if not there
    ]
    if missing:
        raise BoardError(
            f"{board['name']} cannot be judged: its board.toml lacks {', '.join(missing)}", "see another board for how it is written"
        )
    return board


def _judge(name: str, day: Day) -> Budget:
    return Budget(name, day.kbps, [check(day) for check in CHECKS])


# -- the parts --------------------------------------------------------------------------------


def _ratio(asked: float, given: float) -> float:
    return asked / given if given > 0 else math.inf if asked > 0 else 0.0


def _check(part: str, asked: float, given: float, comfort: float, text: str, fix: str) -> Check:
    """FAIL beyond what is given, WARN beyond what may be planned with."""
    strain = _ratio(asked, given * comfort)
    verdict = PASS if strain <= 1 else WARN if asked <= given else FAIL
    return Check(part, verdict, strain, text, "" if verdict == PASS else fix)


def sensor(day: Day) -> Check:
    name, width, height = day.board["camera"]["sensor"], day.profile["width"], day.profile["height"]
    largest = day.board["facts"]["sensor"]
    if not largest:
        return Check("sensor", WARN, 1, f"nobody has written down how large the pictures of an {name} are", "add it to boards/parts.toml")
    most = largest["width"], largest["height"]
    text = f"{width} x {height} from an {name}, which gives at most {most[0]} x {most[1]}"
    fix = "another sensor; an OV5640 on a board made for an OV2640 overheats without a heat sink"
    return _check("sensor", max(width / most[0], height / most[1]), 1, 1, text, fix)


def card_speed(day: Day) -> Check:
    kbps, has = day.kbps, card_kbps(day.board, "write_kbps_psram")
    internal = card_kbps(day.board, "write_kbps_internal")
    lost = f", {100 * (1 - has / kbps):.0f} % of the frames would be lost" if kbps > has else f", busy {100 * kbps / has:.0f} % of the time"
    text = f"{kbps:.0f} kB/s to a card that takes {has:.0f}{lost}"
    if internal * COMFORT >= kbps:
        better = f"a build that writes from internal RAM (about {internal:.0f} kB/s; measure it, then give --card-kbps)"
    else:
        better = f"a faster card and bus: from internal RAM too it would take only about {internal:.0f} kB/s"
    return _check("card speed", kbps, has, COMFORT, text, f"{better}, or a profile of at most {has * COMFORT:.0f} kB/s")


def card_stalls(day: Day) -> Check:
    """While the card is busy the camera fills its other buffers; then it has nowhere to put a frame."""
    times = day.board["sim"]["card"]
    room_ms = (day.board["camera"]["fb_count"] - 1) * 1000 / rate(day.profile)
    slice_ms = SLICE_KB / card_kbps(day.board, "write_kbps_psram") * 1000
    worst_ms = times["spike_max_ms"] + slice_ms
    text = f"a write takes {slice_ms:.0f} ms, at times {worst_ms:.0f}; the camera's buffers bridge {room_ms:.0f} ms"
    fix = "fewer frames a second or more buffers; each longer stall costs a frame, which is recorded as a gap"
    verdict = PASS if worst_ms <= room_ms else WARN if slice_ms <= room_ms else FAIL
    return Check("card stalls", verdict, _ratio(worst_ms, room_ms), text, "" if verdict == PASS else fix)


def card_space(day: Day) -> Check:
    size_gb = day.board["sim"]["card"]["size_gb"]
    text = f"{day.gb:.1f} GB a day on a card of {size_gb:g} GB: {_ratio(size_gb, day.gb):.1f} days without Wi-Fi"
    fix = f"a card of at least {day.gb * WEEKEND_DAYS:.0f} GB holds {WEEKEND_DAYS} days"
    return _check("card space", day.gb, size_gb, 1 / WEEKEND_DAYS, text, fix)


def battery(day: Day) -> Check:
    mah, has = day.mah, day.board["power"]["battery_mah"]
    mean_ma = _ratio(mah, day.hours)
    text = f"{mah:.0f} mAh ({day.hours:g} h at {mean_ma:.0f} mA) from a cell of {has:.0f} mAh: {_ratio(has * CELL_COMFORT, mean_ma):.1f} h"
    fix = f"a cell of at least {mah / CELL_COMFORT:.0f} mAh, or a profile of at most {_ratio(has * CELL_COMFORT, day.hours):.0f} mA"
    return _check("battery", mah, has, CELL_COMFORT, text, fix)


def charger(day: Day) -> Check:
    """It never fails the day, only the next one: a cell can be changed, or charged elsewhere."""
    charge_ma = day.board["power"]["charge_ma"]
    strain = _ratio(day.mah, charge_ma * day.rest_hours)
    text = f"{charge_ma:g} mA put back {charge_ma * day.rest_hours:.0f} of {day.mah:.0f} mAh in {day.rest_hours:g} h"
    fix = f"{_ratio(day.mah, day.rest_hours):.0f} mA from a charger outside of the board, a second cell, or two recorders in turn"
    return Check("charger", PASS if strain <= 1 else WARN, strain, text, "" if strain <= 1 else fix)


def upload(day: Day) -> Check:
    radio = day.board["sim"]["radio"]
    has_hours, kbps = day.rest_hours + day.radio_hours, radio["upload_kbps_tls"]
    hours, plain_hours = (day.gb * 1e6 / speed / 3600 for speed in (kbps, radio["upload_kbps_plain"]))
    text = f"{day.gb:.1f} GB take {hours:.1f} h over TLS at {kbps:g} kB/s; Wi-Fi is there for {has_hours:g} h"
    most = _ratio(kbps * has_hours * COMFORT, day.hours)
    fix = f"a profile of at most {most:.0f} kB/s, plain HTTP in a network you trust ({plain_hours:.1f} h), or the card read by a computer"
    return _check("upload", hours, has_hours, COMFORT, text, fix)


def heap(day: Day) -> Check:
    needs, has = 2 * day.profile["chunk_bytes"] + FIRMWARE_HEAP, day.board["heap_bytes"]
    text = f"two chunks and the firmware take {needs / 1e6:.1f} MB of a heap of {has / 1e6:.1f}"
    room = (has * COMFORT - FIRMWARE_HEAP) / 2
    fix = f"chunk_bytes of at most {room // 512 * 512:.0f}" if room >= 65536 else "a board with more PSRAM"
    return _check("heap", needs, has, COMFORT, text, fix)


def card_kbps(board: dict[str, Any], name: str) -> float:
    """What a stream of slices reaches: each has a command, and now and then the card pauses."""
    times = board["sim"]["card"]
    ms = SLICE_KB / max(1, times[name]) * 1000 + times["command_us"] / 1000
    pauses = (times["spike_min_ms"] + times["spike_max_ms"]) / 2 / max(1, times["spike_every_ms"])
    return SLICE_KB / ms * 1000 * max(0.0, 1 - pauses)


CHECKS: tuple[Callable[[Day], Check], ...] = (sensor, card_speed, card_stalls, card_space, battery, charger, upload, heap)

# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The fate of every frame that the camera produced."""

import hashlib
import io
import json
from pathlib import Path

import pytest
from tiny_board import reel_bytes

from host_tools.footage import Footage, Frame, Gap, Segment
from host_tools.sources import Source, StoredFile
from sim import truth
from sim.reel import Reel, stamped
from sim.runner import End, History

PERIOD_MS = 100.0


class Scene:
    """A run of several boots, ten frames a second: told by a letter a frame.

    c: the firmware took it; r: and it is on the card; o: the model dropped it; u: the firmware let it lie.
    """

    def __init__(self, folder: Path, *boots: str, endings: tuple[str, ...], gaps: tuple[Gap, ...] = (), first_boot: int = 1) -> None:
        (folder / "reel").write_bytes(reel_bytes([300, 400, 500]))
        reel, self.lines, found, n = Reel(folder / "reel"), [], [], 0
        for number, letters in enumerate(boots, 1):
            frames = []
            for place, letter in enumerate(letters, 1):
                fate = {"o": "dropped:overflow", "u": "lost:uncollected"}.get(letter, "captured")
                data = stamped(reel.frame(n % 3), n)
                self.lines.append(f"{n} {number} {place * 100} {n % 3} {len(data)} {fate}")
                if letter == "r":
                    frames.append(Frame(place, place * 100_000_000, len(data), hashlib.sha256(data).hexdigest()))
                n += 1
            found.append(self._segment(number + first_boot - 1, frames, [gap for gap in gaps if gap.boot == number + first_boot - 1]))
        reel.close()
        self._raw, self._reel = folder / "truth.raw", folder / "reel"
        self._footage = Footage(Source("nowhere", "folder", []), found, {})
        self._history = History([End(reason, 0, {}) for reason in endings], 0.0, 0)
        self.strikes: dict[int, list[truth.Strike]] = {}

    @staticmethod
    def _segment(boot: int, frames: list[Frame], gaps: list[Gap]) -> Segment:
        file = StoredFile("1.mcap", 0, io.BytesIO)
        return Segment(file, "me", boot, 1, 10, None, True, 0, [], {}, frames, gaps)

    def settle(self) -> list[truth.Truth]:
        self._raw.write_text("\n".join(self.lines) + "\n")
        return truth.settle(self._raw, self._reel, self._footage, self._history, PERIOD_MS, self.strikes)


def short(rows: list[truth.Truth]) -> list[str]:
    return [row.fate for row in rows]


def gap(cause: str, from_ms: int, to_ms: int | None, boot: int = 1) -> Gap:
    return Gap(boot, cause, None, from_ms, to_ms)


def test_recorded_is_what_was_read_back_and_nothing_else(tmp_path: Path):
    rows = Scene(tmp_path, "rrr", endings=("deep_sleep",)).settle()
    assert short(rows) == ["recorded"] * 3
    assert [(row.n, row.boot, row.ticks_ms, row.size) for row in rows] == [(0, 1, 100, 300), (1, 1, 200, 400), (2, 1, 300, 500)]


@pytest.mark.parametrize(("ending", "cause"), [("cut", "power_cut"), ("reset", "reset"), ("crash", "crash"), ("stop", "stop")])
def test_what_ended_the_boot_took_what_came_after_the_last_kept_frame(tmp_path: Path, ending: str, cause: str):
    rows = Scene(tmp_path, "rrcocu", "r", endings=(ending, "deep_sleep")).settle()
    assert short(rows) == ["recorded"] * 2 + [f"lost:{cause}", "dropped:overflow"] + [f"lost:{cause}"] * 2 + ["recorded"]


def test_what_lay_in_the_buffers_of_a_board_that_hung_came_after_that(tmp_path: Path):
    rows = Scene(tmp_path, "rrcou", "r", endings=("watchdog", "deep_sleep")).settle()
    assert short(rows)[2:5] == ["lost:watchdog", "dropped:overflow", "dropped:watchdog"]


def test_a_boot_that_kept_nothing(tmp_path: Path):
    rows = Scene(tmp_path, "ccc", "rr", endings=("cut", "deep_sleep")).settle()
    assert short(rows) == ["lost:power_cut"] * 3 + ["recorded"] * 2


def test_the_recording_itself_says_why(tmp_path: Path):
    """Its boots are counted by the recorder, which may have had others before."""
    known = (gap("card_error", 300, 400, boot=7), gap("paused", 700, None, boot=7))
    rows = Scene(tmp_path, "rrccrru", endings=("deep_sleep",), gaps=known, first_boot=7).settle()
    assert short(rows) == ["recorded"] * 2 + ["dropped:card_error"] * 2 + ["recorded"] * 2 + ["dropped:paused"]


def test_a_card_that_failed_took_what_was_not_safe_and_could_not_take_what_came_next(tmp_path: Path):
    scene = Scene(tmp_path, "rr" + "c" * 6 + "rr", endings=("deep_sleep",), gaps=(gap("card_error", 200, 900),))
    scene.strikes = {1: [truth.Strike(450, 700)]}
    assert short(scene.settle()) == ["recorded"] * 2 + ["lost:card_error"] * 2 + ["dropped:card_error"] * 4 + ["recorded"] * 2


def test_a_cut_after_a_card_that_failed_took_only_what_the_card_would_have_taken(tmp_path: Path):
    """The card fails at 450 ms and works again at 700 ms; 10 s later, at the latest, it is recorded on."""
    scene = Scene(tmp_path, "rr" + "c" * 110, "r", endings=("cut", "deep_sleep"), gaps=(gap("power_on", 200, None),))
    scene.strikes = {1: [truth.Strike(450, 700)]}
    parts = [["recorded"] * 2, ["lost:card_error"] * 2, ["dropped:card_error"] * 103, ["lost:power_cut"] * 5, ["recorded"]]
    assert short(scene.settle()) == [fate for part in parts for fate in part]


def test_a_card_that_failed_before_frames_that_were_kept_has_nothing_to_do_with_the_cut(tmp_path: Path):
    scene = Scene(tmp_path, "rrccc", endings=("cut",), gaps=(gap("power_on", 200, None),))
    scene.strikes = {1: [truth.Strike(150, 160)]}
    assert short(scene.settle()) == ["recorded"] * 2 + ["lost:power_cut"] * 3


def test_what_a_full_card_could_not_take_is_not_put_down_to_the_cut_hours_later(tmp_path: Path):
    scene = Scene(tmp_path, "rr" + "c" * 40, "r", endings=("cut", "deep_sleep"), gaps=(gap("card_full", 200, None),))
    assert short(scene.settle())[2:-1] == ["dropped:card_full"] * 40


def test_the_world_tells_when_the_card_failed_in_each_boot(tmp_path: Path):
    told = [
        {"us": 300_000, "what": "boot", "boot": 1, "cause": "power_on"},
        {"us": 500_000, "what": "card_sync", "bytes": 512, "writes": 1},
        {"us": 800_000, "what": "card_fault", "kind": "flip", "until_us": 900_000},
        {"us": 900_000, "what": "card_fault", "kind": "gone", "until_us": 2_900_000},
        {"us": 5_000_000, "what": "boot", "boot": 2, "cause": "power_on"},
        {"us": 6_000_000, "what": "card_fault", "kind": "write-error", "until_us": 6_000_000},
    ]
    (tmp_path / "trace").write_text("".join(json.dumps(row) + "\n" for row in told))
    assert truth.strikes_in(tmp_path / "trace") == {1: [truth.Strike(600, 2600)], 2: [truth.Strike(1000, 1000)]}


def test_nobody_says_why(tmp_path: Path):
    elsewhere = (gap("card_error", 900, 1000),)
    assert short(Scene(tmp_path, "rrcrrc", endings=("deep_sleep",), gaps=elsewhere).settle())[2::3] == ["dropped:unexplained"] * 2


def test_lines_are_written_when_a_fate_is_known_so_they_are_in_no_order(tmp_path: Path):
    scene = Scene(tmp_path, "rrc", "rc", endings=("cut", "cut"))
    expected = scene.settle()
    scene.lines.reverse()
    assert scene.settle() == expected


@pytest.mark.parametrize(
    ("boots", "worst_ms"),
    [(("rrr",), 0), (("rrc", "r"), 100), (("rrccc", "rrc"), 300), (("rcoc", "r"), 300), (("rocr", "r"), 0), (("cc", "rccccc"), 500)],
)
def test_a_lost_frame_is_a_period_of_lost_footage(tmp_path: Path, boots: tuple[str, ...], worst_ms: int):
    rows = Scene(tmp_path, *boots, endings=("cut",) * len(boots)).settle()
    assert truth.lost_ms_max(rows, PERIOD_MS) == worst_ms


def test_causes_and_the_file(tmp_path: Path):
    rows = Scene(tmp_path, "rorc", "r", endings=("cut", "deep_sleep")).settle()
    assert truth.causes(rows) == {"overflow": 1, "power_cut": 1}
    truth.write(rows, tmp_path / "truth.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "truth.jsonl").read_text().splitlines()]
    assert [list(line) for line in lines] == [["n", "boot", "ticks_ms", "size", "sha256", "fate"]] * 5


def test_a_reel_frame_is_told_from_its_repetition(tmp_path: Path):
    """The reel loops, the stamp does not."""
    rows = Scene(tmp_path, "r" * 7, endings=("deep_sleep",)).settle()
    assert len({row.sha256 for row in rows}) == 7

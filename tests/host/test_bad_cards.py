# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The real firmware with bad cards: what the console says, what the light shows, what is kept, and how recording goes on.

Each row is one `daylog sim run --fault …`; a failure prints it.
"""

import json
import re
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from synced_run import Run

from host_tools import store
from host_tools.boards import load
from host_tools.demo import BOARD, clip
from host_tools.errors import DaylogError
from host_tools.footage import load as load_footage
from host_tools.footage import open_source
from host_tools.losses import PROMISE_MS
from host_tools.verify import verify
from sim import faults, runner
from sim.options import Options
from sim.result import conclude

# A card that costs no frames by itself, so that a frame lost is the fault's doing.
GOOD_CARD = {"write_kbps_internal": 2000, "write_kbps_psram": 2000, "spike_every_ms": 10**9}
SEGMENT_MS = 8000
STEADY, FAST, SLOW, DARK = "steady", "fast", "slow", "dark"  # recording; something is wrong; paused; off
READ_ERRORS = "the card answers with read errors; copy what is on it on a computer, and replace it"
READ_FAILED = "error recording: footage cannot be written: the card did not answer a read; it is opened anew"
WRITE_FAILED = "error recording: footage cannot be written: the card did not take a write; it is opened anew"
LIES = "error recording: footage cannot be written: the card does not give back what is written to it"
WORN = "error card_worn: the card has failed several times since boot; replace it"
NO_CARD = "error card: there is no card in the slot, or it does not answer; insert one"
CLOSED = "warn recovered: segment 1/1 was left open and is closed now"
BACK = ["card: cleared", "recording: cleared"]


@dataclass
class Case:
    """`struck_s`: when the fault costs footage, if it does. `resumed_s`: from when on everything is kept again."""

    fault: str
    says: list[str]
    light: dict[float, str]
    struck_s: float | None = None
    resumed_s: float | None = None
    gaps: set[str] = field(default_factory=set)
    options: dict[str, Any] = field(default_factory=dict)


CASES = [
    Case("write-error@6-7.2", [WRITE_FAILED, CLOSED, "recording: cleared"], {4: STEADY, 14: STEADY}, 6, 10, {"card_error"}),
    Case("read-error@6-8", [READ_FAILED, READ_ERRORS, CLOSED, *BACK], {4: STEADY, 7: FAST, 14: STEADY}, 6, 12, {"card_error"}),
    Case("lie@6-8", [LIES, "recording: cleared"], {4: STEADY, 7: FAST, 14: STEADY}, 6, 12, {"card_error"}),
    Case("lie@6", [LIES, WORN], {4: STEADY, 8: FAST, 18: FAST}, 6, gaps={"not_closed"}),
    Case("stall=0.5@6", [r"warn card: it kept the recorder waiting for 0\.[5-9] s"], {4: STEADY, 8: STEADY}, 6, 7.5, {"card_stall"}),
    Case("stall=5@6", [r"warn card: it kept the recorder waiting for 5\.\d s"], {4: STEADY, 13: STEADY}, 6, 12, {"card_stall"}),
    Case("hang@6", ["reset cause watchdog", CLOSED], {4: STEADY, 43: STEADY}, 6, 38, {"watchdog"}, {"seconds": 50}),
    Case("gone@6-9", [WRITE_FAILED, NO_CARD, CLOSED, *BACK], {4: STEADY, 8: FAST, 14: STEADY}, 6, 12, {"card_error"}),
    Case("flip@6-8", [READ_FAILED, *BACK], {4: STEADY, 14: STEADY}, 6, 12.5, {"card_error"}),
    Case("flip=10", [], {14: STEADY}, resumed_s=2),
    Case("names", [], {14: STEADY}, resumed_s=2),
    Case("names@6", [CLOSED], {16: STEADY}, 7, 14, {"power_on"}, {"power_cuts": [7]}),
    Case("boot-sector@6", ["boot sector was spoilt and is back", CLOSED], {16: STEADY}, 7, 14, {"power_on"}, {"power_cuts": [7]}),
    Case("fat@6", [CLOSED, "sectors of the card's file table were spoilt"], {16: STEADY}, 7, 14, {"power_on"}, {"power_cuts": [7]}),
]


@dataclass
class Played:
    """One run, and what is found of it afterwards."""

    out: Path
    command: str

    @property
    def console(self) -> str:
        return (self.out / "console.log").read_text(errors="replace")

    def says(self, phrases: list[str]) -> None:
        """The console says all of this, in this order."""
        at = 0
        for phrase in phrases:
            found = re.compile(phrase).search(self.console, at)
            assert found, f"not said, or not in this order: {phrase}\n{self.command}\n{self.console}"
            at = found.end()

    def light(self, at_s: float) -> str:
        """How the light looks to somebody who watches it for two seconds. It is lit while its pin is low."""
        rows = [json.loads(line) for line in (self.out / "trace.jsonl").read_text().splitlines() if '"pin"' in line]
        before = [row["level"] for row in rows if row["us"] <= (at_s - 1) * 1e6]
        during = [row["us"] / 1000 for row in rows if abs(row["us"] / 1e6 - at_s) < 1]
        if not during:
            return DARK if before[-1] else STEADY
        return FAST if min((b - a for a, b in pairwise(during)), default=1000) < 500 else SLOW

    def kept_s(self, image: str = "card.img") -> list[float]:
        """When each frame that a card gives back was taken, in seconds since the first boot."""
        with open_source(self.out / image) as source:
            found = {frame.sha256 for boot in load_footage(source, hashes=True).boots for frame in boot.frames}
        rows = [json.loads(line) for line in (self.out / "truth.jsonl").read_text().splitlines()]
        began = [json.loads(line)["us"] for line in (self.out / "trace.jsonl").read_text().splitlines() if '"what": "boot"' in line]
        return [began[row["boot"] - 1] / 1e6 + row["ticks_ms"] / 1000 for row in rows if row["sha256"] in found]


def play(out: Path, *specs: str, seconds: float = 20, settings: dict[str, Any] | None = None, **more: Any) -> Played:
    """One run."""
    board = load(BOARD)
    board["sim"]["card"].update(GOOD_CARD)
    settings = {"segment_ms": SEGMENT_MS, **(settings or {})}
    options = Options(board, clip(), seconds, out, settings=settings, faults=[faults.parse(spec) for spec in specs], **more)
    world = runner.prepare(options)
    history = runner.play(options, world)
    given = " ".join(f"--fault {spec}" for spec in specs)
    command = f"daylog sim run --board {BOARD} --video clip.mp4 --seconds {seconds:g} {given} --set segment_ms={SEGMENT_MS}  # and {more}"
    with suppress(DaylogError):  # a card that nothing was recorded on
        conclude(options, world, history)
    return Played(out, command)


@pytest.mark.parametrize("case", CASES, ids=[case.fault for case in CASES])
def test_what_is_said_shown_and_kept(tmp_path: Path, case: Case) -> None:
    played = play(tmp_path, case.fault, **case.options)
    played.says(case.says)
    assert "Traceback" not in played.console, played.console
    assert {at_s: played.light(at_s) for at_s in case.light} == case.light, played.command
    report = verify(tmp_path / "card.img", truth=tmp_path / "truth.jsonl")
    assert (report.problems, case.gaps - {gap["cause"] for gap in report.gaps}) == ([], set()), played.command
    kept_s = played.kept_s()
    if case.struck_s:
        assert max(at_s for at_s in kept_s if at_s < case.struck_s) > case.struck_s - PROMISE_MS / 1000, played.command
    if case.resumed_s:
        after = [at_s for at_s in kept_s if at_s > case.resumed_s]
        assert max(b - a for a, b in pairwise(after)) < 0.11 and after[0] < case.resumed_s + 0.11, played.command


def test_another_card_is_put_in(tmp_path: Path) -> None:
    """Each keeps its part, and no segment has the number of another."""
    played = play(tmp_path, "swap@6-9")
    played.says([NO_CARD, *BACK])
    assert [played.light(at_s) for at_s in (4, 8, 14)] == [STEADY, FAST, STEADY]
    first, second = played.kept_s(), played.kept_s("card2.img")
    assert (4 < max(first) < 6, min(second) < 12, max(second) > 19) == (True, True, True), played.command
    numbers = {}
    for image in ("card.img", "card2.img"):
        with open_source(tmp_path / image) as source:
            numbers[image] = [(segment.boot, segment.number) for segment in load_footage(source).segments]
    assert numbers == {"card.img": [(1, 1)], "card2.img": [(1, 2), (1, 3)]}
    assert verify(tmp_path / "card2.img").gaps[0]["cause"] == "card_error"


def test_a_card_that_is_taken_out_again_and_again_is_not_worn_out(tmp_path: Path) -> None:
    played = play(tmp_path, *(f"gone@{at}-{at + 2}" for at in range(6, 54, 8)), seconds=60)
    report = verify(tmp_path / "card.img", truth=tmp_path / "truth.jsonl")
    assert (played.console.count("card: cleared"), "card_worn" in played.console, report.problems) == (6, False, []), played.console
    assert [at_s for at_s in played.kept_s() if at_s > 58]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("write-protected", "error card: the card takes no writes: it is locked or worn out; insert another one"),
        ("read-error", f"error card: {READ_ERRORS}"),
        ("no-fs", "error card: the card has no FAT file system; insert another one, or type card format"),
        ("full=6", "error recording: footage cannot be written: the card is full, and nothing on it may be removed"),
    ],
)
def test_a_card_that_nothing_can_be_recorded_on(tmp_path: Path, fault: str, said: str) -> None:
    """It says so once, blinks, answers, and ends as always."""
    played = play(tmp_path, fault, typed=[(15, "status")])
    played.says([said, "PROBLEM .*" + said.split(": ", 1)[1], "Closing the segment"])
    assert (played.light(14), played.console.count(said)) == (FAST, 1), played.console


def test_footage_without_a_file_system_is_left_alone(tmp_path: Path) -> None:
    """Nobody but a computer can put it together; until then nothing is written over it, unless somebody insists."""
    typed = [(22, "card format")]
    played = play(tmp_path, "no-fs@10", seconds=25, power_cuts=[10], typed=typed)
    played.says(
        ["error card: the file system is gone, but there is footage: get it off with daylog recover --carve", "and it holds footage."]
    )
    written = [json.loads(row) for row in (tmp_path / "trace.jsonl").read_text().splitlines() if '"card_sync"' in row]
    assert ([row for row in written if row["us"] > 11e6], played.light(20)) == ([], FAST), played.command
    assert carved_chunks(tmp_path / "card.img") > 5


def carved_chunks(image: Path) -> int:
    """Beginnings of chunks at the beginnings of sectors."""
    return sum(at % 512 == 9 for at in (found.start() for found in re.finditer(b"DAYLOGCK", image.read_bytes()[:64_000_000])))


def test_it_can_leave_to_the_prompt_without_a_card(tmp_path: Path) -> None:
    played = play(tmp_path, "gone@0-100", typed=[(5, "repl")], drain_seconds=5)
    assert json.loads((tmp_path / "trace.jsonl").read_text().splitlines()[-1])["reason"] == "left", played.console


# -- while it is being uploaded -----------------------------------------------------------------------

UPLOADING: dict[str, Any] = {"seconds": 60, "bandwidth_kbps": 8000, "settings": {"part_bytes": 5 << 20, "segment_ms": 40_000}}


@pytest.mark.parametrize(
    ("fault", "said"),
    [("gone@50-53", "store: a segment cannot be read from the card"), ("flip=40@44-52", "the bytes the store received are not those")],
)
def test_everything_is_stored_in_the_end(tmp_path: Path, fault: str, said: str) -> None:
    """The segment in hand is not set aside for what its card does, and no wrong byte counts as stored."""
    info = store.up(tmp_path / "store")
    try:
        done = Run(info, tmp_path / "run", 20, faults=[faults.parse(fault)], **UPLOADING)
        done.assert_all_stored()
    finally:
        store.down(info.folder)
    assert said in done.console and "set aside" not in done.console, done.console


# -- a counterfeit -----------------------------------------------------------------------------------


def test_a_counterfeit_is_used_up_to_what_it_has(tmp_path: Path) -> None:
    """64 MiB last for 200 s; nothing of what was there before is overwritten."""
    played = play(tmp_path, "wrap=64", seconds=230)
    played.says(["error counterfeit: the card says it has 8192 MB and has 67 MB", "all that this counterfeit card has is used"])
    assert (played.light(100), played.light(220)) == (STEADY, FAST)
    kept_s = played.kept_s()
    assert max(b - a for a, b in pairwise(kept_s)) < 0.11 and kept_s[-1] > 190


def test_a_counterfeit_is_formatted_to_what_it_has(tmp_path: Path) -> None:
    played = play(tmp_path, "wrap=64", typed=[(4, "card check"), (5, "card format sim-1"), (12, "card")], seconds=20)
    played.says(["Formatted: 67.1 MB. Recording goes on.", "counterfeit: cleared", r"says it has 8\.2 GB, but has only 67\.1 MB"])
    assert [at_s for at_s in played.kept_s() if at_s > 12], played.console


# -- the console's tools -----------------------------------------------------------------------------

PAUSED = [(5, "pause")]


def test_card_bench_says_what_the_card_is_good_for(tmp_path: Path) -> None:
    played = play(tmp_path, typed=[(4, "card bench"), *PAUSED, (6, "card bench"), (15, "resume")])
    played.says(["Type pause, then this again, then resume", r"writes  \d+ kB/s, longest pause \d+ ms", "Good for hd5, qvga20, svga10"])
    assert verify(tmp_path / "card.img", truth=tmp_path / "truth.jsonl").problems == []


def test_card_bench_names_a_slow_card(tmp_path: Path) -> None:
    slow = load(BOARD)
    slow["sim"]["card"].update(GOOD_CARD, write_kbps_internal=250)
    options = Options(slow, clip(), 30, tmp_path, typed=[*PAUSED, (6, "card bench"), (25, "card bench --json")])
    runner.play(options, runner.prepare(options))
    console = (tmp_path / "console.log").read_text()
    assert "Too slow for svga10. Good for qvga20, xga_lapse." in console
    told = next(json.loads(line) for line in console.splitlines() if line.startswith('{"'))
    assert (told["ok"], told["good_for"], told["profile"]) == (True, ["qvga20", "xga_lapse"], "svga10")


@pytest.mark.parametrize(
    ("specs", "said"),
    [
        ([], ["good  it keeps what is written, all over its free space", "This is a good card."]),
        (["lie@5.5"], [r"BAD   \d+ of 128 places do not keep what is written", "This is a bad card."]),
    ],
)
def test_card_check(tmp_path: Path, specs: list[str], said: list[str]) -> None:
    """On a card that nothing was recorded on yet."""
    play(tmp_path, *specs, settings={"paused": True}, typed=[(6, "card check")], seconds=60).says(said)


def test_card_check_writes_nothing_where_footage_could_be_lost(tmp_path: Path) -> None:
    said = ["all of 128 places looked at can be read", "its two FATs agree", "was not tried: footage on it is not stored yet"]
    play(tmp_path, typed=[*PAUSED, (6, "card check")]).says(said)


def test_card_format_asks_twice_and_goes_on(tmp_path: Path) -> None:
    played = play(tmp_path, typed=[(10, "card format"), (11, "card format sim-2"), (12, "card format sim-1")], seconds=25)
    played.says(["gone, and 2 segments are stored nowhere else", "type: card format sim-1", "type: card format sim-1", "Formatted: 8.2 GB"])
    assert 12 < min(played.kept_s()) < 18, played.console


@pytest.mark.parametrize("cut", [5.2, 6.0, 7.3])
def test_a_format_that_is_cut_off_can_be_done_again(tmp_path: Path, cut: float) -> None:
    played = play(tmp_path, typed=[(5, "card format sim-1"), (12, "card format sim-1")], power_cuts=[cut], seconds=25)
    played.says(["formatting the card was broken off; type card format to begin again", "Formatted: 8.2 GB", "card: cleared"])
    assert max(played.kept_s()) > 24, played.console

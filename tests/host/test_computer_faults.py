# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Bad days of a computer that records: what is said, what is lost, and that recording goes on, on the simulated one.

Each frame is accounted for: `verify` compares the recording with every frame that left the encoder.
"""

from pathlib import Path
from typing import NamedTuple

import pytest
from computer_runs import Run, run

from host_tools.errors import UsageError
from sim import faults
from sim.computer import small_board

SECONDS = 14
LONG = {"gone@5-300": 330}


Told = tuple[str, float, float | None]


class Case(NamedTuple):
    """`said`: the words in the recording, and by when (ms of uptime). `gaps`: (cause, from, to) in s, each at most 0.1 s off."""

    fault: str
    said: str = ""
    by_ms: int = 0
    gaps: tuple[Told, ...] = ()


CARD = ("card_error", 3.97, None)  # told by the segment that breaks off; the one after it knows until when
CASES = [
    Case("encoder-killed@5", "has ended with code -9", 5010, (("camera", 4.93, 5.53),)),
    Case("encoder-hung@5", "has sent no frame for 2000 ms", 7000, (("camera", 4.93, 7.5),)),
    Case("camera-gone@5-8", "has ended with code 1: Cannot open video device", 5010, (("camera", 4.93, 8.63),)),
    Case("camera-gone@5", "has ended with code 1: Cannot open video device", 5010, (("camera", 4.93, SECONDS + 0.7),)),
    Case("noise@5-9", "has sent no frame for 2000 ms", 7000, (("camera", 4.93, 9.67),)),
    Case("garbage=5000@5"),
    Case("start-codes@5.3"),
    Case("truncated@5.3"),
    Case("truncated@5-6"),
    Case("parameters@5"),
    Case("parameters@5-8"),
    Case("gone@5-8", "pulled out, or is worn out", 5050, (CARD, ("card_error", 3.97, 5.07))),
    Case("gone@0-5", "no card is mounted at", 10),
    Case("gone@5-300", "no card is mounted at", 5050, (CARD, ("card_error", 3.97, 5.07), ("camera", 204.4, 307.1))),
    Case("write-protected@5-8", "the card takes no writes", 5050, (CARD, ("card_error", 3.97, 5.07))),
    Case("write-protected@0-5", "the card takes no writes", 10),
    Case("full@5-8", "the card is full", 5050, (("card_full", 3.97, 5.07),)),
    Case("full@0-5", "the card is full", 10),
    Case("system-protected@0", "the chip cannot remember its boots", 10),
    Case("system-protected@5"),
    Case("weak-supply@5-14", "the supply is too weak", 10_050),
    Case("clock=100000000@5"),
    Case("clock=-100000000@5"),
]


def played(folder: Path, *specs: str) -> Run:
    return run(folder, LONG.get(specs[0], SECONDS), faults=[faults.parse(spec) for spec in specs])


def told(done: Run) -> list[Told]:
    rows = [(gap["cause"], gap["from_uptime_ms"], gap["to_uptime_ms"]) for gap in done.report.gaps]
    return [(cause, from_ms / 1000, to_ms if to_ms is None else to_ms / 1000) for cause, from_ms, to_ms in rows]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.fault)
def test_what_is_said_and_lost(tmp_path: Path, case: Case):
    done = played(tmp_path, case.fault)
    heard = [event["uptime_ms"] for event in done.events() if case.said and case.said in event["text"]]
    assert (done.result.ok, done.report.problems, done.result.boots) == (True, [], 1)
    assert told(done) == [(cause, pytest.approx(start, abs=0.1), pytest.approx(end, abs=0.1)) for cause, start, end in case.gaps]
    assert min(heard, default=0) <= case.by_ms and bool(heard) == bool(case.said)


@pytest.mark.parametrize("fault", ["gone@5", "write-protected@5", "full@5"])
def test_a_disk_that_does_not_come_back_keeps_what_it_had(tmp_path: Path, fault: str):
    done = played(tmp_path, fault)
    assert (done.report.problems, [(gap["cause"], gap["from_uptime_ms"]) for gap in done.report.gaps]) == ([], [("not_closed", 3966)])
    assert "footage cannot be written" in done.said


@pytest.mark.parametrize(
    ("fault", "words"),
    [("no-nmcli@0", "there is no nmcli: install network-manager"), ("no-networkmanager@0", "NetworkManager does not run; start it")],
)
def test_without_network_manager_it_is_said_and_every_frame_is_recorded(tmp_path: Path, fault: str, words: str):
    done = run(tmp_path, SECONDS, board=small_board(name="pi_zero_2w"), faults=[faults.parse(fault)])
    said = [event["text"] for event in done.events() if event["kind"] == "wifi"]
    assert (done.result.ok, done.report.verdict, words in said[0]) == (True, "lossless", True)


def test_a_pause_that_cannot_be_written_down_is_one_all_the_same(tmp_path: Path):
    done = run(tmp_path, SECONDS, faults=[faults.parse("system-protected@3")], typed=[(5.0, "pause"), (8.0, "resume")])
    assert (done.result.ok, [cause for cause, _, _ in told(done)]) == (True, ["paused"])
    assert "it is read-only" in done.said


def test_one_fault_after_the_other(tmp_path: Path):
    done = played(tmp_path, "encoder-killed@3", "truncated@4.5", "encoder-killed@5", "encoder-hung@7", "clock=-500000000@11")
    assert (done.result.ok, done.report.problems, [cause for cause, _, _ in told(done)]) == (True, [], ["camera"] * 3)


def test_a_camera_that_is_plugged_in_later_is_found(tmp_path: Path):
    done = played(tmp_path, "camera-gone@0-6")
    assert (done.result.ok, done.report.problems, [cause for cause, _, _ in told(done)]) == (True, [], ["camera"])
    assert done.result.frames["recorded"] > 100


def test_what_cannot_happen_to_a_computer_is_refused(tmp_path: Path):
    with pytest.raises(UsageError, match="--fault fat cannot happen"):
        played(tmp_path, "fat@3")

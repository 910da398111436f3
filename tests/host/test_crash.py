# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The power is cut at writes that a seed chooses, in every scenario; `make crash` cuts it at every one.

A failure names the command that replays the cut.
"""

import json
import struct
from collections.abc import Iterator

import pytest
from cheats import no_comparing
from click.testing import CliRunner

from host_tools.commands.sim import command
from sim import image
from sim.crash.bench import Cut
from sim.crash.campaign import Campaign, Outcome
from sim.crash.scenarios import SCENARIOS
from sim.crash.take import Take
from sim.crash.tape import CARD, SECTOR
from sim.crash.variants import VARIANTS, survivors

SEED, CUTS_EACH = 11, 44  # of each of the scenarios: more than 500 in all

NO_SYNC = """
from firmware.segment import SegmentWriter
SegmentWriter._read_back = lambda self: None
class Unsynced:
    def __init__(self, file): self.file = file
    def flush(self): pass
    def __getattr__(self, name): return getattr(self.file, name)
put = SegmentWriter.put
def put_unsynced(self, chunk):
    if not isinstance(self._file, Unsynced): self._file = Unsynced(self._file)
    put(self, chunk)
SegmentWriter.put = put_unsynced
"""


def tried(scenario: str, sample: int, variants: tuple[str, ...] = tuple(VARIANTS)) -> list[Outcome]:
    with Campaign([scenario], variants) as campaign:
        return list(campaign.run(campaign.cuts(SEED, sample=sample), processes=1))


def complaints(outcomes: list[Outcome]) -> dict[str, list[str]]:
    return {outcome.cut.command: outcome.verdict.problems for outcome in outcomes if outcome.verdict.problems}


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_no_cut_breaks_a_promise(scenario: str):
    outcomes = tried(scenario, CUTS_EACH)
    assert (complaints(outcomes), len(outcomes), len({outcome.cut for outcome in outcomes})) == ({}, CUTS_EACH, CUTS_EACH)
    assert len({outcome.cut.variant for outcome in outcomes}) >= 4


def test_there_are_enough_of_them():
    assert len(SCENARIOS) * CUTS_EACH >= 500


@pytest.mark.parametrize(
    ("scenario", "sabotage", "complaint"),
    [("recording", NO_SYNC, "of footage are lost"), ("upload", no_comparing(300), "the store does not have it")],
    ids=["a commit that does not sync", "an upload that never was"],
)
def test_a_firmware_that_cheats_is_found_out(scenario: str, sabotage: str, complaint: str, monkeypatch: pytest.MonkeyPatch):
    build = image.build
    monkeypatch.setattr(image, "build", lambda board, settings: build(board, settings, sabotage))
    found = [problem for problems in complaints(tried(scenario, 24, ("prefix", "lost"))).values() for problem in problems]
    assert any(complaint in problem for problem in found), found


def torn_in_its_size(take: Take) -> Iterator[Cut]:
    """Cuts after which a folder says that a file is shorter than it was before."""
    for number, write in enumerate(take.tape.writes):
        if write.part != CARD or len(write.data) != SECTOR or write.data[:1] != b".":
            continue
        old = take.content(write, number)
        for seed in range(40):
            kept = (survivors("torn", take, number, seed) or [write])[-1].data
            sector = kept + old[len(kept) :]
            sizes = [
                struct.unpack_from("<I", sector, at + 28)[0] - struct.unpack_from("<I", old, at + 28)[0] for at in range(64, SECTOR, 32)
            ]
            if min(sizes) < 0:
                yield Cut(take.scenario.name, number, "torn", seed)
                break


def test_a_file_whose_size_is_torn_keeps_its_footage():
    with Campaign(["recording"], ["torn"]) as campaign:
        cuts = list(torn_in_its_size(campaign.takes["recording"]))
        outcomes = list(campaign.run(cuts, processes=1))
    assert (complaints(outcomes), len(outcomes) > 0) == ({}, True)


def test_a_cut_is_replayed_by_its_command():
    words = ["crash", "--scenario", "recording", "--cut", "150", "--variant", "torn", "--seed", "5", "--processes", "1", "--json"]
    first, second = (json.loads(CliRunner().invoke(command, words, standalone_mode=False).output.splitlines()[-1]) for _ in range(2))
    assert (first["cuts"], first["violations"], first["failures"]) == (1, 0, [])
    assert {**first, "real_s": 0} == {**second, "real_s": 0}


def test_a_write_that_no_scenario_has_is_refused():
    done = CliRunner().invoke(command, ["crash", "--scenario", "recording", "--cut", "99999"], standalone_mode=False)
    assert "no scenario has so many writes" in str(done.exception)

# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What the recorder is doing when the power is cut."""

from collections.abc import Callable
from functools import partial

from sim import card_damage
from sim.cell import Power
from sim.crash.board_script import run_on
from sim.crash.stage import Stage
from sim.crash.take import Scenario, tape_of
from sim.crash.tape import CARD, FLASH, SECTOR, Write
from sim.crash.variants import survivors
from sim.fat32 import RESERVED_SECTORS

_OFTEN = {"commit_interval_ms": 400, "segment_ms": 1000}
_SHORT_OF_POWER = Power(60, charge=0.028, surroundings=[(0.0, 21.0, 250), (6.0, 21.0, 0)])
_LONG = {"segment_ms": 600_000, "part_bytes": 5 << 20}
_PAUSES = ((1, "pause"), (1.8, "resume"), (2.6, "pause"), (3.4, "resume"))


def _used(stage: Stage) -> None:
    """The card has been recorded on before."""
    stage.boot(seconds=1.5, typed=[])


def _full_of_stored(stage: Stage) -> None:
    """Several boots are on the card, all but the last segment stored, and there is little room left."""
    for _ in range(3):
        stage.boot(seconds=2.0, typed=[])
    run_on(stage.card, "mark_stored(unsent=1)")
    card_damage.fill(stage.card, megabytes_left=20)


def _index_due(stage: Stage) -> None:
    """The journal is in its second file, and long enough behind the newest copy of the index for another to be made."""
    stage.boot(seconds=1.5, typed=[])
    run_on(stage.card, "lengthen_journal(records=8300)", "save_index()", "lengthen_journal(records=505)")


def _journal_full(stage: Stage) -> None:
    """There is room for four more records in the first file of the journal."""
    stage.boot(seconds=1.5, typed=[])
    run_on(stage.card, "lengthen_journal(until=8188)", "save_index()")


def _unsent(stage: Stage) -> None:
    """Two segments wait for the store: one goes in one piece, one in parts."""
    _used(stage)
    stage.boot(seconds=280, typed=[])


def _after_a_cut(variant: str, interrupts: Callable[[Write], bool], stage: Stage) -> None:
    """The power was cut during the last such write: the boot on tape is the one that recovers."""
    _used(stage)
    take = tape_of(_ROTATION, stage)
    pause = next(n for n, write in enumerate(take.tape.writes) if write.part == FLASH)  # at the end of the boot
    cut = max(n for n, write in enumerate(take.tape.writes[:pause]) if write.part == CARD and interrupts(write))
    take.leave(survivors(variant, take, cut, 1) or [], stage)
    stage.boots, stage.frames = take.boot, take.frames_until(take.tape.now_us(cut))


def _is_footage(write: Write) -> bool:
    return len(write.data) >= 2 * SECTOR


def _is_fat(write: Write) -> bool:
    return write.at == RESERVED_SECTORS * SECTOR


_ROTATION = Scenario("rotation", "segments are closed, the next is opened", 4, _OFTEN, _used)

ALL = (
    Scenario("first-boot", "an empty card: folders, journal, the first segment", 2.5),
    Scenario("recording", "commits of a growing segment", 8, before=_used),
    _ROTATION,
    Scenario(
        "recovery", "after a cut in the footage, what was left open is closed", 2.5, _OFTEN, partial(_after_a_cut, "torn", _is_footage)
    ),
    Scenario(
        "mending", "after a cut has spoilt the FAT, it is put back from its copy", 2.5, _OFTEN, partial(_after_a_cut, "unreadable", _is_fat)
    ),
    Scenario("reclaim", "the card is full: what is stored is removed", 2.5, _OFTEN, _full_of_stored),
    Scenario("index", "the index is copied, needless parts of the journal are removed", 11.5, _OFTEN, _index_due, after_seconds=6),
    Scenario("journal", "a file of the journal is full, the next begins", 3, _OFTEN, _journal_full),
    Scenario("upload", "segments are sent, whole and in parts, and called stored", 8, _LONG, _unsent, after_seconds=6, sends=True),
    Scenario("settings", "pause and resume are saved on the flash", 4, _OFTEN, _used, _PAUSES),
    Scenario(
        "power", "the governor takes a poorer profile, then closes all and sleeps", 60, {"target_hours": 14}, _used, power=_SHORT_OF_POWER
    ),
    Scenario("format", "the owner lets the card be formatted", 5, _OFTEN, _used, ((1.5, "card format sim-1"),), wipes=b"DAYLOG FORMAT"),
)
SCENARIOS = {scenario.name: scenario for scenario in ALL}

# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What the memories keep when the power is cut during write number `cut`: one function a variant.

    for part, at, data in survivors("torn", tape, 143, seed=7): ...

The writes that are kept, in the order in which they take effect. The card may do what it likes with what it was not yet told to
keep. The flash programs in order. The NVS changes as a whole or not at all: that is what ESP-IDF promises.
None: with this cut the variant is no different from `prefix`.
"""

from collections.abc import Callable, Iterable
from random import Random
from typing import NamedTuple

from sim.crash.tape import CARD, NVS, SECTOR, Tape, Write

BOUND = 8  # a write overtakes, or is overtaken by, at most so many others
_BLANK = 0xFF


class Patch(NamedTuple):
    part: int
    at: int
    data: bytes


Variant = Callable[[Tape, int, Random], "list[Patch] | None"]


def survivors(variant: str, tape: Tape, cut: int, seed: int) -> list[Patch] | None:
    return VARIANTS[variant](tape, cut, Random(f"{variant} {cut} {seed}"))


def _patches(writes: Iterable[Write]) -> list[Patch]:
    return [Patch(write.part, write.at, write.data) for write in writes]


def _interrupted(tape: Tape, cut: int) -> Write | None:
    """The write under way, if a part of it can be kept."""
    write = tape.writes[cut] if cut < len(tape.writes) else None
    return write if write and write.part != NVS else None


def prefix(tape: Tape, cut: int, chance: Random) -> list[Patch]:
    """All before it in their order, and nothing of it."""
    return _patches(tape.writes[:cut])


def torn(tape: Tape, cut: int, chance: Random) -> list[Patch] | None:
    """Of it a part: new bytes up to somewhere, old ones behind."""
    write = _interrupted(tape, cut)
    if write is None or len(write.data) < 2:
        return None
    kept = chance.randrange(1, len(write.data))
    return [*prefix(tape, cut, chance), Patch(write.part, write.at, write.data[:kept])]


def unreadable(tape: Tape, cut: int, chance: Random) -> list[Patch] | None:
    """Of the sector that is being written neither the old nor the new content is left."""
    write = _interrupted(tape, cut)
    if write is None:
        return None
    whole = chance.randrange(-(-len(write.data) // SECTOR)) * SECTOR  # bytes that were written before
    size = min(SECTOR, len(write.data) - whole)
    ruins = bytes([_BLANK]) * size if chance.random() < 0.5 else chance.randbytes(size)
    return [*prefix(tape, cut, chance), Patch(write.part, write.at, write.data[:whole] + ruins)]


def lost(tape: Tape, cut: int, chance: Random) -> list[Patch] | None:
    """Of what the card had not been told to keep, any part."""
    return _gamble(tape, cut, tape.synced(cut), chance)


def reordered(tape: Tape, cut: int, chance: Random) -> list[Patch] | None:
    """The card was writing the last few at once: each of them is there or not, the one that was interrupted too."""
    return _gamble(tape, min(cut + 1, len(tape.writes)), max(tape.synced(cut), cut - BOUND), chance)


def _gamble(tape: Tape, cut: int, sure: int, chance: Random) -> list[Patch] | None:
    """Writes before `sure` are kept, of those from there to `cut` the card keeps which it likes."""
    doubtful = tape.writes[sure:cut]
    kept = [write for write in doubtful if write.part != CARD or chance.random() < 0.5]
    if len(kept) == len(doubtful):
        return None
    return _patches([*tape.writes[:sure], *kept])


VARIANTS: dict[str, Variant] = {"prefix": prefix, "torn": torn, "unreadable": unreadable, "lost": lost, "reordered": reordered}

# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What the memories keep when the power is cut during write number `cut`: one function a variant.

    for part, at, data in survivors("torn", take, 143, seed=7): ...

The writes that are kept, in the order in which they take effect. The card may do what it likes with what it was not yet told to
keep. The flash programs in order. The NVS changes as a whole or not at all: that is what ESP-IDF promises.
None: with this cut the variant is no different from `prefix`.
"""

from collections.abc import Callable, Iterable
from random import Random

from sim.crash.take import Take
from sim.crash.tape import CARD, NVS, SECTOR, Patch, Write

BOUND = 8  # a write overtakes, or is overtaken by, at most so many others
_BLANK = 0xFF

Variant = Callable[[Take, int, Random], "list[Patch] | None"]


def survivors(variant: str, take: Take, cut: int, seed: int) -> list[Patch] | None:
    return VARIANTS[variant](take, cut, Random(f"{variant} {cut} {seed}"))


def _patches(writes: Iterable[Write]) -> list[Patch]:
    return [Patch(write.part, write.at, write.data) for write in writes]


def _interrupted(take: Take, cut: int) -> Write | None:
    """The write under way, if a part of it can be kept."""
    write = take.tape.writes[cut] if cut < len(take.tape.writes) else None
    return write if write and write.part != NVS else None


def prefix(take: Take, cut: int, chance: Random) -> list[Patch]:
    """All before it in their order, and nothing of it."""
    return _patches(take.tape.writes[:cut])


def torn(take: Take, cut: int, chance: Random) -> list[Patch] | None:
    """Of it a part: new bytes up to somewhere, old ones behind. Only where that makes a difference."""
    write = _interrupted(take, cut)
    if write is None:
        return None
    old = take.content(write, cut)
    differ = [n for n, (before, after) in enumerate(zip(old, write.data, strict=True)) if before != after]
    if len(differ) < 2:
        return None
    kept = chance.choice(differ[1:])
    return [*prefix(take, cut, chance), Patch(write.part, write.at, write.data[:kept])]


def unreadable(take: Take, cut: int, chance: Random) -> list[Patch] | None:
    """Of the sector that is being written neither the old nor the new content is left."""
    write = _interrupted(take, cut)
    if write is None:
        return None
    whole = chance.randrange(-(-len(write.data) // SECTOR)) * SECTOR  # bytes that were written before
    size = min(SECTOR, len(write.data) - whole)
    ruins = bytes([_BLANK]) * size if chance.random() < 0.5 else chance.randbytes(size)
    return [*prefix(take, cut, chance), Patch(write.part, write.at, write.data[:whole] + ruins)]


def lost(take: Take, cut: int, chance: Random) -> list[Patch] | None:
    """Of what the card had not been told to keep, any part."""
    return _gamble(take, cut, take.tape.synced(cut), chance)


def reordered(take: Take, cut: int, chance: Random) -> list[Patch] | None:
    """The card was writing the last few at once: each of them is there or not, the one that was interrupted too."""
    return _gamble(take, min(cut + 1, len(take.tape.writes)), max(take.tape.synced(cut), cut - BOUND), chance)


def _gamble(take: Take, cut: int, sure: int, chance: Random) -> list[Patch] | None:
    """Writes before `sure` are kept, of those from there to `cut` the card keeps which it likes."""
    doubtful = take.tape.writes[sure:cut]
    kept = [write for write in doubtful if write.part != CARD or chance.random() < 0.5]
    if len(kept) == len(doubtful):
        return None
    return _patches([*take.tape.writes[:sure], *kept])


VARIANTS: dict[str, Variant] = {"prefix": prefix, "torn": torn, "unreadable": unreadable, "lost": lost, "reordered": reordered}

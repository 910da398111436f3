# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Where the rest of a chunk lies whose file makes a jump in it: clusters of the journal or of folders came between.

    joiner = Joiner(disk, volume, shifts)          # volume: what is left of the file system, or None
    runs = joiner.join(place, length, accept, joiner.jumps(...))   # [(place, length)], or None

Tried in this order: one piece; the chain of clusters, by each copy of the FAT; one jump. Files go forward, for FAT takes the next
free cluster; only where the next chunk of the file is known, it is also known how far the jump goes, and whereto.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import reduce
from itertools import islice
from math import gcd

from host_tools.disk import SECTOR, Disk
from host_tools.fat import FatVolume

_SURE_CLUSTER = 4096  # larger clusters are whole multiples of it
_MOST_TRIES = 4096  # a second's work
Runs = list[tuple[int, int]]


class Joiner:
    """`shifts`: how far each chunk lies from its place in the file. Clusters begin at `base` and every `step` bytes from there."""

    def __init__(self, disk: Disk, volume: FatVolume | None, shifts: Iterable[int]) -> None:
        self._disk, self._volume = disk, volume
        self.step, self.base = _grid(volume, list(shifts))

    def join(self, place: int, length: int, accept: Callable[[bytes], object], jumps: Iterable[int]) -> Runs | None:
        """The runs whose bytes `accept` takes."""
        for runs in islice(self._ways(place, length, jumps), _MOST_TRIES):
            if accept(self.read(runs)):
                return runs
        return None

    def read(self, runs: Runs) -> bytes:
        return b"".join(self._disk.read(place, length) for place, length in runs)

    def jumps(self, farthest: int, place: int, mark: bytes) -> Iterator[int]:
        """Jumps by which what should lie at `place` lies elsewhere: there is what it is known to begin with."""
        return (jump for jump in range(self.step, farthest, self.step) if self._disk.read(place + jump, len(mark)) == mark)

    def _ways(self, place: int, length: int, jumps: Iterable[int]) -> Iterator[Runs]:
        yield [(place, length)]
        if self._volume:
            yield from self._volume.runs_from(place, length)
        splits = range((self.base - place) % self.step or self.step, length, self.step)
        for jump in jumps if splits else ():
            yield from ([(place, split), (place + split + jump, length - split)] for split in splits)


def _grid(volume: FatVolume | None, shifts: list[int]) -> tuple[int, int]:
    """(step, base). Without a boot sector by the chunks found: how far each lies from its place in the file differs by whole clusters."""
    if volume:
        return volume.geometry.cluster_bytes, volume.geometry.data_offset % volume.geometry.cluster_bytes
    apart = reduce(gcd, (shift - shifts[0] for shift in shifts), 0)
    step = max(SECTOR, min(apart & -apart, _SURE_CLUSTER)) if apart else _SURE_CLUSTER
    return step, shifts[0] % step if shifts else 0

# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Get every segment off a card, whole: copy what is intact, close what was never closed, rebuild around damage.

    result = recover("card.img", "rescued")
    print(result.frames, result.exit_code)

What was never closed is closed by the firmware's own recovery; what has damage inside is written anew by the
firmware's own writer, with a gap where frames are gone. The source is only read.
"""

import re
import shutil
import struct
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from firmware.recovery import repair
from host_tools.errors import DaylogError, UsageError
from host_tools.footage import Footage, Segment, load
from host_tools.outputs import finished_or_absent
from host_tools.rebuild import rebuild
from host_tools.sources import Source, StoredFile, open_source
from host_tools.words import plural

_COPY_BYTES = 1 << 20
_PER_FOLDER = 64
# What the firmware's recovery may raise on bytes that no recorder wrote.
_UNWALKABLE = (ValueError, LookupError, struct.error, OverflowError, MemoryError)
Watch = Callable[[list[StoredFile]], Iterable[StoredFile]]


class NothingRecovered(DaylogError):
    """There is no segment, or none of which a chunk can be read."""


@dataclass
class Recovered:
    """What came out, and what could not be kept; counts of segments unless named otherwise."""

    out: str
    copied: int = 0
    repaired: int = 0
    rebuilt: int = 0
    discarded: int = 0
    frames: int = 0
    recovered_bytes: int = 0
    discarded_bytes: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0: nothing was lost; 3: what is missing is told by gaps."""
        return 3 if self.repaired or self.rebuilt or self.discarded or self.problems else 0


def recover(where: str | Path, out: str | Path, *, store_file: str | Path | None = None, watch: Watch = iter) -> Recovered:
    """Write every segment of a source below the folder `out`, laid out as on a card."""
    with open_source(where, store_file) as source:
        return recover_from(source, out, watch)


def recover_from(source: Source, out: str | Path, watch: Watch = iter) -> Recovered:
    """The same from an open source, be it a carved one."""
    folder = Path(out)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{out} is there already and not an empty folder", "name a new folder")
    with finished_or_absent(folder) as unfinished:
        footage = load(source, watch=watch)
        result = Recovered(str(folder), problems=source.problems)
        for recorder in footage.by_device():
            root = unfinished / _folder_name(recorder.devices[0]) if len(footage.devices) > 1 else unfinished
            for segment in recorder.segments:
                _recover_segment(recorder, segment, root, result)
        if not result.frames:
            raise NothingRecovered(f"{source.where} holds no frame that can be recovered")
        return result


def _folder_name(device: str) -> str:
    """What a file says of its device may be anything, a path to elsewhere, too."""
    return re.sub(r"[^\w-]", "_", device) or "unknown"


def recover_carved(sources: list[Source], out: str | Path, watch: Watch = iter) -> Recovered:
    """The first source as above; each other one, of chunks that claim a place that is taken, into a folder of its own."""
    result = recover_from(sources[0], out, watch)
    for number, source in enumerate(sources[1:], 1):
        folder = Path(out) / f"another-{number}"
        with suppress(NothingRecovered):
            frames = recover_from(source, folder, watch).frames
            result.problems.append(f"{plural(frames, 'frame')} of the same numbers as others are in {folder}")
    return result


def _recover_segment(footage: Footage, segment: Segment, root: Path, result: Recovered) -> None:
    path = root / "daylog" / f"{segment.boot:06d}" / f"{segment.number // _PER_FOLDER:03d}" / f"{segment.number:06d}.mcap"
    path.parent.mkdir(parents=True, exist_ok=True)
    outcome, write = _way_for(segment)
    if not write(footage, segment, path):
        path.unlink(missing_ok=True)
        result.discarded += 1
        result.discarded_bytes += segment.file.size
        return
    size = path.stat().st_size
    setattr(result, outcome, getattr(result, outcome) + 1)
    result.frames += len(segment.frames)
    result.recovered_bytes += size
    result.discarded_bytes += max(0, segment.file.size - size) if segment.damage else segment.torn_bytes


def _way_for(segment: Segment) -> tuple[str, Callable[[Footage, Segment, Path], bool]]:
    if segment.damage:
        return "rebuilt", rebuild
    return ("copied", _copy) if segment.closed else ("repaired", _repair)


def _copy(_: Footage, segment: Segment, path: Path) -> bool:
    with segment.file.open() as stream, path.open("wb") as target:
        shutil.copyfileobj(stream, target, _COPY_BYTES)
    return True


def _repair(footage: Footage, segment: Segment, path: Path) -> bool:
    """Close it as the recorder would have at its next boot, or, if that would cost a frame, write it anew; False if it holds no footage."""
    _copy(footage, segment, path)
    try:
        _, result, _ = repair(str(path), "not_closed", segment.boot, segment.number, segment.device.encode()[:16])
    except _UNWALKABLE:
        result = None
    if result is not None and result.frames == len(segment.frames):
        return True
    return bool(segment.frames) and rebuild(footage, segment, path)

# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Make a film of a recording, with honest timestamps: every frame is shown when it was taken.

    film = export("card.img", "film.mp4", start="60", end="2026-11-23T12:05:00Z")

The frame rate is variable. A gap stays a gap: the last frame before it is held until the next one was taken.
"""

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from itertools import groupby
from pathlib import Path

from firmware.channels import H264
from host_tools.errors import DaylogError, UsageError
from host_tools.film import FORMATS, CopiedFilm, EncodedFilm, Film, StreamFilm
from host_tools.footage import Block, Footage, Segment, load
from host_tools.outputs import finished_or_absent
from host_tools.sources import open_source
from host_tools.timeline import Timeline, lay_out
from host_tools.words import utc_text

_NS = 1_000_000_000
_MS = 1_000_000


class NoFrames(DaylogError):
    """There is nothing to make a film of."""


@dataclass(frozen=True)
class Exported:
    """What was written."""

    path: str
    frames: int
    unreadable: int
    duration_s: float
    starts: str | None  # UTC of the first frame, where the recorder knew it
    sound_s: float  # until when something is heard
    others: list[str] = field(default_factory=list)  # names of the streams that are not in it


@dataclass(frozen=True)
class Slot:
    """Where in the film one frame of a segment goes."""

    segment: Segment
    index: int
    at_ms: int
    lasts_ms: int


def export(
    where: str | Path,
    out: str | Path,
    *,
    store_file: str | Path | None = None,
    start: str | None = None,
    end: str | None = None,
    copy: bool = False,
    stream: str = "",
    watch: Callable[[list[Slot]], Iterable[Slot]] = iter,
) -> Exported:
    """Write the film; `start` and `end` are seconds from the first frame or ISO times, `copy` keeps JPEGs as they are; H.264
    always stays as it is, and begins at the keyframe before `start`. `stream`: another one than the camera's."""
    path = Path(out)
    if path.suffix not in FORMATS:
        raise UsageError(f"cannot write a film as {path.name}", f"its name must end in one of {' '.join(FORMATS)}")
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder {path.parent} to put {path.name} in")
    with open_source(where, store_file) as source:
        recorded = load(source)
        footage, others = chosen(recorded, stream), [name for name in recorded.streams if name != stream]
        if not footage.frame_count:
            raise NoFrames(f"{where} holds no frames" + (f" of {stream or 'the camera'}" if recorded.streams else ""), _choice(recorded))
        line = lay_out(footage.of_one_device())
        slots, first_ns = plan(footage, line, instant_ns(start, line, 0), instant_ns(end, line, line.duration_ns))
        kind = kind_of(slots, copy)
        starts = utc_text(line.utc_start_ns + first_ns) if line.utc_start_ns is not None else None
        with (
            finished_or_absent(path) as unfinished,
            kind(unfinished, FORMATS[path.suffix], {"creation_time": starts} if starts else {}, sound_hz(slots)) as film,
        ):
            _fill(film, watch(slots), lambda block: (line.film_ns(block.boot, block.uptime_ns) - first_ns) // _MS)
    return Exported(str(path), film.frames, film.unreadable, film.duration_ms / 1000, starts, film.sound_s, others)


def chosen(footage: Footage, stream: str) -> Footage:
    """The footage of one of its streams. Raises UsageError."""
    if stream and stream not in footage.streams:
        hint = _choice(footage) or "only the camera was recorded: leave --stream out"
        raise UsageError(f"there is no stream {stream} in this recording", hint)
    return footage.of_stream(stream) if stream else footage


def _choice(footage: Footage) -> str:
    return f"--stream has a choice of {', '.join(footage.streams)}" if footage.streams else ""


def plan(footage: Footage, line: Timeline, from_ns: int, to_ns: int) -> tuple[list[Slot], int]:
    """A slot for each frame of a stretch of film time, and the film time of the first, which becomes zero."""
    rows = [
        (line.film_ns(segment.boot, frame.uptime_ns), segment, index)
        for segment in footage.segments
        for index, frame in enumerate(segment.frames)
    ]
    first = _keyframe(rows, next((number for number, row in enumerate(rows) if row[0] >= from_ns), len(rows)))
    rows = [row for row in rows[first:] if row[0] < to_ns]
    if not rows:
        raise NoFrames("there is no frame between --from and --to", f"the recording lasts {line.duration_ns / _NS:.3f} s")
    first_ns, last = rows[0][0], rows[-1]
    times = [(at - first_ns) // _MS for at, _, _ in rows]
    ends = [*times[1:], times[-1] + round(1000 / last[1].fps)]
    return [Slot(s, i, at, end - at) for (_, s, i), at, end in zip(rows, times, ends, strict=True)], first_ns


def _keyframe(rows: list[tuple[int, Segment, int]], first: int) -> int:
    """The row from which the film has to begin for the row `first` to be seen."""
    keys = [number for number, (_, segment, index) in enumerate(rows) if segment.frames[index].is_key]
    if first == len(rows):
        return first
    return max((key for key in keys if key <= first), default=min(keys, default=len(rows)))


def kind_of(slots: list[Slot], copy: bool) -> type[Film]:
    """The kind of film that frames of this codec become."""
    codecs = {slot.segment.codec for slot in slots}
    if len(codecs) > 1:
        raise UsageError("both H.264 and JPEGs are in this stretch of the recording", "export a part with --from and --to")
    return StreamFilm if H264 in codecs else CopiedFilm if copy else EncodedFilm


def sound_hz(slots: list[Slot]) -> int:
    """The rate of the first sound in the film; 0: it is silent."""
    heard = {id(slot.segment): slot.segment for slot in slots if slot.segment.sound_ns}
    return next((block.rate_hz for segment in heard.values() for block in segment.sounds()), 0)


def _fill(film: Film, slots: Iterable[Slot], film_ms: Callable[[Block], int]) -> None:
    """Read each segment once more, put its pictures into their slots, and behind each what was heard until the next."""
    for segment, group in groupby(slots, key=lambda slot: slot.segment):
        pictures = enumerate(segment.pictures())
        sounds = deque(segment.sounds() if segment.sound_ns else ())
        for slot in group:
            picture = next(picture for index, picture in pictures if index == slot.index)
            film.add(picture.data, slot.at_ms, slot.lasts_ms)
            while sounds and film_ms(sounds[0]) < slot.at_ms + slot.lasts_ms:
                block = sounds.popleft()
                film.hear(block.samples, block.rate_hz, film_ms(block))


def instant_ns(text: str | None, line: Timeline, default: int) -> int:
    """Film time of what a person wrote: seconds from the first frame, or an ISO time, UTC unless it says otherwise."""
    if text is None:
        return default
    try:
        return round(float(text) * _NS)
    except ValueError:
        pass
    try:
        when = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise UsageError(f"{text} is no time", "give seconds from the first frame, or a time like 2026-11-23T12:00:00Z") from error
    if line.utc_start_ns is None:
        raise UsageError("this recording never learnt the time of day", "give seconds from the first frame")
    return round((when if when.tzinfo else when.replace(tzinfo=timezone.utc)).timestamp() * _NS) - line.utc_start_ns

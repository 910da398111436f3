# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What was recorded: the segments of a source in order, with their frames, gaps, events and clocks.

    with open_source("card.img") as source:
        footage = load(source)
        for frame in footage.frames():
            print(frame.boot, frame.sequence, frame.uptime_ns, len(frame.data))

Uptime (nanoseconds since boot) is the truth within a boot; UTC is a mapping that may have been learnt late.
"""

import hashlib
import json
import math
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

from firmware.channels import H264, JPEG
from hal.linux.annexb import is_key
from host_tools.card_journal import Key, Record, read_journal
from host_tools.messages import frame_of, is_video, sound_of
from host_tools.segment_file import CAMERA, MICROPHONE, TOPICS, Content, Sample, read_segment
from host_tools.sources import Source, SourceError, StoredFile, open_source

__all__ = ["Block", "Boot", "Footage", "Frame", "Gap", "Picture", "Segment", "load", "open_source"]

_MS = 1_000_000
_NUMBERS_IN_PATH = re.compile(r"(\d+)/\d+/(\d+)\.mcap$")
_NUMBERS_IN_KEY = re.compile(r"(\d+)-(\d+)-[0-9a-f]{16}\.mcap$")


_KEY_NAMES = ("device", "boot", "segment")
_TELL_UPTIME = ("/daylog/events", "/daylog/clock")
OF_CAMERA = ("overflow", "card_stall", "too_large", "no_keyframe", "still", "camera")  # causes that say nothing of other streams
_UPTIME = re.compile(rb'"uptime_ms": ?([0-9]{1,15})\b')


class Frame(NamedTuple):
    """A frame as it stands in the recording; `sha256` only where it was asked for."""

    sequence: int
    uptime_ns: int
    size: int
    sha256: str
    is_key: bool = True  # it can be decoded alone


class Picture(NamedTuple):
    """A frame with its bytes: a JPEG, or an access unit of H.264."""

    boot: int
    sequence: int
    uptime_ns: int
    data: bytes


class Block(NamedTuple):
    """A stretch of sound: 16-bit samples of one channel, little-endian, and when the first of them was taken."""

    boot: int
    uptime_ns: int
    rate_hz: int
    samples: bytes

    @property
    def lasts_ns(self) -> int:
        return len(self.samples) // 2 * 1_000_000_000 // self.rate_hz


@dataclass(frozen=True)
class Gap:
    """Footage that is missing, and why; None where the recorder could not know."""

    boot: int
    cause: str
    frames: int | None
    from_uptime_ms: int | None
    to_uptime_ms: int | None
    text: str = ""
    stream: str = ""  # whose, if not the camera's, or that of all

    def is_of(self, stream: str) -> bool:
        """Whether it tells of a stream beside the camera: one of its own, or one of the whole recording."""
        return self.stream == stream or (not self.stream and self.cause not in OF_CAMERA)

    def touches(self, from_ms: float, to_ms: float) -> bool:
        """Whether it overlaps a stretch of uptime; an unknown end reaches for ever."""
        starts_before = self.from_uptime_ms is None or self.from_uptime_ms <= to_ms
        return starts_before and (self.to_uptime_ms is None or self.to_uptime_ms >= from_ms)


@dataclass(eq=False)
class Segment:
    """One segment, read once; its pictures are read again when they are wanted."""

    file: StoredFile
    device: str
    boot: int
    number: int
    fps: float
    utc_offset_ns: int | None  # None: recorded on uptime, before UTC was known
    closed: bool
    torn_bytes: int
    damage: list[str]
    metadata: dict[str, str]
    frames: list[Frame] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    tracks: dict[str, list[Frame]] = field(default_factory=dict)  # of the streams beside the camera, by name
    track_gaps: list[Gap] = field(default_factory=list)  # theirs
    topic: str = CAMERA  # of its frames and pictures
    events: list[dict[str, Any]] = field(default_factory=list)
    clocks: list[dict[str, Any]] = field(default_factory=list)
    sound_ns: int = 0  # for how long something was heard

    @property
    def rtc_boot_ns(self) -> int | None:
        """What the recorder's clock chip showed at uptime zero, right or wrong; None: it has none."""
        return int(_number(self.metadata, "rtc_boot_ms", 0)) * _MS or None

    @property
    def codec(self) -> str:
        return self.metadata.get("codec", JPEG)

    @property
    def rates(self) -> dict[str, float]:
        """Names of the streams beside the camera, and their frames a second."""
        pairs = [pair.partition(":") for pair in self.metadata.get("beside", "").split(",") if pair]
        return {name: max(0.01, _number({"fps": fps}, "fps", self.fps)) for name, _, fps in pairs}

    def of_stream(self, name: str) -> "Segment":
        """The same with a stream in the place of the camera's; "": with the camera's only."""
        metadata = {key: value for key, value in self.metadata.items() if key != "beside"}
        alone = replace(self, metadata=metadata, tracks={}, track_gaps=[])
        if not name:
            return alone
        gaps = [gap for gap in [*self.gaps, *self.track_gaps] if gap.is_of(name)]
        return replace(alone, topic="/" + name, fps=self.rates.get(name, self.fps), frames=self.tracks.get(name, []), gaps=gaps)

    def uptime_ns(self, log_time_ns: int) -> int:
        return log_time_ns - (self.utc_offset_ns or 0)

    def pictures(self) -> Iterator[Picture]:
        """Every frame with its bytes, in the order of the file."""
        with self.file.open() as stream:
            for sample in read_segment(stream).messages:
                if sample.topic == self.topic and (data := frame_of(sample)) is not None:
                    yield Picture(self.boot, sample.sequence, self.uptime_ns(sample.log_time_ns), data)

    def sounds(self) -> Iterator[Block]:
        """Every block of sound, in the order of the file."""
        with self.file.open() as stream:
            for sample in read_segment(stream).messages:
                if sample.topic == MICROPHONE and (block := self.block_of(sample)) is not None:
                    yield block

    def block_of(self, sample: Sample) -> Block | None:
        """None if it is not the message of a microphone as ours are."""
        sound = sound_of(sample)
        return sound and Block(self.boot, self.uptime_ns(sample.log_time_ns), sound.sample_rate, sound.data)


@dataclass
class Boot:
    """The segments of one run of a recorder, in order."""

    device: str
    number: int
    segments: list[Segment]

    @cached_property
    def frames(self) -> list[Frame]:
        return [frame for segment in self.segments for frame in segment.frames]

    @cached_property
    def period_ns(self) -> int:
        """From one frame to the next, as the profile promises."""
        return round(1e9 / self.segments[-1].fps)


@dataclass
class Footage:
    """Everything one source holds."""

    source: Source
    segments: list[Segment]
    journal: dict[Key, Record]

    @cached_property
    def boots(self) -> list[Boot]:
        boots: dict[tuple[str, int], Boot] = {}
        for segment in self.segments:
            boots.setdefault((segment.device, segment.boot), Boot(segment.device, segment.boot, [])).segments.append(segment)
        return list(boots.values())

    @property
    def devices(self) -> list[str]:
        return sorted({segment.device for segment in self.segments})

    @property
    def gaps(self) -> list[Gap]:
        """Each gap once: the boot that recovered a segment also notes its gap in its own recording."""
        return list(dict.fromkeys(gap for segment in self.segments for gap in segment.gaps))

    @property
    def frame_count(self) -> int:
        return sum(len(segment.frames) for segment in self.segments)

    def pictures(self) -> Iterator[Picture]:
        for segment in self.segments:
            yield from segment.pictures()

    @cached_property
    def streams(self) -> list[str]:
        """Names of the streams beside the camera."""
        return sorted({name for segment in self.segments for name in [*segment.rates, *segment.tracks]})

    def of_stream(self, name: str) -> "Footage":
        """The same with a stream in the place of the camera's: whatever looks at footage looks at that one. "": the camera's only."""
        view = replace(self, segments=[segment.of_stream(name) for segment in self.segments])
        times_ms = {boot.number: sorted(frame.uptime_ns // _MS for frame in boot.frames) for boot in view.boots if name}
        for segment in view.segments if name else ():
            segment.gaps = [_behind_its_last_frame(gap, times_ms.get(gap.boot, [])) for gap in segment.gaps]
        return view

    def by_device(self) -> "list[Footage]":
        """The footage of each recorder by itself. A card whose recorder was given a name has two, and one journal of both."""
        owner = {segment.boot: segment.device for segment in self.segments}

        def part(device: str) -> Footage:
            journal = {key: record for key, record in self.journal.items() if owner.get(key[0], self.devices[0]) == device}
            return replace(self, segments=[s for s in self.segments if s.device == device], journal=journal)

        return [part(device) for device in self.devices]

    def of_one_device(self) -> "Footage":
        """Itself, if one recorder made it: footage of several has no common timeline. One that was given another name is still one: its
        card counts the boots on."""
        if len(self.devices) <= 1 or self._is_of_one_card():
            return replace(self, segments=sorted(self.segments, key=lambda segment: (segment.boot, segment.number)))
        hint = "name one of them, as in s3://bucket/prefix/device: " + ", ".join(self.devices)
        raise SourceError(f"{self.source.where} holds the footage of {len(self.devices)} recorders", hint)

    def _is_of_one_card(self) -> bool:
        names = {(segment.boot, segment.device) for segment in self.segments}
        return bool(self.source.journals) and len(names) == len({boot for boot, _ in names})


def _behind_its_last_frame(gap: Gap, times_ms: list[int]) -> Gap:
    """A stretch of a length that nobody could know, as it is for a stream that waits for the camera's segments: what was not safe yet
    is missing too."""
    if gap.frames is not None or gap.from_uptime_ms is None:
        return gap
    before = bisect_right(times_ms, gap.from_uptime_ms)
    return replace(gap, from_uptime_ms=times_ms[before - 1]) if before else gap


def load(source: Source, hashes: bool = False, watch: Callable[[list[StoredFile]], Iterable[StoredFile]] = iter) -> Footage:
    """Read every segment of a source once; `hashes` also takes each frame's SHA-256, `watch` may show progress."""
    segments = [_load_segment(file, hashes) for file in watch(source.segments)]
    _name_the_nameless(segments)
    segments.sort(key=lambda s: (s.device, s.boot, s.number, s.closed, len(s.frames)))
    best = {(s.device, s.boot, s.number): s for s in segments}  # a store may hold a segment under two keys
    return Footage(source, list(best.values()), read_journal(source))


def _name_the_nameless(segments: list[Segment]) -> None:
    """A segment whose head is unreadable belongs to the recorder that made the others, if only one did."""
    devices = {segment.device for segment in segments if segment.device}
    for segment in segments:
        if not segment.device and len(devices) == 1:
            segment.device = next(iter(devices))


def _load_segment(file: StoredFile, hashes: bool) -> Segment:
    with file.open() as stream:
        content = read_segment(stream)
    segment = _segment_of(file, content)
    rates = segment.rates
    sinks = {"/daylog/events": segment.events, "/daylog/clock": segment.clocks}
    for sample in content.messages:
        if sample.topic == CAMERA:
            _add_frame(segment, sample, hashes)
        elif sample.topic == MICROPHONE:
            _add_sound(segment, sample)
        elif sample.topic == "/daylog/gaps":
            _add_gaps(segment, sample)
        elif sample.topic in sinks:
            sinks[sample.topic].extend(_rows(segment, sample))
        elif sample.topic[1:] in rates:
            _add_frame(segment, sample, hashes)
    return segment


def _segment_of(file: StoredFile, content: Content) -> Segment:
    metadata = _metadata(content)
    named = _NUMBERS_IN_PATH.search(file.path) or _NUMBERS_IN_KEY.search(file.path)
    boot, number = (int(n) for n in named.groups()) if named else (0, 0)
    offset_ms = _number(metadata, "utc_offset_ms", 0)
    return Segment(
        file=file,
        device=metadata.get("device", ""),
        boot=_count(metadata, "boot", boot),
        number=_count(metadata, "segment", number),
        fps=max(0.01, _number(metadata, "fps", 10)),
        utc_offset_ns=int(offset_ms) * _MS if metadata.get("time_base") == "utc" else None,
        closed=content.closed,
        torn_bytes=content.torn_bytes,
        damage=content.damage,
        metadata=metadata,
    )


def _metadata(content: Content) -> dict[str, str]:
    """As it stands at the head, but for what each chunk says under a CRC; without a head, what can be told from the chunks."""
    metadata = content.metadata or {"format": "1", **_codec(content), **_sound(content), **_beside(content), **_time_base(content)}
    return metadata if content.key is None else {**metadata, **dict(zip(_KEY_NAMES, map(str, content.key), strict=True))}


def _codec(content: Content) -> dict[str, str]:
    return {"codec": H264} if any(sample.topic == CAMERA and is_video(sample) for sample in content.messages) else {}


def _sound(content: Content) -> dict[str, str]:
    heard = (sound_of(sample) for sample in content.messages if sample.topic == MICROPHONE)
    return next(({"sound_hz": str(sound.sample_rate)} for sound in heard if sound), {})


def _beside(content: Content) -> dict[str, str]:
    names = sorted({sample.topic[1:] for sample in content.messages} - {topic[1:] for topic in TOPICS.values()})
    return {"beside": ",".join(names)} if names else {}


def _time_base(content: Content) -> dict[str, str]:
    """The first message that tells its uptime tells what was added to that."""
    for sample in content.messages:
        if sample.topic in _TELL_UPTIME and (told := _UPTIME.search(sample.data)):
            offset_ms = sample.log_time_ns // _MS - int(told[1])
            return {"time_base": "utc", "utc_offset_ms": str(offset_ms)} if offset_ms else {"time_base": "uptime"}
    return {}


def _number(metadata: dict[str, str], key: str, default: float) -> float:
    try:
        number = float(metadata[key])
    except (KeyError, ValueError):
        return default
    return number if math.isfinite(number) else default


def _count(metadata: dict[str, str], key: str, default: int) -> int:
    number = int(_number(metadata, key, default))
    return number if 0 <= number < 1 << 32 else default


def _add_frame(segment: Segment, sample: Sample, hashes: bool) -> None:
    data = frame_of(sample)
    if data is None:
        segment.damage.append(f"frame {sample.sequence} is neither a foxglove.CompressedImage nor a CompressedVideo")
        return
    digest = hashlib.sha256(data).hexdigest() if hashes else ""
    uptime_ns = segment.uptime_ns(sample.log_time_ns)
    frames = segment.frames if sample.topic == CAMERA else segment.tracks.setdefault(sample.topic[1:], [])
    frames.append(Frame(sample.sequence, uptime_ns, len(data), digest, not is_video(sample) or is_key(data)))


def _add_sound(segment: Segment, sample: Sample) -> None:
    block = segment.block_of(sample)
    if block is None:
        segment.damage.append("a message on /microphone is no foxglove.RawAudio of one channel with 16 bits")
    else:
        segment.sound_ns += block.lasts_ns


def _rows(segment: Segment, sample: Sample) -> Iterator[dict[str, Any]]:
    try:
        row = json.loads(sample.data)
    except ValueError:
        row = None
    if isinstance(row, dict):
        yield row
    else:
        segment.damage.append(f"a message on {sample.topic} is not a JSON object")


def _add_gaps(segment: Segment, sample: Sample) -> None:
    for row in _rows(segment, sample):
        gap = _gap(segment, row)
        (segment.track_gaps if gap.stream else segment.gaps).append(gap)


def _gap(segment: Segment, row: dict[str, Any]) -> Gap:
    boot, texts = row.get("boot", segment.boot), [str(row.get(name, "")) for name in ("text", "stream")]
    return Gap(boot, str(row.get("cause")), row.get("frames"), row.get("from_uptime_ms"), row.get("to_uptime_ms"), *texts)

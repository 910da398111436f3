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
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple

from foxglove_schemas_protobuf.CompressedImage_pb2 import CompressedImage
from foxglove_schemas_protobuf.CompressedVideo_pb2 import CompressedVideo
from foxglove_schemas_protobuf.RawAudio_pb2 import RawAudio
from google.protobuf.message import DecodeError

from firmware.channels import H264, JPEG
from firmware.chunk import VIDEO_HEAD
from hal.linux.annexb import is_key
from host_tools.card_journal import Key, Record, read_journal
from host_tools.segment_file import CAMERA, MICROPHONE, Content, Sample, read_segment
from host_tools.sources import Source, SourceError, StoredFile, open_source

__all__ = ["Block", "Boot", "Footage", "Frame", "Gap", "Picture", "Segment", "load", "open_source"]

_MS = 1_000_000
_NUMBERS_IN_PATH = re.compile(r"(\d+)/\d+/(\d+)\.mcap$")
_NUMBERS_IN_KEY = re.compile(r"(\d+)-(\d+)-[0-9a-f]{16}\.mcap$")


_KEY_NAMES = ("device", "boot", "segment")
_TELL_UPTIME = ("/daylog/events", "/daylog/clock")
_VIDEO = slice(14, 28)  # of a message: what it is, after its timestamp
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

    def uptime_ns(self, log_time_ns: int) -> int:
        return log_time_ns - (self.utc_offset_ns or 0)

    def pictures(self) -> Iterator[Picture]:
        """Every frame with its bytes, in the order of the file."""
        with self.file.open() as stream:
            for sample in read_segment(stream).messages:
                if sample.topic == CAMERA and (data := frame_of(sample)) is not None:
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
    sinks = {"/daylog/events": segment.events, "/daylog/clock": segment.clocks}
    for sample in content.messages:
        if sample.topic == CAMERA:
            _add_frame(segment, sample, hashes)
        elif sample.topic == MICROPHONE:
            _add_sound(segment, sample)
        elif sample.topic == "/daylog/gaps":
            segment.gaps.extend(_gap(segment, row) for row in _rows(segment, sample))
        elif sample.topic in sinks:
            sinks[sample.topic].extend(_rows(segment, sample))
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
    metadata = content.metadata or {"format": "1", **_codec(content), **_sound(content), **_time_base(content)}
    return metadata if content.key is None else {**metadata, **dict(zip(_KEY_NAMES, map(str, content.key), strict=True))}


def _codec(content: Content) -> dict[str, str]:
    return {"codec": H264} if any(sample.topic == CAMERA and _is_video(sample) for sample in content.messages) else {}


def _sound(content: Content) -> dict[str, str]:
    heard = (sound_of(sample) for sample in content.messages if sample.topic == MICROPHONE)
    return next(({"sound_hz": str(sound.sample_rate)} for sound in heard if sound), {})


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
    segment.frames.append(Frame(sample.sequence, uptime_ns, len(data), digest, not _is_video(sample) or is_key(data)))


def _add_sound(segment: Segment, sample: Sample) -> None:
    block = segment.block_of(sample)
    if block is None:
        segment.damage.append("a message on /microphone is no foxglove.RawAudio of one channel with 16 bits")
    else:
        segment.sound_ns += block.lasts_ns


def sound_of(sample: Sample) -> RawAudio | None:
    """What a message of the microphone holds; None if it is not one of ours."""
    try:
        sound = RawAudio.FromString(sample.data)
    except DecodeError:
        return None
    is_ours = (sound.format, sound.number_of_channels, len(sound.data) % 2) == ("pcm-s16", 1, 0) and sound.sample_rate
    return sound if is_ours else None


def _is_video(sample: Sample) -> bool:
    return sample.data[_VIDEO] == VIDEO_HEAD[_VIDEO]


def frame_of(sample: Sample) -> bytes | None:
    """The bytes of the frame in a camera message; None if it is not a message of this kind."""
    try:
        return (CompressedVideo if _is_video(sample) else CompressedImage).FromString(sample.data).data
    except DecodeError:
        return None


def _rows(segment: Segment, sample: Sample) -> Iterator[dict[str, Any]]:
    try:
        row = json.loads(sample.data)
    except ValueError:
        row = None
    if isinstance(row, dict):
        yield row
    else:
        segment.damage.append(f"a message on {sample.topic} is not a JSON object")


def _gap(segment: Segment, row: dict[str, Any]) -> Gap:
    boot = row.get("boot", segment.boot)
    return Gap(boot, str(row.get("cause")), row.get("frames"), row.get("from_uptime_ms"), row.get("to_uptime_ms"), str(row.get("text", "")))

# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A segment with damage inside, written anew: every message that can be read, and a gap for each hole.

The firmware's own chunks and writer do it, so that what comes out is a segment like any other.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import BinaryIO

from firmware import channels
from firmware.chunk import INDEX_RESERVE, ChunkBuffer, picture_heads
from firmware.segment import SegmentWriter
from host_tools.footage import Boot, Footage, Gap, Segment
from host_tools.losses import DAMAGED, Hole, holes
from host_tools.messages import frame_of, sound_of
from host_tools.segment_file import CAMERA, MICROPHONE, Sample, read_segment

_MS = 1_000_000
_CHUNK_BYTES = 1 << 20
_NO_LIMIT = 1 << 40
_TEXT = "a bad spot on the card; rebuilt by `daylog recover`"
_CHANNELS = {topic: number for number, topic in channels.TOPICS}


def rebuild(footage: Footage, segment: Segment, path: Path) -> bool:
    """Write what is readable of `segment` to `path`; False if that is nothing."""
    with segment.file.open() as stream:
        samples = read_segment(stream).messages
    if not samples:
        return False
    with path.open("w+b") as file:
        builder = _Builder(file, segment, max(len(sample.data) for sample in samples))
        for sample in samples:
            builder.add(sample)
        for gap in [*torn_gaps(footage, segment), *_torn_beside(footage, segment)]:
            builder.add_json(channels.GAPS, gap.from_uptime_ms or 0, json.dumps(asdict(gap)).encode())
        builder.finish()
    return True


def torn_gaps(footage: Footage, segment: Segment) -> Iterator[Gap]:
    """A gap for each hole that this segment has to answer for, and one if it ends its boot and its end is damaged."""
    boot = next(boot for boot in footage.boots if segment in boot.segments)
    for hole in holes(footage, boot):
        if _owner(hole, boot) is segment:
            yield Gap(boot.number, DAMAGED, hole.missing or None, hole.before.uptime_ns // _MS, hole.after.uptime_ns // _MS, _TEXT)
    if segment is boot.segments[-1] and segment.torn_bytes:
        yield Gap(boot.number, DAMAGED, None, boot.frames[-1].uptime_ns // _MS if boot.frames else None, None, _TEXT)


def _torn_beside(footage: Footage, segment: Segment) -> Iterator[Gap]:
    """The same of each stream beside the camera."""
    at = footage.segments.index(segment)
    for name in segment.rates:
        view = footage.of_stream(name)
        yield from (replace(gap, stream=name) for gap in torn_gaps(view, view.segments[at]) if gap.to_uptime_ms is not None)


def _owner(hole: Hole, boot: Boot) -> Segment | None:
    """The damaged segment on one side of a hole."""
    return next((s for frame in (hole.before, hole.after) for s in boot.segments if s.damage and frame in s.frames), None)


class _Builder:
    """Fills one chunk after the other."""

    def __init__(self, file: BinaryIO, segment: Segment, largest_message: int) -> None:
        pairs = list(segment.metadata.items())
        self._segment = segment
        self._writer = SegmentWriter(file, pairs, _NO_LIMIT, _NO_LIMIT, segment.number)
        self._beside = list(segment.rates)
        room = _CHUNK_BYTES + (1 + len(self._beside)) * INDEX_RESERVE + largest_message
        self._chunk = ChunkBuffer(room, segment.device.encode()[:16], len(self._beside))
        self._heads = picture_heads(segment.codec, self._beside)
        self._begin()

    def _begin(self) -> None:
        self._chunk.begin(self._segment.boot, (self._segment.utc_offset_ns or 0) // _MS, self._heads)

    def add(self, sample: Sample) -> None:
        uptime_ms = self._segment.uptime_ns(sample.log_time_ns) // _MS
        if sample.topic == CAMERA:
            self._add_frame(sample, uptime_ms, channels.CAMERA)
        elif sample.topic[1:] in self._beside:
            self._add_frame(sample, uptime_ms, channels.FIRST_BESIDE + self._beside.index(sample.topic[1:]))
        elif sample.topic == MICROPHONE:
            self._add_sound(sample, uptime_ms)
        elif sample.topic in _CHANNELS:
            self.add_json(_CHANNELS[sample.topic], uptime_ms, sample.data)

    def _add_frame(self, sample: Sample, uptime_ms: int, channel: int) -> None:
        self._put(lambda: self._chunk.add_frame(frame_of(sample) or b"", sample.sequence, uptime_ms, channel))

    def _add_sound(self, sample: Sample, uptime_ms: int) -> None:
        sound = sound_of(sample)
        if sound:
            self._put(lambda: self._chunk.add_sound(sound.data, sound.sample_rate, uptime_ms))

    def add_json(self, channel: int, uptime_ms: int, data: bytes) -> None:
        self._put(lambda: self._chunk.add_json(channel, uptime_ms, data))

    def _put(self, add: Callable[[], bool]) -> None:
        """Add to the chunk; when it is full, to the next one."""
        if not add():
            self._write()
            add()

    def _write(self) -> None:
        self._writer.put(self._chunk)
        while self._writer.step():
            pass
        self._begin()

    def finish(self) -> None:
        if not self._chunk.is_empty():
            self._writer.put(self._chunk)
        self._writer.close()

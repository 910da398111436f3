# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A video file with a frame rate as variable as the recorder's: H.264, or what the recorder has recorded, untouched; and its sound.

with EncodedFilm(Path("film.mp4"), "mp4", {}) as film:
    film.hear(samples, rate_hz=16000, at_ms=0)
    film.add(frame, at_ms=0, lasts_ms=100)
"""

import io
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.error import FFmpegError, InvalidDataError
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange
from av.video.stream import VideoStream
from PIL import Image, UnidentifiedImageError

from hal.linux.annexb import is_key
from host_tools.errors import UsageError
from host_tools.soundtrack import Soundtrack

FORMATS = {".mp4": "mp4", ".mov": "mov", ".mkv": "matroska"}
_TICK = Fraction(1, 1000)  # the recorder counts in milliseconds, so no timestamp is rounded
_H264 = {"crf": "23", "preset": "veryfast", "bf": "0"}  # without B-frames a packet is shown when it is decoded
_KEYFRAME_EVERY = 50
_AAC_BITS_S = 64_000
_BT601 = 5  # the colour matrix that every JPEG implies; players take large untagged pictures for BT.709


class Film:
    """What all kinds share: the container, the sound, the counts, and the size of the first frame, which the others must fit."""

    def __init__(self, path: Path, container_format: str, metadata: dict[str, str], sound_hz: int = 0) -> None:
        options = {} if container_format == "matroska" else {"movflags": "faststart"}
        self._container = av.open(str(path), "w", format=container_format, options=options)
        self._container.metadata.update(metadata)
        self._stream: VideoStream | None = None
        self._sound = self._sound_stream(sound_hz) if sound_hz else None
        self._track = Soundtrack(sound_hz)
        self.frames = 0
        self.unreadable = 0
        self.duration_ms = 0

    def __enter__(self) -> "Film":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._finish()
                if self._sound and self._stream:
                    self._container.mux(self._sound.encode(None))
        finally:
            self._container.close()

    def add(self, frame: bytes, at_ms: int, lasts_ms: int) -> None:
        """Show a frame from `at_ms` on; one that is no picture is counted, and the frame before it is held."""
        try:
            self._add(frame, at_ms, lasts_ms)
        except (FFmpegError, UnidentifiedImageError):
            self.unreadable += 1
            return
        self.frames += 1
        self.duration_ms = at_ms + lasts_ms

    def hear(self, samples: bytes, rate_hz: int, at_ms: int) -> None:
        """Let 16-bit samples of one channel be heard from `at_ms` on; those of another rate than the film's are left out, and what
        comes before the first frame."""
        if self._sound is None or self._stream is None or rate_hz != self._track.rate_hz:
            return
        start = self._track.samples
        placed = self._track.place(samples, at_ms)
        if placed:
            self._container.mux(self._sound.encode(_audio(placed, rate_hz, start)))

    @property
    def sound_s(self) -> float:
        """Until when something is heard."""
        return round(self._track.samples / self._track.rate_hz, 3) if self._track.samples else 0

    def _sound_stream(self, rate_hz: int) -> AudioStream:
        stream = cast(AudioStream, self._container.add_stream("aac", rate=rate_hz))
        stream.layout, stream.bit_rate = "mono", _AAC_BITS_S
        return stream

    def _add(self, frame: bytes, at_ms: int, lasts_ms: int) -> None:
        raise NotImplementedError

    def _mux_copied(self, stream: VideoStream, frame: bytes, is_key: bool, at_ms: int, lasts_ms: int) -> None:
        packet = Packet(frame)
        packet.stream, packet.time_base, packet.is_keyframe = stream, _TICK, is_key
        packet.pts = packet.dts = at_ms
        packet.duration = lasts_ms
        self._container.mux(packet)

    def _finish(self) -> None:
        """Write what an encoder still holds."""


class CopiedFilm(Film):
    """The JPEGs as the camera made them, as Motion JPEG."""

    def _add(self, frame: bytes, at_ms: int, lasts_ms: int) -> None:
        size = Image.open(io.BytesIO(frame)).size
        stream = self._stream or self._start(frame)
        if size != (stream.width, stream.height):
            raise UsageError("the size of the frames changes on the way", "export without --copy, or a part with --from and --to")
        self._mux_copied(stream, frame, True, at_ms, lasts_ms)

    def _start(self, frame: bytes) -> VideoStream:
        [picture] = decoder().decode(Packet(frame))
        self._stream = stream = cast(VideoStream, self._container.add_stream("mjpeg"))
        stream.width, stream.height, stream.pix_fmt = picture.width, picture.height, picture.format.name
        stream.time_base = _TICK
        return stream


class StreamFilm(Film):
    """H.264 as the recorder's own encoder made it. The parameter sets stay in the stream, and the first go into the head as well."""

    def _add(self, frame: bytes, at_ms: int, lasts_ms: int) -> None:
        key = is_key(frame)
        stream = self._start(frame) if key else self._stream
        if stream is None:
            raise InvalidDataError(0, "nothing can be decoded before the first keyframe")
        self._mux_copied(stream, frame, key, at_ms, lasts_ms)

    def _start(self, frame: bytes) -> VideoStream:
        """The stream, which a keyframe starts; those that follow must have its size."""
        with av.open(io.BytesIO(frame), format="h264") as unit:
            [head] = unit.streams.video
            if self._stream is None:
                self._stream = cast(VideoStream, self._container.add_stream_from_template(head))
                self._stream.time_base = _TICK
            if (head.width, head.height) != (self._stream.width, self._stream.height):
                raise UsageError("the size of the frames changes on the way", "export a part with --from and --to")
        return self._stream


class EncodedFilm(Film):
    """H.264 that every player plays; frames of another size than the first are scaled to it."""

    def __init__(self, path: Path, container_format: str, metadata: dict[str, str], sound_hz: int = 0) -> None:
        super().__init__(path, container_format, metadata, sound_hz)
        self._decoder = decoder()
        self._lasts_ms: dict[int, int] = {}

    def _add(self, frame: bytes, at_ms: int, lasts_ms: int) -> None:
        [picture] = self._decoder.decode(Packet(frame))
        stream = self._stream or self._start(picture)
        shown = picture.reformat(stream.width, stream.height, "yuv420p", src_color_range=ColorRange.JPEG, dst_color_range=ColorRange.MPEG)
        shown.pts, shown.time_base = at_ms, _TICK
        self._lasts_ms[at_ms] = lasts_ms
        self._mux(stream.encode(shown))

    def _start(self, picture: VideoFrame) -> VideoStream:
        self._stream = stream = self._container.add_stream("libx264", options=_H264)
        stream.width, stream.height, stream.pix_fmt = picture.width & ~1, picture.height & ~1, "yuv420p"
        stream.codec_context.time_base = _TICK
        stream.codec_context.gop_size = _KEYFRAME_EVERY
        stream.codec_context.colorspace = _BT601
        return stream

    def _mux(self, packets: list[Any]) -> None:
        for packet in packets:
            packet.duration = self._lasts_ms.pop(packet.pts)
            self._container.mux(packet)

    def _finish(self) -> None:
        if self._stream:
            self._mux(self._stream.encode(None))


def _audio(samples: bytes, rate_hz: int, start: int) -> AudioFrame:
    frame = AudioFrame(format="s16", layout="mono", samples=len(samples) // 2)
    frame.planes[0].update(samples)
    frame.sample_rate, frame.pts, frame.time_base = rate_hz, start, Fraction(1, rate_hz)
    return frame


def decoder() -> VideoCodecContext:
    return av.CodecContext.create("mjpeg", "r")  # type: ignore[return-value]

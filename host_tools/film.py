# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A video file with a frame rate as variable as the recorder's: H.264, or the recorder's own JPEGs untouched.

with EncodedFilm(Path("film.mp4"), {}) as film:
    film.add(jpeg, at_ms=0, lasts_ms=100)
"""

import io
from fractions import Fraction
from pathlib import Path
from typing import Any, cast

import av
from av.error import FFmpegError
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange
from av.video.stream import VideoStream
from PIL import Image, UnidentifiedImageError

from host_tools.errors import UsageError

FORMATS = {".mp4": "mp4", ".mov": "mov", ".mkv": "matroska"}
_TICK = Fraction(1, 1000)  # the recorder counts in milliseconds, so no timestamp is rounded
_H264 = {"crf": "23", "preset": "veryfast", "bf": "0"}  # without B-frames a packet is shown when it is decoded
_KEYFRAME_EVERY = 50
_BT601 = 5  # the colour matrix that every JPEG implies; players take large untagged pictures for BT.709


class Film:
    """What both kinds share: the container, the counts, and the size of the first frame, which the others must fit."""

    def __init__(self, path: Path, container_format: str, metadata: dict[str, str]) -> None:
        options = {} if container_format == "matroska" else {"movflags": "faststart"}
        self._container = av.open(str(path), "w", format=container_format, options=options)
        self._container.metadata.update(metadata)
        self._stream: VideoStream | None = None
        self.frames = 0
        self.unreadable = 0
        self.duration_ms = 0

    def __enter__(self) -> "Film":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self._finish()
        finally:
            self._container.close()

    def add(self, jpeg: bytes, at_ms: int, lasts_ms: int) -> None:
        """Show a frame from `at_ms` on; one that is no picture is counted, and the frame before it is held."""
        try:
            self._add(jpeg, at_ms, lasts_ms)
        except (FFmpegError, UnidentifiedImageError):
            self.unreadable += 1
            return
        self.frames += 1
        self.duration_ms = at_ms + lasts_ms

    def _add(self, jpeg: bytes, at_ms: int, lasts_ms: int) -> None:
        raise NotImplementedError

    def _finish(self) -> None:
        """Write what an encoder still holds."""


class CopiedFilm(Film):
    """The JPEGs as the camera made them, as Motion JPEG."""

    def _add(self, jpeg: bytes, at_ms: int, lasts_ms: int) -> None:
        size = Image.open(io.BytesIO(jpeg)).size
        stream = self._stream or self._start(jpeg)
        if size != (stream.width, stream.height):
            raise UsageError("the size of the frames changes on the way", "export without --copy, or a part with --from and --to")
        packet = Packet(jpeg)
        packet.stream, packet.time_base, packet.is_keyframe = stream, _TICK, True
        packet.pts = packet.dts = at_ms
        packet.duration = lasts_ms
        self._container.mux(packet)

    def _start(self, jpeg: bytes) -> VideoStream:
        [picture] = decoder().decode(Packet(jpeg))
        self._stream = stream = cast(VideoStream, self._container.add_stream("mjpeg"))
        stream.width, stream.height, stream.pix_fmt = picture.width, picture.height, picture.format.name
        stream.time_base = _TICK
        return stream


class EncodedFilm(Film):
    """H.264 that every player plays; frames of another size than the first are scaled to it."""

    def __init__(self, path: Path, container_format: str, metadata: dict[str, str]) -> None:
        super().__init__(path, container_format, metadata)
        self._decoder = decoder()
        self._lasts_ms: dict[int, int] = {}

    def _add(self, jpeg: bytes, at_ms: int, lasts_ms: int) -> None:
        [picture] = self._decoder.decode(Packet(jpeg))
        stream = self._stream or self._start(picture)
        frame = picture.reformat(stream.width, stream.height, "yuv420p", src_color_range=ColorRange.JPEG, dst_color_range=ColorRange.MPEG)
        frame.pts, frame.time_base = at_ms, _TICK
        self._lasts_ms[at_ms] = lasts_ms
        self._mux(stream.encode(frame))

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


def decoder() -> VideoCodecContext:
    return av.CodecContext.create("mjpeg", "r")  # type: ignore[return-value]

# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Segments for tests, written from the format's description with the official library's records.

Independent of the firmware's encoder on purpose: what one of them gets wrong, the other does not repeat.
"""

import hashlib
import io
import json
import struct
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from foxglove_schemas_protobuf.CompressedImage_pb2 import CompressedImage
from mcap.data_stream import RecordBuilder
from mcap.opcode import Opcode
from mcap.records import Channel, Chunk, ChunkIndex, DataEnd, Header, Message, MessageIndex, Metadata, MetadataIndex, Schema, Statistics
from PIL import Image, ImageDraw

MAGIC = b"\x89MCAP0\r\n"
PERIOD_MS = 100
TOPICS = ("/camera", "/daylog/events", "/daylog/gaps", "/daylog/telemetry", "/daylog/clock")
IDS = {topic: number for number, topic in enumerate(TOPICS, 1)}
Row = tuple[str, int, int, bytes]  # topic, sequence, uptime_ms, data


@cache
def jpeg(number: int, size: tuple[int, int] = (64, 48)) -> bytes:
    """A real picture that differs from every other."""
    image = Image.new("RGB", size, ((number * 37) % 256, (number * 91) % 256, 90))
    ImageDraw.Draw(image).text((4, 4), str(number), fill="white")
    out = io.BytesIO()
    image.save(out, "JPEG", comment=f"daylog {number:09d}".encode())
    return out.getvalue()


def camera_row(sequence: int, uptime_ms: int, data: bytes) -> Row:
    return "/camera", sequence, uptime_ms, CompressedImage(frame_id="camera", format="jpeg", data=data).SerializeToString()


def json_row(topic: str, at_ms: int, **values: Any) -> Row:
    return topic, 0, at_ms, json.dumps(values).encode()


def frames(first: int, last: int, boot: int = 1, start_ms: int = 0) -> list[Row]:
    """Frames `first` to `last`, ten a second; frame n is due at n periods after `start_ms`."""
    return [camera_row(n, start_ms + n * PERIOD_MS, jpeg(boot * 1000 + n)) for n in range(first, last + 1)]


def gap(cause: str, count: int | None, from_ms: int | None, to_ms: int | None, boot: int = 1) -> Row:
    values = {"cause": cause, "frames": count, "from_uptime_ms": from_ms, "to_uptime_ms": to_ms, "boot": boot, "text": ""}
    return json_row("/daylog/gaps", to_ms or from_ms or 0, **values)


@dataclass
class Segment:
    """What one segment is to hold; `write` puts it where the recorder would."""

    rows: Sequence[Row]
    boot: int = 1
    number: int = 1
    device: str = "daylog-test"
    utc_offset_ms: int | None = None
    rtc_boot_ms: int = 0
    closed: bool = True
    rows_per_chunk: int = 5
    chunk_indexes: list[ChunkIndex] = field(default_factory=list)

    def write(self, root: Path) -> Path:
        path = root / "daylog" / f"{self.boot:06d}" / f"{self.number // 64:03d}" / f"{self.number:06d}.mcap"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.encode())
        return path

    def encode(self) -> bytes:
        self.chunk_indexes.clear()
        out = bytearray(MAGIC + _record(Header("", "daylog 0.1")))
        metadata = Metadata("daylog.segment", self._metadata())
        index = MetadataIndex(len(out), len(_record(metadata)), metadata.name)
        out += _record(metadata) + self._definitions()
        _pad(out)
        for start in range(0, len(self.rows), self.rows_per_chunk):
            self._add_chunk(out, self.rows[start : start + self.rows_per_chunk], start // self.rows_per_chunk)
        return bytes(out + self._ending(len(out), index)) if self.closed else bytes(out)

    def _metadata(self) -> dict[str, str]:
        values = {"format": 1, "device": self.device, "board": "test", "firmware": "0.1", "profile": "test", "fps": 1000 / PERIOD_MS}
        base = "uptime" if self.utc_offset_ms is None else "utc"
        values |= {"boot": self.boot, "segment": self.number, "time_base": base, "utc_offset_ms": self.utc_offset_ms or 0}
        values |= {"rtc_boot_ms": self.rtc_boot_ms}
        return {key: str(value) for key, value in values.items()}

    def _definitions(self) -> bytes:
        schemas = [Schema(1, CompressedImage.DESCRIPTOR.file.serialized_pb, "protobuf", "foxglove.CompressedImage")]
        schemas.append(Schema(2, b"{}", "jsonschema", "daylog.json"))
        channels = [Channel(n, topic, "protobuf" if n == 1 else "json", {}, 1 if n == 1 else 2) for topic, n in IDS.items()]
        return b"".join(_record(record) for record in [*schemas, *channels])

    def _add_chunk(self, out: bytearray, rows: Sequence[Row], number: int) -> None:
        times = [self._log_time(row) for row in rows]
        messages = [_record(Message(IDS[row[0]], t, row[3], t, row[1])) for row, t in zip(rows, times, strict=True)]
        data = b"".join(messages)
        chunk = _record(Chunk("", data, max(times), min(times), zlib.crc32(data), len(data)))
        indexes = _message_indexes(rows, times, messages)
        following = len(chunk) + sum(map(len, indexes.values()))
        identity = struct.pack(
            "<8sHH16sIIIQI", b"DAYLOGCK", 1, 0, self.device.encode(), self.boot, self.number, number, len(out), following
        )
        out += struct.pack("<BQ", 0x81, len(identity) + 4) + identity + struct.pack("<I", zlib.crc32(identity))
        at, places = len(out) + len(chunk), {}
        for channel, index in indexes.items():
            places[channel], at = at, at + len(index)
        sizes = sum(map(len, indexes.values()))
        self.chunk_indexes.append(ChunkIndex(len(chunk), len(out), "", len(data), max(times), sizes, places, min(times), len(data)))
        out += chunk + b"".join(indexes.values())
        _pad(out)

    def _log_time(self, row: Row) -> int:
        return (row[2] + (self.utc_offset_ms or 0)) * 1_000_000

    def _ending(self, position: int, metadata_index: MetadataIndex) -> bytes:
        data_end = _record(DataEnd(0))
        times = [self._log_time(row) for row in self.rows] or [0]
        counts = {n: sum(row[0] == topic for row in self.rows) for topic, n in IDS.items()}
        statistics = Statistics(0, 5, counts, len(self.chunk_indexes), len(self.rows), max(times), min(times), 1, 2)
        indexes = b"".join(_record(record) for record in [*self.chunk_indexes, metadata_index, statistics])
        summary = self._definitions() + indexes
        start = position + len(data_end)
        footer = struct.pack("<BQQQ", Opcode.FOOTER, 20, start, 0)
        return data_end + summary + footer + struct.pack("<I", zlib.crc32(summary + footer)) + MAGIC


def _message_indexes(rows: Sequence[Row], times: list[int], messages: list[bytes]) -> dict[int, bytes]:
    entries: dict[int, list[tuple[int, int]]] = {}
    at = 0
    for row, time, message in zip(rows, times, messages, strict=True):
        entries.setdefault(IDS[row[0]], []).append((time, at))
        at += len(message)
    return {channel: _record(MessageIndex(channel, found)) for channel, found in sorted(entries.items())}


def _record(record: Any) -> bytes:
    builder = RecordBuilder()
    record.write(builder)
    return builder.end()


def _pad(out: bytearray) -> None:
    length = -(len(out) + 9) % 512
    out += struct.pack("<BQ", 0x80, length) + bytes(length)


def write_all(root: Path, segments: Iterable[Segment]) -> Path:
    for segment in segments:
        segment.write(root)
    return root


def truth_rows(numbers: Iterable[int], boot: int = 1, fate: str = "recorded", start_ms: int = 0) -> list[dict[str, Any]]:
    """What the simulator writes about the frames that `frames` makes."""
    pictures = [(n, jpeg(boot * 1000 + n)) for n in numbers]
    return [
        {"n": n, "boot": boot, "ticks_ms": start_ms + n * PERIOD_MS, "size": len(p), "sha256": hashlib.sha256(p).hexdigest(), "fate": fate}
        for n, p in pictures
    ]


def write_truth(path: Path, rows: Iterable[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path

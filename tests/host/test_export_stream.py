# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""H.264 from the recorder to the film: the same bytes, at the times they came."""

from pathlib import Path

import av
import pytest
from h264 import encoded

from firmware import channels
from firmware.chunk import ChunkBuffer, picture_heads
from firmware.segment import SegmentWriter
from hal.linux.annexb import AccessUnits
from host_tools.export import export
from host_tools.footage import load, open_source
from host_tools.segment_file import read_segment
from host_tools.verify import verify

KEYINT = 10
ABOUT = [("device", "pi"), ("format", "1"), ("boot", "1"), ("fps", "30"), ("time_base", "uptime"), ("codec", "h264")]


def units_of(stream: bytes) -> list[bytes]:
    units = AccessUnits(1 << 20)
    room = units.room()
    assert room
    room[: len(stream)] = stream
    units.took(len(stream), 0)
    units.finish()
    return [bytes(units._whole[number].view) for number in range(units.waiting())]


UNITS = units_of(encoded(frames=40, keyint=KEYINT))
TIMES = [5_000 + 33 * number + number % 3 for number in range(len(UNITS))]


def record(folder: Path, numbers: list[int], segment: int = 1) -> Path:
    """A segment with these units, the number of each one less than its sequence."""
    path = folder / "daylog/000001/000" / f"{segment:06}.mcap"
    path.parent.mkdir(parents=True, exist_ok=True)
    chunk = ChunkBuffer(1 << 17, b"pi")
    with path.open("w+b") as file:
        writer = SegmentWriter(file, [*ABOUT, ("segment", str(segment))], 8 << 20, 64 << 20, segment)
        chunk.begin(1, 0, picture_heads(channels.H264))
        for number in numbers:
            assert chunk.add_frame(memoryview(UNITS[number]), number + 1, TIMES[number])
        writer.put(chunk)
        writer.close()
    return folder


def film_of(path: str) -> tuple[list[bytes], list[int]]:
    """(units as the first one was recorded in Annex B, times in ms) of a film."""
    with av.open(path) as film:
        packets = [packet for packet in film.demux(video=0) if packet.size]
        return [bytes(packet) for packet in packets], [round(float(p.pts * p.time_base) * 1000) for p in packets]  # type: ignore[operator]


def as_in_mp4(unit: bytes) -> bytes:
    """With the length of each NAL unit in the place of its start code."""
    pieces = [piece.rstrip(b"\0") for piece in unit.split(b"\0\0\1") if piece.rstrip(b"\0")]
    return b"".join(len(piece).to_bytes(4, "big") + piece for piece in pieces)


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
def test_the_film_holds_the_same_units_at_the_same_times(tmp_path, suffix):
    root = record(tmp_path / "card", list(range(40)))
    film = export(root, tmp_path / f"film{suffix}")
    packets, times = film_of(film.path)
    assert (packets, times) == ([as_in_mp4(unit) for unit in UNITS], [time - TIMES[0] for time in TIMES])
    assert (film.frames, film.unreadable, verify(root).verdict) == (40, 0, "lossless")


def test_every_frame_of_the_film_can_be_decoded(tmp_path):
    film = export(record(tmp_path / "card", list(range(40))), tmp_path / "film.mp4")
    with av.open(film.path) as container:
        assert len(list(container.decode(video=0))) == 40


def test_a_part_begins_at_the_keyframe_before_it(tmp_path):
    root = record(tmp_path / "card", list(range(40)))
    film = export(root, tmp_path / "film.mp4", start=str((TIMES[13] - TIMES[0]) / 1000), end=str((TIMES[25] - TIMES[0]) / 1000))
    packets, _ = film_of(film.path)
    assert packets == [as_in_mp4(unit) for unit in UNITS[10:25]]


@pytest.mark.parametrize(
    ("numbers", "problem"),
    [
        (list(range(3, 40)), "segment 1 does not begin with a keyframe"),
        ([*range(12), *range(15, 40)], "frame 16 follows missing ones and is no keyframe"),
    ],
)
def test_what_cannot_be_decoded_is_a_problem(tmp_path, numbers, problem):
    report = verify(record(tmp_path / "card", numbers))
    assert report.verdict == "damaged" and any(problem in text for text in report.problems)


def test_a_segment_without_its_head_is_still_known_as_video(tmp_path):
    root = record(tmp_path / "card", list(range(40)))
    [path] = root.rglob("*.mcap")
    data = path.read_bytes()
    first = data.index(b"DAYLOGCK") - 9
    path.write_bytes(data[:8] + bytes(first - 8) + data[first:-20])
    with open_source(root) as source:
        [segment] = load(source).segments
        assert (segment.codec, len(segment.frames), segment.damage != []) == ("h264", 40, True)


def test_the_official_library_reads_it_as_video(tmp_path):
    root = record(tmp_path / "card", list(range(12)))
    from mcap.reader import make_reader
    from mcap_protobuf.decoder import DecoderFactory

    [path] = root.rglob("*.mcap")
    with path.open("rb") as file:
        reader = make_reader(file, decoder_factories=[DecoderFactory()])
        found = [(schema.name, m.data, m.format) for schema, _, _, m in reader.iter_decoded_messages("/camera") if schema]
        assert found == [("foxglove.CompressedVideo", unit, "h264") for unit in UNITS[:12]]
        file.seek(0)
        assert read_segment(file).closed

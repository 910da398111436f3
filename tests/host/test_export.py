# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Films: their length, the time of every frame, gaps that stay gaps, and JPEGs that stay the same bytes."""

import io
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import av
import pytest
from PIL import Image
from recordings import Row, Segment, camera_row, frames, gap, jpeg, write_all

from host_tools import cli
from host_tools.errors import DaylogError, UsageError
from host_tools.export import export
from host_tools.verify import verify

UTC_MS = 1_790_000_000_000
KINDS = [(suffix, copy) for suffix in (".mp4", ".mov", ".mkv") for copy in (False, True)]


@dataclass
class Seen:
    duration_ms: int
    times_ms: list[int]
    codec: str


def watch(path: Path) -> Seen:
    with av.open(str(path)) as film:
        stream = film.streams.video[0]
        times = [round(float((frame.pts or 0) * (frame.time_base or 0)) * 1000) for frame in film.decode(stream)]
        return Seen(round((film.duration or 0) / 1000), times, stream.codec_context.name)


def packets(path: Path) -> list[bytes]:
    with av.open(str(path)) as film:
        return [bytes(packet) for packet in film.demux(video=0) if packet.size]


def with_a_gap() -> list[Row]:
    return [*frames(1, 10), gap("overflow", 20, 1000, 3000), *frames(31, 40)]


@pytest.mark.parametrize(("suffix", "copy"), KINDS)
def test_every_frame_is_shown_when_it_was_taken(tmp_path, suffix, copy):
    root = write_all(tmp_path / "card", [Segment(with_a_gap())])
    film = export(root, tmp_path / f"film{suffix}", copy=copy)
    expected = Seen(4000, [*range(0, 1000, 100), *range(3000, 4000, 100)], "mjpeg" if copy else "h264")
    assert watch(Path(film.path)) == expected
    assert (film.frames, film.unreadable, film.duration_s) == (20, 0, verify(root).duration_s)


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
def test_copied_frames_are_the_same_bytes(tmp_path, suffix):
    root = write_all(tmp_path / "card", [Segment(frames(1, 12))])
    film = export(root, tmp_path / f"film{suffix}", copy=True)
    assert packets(Path(film.path)) == [jpeg(1000 + n) for n in range(1, 13)]


def test_the_time_between_two_boots_is_held(tmp_path):
    segments = [Segment(frames(1, 5, boot=b), boot=b, utc_offset_ms=UTC_MS + 60_000 * b) for b in (1, 2)]
    film = export(write_all(tmp_path / "card", segments), tmp_path / "film.mp4", copy=True)
    assert watch(Path(film.path)).times_ms == [0, 100, 200, 300, 400, 60_000, 60_100, 60_200, 60_300, 60_400]


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("0.5", None, (12, 18)),
        (None, "0.2", (7, 8)),
        ("0.5", "0.8", (12, 14)),
        ("0.45", "0.55", (12, 12)),
        ("2026-09-21T14:13:20.700Z", None, (7, 18)),
        ("2026-09-21T16:13:21.000+02:00", "2026-09-21T14:13:21.200", (10, 11)),
    ],
)
def test_a_part_can_be_chosen(tmp_path, start, end, expected):
    assert datetime.fromisoformat("2026-09-21T14:13:20+00:00").timestamp() * 1000 == UTC_MS
    root = write_all(tmp_path / "card", [Segment(frames(7, 18), number=2, utc_offset_ms=UTC_MS)])
    film = export(root, tmp_path / "film.mov", start=start, end=end, copy=True)
    assert packets(Path(film.path)) == [jpeg(1000 + n) for n in range(expected[0], expected[1] + 1)]
    assert watch(Path(film.path)).times_ms[0] == 0


def test_the_film_knows_its_date(tmp_path):
    root = write_all(tmp_path / "card", [Segment(frames(1, 3), utc_offset_ms=UTC_MS)])
    assert export(root, tmp_path / "film.mp4").starts == "2026-09-21T14:13:20.100Z"
    with av.open(str(tmp_path / "film.mp4")) as film:
        assert film.metadata["creation_time"].startswith("2026-09-21T14:13:20")


def flat(grey: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), (grey, grey, grey)).save(out, "JPEG", quality=95)
    return out.getvalue()


def test_black_stays_black_and_white_white(tmp_path):
    greys = [0, 128, 255]
    root = write_all(tmp_path / "card", [Segment([camera_row(n, n * 100, flat(grey)) for n, grey in enumerate(greys, 1)])])
    export(root, tmp_path / "film.mp4")
    with av.open(str(tmp_path / "film.mp4")) as film:
        seen = [frame.to_image().getpixel((32, 24)) for frame in film.decode(video=0)]
    assert all(abs(int(value) - grey) <= 3 for pixel, grey in zip(seen, greys, strict=True) for value in pixel)


@pytest.mark.parametrize("copy", [False, True])
def test_what_is_no_picture_is_counted_and_left_out(tmp_path, copy):
    rows = [*frames(1, 3), camera_row(4, 400, b"no picture"), *frames(5, 6)]
    film = export(write_all(tmp_path / "card", [Segment(rows)]), tmp_path / "film.mp4", copy=copy)
    assert (film.frames, film.unreadable) == (5, 1)
    assert watch(tmp_path / "film.mp4").times_ms == [0, 100, 200, 400, 500]


def test_a_change_of_size_is_scaled_but_not_copied(tmp_path):
    rows = [*frames(1, 3), camera_row(4, 400, jpeg(4, (128, 96)))]
    root = write_all(tmp_path / "card", [Segment(rows)])
    assert export(root, tmp_path / "film.mp4").frames == 4
    with pytest.raises(UsageError, match="size of the frames changes"):
        export(root, tmp_path / "copy.mp4", copy=True)
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["card", "film.mp4"]


@pytest.mark.parametrize(
    ("out", "options", "says"),
    [
        ("film.gif", {}, "cannot write a film as film.gif"),
        ("nowhere/film.mp4", {}, "there is no folder"),
        ("film.mp4", {"start": "noon"}, "noon is no time"),
        ("film.mp4", {"start": "2026-09-21T14:13:20Z"}, "never learnt the time of day"),
        ("film.mp4", {"start": "99"}, "no frame between"),
    ],
)
def test_what_cannot_be_exported_is_said_in_words(tmp_path, out, options, says):
    root = write_all(tmp_path / "card", [Segment(frames(1, 3))])
    with pytest.raises(DaylogError, match=says):
        export(root, tmp_path / out, **options)
    assert [path.name for path in tmp_path.iterdir()] == ["card"]


def test_an_interrupted_export_leaves_nothing(tmp_path):
    def interrupted(slots):
        yield slots[0]
        raise KeyboardInterrupt

    root = write_all(tmp_path / "card", [Segment(frames(1, 30))])
    with pytest.raises(KeyboardInterrupt):
        export(root, tmp_path / "film.mp4", watch=interrupted)
    assert [path.name for path in tmp_path.iterdir()] == ["card"]


def test_the_command(tmp_path, capsys):
    root = write_all(tmp_path / "card", [Segment(frames(1, 20))])
    assert cli.main(["export", str(root), "-o", str(tmp_path / "film.mkv"), "--from", "1", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    film = {"path": str(tmp_path / "film.mkv"), "frames": 10, "unreadable": 0, "duration_s": 1.0, "starts": None}
    assert told == {**film, "sound_s": 0, "others": []}
    assert cli.main(["export", str(root), "-o", str(tmp_path / "film.mkv")]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'film.mkv'}: 20 frames, 2.000 s\n"


@pytest.mark.parametrize("content", [None, b"", b"\x5a" * 4096])
def test_the_command_on_bad_input(tmp_path, capsys, content):
    if content is not None:
        (tmp_path / "card.img").write_bytes(content)
    assert cli.main(["export", str(tmp_path / "card.img"), "-o", str(tmp_path / "film.mp4")]) == 1
    assert capsys.readouterr().err.startswith("daylog: ")

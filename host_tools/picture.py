# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""One picture of a recording: a contact sheet of its frames above a timeline of what was captured, dropped, stored.

overview("card.img", "overview.png", title="A minute on the XIAO", truth="truth.jsonl")
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, UnidentifiedImageError

from host_tools.export import NoFrames
from host_tools.footage import Footage, load
from host_tools.sources import open_source
from host_tools.story import Lane, Story, tell
from host_tools.timeline import Timeline, lay_out
from host_tools.truth import read_truth
from host_tools.words import plural

_NS = 1_000_000_000
_SHARPER = 2  # drawn at twice the size and reduced, because Pillow does not smooth edges
_WIDTH, _MARGIN, _SPACE = 1440, 36, 8
_COLUMNS, _ROWS = 6, 3
_LANE, _LANE_SPACE, _LABEL_WIDTH, _SUMMARY_WIDTH = 20, 12, 92, 250
_TITLE_SIZE, _TEXT_SIZE, _SMALL_SIZE = 26, 15, 13
_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)
_BACKGROUND, _TRACK, _TEXT, _MUTED = "#12171e", "#1e2630", "#e8edf2", "#8794a4"
_COLOURS = {"captured": "#a3b1c2", "recorded": "#43b581", "dropped": "#e8a93c", "lost": "#ec5f59", "stored": "#4f95e8"}


@dataclass(frozen=True)
class Thumb:
    """A frame of the contact sheet."""

    at_s: float
    boot: int
    image: Image.Image


class Canvas:
    """Drawing in the units of the finished picture."""

    def __init__(self, width: int, height: int) -> None:
        self._image = Image.new("RGB", (width * _SHARPER, height * _SHARPER), _BACKGROUND)
        self._draw = ImageDraw.Draw(self._image, "RGBA")

    def text(self, x: float, y: float, text: str, size: int, colour: str, anchor: str = "la") -> None:
        font = ImageFont.load_default(size * _SHARPER)
        self._draw.text((x * _SHARPER, y * _SHARPER), text, colour, font, anchor)

    def width_of(self, text: str, size: int) -> float:
        return ImageFont.load_default(size * _SHARPER).getlength(text) / _SHARPER

    def box(self, x: float, y: float, width: float, height: float, colour: str, radius: float = 0) -> None:
        corners = [x * _SHARPER, y * _SHARPER, (x + width) * _SHARPER - 1, (y + height) * _SHARPER - 1]
        self._draw.rounded_rectangle(corners, radius * _SHARPER, colour)

    def photo(self, x: float, y: float, width: float, height: float, image: Image.Image) -> None:
        size = (round(width * _SHARPER), round(height * _SHARPER))
        mask = Image.new("L", size)
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), 5 * _SHARPER, 255)
        self._image.paste(image.convert("RGB").resize(size, Image.Resampling.LANCZOS), (round(x * _SHARPER), round(y * _SHARPER)), mask)

    def finish(self) -> Image.Image:
        return self._image.resize((self._image.width // _SHARPER, self._image.height // _SHARPER), Image.Resampling.LANCZOS)


def overview(
    where: str | Path,
    out: str | Path,
    *,
    title: str = "Daylog recording",
    store_file: str | Path | None = None,
    truth: str | Path | None = None,
    stored: Iterable[tuple[int, int]] = (),
) -> None:
    """Draw the picture; `truth` is a simulated run's, `stored` the (boot, segment) pairs the store holds."""
    produced = read_truth(truth) if truth else None
    with open_source(where, store_file) as source:
        footage = load(source, hashes=produced is not None)
        line = lay_out(footage.of_one_device())
        thumbs = choose(footage, line, _COLUMNS * _ROWS)
    if not thumbs:
        raise NoFrames(f"{where} holds no frames to draw")
    compose(title, _subtitle(footage, line), thumbs, tell(footage, line, produced, stored)).save(out, optimize=True)


def choose(footage: Footage, line: Timeline, count: int) -> list[Thumb]:
    """Frames spread evenly over the film, the first and the last among them."""
    places = [
        (line.film_ns(segment.boot, frame.uptime_ns) / _NS, segment, index)
        for segment in footage.segments
        for index, frame in enumerate(segment.frames)
    ]
    count = min(count, len(places))
    wanted = [places[round(n * (len(places) - 1) / max(1, count - 1))] for n in range(count)]
    thumbs = []
    for segment in dict.fromkeys(segment for _, segment, _ in wanted):
        times = {index: at for at, of, index in wanted if of is segment}
        for index, picture in enumerate(segment.pictures()):
            if index in times and (image := _decoded(picture.data)):
                thumbs.append(Thumb(times[index], segment.boot, image))
    return thumbs


def _decoded(jpeg: bytes) -> Image.Image | None:
    try:
        image = Image.open(io.BytesIO(jpeg))
        image.draft("RGB", (_WIDTH // _COLUMNS * _SHARPER, 1))
        image.load()
    except (UnidentifiedImageError, OSError):
        return None
    return image


def _subtitle(footage: Footage, line: Timeline) -> str:
    facts = [footage.devices[0], plural(footage.frame_count, "frame"), f"{line.duration_ns / _NS:.1f} s", plural(len(line.boots), "boot")]
    return "  ·  ".join([*facts, plural(len(footage.segments), "segment")])


def compose(title: str, subtitle: str, thumbs: list[Thumb], story: Story) -> Image.Image:
    """Lay the parts out from top to bottom."""
    columns = min(_COLUMNS, len(thumbs))
    width = (_WIDTH - 2 * _MARGIN - (_COLUMNS - 1) * _SPACE) / _COLUMNS
    height = width * thumbs[0].image.height / thumbs[0].image.width
    rows = -(-len(thumbs) // columns)
    sheet_top = _MARGIN + 68
    lanes_top = sheet_top + rows * (height + _SPACE) + 40
    total = lanes_top + len(story.lanes) * (_LANE + _LANE_SPACE) + 24 + _MARGIN
    canvas = Canvas(_WIDTH, round(total))
    canvas.text(_MARGIN, _MARGIN - 6, title, _TITLE_SIZE, _TEXT)
    canvas.text(_MARGIN, _MARGIN + 32, subtitle, _TEXT_SIZE, _MUTED)
    several_boots = len({thumb.boot for thumb in thumbs}) > 1
    for number, thumb in enumerate(thumbs):
        x = _MARGIN + number % columns * (width + _SPACE)
        y = sheet_top + number // columns * (height + _SPACE)
        canvas.photo(x, y, width, height, thumb.image)
        _time_label(canvas, x + 8, y + height - 8, clock(thumb.at_s) + (f"  boot {thumb.boot}" if several_boots else ""))
    _draw_story(canvas, story, lanes_top, [thumb.at_s for thumb in thumbs])
    return canvas.finish()


def _time_label(canvas: Canvas, x: float, bottom: float, text: str) -> None:
    canvas.box(x, bottom - 20, canvas.width_of(text, _SMALL_SIZE) + 12, 20, "#000000a0", 4)
    canvas.text(x + 6, bottom - 10, text, _SMALL_SIZE, "#ffffff", "lm")


def clock(seconds: float) -> str:
    """Minutes and seconds, hours where there are any."""
    minutes, rest = divmod(round(seconds, 1), 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours}:{minutes:02d}:{rest:04.1f}" if hours else f"{minutes}:{rest:04.1f}"


def _draw_story(canvas: Canvas, story: Story, top: float, thumb_times_s: list[float]) -> None:
    left, right = _MARGIN + _LABEL_WIDTH, _WIDTH - _MARGIN - _SUMMARY_WIDTH
    scale = (right - left) / max(story.duration_s, 0.001)
    bottom = top + len(story.lanes) * (_LANE + _LANE_SPACE) - _LANE_SPACE
    for number, lane in enumerate(story.lanes):
        _draw_lane(canvas, lane, top + number * (_LANE + _LANE_SPACE), left, right, scale)
    for at_s in thumb_times_s:
        canvas.box(left + at_s * scale - 1.5, top - 9, 3, 3, _MUTED, 1.5)
    for cut in story.cuts:
        _draw_cut(canvas, cut.cause, left + cut.at_s * scale, top - 14, bottom + 4)
    _draw_axis(canvas, story.duration_s, left, bottom + 8, scale)


def _draw_lane(canvas: Canvas, lane: Lane, y: float, left: float, right: float, scale: float) -> None:
    colour = _COLOURS[lane.title]
    canvas.text(left - 14, y + _LANE / 2, lane.title, _TEXT_SIZE, _TEXT, "rm")
    canvas.box(left, y, right - left, _LANE, _TRACK, 3)
    for start, end in lane.spans:
        canvas.box(left + start * scale, y, max(2, (end - start) * scale - 1), _LANE, colour, 1.5)
    canvas.text(right + 16, y + _LANE / 2, lane.summary, _TEXT_SIZE, colour if lane.spans else _MUTED, "lm")


def _draw_cut(canvas: Canvas, cause: str, x: float, top: float, bottom: float) -> None:
    for y in range(round(top), round(bottom), 7):
        canvas.box(x - 0.75, y, 1.5, 4, "#ffffffd0")
    canvas.text(x, top - 4, cause, _SMALL_SIZE, _TEXT, "mb")


def _draw_axis(canvas: Canvas, duration_s: float, left: float, y: float, scale: float) -> None:
    step = next((step for step in _STEPS_S if duration_s / step <= 12), _STEPS_S[-1])
    for number in range(int(duration_s // step) + 1):
        x = left + number * step * scale
        canvas.box(x - 0.5, y, 1, 5, _MUTED)
        canvas.text(x, y + 8, clock(number * step).removesuffix(".0"), _SMALL_SIZE, _MUTED, "ma")

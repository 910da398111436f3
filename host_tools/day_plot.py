# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A day as one picture: battery, temperature, profile and radio, backlog, losses, above one axis of hours.

save(day, Path("report.png"))
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from sim.day import FAIL, PASS, Day

_HOUR_S = 3600.0
_SIZE_INCHES, _DPI, _PIXELS = (13.0, 10.0), 110, 500
_COLOURS = {PASS: "#2e8b57", "WARN": "#d08a00", FAIL: "#c0392b"}
_CELL, _VOLTS, _CASE, _DIE, _STORE, _GAP = "#2e8b57", "#8a97a6", "#d08a00", "#c0392b", "#2f6fb5", "#c0392b"
_SHADES = ("#1f6f8b", "#4f9d69", "#c9a227", "#8d6a9f", "#9c5c3c", "#5c6f7b")
Rows = Sequence[tuple[Any, ...]]


def save(day: Day, path: Path) -> None:
    """Write the PNG."""
    figure = Figure(figsize=_SIZE_INCHES, layout="constrained")
    FigureCanvasAgg(figure)
    axes: list[Axes] = list(figure.subplots(len(_PANELS), 1, sharex=True, height_ratios=[height for height, _ in _PANELS]))
    for (_, draw), axis in zip(_PANELS, axes, strict=True):
        draw(axis, day)
        axis.grid(alpha=0.25)
        axis.margins(x=0.01)
    axes[-1].set_xlabel("hours since it was switched on")
    figure.suptitle(f"{day.title}, {day.board}, seed {day.seed}: {day.verdict}", color=_COLOURS[day.verdict], fontsize=15, weight="bold")
    figure.savefig(path, dpi=_DPI, metadata={"Software": None})


def _hours(rows: Rows) -> list[float]:
    return [row[0] / _HOUR_S for row in rows]


def _battery(axis: Axes, day: Day) -> None:
    rows = day.log.battery
    axis.plot(_hours(rows), [percent for _, _, percent in rows], color=_CELL, label="charge")
    axis.set_ylabel("battery, %")
    axis.set_ylim(0, 105)
    volts = axis.twinx()
    volts.plot(_hours(rows), [millivolts / 1000 for _, millivolts, _ in rows], color=_VOLTS, linewidth=0.8)
    volts.set_ylabel("V under load")


def _warmth(axis: Axes, day: Day) -> None:
    axis.plot(_hours(day.log.case_c), [celsius for _, celsius in day.log.case_c], color=_CASE, label="case")
    axis.plot(_hours(day.log.die_c), [celsius for _, celsius in day.log.die_c], color=_DIE, linewidth=0.8, label="chip")
    axis.set_ylabel("°C")
    axis.legend(loc="upper right", fontsize=8)


def _stretches(rows: Sequence[tuple[float, str]]) -> list[tuple[float, float, str]]:
    """(from h, length h, what), without those in which nothing was on."""
    pairs = pairwise(rows)
    return [(at / _HOUR_S, max(0.0, until - at) / _HOUR_S, what) for (at, what), (until, _) in pairs if what]


def _bands(axis: Axes, day: Day) -> None:
    """Which profile records, and which network is joined."""
    used: dict[str, str] = {}
    for level, rows in ((1, day.log.camera), (0, day.log.radio)):
        for at, length, what in _stretches(rows):
            colour = used.setdefault(what, _SHADES[len(used) % len(_SHADES)])
            axis.broken_barh([(at, length)], (level - 0.35, 0.7), facecolors=colour)
    for what, colour in used.items():
        axis.plot([], [], color=colour, linewidth=6, label=what)
    axis.set_yticks([0, 1], ["Wi-Fi", "camera"])
    axis.legend(loc="upper right", ncols=min(6, max(1, len(used))), fontsize=8)


def _backlog(axis: Axes, day: Day) -> None:
    rows = day.log.backlog()
    axis.step(_hours(rows), [megabytes / 1000 for _, megabytes in rows], where="post", color=_STORE)
    axis.set_ylabel("not stored yet, GB")


def _losses(axis: Axes, day: Day) -> None:
    """Gaps by cause; a short one is drawn a pixel wide."""
    causes = sorted({cause for _, _, cause in day.log.gaps})
    for start, end, cause in day.log.gaps:
        length = max((end - start) / _HOUR_S, day.hours / _PIXELS)
        axis.broken_barh([(start / _HOUR_S, length)], (causes.index(cause) - 0.3, 0.6), facecolors=_GAP)
    axis.set_yticks(range(len(causes)), causes)
    axis.set_ylim(-0.6, max(0.6, len(causes) - 0.4))
    axis.set_ylabel("gaps")
    for at, _ in day.log.boots:
        axis.axvline(at / _HOUR_S, color="#8a97a6", linewidth=0.8, linestyle=":")


_PANELS: tuple[tuple[float, Callable[[Axes, Day], None]], ...] = ((3, _battery), (2, _warmth), (1.3, _bands), (2, _backlog), (1.5, _losses))

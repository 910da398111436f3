# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""report.html: a simulated day, or several side by side, in one file that needs no other and no network.

write([day], Path("report.html"))
"""

import base64
import html
import tempfile
from pathlib import Path

from host_tools.day_plot import save
from sim.day import Day

_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 1200px; padding: 0 1rem; color: #1d2630; }
h1 { font-size: 1.4rem } h2 { font-size: 1.1rem; margin-top: 2rem } img { width: 100%; height: auto }
table { border-collapse: collapse; margin: 1rem 0 } td, th { padding: .25rem .8rem; border-bottom: 1px solid #d8dee5; text-align: left }
td.n { text-align: right; font-variant-numeric: tabular-nums }
.PASS { color: #2e8b57 } .WARN { color: #b57600 } .FAIL { color: #c0392b } .PASS, .WARN, .FAIL { font-weight: 700 }
footer { color: #66727f; margin-top: 2rem; font-size: .9rem }
"""
_NOTE = (
    "Simulated: the real firmware on a real MicroPython, with modelled battery, heat, card, camera and radio. Currents, capacities and "
    "temperatures are estimates from public figures; nothing was measured on hardware."
)
FIGURES = (
    ("hours recorded", lambda day: f"{day.recorded_hours:.2f}"),
    ("frames recorded", lambda day: f"{day.frames['recorded']:,}"),
    ("energy per recorded hour, mWh", lambda day: f"{day.energy_mwh / day.recorded_hours:.0f}" if day.recorded_hours else "-"),
    ("MB per recorded hour", lambda day: f"{day.megabytes / day.recorded_hours:.0f}" if day.recorded_hours else "-"),
    ("not stored at the end, MB", lambda day: f"{day.backlog_mb:.0f}"),
    ("oldest of it, h", lambda day: f"{day.backlog_hours:.1f}"),
    ("lowest charge, %", lambda day: str(day.lowest_percent)),
    ("hottest, °C", lambda day: str(day.hottest_c)),
    ("changes of profile", lambda day: str(day.switches)),
    ("boots", lambda day: str(day.boots)),
)


def write(days: list[Day], path: Path) -> None:
    """One section a day, and with several a table that compares them."""
    title = " against ".join(dict.fromkeys(day.title for day in days))
    body = [
        f"<h1>{html.escape(title)}</h1>",
        _figures(days),
        *(part for day in days for part in _section(day)),
        f"<footer>{_NOTE}</footer>",
    ]
    head = f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{html.escape(title)}</title><style>{_STYLE}</style></head>'
    path.write_text(f"{head}<body>{''.join(body)}</body></html>\n")


def _figures(days: list[Day]) -> str:
    names = [f"{day.scenario}, seed {day.seed}" for day in days]
    head = "<tr><th></th>" + "".join(f"<th>{html.escape(name)}</th>" for name in names) + "</tr>"
    verdicts = "<tr><td>verdict</td>" + "".join(f'<td class="n {day.verdict}">{day.verdict}</td>' for day in days) + "</tr>"
    rows = [f"<tr><td>{name}</td>" + "".join(f'<td class="n">{value(day)}</td>' for day in days) + "</tr>" for name, value in FIGURES]
    return f"<table>{head}{verdicts}{''.join(rows)}</table>"


def _section(day: Day) -> list[str]:
    payload = "full payload" if day.factor == 1 else f"payload reduced {day.factor:g} times"
    rows = [
        f'<tr><td class="{p.verdict}">{p.verdict}</td><td>{html.escape(p.name)}</td><td>{html.escape(p.said)}</td></tr>'
        for p in day.promises
    ]
    return [
        f"<h2>{html.escape(day.title)}, {html.escape(day.board)}, seed {day.seed}, {day.hours:g} h, {payload}</h2>",
        f"<table>{''.join(rows)}</table>",
        f'<img alt="battery, temperature, profile, radio, backlog and gaps over the day" src="data:image/png;base64,{_picture(day)}">',
    ]


def _picture(day: Day) -> str:
    with tempfile.TemporaryDirectory() as scratch:
        save(day, Path(scratch) / "day.png")
        return base64.b64encode((Path(scratch) / "day.png").read_bytes()).decode()

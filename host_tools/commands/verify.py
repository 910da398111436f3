# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog verify`: is every frame there, and is each missing one accounted for?"""

import json
from collections import Counter
from dataclasses import asdict

import rich_click as click

from host_tools.options import json_option, source_argument, store_option
from host_tools.progress import by_size, watching
from host_tools.verify import Report, verify
from host_tools.words import heard, plural

_SHOWN = 20
_DATED = {"told": "told it", "chip": "dated by the clock chip", "order": "of which only the order is known"}
_COLOURS = {"lossless": "green", "lossy": "yellow", "damaged": "red"}


@click.command("verify")
@source_argument
@store_option
@click.option("--truth", type=click.Path(dir_okay=False), help="truth.jsonl of a simulated run: compare every frame with it.")
@json_option
def command(where: str, store_file: str | None, truth: str | None, as_json: bool) -> int:
    """Say whether a card image, mounted card, folder, segment or s3://bucket/prefix is whole.

    A card with --store is also compared with its store: what the card calls stored must be there.

    Example: daylog verify card.img --store out/store/store.json

    Exit code: 0 lossless, 3 lossy with every loss explained, 4 damage or a loss that nothing explains, 1 nothing there.
    """
    with watching("verifying", by_size) as watch:
        report = verify(where, store_file, truth, watch=watch)
    if as_json:
        click.echo(json.dumps(asdict(report)))
    else:
        show(report)
    return report.exit_code


def show(report: Report) -> None:
    click.secho(report.verdict, fg=_COLOURS[report.verdict], bold=True, nl=False)
    click.echo(
        f": {plural(report.frames, 'frame')}, {report.duration_s:.1f} s, {plural(report.segments, 'segment')}" + heard(report.sound_s)
    )
    for name, frames in report.beside.items():
        click.echo(f"  {name}: {plural(frames, 'frame')}")
    if any(row["how"] != "told" for row in report.dates):
        click.echo(f"  time of day: {dates_line(report.dates)}")
    show_list("gap", [gap_line(gap) for gap in report.gaps])
    show_list("problem", report.problems)


def dates_line(dates: list[dict]) -> str:
    counts = Counter(row["how"] for row in dates)
    return ", ".join(f"{plural(counts[how], 'boot')} {words}" for how, words in _DATED.items() if counts[how])


def show_list(title: str, lines: list[str]) -> None:
    for line in lines[:_SHOWN]:
        click.echo(f"  {title}: {line}")
    if len(lines) > _SHOWN:
        click.echo(f"  … and {len(lines) - _SHOWN} more; --json lists them all")


def gap_line(gap: dict) -> str:
    ends = [gap["from_uptime_ms"], gap["to_uptime_ms"]]
    span = " to ".join("?" if end is None else f"{end / 1000:.3f} s" for end in ends)
    frames = "an unknown number of frames" if gap["frames"] is None else plural(gap["frames"], "frame")
    stream = f" of {gap['stream']}" if gap["stream"] else ""
    return f"boot {gap['boot']}, {span}: {frames}{stream}, {gap['cause']}" + (f" ({gap['text']})" if gap["text"] else "")

# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog recover`: get every segment off a card, whole."""

import json
from dataclasses import asdict

import rich_click as click

from host_tools.carve import Census, open_carved
from host_tools.disk import size_of
from host_tools.options import json_option, source_argument, store_option
from host_tools.progress import bar, by_size, watching
from host_tools.recover import Recovered, recover, recover_carved
from host_tools.words import plural


@click.command("recover")
@source_argument
@click.option("-o", "--out", required=True, type=click.Path(file_okay=False), help="A new folder for the segments.")
@click.option("--carve", "carving", is_flag=True, help="Search the card itself: its file system is gone or spoilt.")
@store_option
@json_option
def command(where: str, out: str, carving: bool, store_file: str | None, as_json: bool) -> int:
    """Copy every segment out of a card image, mounted card, folder or store; the source is only read.

    Segments that were never closed are closed, those with damage inside are rebuilt around it.
    Exit code: 0 nothing was lost, 3 something was, and gaps say what, 1 nothing could be recovered.
    Example: daylog recover --carve card.img -o rescued
    """
    if carving:
        result, segments = carve(where, out)
    else:
        with watching("reading", by_size) as watch:
            result, segments = recover(where, out, store_file=store_file, watch=watch), []
    if as_json:
        click.echo(json.dumps({**asdict(result), "carved": [asdict(segment) for segment in segments]}))
    else:
        show(result)
        show_carved(segments)
    return result.exit_code


def carve(where: str, out: str) -> tuple[Recovered, list[Census]]:
    with bar("searching", size_of(where)) as advance, open_carved(where, advance) as carved, watching("reading", by_size) as watch:
        return recover_carved(carved.sources, out, watch), carved.segments


def show_carved(segments: list[Census]) -> None:
    if segments:
        chunks, missing, damaged, copies = (sum(getattr(s, what) for s in segments) for what in ("chunks", "missing", "damaged", "copies"))
        click.echo(f"  chunks: {chunks} found, {missing} missing ({damaged} of them damaged), {copies} found twice")
        click.echo(f"  deleted before: {plural(sum(s.was_deleted is True for s in segments), 'segment')}")


def show(result: Recovered) -> None:
    click.echo(f"{result.out}: {plural(result.frames, 'frame')}, {result.recovered_bytes} bytes")
    counts = {"copied": result.copied, "repaired": result.repaired, "rebuilt": result.rebuilt, "discarded": result.discarded}
    click.echo("  segments: " + ", ".join(f"{count} {outcome}" for outcome, count in counts.items()))
    if result.discarded_bytes:
        click.echo(f"  {result.discarded_bytes} bytes could not be kept")
    for problem in result.problems:
        click.echo(f"  problem: {problem}")

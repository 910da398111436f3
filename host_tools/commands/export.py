# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog export`: a film of what was recorded."""

import json
from dataclasses import asdict
from typing import Any

import rich_click as click

from host_tools.export import export
from host_tools.options import json_option, source_argument, store_option
from host_tools.progress import watching
from host_tools.words import heard, plural

_INSTANT = "Seconds from the first frame, or a time like 2026-11-23T12:00:00Z."


@click.command("export")
@source_argument
@click.option("-o", "--out", required=True, type=click.Path(dir_okay=False), help="The film: .mp4, .mov or .mkv.")
@click.option("--from", "start", metavar="TIME", help=f"Begin here. {_INSTANT}")
@click.option("--to", "end", metavar="TIME", help=f"End before this. {_INSTANT}")
@click.option("--stream", default="", metavar="NAME", help="A stream that was recorded beside the camera, as screen.")
@click.option("--copy", is_flag=True, help="Keep JPEGs as they are (Motion JPEG) instead of encoding H.264; H.264 is never encoded again.")
@store_option
@json_option
def command(where: str, out: str, store_file: str | None, as_json: bool, **wanted: Any) -> None:
    """Make a film of a card image, mounted card, folder, segment or s3://bucket/prefix.

    Every frame is shown when it was taken; over a gap the last frame before it is held.

    Example: daylog export card.img -o film.mp4 --from 60 --to 120
    """
    with watching("exporting") as watch:
        film = export(where, out, store_file=store_file, **wanted, watch=watch)
    if as_json:
        click.echo(json.dumps(asdict(film)))
        return
    click.echo(
        f"{film.path}: {plural(film.frames, 'frame')}, {film.duration_s:.3f} s"
        + (f", from {film.starts}" if film.starts else "")
        + heard(film.sound_s)
    )
    if film.others:
        click.echo(f"  there is more, for --stream: {', '.join(film.others)}")
    if film.unreadable:
        click.echo(f"  {film.unreadable} frames are no pictures and were left out")

# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`make demo`: the whole of Daylog once. Everything it shows is in out/demo/ afterwards.

A simulated board records a real clip, loses its power in the middle, comes back, recovers, and syncs to a real S3 store over TLS;
then the footage is read back from the store, verified against what the camera saw, and made into a film and a picture.
"""

import json
import re
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from host_tools import store
from host_tools.boards import load
from host_tools.clips import BOARD, clip
from host_tools.commands.sim import run
from host_tools.errors import DaylogError
from host_tools.export import export
from host_tools.picture import overview
from host_tools.verify import Report, verify
from sim.options import Options
from sim.result import Result
from sim.world import recorder_store

KEY_NUMBERS = re.compile(r"-(\d+)-(\d+)-[0-9a-f]{16}\.mcap$")
SECONDS, CUT_S = 75.0, 31.7


@contextmanager
def running_store(folder: Path) -> Iterator[store.StoreInfo]:
    """A store for the demo only: stopped at the end, whatever happens."""
    try:
        yield store.up(folder)
    finally:
        store.down(folder)


def main(out: Path = Path("out/demo")) -> int:
    console, started = Console(), time.monotonic()
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    with running_store(out / "store") as info:
        console.print(f"store: SeaweedFS at {info.endpoint}")
        settings = recorder_store(info.store_file)
        options = Options(board=load(BOARD), video=clip(), seconds=SECONDS, power_cuts=[CUT_S], store=settings, out=out)
        result, problems = run(options)
        report = verify(_address(settings), info.owner_file, out / "truth.jsonl")
        film = export(_address(settings), out / "film.mp4", store_file=info.owner_file)
        title = f"{SECONDS:g} s on a simulated {options.board['title']}"
        overview(out / "card.img", out / "overview.png", title=title, truth=out / "truth.jsonl", stored=stored_segments(out / "store"))
    (out / "report.json").write_text(json.dumps(result.as_json(), indent=2) + "\n")
    console.print(table(result, report, film, time.monotonic() - started))
    for problem in problems:
        console.print(f"[red]problem:[/red] {problem}")
    return 0 if result.ok and report.verdict == "lossy" else 1


def stored_segments(folder: Path) -> set[tuple[int, int]]:
    """(boot, segment) of everything the store holds, from the names of the objects."""
    found = (KEY_NUMBERS.search(row.key) for row in store.listing(folder))
    return {(int(match[1]), int(match[2])) for match in found if match}


def _address(settings: dict[str, Any]) -> str:
    return f"s3://{settings['bucket']}/{settings['prefix']}".rstrip("/")


def table(result: Result, report: Report, film: Any, real_s: float) -> Table:
    """What happened, for a person."""
    frames, segments = result.frames, result.segments
    rows = [
        ("board", f"{result.board}, profile {result.profile}, {result.boots} boots"),
        ("camera", f"{frames['captured']} frames"),
        ("card", f"{frames['recorded']} frames in {segments['closed']} segments, {result.bytes['recorded'] / 1e6:.1f} MB"),
        ("power cut", f"at {CUT_S} s: {result.lost_ms_max} ms of footage lost (promised: at most 2000)"),
        ("not recorded", ", ".join(f"{n} {cause}" for cause, n in frames["dropped"].items()) or "nothing"),
        ("store", f"{segments['stored']} segments stored and compared, {segments['pending']} pending"),
        ("verified", f"read back from the store: {report.verdict}, {len(report.gaps)} gaps, {len(report.problems)} problems"),
        ("speed", f"{result.virtual_s:.0f} s of the board's time in {result.real_s:.1f} s; all in {real_s:.0f} s"),
        ("results", f"{result.out}/film.mp4 overview.png report.json card.img truth.jsonl"),
    ]
    shown = Table(show_header=False, title="Daylog demo")
    for row in rows:
        shown.add_row(*row)
    return shown


if __name__ == "__main__":
    try:
        sys.exit(main())
    except DaylogError as error:
        sys.exit(f"daylog: {error}")
    except KeyboardInterrupt:
        sys.exit(130)

# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Progress bars for people: on stderr, only if that is a terminal, gone when the work is done or given up.

with watching("verifying", by_size) as watch:
    report = verify(where, watch=watch)
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from host_tools.sources import StoredFile

Advance = Callable[[float], None]
Watch = Callable[[Sequence[Any]], Iterator[Any]]


@contextmanager
def bar(title: str, total: float | None, console: Console | None = None) -> Iterator[Advance]:
    """A bar of `total` units; the block is handed the function that advances it."""
    with _progress(console) as progress:
        task = progress.add_task(title, total=total)
        yield lambda amount: progress.advance(task, amount)


@contextmanager
def watching(title: str, weight: Callable[[Any], float] = lambda _: 1.0, console: Console | None = None) -> Iterator[Watch]:
    """A function that hands items on and shows how far they are; `weight` says how much of the work one is."""
    with _progress(console) as progress:

        def watch(items: Sequence[Any]) -> Iterator[Any]:
            task = progress.add_task(title, total=sum(map(weight, items)))
            for item in items:
                yield item
                progress.advance(task, weight(item))

        yield watch


def up_to(total: float | None, advance: Advance) -> Callable[[float], None]:
    """From how far the work is to how much was added; it may go beyond the total."""
    done = 0.0

    def tell(now: float) -> None:
        nonlocal done
        now = min(now, total or now)
        advance(now - done)
        done = now

    return tell


def by_size(file: StoredFile) -> float:
    return file.size


def _progress(console: Console | None) -> Progress:
    console = console or Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)

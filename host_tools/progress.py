# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Progress bars for people: on stderr, only if that is a terminal, gone when the work is done.

for segment in track(segments, "verifying"):
    ...
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from host_tools.sources import StoredFile

Item = TypeVar("Item")
Advance = Callable[[float], None]


@contextmanager
def bar(title: str, total: float | None, console: Console | None = None) -> Iterator[Advance]:
    """A bar of `total` units; the block is handed the function that advances it."""
    console = console or Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(title, total=total)
        yield lambda amount: progress.advance(task, amount)


def track(items: Sequence[Item], title: str, weight: Callable[[Item], float] = lambda _: 1.0) -> Iterable[Item]:
    """Iterate over `items` and show how far it is; `weight` says how much of the work an item is."""
    with bar(title, sum(weight(item) for item in items)) as advance:
        for item in items:
            yield item
            advance(weight(item))


def by_size(title: str) -> Callable[[Sequence[StoredFile]], Iterable[StoredFile]]:
    """What `load` takes as `watch`: files pass through, the bar moves by their bytes."""
    return lambda files: track(files, title, lambda file: file.size)

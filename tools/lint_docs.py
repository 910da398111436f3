# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A document that names a file, a make target or a `daylog` option that is not there fails lint."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
CODE_PATH = re.compile(r"`((?:firmware|hal|boards|host_tools|sim|tests|docs|tools|bench|typings|\.ci)/[\w./-]*)`")
TEST = re.compile(r"`(test_\w+)`")
MAKE = re.compile(r"^(?:\$ )?make ([a-z][a-z -]+)", re.MULTILINE)
FENCE = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
DAYLOG = re.compile(r"^(?:\$ )?(?:\.venv/bin/)?daylog ([^\n#|>]*)", re.MULTILINE)


def documents() -> list[Path]:
    found = [*ROOT.glob("*.md"), *(f for d in ("docs", "hal", "boards", "firmware", "sim", "tests") for f in (ROOT / d).rglob("*.md"))]
    return sorted(found)


def missing_paths(document: Path, text: str) -> Iterator[str]:
    for target in LINK.findall(text):
        if not (document.parent / target).exists():
            yield f"link to {target}"
    for target in CODE_PATH.findall(text):
        if not (ROOT / target.rstrip("/")).exists():
            yield f"file {target}"


def test_functions() -> set[str]:
    return {name for f in (ROOT / "tests").rglob("test_*.py") for name in re.findall(r"def (test_\w+)", f.read_text())}


def missing_tests(text: str) -> Iterator[str]:
    yield from (f"test {name}" for name in TEST.findall(text) if name not in test_functions())


def missing_targets(text: str) -> Iterator[str]:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    fences = FENCE.findall(text)
    inline = re.findall(r"`([^`\n]+)`", FENCE.sub("", text))
    named = [name for line in MAKE.findall("\n".join(fences + inline)) for name in line.split()]
    yield from (f"make {name}" for name in named if name not in targets)


def command_problems(words: list[str]) -> Iterator[str]:
    from host_tools.cli import cli

    command: click.Command = cli
    for word in words:
        if isinstance(command, click.Group) and not word.startswith("-"):
            found = command.get_command(click.Context(command), word)
            if found is None:
                yield f"daylog {' '.join(words)}: no command {word}"
                return
            command = found
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)} | {"--help"}
    for word in words:
        if word.startswith("--") and word.split("=")[0] not in known:
            yield f"daylog {' '.join(words)}: no option {word}"


def missing_options(text: str) -> Iterator[str]:
    blocks = "\n".join(FENCE.findall(text)).replace("\\\n", " ")
    for line in DAYLOG.findall(blocks):
        yield from command_problems(line.split())


def problems(document: Path) -> Iterator[str]:
    text = document.read_text()
    for what in [*missing_paths(document, text), *missing_tests(text), *missing_targets(text), *missing_options(text)]:
        yield f"{document.relative_to(ROOT)}: names what is not there: {what}"


def main() -> int:
    found = [p for d in documents() for p in problems(d)]
    print("\n".join(found) or f"documents: {len(documents())} name only what is there")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

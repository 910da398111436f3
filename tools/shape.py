# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A mirror, not a gate: our sizes beside those of the code bases we admire.

The reference rows were measured by the same rules over public snapshots of 2025 and 2026:
function length without its docstring, p95 by nearest rank, comment lines per 100 lines of code.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
OURS = ("firmware", "hal", "sim", "host_tools", "tools", "bench")
HEADER = ("code base", "files", "lines", "lines/file med p95 max", "lines/function med p95 max", "comments", "docstrings", "tests/source")
REFERENCE = [
    ("micropython-lib aioble", "9", "2084", "214 456 456", "6 33 83", "30", "0", "0.58"),
    ("micropython-async primitives", "16", "1456", "80 158 221", "5 16 35", "17", "0", "1.32"),
    ("esptool package", "27", "14029", "253 2357 3642", "6 51 675", "10", "12", "0.33"),
    ("esptool/targets", "16", "3785", "242 396 461", "5 17 71", "7", "2", "-"),
    ("mcap python", "14", "2288", "46 519 566", "6 33 116", "1", "13", "0.45"),
    ("simpy", "11", "2123", "125 652 652", "4 19 58", "9", "55", "1.26"),
    ("gpiozero", "25", "15826", "544 1777 2794", "4 22 296", "10", "61", "0.42"),
    ("microdot", "16", "3931", "160 385 1570", "5 41 124", "7", "46", "1.02"),
    ("mpremote", "11", "3566", "212 1079 1079", "8 51 108", "10", "2", "0.17"),
]


def docstring_lines(node: ast.AST) -> int:
    if not isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) or ast.get_docstring(node) is None:
        return 0
    return (node.body[0].end_lineno or 0) - node.body[0].lineno + 1


def function_lengths(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield (node.end_lineno or node.lineno) - node.lineno + 1 - docstring_lines(node)


def spread(values: list[int]) -> str:
    ordered = sorted(values) or [0]
    return f"{median(ordered):.0f} {ordered[max(0, -(-95 * len(ordered) // 100) - 1)]} {ordered[-1]}"


def measure(name: str, files: list[Path], test_lines: int) -> tuple[str, ...]:
    texts = [f.read_text() for f in files]
    trees = [ast.parse(t) for t in texts]
    lines = [len(t.splitlines()) for t in texts]
    blank = sum(not line.strip() for t in texts for line in t.splitlines())
    comments = sum(line.strip().startswith("#") and "SPDX" not in line for t in texts for line in t.splitlines())
    docs = sum(docstring_lines(node) for tree in trees for node in ast.walk(tree))
    code = max(1, sum(lines) - blank - comments - docs)
    functions = [n for tree in trees for n in function_lengths(tree)]
    ratio = f"{test_lines / sum(lines):.2f}" if test_lines and lines else "-"
    return (
        name,
        str(len(files)),
        str(sum(lines)),
        spread(lines),
        spread(functions),
        f"{100 * comments / code:.0f}",
        f"{100 * docs / code:.0f}",
        ratio,
    )


def python_files(folder: str) -> list[Path]:
    return [f for f in sorted((ROOT / folder).rglob("*.py")) if len(f.read_text().splitlines()) > 3]


def rows() -> list[tuple[str, ...]]:
    test_lines = sum(len(f.read_text().splitlines()) for f in python_files("tests"))
    everything = [f for folder in OURS for f in python_files(folder)]
    return [*(measure(folder, python_files(folder), 0) for folder in OURS), measure("Daylog, all", everything, test_lines)]


def main() -> int:
    table = [HEADER, *rows(), *REFERENCE]
    widths = [max(len(row[i]) for row in table) for i in range(len(HEADER))]
    for row in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())
    return 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Device code must compile for MicroPython and stay in its room.

Four rules, checked over every file of firmware/ and hal/ (and what runs inside
the simulated board): it compiles with mpy-cross; it imports nothing MicroPython
lacks; a vendor module is imported only below hal/<port>/; and firmware/ does not ask what it runs on: if it had to know, the
contract would be wrong. hal/linux, whose vendor is the system, never runs on MicroPython.
"""

import ast
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEVICE = ("firmware", "hal", "sim/device")
NOT_ON_DEVICE = {"typing", "abc", "enum", "dataclasses", "contextlib", "functools", "pathlib", "logging", "threading", "subprocess"}
VENDOR = {"machine", "camera", "network", "esp32", "esp", "rp2", "sdcard", "adafruit_ov5640", "vfs", "bluetooth"}

PLATFORM = {"platform", "uname", "implementation"}  # of sys and os
PORTS = {folder.name for folder in (ROOT / "hal").iterdir() if (folder / "__init__.py").exists()} - {"drivers"}


def device_files() -> list[Path]:
    return sorted(f for folder in DEVICE for f in (ROOT / folder).rglob("*.py"))


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.lineno, node.module.split(".")[0]


def may_use_vendor(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return parts[:2] == ("sim", "device") or (parts[0] == "hal" and len(parts) >= 3 and parts[1] != "drivers")


def runs_on_cpython(path: Path) -> bool:
    return path.relative_to(ROOT).parts[:2] == ("hal", "linux")


def wrong_imports(path: Path) -> Iterator[str]:
    for line, name in imports(ast.parse(path.read_text())):
        if name in NOT_ON_DEVICE and not runs_on_cpython(path):
            yield f"{path.relative_to(ROOT)}:{line}: {name} does not exist on MicroPython"
        if name in VENDOR and not may_use_vendor(path):
            yield f"{path.relative_to(ROOT)}:{line}: {name} is a vendor module: only hal/<port>/ may import it"


def platform_tests(path: Path) -> Iterator[str]:
    """Where the firmware asks for the platform, or names a port."""
    if path.relative_to(ROOT).parts[0] != "firmware":
        return
    for node in ast.walk(ast.parse(path.read_text())):
        asked = isinstance(node, ast.Attribute) and node.attr in PLATFORM
        imported = isinstance(node, ast.alias) and node.name in PLATFORM
        named = isinstance(node, ast.Constant) and node.value in PORTS
        if isinstance(node, ast.Attribute | ast.alias | ast.Constant) and (asked or imported or named):
            yield f"{path.relative_to(ROOT)}:{node.lineno}: the firmware does not ask what it runs on: give the contract what it needs"


def compile_errors(path: Path, out: Path) -> Iterator[str]:
    compiler = Path(sys.executable).with_name("mpy-cross")
    done = subprocess.run([str(compiler), "-o", str(out), str(path)], capture_output=True, text=True)
    if done.returncode:
        yield f"{path.relative_to(ROOT)}: mpy-cross: {(done.stdout + done.stderr).strip()}"


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.mpy"
        problems = [p for f in device_files() for p in [*wrong_imports(f), *platform_tests(f), *compile_errors(f, out)]]
    print("\n".join(problems) or f"device code: {len(device_files())} files compile and stay in their room")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())

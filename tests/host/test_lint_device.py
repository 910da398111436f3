# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Which room device code may be in, and what it may not ask there."""

from pathlib import Path

import pytest

from tools import lint_device


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """What is said of a file with this name and text."""
    monkeypatch.setattr(lint_device, "ROOT", tmp_path)

    def tell(name: str, text: str) -> list[str]:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return [line.split(": ")[0] for line in (*lint_device.wrong_imports(path), *lint_device.platform_tests(path))]

    return tell


@pytest.mark.parametrize(
    "text",
    ["import sys\nsys.platform", "import os\nos.uname()", "from sys import implementation", "import platform", 'port == "linux"'],
)
def test_the_firmware_does_not_ask_what_it_runs_on(told, text: str):
    line = text.count("\n") + 1
    assert [told("firmware/a.py", text), told("hal/linux/a.py", text)] == [[f"firmware/a.py:{line}"], []]


def test_vendor_modules_stay_in_their_ports(told):
    rooms = ("firmware/a.py", "hal/drivers/a.py", "hal/esp32/a.py")
    assert [told(room, "import machine") for room in rooms] == [["firmware/a.py:1"], ["hal/drivers/a.py:1"], []]


def test_what_micropython_lacks_is_for_computers_only(told):
    assert [told(room, "import typing") for room in ("hal/rp2/a.py", "hal/linux/a.py")] == [["hal/rp2/a.py:1"], []]

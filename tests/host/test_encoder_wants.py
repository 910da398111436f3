# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What an encoder wants of this computer, said before it starts."""

import os
from pathlib import Path

import pytest

from host_tools import boards, encoder_wants
from host_tools.cli import main

DESKTOP = boards.load("linux_desktop")["encoders"]


@pytest.fixture(autouse=True)
def ffmpeg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    program = tmp_path / "bin" / "ffmpeg"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    return program


def said(command: list[str], **environment: str) -> list[tuple[str, str]]:
    return [(finding.verdict, finding.text) for finding in encoder_wants.missing(command, environment)]


def test_a_screen_wants_a_display_of_its_own_kind():
    assert said(DESKTOP["screen"], DISPLAY=":1") == []
    assert said(DESKTOP["screen"], DISPLAY="") == [("FAIL", "there is no screen here: DISPLAY is not set")]
    (found,) = said(DESKTOP["screen"], DISPLAY=":1", WAYLAND_DISPLAY="wayland-0")
    assert found == ("WARN", "of a Wayland desktop only the windows of X programs can be recorded; the rest is black")


def test_any_variable_may_be_wanted():
    assert said(["ffmpeg", "$CAMERA"], CAMERA="x") == []
    assert said(["ffmpeg", "$CAMERA"]) == [("FAIL", "the encoder wants CAMERA, which is not set in the environment")]


def test_a_device_may_be_missing_or_somebody_elses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    assert said(["ffmpeg", "-i", "/dev/null"]) == []
    assert said(["ffmpeg", "-i", "/dev/no-such-camera"]) == [("WARN", "there is no /dev/no-such-camera")]
    monkeypatch.setattr(os, "access", lambda path, mode: path != "/dev/null")
    assert said(["ffmpeg", "-i", "/dev/null"]) == [("WARN", "/dev/null is not for you to open")]


def test_a_program_is_named_as_debian_does(ffmpeg: Path):
    ffmpeg.unlink()
    found = [encoder_wants.missing([name], {})[0] for name in ("ffmpeg", "rpicam-vid")]
    assert [finding.text for finding in found] == ["there is no program ffmpeg", "there is no program rpicam-vid"]
    assert ["apt install ffmpeg" in found[0].fix, "apt install rpicam-apps" in found[1].fix] == [True, True]


def test_what_can_come_yet_is_a_warning_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """It goes on, as far as the next hurdle: here a folder that is too deep."""
    exists = os.path.exists
    monkeypatch.setattr(os.path, "exists", lambda path: path != "/dev/video0" and exists(path))
    assert main(["run", "--folder", str(tmp_path / ("deep" * 30))]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "warning: there is no /dev/video0" and "too long for a console" in lines[2]

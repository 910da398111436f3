# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog run`: make this computer a recorder, for as long as the command runs."""

import os
import signal
import sys
from pathlib import Path
from typing import Any

import rich_click as click

from host_tools import boards, encoder_wants
from host_tools.board_check import FAIL, Finding
from host_tools.errors import UsageError
from host_tools.local import HOME, LocalRecorder
from host_tools.progress import bar, up_to
from sim import reel, stream

ABOUT = """\
recording into {card}; Ctrl-C closes the segment and ends
  from another terminal: daylog console --port {port}"""


@click.command("run")
@click.option(
    "--board", "name", default="linux_desktop", show_default=True, help="A board that is a computer, or a folder with a board.toml."
)
@click.option(
    "--profile",
    default="",
    help="Capture profile: webcam, screen or webcam_screen, on linux_desktop; the board's default if not given.",
)
@click.option("--video", type=click.Path(path_type=Path), help="Record this film in place of the camera; it loops.")
@click.option("--folder", default=HOME, show_default=True, type=click.Path(file_okay=False, path_type=Path), help="For everything of it.")
def command(name: str, profile: str, video: Path | None, folder: Path) -> None:
    """Record on this very computer: its webcam, its screen, both or a film, with the service that a Raspberry Pi runs.

    Example: daylog run --video clip.mp4
    """
    board = boards.load(name)
    profile = _checked(board, profile or board["default_profile"])
    recorder = LocalRecorder(folder.expanduser())
    encoder = film(video, board["profiles"][profile]) if video else None
    _look_for(encoder or _encoder(board, profile))
    for name in board["profiles"][profile].get("beside", []):
        _warn(encoder_wants.missing(_encoder(board, name), os.environ))
    recorder.prepare(board, profile, encoder)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    click.echo(ABOUT.format(card=recorder.card, port=recorder.port))
    recorder.run(click.echo)
    click.echo(f"closed; next: daylog verify {recorder.card}")


def _checked(board: dict[str, Any], profile: str) -> str:
    if not boards.is_computer(board):
        raise UsageError(f"board {board['name']} is no computer", "it is simulated by daylog sim run, and flashed by daylog flash")
    if profile not in board["profiles"]:
        raise UsageError(f"board {board['name']} has no profile {profile}", f"it has {', '.join(board['profiles'])}")
    return profile


def _encoder(board: dict[str, Any], profile: str) -> list[str]:
    return board["encoders"][board["profiles"][profile]["encoder"]]


def _look_for(encoder: list[str]) -> None:
    """What it wants. Raises UsageError where it never will record; what it may do without is said only."""
    found = encoder_wants.missing(encoder, os.environ)
    for finding in found:
        if finding.verdict == FAIL:
            raise UsageError(finding.text, finding.fix)
    _warn(found)


def _warn(found: list[Finding]) -> None:
    for finding in found:
        click.echo(f"warning: {finding.text}\n  {finding.fix}", err=True)


def film(video: Path, profile: dict[str, Any]) -> list[str]:
    """The command of an encoder that gives a film's pictures. Raises DaylogError."""
    frames = reel.expected_frames(video, profile)
    with bar("reading the video", frames) as advance:
        path = stream.make(video, profile, up_to(frames, advance))
    return [sys.executable, "-m", "sim.stream", str(path)]

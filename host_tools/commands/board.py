# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog board`: the boards at hand, their facts, and whether those can be right."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import rich_click as click

from firmware.cadence import kb_per_s
from host_tools import boards
from host_tools.board_check import FAIL, Finding
from host_tools.options import json_option


@click.group("board")
def command() -> None:
    """Look at boards; each is a folder with a board.toml."""


@command.command("list")
@json_option
def list_command(as_json: bool) -> None:
    """List the boards. Example: daylog board list"""
    found = [boards.load(name) for name in boards.names()]
    if as_json:
        return click.echo(json.dumps([{"name": b["name"], "title": b["title"], "port": b["port"]} for b in found]))
    for board in found:
        click.echo(f"{board['name']:24} {board['title']} ({board['port']}, {len(board['profiles'])} profiles)")


@command.command("show")
@click.argument("name")
@json_option
def show(name: str, as_json: bool) -> None:
    """Show a board's facts. Example: daylog board show xiao_esp32s3_sense"""
    board = boards.load(name)
    if as_json:
        return click.echo(json.dumps(board))
    click.echo(f"{board['title']}: {board['mcu']}{_heap(board)}, {board['camera']['sensor']}")
    profiles = board["profiles"]
    for profile_name in profiles:
        default = "  (default)" if profile_name == board["default_profile"] else ""
        click.echo(f"  {profile_name:14} {profile_line(profiles, profile_name)}{default}")


def _heap(board: dict[str, Any]) -> str:
    return f", heap {board['heap_bytes'] // 1024} KiB" if "heap_bytes" in board else ""


def profile_line(profiles: dict[str, Any], name: str) -> str:
    profile, gb_per_hour = profiles[name], kb_per_s(profiles, name) * 3600 / 1e6
    often = f"each {profile['every_s']} s" if "every_s" in profile else f"at {profile['fps']} fps"
    beside = f" with {', '.join(profile['beside'])}" if "beside" in profile else ""
    return f"{profile['width']}x{profile['height']} {often}{beside}, about {gb_per_hour:.2f} GB/h"


@command.command("check")
@click.argument("name", required=False)
@json_option
def check(name: str | None, as_json: bool) -> int:
    """Say everything that is wrong with a board's data; without a name, of every board. Example: daylog board check boards/my_board"""
    checked = {folder.name: boards.findings(boards.read(folder)) for folder in _folders(name)}
    failed = any(finding.verdict == FAIL for found in checked.values() for finding in found)
    if as_json:
        click.echo(json.dumps([{"board": board, "findings": [asdict(each) for each in found]} for board, found in checked.items()]))
    for board, found in checked.items() if not as_json else ():
        _tell(board, found)
    return 1 if failed else 0


def _folders(name: str | None) -> list[Path]:
    """The folder of a board, or those of all. Raises BoardError."""
    return [boards.find(name)] if name else [boards.find(each) for each in boards.names()]


def _tell(board: str, found: list[Finding]) -> None:
    click.echo(f"{board}: {'nothing is wrong' if not any(each.verdict == FAIL for each in found) else 'this cannot be right'}")
    for finding in found:
        click.echo(f"  {finding.verdict}  {finding.text}\n        {finding.fix}")

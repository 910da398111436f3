# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The command line: exit codes, errors in words, and that the folder is the registration."""

import io

import pytest
import rich_click as click
from rich.console import Console

from host_tools import cli
from host_tools.errors import DaylogError, UsageError
from host_tools.progress import watching


def run_raising(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> int:
    @click.command()
    def failing() -> None:
        raise error

    monkeypatch.setattr(cli.CommandFolder, "get_command", lambda *_: failing)
    return cli.main(["failing"])


@pytest.mark.parametrize(
    ("error", "exit_code", "stderr"),
    [
        (DaylogError("the card is empty", "record something first"), 1, "daylog: the card is empty\n  record something first\n"),
        (UsageError("no such board"), 2, "daylog: no such board\n"),
        (KeyboardInterrupt(), 130, "\ndaylog: interrupted\n"),
    ],
)
def test_an_error_becomes_words_and_an_exit_code(monkeypatch, capsys, error, exit_code, stderr):
    assert run_raising(monkeypatch, error) == exit_code
    assert capsys.readouterr().err == stderr


def test_an_unknown_command_is_refused(capsys):
    assert cli.main(["frobnicate"]) == 2
    assert "No such command" in capsys.readouterr().err


def test_every_module_of_the_folder_is_a_command():
    context = click.Context(cli.cli)
    names = cli.cli.list_commands(context)
    commands = [cli.cli.get_command(context, name) for name in names]
    assert [command.name for command in commands if command] == names


def drawn(is_terminal: bool) -> str:
    out = io.StringIO()
    console = Console(file=out, force_terminal=is_terminal, width=60)
    with watching("working", console=console) as watch:
        assert list(watch([1, 2, 3])) == [1, 2, 3]
    return out.getvalue()


def test_progress_is_for_terminals_only():
    assert ("working" in drawn(True), drawn(False)) == (True, "")


def test_an_interrupted_bar_is_gone_before_anything_is_said():
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=60)
    with pytest.raises(KeyboardInterrupt), watching("working", console=console) as watch:
        for _ in watch([1, 2, 3]):
            raise KeyboardInterrupt
    assert out.getvalue().endswith("\x1b[2K")

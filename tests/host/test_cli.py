# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The command line: exit codes, errors in words, and that the folder is the registration."""

import pytest
import rich_click as click

from host_tools import cli
from host_tools.errors import DaylogError, UsageError


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

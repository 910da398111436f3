# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The `daylog` command: one file in `commands/` is one command; only `main` makes an exit code of an error.

A command module defines `command`, a click command. What it returns is the exit code (None is 0);
what goes wrong it raises as `DaylogError`. It is imported when it is asked for, never before.
"""

import importlib
import pkgutil
import sys
from collections.abc import Sequence
from importlib import metadata

import rich_click as click

from host_tools import commands
from host_tools.errors import DaylogError

INTERRUPTED = 130  # 128 + SIGINT, what a shell expects


class CommandFolder(click.RichGroup):
    """A group whose members are the modules of `host_tools.commands`; the folder is the registration."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(module.name for module in pkgutil.iter_modules(commands.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        return importlib.import_module(f"{commands.__name__}.{cmd_name}").command


def version() -> str:
    try:
        return metadata.version("daylog")
    except metadata.PackageNotFoundError:
        return "(from a source tree)"


@click.group(cls=CommandFolder, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(version(), prog_name="daylog")
def cli() -> None:
    """Simulate, verify, recover and export what a Daylog recorder records."""


def complain(message: str, hint: str = "") -> None:
    click.echo(f"daylog: {message}", err=True)
    if hint:
        click.echo(f"  {hint}", err=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code."""
    try:
        result = cli.main(arguments, prog_name="daylog", standalone_mode=False)
    except DaylogError as error:
        complain(error.message, error.hint)
        return error.exit_code
    except OSError as error:
        complain(f"{error.filename or 'input or output'}: {error.strerror or error}")
        return DaylogError.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        complain("interrupted")
        return INTERRUPTED
    return result if isinstance(result, int) else 0


if __name__ == "__main__":
    sys.exit(main())

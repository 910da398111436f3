# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Arguments and options that several commands share, so that they are spelt alike everywhere."""

from collections.abc import Callable
from typing import Any

import rich_click as click

_LOCAL = "daylog.local"

source_argument = click.argument("where", metavar="PATH|s3://BUCKET/PREFIX")
store_option = click.option("--store", "store_file", metavar="FILE", type=click.Path(dir_okay=False), help="store.json of the S3 store.")
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout, for programs.")


def _remember(context: click.Context, parameter: click.Parameter, is_local: bool) -> None:
    context.meta[_LOCAL] = is_local


def _port(context: click.Context, parameter: click.Parameter, given: str | None) -> str | None:
    if not context.meta[_LOCAL]:
        return given
    from host_tools import local  # imported when it is asked for

    return local.find()


def port_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """--port or --local, as `given_port`."""
    port = click.option(
        "--port",
        "given_port",
        envvar="DAYLOG_PORT",
        callback=_port,
        help="Serial port of the board, or socket:// or rfc2217:// of one elsewhere; found if there is only one.",
    )
    local = click.option(
        "--local", is_flag=True, is_eager=True, expose_value=False, callback=_remember, help="The recorder that runs on this computer."
    )
    return port(local(function))

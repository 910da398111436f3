# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog devices`: what is plugged in."""

import json
from dataclasses import asdict

import rich_click as click

from host_tools.devices import Device, devices
from host_tools.options import json_option


@click.command("devices")
@json_option
def command(as_json: bool) -> None:
    """List the serial ports, the boards that may be at each, and the recorders that answer. Recording goes on.

    Example: daylog devices
    """
    found = devices()
    if as_json:
        return click.echo(json.dumps([asdict(one) for one in found]))
    for one in found:
        click.echo(f"{one.port}  {one.usb_id}  {one.product}\n  {about(one)}")
    if not found:
        click.echo("no board is plugged in, or its cable carries no data")


def about(one: Device) -> str:
    if one.recorder:
        return f"{one.recorder}: {one.state} (board {one.board}, firmware {one.firmware})"
    if one.boards:
        return f"{one.problem}; it may be {' or '.join(one.boards)}"
    return "no board that is known has this id"

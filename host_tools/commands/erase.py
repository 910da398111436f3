# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog erase`: nothing left on a board but its card."""

import json

import rich_click as click

from host_tools import ports
from host_tools.errors import UsageError
from host_tools.flashing.esptool import in_loader
from host_tools.flashing.whole_flash import erase, recorder_name
from host_tools.options import json_option, port_option


@click.command("erase")
@port_option
@click.option("--name", help="The recorder's name, so that it is not asked for.")
@json_option
def command(given_port: str | None, name: str | None, as_json: bool) -> None:
    """Erase the flash of an ESP32 board: firmware, settings, keys. The footage on its card stays.

    Example: daylog erase --port /dev/ttyACM0
    """
    port = ports.find(given_port)
    with in_loader(port) as chip:
        found = recorder_name(chip)
        given = name or click.prompt(f"This erases {found}. Type its name")
        if given != found:
            raise UsageError(f"the recorder at {port} is {found}, not {given}", "nothing was erased")
        erase(chip)
    click.echo(json.dumps({"erased": found}) if as_json else f"{found} is erased; `daylog flash` makes it a recorder again")

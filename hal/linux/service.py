# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The recorder as a service, what main.py is on a microcontroller: python -m hal.linux.service BOARD.json STATE_FOLDER [CONSOLE]

SIGTERM closes the segment and ends it. Whoever starts it has to start it again after exit code 75. What it writes is its owner's alone.
"""

import asyncio
import fcntl
import json
import os
import signal
import sys

from firmware.app import App
from firmware.settings import Settings
from hal.linux import open_board
from hal.linux.watchdog import notify

IN_USE = "another recorder is at work in %s"


async def record(config, settings):
    """Until somebody leaves, or a signal asks for the end."""
    board = open_board(config)
    app = App(board, config, Settings.load(settings))

    def leave():
        notify("STOPPING=1")
        app.leave()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, leave)
    board.watchdog.start(config["watchdog_ms"])
    await app.run()
    board.leave()


def claim(folder):
    """Keep others from a folder for as long as this process lives. Raises SystemExit: somebody has it."""
    try:
        fcntl.flock(os.open(folder, os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise SystemExit(IN_USE % folder) from None


def main(arguments):
    os.umask(0o077)
    with open(arguments[0]) as file:
        config = json.load(file)
    config["state"], config["console"] = arguments[1], arguments[2] if len(arguments) > 2 else ""
    claim(config["state"])
    asyncio.run(record(config, arguments[1] + "/settings.json"))


if __name__ == "__main__":
    main(sys.argv[1:])

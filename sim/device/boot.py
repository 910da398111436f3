# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Boot the simulated board: micropython -X heapsize=N boot.py WORLD.json

Builds the board of the world, then runs boot.py and main.py from its flash image as the real part would. With -i
and in real time, the interpreter's prompt is what remains when main.py has ended.
"""

import json
import sys

NO_WORLD = 70  # exit code: the world could not be built


def build(world):
    """The board of a world. A failure ends the process: a prompt would have the host's files as its root."""
    sys.path.insert(0, __file__.rsplit("/sim/device/", 1)[0])
    try:
        from sim.device.board import Board

        return Board(world)
    except Exception as error:  # noqa: BLE001  whatever it is, there is no board to go on with
        sys.print_exception(error)
        sys.exit(NO_WORLD)


def start(board, skip_main):
    """Run the files that a board runs at start-up."""
    try:
        run("/boot.py")
        if not skip_main:
            run("/main.py")
    except SystemExit:
        if board.clock.realtime:
            raise
        board.ending.end("soft_reset")
    except Exception as error:  # noqa: BLE001  the firmware's last resort: what a real prompt would show
        sys.print_exception(error)
        if not board.clock.realtime:
            board.ending.end("crash", error=repr(error))
    if not board.clock.realtime:
        board.ending.end("left")


def run(name):
    """Run a file of the image, if it is there."""
    try:
        with open(name) as file:
            code = file.read()
    except OSError:
        return
    exec(compile(code, name, "exec"), {"__name__": "__main__"})


def main(path):
    with open(path) as file:
        world = json.load(file)
    start(build(world), world.get("raw_repl", False))


main(sys.argv[1])

# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The console: a shell on the serial port, for people in any terminal program and for programs.

    await console.serve(app)

`knock.py` says how mpremote and people get from here to the Python prompt.
"""

from firmware.compat import kbd_intr
from firmware.console.shell import Shell


async def serve(app):
    """Run the shell on the board's console until the port closes or somebody leaves to the prompt."""
    kbd_intr(-1)  # Ctrl-C is a key here; the interpreter takes it back by itself when the program ends
    await Shell(app, app.board.console.stdin, app.board.console.write).run()

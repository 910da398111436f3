# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The console of the recorder on this computer, for a person at a terminal, the other end of a serial line, or a pipe:
python -m hal.linux.visit SOCKET

Every byte goes there as it is. Ctrl-] leaves; the end of a pipe does a second after the recorder has said its last word.
"""

import os
import select
import socket
import sys
import termios
import tty

LEAVE_KEY = b"\x1d"
LAST_WORD_S = 1
_LONGEST = 65536
NOBODY = "daylog: no recorder runs on this computer, or it is not yours: sudo, or systemctl start daylog"


def visit(path, in_fd, out_fd):
    """Until somebody leaves, or the recorder does. Raises OSError: nobody is there."""
    with socket.socket(socket.AF_UNIX) as console:
        console.connect(path)
        sources = [console, in_fd]
        while True:
            ready = select.select(sources, [], [], None if in_fd in sources else LAST_WORD_S)[0]
            said = console.recv(_LONGEST) if console in ready else b""
            typed = os.read(in_fd, _LONGEST) if in_fd in ready else b""
            if not ready or (console in ready and not said) or LEAVE_KEY in typed:
                return
            if in_fd in ready and not typed:
                sources.remove(in_fd)
            os.write(out_fd, said)
            console.sendall(typed)


def main(path):
    before = termios.tcgetattr(0) if os.isatty(0) else None
    try:
        if before:
            tty.setraw(0, termios.TCSADRAIN)
        visit(path, 0, 1)
    except OSError:
        sys.exit(NOBODY)
    finally:
        if before:
            termios.tcsetattr(0, termios.TCSADRAIN, before)


if __name__ == "__main__":
    main(sys.argv[1])

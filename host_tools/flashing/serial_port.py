# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Whether a port can be used, said so that somebody can do something about it.

check("/dev/ttyACM0")          # raises PortError
has_reset_lines("/dev/pts/3")  # False
"""

import errno
from contextlib import closing

import serial

from host_tools.flashing.chips import FlashError
from host_tools.flashing.unix_port import SCHEME, UnixPort

NETWORK = ("socket://", "rfc2217://")
_CAUSES = {
    errno.ENOENT: ("there is no port {port}", "is the board plugged in, with a cable that carries data, and not only power?"),
    errno.EACCES: (
        "nobody has allowed you to use the port {port}",
        "`sudo usermod -aG dialout $USER`, then log out and in again; the group may be called uucp",
    ),
    errno.EBUSY: ("another program has the port {port}", "close the terminal program, or the other flashing tool"),
    errno.EAGAIN: ("another program has the port {port}", "close the terminal program, or the other flashing tool"),
    errno.ECONNREFUSED: ("nothing answers at {port}", "is the port's server running there?"),
}


Line = serial.Serial | UnixPort


class PortError(FlashError):
    """The port cannot be used."""


def open_line(port: str, timeout_s: float) -> Line:
    """A port, or the console of a recorder on this computer. Raises PortError."""
    if not port.startswith(SCHEME):
        return open_port(port, timeout_s)
    try:
        return UnixPort(port, timeout_s)
    except OSError as error:
        raise _in_words(port, error) from error


def open_port(port: str, timeout_s: float = 1.0) -> serial.Serial:
    """The port for ourselves alone. Raises PortError."""
    try:
        if port.startswith(NETWORK):
            return serial.serial_for_url(port, timeout=timeout_s)
        return serial.Serial(port, timeout=timeout_s, exclusive=True)
    except (serial.SerialException, ValueError) as error:
        raise _in_words(port, error) from error


def check(port: str) -> None:
    """Raises PortError."""
    open_port(port).close()


def has_reset_lines(port: str) -> bool:
    """Whether the chip can be reset through it. Raises PortError."""
    if port.startswith("socket://"):
        return False
    with closing(open_port(port)) as line:
        try:
            line.rts = False
        except OSError:
            return False
    return True


def _in_words(port: str, error: Exception) -> PortError:
    number = getattr(error, "errno", None)
    cause: BaseException | None = error
    while number is None and cause is not None:  # pyserial puts its own error around the system's
        cause = cause.__cause__ or cause.__context__
        number = getattr(cause, "errno", None)
    message, hint = _CAUSES.get(number or 0, (f"the port {{port}} cannot be opened: {error}", "give another --port"))
    return PortError(message.format(port=port), hint)

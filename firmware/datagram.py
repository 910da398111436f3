# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""One question and its answer over UDP, by a socket that never blocks."""

import socket
from errno import EAGAIN

from firmware.compat import const, sleep_ms, ticks_diff, ticks_ms

LOOK_MS = const(5)
_LONGEST = const(1500)


class Silence(Exception):
    """No answer came in time."""


async def ask(address, port, question, accept, limit_ms):
    """The first value, other than None, that `accept(datagram)` makes of what comes back.

    `address` is no name: looking one up would block. Raises Silence, OSError from the network, and what `accept` raises.
    """
    family, kind, protocol, _, peer_address = socket.getaddrinfo(address, port, 0, socket.SOCK_DGRAM)[0]
    peer = socket.socket(family, kind, protocol)
    try:
        peer.setblocking(False)
        asked = ticks_ms()
        peer.sendto(question, peer_address)
        while ticks_diff(ticks_ms(), asked) < limit_ms:
            answer = _received(peer)
            accepted = accept(answer) if answer is not None else None
            if accepted is not None:
                return accepted
            await sleep_ms(LOOK_MS)
    finally:
        peer.close()
    raise Silence


def _received(peer):
    try:
        return peer.recv(_LONGEST)
    except OSError as error:
        if error.errno != EAGAIN:
            raise
    return None

# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What a Linux system shows of its network in files: the routes, the signal, and who knows names."""

from pathlib import Path
from typing import Any

from sim.device.clock import NEVER_US, Clock
from sim.device.portal import GATEWAY
from sim.device.radio import Radio
from sim.device.steps import next_change_us

ROUTES, SIGNALS, RESOLVERS = "proc/net/route", "proc/net/wireless", "etc/resolv.conf"
_ROUTES_HEAD = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
_SIGNALS_HEAD = (
    "Inter-| sta-|   Quality        |   Discarded packets               | Missed | WE\n"
    " face | tus | link level noise |  nwid  crypt   frag  retry   misc | beacon | 22\n"
)


class NetFiles:
    """Below `root`, kept up to date from now on."""

    def __init__(self, root: Path, radio: Radio, clock: Clock, interface: str) -> None:
        self._root, self._radio, self._clock, self._interface = root, radio, clock, interface
        self._alarm: Any = None
        radio.on_up.append(self._came_up)
        radio.on_down.append(self._write)
        self._write()

    def _came_up(self) -> None:
        """Now, and whenever the signal is another."""
        self._write()
        network, now_us = self._radio.network, self._clock.now_us
        change_us = next_change_us(network["rssi"], now_us) if network else NEVER_US
        self._clock.cancel(self._alarm)
        self._alarm = None if change_us == NEVER_US else self._clock.at(change_us, self._came_up)

    def _write(self) -> None:
        for name, text in ((ROUTES, self._routes()), (SIGNALS, self._signals()), (RESOLVERS, self._resolvers())):
            path = self._root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def _routes(self) -> str:
        if self._radio.network is None:
            return _ROUTES_HEAD
        gateway = bytes(int(part) for part in reversed(GATEWAY.split("."))).hex().upper()
        return f"{_ROUTES_HEAD}{self._interface}\t00000000\t{gateway}\t0003\t0\t0\t600\t00000000\t0\t0\t0\n"

    def _signals(self) -> str:
        if self._radio.network is None:
            return _SIGNALS_HEAD
        dbm = self._radio.rssi_of(self._radio.network)
        return f"{_SIGNALS_HEAD}{self._interface:>6}: 0000   54.  {dbm}.  -256        0      0      0      0      0        0\n"

    def _resolvers(self) -> str:
        return f"nameserver {GATEWAY}\n" if self._radio.network is not None else ""

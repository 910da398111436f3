# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The real firmware among many networks, good ones and bad ones: where it goes, what it sends there, and that it costs no frame."""

import json
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from host_tools.boards import load
from host_tools.demo import BOARD, clip
from sim import runner
from sim.options import Options
from sim.result import conclude
from sim.soak import PROFILE
from sim.world import FIXED_UTC_MS
from sim.world_store import Kept, WorldStore

Typed = Sequence[tuple[float, str]]
GOOD: dict[str, Any] = {"rssi": -60, "bandwidth_bps": 8_000_000, "latency_us": 30_000}
KNOWN: dict[str, dict[str, Any]] = {
    "home": {"key": "correct horse", "priority": 5},
    "work": {"key": "w"},
    "attic": {"key": "a", "hidden": True},
    "cafe": {},
    "phone": {"key": "p", "metered": True},
}


def network(ssid: str, *minutes: tuple[float, float], **more: Any) -> dict[str, Any]:
    """One of the world's, there in these minutes."""
    windows = [[int(from_min * 6e7), int(to_min * 6e7)] for from_min, to_min in minutes]
    return {**GOOD, **KNOWN[ssid], "ssid": ssid, "windows": windows, **more}


class Walk:
    """A recording in a world of networks, with the world's store behind them. Home is where `home` says, in minutes."""

    def __init__(self, out: Path, minutes: float, home: tuple[float, float], *networks: dict[str, Any], typed: Typed = ()) -> None:
        self.objects: list[Kept] = []
        board = load(BOARD)
        board["profiles"]["slow"] = PROFILE
        wifi = [{"ssid": ssid, **about} for ssid, about in KNOWN.items()]
        with WorldStore(lambda: FIXED_UTC_MS / 1000 + runner.virtual_s(out / "trace.jsonl"), self.objects.append) as store:
            options = Options(
                board,
                clip(),
                minutes * 60,
                out,
                profile="slow",
                store=store.settings,
                utc_at_zero_ms=FIXED_UTC_MS,
                wifi_windows=[(home[0] * 60, home[1] * 60)],
                networks=list(networks),
                settings={"segment_ms": 30_000, "wifi": wifi},
                typed=[*typed, (minutes * 60 - 5, "wifi --json")],
            )
            world = runner.prepare(options)
            self.result, self.report = conclude(options, world, runner.play(options, world))
        self.said = (out / "console.log").read_text(errors="replace")
        self.trace = [json.loads(line) for line in (out / "trace.jsonl").read_text().splitlines()]

    def joined(self) -> list[str]:
        """Each network in turn, again and again counted once."""
        return [ssid for ssid, _ in groupby(row["ssid"] for row in self.trace if row["what"] == "wifi_up")]

    def sent(self, ssid: str) -> int:
        return sum(row["sent"] for row in self.trace if row["what"] == "wifi_down" and row["ssid"] == ssid)

    def known(self) -> dict[str, dict[str, Any]]:
        """What `wifi` said of each network."""
        line = next(line for line in self.said.splitlines() if line.startswith('{"') and '"networks"' in line)
        return {row["ssid"]: row for row in json.loads(line)["networks"]}

    def assert_nothing_lost(self) -> None:
        segments = self.result.segments
        assert (self.result.ok, self.result.frames["dropped"], self.report.problems) == (True, {}, [])
        assert segments["stored"] == segments["closed"] == len(self.objects) > 3


def test_a_walk_past_good_networks_and_bad_ones(tmp_path: Path):
    """Home, a cafe with a login page, a phone beside it all the time, work where addresses are rare at first, and a hidden one."""
    no_address = [[int(8 * 6e7), int(8.7 * 6e7)]]
    away = [
        network("cafe", (3.5, 20), captive="login"),
        network("phone", (0, 20)),
        network("work", (8, 11), dhcp_fails=no_address),
        network("attic", (12, 30)),
    ]
    walk = Walk(tmp_path, 20, (0, 3), *away)
    walk.assert_nothing_lost()
    assert walk.joined() == ["home", "cafe", "work", "attic"]
    assert walk.sent("cafe") < 2000 < 500_000 < min(walk.known()[ssid]["stored_bytes"] for ssid in ("home", "work", "attic"))
    for words in ("left cafe, it wants a login first; not again for 10 min", "network work gives no address"):
        assert words in walk.said, words
    assert [walk.known()[ssid]["failures"] for ssid in KNOWN] == [0, 1, 0, 1, 0]


def test_a_metered_network_tells_the_time_and_carries_nothing(tmp_path: Path):
    walk = Walk(tmp_path, 6, (4, 30), network("phone", (0, 30)))
    walk.assert_nothing_lost()
    assert walk.joined() == ["phone", "home"]
    assert walk.sent("phone") < 500
    assert "left phone, which is metered: it has told the time" in walk.said


def test_a_captive_network_that_resets_everything_is_left_for_it_tells_no_time(tmp_path: Path):
    walk = Walk(tmp_path, 8, (6, 30), network("cafe", (0, 30), captive="reset"))
    walk.assert_nothing_lost()
    assert walk.joined() == ["cafe", "home"]
    assert "left cafe, it tells no time; not again for 2 min" in walk.said


def test_a_weak_network_is_left_for_a_strong_one(tmp_path: Path):
    """Work fades while the recorder is at it; the attic, of which it knows only the name, is near."""
    fades = [[0, -60], [int(2 * 6e7), -83]]
    walk = Walk(tmp_path, 12, (20, 30), network("work", (0, 30), rssi=fades), network("attic", (3, 30)))
    walk.assert_nothing_lost()
    assert walk.joined() == ["work", "attic"]


def test_a_scan_stops_the_board_so_it_waits_for_a_pause(tmp_path: Path):
    typed = [(20.0, "wifi scan"), (30.0, "pause"), (32.0, "wifi scan"), (40.0, "resume")]
    walk = Walk(tmp_path, 2, (0, 30), network("cafe", (0, 30)), network("attic", (0, 30)), typed=typed)
    walk.assert_nothing_lost()
    assert "A scan would stop the recorder for two seconds." in walk.said
    heard = [line.split()[1:] for line in walk.said.splitlines() if line.startswith("hears")]
    assert heard == [["home", "-58", "dBm"], ["cafe", "-60", "dBm"], ["(no", "name)", "-60", "dBm"]]

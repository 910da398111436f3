# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Scenarios: what a recorder meets in a day, as a commented TOML file that sim/scenarios/schema.json describes.

    scenario = load("office_day")            # or the path of a file
    options = scenario.options(board, video, out, store=store.settings)

Hours since the recorder is switched on become virtual seconds.
"""

import json
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from random import Random
from typing import Any

from jsonschema import Draft202012Validator

from host_tools.errors import DaylogError
from host_tools.toml_file import read_toml
from sim import faults
from sim.cell import Power
from sim.options import Options
from sim.squeeze import squeezed
from sim.world import FIXED_UTC_MS, KEY

FOLDER = Path(__file__).resolve().parent / "scenarios"
HOUR_S = 3600.0
LATENCY_US = 30_000
LEAST_CARD_MB = 2200  # that is FAT32
_DAY_MS = 86_400_000
_AWAKE_S = 1800.0  # so long at least it may take to shut down
_AGAIN_S = 60.0  # what must not be missed is typed twice: the board may be booting


class ScenarioError(DaylogError):
    """A scenario that does not exist or cannot be right."""


def names() -> list[str]:
    return sorted(file.stem for file in FOLDER.glob("*.toml"))


def load(name_or_path: str | Path, hours: float | None = None, squeeze: float = 1) -> "Scenario":
    """A scenario by its name or its file; `hours`: its beginning only; `squeeze`: everything in it so many times as soon. Raises
    ScenarioError with everything that is wrong."""
    path = Path(name_or_path)
    path = path if path.suffix == ".toml" and path.is_file() else FOLDER / f"{name_or_path}.toml"
    if not path.is_file():
        raise ScenarioError(f"there is no scenario {name_or_path}", f"known ones: {', '.join(names())}; or give a .toml file")
    data = read_toml(path, ScenarioError)
    schema = json.loads((FOLDER / "schema.json").read_text())
    found = [f"{'.'.join(map(str, e.absolute_path)) or 'the file'}: {e.message}" for e in Draft202012Validator(schema).iter_errors(data)]
    found = found or _beyond(data)
    if found:
        raise ScenarioError(f"scenario {path.stem} cannot be right: " + "; ".join(found), f"correct {path}")
    data = squeezed(data, squeeze)
    return Scenario(path.stem, data, min(data["hours"], hours or data["hours"]), squeeze)


def _beyond(data: dict[str, Any]) -> list[str]:
    """What a schema cannot say: spans that end before they begin, tables that do not ascend or do not begin with the day."""
    spans = {name: data[name] for name in ("still", "pauses", "nights") if name in data}
    spans |= {f"network {each['ssid']}": each["times"] for each in data.get("network", [])}
    found = [f"{name}: {span} ends before it begins" for name, rows in spans.items() for span in rows if span[1] <= span[0]]
    for name in ("around", "scene"):
        rows = data[name] if isinstance(data[name], list) else []
        hours = [row["at"] for row in rows]
        if rows and (hours[0] != 0 or hours != sorted(set(hours))):
            found.append(f"{name}: its rows must begin at 0 and ascend")
    return found


class Luck:
    """What differs from one such day to the next: the same for the same seed."""

    def __init__(self, name: str, seed: int, squeeze: float) -> None:
        chance = Random(f"{name} {seed}")
        self.load = chance.uniform(0.94, 1.06)
        self.warmer_c = chance.uniform(-2, 2)
        self.faster = chance.uniform(0.7, 1.3)
        self._late_h = chance.uniform(-0.05, 0.05) / squeeze

    def later(self, hour: float) -> float:
        return max(0.0, hour + self._late_h) if hour else 0.0


@dataclass(frozen=True)
class Scenario:
    """`data` as in the file, but for the squeeze; `hours` of it are played."""

    name: str
    data: dict[str, Any]
    hours: float
    squeeze: float = 1

    @property
    def title(self) -> str:
        return self.data["title"]

    @property
    def seconds(self) -> float:
        return self.hours * HOUR_S

    @property
    def utc_at_zero_ms(self) -> int:
        hours, minutes = map(int, self.data.get("begins", "08:00").split(":"))
        return FIXED_UTC_MS // _DAY_MS * _DAY_MS + (hours * 60 + minutes) * 60_000

    @property
    def judged_s(self) -> float:
        """When all that was recorded should be stored: at the midnight (UTC) that follows; of a beginning, at once."""
        if self.hours < self.data["hours"]:
            return self.seconds
        end_ms = self.utc_at_zero_ms + self.seconds * self.squeeze * 1000
        return self.seconds + -end_ms % _DAY_MS / 1000 / self.squeeze

    @property
    def worn_s(self) -> float:
        """Seconds in which it is to record: neither paused by its wearer nor switched off."""
        return self.seconds - sum(_overlap(span, self.hours) for name in ("pauses", "nights") for span in self.data.get(name, [])) * HOUR_S

    def options(
        self,
        board: dict[str, Any],
        video: Path,
        out: Path,
        store: dict[str, Any] | None = None,
        seed: int | None = None,
        settings: dict[str, Any] | None = None,
        factor: float = 1,
    ) -> Options:
        """A run of it. `factor`: by how much the footage is reduced; so are the network's bandwidth and the card's size then."""
        data = self.data
        chosen: int = data.get("seed", 1) if seed is None else seed
        luck = Luck(self.name, chosen, self.squeeze)
        card = data.get("card", {})
        wifi = [_known(network) for network in data.get("network", [])]
        return Options(
            board=_with_card(board, card),
            video=video,
            seconds=self.seconds,
            out=out,
            store=store,
            seed=chosen,
            power_cuts=[at * HOUR_S for at in data.get("cuts", []) if at < self.hours],
            wakes=[end * HOUR_S for _, end in data.get("nights", []) if end < self.hours],
            typed=list(self._typed()),
            card_mb=max(LEAST_CARD_MB, int(card.get("gb", board["sim"]["card"].get("size_gb", 32)) * 1000 / factor / self.squeeze)),
            faults=[faults.parse(spec) for spec in card.get("faults", [])],
            networks=[self._network(network, board, factor, luck) for network in data.get("network", [])],
            wifi_windows=[(self.seconds * 2, self.seconds * 2 + 1)],  # none but the networks above
            rtc=data.get("clock", {}),
            utc_at_zero_ms=self.utc_at_zero_ms,
            power=self._power(board, luck),
            activity=[(row["at"] * HOUR_S, row["activity"]) for row in data["scene"]],
            still=[(start * HOUR_S, end * HOUR_S) for start, end in data.get("still", [])],
            settings={"wifi": wifi, **data.get("settings", {}), **(settings or {})},
            drain_seconds=max(_AWAKE_S, self.judged_s - self.seconds),
        )

    def _power(self, board: dict[str, Any], luck: "Luck") -> Power:
        about = {"capacity_mah": board["power"]["battery_mah"], "percent": 100, **self.data.get("battery", {})}
        about["percent"] = int(about["percent"] * luck.load)
        about["capacity_mah"] = int(about["capacity_mah"] / self.squeeze)
        around = [(at_s, ambient_c + luck.warmer_c, charger_ma) for at_s, ambient_c, charger_ma in self._around()]
        return Power(**{**about, "surroundings": around})

    def _around(self) -> list[tuple[float, float, int]]:
        rows = self.data["around"]
        if isinstance(rows, list):
            return [(row["at"] * HOUR_S, row["ambient_c"], row.get("charger_ma", 0)) for row in rows]
        count = int(rows["until"] / rows["every"])
        steps = zip(range(count), cycle(rows["charger_ma"]), strict=False)
        return [(n * rows["every"] * HOUR_S, rows["ambient_c"], milliamps) for n, milliamps in steps] + [
            (rows["until"] * HOUR_S, rows["ambient_c"], 0)
        ]

    def _typed(self) -> list[tuple[float, str]]:
        lines = [(start, "pause") for start, _ in self.data.get("pauses", [])] + [(end, "resume") for _, end in self.data.get("pauses", [])]
        typed = [(at * HOUR_S + again, line) for at, line in lines for again in (0, _AGAIN_S / 10)]
        typed += [(start * HOUR_S, "shutdown") for start, _ in self.data.get("nights", [])]
        return [(at, line) for at, line in typed if at < self.seconds - _AGAIN_S]

    def _network(self, about: dict[str, Any], board: dict[str, Any], factor: float, luck: "Luck") -> dict[str, Any]:
        most_bps = board["sim"]["radio"]["upload_kbps_tls"] * 8000  # the board's own part of it: TLS costs more than the air
        steps = {name: about[name] if isinstance(about[name], list) else [[0.0, about[name]]] for name in ("rssi", "kbps")}
        network = {
            "ssid": about["ssid"],
            "windows": _us([[luck.later(start), luck.later(end)] for start, end in about["times"]]),
            "rssi": [[int(at * HOUR_S * 1e6), dbm] for at, dbm in steps["rssi"]],
            "bandwidth_bps": [
                [int(at * HOUR_S * 1e6), max(1000, int(min(kbps * 1000 * luck.faster, most_bps) / factor))] for at, kbps in steps["kbps"]
            ],
            "latency_us": LATENCY_US,
            "loss_percent": about.get("loss_percent", 0),
            "hidden": about.get("hidden", False),
            "dhcp_fails": _us(about.get("no_addresses", [])),
            "names_fail": _us(about.get("no_names", [])),
            "ntp_error_ms": int(about.get("ntp_error_hours", 0) * HOUR_S * 1000),
        }
        network |= {"captive": about["captive"]} if "captive" in about else {}
        return network if about.get("open") else {**network, "key": KEY}


def _us(spans: list[list[float]]) -> list[list[int]]:
    return [[int(start * HOUR_S * 1e6), int(end * HOUR_S * 1e6)] for start, end in spans]


def _overlap(span: list[float], hours: float) -> float:
    return max(0.0, min(span[1], hours) - min(span[0], hours))


def _known(network: dict[str, Any]) -> dict[str, Any]:
    """Its entry in the recorder's settings."""
    entry = {"ssid": network["ssid"], "hidden": network.get("hidden", False), "metered": network.get("metered", False)}
    return entry if network.get("open") else {**entry, "key": KEY}


def _with_card(board: dict[str, Any], card: dict[str, Any]) -> dict[str, Any]:
    """Speed and wear change the board's usual card; that a worn one pauses more often and for longer is an estimate."""
    times, wear = {**board["sim"]["card"]}, card.get("wear_percent", 0) / 100
    for name in ("write_kbps_internal", "write_kbps_psram", "read_kbps"):
        times[name] = max(1, times[name] * card.get("speed_percent", 100) // 100)
    times["spike_every_ms"] = int(times["spike_every_ms"] * (1 - 0.75 * wear))
    times["spike_max_ms"] = int(times["spike_max_ms"] * (1 + 3 * wear))
    return {**board, "sim": {**board["sim"], "card": times}}

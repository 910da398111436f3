# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What `daylog plan` assumes: each figure with its unit and where it comes from. A file or an option replaces any of them.

assumptions = given(read(Path("pilot.toml")), {"people": 50.0})
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from host_tools.errors import UsageError
from host_tools.toml_file import read_toml

ORIGINAL = "the original estimate"
AWS = "AWS S3 Standard, us-east-1, list price 2025 without discounts"


def assumed(value: float, unit: str, source: str, least: float = 0.0, most: float = math.inf) -> Any:
    return field(default=value, metadata={"unit": unit, "source": source, "least": least, "most": most})


@dataclass(frozen=True)
class Assumptions:
    """One figure a line. Money is US dollars, storage is decimal (1 TB = 1,000 GB), a year has 365 days as in the original."""

    people: float = assumed(1000, "people", ORIGINAL)
    hours_per_day: float = assumed(14, "h", ORIGINAL, most=24)
    years: float = assumed(5, "years", ORIGINAL)
    gb_per_hour: float = assumed(3, "GB/h", ORIGINAL)
    device_cost: float = assumed(300, "$", ORIGINAL)
    storage_cost_per_tb: float = assumed(10, "$/TB", f"{ORIGINAL}; the price of bare drives")
    devices_per_person: float = assumed(2, "devices", "worked out: with one the original's total would be $1.07 M, not $1.37 M", least=1)
    # The store.
    data_shards: float = assumed(8, "shards", "estimate: an 8+3 erasure code; 1+2 is three copies", least=1)
    parity_shards: float = assumed(3, "shards", "estimate: any three drives or hosts may be lost")
    fill_percent: float = assumed(85, "%", "Ceph warns at 85 % full", least=1, most=100)
    server_cost_per_raw_tb: float = assumed(5, "$/TB", "estimate: chassis, processors, network, racks around the drives")
    drive_failure_percent: float = assumed(1.57, "%/year", "Backblaze Drive Stats 2024", most=100)
    watts_per_raw_tb: float = assumed(0.7, "W/TB", "estimate: a 20 TB drive and its share of a server")
    cooling_factor: float = assumed(1.5, "x", "estimate: power at the meter over power of the machines", least=1)
    kwh_cost: float = assumed(0.15, "$/kWh", "estimate")
    # The same at a storage service.
    hosted_cost_per_tb_month: float = assumed(23, "$/TB/month", f"{AWS}; Backblaze B2 asks 6")
    request_cost_per_thousand: float = assumed(0.005, "$/1,000", f"PUT and POST, {AWS}; Backblaze B2 asks nothing")
    egress_cost_per_tb: float = assumed(90, "$/TB", f"{AWS}; Backblaze B2 asks 10 or nothing")
    # What a recorder sends, and over what.
    segment_seconds: float = assumed(60, "s", "the firmware's segment_ms", least=1)
    part_mib: float = assumed(8, "MiB", "the firmware's part_bytes", least=5)
    wifi_mbps: float = assumed(
        12, "Mbit/s", "an ESP32-S3 posting by plain HTTP (esp-idf #12729); about 3 with TLS (esp-hal #6134)", least=0.1
    )
    uplink_mbps: float = assumed(20, "Mbit/s", "of a household: the FCC's benchmark of 2024 is 100 down, 20 up", least=0.1)
    evening_percent: float = assumed(100, "%", "of the people upload at the same moment: all come home at 18:00", most=100)
    node_gbps: float = assumed(5, "Gbit/s", "estimate: TLS, checksums and erasure coding on a host with 10 Gbit/s", least=0.1)
    node_cost: float = assumed(6000, "$", "estimate")
    read_gbps: float = assumed(10, "Gbit/s", "estimate: the line over which all of it is read once", least=0.1)
    # The recorders in the field.
    device_failure_percent: float = assumed(15, "%/year", "estimate: worn, dropped, rained on", most=100)
    write_amplification: float = assumed(1.5, "x", "estimate: what a card writes for what it is given", least=1)
    card_tbw: float = assumed(117, "TB", "10,000 h at 26 Mbit/s, stated by the maker for a 128 GB high-endurance card", least=1)
    card_cost: float = assumed(25, "$", "estimate")
    battery_cycles: float = assumed(500, "cycles", "estimate: full cycles until 80 % of the capacity is left", least=1)
    battery_cost: float = assumed(10, "$", "estimate")
    recorder_watts: float = assumed(1, "W", "estimate: recording, charging losses included")
    # The people who look after it.
    people_per_technician: float = assumed(250, "people", "estimate", least=1)
    store_operators: float = assumed(2, "people", "estimate: for a store of one's own")
    staff_cost_per_year: float = assumed(60_000, "$/year", "estimate")


FIELDS = {entry.name: entry for entry in fields(Assumptions)}


@dataclass(frozen=True)
class Given:
    """The figures to reckon with, and for each where it comes from."""

    assumptions: Assumptions
    sources: dict[str, str]

    def as_json(self) -> dict[str, dict[str, Any]]:
        return {
            name: {"value": getattr(self.assumptions, name), "unit": entry.metadata["unit"], "source": self.sources[name]}
            for name, entry in FIELDS.items()
        }


def given(file: Mapping[str, tuple[float, str]], options: Mapping[str, float]) -> Given:
    """The defaults, replaced by what a file says, replaced by options. Raises UsageError for a figure that cannot be."""
    changes = {**file, **{name: (value, "given as an option") for name, value in options.items()}}
    for name, (value, _) in changes.items():
        _check(name, value)
    sources = {name: entry.metadata["source"] for name, entry in FIELDS.items()}
    values = {name: value for name, (value, _) in changes.items()}
    return Given(replace(Assumptions(), **values), {**sources, **{name: source for name, (_, source) in changes.items()}})


def read(path: Path) -> dict[str, tuple[float, str]]:
    """A TOML file of `name = figure` or `name = { value = figure, source = "who says so" }`. Raises UsageError."""
    return {name: _entry(name, entry, path) for name, entry in read_toml(path, UsageError).items()}


def _entry(name: str, entry: Any, path: Path) -> tuple[float, str]:
    value, source = (entry.get("value"), entry.get("source", "")) if isinstance(entry, dict) else (entry, "")
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise UsageError(f"{path}: {name} is not a figure", f'write {name} = 12 or {name} = {{ value = 12, source = "who says so" }}')
    return value, source or path.name


def _check(name: str, value: float) -> None:
    if name not in FIELDS:
        near = get_close_matches(name, FIELDS, 3)
        raise UsageError(f"there is no assumption {name}", f"did you mean {', '.join(near)}?" if near else "see daylog plan --help")
    limits = FIELDS[name].metadata
    if not (math.isfinite(value) and limits["least"] <= value <= limits["most"]):
        most = "" if math.isinf(limits["most"]) else f" and at most {limits['most']:g}"
        raise UsageError(f"{name} cannot be {value:g}", f"at least {limits['least']:g}{most} {limits['unit']}")

# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The economics of a recording programme: the original estimate, and what it leaves out.

plan = reckon(Assumptions(people=50))
plan.original.total_usd, plan.own_usd, plan.hosted_usd

"Own" is a store of one's own, drives bought as they fill; "hosted" is the same bytes at a storage service. Prices stand still, and the
store grows evenly: on average over the years half of it is there.
"""

import math
from dataclasses import dataclass
from functools import cached_property

from host_tools.assumptions import Assumptions

DAYS_PER_YEAR = 365  # 25,550 h are 14 h x 365 x 5: the original knows no leap days
HOURS_PER_YEAR = DAYS_PER_YEAR * 24
COMMON_CODE = 1.4  # 10+4 shards: the other way to arrive at the stated total


@dataclass(frozen=True)
class Footage:
    """What is recorded, before any copy of it."""

    a: Assumptions

    @property
    def hours_per_person(self) -> float:
        return self.a.hours_per_day * DAYS_PER_YEAR * self.a.years

    @property
    def gb_per_person(self) -> float:
        return self.hours_per_person * self.a.gb_per_hour

    @property
    def gb_per_person_day(self) -> float:
        return self.a.hours_per_day * self.a.gb_per_hour

    @property
    def hours(self) -> float:
        return self.hours_per_person * self.a.people

    @property
    def tb(self) -> float:
        return self.gb_per_person * self.a.people / 1000

    @property
    def pb(self) -> float:
        return self.tb / 1000


@dataclass(frozen=True)
class Original:
    """Devices and bare bytes, nothing else."""

    devices_usd: float
    storage_usd: float
    readings: dict[str, float]  # ways to read the stated total

    @property
    def total_usd(self) -> float:
        return self.devices_usd + self.storage_usd


@dataclass(frozen=True)
class Cost:
    """One line of the bill, for either kind of store."""

    item: str
    own_usd: float
    hosted_usd: float
    basis: str


@dataclass(frozen=True)
class Traffic:
    """How a day's footage gets from the recorder to the store."""

    a: Assumptions

    @property
    def mbps(self) -> float:
        """The narrower of the recorder's Wi-Fi and the household's uplink."""
        return min(self.a.wifi_mbps, self.a.uplink_mbps)

    @property
    def upload_hours_per_day(self) -> float:
        return Footage(self.a).gb_per_person_day * 8000 / self.mbps / 3600

    @property
    def free_hours_per_day(self) -> float:
        return 24 - self.a.hours_per_day

    @property
    def mean_gbps(self) -> float:
        return self.a.people * Footage(self.a).gb_per_person_day * 8 / 86400

    @property
    def peak_gbps(self) -> float:
        return self.a.people * self.a.evening_percent / 100 * self.mbps / 1000

    @property
    def ingest_nodes(self) -> int:
        """Enough for the peak, and one that may fail."""
        return math.ceil(self.peak_gbps / self.a.node_gbps) + 1

    @property
    def requests_per_segment(self) -> int:
        """One PUT up to the part size; else the parts, a request that begins and one that completes."""
        parts = math.ceil(self.a.gb_per_hour * 1e9 * self.a.segment_seconds / 3600 / (self.a.part_mib * 1024**2))
        return parts + 2 if parts > 1 else 1

    @property
    def requests(self) -> float:
        return Footage(self.a).hours * 3600 / self.a.segment_seconds * self.requests_per_segment

    @property
    def read_days(self) -> float:
        """All of it, read once."""
        return Footage(self.a).tb * 8000 / self.a.read_gbps / 86400


@dataclass(frozen=True)
class Plan:
    """Everything that follows from the assumptions."""

    a: Assumptions
    footage: Footage
    original: Original
    traffic: Traffic

    @cached_property
    def costs(self) -> list[Cost]:
        return [*devices(self.a), *storage(self.a), *network(self.a), *staff(self.a)]

    @property
    def own_usd(self) -> float:
        return sum(cost.own_usd for cost in self.costs)

    @property
    def hosted_usd(self) -> float:
        return sum(cost.hosted_usd for cost in self.costs)


def reckon(a: Assumptions) -> Plan:
    return Plan(a, Footage(a), original(a), Traffic(a))


def original(a: Assumptions) -> Original:
    """The estimate as it was made."""
    one_each, bytes_usd = a.people * a.device_cost, Footage(a).tb * a.storage_cost_per_tb
    readings = {
        "one device each": one_each + bytes_usd,
        "two devices each": 2 * one_each + bytes_usd,
        "one device each, bytes stored with a 10+4 erasure code": one_each + COMMON_CODE * bytes_usd,
    }
    return Original(a.devices_per_person * one_each, bytes_usd, readings)


# -- the bill ---------------------------------------------------------------------------------


def raw_tb(a: Assumptions) -> float:
    """Drives to buy: the footage, its redundancy, and the room that must stay free."""
    return Footage(a).tb * (a.data_shards + a.parity_shards) / a.data_shards * 100 / a.fill_percent


def devices(a: Assumptions) -> list[Cost]:
    """What people wear, and what of it wears out beyond what each was given at first."""
    bought = a.people * a.devices_per_person
    spare = bought - a.people
    failed = a.people * a.years * a.device_failure_percent / 100
    cards = Footage(a).tb * a.write_amplification / a.card_tbw
    cells = a.people * DAYS_PER_YEAR * a.years / a.battery_cycles
    charging_kwh = Footage(a).hours * a.recorder_watts / 1000
    return [
        _same("devices", bought * a.device_cost, f"{bought:,.0f} at ${a.device_cost:,.0f}"),
        _same("device replacement", max(0, failed - spare) * a.device_cost, f"{failed:,.0f} fail, {spare:,.0f} spares are there"),
        _same("cards worn out", max(0, cards - bought) * a.card_cost, f"{cards:,.0f} cards' worth of writing, {bought:,.0f} are there"),
        _same("cells worn out", max(0, cells - bought) * a.battery_cost, f"{cells:,.0f} cells' worth of cycles, {bought:,.0f} are there"),
        _same("electricity of recorders", charging_kwh * a.kwh_cost, f"{charging_kwh:,.0f} kWh"),
    ]


def storage(a: Assumptions) -> list[Cost]:
    """The bytes and the machines around them."""
    tb, raw = Footage(a).tb, raw_tb(a)
    kwh = raw / 2 * a.watts_per_raw_tb * a.cooling_factor * a.years * HOURS_PER_YEAR / 1000
    replaced_tb = raw / 2 * a.years * a.drive_failure_percent / 100
    code = f"{a.data_shards:g}+{a.parity_shards:g} shards, {a.fill_percent:g} % full: {raw / 1000:,.1f} PB of drives"
    return [
        Cost("storage, bare bytes", tb * a.storage_cost_per_tb, 0, f"{tb:,.0f} TB at ${a.storage_cost_per_tb:g}"),
        Cost("storage redundancy and free room", (raw - tb) * a.storage_cost_per_tb, 0, code),
        Cost("servers", raw * a.server_cost_per_raw_tb, 0, f"${a.server_cost_per_raw_tb:g} a raw TB"),
        Cost("drives replaced", replaced_tb * a.storage_cost_per_tb, 0, f"{replaced_tb:,.0f} TB"),
        Cost("electricity of the store", kwh * a.kwh_cost, 0, f"{kwh:,.0f} kWh"),
        Cost("storage service", 0, tb / 2 * a.years * 12 * a.hosted_cost_per_tb_month, f"${a.hosted_cost_per_tb_month:g} a TB and month"),
    ]


def network(a: Assumptions) -> list[Cost]:
    """In and, once, out. A store of one's own is read where it stands."""
    traffic = Traffic(a)
    tb = Footage(a).tb
    return [
        Cost(
            "ingest nodes", traffic.ingest_nodes * a.node_cost, 0, f"{traffic.ingest_nodes} for a peak of {traffic.peak_gbps:,.1f} Gbit/s"
        ),
        Cost(
            "requests",
            0,
            traffic.requests / 1000 * a.request_cost_per_thousand,
            f"{traffic.requests / 1e6:,.0f} million, {traffic.requests_per_segment} a segment",
        ),
        Cost("reading everything once", 0, tb * a.egress_cost_per_tb, f"${a.egress_cost_per_tb:g}/TB; {traffic.read_days:,.0f} days"),
    ]


def staff(a: Assumptions) -> list[Cost]:
    technicians = math.ceil(a.people / a.people_per_technician)
    yearly = a.years * a.staff_cost_per_year
    return [
        _same("technicians", technicians * yearly, f"{technicians}, one for {a.people_per_technician:g} people"),
        Cost("operators of the store", a.store_operators * yearly, 0, f"{a.store_operators:g}"),
    ]


def next_year(a: Assumptions) -> tuple[float, float]:
    """What it costs, own and hosted, to keep for one more year what was recorded."""
    raw = raw_tb(a)
    power = raw * a.watts_per_raw_tb * a.cooling_factor * HOURS_PER_YEAR / 1000 * a.kwh_cost
    drives = raw * a.drive_failure_percent / 100 * a.storage_cost_per_tb
    return power + drives + a.store_operators * a.staff_cost_per_year, Footage(a).tb * 12 * a.hosted_cost_per_tb_month


def _same(item: str, usd: float, basis: str) -> Cost:
    return Cost(item, usd, usd, basis)

# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Where the original estimate of a programme falls short, in sentences with the figures of this plan."""

from collections.abc import Iterator

from host_tools.plan import Plan, next_year, raw_tb


def shortfalls(plan: Plan) -> list[str]:
    """Money first, then what no money in the plan buys."""
    return [*_money(plan), *_copies(plan), *_upload(plan), *_evening(plan), *_afterwards(plan), *_recorder(plan)]


def _money(plan: Plan) -> Iterator[str]:
    for store, total in (("a store of one's own", plan.own_usd), ("a storage service", plan.hosted_usd)):
        times = f", {total / plan.original.total_usd:.1f} times the estimate" if plan.original.total_usd else ""
        yield f"with {store} the programme costs {dollars(total)}{times}"
    biggest = max(plan.costs, key=lambda cost: cost.own_usd)
    yield f"the largest line of one's own store is {biggest.item}: {dollars(biggest.own_usd)}"


def _copies(plan: Plan) -> Iterator[str]:
    raw_pb, pb = raw_tb(plan.a) / 1000, plan.footage.pb
    if raw_pb > pb:
        yield f"${plan.a.storage_cost_per_tb:g}/TB buys bare drives: redundancy and free room make {raw_pb:,.1f} PB of {pb:,.1f}"


def _upload(plan: Plan) -> Iterator[str]:
    traffic = plan.traffic
    line = f"{plan.footage.gb_per_person_day:g} GB a day take {traffic.upload_hours_per_day:.1f} h at {traffic.mbps:g} Mbit/s"
    free = traffic.free_hours_per_day
    verdict = "more than" if traffic.upload_hours_per_day > free else "of"
    yield f"{line}, every night: {verdict} the {free:g} h in which nothing is recorded; a night without Wi-Fi is hard to catch up with"


def _evening(plan: Plan) -> Iterator[str]:
    traffic = plan.traffic
    if traffic.peak_gbps > traffic.mean_gbps:
        peak = f"{traffic.peak_gbps:,.1f} Gbit/s arrive for {traffic.upload_hours_per_day:.1f} h, {traffic.mean_gbps:,.1f} on average"
        yield f"everyone comes home at 18:00: {peak}: {traffic.ingest_nodes} ingest nodes, or recorders that wait their turn"


def _afterwards(plan: Plan) -> Iterator[str]:
    own, hosted = next_year(plan.a)
    yield f"it ends with the last recording: every further year of keeping costs {dollars(own)}, {dollars(hosted)} at a service"


def _recorder(plan: Plan) -> Iterator[str]:
    yield f"whether a recorder for ${plan.a.device_cost:g} makes {plan.a.gb_per_hour:g} GB/h is another question: see daylog budget"


def dollars(amount: float) -> str:
    """As people say it: $1.37 M, $61 k, $940."""
    for unit, name in ((1e9, " bn"), (1e6, " M")):
        if amount >= unit:
            return f"${amount / unit:,.2f}{name}"
    return f"${amount:,.0f}"

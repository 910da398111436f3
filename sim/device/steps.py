# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Numbers that change over time, as a world file has them: a number for all time, or [[from_us, value], ...], ascending."""

from sim.device.clock import NEVER_US


def value_at(steps, now_us):
    """Of a table the last value that has begun; before the first one begins, that one."""
    if not isinstance(steps, list):
        return steps
    value = steps[0][1]
    for from_us, begun in steps:
        if from_us > now_us:
            break
        value = begun
    return value


def next_change_us(steps, now_us):
    """When there may be another value."""
    if isinstance(steps, list):
        for from_us, _ in steps:
            if from_us > now_us:
                return from_us
    return NEVER_US


def end_of_span(spans, now_us):
    """When the one of [[from_us, to_us], ...] ends that holds this moment; None: none does."""
    for from_us, to_us in spans:
        if from_us <= now_us < to_us:
            return to_us
    return None

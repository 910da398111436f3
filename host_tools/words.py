# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Small words for people."""

from datetime import datetime, timezone


def plural(count: int, noun: str) -> str:
    """`1 frame`, `2 frames`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def heard(sound_s: float) -> str:
    """`, 12.3 s of sound`; nothing where there is none."""
    return f", {sound_s:.1f} s of sound" if sound_s else ""


def utc_text(unix_ns: int) -> str:
    """`2026-11-23T12:00:00.000Z`."""
    return datetime.fromtimestamp(unix_ns / 1e9, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")

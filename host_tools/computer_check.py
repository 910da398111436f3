# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Whether the data of a computer that records can be right, as board_check.py asks of a microcontroller."""

from collections.abc import Iterator
from typing import Any

from host_tools import parts
from host_tools.board_check import FAIL, WARN, Check, Finding

SCHEMA = parts.FILE.with_name("computer.json")
MACROBLOCK = 16
SECONDS = 2  # of footage that a chunk must hold: commits come each second, and an encoder that is asked for a bit rate exceeds it at times


def encoders(data: dict[str, Any], facts: dict[str, Any]) -> Iterator[Finding]:
    for name, profile in data["profiles"].items():
        if profile["encoder"] not in data["encoders"]:
            yield Finding(FAIL, f"profile {name}: there is no encoder {profile['encoder']}", f"known ones: {', '.join(data['encoders'])}")
    if data["default_profile"] not in data["profiles"]:
        fix = f"choose one of {', '.join(data['profiles'])}"
        yield Finding(FAIL, f"default_profile {data['default_profile']} is not among the profiles", fix)


def beside(data: dict[str, Any], facts: dict[str, Any]) -> Iterator[Finding]:
    """Streams beside the camera's are profiles themselves."""
    for name, profile in data["profiles"].items():
        for other in profile.get("beside", []):
            if other not in data["profiles"] or other == name:
                yield Finding(FAIL, f"profile {name}: there is no profile {other} to be recorded beside it", "name another of the profiles")
            elif "beside" in data["profiles"][other]:
                yield Finding(FAIL, f"profile {name}: {other} is more than one stream itself", "name each of its streams")


def streams(data: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The profile, and those that are recorded beside it."""
    profile = data["profiles"][name]
    return [profile, *(data["profiles"][other] for other in profile.get("beside", []) if other in data["profiles"] and other != name)]


def limits(data: dict[str, Any], facts: dict[str, Any]) -> Iterator[Finding]:
    """Of the chip's encoder, if it has one."""
    chip, limit = facts["mcu"], facts["mcu"].get("encoder")
    if not chip:
        yield Finding(WARN, f"nothing is known of the chip {data['mcu']}", "add it to boards/parts.toml, for its encoder to be checked")
    for name, profile in data["profiles"].items() if limit else ():
        width, shape = profile["width"], f"{profile['width']} x {profile['height']} at {profile['fps']} a second{_company(profile)}"
        blocks = sum(map(_macroblocks_s, streams(data, name)))
        if width > limit["width"]:
            text = f"profile {name}: {width} pixels are wider than the H.264 encoder of the {chip['title']} can do"
            yield Finding(FAIL, text, f"at most {limit['width']}; 1920 x 1080 is the usual one")
        elif blocks > limit["macroblocks_s"]:
            text = f"profile {name}: {shape} is more than the H.264 encoder of the {chip['title']} can do"
            yield Finding(FAIL, text, "at most 1920 x 1080 at 30, or 1280 x 720 at 60")


def _macroblocks_s(profile: dict[str, Any]) -> int:
    return -(-profile["width"] // MACROBLOCK) * -(-profile["height"] // MACROBLOCK) * profile["fps"]


def _company(profile: dict[str, Any]) -> str:
    return f" with {', '.join(profile['beside'])}" if "beside" in profile else ""


def chunks(data: dict[str, Any], facts: dict[str, Any]) -> Iterator[Finding]:
    for name, profile in data["profiles"].items():
        wanted = SECONDS * sum(stream["bitrate"] for stream in streams(data, name)) // 8
        if profile["chunk_bytes"] < wanted:
            yield Finding(FAIL, f"profile {name}: a chunk must hold {SECONDS} s of footage", f"chunk_bytes of at least {wanted}")


def gauge(data: dict[str, Any], facts: dict[str, Any]) -> Iterator[Finding]:
    if "gauge" in data and "power" not in data:
        yield Finding(FAIL, "there is a gauge, and no battery", "[power] with battery_mah: what the battery gives at 5 V")
    if "shunt_milliohm" in data.get("gauge", {}) and data["gauge"]["chip"] != "ina219":
        yield Finding(FAIL, f"a {data['gauge']['chip']} has no shunt", "leave shunt_milliohm out")


CHECKS: tuple[Check, ...] = (encoders, beside, limits, chunks, gauge)

# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A whole visit on the console of the simulated board, while it records and uploads: every command answers, and no frame is lost."""

import binascii
import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from synced_run import Run

from host_tools import store
from host_tools.fat import FatVolume
from host_tools.sources import open_source
from sim.world import KEY, recorder_store

BLOCK = 16384
FIRST_BLOCK_S, BLOCK_S, BLOCKS = 40.0, 0.5, 69
PUT = b'"pool.example"'
NEW_KEY = "a key that nobody sees"
TYPED = [
    (5.0, "help"),
    (6.0, "time --json"),
    (7.0, "doctor --json"),
    (15.0, "camera snap --json"),
    (18.0, "camera set flip_y 1"),
    (19.0, "camera test-pattern on"),
    (20.0, "camera test-pattern off"),
    (21.0, "settings set target_hours 9"),
    (22.0, 'wifi add "guest net" -1'),
    (23.0, NEW_KEY),
    (24.0, "wifi remove cafe"),
    (24.2, f"settings put ntp_host {len(PUT)} {binascii.crc32(PUT):08x} --json"),
    (24.4, binascii.b2a_base64(PUT, newline=False).decode()),
    (24.6, f"settings put target_hours 1 {binascii.crc32(b'8'):08x} --json"),
    (24.8, binascii.b2a_base64(b"7", newline=False).decode()),
    (26.0, "bundle --json"),
    (27.0, "bundle card"),
    (28.0, "events"),
    (29.0, "log -f"),
    (31.0, "\x03sync now --json"),
    (32.0, "wifi test --json"),
    (36.0, "segments 50"),
    (37.0, "keep 1"),
    (38.0, "card --json"),
    (39.0, "segments get 1/2 --json"),
    *[(FIRST_BLOCK_S + BLOCK_S * n, f"segments get 1/2 {BLOCK * n} {BLOCK} --json") for n in range(BLOCKS)],
    (75.0, "settings export --json"),
    (76.0, "status --json"),
]


@pytest.fixture(scope="module")
def visit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    info = store.up(tmp_path_factory.mktemp("store"))
    settings: dict[str, Any] = {"segment_ms": 6000}
    yield Run(info, tmp_path_factory.mktemp("board"), 1, seconds=80, profile="qvga20", typed=TYPED, settings=settings)
    store.down(info.folder)


def answers(visit: Run, command: str) -> list[str]:
    """What was said after each line that begins so, up to the next prompt."""
    said = visit.console.replace("\r", "")
    return re.findall(rf"^daylog> {re.escape(command)}[^\n]*\n(.*?)(?=^daylog> )", said, re.DOTALL | re.MULTILINE)


def answer(visit: Run, command: str) -> dict[str, Any]:
    """The one for programs."""
    return json.loads(next(row for row in answers(visit, command)[0].splitlines() if row.startswith("{")))


def test_no_frame_is_lost_and_all_arrives(visit: Run):
    assert visit.result.frames["dropped"] == {}
    visit.assert_all_stored()


def test_doctor_finds_nothing_wrong(visit: Run):
    rows = answer(visit, "doctor")["findings"]
    assert [(row["check"], row["verdict"]) for row in rows if row["verdict"] not in ("PASS", "SKIP")] == []
    assert [row["check"] for row in rows if row["verdict"] == "SKIP"] == ["battery", "surface", "speed", "scan"]


def test_a_picture_is_the_frame_that_the_camera_produced(visit: Run):
    picture = answer(visit, "camera snap")
    with open_source(visit.out / "card.img") as source:
        film = next(file for file in source.segments if file.path.endswith(f"{picture['boot']:06d}/000/{picture['segment']:06d}.mcap"))
        data = film.open().read()[picture["offset"] :][: picture["size"]]
    assert (picture["whole"], picture["width"], picture["height"]) == (True, 320, 240)
    assert hashlib.sha256(data).hexdigest() in visit.recorded()


def test_a_segment_comes_out_over_the_line(visit: Run):
    facts, data = answer(visit, "segments get 1/2 --json"), b""
    for said in answers(visit, "segments get 1/2 ")[1:]:
        rows = [row for row in said.splitlines() if row and row[0] not in "[{"]
        block = b"".join(binascii.a2b_base64(row) for row in rows)
        told = next(json.loads(row) for row in said.splitlines() if row.startswith("{"))
        if told["ok"]:
            assert (told["offset"], told["length"], int(told["crc32"], 16)) == (len(data), len(block), binascii.crc32(block))
            data += block
    assert (len(data), hashlib.sha256(data).hexdigest()) == (facts["size"], facts["sha256"])


def test_what_was_set_is_set_and_what_was_garbled_is_not(visit: Run):
    told = answer(visit, "settings export")["export"]
    assert (told["target_hours"], told["ntp_host"], told["camera"]) == (9, "pool.example", {"flip_y": 1})
    assert told["wifi"][-1] == {"ssid": "guest net", "priority": -1, "key": None}
    assert json.loads(answers(visit, "settings put target_hours")[0].splitlines()[-1])["ok"] is False


def test_the_sensor_is_told_what_was_typed(visit: Run):
    rows = map(json.loads, (visit.out / "trace.jsonl").read_text().splitlines())
    told = [(row["knob"], row["value"]) for row in rows if row["what"] == "camera_set"]
    assert told == [("vflip", 1), ("vflip", 1), ("colorbar", 1), ("colorbar", 0)]


def test_no_secret_is_said(visit: Run):
    secrets = [NEW_KEY, KEY, recorder_store(visit.info.store_file)["secret_key"], binascii.b2a_base64(PUT, newline=False).decode()]
    assert [secret for secret in secrets if secret in visit.console] == []


def test_following_the_log_ends_with_ctrl_c(visit: Run):
    assert answers(visit, "log -f")[0].splitlines()[-1] == "Stopped."


def test_the_report_is_one_line_and_a_file(visit: Run):
    report = answer(visit, "bundle --json")
    path = answers(visit, "bundle card")[0].split(",")[0]
    with FatVolume(visit.out / "card.img") as card, card.open(path.removeprefix("/sd")) as file:
        on_card = json.load(file)
    assert sorted(on_card) == sorted(set(report) - {"ok"})
    assert (on_card["versions"], on_card["settings"]) == (report["versions"], report["settings"])

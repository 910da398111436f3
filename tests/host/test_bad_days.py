# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Bad days for the firmware: what fails, hangs or lies inside it, and what the recording makes of that."""

from pathlib import Path

import pytest
from bad_day import day

from host_tools.footage import load as load_footage
from host_tools.sources import open_source
from host_tools.verify import NothingThere

SAFE = "error safe_mode: safe mode, because"

# -- a task fails ----------------------------------------------------------------------------------

TASKS = {
    "watchdog": "from firmware.supervisor import Supervisor as owner; name = 'guard'",
    "console": "from firmware import console as owner; name = 'serve'",
    "wearer": "from firmware.app import App as owner; name = '_wearer'",
    "telemetry": "from firmware.app import App as owner; name = '_telemetry'",
    "start": "from firmware.app import App as owner; name = '_outlast'",
    "card": "from firmware.storage import Storage as owner; name = 'run'",
    "link": "from firmware.link import Link as owner; name = 'run'",
    "clock": "from firmware.sntp import Clock as owner; name = 'run'",
    "uploader": "from firmware.uploader import Uploader as owner; name = 'run'",
}


@pytest.mark.parametrize("task", TASKS)
def test_a_task_that_fails_costs_no_frame(tmp_path: Path, task: str):
    wrong = day(tmp_path, TASKS[task] + "\ngoes_wrong(owner, name, RuntimeError('a bad day'))", typed=[(10.0, "log")])
    failed = f"error task: {task} failed: RuntimeError('a bad day',); it starts again"
    assert (wrong.result.ok, wrong.problems, wrong.result.frames["dropped"], wrong.ends) == (True, [], {}, ["deep_sleep"])
    assert wrong.said[0].count(failed) >= 3


def test_a_task_without_memory_costs_no_frame(tmp_path: Path):
    wrong = day(tmp_path, TASKS["uploader"] + "\ngoes_wrong(owner, name, MemoryError('memory allocation failed'))")
    assert (wrong.result.ok, wrong.result.frames["dropped"]) == (True, {})
    assert "uploader failed: MemoryError" in wrong.said[0]


NO_MEMORY = """
from firmware.console.commands import status
async def run(*args):
    raise MemoryError("memory allocation failed")
status.run = run
"""


def test_a_command_without_memory_says_so_and_the_console_goes_on(tmp_path: Path):
    wrong = day(tmp_path, NO_MEMORY, typed=[(5.0, "status"), (7.0, "sync")])
    assert (wrong.result.ok, wrong.result.frames["dropped"]) == (True, {})
    assert "There is not enough memory for this." in wrong.said[0] and "joining home" in wrong.said[0]


RECORDER = """
from firmware.{module} import {owner}
real, left = {owner}.{name}, [{times}]
def wrong(*args):
    left[0] -= 1
    if left[0] == 0 and not {after}:
        raise {error}
    result = real(*args)
    if left[0] == 0:
        raise {error}
    return result
{owner}.{name} = wrong
"""
MOMENTS = [
    ("recorder", "Recorder", "_look", 50),
    ("chunk", "ChunkBuffer", "add_frame", 40),
    ("segment", "SegmentWriter", "put", 4),
    ("segment", "SegmentWriter", "step", 30),
    ("segment", "SegmentWriter", "commit", 3),
    ("segment", "SegmentWriter", "close", 2),
    ("segments", "SegmentStore", "open_next", 2),
    ("segments", "SegmentStore", "closed", 2),
]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("moment", MOMENTS, ids=lambda moment: moment[2])
def test_a_fault_in_the_recorder_costs_at_most_one_commit_interval(tmp_path: Path, moment: tuple, after: bool):
    module, owner, name, times = moment
    code = RECORDER.format(module=module, owner=owner, name=name, times=times, after=after, error="MemoryError('bad day')")
    wrong = day(tmp_path, code, settings={"segment_ms": 3000})
    assert (wrong.result.ok, wrong.problems, wrong.result.boots) == (True, [], 1)
    assert set(wrong.result.frames["dropped"]) <= {"fault", "overflow"}
    assert wrong.result.frames["recorded"] > 80 and lost(wrong.result.frames) <= 27, wrong.result.frames  # 2 s, and the camera's start
    assert "error task: recorder failed: MemoryError" in wrong.said[0]


def lost(frames: dict) -> int:
    return sum(frames["dropped"].values())


def events(folder: Path) -> list[set[str]]:
    """The kinds of events in the recording of each boot."""
    with open_source(folder / "card.img") as source:
        return [{event["kind"] for segment in boot.segments for event in segment.events} for boot in load_footage(source).boots]


# -- a task hangs ----------------------------------------------------------------------------------

ONCE = """
import esp32, machine, time
from firmware.compat import sleep_ms
first = machine.reset_cause() == machine.PWRON_RESET
"""
ENDLESS = """
async def run(self, real={owner}.{name}):
    if not first:
        return await real(self)
    await sleep_ms(5000)
    while True:
        time.sleep_ms(10)  # no other task gets its turn
{owner}.{name} = run
"""
WAITS = """
poll, left = Recorder.poll, [500]
async def run(self, real=Recorder.run):
    if not first:
        return await real(self)
    for _ in range(200):
        await sleep_ms(self.poll(self._keeper.uptime_ms()))
        self._beat()
    await asyncio.Event().wait()
Recorder.run = run
"""
HANGS = {
    "uploader": "from firmware.uploader import Uploader" + ENDLESS.format(owner="Uploader", name="run"),
    "link": "from firmware.link import Link" + ENDLESS.format(owner="Link", name="run"),
    "recorder": "from firmware.recorder import Recorder" + WAITS,
    "a command of the console": "from firmware.console.commands import status\nstatus.run = lambda *args: time.sleep(1000)\n",
}


@pytest.mark.parametrize("who", HANGS)
def test_the_watchdog_resets_and_the_next_boot_says_who_hung(tmp_path: Path, who: str):
    wrong = day(tmp_path, ONCE + HANGS[who], seconds=60, typed=[(6.0, "status")] if who.startswith("a ") else [(55.0, "status")])
    assert (wrong.result.ok, wrong.problems, wrong.ends) == (True, [], ["watchdog", "deep_sleep"])
    assert f"error hang: the watchdog has reset the board: {who} hung" in wrong.said[1]
    assert "hang" in events(tmp_path)[-1], "the recording itself says so"
    assert set(wrong.result.frames["dropped"]) <= {"overflow", "watchdog"} and wrong.result.lost_ms_max <= 2000


def test_the_watchdog_also_ends_a_hang_without_last_words(tmp_path: Path):
    """A timer cannot interrupt a call of the vendor's that never returns."""
    wrong = day(tmp_path, ONCE + HANGS["uploader"] + "machine.Timer.init = lambda *args, **kwargs: None\n", seconds=60)
    assert (wrong.result.ok, wrong.ends) == (True, ["watchdog", "deep_sleep"])
    assert "hung" not in wrong.said[1] and "after reset cause watchdog" in wrong.said[1]


HANGS_EARLY = """
from firmware import roll
if first:
    roll.ChunkBuffer = lambda *args: time.sleep(1000)
"""


def test_the_watchdog_watches_before_the_first_task_runs(tmp_path: Path):
    wrong = day(tmp_path, ONCE + HANGS_EARLY, seconds=40)
    assert (wrong.result.ok, wrong.problems, wrong.ends) == (True, [], ["watchdog", "deep_sleep"])


# -- it starts, and starts, and starts -------------------------------------------------------------

SHORT = "from firmware import app\napp.SAFE_MS, app.HEALTHY_MS = 30000, 10000\n"
CRASHES = """
import machine
from firmware.uploader import Uploader
async def run(self):
    await asyncio.sleep_ms(2500)
    machine.reset()
Uploader.run = run
"""


def test_a_crash_loop_leads_to_safe_mode_which_records(tmp_path: Path):
    wrong = day(tmp_path, SHORT + CRASHES, seconds=70)
    safe = [boot for boot, said in enumerate(wrong.said, 1) if SAFE in said]
    assert (wrong.result.ok, wrong.problems, wrong.ends) == (True, [], ["reset"] * 7 + ["deep_sleep"])
    assert (safe, wrong.result.lost_ms_max <= 2000) == ([6, 8], True)
    assert f"{SAFE} 5 starts in a row came to nothing: it records, with the radio off" in wrong.said[5]
    assert "safe_mode: cleared" in wrong.said[5], "it tries again after a quiet time"
    assert [boot for boot, kinds in enumerate(events(tmp_path), 1) if "safe_mode" in kinds] == safe
    last = [fate for fate in wrong.fates() if fate != "recorded"]
    assert set(last) == {"lost:reset"}


def test_cuts_in_a_row_with_long_lives_between_them_are_no_crash_loop(tmp_path: Path):
    cuts = [20.0 * n for n in range(1, 9)]
    wrong = day(tmp_path, SHORT, seconds=180, power_cuts=cuts)
    assert (wrong.result.ok, len(wrong.said), "safe mode" in "".join(wrong.said)) == (True, 9, False)


def test_safe_mode_on_request_ends_with_the_next_reboot(tmp_path: Path):
    typed = [(3.0, "reboot safe"), (8.0, "status"), (12.0, "reboot"), (18.0, "status")]
    wrong = day(tmp_path, seconds=25, typed=typed)
    assert (wrong.result.ok, wrong.problems, wrong.ends) == (True, [], ["reset", "reset", "deep_sleep"])
    assert [f"{SAFE} it was asked for" in said for said in wrong.said] == [False, True, False]
    assert "PROBLEM safe_mode" in wrong.said[1] and "link      off" in wrong.said[1]
    assert "Nothing is wrong." in wrong.said[2]


# -- it does not start at all ----------------------------------------------------------------------

FAILS_ONCE = """
import machine, os
if machine.reset_cause() == machine.PWRON_RESET:
    os.rename("{path}", "/kept")
else:
    os.rename("/kept", "{path}")
"""


@pytest.mark.parametrize("path", ["/firmware/mcap.mpy", "/hal/esp32/card.mpy", "/board.json"])
def test_what_cannot_start_says_so_and_tries_again(tmp_path: Path, path: str):
    wrong = day(tmp_path, FAILS_ONCE.format(path=path), seconds=75)
    assert (wrong.result.ok, wrong.ends) == (True, ["soft_reset", "deep_sleep"])
    assert "The recorder cannot start. Flash its firmware again" in wrong.said[0]
    assert "boot 1 after reset cause soft" in wrong.said[1]


NO_ROOM = """
import firmware.roll, machine
real = firmware.roll.ChunkBuffer
def chunk(*args):
    if machine.reset_cause() == machine.PWRON_RESET:
        raise MemoryError("memory allocation failed, allocating 262144 bytes")
    return real(*args)
firmware.roll.ChunkBuffer = chunk
"""


def test_without_memory_for_the_chunks_it_starts_anew(tmp_path: Path):
    wrong = day(tmp_path, NO_ROOM, seconds=75)
    assert (wrong.result.ok, wrong.ends) == (True, ["soft_reset", "deep_sleep"])
    assert "MemoryError: memory allocation failed" in wrong.said[0] and "It tries again in 60 s." in wrong.said[0]


INTERRUPTED = """
import firmware.roll
def interrupted(*args):
    raise KeyboardInterrupt
firmware.roll.ChunkBuffer = interrupted
"""


def test_ctrl_c_before_the_start_leads_to_the_prompt_in_words(tmp_path: Path):
    with pytest.raises(NothingThere):
        day(tmp_path, INTERRUPTED, seconds=5)
    log = (tmp_path / "console.log").read_text()
    assert "This is the Python prompt, and NOTHING IS RECORDED. Ctrl-D starts the recorder." in log


# -- its settings ----------------------------------------------------------------------------------

BROKEN_SETTINGS = {"missing": None, "empty": b"", "truncated": b'{"profile": "vg', "garbage": bytes(range(256)), "deep": b"[" * 9000}


@pytest.mark.parametrize("state", BROKEN_SETTINGS)
def test_it_records_whatever_its_settings_are(tmp_path: Path, state: str):
    def edit(files: dict[str, bytes]) -> None:
        del files["settings.json"]
        if BROKEN_SETTINGS[state] is not None:
            files["settings.json"] = BROKEN_SETTINGS[state]

    wrong = day(tmp_path, edit=edit)
    told = "warn settings: /settings.json cannot be right and has its default" in wrong.said[0]
    assert (wrong.result.ok, wrong.result.frames["dropped"], told) == (True, {}, state != "missing")


# -- its clocks and counters -----------------------------------------------------------------------

LIES = """
from firmware.sntp import Clock
async def run(self):
    for unix_s in {times}:
        await asyncio.sleep_ms(2000)
        self._keeper.set_utc(unix_s * 1000, "ntp")
Clock.run = run
"""
YEAR_S = 365 * 86400
NOW_S = 1_795_437_045


def test_a_clock_that_jumps_by_years_disturbs_nothing(tmp_path: Path):
    times = [NOW_S, NOW_S - 3 * YEAR_S, NOW_S + 40 * YEAR_S, NOW_S, NOW_S - 86400]
    wrong = day(tmp_path, LIES.format(times=times), seconds=16)
    assert (wrong.result.ok, wrong.problems, wrong.result.frames["dropped"]) == (True, [], {})
    with open_source(tmp_path / "card.img") as source:
        boot = load_footage(source).boots[0]
    learnt = [round((clock["unix_ms"] - clock["uptime_ms"]) / 1000) for segment in boot.segments for clock in segment.clocks]
    frames = [frame.sequence for frame in boot.frames]
    uptimes = [frame.uptime_ns for frame in boot.frames]
    assert (frames, uptimes) == (list(range(1, len(frames) + 1)), sorted(uptimes))
    assert [abs(found - (said - 2 * n)) <= 1 for n, (found, said) in enumerate(zip(learnt, times, strict=True), 1)] == [True] * 5


REMEMBERS = """
import esp32, machine
nvs = esp32.NVS("daylog")
if machine.reset_cause() == machine.PWRON_RESET:
    nvs.set_i32("boot", {boot})
    nvs.commit()
"""


@pytest.mark.parametrize(
    ("boot", "numbers"), [(999_998, [999_999, 1_000_000]), (2_147_483_647, [1, 2]), (-7, [1, 2]), (1_000_000_000, [1, 2])]
)
def test_boots_are_counted_on_whatever_the_chip_remembers(tmp_path: Path, boot: int, numbers: list[int]):
    wrong = day(tmp_path, REMEMBERS.format(boot=boot), seconds=10, typed=[(5.0, "reboot")])
    with open_source(tmp_path / "card.img") as source:
        found = [boot.number for boot in load_footage(source).boots]
    assert (wrong.result.ok, wrong.problems, found) == (True, [], numbers)


# -- Ctrl-C ----------------------------------------------------------------------------------------


def test_ctrl_c_at_any_time_costs_no_frame(tmp_path: Path):
    typed = [(n * 0.7, "\x03") for n in range(1, 16)] + [(3.1, "status"), (5.3, "segments"), (7.4, "pause 1"), (7.45, "resume")]
    wrong = day(tmp_path, typed=typed)
    assert (wrong.result.ok, wrong.problems, wrong.ends) == (True, [], ["deep_sleep"])
    assert set(wrong.result.frames["dropped"]) <= {"paused"}


STORE = {"endpoint": "http://10.0.0.1:1", "region": "r", "bucket": "b", "prefix": "p", "access_key": "a", "secret_key": "s"}


@pytest.mark.parametrize("after_s", [0.05, 0.2, 0.4, 1.0, 3.0])
@pytest.mark.parametrize("command", ["shutdown", "shutdown sync", "reboot"])
def test_who_breaks_off_a_shutdown_records_on(tmp_path: Path, command: str, after_s: float):
    """Ctrl-C that comes too late finds the board asleep, or starting again."""
    typed = [(5.0, command), (5.0 + after_s, "\x03"), (10.0, "status")]
    wrong = day(tmp_path, seconds=14, settings={"store": STORE}, typed=typed)
    assert (wrong.result.ok, wrong.problems) == (True, [])
    assert set(wrong.result.frames["dropped"]) <= {"paused"}
    asleep = wrong.history.virtual_s < 10
    assert asleep or "state     recording" in wrong.said[-1]
    assert not (asleep and command == "shutdown sync")

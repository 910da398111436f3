# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The simulated board from the firmware's side: a small main.py, a real MicroPython, and what came of it."""

from pathlib import Path

import pytest
from attempts import ATTEMPT
from tiny_board import CAMERA, CARD, TinyBoard, play

# -- time ------------------------------------------------------------------------------------------------


def test_a_virtual_hour_passes_at_once(tmp_path: Path):
    ended = play(
        tmp_path,
        """
import asyncio, time
async def tick(name, ms):
    await asyncio.sleep_ms(ms)
    print(name, time.ticks_ms())
async def main():
    await asyncio.gather(tick("hour", 3600_000), tick("second", 1000), tick("same second", 1000))
asyncio.run(main())
""",
    )
    assert ended.printed == ["second 1000", "same second 1000", "hour 3600000"]
    assert (ended.why, ended.now_us) == ("left", 3_600_000_000)


def test_ticks_us_wrap_as_on_the_board(tmp_path: Path):
    ended = play(
        tmp_path,
        """
import time
a = time.ticks_us()
time.sleep(1080)
print(time.ticks_us(), time.ticks_diff(time.ticks_us(), a), time.ticks_ms())
""",
    )
    assert ended.printed == [f"{1_080_000_000 % (1 << 30)} {1_080_000_000 - (1 << 30)} 1080000"]


def test_a_task_that_nobody_can_wake_is_a_deadlock(tmp_path: Path):
    ended = play(tmp_path, "import asyncio\nasyncio.run(asyncio.Event().wait())")
    assert ended.why == "crash"
    assert "Deadlock" in ended.details["error"]


def test_polling_without_sleeping_is_a_livelock(tmp_path: Path):
    ended = play(
        tmp_path,
        """
import asyncio
async def main():
    while True:
        await asyncio.sleep_ms(0)
asyncio.run(main())
""",
    )
    assert "Livelock" in ended.details["error"]


def test_cancelling_a_task_that_waits_for_a_stream(tmp_path: Path):
    ended = play(
        tmp_path,
        """
import asyncio, sys
async def main():
    reader = asyncio.StreamReader(sys.stdin.buffer)
    try:
        await asyncio.wait_for(reader.read(1), 5)
    except asyncio.TimeoutError:
        print("nobody typed", len(asyncio.core._io_queue.map))
asyncio.run(main())
""",
    )
    assert ended.printed == ["nobody typed 0"]
    assert ended.now_us == 5_000_000


def test_the_console_types_at_its_moments(tmp_path: Path):
    main = """
import asyncio, sys, time
async def main():
    reader = asyncio.StreamReader(sys.stdin.buffer)
    for _ in range(3):
        print(await reader.read(1), time.ticks_ms())
asyncio.run(main())
"""
    ended = play(tmp_path, main, console={"in": [[1_500_000, "hi"], [9_000_000, "!"]]})
    assert ended.printed == ["b'h' 1500", "b'i' 1500", "b'!' 9000"]


# -- ends ------------------------------------------------------------------------------------------------


def test_the_power_is_cut_at_its_microsecond(tmp_path: Path):
    ended = play(tmp_path, "import time\ntry:\n    time.sleep(10)\nfinally:\n    print('tidied up')", cut_at_us=1_234_567)
    assert (ended.why, ended.now_us, ended.printed) == ("cut", 1_234_567, [])


def test_the_watchdog_bites_who_does_not_feed_it(tmp_path: Path):
    ended = play(
        tmp_path,
        """
import machine, time
dog = machine.WDT(timeout=2000)
time.sleep_ms(1500)
dog.feed()
time.sleep_ms(1999)
dog.feed()
time.sleep(60)
""",
    )
    assert (ended.why, ended.now_us) == ("watchdog", 5_499_000)


@pytest.mark.parametrize(
    ("call", "why"),
    [("machine.reset()", "reset"), ("machine.soft_reset()", "soft_reset"), ("machine.deepsleep(5000)", "deep_sleep"), ("1 / 0", "crash")],
)
def test_ways_to_end(tmp_path: Path, call: str, why: str):
    ended = play(tmp_path, f"import machine\n{call}\nprint('still here')")
    assert ended.why == why
    assert "still here" not in ended.printed


def test_the_reset_cause_is_told_at_the_next_boot(tmp_path: Path):
    board = TinyBoard(tmp_path, "import machine\nprint(machine.reset_cause() == machine.WDT_RESET)")
    assert board.boot(reset_cause="watchdog").printed == ["True"]


# -- the board -------------------------------------------------------------------------------------------


def test_the_firmware_has_the_boards_heap_and_no_more(tmp_path: Path):
    ended = play(
        tmp_path,
        """
import gc
gc.collect()
free = gc.mem_free()
print(free <= 1 << 20, free > (1 << 20) - 4096)
try:
    bytearray(1 << 20)
except MemoryError:
    print("no more")
""",
    )
    assert ended.printed == ["True True", "no more"]


def test_the_fence(tmp_path: Path):
    ended = play(
        tmp_path,
        """
import os, sys, vfs
def attempt(what):
    try:
        what()
        print("open")
    except (AttributeError, OSError):
        print("shut")
attempt(lambda: os.system("true"))
attempt(lambda: os.VfsPosix)
attempt(lambda: vfs.VfsPosix)
attempt(lambda: open("/etc/passwd"))
print(os.listdir("/"), sys.path, sys.platform)
""",
    )
    assert ended.printed == ["shut"] * 4 + ["['main.py'] ['', '.frozen', '/lib'] esp32"]


def test_what_the_vendor_modules_do_not_have_raises(tmp_path: Path):
    ended = play(
        tmp_path,
        ATTEMPT
        + """
import network, esp32, camera
attempt(lambda: machine.ADC(1))
attempt(lambda: machine.Pin(99))
attempt(lambda: machine.Pin(7))
attempt(lambda: machine.SDCard(1, 1))
attempt(lambda: machine.WDT(timeout=10))
attempt(lambda: network.WLAN(network.WLAN.IF_AP))
attempt(lambda: network.WLAN(network.WLAN.IF_STA).config(turbo=True))
attempt(lambda: esp32.NVS("daylog").get_i32("never set"))
attempt(lambda: camera.Camera(data_pins=(1, 2, 3, 4, 5, 6, 7, 8)))
""",
    )
    assert ended.printed == [
        "AttributeError",
        "ValueError",
        "ValueError",
        "TypeError",
        "ValueError",
        "ValueError",
        "ValueError",
        "OSError",
        "TypeError",
    ]


def test_nvs_keeps_what_was_committed(tmp_path: Path):
    board = TinyBoard(
        tmp_path,
        """
import esp32
nvs = esp32.NVS("daylog")
try:
    print(nvs.get_i32("boot"))
except OSError:
    print("never set")
nvs.set_i32("boot", 41)
nvs.commit()
nvs.set_i32("boot", 99)
""",
    )
    assert board.boot().printed == ["never set"]
    assert board.boot().printed == ["41"]


def test_the_real_time_clock_starts_in_2000(tmp_path: Path):
    ended = play(
        tmp_path,
        """
import machine, time
print(time.gmtime()[:6])
machine.RTC().datetime((2026, 11, 23, 0, 12, 0, 0, 0))
time.sleep(2)
print(time.gmtime()[:6], machine.RTC().datetime()[:3])
""",
    )
    assert ended.printed == ["(2000, 1, 1, 0, 0, 0)", "(2026, 11, 23, 12, 0, 2) (2026, 11, 23)"]


def test_mktime_is_the_inverse_of_gmtime_wherever_the_host_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TZ", "America/New_York")
    ended = play(
        tmp_path,
        """
import time
print([s for s in range(0, 1 << 31, 12345678) if time.mktime(time.gmtime(s)) != s])
print([time.mktime((2024, month, day, 0, 0, 0)) // 86400 - 8765 for month, day in ((1, 1), (2, 29), (3, 1), (12, 31))])
""",
    )
    assert ended.printed == ["[]", "[1, 60, 61, 366]"]


# -- twice the same --------------------------------------------------------------------------------------


BUSY = (
    CARD
    + CAMERA
    + """
import asyncio, os, random
vfs.VfsFat.mkfs(sd)
vfs.mount(sd, "/sd")
async def record(cam, file):
    for _ in range(200):
        while not cam.frame_available():
            await asyncio.sleep_ms(2)
        file.write(cam.capture())
        cam.free_buffer()
        if not random.getrandbits(3):
            file.flush()
async def jitter():
    while True:
        await asyncio.sleep_ms(random.getrandbits(6))
        print(os.urandom(2))
async def main():
    asyncio.create_task(jitter())
    with open("/sd/film", "wb") as file:
        await record(open_camera(), file)
asyncio.run(main())
"""
)


def test_two_runs_are_the_same_byte_for_byte(tmp_path: Path):
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
        ended = TinyBoard(folder, BUSY, cut_at_us=15_000_000).boot()
        assert ended.why == "cut"
    for name in ("trace.jsonl", "truth.raw", "console.log"):
        assert (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes(), name

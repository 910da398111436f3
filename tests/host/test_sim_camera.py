# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The simulated camera module: its API, its buffers, the fate of each frame."""

from pathlib import Path

from tiny_board import CAMERA, TinyBoard, play


def test_frames_are_signed_stamped_and_die(tmp_path: Path):
    ended = play(
        tmp_path,
        CAMERA
        + """
cam = open_camera()
view = cam.capture()
print(view[0], bytes(view[:2]), bytes(view[6:22]), len(view))
kept = bytes(view)
cam.free_buffer()
print(bytes(view) == kept)
view = cam.capture()
print(bytes(view[6:22]), len(view))
""",
    )
    assert ended.printed == ["-1 b'\\xff\\xd8' b'daylog 000000000' 5000", "False", "b'daylog 000000001' 6000"]
    assert [line.split(" ")[:6] for line in ended.truth] == [
        ["0", "1", "450", "0", "5000", "captured"],
        ["1", "1", "550", "1", "6000", "captured"],
    ]


STALL = """
import time
cam.capture()
cam.free_buffer()
time.sleep_ms(450)
seen = []
while cam.frame_available():
    seen.append(bytes(cam.capture()[19:22]))
print(seen)
"""


def test_a_stalled_recorder_overflows_the_buffers(tmp_path: Path):
    ended = play(tmp_path, CAMERA + "cam = open_camera(grab_mode=camera.GrabMode.WHEN_EMPTY)" + STALL)
    assert ended.printed == ["[b'001', b'002']"]
    assert sorted(line.split(" ")[0] + line.split(" ")[5] for line in ended.truth) == [
        "0captured",
        "1captured",
        "2captured",
        "3dropped:overflow",
        "4dropped:overflow",
    ]


def test_the_latest_frame_wins(tmp_path: Path):
    ended = play(tmp_path, CAMERA + "cam = open_camera(grab_mode=camera.GrabMode.LATEST)" + STALL)
    assert ended.printed == ["[b'004']"]


def test_frames_nobody_took_are_lost(tmp_path: Path):
    ended = play(tmp_path, CAMERA + "import time\ncam = open_camera(grab_mode=camera.GrabMode.WHEN_EMPTY)\ntime.sleep(1)\ncam.deinit()")
    fates = [line.split(" ")[5] for line in ended.truth]
    assert fates.count("lost:uncollected") == 2
    assert len(fates) == 10


def test_a_silent_camera_times_out(tmp_path: Path):
    board = TinyBoard(tmp_path, CAMERA + "import time\ncam = open_camera()\nt = time.ticks_ms()\nprint(cam.capture(), time.ticks_ms() - t)")
    slow = {**board._base(0)["board"], "profiles": {"small": {"size": "QVGA", "fps": 0.1, "fb_bytes": 15360}}}
    assert board.boot(board=slow).printed == ["None 4000"]


def test_frames_cost_next_to_no_heap(tmp_path: Path):
    ended = play(
        tmp_path,
        CAMERA
        + """
import gc
cam = open_camera()
def frames(count):
    for _ in range(count):
        cam.frame_available()
        cam.capture()
        cam.free_buffer()
frames(10)
before = gc.mem_free()
frames(100)
print((before - gc.mem_free()) // 100)
""",
    )
    assert int(ended.printed[0]) <= 128, ended.printed

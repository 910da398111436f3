# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The flash image, as a real MicroPython finds it."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from host_tools.boards import compact, load, partition
from host_tools.demo import BOARD
from host_tools.flashing.file_system import BLOCK_BYTES
from sim import cache, image
from sim.world import interpreter

LOOK = f"""
import os, sys, vfs
sys.path.insert(0, {str(image.ROOT)!r})
from sim.device.flash import Flash
flash = Flash(open(sys.argv[1], "r+b"), 0, int(sys.argv[2]))
vfs.umount("/")
vfs.mount(vfs.VfsLfs2(flash), "/")
os.chdir("/")
sys.path[:] = ["", ".frozen"]
import json
import firmware.mcap
print(json.dumps([firmware.mcap.__file__, sorted(os.listdir("/")), os.listdir("/hal"), json.load(open("settings.json"))]))
"""


@pytest.fixture
def board() -> dict[str, Any]:
    return load(BOARD)


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DAYLOG_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_micropython_mounts_it_and_imports_bytecode(tmp_path: Path, board: dict[str, Any]):
    built = image.build(board, {"device_id": "me"})
    (tmp_path / "flash.img").write_bytes(built.data)
    (tmp_path / "look.py").write_text(LOOK)
    command = [interpreter(), str(tmp_path / "look.py"), str(tmp_path / "flash.img"), str(len(built.data))]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    top = ["board.json", "boot.py", "firmware", "hal", "main.py", "settings.json"]
    assert json.loads(done.stdout) == ["firmware/mcap.mpy", top, ["__init__.mpy", "drivers", "esp32"], {"device_id": "me"}]


def test_it_fills_the_partition_with_what_the_device_needs(board: dict[str, Any]):
    built, row = image.build(board, {}), partition(board, "vfs")
    assert (len(built.data), built.offset, built.files["board.json"]) == (row["size"], row["offset"], len(compact(board)))
    foreign = [path for path in built.files if "test" in path or "__pycache__" in path or path.startswith("hal/linux")]
    source = [path for path in built.files if path.endswith(".py")]
    assert (foreign, sorted(source)) == ([], ["boot.py", "main.py"])


def test_the_same_tree_gives_the_same_image(board: dict[str, Any]):
    assert image.build(board, {"seed": 1}).data == image.build(board, {"seed": 1}).data


def test_a_partition_too_small_is_named(board: dict[str, Any]):
    partition(board, "vfs")["size"] = 16 * BLOCK_BYTES
    with pytest.raises(image.BuildError, match="does not fit the partition of 65536 bytes"):
        image.build(board, {})


def test_a_file_is_compiled_once_for_each_text_and_compiler(tmp_path: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch):
    source, kept = tmp_path / "a.py", own_cache / "mpy"
    counts = []
    for text, version in (("x = 1", "1"), ("x = 1", "1"), ("x = 2", "1"), ("x = 2", "2")):
        monkeypatch.setattr(image, "compiler_version", lambda version=version: version)
        source.write_text(text)
        assert image.compile_file(source, "a.py").startswith(b"M\x06\x00")
        counts.append(len(list(kept.iterdir())))
    assert counts == [1, 1, 2, 3]


def test_a_mistake_in_the_firmware_is_shown_with_its_line(tmp_path: Path, own_cache: Path):
    (tmp_path / "bad.py").write_text("x = 1\ndef :\n")
    with pytest.raises(image.BuildError) as caught:
        image.compile_file(tmp_path / "bad.py", "bad.py")
    assert "line 2" in caught.value.hint
    assert list((own_cache / "mpy").iterdir()) == []


def test_no_compiler(tmp_path: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(image, "tool", lambda name: str(tmp_path / name))
    image.compiler_version.cache_clear()
    with pytest.raises(image.BuildError, match="mpy-cross cannot be started"):
        image.compile_file(Path(__file__), "a.py")


def test_what_is_being_made_when_the_run_is_stopped_is_not_kept(own_cache: Path):
    def interrupted(path: Path) -> None:
        path.write_bytes(b"half")
        raise KeyboardInterrupt

    def finished(path: Path) -> None:
        path.write_bytes(b"whole")

    with pytest.raises(KeyboardInterrupt):
        cache.kept("kind", "name", interrupted)
    assert list((own_cache / "kind").iterdir()) == []
    assert cache.kept("kind", "name", finished).read_bytes() == b"whole"

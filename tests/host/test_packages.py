# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What is built for distribution is taken by a real MicroPython: mapped as ROMFS, installed by its own mip, compiled as a manifest says.

Freezing itself needs a C compiler and MicroPython's sources, so the manifest is only read here, by the rules of its reference
(https://docs.micropython.org/en/v1.29.0/reference/manifest.html).
"""

import json
import subprocess
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from sysconfig import get_path
from typing import Any

import pytest
from click.testing import CliRunner

from firmware import VERSION
from host_tools import boards
from host_tools.cli import cli
from host_tools.clips import BOARD
from host_tools.packages import ROOT, mip_package, romfs
from sim import image
from sim.world import interpreter

FROM_ROM = """
import sys, vfs
with open({image!r}, "rb") as file:
    rom = memoryview(bytearray(file.read()))
vfs.mount(vfs.VfsRom(rom), "/rom")
sys.path[:] = ["/rom", ".frozen", {hal!r}]
import vendor
vendor.install()
from hal.esp32 import board as port
port.StreamReader = lambda stream: stream
from firmware import app
board, config = app.load_board(({absent!r}, "/rom/board.json"))
print(app.__file__, board.name, sorted(config["profiles"])[0])
"""
IMPORT_ALL = """
import sys
sys.path[:] = [{folder!r}, ".frozen"]
for name in {names!r}:
    __import__(name)
print("imported", sys.modules["firmware.app"].__file__)
"""
MIP = "import mip; mip.install({url!r}, target={target!r})"


def micropython(code: str) -> str:
    done = subprocess.run([interpreter(), "-X", "heapsize=16M", "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def modules(paths: list[str]) -> list[str]:
    """Those that any MicroPython can import, by the paths of their files: a port wants its vendor's modules."""
    dotted = [path.rpartition(".")[0].replace("/", ".").removesuffix(".__init__") for path in paths]
    return [name for name in dotted if name.startswith(("firmware.", "hal.drivers")) and ".device." not in name]


def test_a_romfs_image_runs_where_it_lies(tmp_path: Path):
    out = tmp_path / "daylog.romfs"
    done = CliRunner().invoke(cli, ["build", "romfs", "--board", BOARD, "-o", str(out), "--json"], standalone_mode=False)
    told = json.loads(done.output)
    places = {"image": str(out), "hal": str(ROOT / "tests/hal"), "absent": str(tmp_path / "board.json")}
    assert told["bytes"] == out.stat().st_size
    assert micropython(FROM_ROM.format(**places)).split() == ["/rom/firmware/app.mpy", BOARD, sorted(boards.load(BOARD)["profiles"])[0]]


@pytest.mark.parametrize("files", [{}, {"a": b""}, {"a/b/c": b"1", "a/d": b"2", "a.b": b"3"}])
def test_any_tree_is_read_back(tmp_path: Path, files: dict[str, bytes]):
    (tmp_path / "image").write_bytes(romfs(files))
    read = 'vfs.mount(vfs.VfsRom(memoryview(open(%r, "rb").read())), "/rom")\n' % str(tmp_path / "image")
    read += "\n".join(f'print(open("/rom/{path}", "rb").read())' for path in files)
    assert micropython("import vfs\n" + read).splitlines() == [str(data) for data in files.values()]


def test_a_tree_is_what_flashing_writes_but_for_the_settings(tmp_path: Path):
    CliRunner().invoke(cli, ["build", "tree", "--board", BOARD, "-o", str(tmp_path / "tree")], standalone_mode=False)
    found = {file.relative_to(tmp_path / "tree").as_posix() for file in (tmp_path / "tree").rglob("*") if file.is_file()}
    assert found == {*image.device_files(boards.load(BOARD), {})} - {"settings.json"}


def test_the_package_for_mip_names_every_file():
    assert json.loads((ROOT / "package.json").read_text()) == mip_package(), "renew it: python -m tools.package_json"


def test_mip_installs_it(tmp_path: Path):
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(ROOT))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/package.json"
        micropython(MIP.format(url=url, target=str(tmp_path)))
        server.shutdown()
    assert (tmp_path / "main.py").read_bytes() == (ROOT / "firmware/device/main.py").read_bytes()
    names = modules([path for path, _ in mip_package()["urls"]])
    assert micropython(IMPORT_ALL.format(folder=str(tmp_path), names=names)).split() == ["imported", f"{tmp_path}/firmware/app.py"]


class Manifest:
    """What a manifest's calls add: path of the module -> file."""

    def __init__(self, **options: str) -> None:
        self.files: dict[str, Path] = {}
        self.about: dict[str, str] = {}
        self.included: list[str] = []
        self._given = options
        self.names = {"metadata": self.about.update, "include": self.included.append, "options": self, "package": self.package}
        exec((ROOT / "manifest.py").read_text(), {**self.names, "module": self.module})

    def defaults(self, **defaults: str) -> None:
        self.__dict__.update({**defaults, **self._given})

    def package(self, path: str, files: list[str] | None = None, base_path: str = ".", opt: int = 0) -> None:
        base = ROOT / base_path
        found = [base / path / name for name in files] if files else sorted((base / path).rglob("*.py"))
        self.files |= {file.relative_to(base).as_posix(): file for file in found}

    def module(self, path: str, base_path: str = ".", opt: int = 0) -> None:
        self.files[path] = ROOT / base_path / path


@pytest.mark.parametrize("port", sorted({boards.load(name)["port"] for name in boards.names()} - {"linux"}))
def test_the_manifest_freezes_what_flashing_writes(port: str):
    manifest = Manifest() if port == "esp32" else Manifest(hal=port, drivers=get_path("purelib"))
    board = next(boards.load(name) for name in boards.names() if boards.load(name)["port"] == port)
    compiled = [path.removeprefix("lib/") for path in image.device_tree(board) if path.endswith(".mpy")]
    flashed = {path.replace(".mpy", ".py") for path in compiled} | {"boot.py", "main.py"}
    assert flashed <= {*manifest.files}
    assert (manifest.about["version"], manifest.included) == (VERSION, ["$(PORT_DIR)/boards/manifest.py"])


def test_what_is_frozen_compiles_and_is_imported(tmp_path: Path):
    files = Manifest().files
    for name, source in files.items():
        compiled = tmp_path / name.replace(".py", ".mpy")
        compiled.parent.mkdir(parents=True, exist_ok=True)
        compiled.write_bytes(image.compile_file(source, name))
    assert micropython(IMPORT_ALL.format(folder=str(tmp_path), names=modules([*files]))).split()[0] == "imported"

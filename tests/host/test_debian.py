# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The Debian package: what is in it, and that it runs with nothing but Python. `make deb-test` installs it in a Debian of its own."""

import configparser
import json
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from firmware import VERSION
from host_tools import boards, debian
from host_tools.clips import clip
from host_tools.local import LocalRecorder
from host_tools.verify import verify
from sim import stream
from sim.computer import small_board

UNIT = "usr/lib/systemd/system/daylog.service"
needs = pytest.mark.skipif
no_packager = needs(not shutil.which("dpkg-deb"), reason="there is no dpkg-deb here")


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return debian.build(tmp_path_factory.mktemp("deb"))


@pytest.fixture(scope="module")
def unpacked(package: Path) -> Path:
    root = package.parent / "root"
    subprocess.run(["dpkg-deb", "-x", str(package), str(root)], check=True)
    return root


@no_packager
def test_the_same_sources_make_the_same_bytes(package: Path, tmp_path: Path):
    assert debian.build(tmp_path).read_bytes() == package.read_bytes()


@no_packager
def test_what_is_where_and_for_whom(unpacked: Path):
    modes = {path: stat.S_IMODE((unpacked / path).stat().st_mode) for path in debian.contents() if not path.startswith("DEBIAN")}
    odd = {path: mode for path, mode in modes.items() if mode != 0o644}
    assert odd == {"usr/bin/daylog": 0o755, "usr/lib/daylog/usb-gadget": 0o755, "etc/daylog/settings.json": 0o600}
    computers = {name for name in boards.names() if boards.is_computer(boards.read(boards.find(name)))}
    assert {path.stem for path in (unpacked / "usr/lib/daylog/boards").iterdir()} == computers


@no_packager
def test_dpkg_reads_what_it_is_told(package: Path):
    fields = ["Package", "Version", "Architecture", "Depends"]
    said = subprocess.run(["dpkg-deb", "-f", str(package), *fields], capture_output=True, text=True, check=True).stdout
    assert said.splitlines() == [
        "Package: daylog",
        f"Version: {VERSION}",
        "Architecture: all",
        "Depends: python3 (>= 3.10), systemd (>= 252) | systemd-standalone-sysusers",
    ]


@no_packager
def test_it_records_with_nothing_but_the_standard_library(unpacked: Path, tmp_path: Path):
    board = small_board()
    reel = stream.make(clip(), board["profiles"][board["default_profile"]])
    recorder = LocalRecorder(tmp_path)
    recorder.prepare(board, board["default_profile"], [sys.executable, "-m", "sim.stream", str(reel)])
    home = unpacked / debian.HOME
    program = f"import sys; sys.path.insert(0, {str(home)!r}); from hal.linux import service; service.main(sys.argv[1:])"
    program = f"import signal, threading; threading.Timer(3, signal.raise_signal, [signal.SIGTERM]).start(); {program}"
    command = [sys.executable, "-I", "-S", "-c", program, str(tmp_path / "board.json"), str(tmp_path / "state"), str(recorder.console)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=debian.ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    assert verify(str(recorder.card)).verdict == "lossless"


def test_the_unit_gives_the_recorder_no_more_than_it_needs():
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment]  its names have capitals
    unit.read_string(debian.contents()[UNIT].decode())
    wanted = {"Type": "notify", "User": "daylog", "ProtectSystem": "strict", "NoNewPrivileges": "yes", "DevicePolicy": "closed"}
    wanted |= {"CapabilityBoundingSet": "", "Restart": "on-failure", "RestartForceExitStatus": "75", "KillMode": "mixed", "UMask": "0077"}
    assert {name: unit["Service"][name] for name in wanted} == wanted
    computers = [board for board in map(boards.load, boards.names()) if boards.is_computer(board)]
    assert {board["watchdog_ms"] // 1000 for board in computers} == {int(unit["Service"]["WatchdogSec"])}


def test_settings_begin_empty_and_are_dpkgs_to_keep():
    files = debian.contents()
    assert json.loads(files["etc/daylog/settings.json"]) == {}
    assert files["DEBIAN/conffiles"].split() == [f"/{path}".encode() for path in files if path.startswith("etc/")]


@pytest.mark.parametrize("script", ["DEBIAN/postinst", "DEBIAN/prerm", "DEBIAN/postrm", "usr/bin/daylog", "usr/lib/daylog/usb-gadget"])
def test_a_shell_reads_its_scripts(script: str):
    done = subprocess.run(["sh", "-n"], input=debian.contents()[script], capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")


@no_packager
@needs(not shutil.which("lintian"), reason="there is no lintian here")
def test_lintian_has_nothing_to_say(package: Path):
    done = subprocess.run(["lintian", "--fail-on", "error,warning", str(package)], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


@no_packager
@needs(not shutil.which("systemd-analyze"), reason="there is no systemd-analyze here")
def test_systemd_reads_the_units(unpacked: Path):
    units = sorted(str(path) for path in (unpacked / UNIT).parent.glob("*.service") if "@" not in path.name)
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True)
    said = [line for line in done.stderr.splitlines() if str(unpacked) in line]
    newer = "Unknown key"  # the back-off, before systemd 254
    assert [line for line in said if newer not in line] == []

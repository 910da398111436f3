# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The recorder of a computer as a Debian package, by dpkg-deb: the same sources make the same bytes.

path = build(Path("out"))                    # out/daylog_0.1.0_all.deb

packaging/debian/files is what it puts where, packaging/debian/control what dpkg is told; firmware, hal and boards are added.
"""

import gzip
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from email.utils import parsedate_to_datetime
from pathlib import Path

from firmware import VERSION
from host_tools import boards
from host_tools.errors import DaylogError

ROOT = Path(__file__).resolve().parent.parent
PACKAGING = ROOT / "packaging" / "debian"
HOME = "usr/lib/daylog"
CHANGELOG, COPYRIGHT = "usr/share/doc/daylog/changelog", "usr/share/doc/daylog/copyright"
SECRET = ("etc/daylog/settings.json",)  # its owner writes keys into it
PROGRAMS = ("usr/bin/", f"{HOME}/usb-gadget", "DEBIAN/p")
COMPRESSED = ("usr/share/man/", CHANGELOG)
SOURCES = ("firmware/**/*.py", "hal/*.py", "hal/drivers/*.py", "hal/linux/*.py")
NOT_HERE = "firmware/device/"  # starts a microcontroller


class NoPackager(DaylogError):
    """There is no dpkg-deb, or it refuses."""


def build(folder: Path, version: str = VERSION) -> Path:
    """The package, in the folder. Raises NoPackager."""
    if shutil.which("dpkg-deb") is None:
        raise NoPackager("there is no program dpkg-deb", "on Debian and Ubuntu: apt install dpkg")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"daylog_{version}_all.deb"
    with tempfile.TemporaryDirectory(prefix="daylog-deb-") as scratch:
        epoch = _lay_out(contents(version), Path(scratch))
        command = ["dpkg-deb", "--root-owner-group", "-Zxz", "--build", scratch, str(path)]
        done = subprocess.run(command, env={**os.environ, "SOURCE_DATE_EPOCH": str(epoch)}, capture_output=True, text=True)
    if done.returncode:
        raise NoPackager(f"dpkg-deb: {done.stderr.strip()}")
    return path


def contents(version: str = VERSION) -> dict[str, bytes]:
    """Every file of it by its path, in DEBIAN/ what is dpkg's."""
    files = {**_templates(), **_firmware(), **_boards()}
    files[COPYRIGHT] = files[COPYRIGHT].replace(b"@LICENSE@", _licence())
    files = {f"{path}.gz": _compressed(data) for path, data in files.items() if path.startswith(COMPRESSED)} | {
        path: data for path, data in files.items() if not path.startswith(COMPRESSED)
    }
    sums = "".join(f"{hashlib.md5(data).hexdigest()}  {path}\n" for path, data in sorted(files.items()) if not path.startswith("etc/"))
    installed_kb = sum(-(-len(data) // 1024) for data in files.values())
    for file in sorted((PACKAGING / "control").iterdir()):
        files[f"DEBIAN/{file.name}"] = file.read_bytes()
    words = {b"@VERSION@": version, b"@INSTALLED_KB@": str(installed_kb)}
    for word, value in words.items():
        files["DEBIAN/control"] = files["DEBIAN/control"].replace(word, value.encode())
    return files | {"DEBIAN/md5sums": sums.encode()}


def _templates() -> dict[str, bytes]:
    root = PACKAGING / "files"
    return {file.relative_to(root).as_posix(): file.read_bytes() for file in sorted(root.rglob("*")) if file.is_file()}


def _firmware() -> dict[str, bytes]:
    paths = [file.relative_to(ROOT).as_posix() for pattern in SOURCES for file in sorted(ROOT.glob(pattern))]
    return {f"{HOME}/{path}": (ROOT / path).read_bytes() for path in paths if not path.startswith(NOT_HERE)}


def _boards() -> dict[str, bytes]:
    computers = [board for board in map(boards.load, boards.names()) if boards.is_computer(board)]
    return {f"{HOME}/boards/{board['name']}.json": boards.compact(board) for board in computers}


def _licence() -> bytes:
    """As a field of a Debian control file."""
    text = (ROOT / "LICENSE").read_text()
    return "\n".join(f" {line.rstrip() or '.'}" for line in text[text.index("Permission") :].rstrip().split("\n")).encode()


def _compressed(data: bytes) -> bytes:
    return gzip.compress(data, 9, mtime=0)


def _lay_out(files: dict[str, bytes], root: Path) -> int:
    """Write them below a folder, as old as the newest entry of the changelog; returns its Unix time."""
    changelog = gzip.decompress(files[f"{CHANGELOG}.gz"]).decode()
    dated = re.search(r"^ -- .*>  (.*)$", changelog, re.MULTILINE)
    assert dated
    epoch = int(parsedate_to_datetime(dated.group(1)).timestamp())
    root.chmod(0o755)
    for path, data in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        file.chmod(0o600 if path in SECRET else 0o755 if path.startswith(PROGRAMS) else 0o644)
    for entry in root.rglob("*"):
        if entry.is_dir():
            entry.chmod(0o755)
        os.utime(entry, (epoch, epoch))
    return epoch

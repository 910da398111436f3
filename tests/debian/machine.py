# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A Debian of its own, really booted: its files from debootstrap, systemd as its first process by systemd-nspawn. Only root can.

    with Machine(folder) as machine:
        machine.run("dpkg -i /root/daylog.deb")     # what it says; raises Failed
        machine.reboot()

What debootstrap made is kept, in `base`; a machine begins with that and writes to a layer of its own. There is no network in it.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

PROGRAMS = ("debootstrap", "systemd-nspawn", "nsenter", "apt-get")
INCLUDED = "python3,systemd,systemd-sysv,dbus,udev,ffmpeg"
STARTING_S, COMMAND_S, LOOK_S = 60, 120, 0.5


class Failed(Exception):
    """Something in the machine went otherwise than it should."""


def missing() -> list[str]:
    """What a machine wants and this computer has not."""
    return [name for name in PROGRAMS if shutil.which(name) is None] + (["root"] if os.geteuid() else [])


def mirror() -> tuple[str, str]:
    """Where this computer has its Debian from, and which it is. Raises Failed."""
    command = ["apt-get", "indextargets", "--format", "$(ORIGIN) $(REPO_URI) $(CODENAME)", "Identifier: Packages"]
    rows = [line.split() for line in subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()]
    found = [(row[1], row[2]) for row in rows if row[0] == "Debian" and "-" not in row[2]]
    if not found:
        raise Failed("apt has no Debian in its sources here")
    return found[0]


def base(folder: Path) -> Path:
    """The files of a small Debian; made once."""
    made = folder / "base"
    if not made.exists():
        unfinished = folder / "unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        uri, codename = mirror()
        subprocess.run(["debootstrap", "--variant=minbase", f"--include={INCLUDED}", codename, str(unfinished), uri], check=True)
        unfinished.rename(made)
    return made


def until(what: str, is_so: Callable[[], object], limit_s: float = STARTING_S) -> None:
    """Wait for something. Raises Failed."""
    deadline = time.monotonic() + limit_s
    while not is_so():
        if time.monotonic() > deadline:
            raise Failed(f"{what}: not within {limit_s:.0f} s")
        time.sleep(LOOK_S)


class Machine:
    """`root`: its files, as seen from here."""

    def __init__(self, folder: Path) -> None:
        folder = folder.resolve()
        folder.mkdir(parents=True, exist_ok=True)
        self._base, self._layer = base(folder), folder / "layer"
        self.root = self._layer / "root"
        self._log = folder / "machine.log"
        self._nspawn: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Machine":
        shutil.rmtree(self._layer, ignore_errors=True)
        for name in ("root", "upper", "work"):
            (self._layer / name).mkdir(parents=True)
        layers = f"lowerdir={self._base},upperdir={self._layer / 'upper'},workdir={self._layer / 'work'}"
        subprocess.run(["mount", "-t", "overlay", "overlay", "-o", layers, str(self.root)], check=True)
        self._boot()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._power_off()
        subprocess.run(["umount", str(self.root)], check=True)

    def reboot(self) -> None:
        self._power_off()
        self._boot()

    def run(self, command: str, given: str = "") -> str:
        """What a command of the shell says. Raises Failed if it fails."""
        done = subprocess.run(
            ["nsenter", "-t", str(self._first_process()), "-m", "-u", "-i", "-n", "-p", "sh", "-c", command],
            input=given, capture_output=True, text=True, timeout=COMMAND_S, cwd="/",
        )  # fmt: skip
        if done.returncode:
            raise Failed(f"{command}: {done.stdout}{done.stderr}")
        return done.stdout + done.stderr

    def _boot(self) -> None:
        options = ["--quiet", "--boot", "--private-network", "--register=no", "--keep-unit", "--console=pipe", "--machine=daylog-test"]
        with self._log.open("ab") as log:
            command = ["systemd-nspawn", *options, "-D", str(self.root)]
            self._nspawn = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        until("the machine is up", self._is_up)

    def _is_up(self) -> bool:
        try:
            return self.run("systemctl is-system-running || true").strip() == "running"
        except Failed:
            return False

    def _first_process(self) -> int:
        assert self._nspawn
        children = Path(f"/proc/{self._nspawn.pid}/task/{self._nspawn.pid}/children").read_text().split()
        if not children:
            raise Failed(f"the machine does not run; see {self._log}")
        return int(children[0])

    def _power_off(self) -> None:
        assert self._nspawn
        self._nspawn.send_signal(signal.SIGTERM)  # an orderly shutdown, says systemd-nspawn(1)
        try:
            self._nspawn.wait(COMMAND_S)
        finally:
            self._nspawn.kill()

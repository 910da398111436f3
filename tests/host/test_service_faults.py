# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What test_computer_faults.py does in virtual time, with real processes: the service, and an encoder that is killed, stopped and gone."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from host_tools.checks import CHECKS
from host_tools.footage import Footage
from sim.kills.judge import footage_of
from sim.kills.machine import Machine

PATIENCE_S = 30


class Service:
    def __init__(self, folder: Path) -> None:
        self.machine = Machine(folder, {"endpoint": "http://127.0.0.1:9", "region": "r", "bucket": "b", "prefix": "p"})
        self.child = self.machine.start(1)

    def hears(self, words: str) -> float:
        """Wait until the console has said it; returns how long that took."""
        began_s = time.monotonic()
        while words not in self.machine.console.read_text():
            assert time.monotonic() - began_s < PATIENCE_S and self.child.poll() is None, self.machine.console.read_text()
            time.sleep(0.01)
        return time.monotonic() - began_s

    def records(self) -> None:
        """Wait for some frames."""
        count = 0
        while count < 60:
            count += len(self.machine.produced())
            time.sleep(0.01)

    def signal_encoder(self, number: int) -> None:
        for stat in Path("/proc").glob("[0-9]*/stat"):
            pid, parent = int(stat.parent.name), int(stat.read_text().rpartition(")")[2].split()[1])
            if parent == self.child.pid:
                os.kill(pid, number)

    def end(self) -> Footage:
        """In order; what is there then."""
        self.child.terminate()
        self.child.communicate(timeout=PATIENCE_S)
        assert self.child.returncode == 0
        return footage_of(self.machine.disk)


def problems(footage: Footage) -> list[str]:
    return [problem for check in CHECKS for problem in check(footage)]


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = Service(tmp_path)
    yield service
    if service.child.poll() is None:
        os.killpg(service.child.pid, signal.SIGKILL)
    service.child.communicate()


def test_the_real_encoder_is_killed_and_hangs(service: Service):
    service.records()
    service.signal_encoder(signal.SIGKILL)
    service.hears("the camera has failed: python has ended with code -9")
    service.records()
    service.signal_encoder(signal.SIGSTOP)
    noticed_s = service.hears("has sent no frame for 2000 ms")
    service.records()
    footage = service.end()
    assert (problems(footage), [gap.cause for gap in footage.gaps], noticed_s < 4) == ([], ["camera", "camera"], True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system that can really be full."""
    card = tmp_path / "disk" / "card"
    card.mkdir(parents=True)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=80m", "none", str(card)], capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    yield card
    subprocess.run(["umount", "--lazy", str(card)], check=True)


def test_others_fill_the_real_disk_and_make_room_again(small_disk: Path, service: Service):
    service.records()
    with pytest.raises(OSError, match="No space"), open(small_disk / "others", "wb", buffering=0) as file:
        while True:
            file.write(bytes(1 << 16))
    service.hears("footage cannot be written: the card is full")
    (small_disk / "others").unlink()
    service.hears("recording: cleared")
    service.records()
    footage = service.end()
    assert (problems(footage), {gap.cause for gap in footage.gaps}) == ([], {"card_full"})

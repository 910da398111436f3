# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The Debian package from its installation to its purge, in a Debian with a real systemd: python -m tests.debian.run

Exit code: 0 all was as it should be, 1 something was not, 2 it cannot be tried on this computer.
"""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from firmware import VERSION
from host_tools import debian
from host_tools.clips import clip
from host_tools.verify import verify
from tests.debian.machine import Failed, Machine, missing, until

ROOM = Path("out/deb-test")
CARD, SETTINGS = "var/lib/daylog/card", "var/lib/daylog/settings.json"
NEXT_VERSION = f"{VERSION}+next"
HUNG_S = 60  # twice WatchdogSec
FILM = ["-re", "-stream_loop", "-1", "-i", "/srv/film", "-vf", "scale={width}:{height},fps={fps}"]
SMALL = {"width": 320, "height": 240, "fps": 15, "bitrate": 500_000}


class Story:
    """Each step says what was seen."""

    def __init__(self, machine: Machine) -> None:
        self._machine, self._run = machine, machine.run

    def install(self) -> None:
        self._dpkg(VERSION)
        expect("it records before a board is chosen", self._run("systemctl is-active daylog || true").strip(), "inactive")
        exposure = self._run("systemd-analyze security --no-pager daylog | tail -n 1").strip()
        unknown = [line for line in self._run("systemd-analyze verify --man=no daylog.service").splitlines() if "Unknown key" not in line]
        expect("systemd on the unit", unknown, [])
        say(f"installed; nothing is recorded before a board is chosen. {exposure}")

    def record(self) -> None:
        shutil.copy(clip(), self._machine.root / "srv/film")
        board = json.loads((self._machine.root / "usr/lib/daylog/boards/linux_desktop.json").read_text())
        encoder = board["encoders"]["webcam"]
        board["encoders"]["webcam"] = encoder[: encoder.index("-f")] + FILM + encoder[encoder.index("-an") :]
        board["profiles"]["webcam"].update(SMALL)
        self._run("cat > /etc/daylog/board.json", json.dumps(board))
        self._run("systemctl start daylog")
        status = self._recording(1)
        expect("user", self._run("stat -c %U /proc/$(systemctl show -P MainPID daylog)").strip(), "daylog")
        say(f"it records as the user daylog, {status['frames_seen']} frames so far")

    def configure(self) -> None:
        self._console("settings set target_hours 9")
        self._expect_settings()
        say("its settings are its own, mode 600")

    def restart(self) -> None:
        self._run("systemctl restart daylog")
        expect("cause of boot 2", self._recording(2)["reset"]["cause"], "soft")
        self._console("reboot")
        expect("cause of boot 3", self._recording(3)["reset"]["cause"], "soft")
        say("restarted by systemctl, and by its own exit code 75")

    def die(self) -> None:
        self._run("kill -9 $(systemctl show -P MainPID daylog)")
        expect("cause of boot 4", self._recording(4)["reset"]["cause"], "hard")
        self._run("kill -STOP $(systemctl show -P MainPID daylog)")
        self._recording(5, HUNG_S)
        expect("watchdog", "watchdog" in self._run("journalctl -u daylog --no-pager").lower(), True)
        say("killed, and hung until systemd's watchdog bit: it records on")

    def upgrade(self) -> None:
        self._dpkg(NEXT_VERSION)
        self._recording(6)
        self._expect_settings()
        say(f"upgraded to {NEXT_VERSION}: it records on, with its settings")

    def reboot(self) -> None:
        self._machine.reboot()
        expect("cause of boot 7", self._recording(7)["reset"]["cause"], "soft")
        say("it records after a restart of the machine")

    def remove(self) -> None:
        self._run("systemctl stop daylog")
        footage = self._footage()
        self._run("dpkg --remove daylog")
        expect("footage after the removal", self._footage(), footage)
        expect("settings after the removal", (self._machine.root / SETTINGS).exists(), True)
        self._run("dpkg --purge daylog")
        expect("footage after the purge", self._footage(), footage)
        expect("secrets after the purge", (self._machine.root / SETTINGS).exists(), False)
        expect("files after the purge", self._run("find /etc /usr /lib -path '*daylog*' 2>/dev/null || true").split(), [])
        say(f"removed and purged; {len(footage)} files of footage are as they were")

    def verify(self) -> None:
        report = verify(str(self._machine.root / CARD))
        causes = sorted({gap["cause"] for gap in report.gaps})
        expect("causes of gaps", causes, ["hard"])
        say(f"daylog verify: {report.verdict}, {report.frames} frames in {report.segments} segments, gaps: {', '.join(causes)}")

    def _dpkg(self, version: str) -> None:
        package = debian.build(ROOM, version)
        shutil.copy(package, self._machine.root / "root")
        self._run(f"dpkg --install /root/{package.name}")
        expect("version", self._run("dpkg-query -W -f '${Version}' daylog"), version)

    def _console(self, command: str) -> str:
        return self._run("daylog console --local", f"{command}\n")

    def _status(self) -> dict[str, Any]:
        try:
            rows = self._console("status --json").splitlines()
        except Failed:  # nobody is there yet
            return {}
        return next((json.loads(row) for row in rows if row.startswith("{")), {})

    def _recording(self, boot: int, limit_s: float = 30) -> dict[str, Any]:
        """Its status, once it records in that boot."""
        until(f"boot {boot} records", lambda: (status := self._status()).get("boot") == boot and status["frames_seen"] > 0, limit_s)
        return self._status()

    def _expect_settings(self) -> None:
        expect("mode and owner of the settings", self._run(f"stat -c '%a %U' /{SETTINGS}").strip(), "600 daylog")
        expect("settings", json.loads((self._machine.root / SETTINGS).read_text()), {"target_hours": 9})

    def _footage(self) -> dict[str, str]:
        card = self._machine.root / CARD
        files = [path for path in sorted(card.rglob("*")) if path.is_file()]
        return {str(path.relative_to(card)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


STEPS = (
    Story.install,
    Story.record,
    Story.configure,
    Story.restart,
    Story.die,
    Story.upgrade,
    Story.reboot,
    Story.remove,
    Story.verify,
)  # fmt: skip


def say(text: str) -> None:
    print(text, flush=True)


def expect(what: str, seen: object, wanted: object) -> None:
    if seen != wanted:
        raise Failed(f"{what}: {seen!r}, not {wanted!r}")


def main() -> int:
    lacking = missing()
    if lacking:
        print(f"it takes {', '.join(lacking)}", file=sys.stderr)
        return 2
    try:
        if shutil.which("lintian"):
            done = subprocess.run(["lintian", "--fail-on", "error,warning", str(debian.build(ROOM))], capture_output=True, text=True)
            expect("lintian", done.stdout, "")
            say("lintian has nothing to say")
        with Machine(ROOM) as machine:
            story = Story(machine)
            for step in STEPS:
                step(story)
    except Failed as failed:
        print(failed, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

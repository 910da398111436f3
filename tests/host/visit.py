# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A technician's visit to a recorder that is in trouble three times over, on the console of the simulated board, in virtual time.

Its card is full, for nothing could be stored: the key of its network was changed. When that is mended, the card fails and is replaced.

    python -m tests.host.visit       # renews the golden transcript, when what the console says was changed on purpose
"""

import re
import tempfile
from pathlib import Path

from host_tools import store
from host_tools.boards import load
from host_tools.demo import BOARD, clip
from sim import faults, runner
from sim.options import Options
from sim.world import KEY, SSID, recorder_store
from tests.host.synced_run import GOOD_CARD

GOLDEN = Path(__file__).with_name("golden") / "visit.txt"
TYPED = [
    (100, "status"),
    (104, "doctor"),
    (160, "wifi add home"),
    (162, "short"),  # it is not echoed
    (164, "wifi add home"),
    (166, KEY),
    (180, "wifi test"),
    (215, "status"),
    (232, "status"),
    (252, "status"),
    (256, "pause"),
    (262, "doctor"),
    (290, "resume"),
    (310, "status"),
]
FAULTS = ("full=14", "lie@221-236", "swap@238-246")
LEAVES_S = 315.0
_SETTINGS = {"wifi": [{"ssid": SSID, "key": "that of last year"}], "segment_ms": 10_000, "part_bytes": 5 << 20}
_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_STAMP = re.compile(r"^\[ *\d+\.\d{3}\]", re.MULTILINE)
_COUNTS = re.compile(r"^(?:frames|PASS +memory:) .*$", re.MULTILINE)


def console(out: Path, info: store.StoreInfo) -> str:
    """All that the console says, as it stands on the screen."""
    board = load(BOARD)
    board["sim"]["card"].update(GOOD_CARD)
    options = Options(
        board,
        clip(),
        LEAVES_S,
        out,
        profile="qvga20",
        settings=_SETTINGS,
        store=recorder_store(info.store_file),
        typed=[(float(at), text) for at, text in TYPED],
        faults=[faults.parse(text) for text in FAULTS],
    )
    runner.play(options, runner.prepare(options))
    return (out / "console.log").read_bytes().decode()


def transcript(said: str) -> str:
    """From the first command to the last answer. What is not told: the date, which is today's, for the store looks at it; when the store
    has answered; and the counts of frames and of free memory, which any change of the firmware moves."""
    rows = [row.rpartition("\r")[2].rstrip() for row in said.split("\r\n")]
    first = rows.index("daylog> status")
    visit = "\n".join(rows[first : rows.index("daylog> pause", rows.index("daylog> resume"))])
    visit = _COUNTS.sub(lambda row: re.sub(r"[\d.]+", "#", row[0]), visit)
    return _STAMP.sub("[  when  ]", _DATE.sub("(the date and time)", visit)) + "\n"


def main() -> None:
    with tempfile.TemporaryDirectory() as scratch:
        info = store.up(Path(scratch) / "store")
        try:
            GOLDEN.write_text(transcript(console(Path(scratch) / "run", info)))
        finally:
            store.down(info.folder)


if __name__ == "__main__":
    main()

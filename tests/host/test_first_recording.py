# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""From an erased board to verified film through one port: flash, provision, record, send, pull, export."""

import json
from pathlib import Path

import pytest

from host_tools import store
from host_tools.cli import main
from host_tools.verify import verify
from sim.options import find_board
from sim.world import KEY, SSID
from tests.host.sim_boards import SimBoard


@pytest.mark.parametrize("name", ["xiao_esp32s3_sense", "esp32_cam"])
def test_a_bare_board_becomes_a_recorder(tmp_path: Path, info: store.StoreInfo, monkeypatch: pytest.MonkeyPatch, name: str):
    monkeypatch.setenv("DAYLOG_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("DAYLOG_WIFI_KEYS", json.dumps({SSID: KEY}))
    film, pulled = tmp_path / "film.mp4", tmp_path / "pulled"
    with SimBoard(tmp_path, facts=find_board(name)) as board:
        at = ["--port", board.port]
        done = [main(["flash", "--board", name, *at, "--firmware", str(board.firmware(tmp_path))])]
        done += [main(["provision", *at, "--store", str(info.store_file), "--wifi", SSID, "--name", name[:16]])]
        done += [main(["pull", *at, "-o", str(pulled)])]
        board.hears("The board sleeps.", b"shutdown sync\r")
    done += [main(["export", str(tmp_path / "run" / "card.img"), "-o", str(film)])]
    report = verify(str(tmp_path / "run" / "card.img"), str(info.owner_file))
    assert (done, report.problems) == ([0, 0, 0, 0], [])
    assert [len(list(pulled.rglob("*.mcap"))), film.stat().st_size > 1000] == [1, True]
    assert report.verdict in ("lossless", "lossy") and report.frames > 10  # in real time a busy computer may cost a frame

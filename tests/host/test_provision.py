# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`daylog provision` with a simulated board and a real store: from a board without a name to footage in the store."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from host_tools import store
from host_tools.cli import main
from host_tools.console_line import ConsoleLine
from host_tools.provision import Network, Outcome, Wanted, provision
from host_tools.wifi_keys import VARIABLE, WifiKeys
from sim.world import KEY, SSID, recorder_store, store_settings
from tests.host.sim_boards import SimBoard
from tests.host.sim_recorders import recorder

Said = pytest.CaptureFixture[str]
WRONG = "not the key of it"


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimBoard]:
    with recorder(tmp_path_factory.mktemp("board")) as running:
        yield running


def made(board: SimBoard, info: store.StoreInfo, keys: WifiKeys, name: str = "kitchen") -> tuple[Outcome, list[str]]:
    """The outcome, and the steps in their order."""
    steps: list[str] = []
    wanted = Wanted(name, (Network(SSID, 1),), store_settings(recorder_store(info.store_file)))
    return provision(board.port, wanted, keys, lambda step, words: steps.append(f"{step}: {words}")), steps


def test_a_board_becomes_a_recorder_and_proves_it(board: SimBoard, info: store.StoreInfo, capfd: Said):
    """By way of a wrong key, which somebody corrects; no secret is on the screen of the console, nor in what it tells."""
    given = iter([WRONG, KEY])
    outcome, steps = made(board, info, WifiKeys({}, lambda ssid: next(given)))
    assert [outcome.passed, [step.split(":")[0] for step in steps]] == [
        True,
        ["name", "store", "networks", "restart", "link", "link", "camera", "upload"],
    ]
    assert [steps[4], steps[5].startswith(f"link: connected to {SSID}")] == [f"link: {SSID} refuses its key", True]
    secrets = [WRONG, KEY, recorder_store(info.store_file)["secret_key"]]
    with ConsoleLine(board.port) as console:
        told = [console.ask(command) for command in ("log 64", "settings export", "status", "wifi")]
    assert [secret for secret in secrets if secret in json.dumps([*told, steps, capfd.readouterr()])] == []
    assert list(store.listing(info.folder, f"{store.PREFIX}/kitchen/")) != []


def test_what_is_done_is_not_done_again(
    board: SimBoard, info: store.StoreInfo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Said
):
    monkeypatch.setenv(VARIABLE, json.dumps({SSID: KEY}))
    words = ["provision", "--port", board.port, "--store", str(info.store_file), "--wifi", f"{SSID}:1", "--name", "kitchen"]
    assert main([*words, "--labels", str(tmp_path / "labels.html"), "--json"]) == 0
    said = capsys.readouterr()
    outcome = json.loads(said.out)
    assert [outcome["passed"], [outcome["steps"][step] for step in ("name", "store", "networks")]] == [True, ["known already"] * 3]
    assert [KEY in said.out + said.err, "kitchen</figcaption>" in (tmp_path / "labels.html").read_text()] == [False, True]


def test_interrupted_it_goes_on(board: SimBoard, info: store.StoreInfo):
    wanted = Wanted("cellar", (Network(SSID, 2),), store_settings(recorder_store(info.store_file)))

    def interrupted(step: str, words: str) -> None:
        if step == "store":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        provision(board.port, wanted, WifiKeys({SSID: KEY}), interrupted)
    outcome = provision(board.port, wanted, WifiKeys({SSID: KEY}), lambda step, words: None)
    assert [outcome.passed, outcome.steps["name"], outcome.steps["networks"]] == [True, "known already", "set"]


def test_a_store_that_refuses(board: SimBoard, info: store.StoreInfo):
    """It is the recorder that says what is wrong with it."""
    wrong = store_settings(recorder_store(info.store_file)) | {"access_key": "nobody"}
    outcome = provision(board.port, Wanted("cellar", (Network(SSID, 2),), wrong), WifiKeys({}), lambda step, words: None)
    assert [outcome.passed, "does not reach the store" in outcome.problem, "key" in outcome.hint] == [False, True, True], outcome

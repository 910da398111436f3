# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Our uploader against `curl -T` of the same bytes to the same store, in turn: a board's, from a card image, over plain http, and a
computer's, from a folder, over http and TLS."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import IO, Any

from bench.sparse import sparse_file
from host_tools import store
from host_tools.boards import load
from host_tools.errors import DaylogError
from host_tools.sources import read_store_file
from sim.world import interpreter, store_settings

DEVICE = Path(__file__).resolve().parent / "upload_device.py"
COMPUTER = "pi_zero_2w"
SEGMENTS = 5
MIB = 1024 * 1024
CARD_BYTES = 4_096_000_000
SLICE_BYTES = 65536


def upload_ratios(folder: Path) -> dict[str, float]:
    """Median over segments of curl's time / our time. Raises DaylogError where there is no curl."""
    if not shutil.which("curl"):
        raise DaylogError("there is no curl to compare the uploader with", "install curl")
    info = store.up(folder / "store")
    try:
        computer = load(COMPUTER)["upload"]
        return {
            "upload_ratio": _measure(_board(folder / "board", info), info.http_endpoint, info),
            "computer_upload_ratio": _measure(_computer(folder / "http", info.http_endpoint, info, computer), info.http_endpoint, info),
            "computer_tls_upload_ratio": _measure(_computer(folder / "tls", info.endpoint, info, computer), info.endpoint, info),
        }
    finally:
        store.down(folder / "store")


def _measure(command: list[str], endpoint: str, info: store.StoreInfo) -> float:
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as device:
        assert device.stdin and device.stdout
        files = json.loads(_line(device.stdout))["files"]
        client = store.owner_client(info.folder)
        ratios = [_curl(client, info, endpoint, Path(file)) / _device(device.stdin, device.stdout) for file in files]
        device.stdin.close()
    return median(ratios)


def _board(folder: Path, info: store.StoreInfo) -> list[str]:
    """The command of a board's side: on MicroPython, with one part at a time."""
    folder.mkdir()
    sparse_file(folder / "upload.img", CARD_BYTES)
    upload = {"parts_at_once": 1, "buffer_bytes": SLICE_BYTES}
    more = {"image": str(folder / "upload.img"), "card": "/sd", "frames": 900, "part_bytes": 64 * MIB, "upload": upload}
    return [interpreter(), "-X", "heapsize=32M", str(DEVICE), _job(folder, info.http_endpoint, info, more)]


def _computer(folder: Path, endpoint: str, info: store.StoreInfo, upload: dict[str, Any]) -> list[str]:
    """A computer's side: a minute of 3 GB/h a segment, in parts as in the field."""
    (folder / "card").mkdir(parents=True)
    more = {"card": str(folder / "card"), "frames": 1500, "part_bytes": 8 * MIB, "upload": upload}
    return [sys.executable, "-u", str(DEVICE), _job(folder, endpoint, info, more)]


def _job(folder: Path, endpoint: str, info: store.StoreInfo, more: dict[str, Any]) -> str:
    settings = {**store_settings(read_store_file(info.store_file)), "endpoint": endpoint, "prefix": f"{store.PREFIX}/{folder.name}"}
    path = folder / "job.json"
    job = {"store": settings, "folder": str(folder), "unix_ms": int(time.time() * 1000), "segments": SEGMENTS}
    path.write_text(json.dumps({**job, **more}))
    return str(path)


def _line(stream: IO[str]) -> str:
    line = stream.readline()
    if not line:
        raise DaylogError("bench/upload_device.py ended early", "run it by hand to see why")
    return line


def _device(stdin: IO[str], stdout: IO[str]) -> float:
    stdin.write("\n")
    stdin.flush()
    answer = json.loads(_line(stdout))
    if "trying again" in answer["state"]:
        raise DaylogError(f"the upload failed: {answer['state']}")
    return answer["s"]


def _curl(client: Any, info: store.StoreInfo, endpoint: str, file: Path) -> float:
    """Seconds that curl needs, its start-up not counted."""
    target = {"Bucket": client.list_buckets()["Buckets"][0]["Name"], "Key": f"curl/{file.name}"}
    url = client.generate_presigned_url("put_object", target).replace(str(client.meta.endpoint_url), endpoint)
    command = [
        "curl",
        "-sS",
        "-f",
        "-H",
        "Expect:",
        "--cacert",
        str(info.folder / "ca.pem"),
        "-o",
        "/dev/null",
        "-w",
        "%{time_total}",
        "-T",
        str(file),
        url,
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise DaylogError("curl failed", done.stderr.strip())
    return float(done.stdout)

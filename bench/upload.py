# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Our uploader, from the card image, against `curl -T` of the same bytes to the same store: plain http, in turn."""

import json
import shutil
import subprocess
import time
from pathlib import Path
from statistics import median
from typing import IO, Any

from bench.sparse import sparse_file
from host_tools import store
from host_tools.errors import DaylogError
from host_tools.sources import read_store_file
from sim.world import interpreter

HERE = Path(__file__).resolve().parent
SEGMENTS, FRAMES = 5, 900
PART_BYTES = 64 * 1024 * 1024
CARD_BYTES = 4_096_000_000
SLICE_BYTES = 65536


def upload_ratio(folder: Path) -> float:
    """Median over segments of curl's time / our time. Raises DaylogError where there is no curl."""
    if not shutil.which("curl"):
        raise DaylogError("there is no curl to compare the uploader with", "install curl")
    info = store.up(folder / "store")
    try:
        return _measure(folder, info)
    finally:
        store.down(folder / "store")


def _measure(folder: Path, info: store.StoreInfo) -> float:
    job = _job(folder, info)
    command = [interpreter(), "-X", "heapsize=32M", str(HERE / "upload_device.py"), str(job)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as device:
        assert device.stdin and device.stdout
        files = json.loads(_line(device.stdout))["files"]
        client = store.owner_client(folder / "store")
        ratios = [_curl(client, info, Path(file)) / _device(device.stdin, device.stdout) for file in files]
        device.stdin.close()
    return median(ratios)


def _job(folder: Path, info: store.StoreInfo) -> Path:
    settings = {key: value for key, value in read_store_file(info.store_file).items() if key != "ca_file"}
    settings["endpoint"] = info.http_endpoint
    sparse_file(folder / "upload.img", CARD_BYTES)
    path = folder / "job.json"
    job = {"store": settings, "image": str(folder / "upload.img"), "folder": str(folder), "unix_ms": int(time.time() * 1000)}
    sizes = {"segments": SEGMENTS, "frames": FRAMES, "part_bytes": PART_BYTES, "slice_bytes": SLICE_BYTES}
    path.write_text(json.dumps({**job, **sizes}))
    return path


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


def _curl(client: Any, info: store.StoreInfo, file: Path) -> float:
    """Seconds that curl needs, its start-up not counted."""
    target = {"Bucket": client.list_buckets()["Buckets"][0]["Name"], "Key": f"curl/{file.name}"}
    url = client.generate_presigned_url("put_object", target).replace(str(client.meta.endpoint_url), info.http_endpoint)
    command = ["curl", "-sS", "-f", "-H", "Expect:", "-o", "/dev/null", "-w", "%{time_total}", "-T", str(file), url]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise DaylogError("curl failed", done.stderr.strip())
    return float(done.stdout)

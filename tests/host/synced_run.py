# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""A run of the simulated board with a store, and what is to be found afterwards."""

import hashlib
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from foxglove_schemas_protobuf.CompressedImage_pb2 import CompressedImage
from mcap.reader import make_reader

from host_tools import store
from host_tools.boards import load
from host_tools.commands.sim import run
from host_tools.demo import clip
from host_tools.sources import open_source
from sim.options import Options
from sim.result import Result
from sim.world import recorder_store

NUMBERS = re.compile(r"[-/](\d+)-(\d+)-[0-9a-f]{16}\.mcap$")
Upload = dict[str, int]  # what a computer's board.toml says of it
ONE_BY_ONE: Upload = {}
# A card that costs no frames, so that a frame lost is the store's doing.
GOOD_CARD = {"write_kbps_internal": 2000, "write_kbps_psram": 2000, "spike_every_ms": 10**9}


class Run:
    """One run of the board, and what is to be found afterwards, on the card and in the store."""

    def __init__(
        self,
        info: store.StoreInfo,
        out: Path,
        seed: int,
        change: dict[str, Any] | None = None,
        upload: Upload = ONE_BY_ONE,
        **options: Any,
    ) -> None:
        settings = {**recorder_store(info.store_file), **(change or {})}
        self.info, self.out, self.seed = info, out, seed
        board = load("xiao_esp32s3_sense")
        board["sim"]["card"].update(GOOD_CARD)
        board["upload"] = upload
        self.result: Result
        self.result, self.problems = run(Options(board, clip(), out=out, store=settings, seed=seed, **options))
        self.console = (out / "console.log").read_text(errors="replace")

    def recorded(self) -> list[str]:
        """SHA-256 of what the camera produced and the card kept, in the order of production."""
        rows = [json.loads(line) for line in (self.out / "truth.jsonl").read_text().splitlines()]
        return [row["sha256"] for row in rows if row["fate"] == "recorded"]

    def on_card(self) -> list[bytes]:
        with open_source(self.out / "card.img") as source:
            return [file.open().read() for file in sorted(source.segments, key=lambda file: file.path)]

    def in_store(self) -> list[bytes]:
        return in_store(self.info, self.seed)

    def assert_all_stored(self) -> None:
        """Everything recorded is in the store, byte by byte, and nothing waits."""
        segments, objects = self.result.segments, self.in_store()
        assert (self.result.ok, self.problems, segments["pending"]) == (True, [], 0), self.console
        assert segments["stored"] == segments["closed"] == len(objects)
        assert objects == self.on_card()
        assert uploads_begun(self.info, self.seed) == [], "parts were left behind"
        assert [digest for data in objects for digest in frames(data)] == self.recorded()

    def status(self) -> dict[str, Any]:
        """What `status --json` answered last."""
        return next(json.loads(line) for line in reversed(self.console.splitlines()) if line.startswith('{"') and '"problems"' in line)


def in_store(info: store.StoreInfo, seed: int) -> list[bytes]:
    """The segments, in the order in which they were recorded."""
    rows = store.listing(info.folder, f"{store.PREFIX}/sim-{seed}/")
    keys = [row.key for row in rows if NUMBERS.search(row.key)]  # doctor writes one that is none
    client = store.owner_client(info.folder)
    return [client.get_object(Bucket=store.BUCKET, Key=key)["Body"].read() for key in sorted(keys, key=numbers)]


def uploads_begun(info: store.StoreInfo, seed: int) -> list[Any]:
    """Those in parts that nobody has completed."""
    mine = {"Bucket": store.BUCKET, "Prefix": f"{store.PREFIX}/sim-{seed}/"}
    return store.owner_client(info.folder).list_multipart_uploads(**mine).get("Uploads", [])


def numbers(key: str) -> tuple[int, int]:
    found = NUMBERS.search(key)
    assert found, key
    return int(found[1]), int(found[2])


def frames(segment: bytes) -> Iterator[str]:
    """SHA-256 of each frame, read with the official reader."""
    for _, _, message in make_reader(io.BytesIO(segment), validate_crcs=True).iter_messages(topics=["/camera"]):
        image = CompressedImage()
        image.ParseFromString(message.data)
        yield hashlib.sha256(image.data).hexdigest()

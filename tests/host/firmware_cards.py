# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Cards that the firmware itself wrote: its segment store, its journal, its recovery, in a folder."""

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace

from recordings import IDS, PERIOD_MS, Row, jpeg

from firmware import channels
from firmware.chunk import ChunkBuffer
from firmware.recovery import recover_open_segments
from firmware.segments import SegmentStore

DEVICE = "daylog-1a2b3c"
_LIMIT = 64 << 20


class Card:
    """A card in a folder, written by one boot after the other."""

    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True)
        self.root = root
        self.store = SegmentStore(str(root))
        self.store.free_bytes = lambda: 1 << 30
        self.store.load()

    def about(self, offset_ms: int) -> list[tuple[str, str]]:
        base = [("time_base", "utc"), ("utc_offset_ms", str(offset_ms))] if offset_ms else [("time_base", "uptime"), ("utc_offset_ms", "0")]
        own = [("format", "1"), ("device", DEVICE), ("boot", str(self.store.boot)), ("fps", str(1000 // PERIOD_MS))]
        return own + base + [("commit_interval_ms", "2000")]

    def record(self, rows: Sequence[Row], offset_ms: int = 0, closed: bool = True) -> int:
        """One segment with a chunk for every five rows; returns its number."""
        writer = self.store.open_next(self.about(offset_ms), _LIMIT)
        chunk = ChunkBuffer(1 << 17, DEVICE.encode())
        for start in range(0, len(rows), 5):
            chunk.begin(self.store.boot, offset_ms)
            for topic, sequence, uptime_ms, data in rows[start : start + 5]:
                if IDS[topic] == channels.CAMERA:
                    chunk.add_frame(jpeg(self.store.boot * 1000 + sequence), sequence, uptime_ms)
                else:
                    chunk.add_json(IDS[topic], uptime_ms, data)
            writer.put(chunk)
            while writer.step():
                pass
            writer.commit()
        if closed:
            self.store.closed(writer.number, writer.close(), offset_ms)
        else:
            writer.abandon()
        return writer.number

    def cut_power(self) -> list[dict]:
        """End this boot without closing anything; the next one recovers, and returns the gaps it has to note."""
        self.store.close()
        self.store = SegmentStore(str(self.root))
        self.store.free_bytes = lambda: 1 << 30
        self.store.load()
        return [gap for _, _, gap in recover_open_segments(self.store, "power_on", DEVICE.encode()) if gap]

    def mark_stored(self, number: int) -> None:
        self.store.mark_stored(SimpleNamespace(boot=self.store.boot, segment=number), "etag")

    def reclaim(self) -> None:
        """Remove what is stored, as a full card would."""
        self.store.free_bytes = lambda: 0
        self.store.make_room(1)
        self.store.free_bytes = lambda: 1 << 30

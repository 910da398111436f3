# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Firmware that cheats, as lines that are run before it: what judges a recorder must find it out."""

_NO_COMPARING = """
from firmware.uploader import Uploader
start = Uploader.__init__
def hasty(self, storage, *rest, **more):
    start(self, storage, *rest, **more)
    async def run():
        from firmware.compat import sleep_ms
        while True:
            await sleep_ms(%d)
            info = storage.store and storage.store.next_pending()
            if info: storage.store.mark_stored(info, "etag")
    self.run = run
Uploader.__init__ = hasty
"""


def no_comparing(every_ms: int) -> str:
    """Counts as stored, so often, what was never sent."""
    return _NO_COMPARING % every_ms

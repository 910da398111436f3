# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What is recorded beside the camera's pictures: sound, and other streams of pictures.

    beside = Beside(board.microphone, sources, roll, notes, keeper, health)
    beside.use(profile, is_heard=True)   # only with no segment open
    beside.take(now_ms, is_over)         # often
    roll.begin_end(now_ms, beside.cut())

It goes on while the camera is away, and costs it nothing.
"""

from firmware import channels
from firmware.sound import Sound


class Beside:
    """`sources`: by name, what gives each of the streams that profiles want, and the profile that it is opened with."""

    def __init__(self, microphone, sources, roll, notes, keeper, health):
        self.sound = Sound(microphone, roll, keeper, health)
        self.tracks = []  # of the profile in use
        self._all = _tracks(sources, roll, notes, keeper, health) if sources else {}

    def use(self, profile, is_heard):
        self.sound.use(is_heard)
        self.tracks = [self._all[name] for name in profile.get("beside", ())]
        for at in range(len(self.tracks)):
            self.tracks[at].use(channels.FIRST_BESIDE + at)

    def is_any(self):
        return self.sound.rate_hz > 0 or len(self.tracks) > 0

    def seen(self):
        """Frames of each stream since boot, by its name."""
        return {track.name: track.sequence for track in self.tracks}

    def take(self, now_ms, is_over):
        """Put what waits into the filling chunk; with `is_over` a keyframe waits for the next segment. Raises OSError of the card only."""
        self.sound.take(now_ms)
        for track in self.tracks:
            track.take(now_ms, is_over)

    def is_ready(self):
        """Whether the next segment can begin without a loss."""
        return all([track.is_ready() for track in self.tracks])

    def cut(self):
        """What comes next goes into another segment; returns for how long it has waited (ms)."""
        held_ms = 0
        for track in self.tracks:
            held_ms = max(held_ms, track.held_ms())
            track.cut()
        return held_ms

    def stop(self, now_ms):
        """Put what waits into the filling chunk, and let go of all sources. Raises OSError of the card only."""
        self.sound.stop()
        for track in self.tracks:
            track.stop(now_ms)

    def forget(self, cause, now_ms):
        """The same, but the card has failed, or something else did."""
        self.sound.forget()
        for track in self.tracks:
            track.forget(cause, now_ms)


def _tracks(sources, *parts):
    from firmware.track import Track  # most boards have none

    return {name: Track(name, *sources[name], *parts) for name in sources}

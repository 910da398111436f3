# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
# As much of the rp2 port's module as hal/rp2 uses (MicroPython 1.29, ports/rp2).

from collections.abc import Callable
from typing import Any

from machine import Pin

class PIO:
    SHIFT_LEFT: int
    SHIFT_RIGHT: int
    JOIN_NONE: int
    JOIN_TX: int
    JOIN_RX: int

class StateMachine:
    def __init__(self, id: int, program: Any, freq: int = -1, *, in_base: Pin | None = None) -> None: ...
    def active(self, value: int = ..., /) -> bool: ...
    def restart(self) -> None: ...

class DMA:
    count: int
    def pack_ctrl(
        self, *, size: int = 2, inc_read: bool = True, inc_write: bool = True, treq_sel: int = 0x3F
    ) -> int: ...
    def config(
        self, *, read: Any = ..., write: Any = ..., count: int = ..., ctrl: int = ..., trigger: bool = False
    ) -> None: ...
    def active(self, value: int = ..., /) -> bool: ...
    def close(self) -> None: ...

def asm_pio(*, in_shiftdir: int = ..., autopush: bool = False, push_thresh: int = 32, fifo_join: int = ...) -> Callable[[Callable[[], None]], Any]: ...

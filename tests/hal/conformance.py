# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Proof that each port meets hal/contract.pyi: nothing runs here, `make lint` lets pyright read it.

A port is added with one function like the one below.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hal import contract, esp32, rp2

    def esp32_meets_the_contract() -> contract.Board:
        return esp32.open_board({})

    def rp2_meets_the_contract() -> contract.Board:
        return rp2.open_board({})

    def linux_meets_the_contract() -> contract.Board:
        from hal.linux.board import Board

        return Board({})

# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Flashing: what goes where in a board's flash, and the programs that put it there."""

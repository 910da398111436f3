# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Kills the real service of a computer at random moments, each time on a disk that loses what was not synced."""

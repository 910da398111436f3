# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Chips at register level, as their drivers see them over the bus.

Each is given its `source`: an object with battery_mv, percent, current_ma (into the battery) and external_mv at this moment.
"""

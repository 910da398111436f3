# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""The vendor modules of the rp2 port, and what hangs on the pins of such a board."""

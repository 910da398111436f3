# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""What lies below hal/linux: programs, the system's files, a disk that can lose power, and the clock. See boot.py."""

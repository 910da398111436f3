# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""`python -m host_tools` is `daylog`."""

import sys

from host_tools.cli import main

sys.exit(main())

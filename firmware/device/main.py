# SPDX-FileCopyrightText: 2026 The Daylog authors
# SPDX-License-Identifier: MIT
"""Power on means record. What cannot be started says so and tries again: a recorder is never dead in silence."""

import gc
import sys
import time

AGAIN_S = 60
LOADING_BYTES = 16384  # of garbage at most lie between what stays: a chunk wants a large hole in what may be a small heap

try:
    try:
        gc.threshold(LOADING_BYTES)
        from firmware.app import main

        gc.threshold(-1)
        main()
    except Exception as error:  # noqa: BLE001  there is nobody above who could do better
        sys.print_exception(error)
        print("\nThe recorder cannot start. Flash its firmware again; if that does not help, report the lines above.")
        print("It tries again in %d s. Ctrl-C leads to the Python prompt." % AGAIN_S)
        time.sleep(AGAIN_S)
        sys.exit()  # a soft reset
except KeyboardInterrupt:
    pass
print("\nThis is the Python prompt, and NOTHING IS RECORDED. Ctrl-D starts the recorder.")

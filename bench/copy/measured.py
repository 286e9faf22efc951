"""Runs a command and tells, as a line of JSON after all that it printed, what it took: `measured.py COMMAND [ARGUMENT...]`."""

import json
import os
import subprocess
import sys
import time

start = time.monotonic()
child = subprocess.Popen(sys.argv[1:])
_, status, usage = os.wait4(child.pid, 0)
seconds = time.monotonic() - start
# Linux counts in KiB, macOS in bytes.
unit = 1 if sys.platform == "darwin" else 1024
print(
    json.dumps(
        {
            "code": os.waitstatus_to_exitcode(status),
            "seconds": seconds,
            "cpuSeconds": usage.ru_utime + usage.ru_stime,
            "peakRss": usage.ru_maxrss * unit,
        }
    )
)

"""A lock that dies with its holder, which a file with a process id in it does not (and Node has no flock).

lock.py run FILE COMMAND...   waits for the lock, runs the command, exits as it did
lock.py hold FILE             takes the lock or says "busy"; says "held" and keeps it until its standard input ends
"""

import fcntl
import os
import subprocess
import sys


def main() -> int:
    mode, path, command = sys.argv[1], sys.argv[2], sys.argv[3:]
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    with open(path, "a") as file:
        if mode == "run":
            fcntl.flock(file, fcntl.LOCK_EX)
            return subprocess.call(command)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("busy", flush=True)
            return 1
        print("held", flush=True)
        sys.stdin.read()
        return 0


sys.exit(main())

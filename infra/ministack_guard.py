"""MiniStack, for as long as whoever started it holds this program's standard input open.

Runs in MiniStack's own environment. However its parent ends, even by SIGKILL, the pipe closes: MiniStack then saves its
state and ends too, so that it is never left behind.
"""

import os
import runpy
import signal
import sys
import threading


def _end_with_parent() -> None:
    while os.read(0, 1):  # unbuffered: a thread blocked in a buffered read would upset the interpreter's end
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=_end_with_parent, daemon=True).start()
    sys.argv = ["ministack"]
    runpy.run_module("ministack", run_name="__main__")

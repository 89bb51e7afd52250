"""What a person at the terminal gets: progress on standard error, and a sentence instead of a traceback.

Standard output is for results alone, so that it can be piped.
"""

import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

ERRORS = Path(__file__).parent.parent / ".local" / "error.log"


class StopError(Exception):
    """The program can't go on; its sentence says why and what to do. `status` is what the program ends with."""

    def __init__(self, sentence: str, status: int = 1) -> None:
        super().__init__(sentence)
        self.status = status


def say(text: str = "") -> None:
    print(text, file=sys.stderr, flush=True)


def ended(main: Callable[[], int]) -> int:
    """The exit status of a program whose every failure is told in a sentence."""
    try:
        return main()
    except StopError as stop:
        say(f"\n{stop}")
        return stop.status
    except BrokenPipeError:  # `| head` has read enough; nothing may be written at the interpreter's end either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except KeyboardInterrupt:
        say("\nStopped.")
        return 130
    except Exception as error:  # noqa: BLE001 - whatever nobody foresaw: told in a sentence, kept in full
        ERRORS.parent.mkdir(parents=True, exist_ok=True)
        ERRORS.write_text(traceback.format_exc())
        say(f"\nThis should not have happened: {type(error).__name__}. {ERRORS} has the details; then try again.")
        return 1

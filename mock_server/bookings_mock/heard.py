"""What the commands say, to whoever still hears it: `bookings-mock | head -1` has heard enough."""

import os
import sys


def say(text: str) -> None:
    """Print this, or nothing once nobody reads what is printed."""
    try:
        print(text, flush=True)
    except BrokenPipeError:
        _hush()


def have_said() -> None:
    """See off what others have printed, which Python would complain of at the very end."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _hush()


def _hush() -> None:
    # What was not heard is tried once more at the end: then it goes nowhere.
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)

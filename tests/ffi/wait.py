"""Waiting for something to be so, with an end."""

import time

# For something that takes moments, on a machine that is busy.
LIMIT_S = 60


def until(what, look):
    """What `look` gives, once it gives something."""
    end = time.monotonic() + LIMIT_S
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"waited in vain: {what}")
        time.sleep(0.02)

"""The garbage collector kept out of the way while a large roster is made: it would walk all of it again and again."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Switch the cyclic collector off for a while, and back on if it was on; the values made here have no cycles.

    They are set aside for good, so that no later collection walks them either; they go when nothing refers to them.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.freeze()
            gc.enable()

"""Processes of our own for work that runs side by side, one thread each; they end with whoever asked."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import active_children, get_context


@contextmanager
def processes(count: int) -> Iterator[ProcessPoolExecutor]:
    """``count`` of them; what still runs when the block is left is ended."""
    others = set(active_children())
    pool = ProcessPoolExecutor(count, mp_context=get_context("spawn"), initializer=_alone)
    try:
        yield pool
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in set(active_children()) - others:  # an interpreter that exits would wait for them
            process.terminate()


def _alone() -> None:
    """In a process of its own: one thread, and Ctrl-C is for the one who asked."""
    from nnlab.engine.device import set_threads

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    set_threads(1)

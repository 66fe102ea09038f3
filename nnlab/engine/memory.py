"""How much memory there is, and a refusal in one sentence before more than that is asked for.

Allocating absurd sizes does not fail on its own: Linux promises memory it does not have and kills the
process later.  A GPU does refuse, but what it says helps nobody; see :func:`allocating`.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from nnlab.errors import NnlabError
from nnlab.i18n import _

_UNLIMITED = 1 << 60
"""Control groups write their “no limit” as a number near 2⁶³."""


def available_bytes() -> int | None:
    """Memory this process may still take: the tightest of what the machine, its control group and its
    limits leave; None where the system does not say."""
    return min(_limits(), default=None)


def device_bytes(xp: Any) -> int | None:
    """Memory that is free on the device of ``xp``, with what its pool keeps at hand; None where it does not
    say."""
    try:
        free, _whole = xp.cuda.runtime.memGetInfo()
        return int(free) + int(xp.get_default_memory_pool().free_bytes())
    except AttributeError:
        return None


def require(needed: int, what: str, remedy: str = "", xp: Any = np) -> None:
    """Raises NnlabError where ``needed`` bytes for ``what`` are more than there are where ``xp`` computes."""
    free = available_bytes() if xp is np else device_bytes(xp)
    if free is None or needed <= free:
        return
    sizes = {"needed": size_text(needed), "free": size_text(free)}
    if xp is not np:
        raise NnlabError(
            _(
                "{what} need {needed} of GPU memory, but only {free} are free; make the batch or the "
                "network smaller, or compute with --device cpu",
                what=what,
                **sizes,
            )
        )
    raise NnlabError(
        _(
            "{what} need {needed} of memory, but only {free} are available; {remedy}",
            what=what,
            remedy=remedy or _("make the network or the batch smaller"),
            **sizes,
        )
    )


ITERATOR = 1024
"""Numbers that an iterator of NumPy holds for an operand that it repeats or converts: 8,192 of them, NumPy's
own choice, are no faster, and it allocates them anew for every call (measured)."""


@contextmanager
def frugal() -> Iterator[None]:
    """Arithmetic that says nothing of overflow, and for which NumPy takes a few kilobytes at a time."""
    with np.errstate(all="ignore"):
        np.setbufsize(ITERATOR)
        yield  # what was set is put back with the rest


@contextmanager
def allocating(xp: Any) -> Iterator[None]:
    """Raises NnlabError with the bytes asked and free where the device of ``xp`` refuses memory inside.

    CuPy says how many bytes it asked for in the text of its error alone.
    """
    try:
        yield
    except MemoryError as error:
        asked = re.search(r"([\d,]+) bytes", str(error))
        free = device_bytes(xp)
        if xp is np or asked is None or free is None:
            raise
        raise NnlabError(
            _(
                "the GPU is out of memory: {asked} were asked for and {free} are free; make the batch or the "
                "network smaller, or compute with --device cpu",
                asked=size_text(int(asked[1].replace(",", ""))),
                free=size_text(free),
            )
        ) from error


def size_text(count: int) -> str:
    """``1.5 GB``: bytes in the unit that leaves one to three digits before the point."""
    size, units = float(count), ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
    while size >= 1000 and len(units) > 1:
        size, units = size / 1000, units[1:]
    return f"{size:,.3g} {units[0]}" if size < 1000 else f"{size:,.0f} {units[0]}"


def _limits() -> Iterator[int]:
    if sys.platform == "win32":
        yield from _windows()
        return
    meminfo = _numbers(Path("/proc/meminfo"))
    if "MemAvailable:" in meminfo:
        yield meminfo["MemAvailable:"] * 1024
    elif "SC_AVPHYS_PAGES" in os.sysconf_names:
        yield os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    elif "SC_PHYS_PAGES" in os.sysconf_names:  # macOS counts only what is built in
        yield os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    yield from _control_group(Path("/sys/fs/cgroup"))
    yield from _address_space()


def _control_group(root: Path) -> Iterator[int]:
    """What the limit of a container leaves (version 2, then version 1)."""
    for limit, used in (
        (root / "memory.max", root / "memory.current"),
        (root / "memory/memory.limit_in_bytes", root / "memory/memory.usage_in_bytes"),
    ):
        try:
            top, now = int(limit.read_text()), int(used.read_text())
        except (OSError, ValueError):  # no such group, or the word “max”
            continue
        if top < _UNLIMITED:
            # Cached files count as used but are given back when needed.
            statistics = _numbers(limit.with_name("memory.stat"))
            yield max(0, top - now + statistics.get("inactive_file", 0))


def _address_space() -> Iterator[int]:
    """What ``ulimit -v`` leaves."""
    try:
        import resource

        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except (ImportError, OSError, ValueError):
        return
    if limit != resource.RLIM_INFINITY:
        yield max(0, limit - pages * os.sysconf("SC_PAGE_SIZE"))


def _windows() -> Iterator[int]:
    import ctypes

    names = ("total", "free", "page_total", "page_free", "virtual", "virtual_free", "extended")

    class Status(ctypes.Structure):  # MEMORYSTATUSEX
        _fields_ = [
            ("length", ctypes.c_uint32),
            ("load", ctypes.c_uint32),
            *((name, ctypes.c_uint64) for name in names),
        ]

    status = Status(length=ctypes.sizeof(Status))
    library = getattr(ctypes, "windll", None)
    if library is not None and library.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
        yield int(status.free)


def _numbers(path: Path) -> dict[str, int]:
    """First word → second, of the lines of a file of the kernel; empty where there is none."""
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return {}
    words = [line.split() for line in lines]
    return {w[0]: int(w[1]) for w in words if len(w) > 1 and w[1].isdigit()}

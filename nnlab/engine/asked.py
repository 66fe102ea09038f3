"""Arrays that a pass leaves out, because no other number depends on them: they are made when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from threading import RLock
from typing import Any, Generic, TypeVar

Array = Any
Key = TypeVar("Key")


class Made:
    """What was made since the last pass; every pass clears it when it is done.

    Two readers may ask at once, so one of them waits.  Who asks while a pass is running gets a mixture, as of
    every array, and disturbs nobody.
    """

    def __init__(self) -> None:
        self.keys: set[object] = set()
        self.lock = RLock()


class Asked(Mapping[Key, Array], Generic[Key]):
    """``arrays`` by name; one that the last pass left out is filled when it is read for the first time."""

    def __init__(self, arrays: dict[Key, Array], made: Made):
        self.arrays, self.made = arrays, made
        self.late: dict[Key, list[Callable[[], object]]] = {}

    def leave_out(self, key: Key, calls: Iterable[Callable[[], object]]) -> None:
        """``calls`` fill the array, or a part of it, from what the pass has made."""
        self.late.setdefault(key, []).extend(calls)

    def __getitem__(self, key: Key) -> Array:
        if key in self.late:
            self._make(key)
        return self.arrays[key]

    def _make(self, key: Key) -> None:
        mine = id(self), key
        with self.made.lock:
            if mine not in self.made.keys:
                for call in self.late[key]:
                    call()
                self.made.keys.add(mine)

    def __contains__(self, key: object) -> bool:
        return key in self.arrays

    def __iter__(self) -> Iterator[Key]:
        return iter(self.arrays)

    def __len__(self) -> int:
        return len(self.arrays)

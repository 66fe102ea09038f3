"""What could stand next where a number is named: parameters, what the tape computes, parts of those."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.session.layer_offers import MOST, Offer

if TYPE_CHECKING:
    from nnlab.session.session import Session


def parameter_addresses(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    if session.network is None:
        return
    graph = session.network.graph
    for value in graph.parameters:
        yield from _elements(value.name, tuple(int(n) for n in value.shape), word)


def landscape_axes(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    if len(before) == 1:
        yield "auto", _("all parameters where there are one or two")
    yield from parameter_addresses(session, before, word)


def addresses(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    """Parameters, then what the tape computes, then parts behind a closed bracket."""
    if word.endswith(("]", "].")) or "]." in word:
        head = word[: word.index("]") + 1]
        for part in ("grad", "used", "step", "new"):
            yield f"{head}.{part}", ""
        return
    yield from parameter_addresses(session, before, word)
    run = session.run
    if run is None:
        return
    seen: set[str] = set()
    for event in run.tape.events:
        for name in (*event.reads, *event.writes):
            base = str(name).split("[", 1)[0]
            if base not in seen and base.lower().startswith(word.split("[", 1)[0].lower()):
                seen.add(base)
                try:
                    sizes = run.array(base).shape
                except NnlabError:
                    continue
                yield from _elements(base, sizes, word)


def _elements(name: str, sizes: tuple[int, ...], word: str) -> Iterator[Offer]:
    """The first element of a value; once its bracket is open, the elements that fit what is written."""
    shape = "×".join(map(str, sizes))
    if not sizes:
        yield name, ""
    elif not word.startswith(f"{name}["):
        yield f"{name}[{','.join('0' for _size in sizes)}]", shape
    else:
        fixed = word[len(name) + 1 :].split(",")[:-1]
        axis = len(fixed)
        if axis < len(sizes) and all(f.isdigit() for f in fixed):
            rest = ",0" * (len(sizes) - axis - 1)
            for i in range(min(sizes[axis], MOST)):
                yield f"{name}[{''.join(f + ',' for f in fixed)}{i}{rest}]", shape

"""The shape of an array as an answer: ``(32, 10)``, ``32x10`` or ``32 10``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.lesson.bench import Bench
from nnlab.lesson.tasks import Attempt, Context, Judgement, right, wrong
from nnlab.width import cut

Axes = tuple[int, ...]
ShapeProbe = str | Sequence[int] | Callable[[Any], Sequence[int]]
"""A tensor's name (``dense1.W``, ``conv1.z.grad``), the shape itself, or a function of the session."""

_FULL_WIDTH = str.maketrans("０１２３４５６７８９（），、×＊［］", "0123456789(),,x*[]")
_AXIS = r"\d{1,9}"
_SHAPE = re.compile(rf"[(\[]?\s*{_AXIS}(?:\s*[,x*]\s*{_AXIS}|\s+{_AXIS})*\s*,?\s*[)\]]?", re.IGNORECASE)


def parse_shape(text: str) -> Axes:
    """The axes in ``(32, 10)``, ``[32, 10]``, ``32x10``, ``32×10``, ``32 10``; ``()`` is a single number."""
    plain = text.strip().translate(_FULL_WIDTH).replace("×", "x")
    if plain in ("()", "[]"):
        return ()
    if not _SHAPE.fullmatch(plain):
        raise NnlabError(
            _("'{text}' is not a shape; type its axes, such as (7, 3) or 7x3", text=cut(text.strip(), 60))
        )
    return tuple(map(int, re.findall(r"\d+", plain)))


def written_shape(axes: Sequence[int]) -> str:
    """As Python writes it: ``(32, 10)``, ``(8,)``, ``()``."""
    return str(tuple(axes))


def read_shape(probe: ShapeProbe, bench: Bench) -> Axes:
    """The shape a probe stands for, now."""
    if isinstance(probe, str):
        if bench.run is None:
            raise NnlabError(
                _("{address} has no shape yet: nothing has been computed on this bench", address=probe)
            )
        name, _dot, part = probe.partition(".grad")
        return tuple(map(int, bench.run.array(name, "grad" if _dot and not part else "").shape))
    return tuple(map(int, probe(bench) if callable(probe) else probe))


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape.  Swapped axes, a batch axis left out or too many, a flattened or one wrong axis are told."""

    truth: ShapeProbe
    expect: Axes | None
    mistakes: Mapping[str, ShapeProbe]

    def reference_lines(self) -> tuple[str, ...]:
        return ()

    @property
    def answer_form(self) -> str:
        return "shape"

    def prepare(self, bench: Bench) -> Any:
        return {
            "truth": list(read_shape(self.truth, bench)),
            "mistakes": {name: list(read_shape(probe, bench)) for name, probe in self.mistakes.items()},
        }

    def judge(self, answer: str, context: Context) -> Judgement:
        given = parse_shape(answer)
        truth = tuple(context.prepared["truth"])
        shown = written_shape(given)
        if given == truth:
            return right(shown)
        for name, axes in context.prepared["mistakes"].items():
            if given == tuple(axes):
                return wrong(name, amiss(given, truth), shown)
        return wrong("", amiss(given, truth), shown)

    def reveal(self, context: Context) -> str:
        return written_shape(context.prepared["truth"])

    def solutions(self, context: Context) -> list[Attempt]:
        truth = context.prepared["truth"]
        forms = [Attempt(answers=(written_shape(truth),))]
        if truth:
            forms.append(Attempt(answers=("x".join(map(str, truth)),)))
        if self.expect is not None:
            forms.append(Attempt(answers=(written_shape(self.expect),)))
        return forms

    def wrong_attempts(self, context: Context) -> list[tuple[str, Attempt]]:
        known = [
            (name, Attempt(answers=(written_shape(axes),)))
            for name, axes in context.prepared["mistakes"].items()
        ]
        return [*known, ("", Attempt(answers=(written_shape([*context.prepared["truth"], 977]),)))]

    def texts(self) -> set[tuple[str, str]]:
        return {("mistake", name) for name in self.mistakes}


def amiss(given: Axes, truth: Axes) -> str:
    """What is wrong with a shape, without the right one."""
    shown = written_shape(given)
    if len(given) > 1 and sorted(given) == sorted(truth):
        return _("{shape} has the right sizes, but axes are swapped", shape=shown)
    if truth and given == truth[1:]:
        return _("{shape} is one example; the axis of the batch is missing in front", shape=shown)
    if given and given[1:] == truth:
        return _("{shape} has one axis too many in front; there is no axis of a batch here", shape=shown)
    if len(given) != len(truth):
        if given and truth and prod(given) == prod(truth):
            return _("{shape} holds as many numbers, but not in as many axes", shape=shown)
        return _("{shape} has {n} axes; {wanted} are wanted", shape=shown, n=len(given), wanted=len(truth))
    off = [n for n, (g, t) in enumerate(zip(given, truth), 1) if g != t]
    if len(off) == 1:
        return _("only axis {n} is wrong: it is not {size}", n=off[0], size=given[off[0] - 1])
    return _("axes {axes} are wrong", axes=", ".join(map(str, off)))


def shape(
    truth: ShapeProbe,
    *,
    expect: Sequence[int] | None = None,
    mistakes: Mapping[str, ShapeProbe] | None = None,
) -> Shape:
    """The shape of ``truth``: a tensor's name such as ``"dense1.z"``, a function of the session, or a shape.

    ``mistakes`` maps a misconception to the wrong shape it leads to, in the same three forms.
    """
    return Shape(truth, None if expect is None else tuple(expect), dict(mistakes or {}))

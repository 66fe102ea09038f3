"""Gradient clipping: what the optimiser sees of a gradient that is too large.

``value 0.5`` cuts every element to ±0.5; ``norm 1.0`` shortens the whole gradient vector to length 1 and
keeps its direction.  Both work on the flat gradient (n,) without allocation and without bringing a number
to the host: the norm stays a 0-d array.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from nnlab.engine.address import Address
from nnlab.engine.arguments import Argument, Written, check_all, plain, read_arguments, split_words, unknown
from nnlab.engine.expression import Expression, Reference, call, const, extreme, power, ref, series
from nnlab.engine.kernels import Kernels, table
from nnlab.errors import NnlabError
from nnlab.i18n import _

NORM = Address("gradient", part="norm")


class Clipping(Written):
    """One rule of clipping; :meth:`parse` reads its text, :attr:`text` writes it."""

    name: ClassVar[str]
    formula: ClassVar[str]
    argument: ClassVar[Argument]

    def __init__(self, limit: float) -> None:
        self.limit = check_all(self.name, [self.argument], {self.argument.name: limit})[self.argument.name]

    @staticmethod
    def parse(text: str) -> Clipping | None:
        """Read ``norm 1.0`` or ``value 0.5``; ``none`` is no clipping."""
        words = split_words(text)
        if not words or words[0].lower() in ("none", "off"):
            if len(words) > 1:
                raise NnlabError(_("clip {name} takes no numbers", name=words[0]))
            return None
        kind = CLIPPINGS.get(words[0].lower())
        if kind is None:
            message = _("“{word}” is not a way of clipping", word=words[0])
            raise unknown(words[0], [*CLIPPINGS, "none"], message)
        return kind(read_arguments(kind.name, [kind.argument], words[1:])[kind.argument.name])

    @property
    def text(self) -> str:
        return f"{self.name} {plain(self.limit)}"

    @classmethod
    def help(cls) -> str:
        raise NotImplementedError

    def bind(
        self,
        grad: NDArray[Any],
        out: NDArray[Any] | None = None,
        kernels: Kernels | None = None,
        norm: NDArray[Any] | None = None,
    ) -> Callable[[], None]:
        """A call that clips the flat vector ``grad`` (n,) in place, or into ``out`` (n,).

        ``norm`` is a 0-d array that receives the length of ``grad`` before clipping; ``kernels`` is the
        kernel table, NumPy's by default.
        """
        raise NotImplementedError

    def explain(self, grad: Reference, norm: float) -> Expression:
        """The used gradient as an expression of ``grad``; ``norm`` is the length of the whole gradient."""
        raise NotImplementedError


class ClipValue(Clipping):
    name = "value"
    formula = "used = max(−c, min(c, grad))"
    argument = Argument("limit", "c", "positive", 0.5, 0.5)

    @classmethod
    def help(cls) -> str:
        return _("cut every element of the gradient to ±c")

    def bind(
        self,
        grad: NDArray[Any],
        out: NDArray[Any] | None = None,
        kernels: Kernels | None = None,
        norm: NDArray[Any] | None = None,
    ) -> Callable[[], None]:
        kernels = kernels or table()
        used = grad if out is None else out
        top, bottom = (kernels.xp.full((), sign * self.limit, grad.dtype) for sign in (1, -1))

        def clip() -> None:
            if norm is not None:
                kernels.norm(grad, norm)
            kernels.clip_value(grad, bottom, top, used)

        return clip

    def explain(self, grad: Reference, norm: float) -> Expression:
        inner = extreme("min", [const(self.limit, "c"), grad])
        return extreme("max", [-const(self.limit, "c"), inner])


class ClipNorm(Clipping):
    name = "norm"
    formula = "used = grad · min(1, c / ‖grad‖)"
    argument = Argument("limit", "c", "positive", 1.0, 1.0)

    @classmethod
    def help(cls) -> str:
        return _("shorten the whole gradient vector to length c, keep its direction")

    def bind(
        self,
        grad: NDArray[Any],
        out: NDArray[Any] | None = None,
        kernels: Kernels | None = None,
        norm: NDArray[Any] | None = None,
    ) -> Callable[[], None]:
        kernels = kernels or table()
        used = grad if out is None else out
        limit = kernels.xp.full((), self.limit, grad.dtype)
        scale = kernels.xp.zeros((), grad.dtype)
        length = kernels.xp.zeros((), grad.dtype) if norm is None else norm

        def clip() -> None:
            kernels.norm(grad, length)
            kernels.clip_norm(grad, limit, length, scale, used)

        return clip

    def explain(self, grad: Reference, norm: float) -> Expression:
        c = const(self.limit, "c")
        return grad * (c / extreme("max", [ref(NORM, norm), c]))


def explain_norm(grad: NDArray[Any], address: Callable[[int], Address]) -> Expression:
    """‖grad‖ as an expression of every element of the flat gradient (n,); ``address(i)`` names element i."""
    exact = grad.astype(np.float64)
    with np.errstate(over="ignore"):
        squares = exact * exact

    def square(i: int) -> Expression:
        return power(ref(address(i), float(exact[i])), 2)

    return call("√", series(squares, square))


CLIPPINGS: dict[str, type[Clipping]] = {kind.name: kind for kind in (ClipValue, ClipNorm)}

"""Arithmetic that can be shown, evaluated and descended into.

An operation explains one number by building a small expression whose leaves are *references* to other
numbers of the engine (each with its address) and plain constants.  The same tree prints as symbols,
prints with numbers, evaluates to the number, and lists the addresses a reader can go to:

>>> from nnlab.engine.address import Address
>>> x = ref(Address("x", (0,)), 2.0)
>>> w = ref(Address("w", (0,)), 0.5)
>>> z = total([x * w, ref(Address("b"), 1.0)])
>>> z.symbols(), z.numbers(), z.evaluate()
('x[0]·w[0] + b', '2·0.5 + 1', 2.0)

Everything is evaluated in float64 from operands as the engine holds them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlab.engine.address import Address
from nnlab.engine.functions import FUNCTIONS, power_of
from nnlab.engine.series import LikeTerms, added, places_to_show, ranking
from nnlab.i18n import _

Read: TypeAlias = Callable[[Address], float]

# Binding strength, weakest first: where a child binds weaker than its parent it is put in brackets.
_SUM, _PRODUCT, _UNARY, _POWER, _ATOM = range(5)

NAMED = 100
"""Of a sum of like terms only the operands of so many, the largest, are listed."""


def number(value: float, digits: int = 4) -> str:
    """A number as a person writes it: ``digits`` significant digits, a true minus, no trailing zeros."""
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    text = f"{value:.{digits}g}"
    mantissa, e, exponent = text.partition("e")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    text = mantissa + (f"e{int(exponent)}" if e else "")
    return text.replace("-", "−") if text not in ("-0", "−0") else "0"


@dataclass(frozen=True, slots=True)
class Style:
    """How an expression is written: its leaves, and how many terms of a long sum (0 for all)."""

    leaf: Callable[[Reference | Constant], str]
    limit: int = 0


class Expression:
    """A node.  ``scale`` is a first-order bound on what rounding can be measured against: Σ|terms|."""

    strength = _ATOM

    def evaluate(self, read: Read | None = None) -> float:
        """The value in float64; with ``read`` every reference is read again at its address."""
        raise NotImplementedError

    def scale(self) -> float:
        """Σ|terms|, carried through products and functions by their slopes."""
        raise NotImplementedError

    def children(self) -> Sequence[Expression]:
        return ()

    def write(self, style: Style) -> str:
        raise NotImplementedError

    def symbols(self, limit: int = 0) -> str:
        """The formula with addresses for operands; ``limit`` is how many terms of a long sum are written."""
        return self.write(Style(lambda node: node.symbol(), limit))

    def numbers(self, digits: int = 4, limit: int = 0) -> str:
        """The formula with numbers for operands."""
        return self.write(Style(lambda node: number(node.value, digits), limit))

    def references(self) -> Iterator[Reference]:
        """Every reference in reading order."""
        for child in self.children():
            yield from child.references()

    def leaves(self) -> int:
        return sum(child.leaves() for child in self.children()) or 1

    def _inside(self, child: Expression, style: Style, strength: int) -> str:
        text = child.write(style)
        weak = child.strength < strength or (strength > _SUM and text.startswith("−"))
        return f"({text})" if weak else text

    def __add__(self, other: Expression | float) -> Expression:
        return total([self, as_expression(other)])

    def __radd__(self, other: float) -> Expression:
        return total([as_expression(other), self])

    def __sub__(self, other: Expression | float) -> Expression:
        return total([self, -as_expression(other)])

    def __rsub__(self, other: float) -> Expression:
        return total([as_expression(other), -self])

    def __mul__(self, other: Expression | float) -> Expression:
        return Product((self, as_expression(other)))

    def __rmul__(self, other: float) -> Expression:
        return Product((as_expression(other), self))

    def __truediv__(self, other: Expression | float) -> Expression:
        return Quotient(self, as_expression(other))

    def __rtruediv__(self, other: float) -> Expression:
        return Quotient(as_expression(other), self)

    def __neg__(self) -> Expression:
        return Negative(self)


@dataclass(frozen=True, slots=True, eq=False)
class Reference(Expression):
    """A number that lives at an address of the engine."""

    address: Address
    value: float

    def evaluate(self, read: Read | None = None) -> float:
        return self.value if read is None else read(self.address)

    def scale(self) -> float:
        return abs(self.value)

    def symbol(self) -> str:
        return str(self.address)

    def write(self, style: Style) -> str:
        return style.leaf(self)

    def references(self) -> Iterator[Reference]:
        yield self


@dataclass(frozen=True, slots=True, eq=False)
class Constant(Expression):
    """A number of the formula itself: 1, the batch size, a hyper-parameter (then with its name)."""

    value: float
    name: str = ""

    def evaluate(self, read: Read | None = None) -> float:
        return self.value

    def scale(self) -> float:
        return abs(self.value)

    def symbol(self) -> str:
        return self.name or number(self.value, 6)

    def write(self, style: Style) -> str:
        return style.leaf(self)


@dataclass(frozen=True, slots=True, eq=False)
class Sum(Expression):
    """Σ terms; :class:`LikeTerms` where there may be very many."""

    terms: Sequence[Expression]
    strength = _SUM

    def worth(self) -> NDArray[np.float64]:
        """What each term is worth, (n,)."""
        if isinstance(self.terms, LikeTerms):
            return self.terms.values
        return np.array([t.evaluate() for t in self.terms], np.float64)

    def evaluate(self, read: Read | None = None) -> float:
        return added(self.worth() if read is None else (t.evaluate(read) for t in self.terms))

    def scale(self) -> float:
        if isinstance(self.terms, LikeTerms):
            return float(np.abs(self.terms.values).sum())
        return sum(t.scale() for t in self.terms)

    def leaves(self) -> int:
        if isinstance(self.terms, LikeTerms):
            return len(self.terms) * self.terms[0].leaves() if len(self.terms) else 1
        return sum(t.leaves() for t in self.terms) or 1

    def children(self) -> Sequence[Expression]:
        if isinstance(self.terms, LikeTerms):
            return [self.terms[int(i)] for i in ranking(self.terms.values, NAMED)]
        return self.terms

    def write(self, style: Style) -> str:
        shortened = 0 < style.limit < len(self.terms)
        values = self.worth() if shortened else np.empty(0)
        shown = places_to_show(values, style.limit) if shortened else range(len(self.terms))
        text = self._inside(self.terms[shown[0]], style, _SUM) if shown else "0"
        for i in shown[1:]:
            term = self.terms[i]
            if isinstance(term, Negative):
                text += " − " + self._inside(term.inner, style, _PRODUCT)
            elif (written := term.write(style)).startswith("−"):
                # A negative number is taken off; anything longer keeps its sign in brackets.
                plain = isinstance(term, Reference | Constant)
                text += f" − {written[1:]}" if plain else f" + ({written})"
            else:
                text += f" + {written}"
        left = np.delete(values, shown) if shortened else values
        return f"{text} + {more_terms(len(left), added(left))}" if len(left) else text


def more_terms(count: int, value: float) -> str:
    """The terms of a sum that are not written out, in one."""
    return _("({n} more terms: {value})", n=count, value=number(value))


@dataclass(frozen=True, slots=True, eq=False)
class Product(Expression):
    factors: tuple[Expression, ...]
    strength = _PRODUCT

    def evaluate(self, read: Read | None = None) -> float:
        return math.prod(f.evaluate(read) for f in self.factors)

    def scale(self) -> float:
        return math.prod(f.scale() for f in self.factors)

    def children(self) -> Sequence[Expression]:
        return self.factors

    def write(self, style: Style) -> str:
        return "·".join(self._inside(f, style, _PRODUCT) for f in self.factors)


@dataclass(frozen=True, slots=True, eq=False)
class Quotient(Expression):
    above: Expression
    below: Expression
    strength = _PRODUCT

    def evaluate(self, read: Read | None = None) -> float:
        below = self.below.evaluate(read)
        above = self.above.evaluate(read)
        if below == 0.0:
            return math.nan if above == 0.0 or math.isnan(above) else math.copysign(math.inf, above)
        return above / below

    def scale(self) -> float:
        below = abs(self.below.evaluate())
        if below == 0.0:
            return math.inf
        return self.above.scale() / below * (self.below.scale() / below)

    def children(self) -> Sequence[Expression]:
        return (self.above, self.below)

    def write(self, style: Style) -> str:
        return f"{self._inside(self.above, style, _PRODUCT)} / {self._inside(self.below, style, _UNARY)}"


@dataclass(frozen=True, slots=True, eq=False)
class Negative(Expression):
    inner: Expression
    strength = _UNARY

    def evaluate(self, read: Read | None = None) -> float:
        return -self.inner.evaluate(read)

    def scale(self) -> float:
        return self.inner.scale()

    def children(self) -> Sequence[Expression]:
        return (self.inner,)

    def write(self, style: Style) -> str:
        return "−" + self._inside(self.inner, style, _PRODUCT)  # −(a·b) and (−a)·b are the same number


@dataclass(frozen=True, slots=True, eq=False)
class Power(Expression):
    base: Expression
    exponent: int
    strength = _POWER

    _SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")

    def evaluate(self, read: Read | None = None) -> float:
        return power_of(self.base.evaluate(read), self.exponent)

    def scale(self) -> float:
        return abs(self.exponent) * power_of(self.base.scale(), self.exponent)

    def children(self) -> Sequence[Expression]:
        return (self.base,)

    def write(self, style: Style) -> str:
        return self._inside(self.base, style, _ATOM) + str(self.exponent).translate(self._SUPERSCRIPT)


@dataclass(frozen=True, slots=True, eq=False)
class Call(Expression):
    """A named function of one operand, from :data:`nnlab.engine.functions.FUNCTIONS`."""

    name: str
    operand: Expression

    def evaluate(self, read: Read | None = None) -> float:
        return FUNCTIONS[self.name][0](self.operand.evaluate(read))

    def scale(self) -> float:
        at = self.operand.evaluate()
        function, slope = FUNCTIONS[self.name]
        return abs(function(at)) + abs(slope(at)) * self.operand.scale()

    def children(self) -> Sequence[Expression]:
        return (self.operand,)

    def write(self, style: Style) -> str:
        inside = self.operand.write(style)
        if self.name.startswith("["):
            return f"[{inside} {self.name[1:]}"
        return f"|{inside}|" if self.name == "abs" else f"{self.name}({inside})"


@dataclass(frozen=True, slots=True, eq=False)
class Extreme(Expression):
    """The largest (``max``) or smallest (``min``) of its operands; ``argmax``: which of them, from 0, the
    first where several are the largest."""

    name: str
    operands: tuple[Expression, ...]

    def evaluate(self, read: Read | None = None) -> float:
        values = [o.evaluate(read) for o in self.operands]
        if self.name == "argmax":
            return float(values.index(max(values)))
        return max(values) if self.name == "max" else min(values)

    def scale(self) -> float:
        if self.name == "argmax":
            return 0.0  # a whole number, not rounded
        return max((o.scale() for o in self.operands), default=0.0)

    def children(self) -> Sequence[Expression]:
        return self.operands

    def write(self, style: Style) -> str:
        return f"{self.name}({', '.join(o.write(style) for o in self.operands)})"


def as_expression(value: Expression | float) -> Expression:
    return value if isinstance(value, Expression) else Constant(float(value))


def ref(address: Address, value: float) -> Reference:
    return Reference(address, value)


def const(value: float, name: str = "") -> Constant:
    return Constant(float(value), name)


def total(terms: Sequence[Expression]) -> Expression:
    """Σ terms; nested sums are opened, a single term stands alone."""
    flat = [t for term in terms for t in (term.terms if isinstance(term, Sum) else (term,))]
    return flat[0] if len(flat) == 1 else Sum(tuple(flat))


def series(values: ArrayLike, make: Callable[[int], Expression]) -> Expression:
    """Σ of like terms: ``values`` (n,) is what each is worth, ``make(i)`` its expression when looked at."""
    return Sum(LikeTerms(values, make))


def power(base: Expression, exponent: int) -> Expression:
    return Power(base, exponent)


def call(name: str, operand: Expression) -> Expression:
    return Call(name, operand)


def extreme(name: str, operands: Sequence[Expression]) -> Expression:
    return Extreme(name, tuple(operands))

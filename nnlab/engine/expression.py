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

from nnlab.engine.address import Address

Read: TypeAlias = Callable[[Address], float]

# Binding strength, weakest first: where a child binds weaker than its parent it is put in brackets.
_SUM, _PRODUCT, _UNARY, _POWER, _ATOM = range(5)


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

    def write(self, leaf: Callable[[Expression], str]) -> str:
        raise NotImplementedError

    def symbols(self) -> str:
        """The formula with addresses for operands."""
        return self.write(lambda node: node.symbol() if isinstance(node, Reference | Constant) else "")

    def numbers(self, digits: int = 4) -> str:
        """The formula with numbers for operands."""
        return self.write(
            lambda node: number(node.value, digits) if isinstance(node, Reference | Constant) else ""
        )

    def references(self) -> Iterator[Reference]:
        """Every reference in reading order."""
        for child in self.children():
            yield from child.references()

    def leaves(self) -> int:
        return sum(child.leaves() for child in self.children()) or 1

    def _inside(self, child: Expression, leaf: Callable[[Expression], str], strength: int) -> str:
        text = child.write(leaf)
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

    def write(self, leaf: Callable[[Expression], str]) -> str:
        return leaf(self)

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

    def write(self, leaf: Callable[[Expression], str]) -> str:
        return leaf(self)


@dataclass(frozen=True, slots=True, eq=False)
class Sum(Expression):
    terms: tuple[Expression, ...]
    strength = _SUM

    def evaluate(self, read: Read | None = None) -> float:
        return math.fsum(t.evaluate(read) for t in self.terms) if self.finite(read) else self.plain(read)

    def finite(self, read: Read | None) -> bool:
        return all(math.isfinite(t.evaluate(read)) for t in self.terms)

    def plain(self, read: Read | None) -> float:
        return sum(t.evaluate(read) for t in self.terms)

    def scale(self) -> float:
        return sum(t.scale() for t in self.terms)

    def children(self) -> Sequence[Expression]:
        return self.terms

    def write(self, leaf: Callable[[Expression], str]) -> str:
        if not self.terms:
            return "0"
        text = self._inside(self.terms[0], leaf, _SUM)
        for term in self.terms[1:]:
            if isinstance(term, Negative):
                text += " − " + self._inside(term.inner, leaf, _PRODUCT)
            else:
                text += " + " + (f"({t})" if (t := term.write(leaf)).startswith("−") else t)
        return text


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

    def write(self, leaf: Callable[[Expression], str]) -> str:
        return "·".join(self._inside(f, leaf, _PRODUCT) for f in self.factors)


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

    def write(self, leaf: Callable[[Expression], str]) -> str:
        return f"{self._inside(self.above, leaf, _PRODUCT)} / {self._inside(self.below, leaf, _UNARY)}"


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

    def write(self, leaf: Callable[[Expression], str]) -> str:
        return "−" + self._inside(self.inner, leaf, _PRODUCT)  # −(a·b) and (−a)·b are the same number


@dataclass(frozen=True, slots=True, eq=False)
class Power(Expression):
    base: Expression
    exponent: int
    strength = _POWER

    _SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")

    def evaluate(self, read: Read | None = None) -> float:
        return self.base.evaluate(read) ** self.exponent

    def scale(self) -> float:
        return abs(self.exponent) * self.base.scale() ** self.exponent

    def children(self) -> Sequence[Expression]:
        return (self.base,)

    def write(self, leaf: Callable[[Expression], str]) -> str:
        return self._inside(self.base, leaf, _ATOM) + str(self.exponent).translate(self._SUPERSCRIPT)


def _sigmoid(x: float) -> float:
    small = _exp(-abs(x))
    return (1.0 if x >= 0 else small) / (1.0 + small)


def _exp(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def _log(x: float) -> float:
    return math.log(x) if x > 0 else (-math.inf if x == 0 else math.nan)


# name -> (function, slope); the slope carries rounding in the operand to rounding in the result.
FUNCTIONS: dict[str, tuple[Callable[[float], float], Callable[[float], float]]] = {
    "tanh": (math.tanh, lambda x: 1 - math.tanh(x) ** 2),
    "σ": (_sigmoid, lambda x: _sigmoid(x) * (1 - _sigmoid(x))),
    "exp": (_exp, _exp),
    "ln": (_log, lambda x: 1 / x if x else math.inf),
    "√": (lambda x: math.sqrt(x) if x >= 0 else math.nan, lambda x: 0.5 / math.sqrt(x) if x > 0 else 0.0),
    "cos": (math.cos, lambda x: -math.sin(x)),
    "abs": (abs, lambda x: 1.0),
    "sign": (lambda x: math.copysign(1.0, x) if x else 0.0, lambda x: 0.0),
    "relu": (lambda x: x if x > 0 else 0.0, lambda x: 1.0),
    "[> 0]": (lambda x: 1.0 if x > 0 else 0.0, lambda x: 0.0),
    "[≥ 0]": (lambda x: 1.0 if x >= 0 else 0.0, lambda x: 0.0),
}


@dataclass(frozen=True, slots=True, eq=False)
class Call(Expression):
    """A named function of one operand, from :data:`FUNCTIONS`."""

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

    def write(self, leaf: Callable[[Expression], str]) -> str:
        inside = self.operand.write(leaf)
        if self.name.startswith("["):
            return f"[{inside} {self.name[1:]}"
        return f"|{inside}|" if self.name == "abs" else f"{self.name}({inside})"


@dataclass(frozen=True, slots=True, eq=False)
class Extreme(Expression):
    """The largest (``max``) or smallest (``min``) of its operands."""

    name: str
    operands: tuple[Expression, ...]

    def evaluate(self, read: Read | None = None) -> float:
        values = [o.evaluate(read) for o in self.operands]
        return max(values) if self.name == "max" else min(values)

    def scale(self) -> float:
        return max((o.scale() for o in self.operands), default=0.0)

    def children(self) -> Sequence[Expression]:
        return self.operands

    def write(self, leaf: Callable[[Expression], str]) -> str:
        return f"{self.name}({', '.join(o.write(leaf) for o in self.operands)})"


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


def power(base: Expression, exponent: int) -> Expression:
    return Power(base, exponent)


def call(name: str, operand: Expression) -> Expression:
    return Call(name, operand)


def extreme(name: str, operands: Sequence[Expression]) -> Expression:
    return Extreme(name, tuple(operands))

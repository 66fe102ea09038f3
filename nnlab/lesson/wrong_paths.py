"""Wrong ways to a number that anybody might take, worked out from how the engine made it.

From the explanation of a value: a term left out of a sum, one term alone, a sign turned, a function
skipped, a factor forgotten.  A lesson's own ``mistakes`` are tried first; these name the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nnlab.engine.expression import Call, Expression, Negative, Product, Quotient, Sum
from nnlab.i18n import _
from nnlab.lesson.answers import close, written


@dataclass(frozen=True, slots=True)
class WrongPath:
    value: float
    text: str


MAX_TERMS = 8


def wrong_paths(run: Any, address: str) -> list[WrongPath]:
    """The likely wrong values for ``address``, each with its sentence; none is close to the truth."""
    expression = run.explain(address).expression
    if expression is None:  # a leaf: nothing was computed
        return []
    truth = expression.evaluate()
    paths = [path for path in _paths(expression) if not close(path.value, truth)]
    if truth and not close(-truth, truth):
        text = _("{value} has the right size and the wrong sign", value=written(-truth, 4))
        paths.append(WrongPath(-truth, text))
    return paths


def _paths(expression: Expression) -> list[WrongPath]:
    match expression:
        case Sum(terms=terms) if len(terms) <= MAX_TERMS:
            return _of_sum(expression, list(terms))
        case Product(factors=factors) if len(factors) <= MAX_TERMS:
            return _of_product(list(factors))
        case Quotient(above=above):
            value = above.evaluate()
            return [WrongPath(value, _("{value} is not yet divided", value=written(value, 4)))]
        case Call(name=name, operand=operand):
            value = operand.evaluate()
            text = _(
                "{value} is what goes into {function}; apply {function} to it",
                value=written(value, 4),
                function=name,
            )
            return [WrongPath(value, text), *_paths(operand)]
        case Negative(inner=inner):
            return [WrongPath(-path.value, path.text) for path in _paths(inner)]
    return []


def _of_sum(whole: Expression, terms: list[Expression]) -> list[WrongPath]:
    total = whole.evaluate()
    paths = []
    for term in terms:
        value = total - term.evaluate()
        text = _("{value} is the sum without {term}", value=written(value, 4), term=term.symbols())
        paths.append(WrongPath(value, text))
    if len(terms) > 2:
        for term in terms:
            value = term.evaluate()
            text = _(
                "{value} is only one part of the sum, {term}", value=written(value, 4), term=term.symbols()
            )
            paths.append(WrongPath(value, text))
    return paths


def _of_product(factors: list[Expression]) -> list[WrongPath]:
    paths = []
    for left_out in range(len(factors)):
        value = 1.0
        for at, factor in enumerate(factors):
            value *= 1.0 if at == left_out else factor.evaluate()
        text = _(
            "{value} is the product without {factor}",
            value=written(value, 4),
            factor=factors[left_out].symbols(),
        )
        paths.append(WrongPath(value, text))
    return paths

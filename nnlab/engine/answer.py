"""Why a value or a gradient of a program is what it is: the operation that made it is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlab.engine.address import Address
from nnlab.engine.explain import Explanation
from nnlab.engine.expression import Expression, Reference, const, total
from nnlab.engine.initializers import Initializer, fans
from nnlab.engine.operation import Operation, View
from nnlab.engine.values import Role, Value
from nnlab.i18n import _

if TYPE_CHECKING:
    from nnlab.engine.program import Program


def explain(program: Program, address: Address, step: int) -> Explanation:
    """The arithmetic behind a checked address, from what the last pass left in the buffers."""
    if not address.part:
        return _value(program, address, step)
    use = program.uses.find(address)
    return _gradient(program, address, step) if use is None else _share(program, address, *use, step)


def _view(program: Program, operation: Operation) -> View:
    return View(operation, program.read, program.array, program.batch, program.training)


def _value(program: Program, address: Address, step: int) -> Explanation:
    value = program.graph.values[address.value]
    number = program.read(address)
    made = program.graph.producers.get(value.name)
    if made is None or made[0].draws(made[1]):
        operation = "draw" if made else str(value.role)
        formula = made[0].formula_of(made[1]) if made else ""
        note = origin(program, value, address)
        return Explanation(address, number, "leaf", value.layer, operation, formula, step, None, note)
    maker, output = made
    expression = maker.explain(_view(program, maker), output, address.index)
    formula = maker.formula_of(output)
    return Explanation(address, number, maker.phase, value.layer, maker.kind, formula, step, expression)


def origin(program: Program, value: Value, address: Address) -> str:
    """Where a leaf comes from, in one sentence."""
    if value.role is Role.INPUT:
        return _("an input: what the data give for this example of the batch")
    if value.role is Role.TARGET:
        return _("a target: what the data say the answer is")
    if value.role is Role.STATE and value.by_row:
        return _before(program, value, address)
    if value.role is Role.STATE:
        return _("a state: the step before left it, and no gradient changes it")
    if value.role is Role.PARAMETER:
        rule = Initializer.parse(value.init or "zeros")
        return _(
            "a parameter: it began as {init} ({numbers}) and changes only by updates and edits",
            init=rule.text,
            numbers=rule.describe(*fans(value.shape)),
        )
    if not program.training:
        return _("nothing is drawn in evaluation")
    return _("a random draw, fixed by the seed, this name and the step")


def _before(program: Program, value: Value, address: Address) -> str:
    """What a state with a row for each example was in the batch before."""
    carry = next(c for c in program.graph.carries if c.state is value)
    n, unit = address.index
    return _(
        "a state: {made} at the end of the batch before, which no gradient flows back to; 0 where a "
        "sequence begins",
        made=Address(carry.following.name, (n, carry.moment or 0, unit)),
    )


def _gradient(program: Program, address: Address, step: int) -> Explanation:
    """dL/d(value): the share of its only use, else the sum of all shares."""
    uses = program.uses.get(address.value, [])
    if len(uses) == 1 and address.value != program.loss:
        return _share(program, address, *uses[0], step)
    expression: Expression
    if address.value == program.loss:  # and, of the states of a loop, what comes through time
        through_time = [Reference(a, program.read(a)) for a in program.uses.shares(address)]
        expression, formula = total([const(1.0), *through_time]), "dL/dL = 1"
    else:
        formula = _("sum over the {n} places where it is used", n=len(uses))
        expression = total([Reference(a, program.read(a)) for a in program.uses.shares(address)])
    layer = program.graph.values[address.value].layer
    return Explanation(address, program.read(address), "backward", layer, "sum", formula, step, expression)


def _share(program: Program, address: Address, operation: Operation, k: int, step: int) -> Explanation:
    """What flows back to input ``k`` of ``operation``."""
    return Explanation(
        address,
        program.read(address),
        "backward",
        program.graph.values[address.value].layer,
        operation.kind,
        operation.backward_formula_of(k),
        step,
        operation.explain_backward(_view(program, operation), k, address.index),
    )

"""One step of one unit of a recurrent layer in full arithmetic: c5 = f5·c4 + i5·g5, with the numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nnlab.engine.address import Address
from nnlab.i18n import _
from nnlab.session.scene import Line, Table

if TYPE_CHECKING:
    from nnlab.engine.explain import Explanation
    from nnlab.engine.ops.recurrent import Recurrent
    from nnlab.session.moment import Moment

DIGITS = 3
TERMS = 3
"""Terms of a sum that are written out."""
ANSWERS = ("c", "h", "n", "g")
"""Stages that are told first: what the step is for."""
_LETTERS = r"(?<!\w)(d?)({stages}|x|z)(₋₁|₊₁)?(?![A-Za-z0-9(])"
_ORDER = "WUbc"


def table(moment: Moment, op: Recurrent, step: int, unit: int) -> Table:
    """The stages of a step that are no sums over units, each with its arithmetic."""
    stages = [s for s in op.stages if not _summed(op, s)]
    order = [s for s in ANSWERS if s in stages] + [s for s in stages if s not in ANSWERS]
    lines = [_line(moment, op, s, step, unit) for s in order]
    title = _("step {t} of unit {j}, in numbers", t=step, j=unit)
    return Table(title, tuple(lines))


def sums(moment: Moment, op: Recurrent, step: int, unit: int) -> Table:
    """The sums over inputs and units: forward what comes from the input, the state and the bias."""
    lines = [_line(moment, op, s, step, unit) for s in op.stages if _summed(op, s)]
    if op.started and op.moments.before(step) is None and not moment.backward:
        start = Address(op.inputs[op.places["start"]].name, (moment.row, unit))
        lines.append(Line("h₋₁", moment.number(start), start))
    title = _("gradients of the sums") if moment.backward else _("the sums in front of the gates")
    return Table(title, tuple(lines))


def _summed(op: Recurrent, stage: str) -> bool:
    return stage.startswith("z") or stage in "sm"


def _line(moment: Moment, op: Recurrent, stage: str, step: int, unit: int) -> Line:
    name = op.outputs[op.suffixes.index(stage)].name
    at = Address(name, (moment.row, step, unit), moment.part_of(name))
    formula = (op.backward_formulas if at.part else op.formulas)[stage]
    explanation = moment.explain(at)
    label = _passed_on(op, explanation, at) or concrete(op, formula, step)
    return Line(label, moment.number(at), at, _told(explanation, at))


def _passed_on(op: Recurrent, explanation: Explanation | None, at: Address) -> str:
    """The rule where it is another one than that of the stage: at padding, for the last state, and for a
    gradient that comes from several places.
    """
    operands = explanation.addresses if explanation is not None else ()
    name, step = at.value.rsplit(".", 1)[-1], at.index[1]
    left = f"{'d' if at.part else ''}{name}{step}"
    if operands and all(a.part.startswith("grad@") for a in operands):
        through = concrete(op, op.backward_formulas[name], step).partition(" = ")[2]
        named = [a.part.removeprefix("grad@") for a in operands]
        parts = [through if place == op.path else _("from {layer}", layer=place) for place in named]
        return f"{left} = " + " + ".join(parts)
    if len(operands) == 1 and (source := operands[0].value.rsplit(".", 1)[-1]) in (*op.carried, "last"):
        when = str(operands[0].index[1]) if len(operands[0].index) == 3 else ""
        if source in (name, "last"):
            return f"{left} = {'d' if at.part else ''}{source}{when}"
    return ""


def concrete(op: Recurrent, formula: str, step: int) -> str:
    """A rule with the numbers of its steps: ``c = f·c₋₁ + i·g`` at step 5 is ``c5 = f5·c4 + i5·g5``."""
    short = formula.split(", ")[0]
    left, _equals, right = short.partition(" = ")
    short = f"{left} = {right.split(' = ')[0]}"
    steps = {"": step, "₋₁": op.moments.before(step), "₊₁": op.moments.after(step)}

    def numbered(found: re.Match[str]) -> str:
        letter, when = found[1] + found[2], found[3] or ""
        return letter + (when if steps[when] is None else str(steps[when]))

    return re.sub(_LETTERS.format(stages="|".join(sorted(op.stages, key=len, reverse=True))), numbered, short)


def _told(explanation: Explanation | None, at: Address) -> str:
    """The arithmetic in numbers; of sums over many what each part adds."""
    if explanation is None or explanation.expression is None:
        return ""
    if len(explanation.terms) <= TERMS:
        return "= " + explanation.expression.numbers(DIGITS)
    parts: dict[str, float] = {}
    for term in explanation.terms:
        name = _part(term.addresses, at)
        parts[name] = parts.get(name, 0.0) + term.value
    ordered = sorted(parts, key=lambda name: _ORDER.find(name.rsplit("·", 1)[-1][0]))
    return "= " + "  ".join(f"{name} {parts[name]:+.4g}".replace("-", "−") for name in ordered)


def _part(addresses: tuple[Address, ...], at: Address) -> str:
    """What a term comes from: the parameter in it, else the other stage."""
    names = [address.value.rsplit(".", 1)[-1] for address in addresses]
    for name in names:
        if name[0] in "WU":
            return ("x·" if name[0] == "W" else "h·") + name if not at.part else name
    return next((name for name in names if name[0] in "bc" and len(name) <= 2), "·".join(names))

"""The explanations that recurrent layers share: products with W and U, and what flows back through time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from nnlab.engine.expression import Expression, call, const, series, total
from nnlab.engine.operation import View

if TYPE_CHECKING:
    from nnlab.engine.ops.recurrent import Place, Recurrent

Numbers = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
NOTHING = const(0.0)


def sigmoid(z: Expression) -> Expression:
    """σ(z), as it is computed."""
    return const(0.5) + const(0.5) * call("tanh", const(0.5) * z)


def sigmoid_slope(a: Expression) -> Expression:
    return a * (const(1.0) - a)


def is_real(op: Recurrent, at: View, n: int, t: int) -> bool:
    """Whether moment t of example n is no padding."""
    return not op.masked or at.x(op.places["mask"])(n, t).value != 0


def stage(op: Recurrent, at: View, suffix: str) -> Callable[..., Expression]:
    return at.out(op.suffixes.index(suffix))


def flow(op: Recurrent, at: View, suffix: str) -> Callable[..., Expression]:
    """dL/d(stage)."""
    return at.gout(op.suffixes.index(suffix))


def state_before(op: Recurrent, at: View, suffix: str, place: Place) -> Expression:
    """A state at the moment before; at the first the given one, or 0."""
    n, t, j = place
    before = op.moments.before(t)
    if before is not None:
        return stage(op, at, suffix)(n, before, j)
    given = {"h": "start", "c": "cell"}[suffix]
    return at.x(op.places[given])(n, j) if given in op.places else NOTHING


def has_state_before(op: Recurrent, t: int) -> bool:
    """Whether h₋₁ of moment t is more than zeros."""
    return op.started or op.moments.before(t) is not None


def from_input(op: Recurrent, at: View, gate: str, place: Place) -> list[Expression]:
    """The terms of x·W + b of a gate."""
    n, t, j = place
    x, W, b = at.x(0), at.x(op.places[f"W{gate}"]), at.x(op.places[f"b{gate}"])
    return [x(n, t, i) * W(i, j) for i in range(op.inputs[0].shape[2])] + [b(j)]


def from_state(op: Recurrent, at: View, gate: str, place: Place) -> list[Expression]:
    """The terms of h₋₁·U of a gate."""
    n, t, j = place
    if not has_state_before(op, t):
        return []
    U = at.x(op.places[f"U{gate}"])
    return [state_before(op, at, "h", (n, t, i)) * U(i, j) for i in range(op.units)]


def back_through(op: Recurrent, at: View, flows: dict[str, str], place: Place) -> list[Expression]:
    """The terms Σ dz·Uᵀ that reach unit j of the state before moment t; ``flows`` is the stage of each U."""
    n, t, j = place
    return [
        flow(op, at, suffix)(n, t, k) * at.x(op.places[f"U{gate}"])(j, k)
        for gate, suffix in flows.items()
        for k in range(op.units)
    ]


def through_time(op: Recurrent, at: View, place: Place) -> Expression:
    """What flows back to h from the layer itself: from the last state, and from the moment after."""
    n, t, j = place
    after = op.moments.after(t)
    if after is None:
        return NOTHING if op.every else flow(op, at, "last")(n, j)
    if op.moments.cut(op.moments.step(after)):
        return NOTHING
    return from_moment(op, at, (n, after, j))


def from_moment(op: Recurrent, at: View, place: Place) -> Expression:
    """What moment t sends back to unit j of the state before it."""
    n, t, _j = place
    return total(op.explain_back(at, place)) if is_real(op, at, n, t) else flow(op, at, "h")(*place)


def input_gradient(op: Recurrent, at: View, name: str, index: tuple[int, ...]) -> Expression:
    """What flows back to an input of the operation."""
    if name == "x":
        n, t, i = index
        return total(
            [
                flow(op, at, f"z{gate}")(n, t, j) * at.x(op.places[f"W{gate}"])(i, j)
                for gate in op.gates
                for j in range(op.units)
            ]
        )
    if name == "start":
        n, j = index
        return from_moment(op, at, (n, op.moments.first, j))
    if name == "cell":
        return op.explain_cell_back(at, (index[0], op.moments.first, index[1]))
    if name[0] == "W":
        return _weight_gradient(op, at, name[1:], *index)
    if name[0] == "U":
        return _state_gradient(op, at, name[1:], *index)
    suffix = op.read_by(name[1:])[1] if name[0] == "c" else f"z{name[1:]}"
    return over_moments(op, at, suffix, *index)


def over_moments(op: Recurrent, at: View, suffix: str, j: int) -> Expression:
    """Σ of a stage's gradient over examples and moments."""
    values = at.whole_gradient(op.suffixes.index(suffix))[:, :, j]
    reference = flow(op, at, suffix)
    return series(values.ravel(), lambda p: reference(*divmod(p, op.moments.time), j))


def _weight_gradient(op: Recurrent, at: View, gate: str, i: int, j: int) -> Expression:
    place = op.suffixes.index(f"z{gate}")
    values = at.whole(0)[:, :, i] * at.whole_gradient(place)[:, :, j]
    x, dz = at.x(0), at.gout(place)

    def term(p: int) -> Expression:
        n, t = divmod(p, op.moments.time)
        return x(n, t, i) * dz(n, t, j)

    return series(values.ravel(), term)


def _state_gradient(op: Recurrent, at: View, gate: str, i: int, j: int) -> Expression:
    """Σ source·dz of what U of the gate multiplies, over the moments that have a state before them."""
    source, suffix = op.read_by(gate)
    dz = at.whole_gradient(op.suffixes.index(suffix))[:, :, j]
    if source != "h":
        held, reference = at.whole_output(op.suffixes.index(source))[:, :, i], stage(op, at, source)
        values = held * dz

        def own(p: int) -> Expression:
            n, t = divmod(p, op.moments.time)
            return reference(n, t, i) * flow(op, at, suffix)(n, t, j)

        return series(values.ravel(), own)
    moments = [t for t in range(op.moments.time) if has_state_before(op, t)]
    before = _states_before(op, at, i)
    values = (before * dz)[:, moments]

    def term(p: int) -> Expression:
        n, place = divmod(p, len(moments))
        t = moments[place]
        return state_before(op, at, "h", (n, t, i)) * flow(op, at, suffix)(n, t, j)

    return series(values.ravel(), term) if moments else NOTHING


def _states_before(op: Recurrent, at: View, i: int) -> Numbers:
    """h₋₁ of unit i, (B, T)."""
    h = at.whole_output(op.suffixes.index("h"))[:, :, i]
    before = np.zeros_like(h)
    for t in range(op.moments.time):
        if (previous := op.moments.before(t)) is not None:
            before[:, t] = h[:, previous]
        elif op.started:
            before[:, t] = at.whole(op.places["start"])[:, i]
    return before

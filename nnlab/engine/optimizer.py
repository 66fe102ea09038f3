"""What all optimisers share: a fused update of the flat parameter vector, and the arithmetic of each number.

Parameters, gradient and state are flat vectors (n,).  :meth:`Optimizer.bind` returns ``update(t, lr)``,
which changes them in place without allocating; ``t`` is the number of this update since the state was
zero, 1 for the first.  At the end of a training step the update is only pending; :meth:`Optimizer.preview`
runs the same kernel on copies for whoever looks, and :meth:`Optimizer.explain` gives the expression behind
every part of one element (:mod:`nnlab.engine.update` holds both):

``used``  the gradient after clipping      ``m.new`` ``v.new`` ``velocity.new`` ``accumulator.new``
``step``  what is added to the parameter   ``new``   the parameter after the update
``moved`` ``norm``  under max-norm: the parameter before it is shortened, the length of its column then

Before every update that :data:`FLUSH_EVERY` divides, state below :data:`FLUSH_BELOW` becomes zero, because
denormal numbers make arithmetic many times slower.  The rules are in :mod:`nnlab.engine.optimizers`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import ClassVar, TypeAlias

import numpy as np

from nnlab.engine.arguments import Argument, Written, check_all, plain, read_arguments, split_words, unknown
from nnlab.engine.clipping import Clipping
from nnlab.engine.expression import Expression, call, const, extreme
from nnlab.engine.kernels import Kernels, table
from nnlab.engine.maxnorm import MOVED, NORM, MaxNorm, shortened
from nnlab.engine.sparsity import KEPT, Sparse
from nnlab.engine.unroll import unroll
from nnlab.engine.update import Block, Preview, UpdateContext, Vector
from nnlab.errors import NnlabError
from nnlab.i18n import _

Update: TypeAlias = Callable[[int, float], None]
Call: TypeAlias = Callable[[], None]
Scalar: TypeAlias = Callable[[float], Vector]

BLOCK = 32768
"""Elements worked on at a time: five float32 vectors of it fit a second-level cache of 1 MB.  Blocks of
8,192 take 1.3 times as long for 109,386 parameters, through the calls they add."""
FLUSH_EVERY = 100
FLUSH_BELOW = 2.0**-100  # 8e-31, the same number in float32 and float64


EVERYTHING = (slice(None),)


def blocks(spans: Sequence[slice], size: int, block: int) -> Iterator[slice]:
    """``spans`` of a vector (size,) cut into pieces of at most ``block`` elements."""
    for span in spans:
        first, last, _step = span.indices(size)
        for start in range(first, last, block):
            yield slice(start, min(start + block, last))


def one_by_one(calls: list[Call]) -> Call:
    """A call that makes ``calls``, for an update that is made once and not worth unrolling."""

    def run() -> None:
        for work in calls:
            work()

    return run


class Optimizer(Written):
    """An update rule with its hyper-parameters; immutable."""

    name: ClassVar[str]
    formula: ClassVar[str]
    arguments: ClassVar[tuple[Argument, ...]]
    state_names: ClassVar[tuple[str, ...]] = ()
    full_batch: ClassVar[bool] = False  # the run takes the whole training set as one batch

    def __init__(self, **values: float) -> None:
        self.values = check_all(self.name, self.arguments, values)

    @staticmethod
    def parse(text: str) -> Optimizer:
        """Read ``adam``, ``adam 0.03`` or ``adam lr=0.03 beta1=0.9``."""
        from nnlab.engine.optimizers import OPTIMIZERS  # the registry is made of what is derived from this

        words = split_words(text)
        if not words:
            raise NnlabError(_("name an optimiser: {names}", names=", ".join(OPTIMIZERS)))
        kind = OPTIMIZERS.get(words[0].lower())
        if kind is None:
            message = _("“{word}” is not an optimiser", word=words[0])
            raise unknown(words[0], list(OPTIMIZERS), message)
        return kind(**read_arguments(kind.name, kind.arguments, words[1:]))

    @property
    def text(self) -> str:
        """The normal form: the learning rate always, the others where they are not the default."""
        words = [self.name]
        for argument in self.arguments:
            value = self.values[argument.name]
            if argument.name == "lr" or value != argument.default:
                words.append(f"{argument.name}={plain(value)}")
        return " ".join(words)

    @property
    def lr(self) -> float:
        return self.values["lr"]

    def replace(self, **values: float) -> Optimizer:
        """The same rule with some hyper-parameters changed."""
        return type(self)(**{**self.values, **values})

    @classmethod
    def help(cls) -> str:
        raise NotImplementedError

    @classmethod
    def defaults(cls) -> dict[str, float]:
        return check_all(cls.name, cls.arguments, {})

    def new_state(self, theta: Vector, kernels: Kernels | None = None) -> dict[str, Vector]:
        """State of an optimiser that has not seen a gradient: zeros (n,) by name."""
        xp = (kernels or table()).xp
        return {name: xp.zeros_like(theta) for name in self.state_names}

    def bind(
        self,
        theta: Vector,
        grad: Vector,
        state: Mapping[str, Vector],
        kernels: Kernels | None = None,
        spans: Sequence[slice] = EVERYTHING,
        limit: float = 0.0,
    ) -> Update:
        """``update(t, lr)``: one in-place update of ``theta`` (n,) and ``state`` (each (n,)) from ``grad``.

        ``spans`` are the parts of the vectors that are updated, everything unless given; ``limit``, where it
        is not 0, bounds them after the update, as weight clipping asks.  ``kernels`` is the
        kernel table, NumPy's by default.  Nothing is allocated and no number is brought to the host when the
        update runs.
        """
        kernels = kernels or table()
        block = min(theta.size, BLOCK) if isinstance(theta, np.ndarray) else theta.size
        step = kernels.xp.empty(block, theta.dtype)
        return self._bind(
            kernels, theta, grad, state, step, spans, limit, lambda calls: unroll(calls, kernels)
        )

    def preview(
        self,
        theta: Vector,
        grad: Vector,
        state: Mapping[str, Vector],
        t: int,
        lr: float,
        clip: Clipping | None = None,
        kernels: Kernels | None = None,
        spans: Sequence[slice] = EVERYTHING,
        limit: float = 0.0,
        bound: MaxNorm | None = None,
        sparse: Sparse | None = None,
    ) -> Preview:
        """What ``update(t, lr)`` and what stands behind it would do, bit for bit; nothing given changes.

        That is putting the zeros of ``sparse`` back and shortening by ``bound``.
        """
        kernels = kernels or table()
        used = grad.copy()
        norm = kernels.xp.zeros((), grad.dtype)
        if clip is not None:
            clip.bind(grad, used, kernels, norm)()
        new, step = theta.copy(), kernels.xp.zeros_like(theta)
        after = {name: state[name].copy() for name in self.state_names}
        note, put_back = sparse.bind(new, kernels) if sparse is not None else (_nothing, _nothing)
        note()
        self._bind(kernels, new, used, after, step, spans, limit)(t, lr)
        put_back()
        parts: dict[str, Vector] = {"": theta.copy(), "grad": grad.copy(), "used": used}
        parts |= {name: state[name].copy() for name in self.state_names}
        parts |= {f"{name}.new": vector for name, vector in after.items()}
        if sparse is not None:
            parts[KEPT] = sparse.kept(theta)
        if bound is not None:
            parts |= {MOVED: new.copy(), NORM: bound.norms(new)}
            bound.bind(new, kernels)()
        parts |= {"step": step, "new": new}
        max_norm = bound.limit if bound is not None else 0.0
        return Preview(parts, t, lr, clip, float(norm) if clip is not None else math.nan, limit, max_norm)

    def _bind(
        self,
        kernels: Kernels,
        theta: Vector,
        grad: Vector,
        state: Mapping[str, Vector],
        step: Vector,
        spans: Sequence[slice],
        limit: float = 0.0,
        join: Callable[[list[Call]], Call] = one_by_one,
    ) -> Update:
        """The update in blocks of the size of ``step``: scratch, or (n,) to keep what is added to theta."""
        xp, dtype, block = kernels.xp, theta.dtype, max(step.size, 1)

        def scalar(value: float) -> Vector:
            return xp.full((), value, dtype)  # type: ignore[no-any-return]

        live = [scalar(0.0) for _value in self._scalars(1, 1.0)]
        spare = xp.empty(block, dtype)
        above, below = xp.empty(block, bool), xp.empty(block, bool)
        limits = scalar(-FLUSH_BELOW), scalar(FLUSH_BELOW), scalar(0.0)
        calls: list[Call] = []
        flushes: list[Call] = []
        kept = step.size == theta.size
        for part in blocks(spans, theta.size, block):
            size = theta[part].size
            states = [state[name][part] for name in self.state_names]
            added = step[part] if kept else step[:size]
            vectors = Block(theta[part], grad[part], states, added, spare[:size])
            calls.append(self._kernel(kernels, scalar, live, vectors))
            if limit:
                bounds = scalar(-limit), scalar(limit)
                calls.append(partial(kernels.clip_value, theta[part], *bounds, theta[part]))
            masks = above[:size], below[:size]
            flushes += [partial(kernels.flush, vector, *limits, *masks) for vector in states]
        scalars, run = self._scalars, join(calls)

        def update(t: int, lr: float) -> None:
            for slot, value in zip(live, scalars(t, lr)):
                slot[...] = value
            if t % FLUSH_EVERY == 0:
                for flush in flushes:
                    flush()
            run()

        return update

    def _scalars(self, t: int, lr: float) -> tuple[float, ...]:
        """The numbers of the kernel that change from step to step, computed in float64."""
        return (-lr,)

    def _kernel(self, kernels: Kernels, scalar: Scalar, live: list[Vector], on: Block) -> Call:
        """The kernel call for one block; ``live`` holds the numbers of :meth:`_scalars` as 0-d arrays."""
        raise NotImplementedError

    def explain(self, part: str, context: UpdateContext) -> Expression:
        """The expression behind ``part`` of one element: used, NAME.new, step, moved or new."""
        if part == "used":
            grad = context.ref("grad")
            return context.clip.explain(grad, context.norm) if context.clip else grad
        if part == "step":
            return self._explain_step(context)
        if part == "new" and context.shortened:
            return shortened(context.ref(MOVED), context.ref(NORM), context.max_norm)
        if part in ("new", MOVED):
            moved, bound = context.ref("") + context.ref("step"), context.limit
            if bound:
                moved = extreme("max", [const(-bound, "−c"), extreme("min", [moved, const(bound, "c")])])
            return moved * call("[≠ 0]", context.ref("")) if context.held else moved
        name = part.removesuffix(".new")
        if part == name or name not in self.state_names:
            known = ["used", *(f"{n}.new" for n in self.state_names), "step", "new"]
            message = _("{name} has no part “{part}” to explain", name=self.name, part=part)
            raise unknown(part, known, message)
        old: Expression = context.ref(name)
        if context.t % FLUSH_EVERY == 0 and 0 < abs(context.numbers[name]) < FLUSH_BELOW:
            old = const(0.0, "[≥ 2⁻¹⁰⁰]") * old
        return self._explain_state(name, old, context)

    def _explain_state(self, name: str, old: Expression, context: UpdateContext) -> Expression:
        raise NotImplementedError

    def _explain_step(self, context: UpdateContext) -> Expression:
        raise NotImplementedError

    def _const(self, name: str) -> Expression:
        symbol = next(a.symbol for a in self.arguments if a.name == name)
        return const(self.values[name], symbol)


def _nothing() -> None:
    """Nothing is done."""


def columns(optimizer: Optimizer, bounded: bool = False) -> tuple[tuple[str, str], ...]:
    """The ledger of one parameter in reading order: (label, part); ``bounded`` where max-norm shortens it."""
    state = [(label, part) for n in optimizer.state_names for label, part in ((n, n), (f"{n}′", f"{n}.new"))]
    old = ((_("old"), ""), (_("gradient"), "grad"), (_("used"), "used"))
    between = ((_("moved"), MOVED), (_("‖column‖"), NORM)) if bounded else ()
    return (*old, *state, (_("step"), "step"), *between, (_("new"), "new"))

"""What many lessons read off a bench: how large a network is, how long it was trained, how good it is.

A reading takes the session, so it is the probe of a ``number`` or ``numeric``, and checks of goals call it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from nnlab.lesson.step import Number, number

if TYPE_CHECKING:
    from nnlab.session import Session
    from nnlab.training.history import EpochRow


def notation(session: Session) -> str:
    """The network as text, an activation behind its layer (``dense 8 relu``); "" where there is none."""
    return "" if session.network is None else session.network.text.replace(" | relu", " relu")


def parameters(session: Session) -> int:
    """Of the whole network."""
    assert session.network is not None
    return session.network.parameter_count


def parameters_of(layer: str) -> Callable[[Session], int]:
    """A probe: the parameters of one layer, by its name."""

    def probe(session: Session) -> int:
        assert session.network is not None
        return next(row.parameters or 0 for row in session.network.ledger() if row.name == layer)

    return probe


def steps(session: Session) -> int:
    """Training steps of the current run; 0 where there is none."""
    return session.run.step_count if session.run else 0


def epochs(session: Session) -> int:
    """Finished epochs of the current run; 0 where there is none."""
    return len(session.run.history.epochs) if session.run else 0


def last_epoch(session: Session) -> EpochRow | None:
    """What was measured at the end of the last epoch; None before the first."""
    rows = session.run.history.epochs if session.run else ()
    return rows[-1] if rows else None


def accuracy(part: str) -> Callable[[Session], float]:
    """A probe: the metric of a part of the data in percent, by the weights of now."""
    return lambda session: 100 * session.need_run().evaluate(part).metric


def loss(part: str) -> Callable[[Session], float]:
    """A probe: the loss of a part of the data, by the weights of now."""
    return lambda session: session.need_run().evaluate(part).loss


def span(name: str, values: Sequence[float], digits: int = 0, *, after: bool = False) -> list[Number]:
    """Numbers {NAME_low} and {NAME_high} of what several seeds gave, {NAME_middle} where there are three."""
    ends = ("low", "high") if len(values) == 2 else ("low", "middle", "high")
    return [
        number(f"{name}_{end}", value, digits, after=after) for end, value in zip(ends, values, strict=True)
    ]


def spans(
    measured: Mapping[str, Sequence[float]], before: str = "", digits: int = 0, *, after: bool = False
) -> list[Number]:
    """The :func:`span` of each name, behind ``before``."""
    return [
        each
        for name, values in measured.items()
        for each in span(f"{before}{name}", values, digits, after=after)
    ]

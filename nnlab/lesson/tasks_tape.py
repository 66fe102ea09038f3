"""Be the network: the learner types the values of the tape one after the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.lesson.answers import close, parse_numbers, written
from nnlab.lesson.bench import Bench, Probe, read_probe
from nnlab.lesson.tasks import Attempt, Context, Judgement, right, wrong


@dataclass(frozen=True, slots=True)
class Tape:
    """Blanks in the order of the tape; a right value opens the next one."""

    addresses: tuple[str, ...]
    expect: tuple[float, ...] | None
    mistakes: Mapping[str, tuple[str, Probe]]
    digits: int

    def reference_lines(self) -> tuple[str, ...]:
        return ()

    @property
    def answer_form(self) -> str:
        return "tape"

    def prepare(self, bench: Bench) -> Any:
        from nnlab.lesson.wrong_paths import wrong_paths

        return {
            "truth": [read_probe(address, bench) for address in self.addresses],
            "paths": [[[p.value, p.text] for p in wrong_paths(bench.run, a)] for a in self.addresses],
            "mistakes": {
                name: [self.addresses.index(address), read_probe(probe, bench)]
                for name, (address, probe) in self.mistakes.items()
            },
        }

    def position(self, context: Context) -> int:
        """How many blanks are filled."""
        return int(context.memory.get("at", 0))

    def judge(self, answer: str, context: Context) -> Judgement:
        given = parse_numbers(answer)
        truth = context.prepared["truth"]
        at = self.position(context)
        if len(given) > len(truth) - at:
            raise NnlabError(
                _(
                    "{n} numbers were typed but only {left} are left on the tape",
                    n=len(given),
                    left=len(truth) - at,
                )
            )
        for value in given:
            if not close(value, truth[at]):
                return self._diagnose(value, at, context)
            at += 1
            context.memory["at"] = at
        shown = ", ".join(written(g, 6) for g in given)
        if at == len(truth):
            return right(shown)
        return Judgement(
            True,
            False,
            detail=_("next on the tape: {address}", address=self.addresses[at]),
            given=shown,
        )

    def _diagnose(self, value: float, at: int, context: Context) -> Judgement:
        here = _("{address}: ", address=self.addresses[at])
        for name, (place, known) in context.prepared["mistakes"].items():
            if place == at and close(value, known):
                return wrong(name, given=written(value, 6))
        for known, text in context.prepared["paths"][at]:
            if close(value, known):
                return wrong("", here + text, written(value, 6))
        for other, truth in enumerate(context.prepared["truth"]):
            if other != at and value and close(value, truth):  # a nought belongs to many
                text = _("{value} belongs to {other}", value=written(value, 6), other=self.addresses[other])
                return wrong("", here + text, written(value, 6))
        side = _("too large") if value > context.prepared["truth"][at] else _("too small")
        text = _("{value} is {side}", value=written(value, 6), side=side)
        return wrong("", here + text, written(value, 6))

    def reveal(self, context: Context) -> str:
        pairs = zip(self.addresses, context.prepared["truth"])
        return "\n".join(f"{address} = {written(value, self.digits)}" for address, value in pairs)

    def solutions(self, context: Context) -> list[Attempt]:
        truth = context.prepared["truth"]
        attempts = [Attempt(answers=tuple(repr(t) for t in truth))]
        if self.expect is not None:
            attempts.append(Attempt(answers=(" ".join(written(e, 6) for e in self.expect),)))
        return attempts

    def wrong_attempts(self, context: Context) -> list[tuple[str, Attempt]]:
        truth = context.prepared["truth"]
        attempts = [("", Attempt(answers=(repr(truth[0] + 7 * max(1.0, abs(truth[0]))),)))]
        for name, (at, value) in context.prepared["mistakes"].items():
            attempts.append((name, Attempt(answers=(*(repr(t) for t in truth[:at]), repr(value)))))
        return attempts

    def texts(self) -> set[tuple[str, str]]:
        return {("mistake", name) for name in self.mistakes}


def tape(
    addresses: Sequence[str],
    *,
    expect: Sequence[float] | None = None,
    mistakes: Mapping[str, tuple[str, Probe]] | None = None,
    digits: int = 3,
) -> Tape:
    """``tape(["dense1.z[0,0]", "dense1.a[0,0]"], mistakes={"no-bias": ("dense1.z[0,0]", 0.0)})``.

    A term left out, a turned sign or a skipped function are recognised without being declared.
    """
    for name, (address, _probe) in (mistakes or {}).items():
        if address not in addresses:
            raise NnlabError(
                _(
                    "the mistake '{name}' is about {address}, which is not on this tape",
                    name=name,
                    address=address,
                )
            )
    return Tape(tuple(addresses), None if expect is None else tuple(expect), dict(mistakes or {}), digits)

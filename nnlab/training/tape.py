"""The tape: where in the pass, the epoch and the run the reader stands."""

from __future__ import annotations

from dataclasses import dataclass

from nnlab.engine.address import Address
from nnlab.engine.manifest import Event
from nnlab.errors import NnlabError
from nnlab.i18n import N_, _

GRAINS = (N_("operation"), N_("layer"), N_("batch"), N_("epoch"))


def grain_named(word: str) -> str:
    """The grain called ``word``; raises NnlabError that lists the four."""
    if word not in GRAINS:
        raise NnlabError(_("grain “{word}” is unknown; choose {known}", word=word, known=", ".join(GRAINS)))
    return word


@dataclass(frozen=True, slots=True)
class Tape:
    """One training step as a sequence of events, with a cursor between two of them.

    ``position`` events are done, so a value is known when its event stands before the cursor.
    """

    events: tuple[Event, ...]
    position: int
    step: int
    epoch: int
    batch: int
    batches: int

    @property
    def current(self) -> Event | None:
        """The event just done, None at the beginning of a step."""
        return self.events[self.position - 1] if self.position else None

    @property
    def upcoming(self) -> Event | None:
        return self.events[self.position] if self.position < len(self.events) else None

    @property
    def phase(self) -> str:
        return self.current.phase if self.current else "forward"

    def known(self, address: Address) -> bool:
        """Whether the number at ``address`` has been computed where the cursor stands."""
        made = self.made_at(address)
        return made < self.position

    def made_at(self, address: Address) -> int:
        """The index of the event that writes ``address``; −1 for what is there from the start."""
        if address.part.startswith("grad"):
            return self._writer(address)
        if address.part in ("", "lr") or not self.events:
            return self._writer(address)
        if address.part.endswith(".new") or address.part in ("used", "step", "new", "norm"):
            return self.events[-1].index
        return -1  # optimiser state carried over

    def _writer(self, address: Address) -> int:
        name = f"{address.value}.{address.part}" if address.part else address.value
        last = -1
        for event in self.events:
            if name in event.writes:
                return event.index
            if address.part == "grad" and any(w.startswith(f"{name}@") for w in event.writes):
                last = event.index
        return last

    def boundary(self, forward: bool) -> int:
        """The position where the layer-grain cursor goes next."""
        cuts = layer_cuts(self.events)
        if forward:
            return next((c for c in cuts if c > self.position), len(self.events))
        return next((c for c in reversed(cuts) if c < self.position), 0)


def layer_cuts(events: tuple[Event, ...]) -> list[int]:
    """Positions between layers: after each run of events of one layer in one phase."""
    cuts = [0]
    for i, event in enumerate(events):
        following = events[i + 1] if i + 1 < len(events) else None
        if following is None or (following.phase, following.layer) != (event.phase, event.layer):
            cuts.append(i + 1)
    return cuts

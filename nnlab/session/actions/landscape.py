"""The action that chooses which parameters the loss is drawn over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnlab.i18n import N_, _
from nnlab.session.action import Action, Result, register
from nnlab.session.words import Words, number_text

if TYPE_CHECKING:
    from nnlab.session.session import Session

AUTO = "auto"

Chosen = tuple[str, tuple[float, float] | None]


@register
@dataclass(frozen=True)
class ChooseLandscape(Action):
    """The loss over one or two parameters, each over a range of its own or the one that fits the walk."""

    name = "landscape"
    syntax = "landscape ADDRESS [LOW HIGH] [ADDRESS [LOW HIGH]] | landscape auto"
    help = N_("draw the loss over one or two parameters, and the walk of the run on it")
    example = "landscape dense1.W[0,0] -1 5 dense1.b[0]"
    category = "looking"
    arguments = ("landscape*",)
    undoable = False
    live = True

    axes: tuple[Chosen, ...] = ()

    @classmethod
    def parse(cls, words: Words) -> ChooseLandscape:
        if words.peek().lower() == AUTO:
            words.take("")
            return cls()
        axes = [_axis(words)]
        if words.more:
            axes.append(_axis(words))
        if len({address for address, _range in axes}) < len(axes):
            raise words.fail(_("“{word}” is named twice; choose two parameters", word=axes[0][0]), back=1)
        return cls(tuple(axes))

    def __str__(self) -> str:
        parts = [address + "".join(f" {number_text(v)}" for v in range or ()) for address, range in self.axes]
        return f"{self.name} {' '.join(parts) or AUTO}"

    def apply(self, session: Session) -> Result:
        session.look_over(self.axes)
        return session.show("landscape")

    def replay(self, session: Session) -> None:
        session.look_over(self.axes)


def _axis(words: Words) -> Chosen:
    """One address, and the two ends of its range where they follow."""
    address = words.address()
    if not words.more or not _number(words.peek()):
        return address, None
    low = words.number(_("the lower end of the range"))
    return address, (low, words.number(_("the upper end of the range"), above=low))


def _number(word: str) -> bool:
    return word[:1] in "0123456789+-−."

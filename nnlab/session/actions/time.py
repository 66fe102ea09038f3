"""Actions that move through time: back, seek, branch, switch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnlab.i18n import N_, _
from nnlab.session.action import Action, Result, register
from nnlab.session.actions import reading
from nnlab.session.actions.knobs import KNOBS, settings
from nnlab.session.words import Words, options_text

if TYPE_CHECKING:
    from nnlab.session.session import Session


@register
@dataclass(frozen=True)
class Back(Action):
    """Backward by one or more grains; nothing that was trained is lost."""

    name = "back"
    syntax = "back [N] [operation|layer|batch|epoch]"
    help = N_("go back by one grain, or by N")
    example = "back operation"
    category = "time"
    arguments = ("grain*",)
    aliases = ("b",)

    count: int = 1
    grain: str = ""

    @classmethod
    def parse(cls, words: Words) -> Back:
        count = 1
        if words.more and words.peek().lstrip("+-").isdigit():
            count = words.integer(_("how far to go back"), low=1)
        return cls(count, reading.grain(words) if words.more else "")

    def __str__(self) -> str:
        return " ".join(filter(None, ("back", str(self.count) if self.count != 1 else "", self.grain)))

    def apply(self, session: Session) -> Result:
        session.backward(self.grain or session.bench.grain, self.count)
        return session.answer("position", session.need_run())


@register
@dataclass(frozen=True)
class Seek(Action):
    """To any step of the run, with its exact numbers."""

    name = "seek"
    syntax = "seek STEP | seek best"
    help = N_("go to a step of the run, or to the end of its best epoch; its numbers come back exactly")
    example = "seek 40"
    category = "time"
    arguments = ("moment",)

    step: int | None

    @classmethod
    def parse(cls, words: Words) -> Seek:
        if words.peek().lower() == "best":
            words.take("")
            return cls(None)
        return cls(words.integer(_("the step to go to, or best"), low=0))

    def __str__(self) -> str:
        return f"seek {'best' if self.step is None else self.step}"

    def apply(self, session: Session) -> Result:
        session.seek(session.need_run().best_step() if self.step is None else self.step)
        return session.answer("position", session.need_run())


@register
@dataclass(frozen=True)
class Grain(Action):
    """What ``step`` and ``back`` mean when they are not told."""

    name = "grain"
    syntax = "grain operation|layer|batch|epoch"
    help = N_("choose what step and back move by when they are not told")
    example = "grain layer"
    category = "time"
    arguments = ("grain",)
    undoable = False
    live = True

    grain: str

    @classmethod
    def parse(cls, words: Words) -> Grain:
        return cls(words.choice(reading.GRAINS, _("a grain of stepping")))

    def __str__(self) -> str:
        return f"grain {self.grain}"

    def apply(self, session: Session) -> Result:
        session.bench.grain = self.grain
        return Result([_("step and back now move by one {grain}", grain=_(self.grain))], payload=self.grain)


@register
@dataclass(frozen=True)
class Branch(Action):
    """A second run that shares the past and may differ in a knob."""

    name = "branch"
    syntax = "branch [NAME] [knob=value …]"
    help = N_("start a second run from here, with other settings if you like; the first one stays")
    example = "branch fast lr=0.3"
    category = "time"
    arguments = ("setting*",)

    run: str = ""
    options: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, words: Words) -> Branch:
        run = ""
        if words.more and "=" not in words.peek():
            run = reading.run_name(words)
        options = words.options(KNOBS)
        settings(options)
        return cls(run, options)

    def __str__(self) -> str:
        return " ".join(filter(None, ("branch", self.run, options_text(self.options))))

    def apply(self, session: Session) -> Result:
        session.branch(self.run, **settings(self.options))
        return session.answer("runs", session)


@register
@dataclass(frozen=True)
class Switch(Action):
    """Another run on the bench."""

    name = "switch"
    syntax = "switch RUN"
    help = N_("work on another run; “runs” lists them")
    example = "switch main"
    category = "time"
    arguments = ("run_name",)

    run: str

    @classmethod
    def parse(cls, words: Words) -> Switch:
        return cls(words.take(_("the name of a run")))

    def __str__(self) -> str:
        return f"switch {self.run}"

    def apply(self, session: Session) -> Result:
        session.switch(self.run)
        return session.answer("runs", session)


@register
@dataclass(frozen=True)
class Runs(Action):
    """The runs side by side."""

    name = "runs"
    syntax = "runs"
    help = N_("list the runs on the bench: step, loss, settings")
    example = "runs"
    category = "time"
    undoable = False
    logged = False
    live = True

    def apply(self, session: Session) -> Result:
        return session.answer("runs", session)

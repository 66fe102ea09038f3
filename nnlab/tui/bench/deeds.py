"""What a learner does on the bench: keys become actions of the session, done in their order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import log10
from typing import TYPE_CHECKING, Any

from nnlab.engine.address import Address
from nnlab.i18n import _
from nnlab.session.pace import walked
from nnlab.session.scene import Deed
from nnlab.session.views import said
from nnlab.tui.bench.inspector import operand
from nnlab.tui.bench.live import Live
from nnlab.tui.bench.places import InspectorView
from nnlab.tui.bench.status import speed_text, turned
from nnlab.tui.bench.why import Question, checked, nudged
from nnlab.tui.messages import Act, Chosen, Opened, Say, TypeAction

if TYPE_CHECKING:
    from nnlab.session.session import Session

GRAINS = ("operation", "layer", "batch", "epoch")
PLAY = 0.9
"""Seconds an operation is looked at when the step is played."""

WARMER = 0.1
"""How far a key moves the temperature."""


class Deeds(Live):
    """The doing half of the bench; :class:`~nnlab.tui.bench.bench.Bench` adds places and the cursor."""

    playing = False
    _delta = 0.0

    inspector: InspectorView

    def explained(self) -> None:
        if self.inspector.display and self.inspector.size.width:
            self.inspector.redraw()

    def show_place(self, name: str) -> None:
        """Go to a place of the bench."""
        raise NotImplementedError

    def action_build(self) -> None:
        """To the builder and back."""

    # -- doing ----------------------------------------------------------------------------------

    def act(self, line: str, then: Callable[[Any], None] | None = None) -> None:
        """Send an action up; the app does it, and the session tells us."""
        self.post_message(Act(line, then))

    def action_step(self) -> None:
        self.act("step")

    def action_back(self) -> None:
        self.act("back")

    def action_run(self) -> None:
        self.playing = False
        if self.session.errands.stop():
            return
        self.act("pause" if self.session.trainer.running else "run")

    def seek(self, step: int) -> None:
        """To a step; of many wishes in a row only the newest is done."""
        self.newest("seek", f"seek {step}")

    def newest(self, kind: str, line: str) -> None:
        """Do ``line``, unless another wish of its kind comes before the next frame."""
        app: Any = self.app
        if hasattr(app, "request_frame"):
            app.request_frame((kind, id(self)), lambda: self.act(line))
        else:
            self.act(line)

    def to_event(self, position: int) -> None:
        """Move the tape's cursor behind an event of this step."""
        if self.track is None:
            return
        distance = position - self.track.position
        if distance:
            self.act(f"{'step' if distance > 0 else 'back'} {abs(distance)} operation")

    def _grain(self, step: int) -> None:
        at = GRAINS.index(self.session.grain) + step
        if 0 <= at < len(GRAINS):
            self.act(f"grain {GRAINS[at]}")

    def action_finer(self) -> None:
        self._grain(-1)

    def action_coarser(self) -> None:
        self._grain(1)

    def _walk(self, way: int) -> None:
        """One rung of the speeds up or down; chosen for the next bench too."""
        trainer = self.session.trainer
        trainer.speed = walked(trainer.pace if trainer.running else trainer.speed, way)
        self.post_message(Chosen("speed", trainer.speed or 0.0))
        self.post_message(Say(_("speed: {speed}", speed=speed_text(trainer.speed))))
        self.freshen()

    def action_slower(self) -> None:
        self._walk(-1)

    def action_faster(self) -> None:
        self._walk(1)

    def action_branch(self) -> None:
        self.act("branch")

    def action_breakpoint(self) -> None:
        """To the breakpoints; there, the condition of a new one is typed."""
        if self.breaking:
            self.post_message(TypeAction("break "))
        elif self.session.run is not None:
            self.act("view breaks")
        else:
            self.post_message(TypeAction("break "))

    @property
    def breaking(self) -> bool:
        """Whether the breakpoints are looked at."""
        return False

    def action_undo(self) -> None:
        self.act("undo")

    def action_redo(self) -> None:
        self.act("redo")

    def _example(self, step: int) -> None:
        data = self.session.data
        if data is not None:
            self.act(f"example {(self.session.example + step) % len(data.split.train)}")

    def action_example(self) -> None:
        self._example(1)

    def action_previous_example(self) -> None:
        self._example(-1)

    def action_meet(self) -> None:
        """To where the followed example is in the batch, in this epoch; trained that far if need be."""
        session = self.session

        def find() -> str:
            run = session.need_run()
            step = run.order.step_with(session.example, max(1, run.step_count))
            return f"seek {step}" if step <= session.bench.reach[session.current] else f"run to step {step}"

        self.in_reader(lambda: self.act(self.at_boundary(find)))

    def action_play(self) -> None:
        """Operation by operation to the end of the step, or stop."""
        self.playing = not self.playing
        if self.playing:
            self._play()

    def _play(self) -> None:
        if not self.playing or not self.is_mounted:
            return

        def go_on(result: Any) -> None:
            track = self.session.run.tape if self.session.run is not None else None
            if track is None or track.position >= len(track.events):
                self.playing = False
            self.set_timer(PLAY / 3 if self.still else PLAY, self._play)

        self.act("step operation", go_on)

    # -- knobs ----------------------------------------------------------------------------------

    def turn(self, knob: str, step: int) -> None:
        """Turn a knob one notch, also while training goes on."""
        from nnlab.engine.optimizers import OPTIMIZERS

        if knob == "speed":
            self._walk(step)
            return
        line = turned(self.dials, knob, step, tuple(OPTIMIZERS))
        if line:
            self.act(line)

    def _knob(self, knob: str) -> None:
        """Enter on a knob: the builder, or the action typed so far."""
        if knob == "net":
            self.action_build()
        elif knob == "speed":
            self.action_run()
        else:
            self.post_message(TypeAction(f"{knob} "))

    # -- the inspector --------------------------------------------------------------------------

    def _inspect(self, question: Question) -> None:
        """Another number in the inspector."""
        self.question = question
        self.inspector.target = None
        if self.session.trainer.running:
            self.inspector.redraw()  # its arithmetic comes with the next readings
        else:
            self.freshen(readings=False)

    def _descend(self, target: object) -> None:
        if isinstance(target, tuple) and target[0] == "twin":
            self._inspect(self.question.across())
        elif isinstance(target, tuple) and target[0] == "trail":
            while len(self.question.trail) > target[1]:
                self.question = self.question.back()
            self._inspect(self.question)
        elif isinstance(target, tuple) and target[0] == "more":
            self.question = replace(self.question, limit=max(40, self.question.limit * 4))
            self.freshen(readings=False)
        else:
            address = operand(self.question, target)
            if address == self.question.address and address is not None:
                self.post_message(TypeAction(f"edit {address} "))  # the old value: write another
            elif address is not None:
                self._inspect(self.question.into(address))
                self.post_message(Opened(address))

    def _ask(self, work: Callable[[Session, Question], Question]) -> None:
        """Have the run answer about the number in the inspector; of a large network that takes a while."""
        session, question = self.session, self.question
        if question.address is None:
            return

        def answer() -> None:
            answered = self.at_boundary(lambda: work(session, question))
            self.post_message(self.Changed(question=answered))

        self.in_reader(answer)
        if self.inspector.has_class("-hidden"):
            self.show_place("inspector")

    def action_copy(self) -> None:
        """The number and its arithmetic to the clipboard, through the terminal (OSC 52): over ssh too."""
        explanation = self.question.explanation
        if explanation is None or not self.question.known:
            self.post_message(Say(_("there is no number under the cursor to copy")))
            return
        lines = self.session.answer("explanation", explanation).lines
        self.app.copy_to_clipboard("\n".join(lines))
        self.post_message(Say(_("copied: {line}", line=lines[0]), "good"))

    def action_verify(self) -> None:
        self._ask(checked)

    def _nudge(self, step: int) -> None:
        """The nudge grows with every press: predicted and true change of the loss drift apart."""
        address = self.question.address
        run = self.session.run
        if address is None or run is None:
            return
        if address.value not in run.store:
            told = _(
                "{address} is computed, not set; + and - turn a weight under the cursor", address=address
            )
            self.post_message(Say(told))
            return
        value = abs(self.moment.number(Address(address.value, address.index)) or 0.0) if self.moment else 0.0
        unit = 10.0 ** round(_power(value)) / 10
        self._delta = round((self._delta / unit) + step) * unit or step * unit
        delta = self._delta
        self._ask(lambda session, question: nudged(session, question, delta))

    def action_raise(self) -> None:
        self._turn_number(1)

    def action_lower(self) -> None:
        self._turn_number(-1)

    def _turn_number(self, step: int) -> None:
        """A weight that is edited where it stands goes by a tenth of the largest; others are nudged."""
        if self._press("raise" if step > 0 else "lower") or self._warm(step):
            return
        address = self.edited()
        if address is None or self.moment is None:
            self._nudge(step)
            return
        array = self.moment.array(address.value)
        if array is not None:
            unit = 10.0 ** round(_power(float(abs(array).max()))) / 10
            self.act(f"edit {address} {float(array[address.index]) + step * unit:.7g}")

    def pressed_on(self) -> Deed | None:
        """The place under the cursor that does something, as it is now."""
        return None

    def _press(self, key: str) -> bool:
        """Do what ``key`` is for at the place under the cursor; False where it is for nothing there."""
        deed = self.pressed_on()
        line = deed.keys.get(key, "") if deed is not None else ""
        if line:
            self.act(line)
        return bool(line)

    def edited(self) -> Address | None:
        """The weight under the cursor that the keys change."""
        return None

    def _warm(self, step: int) -> bool:
        """Move the temperature where the candidates of a language model are looked at."""
        if (
            self.moment is None
            or self.opened != self.moment.output.name
            or not said.fits(self.moment, self.moment.output)
        ):
            return False
        temperature, top_k, top_p = self.session.bench.sampling
        moved = max(0.0, round(temperature + step * WARMER, 2))
        options = [
            f"temperature={moved:g}",
            f"top_k={top_k}" if top_k else "",
            f"top_p={top_p:g}" if top_p < 1 else "",
        ]
        self.act(" ".join(filter(None, ("sampling", *options))))
        return True


def _power(value: float) -> float:
    return log10(value) if value > 1e-6 else -1.0

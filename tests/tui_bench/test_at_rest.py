"""After a change: a knob leaves the numbers of the last step on stage and inspector, an edit the weights."""

from __future__ import annotations

from typing import Any

import pytest
from bench_app import BenchApp

from nnlab.engine.address import Address
from nnlab.session.moment import Moment
from nnlab.session.session import Session
from nnlab.tui.bench.why import Question, ask
from nnlab.tui.cells import rows_of

NUMBERS = ("dense1.W[0,1]", "dense1.z[0,1]", "dense2.z[0,0].grad", "loss", "dense1.W[0,1].step")


def seen(session: Session) -> dict[str, Any]:
    moment = Moment.of(session)
    return {text: moment.number(session.address(text)) for text in NUMBERS}


@pytest.mark.parametrize("knob", ["lr 0.5", "batch 2", "optimizer adam", "l2 0.1", "clip norm 1"])
def test_a_knob_changes_no_number_on_show(xor: Session, knob: str) -> None:
    xor.execute("step")
    before, known = seen(xor), ask(xor, Question(Address("dense1.z", (0, 1))))
    xor.execute(knob)
    assert seen(xor) == before
    assert None not in before.values()
    after = ask(xor, Question(Address("dense1.z", (0, 1))))
    assert after.known
    assert known.explanation is not None
    assert after.explanation is not None
    assert after.explanation.numbers() == known.explanation.numbers()
    assert "of step 1" in after.explanation.note
    assert ask(xor, Question(Address("dense1.W", (0, 1)))).ledger


def test_an_edit_leaves_weights_alone_on_show(xor: Session) -> None:
    xor.execute("step")
    xor.execute("edit dense1.W[0,1] 0.25")
    after = seen(xor)
    assert after.pop("dense1.W[0,1]") == 0.25
    assert set(after.values()) == {None}
    assert not ask(xor, Question(Address("dense1.z", (0, 1)))).known
    assert ask(xor, Question(Address("dense1.W", (0, 1)))).known


def test_before_the_first_step_the_weights_are_known(xor: Session) -> None:
    assert seen(xor)["dense1.W[0,1]"] is not None
    xor.execute("lr 0.5")
    assert seen(xor)["dense1.W[0,1]"] is not None
    assert seen(xor)["dense1.z[0,1]"] is None


async def test_the_stage_keeps_its_numbers_when_a_knob_is_turned(xor: Session, until: Any) -> None:
    xor.execute("step")
    async with BenchApp(xor).run_test(size=(120, 36)) as pilot:
        app = pilot.app

        def stage() -> str:
            view: Any = app.query_one("#stage")
            return "\n".join(rows_of(view.cells)) if view.cells is not None else ""

        await until(pilot, lambda: app.busy == 0 and app.bench.moment is not None and "?" not in stage())
        before = stage()[1:]  # the mark of the focus
        await pilot.press("k", "up")
        await until(pilot, lambda: app.done[-1:] == ["lr 1"] and app.busy == 0)
        await until(pilot, lambda: app.bench.moment.run is xor.run.on_show)
        await pilot.pause()
        assert stage()[1:] == before

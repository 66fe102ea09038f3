"""The inspector: what is not known yet is shown as it will be made, and nothing is written over it."""

from __future__ import annotations

import pytest
from conftest import DIGITS, made

from nnlab.engine.address import Address
from nnlab.tui.bench import inspector
from nnlab.tui.bench.spots import PLAIN
from nnlab.tui.bench.why import Question, ask
from nnlab.tui.cells import rows_of


@pytest.mark.parametrize("width", [32, 38, 46, 60, 100])
@pytest.mark.parametrize("back", [4, 0])
def test_terms_and_their_values_stand_apart(width: int, back: int) -> None:
    session = made(*DIGITS, "step", *([f"back {back} operation"] if back else []))
    question = ask(session, Question(Address("dense1.a", (0, 0), "grad")))
    rows = rows_of(inspector.draw(question, None, 24, width, PLAIN).cells)
    explanation = question.explanation
    assert explanation is not None
    rule = next(k for k, row in enumerate(rows) if "dz·Wᵀ" in row)
    told = [row for row in rows[rule + 1 :] if " = " in row]
    assert len(told) == 5  # three terms, the rest and the sum
    for row in told:
        term, _equals, value = row.partition(" = ")
        assert "=" not in term
        if back:
            assert value.split()[0] == "?"
        else:
            assert value.split()[0].lstrip("−")[0].isdigit()

"""Every kind of layer has a page: how it is written, formula, shapes, an example that runs, a source."""

from __future__ import annotations

import json

import pytest

from nnlab.i18n import set_language
from nnlab.network import Network
from nnlab.network.layers import LAYERS
from nnlab.network.layers.reference import REFERENCES
from nnlab.session import ActionError, Session

every_kind = pytest.mark.parametrize("word", LAYERS)


def test_every_kind_is_told_of_and_no_other() -> None:
    assert set(REFERENCES) == set(LAYERS)


@every_kind
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_page_has_everything_in_both_languages(word: str, language: str) -> None:
    set_language(language)
    try:
        lines = Session().execute(f"help {word}").lines
    finally:
        set_language("en")
    begins = {
        "en": ("written as: ", "formula: ", "shapes: ", "for example: ", "source: "),
        "zh": ("写法：", "公式：", "形状：", "例如：", "出处："),
    }[language]
    for begin in begins:
        assert any(line.startswith(begin) for line in lines), (begin, lines)
    assert any("一" <= sign <= "鿿" for sign in "".join(lines)) == (language == "zh")


@every_kind
def test_its_example_is_a_network_and_its_formula_is_the_engines(word: str) -> None:
    told = REFERENCES[word]
    network = Network.parse(told.example, told.shape, inputs=told.inputs)
    assert word in [row.kind for row in network.ledger()]
    if not told.formula and word != "block":
        formulas = {operation.formula for operation in network.graph.operations}
        page = " ".join(Session().execute(f"help {word}").lines).split()
        assert any(all(part in page for part in formula.split()) for formula in formulas)


def test_the_page_of_an_lstm() -> None:
    lines = Session().execute("help lstm").lines
    assert "shapes: 6×8 → 16, 1,600 parameters" in lines
    assert "formula: c = f·c₋₁ + i·g,  h = o·tanh(c)" in lines
    assert any("stateful" in line and "begin where the batch before ended" in line for line in lines)
    assert any(line.startswith("source: Hochreiter, Schmidhuber 1997") for line in lines)


def test_a_word_that_is_both_has_both_pages() -> None:
    text = "\n".join(Session().execute("help step").lines)
    assert "go forward by one grain" in text
    assert "the perceptron's decision" in text


def test_an_unknown_topic_is_answered_with_the_nearest_layer() -> None:
    with pytest.raises(ActionError, match="did you mean “lstm”"):
        Session().execute("help lstn")


def test_a_page_is_plain_data_too() -> None:
    found = json.dumps(Session().execute("help conv").to_json())
    assert "windows of weights" in found

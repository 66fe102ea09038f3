"""Formulas in another language: every word among their signs is translated, and every translation is met."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

from nnlab.engine import ops, schedules
from nnlab.engine.operation import Operation
from nnlab.i18n import _, set_language
from nnlab.session import Session
from nnlab.session.formula_words import PHRASES, in_words

SENTENCE = re.compile(r"(?<![\w.])(over|the|from|with|whose|that|drawn|while|read|where|has|after)(?![\w(:])")
FORMULAS = ("formula", "formulas", "_formulas", "backward_formula", "backward_formulas")


def kinds(kind: type) -> Iterator[type]:
    for each in kind.__subclasses__():
        yield each
        yield from kinds(each)


def formulas() -> set[str]:
    """Every formula that an operation or a schedule is written with."""
    for module in pkgutil.walk_packages(ops.__path__, f"{ops.__name__}."):
        importlib.import_module(module.name)
    found: set[str] = set()
    for kind in (*kinds(Operation), *kinds(schedules.Schedule)):
        for name in FORMULAS:
            value = getattr(kind, name, "")
            if isinstance(value, dict):
                found.update(value.values())
            elif isinstance(value, tuple):
                found.update(value)
            elif isinstance(value, str):
                found.add(value)
    return found


@pytest.fixture
def chinese() -> Iterator[None]:
    set_language("zh")
    yield
    set_language("en")


def test_in_english_a_formula_stays_as_it_is() -> None:
    assert all(in_words(each) == each for each in formulas())


def test_no_formula_keeps_an_english_phrase(chinese: None) -> None:
    left = {each: found.group() for each in formulas() if (found := SENTENCE.search(in_words(each)))}
    assert not left


def test_every_phrase_is_of_a_formula_and_translated(chinese: None) -> None:
    text = "\n".join(formulas())
    assert not [each for each in PHRASES if each not in text]
    assert not [each for each in PHRASES if _(each) == each]


def test_views_and_explanations_say_it(chinese: None) -> None:
    session = Session()
    for line in ("data digits shape=8x8x1", "net conv 2 3x3 relu | flatten | dense 10", "step"):
        session.execute(line)
    for line in ("view conv1", "explain conv1.z[0,1,1,0]", "show tape"):
        told = "\n".join(session.execute(line).lines)
        assert _("over the window") in told
        assert "over the window" not in told

"""Cards: every one is there that the inventory names, is short, and opens something that runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from lesson_kit import ToyBench, scaffold

from nnlab.errors import NnlabError
from nnlab.lesson import LessonRun, load_concepts
from nnlab.lesson.actions import install
from nnlab.lesson.cards import card_files, cards_of, find_cards, lint_cards, load_card
from nnlab.lesson.proving import prove_cards
from nnlab.lesson.render import render_text
from nnlab.session import Session
from nnlab.store import Progress

GOOD = "# A card\nopens: data xor\n\nShort and plain.\n"


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    (tmp_path / "cards").mkdir()
    return tmp_path


def write(pack: Path, english: str = GOOD, chinese: str = "# 卡片\nopens: data xor\n\n短文。\n") -> None:
    (pack / "cards" / "mine.en.md").write_text(english, encoding="utf-8")
    (pack / "cards" / "mine.zh.md").write_text(chinese, encoding="utf-8")


def problems(pack: Path) -> list[str]:
    return [problem for card, problem in lint_cards([pack]) if card.startswith("mine")]


def test_every_card_that_makes_a_concept_real_exists_and_every_card_makes_one_real():
    named = {name for concept in load_concepts().concepts.values() for name in concept.places("card")}
    assert set(card_files()) == named


def test_all_cards_hold_and_everything_they_open_runs():
    report = prove_cards()
    assert [str(problem) for problem in report.problems] == []
    assert report.right > 60


def test_a_good_card_has_no_problem(pack: Path):
    write(pack)
    assert problems(pack) == []


@pytest.mark.parametrize(
    ("english", "told"),
    [
        ("A card\nopens: data xor\n", "mine.en.md:1: a card begins with its title"),
        ("# A card\n\nText.\n", "opens something that runs"),
        ("# A card\nopens: data and\n\nText.\n", "open different things"),
        (GOOD + "word " * 130, "words, at most 120"),
        (GOOD + "It reaches 97.5 %.", "'97.5' looks measured"),
    ],
)
def test_what_is_wrong_with_a_card_is_told(pack: Path, english: str, told: str):
    write(pack, english)
    assert any(told in problem for problem in problems(pack))


def test_a_year_is_no_measured_number_and_a_wrong_term_is_told(pack: Path):
    write(pack, GOOD + "In 1997, the bias.", "# 卡片\nopens: data xor\n\n1997 年，偏差。\n")
    assert problems(pack) == ["'偏差' is called '偏置' here"]


def test_a_card_that_opens_what_does_not_run_is_told(pack: Path):
    write(pack, GOOD.replace("data xor", "zoo no-such-model"), "# 卡片\nopens: zoo no-such-model\n\n短文。\n")
    report = prove_cards([str(pack)])
    assert any("mine: “zoo no-such-model” does not run" in str(problem) for problem in report.problems)


def test_a_card_without_translation_is_shown_in_english_and_a_slip_is_told_the_nearest(pack: Path):
    write(pack)
    (pack / "cards" / "mine.zh.md").unlink()
    assert load_card("mine", [pack], "zh").title == "A card"
    with pytest.raises(NnlabError, match="did you mean 'timeline'"):
        load_card("timelin")


def test_the_action_lists_cards_and_shows_one_with_what_it_opens(pack: Path):
    write(pack)
    session = Session()
    install(session, [str(pack)], Progress(":memory:"))
    listed = session.execute("card").lines
    assert any(line.startswith("mine ") and line.endswith("A card") for line in listed)
    assert len(listed) == len(find_cards()) + 1
    shown = session.execute("card loss-names")
    assert shown.lines[0] == "ℓ, L and J"
    assert "  1  lesson a4" in shown.lines
    assert shown.payload == {"card": "loss-names", "opens": ["lesson a4"]}
    assert "mine" in [offer.text for offer in session.complete("card mi")]


def test_a_card_leads_to_the_lessons_that_make_its_concepts_real():
    session = Session()
    install(session, progress=Progress(":memory:"))
    assert "lesson a3" in session.execute("card deep-or-not").payload["opens"]


def test_the_card_of_a_concept_is_offered_at_the_step_that_claims_it(tmp_path: Path):
    lesson = scaffold(tmp_path)
    first = replace(lesson.steps[0], covers=("brain-analogy", "bias"))
    run = LessonRun(
        replace(lesson, steps=[first, *lesson.steps[1:]], path=lesson.path), ToyBench(), language="en"
    )
    assert run.view().cards == [("brain-or-not", "Does it work like a brain?")]
    assert any("“card brain-or-not”" in line for line in render_text(run.view()))


def test_a_broken_card_is_told_by_its_name_and_hides_no_other(pack: Path):
    write(pack)
    (pack / "cards" / "broken.en.md").write_text("# Title only\n", encoding="utf-8")
    (pack / "cards" / "empty.en.md").write_text("# Title\nopens: data xor\n", encoding="utf-8")
    slugs = {card.slug for card in find_cards([pack])}
    assert "mine" in slugs
    assert not slugs & {"broken", "empty"}
    with pytest.raises(NnlabError, match="opens something that runs"):
        load_card("broken", [pack])
    with pytest.raises(NnlabError, match="says something"):
        load_card("empty", [pack])
    assert [card.slug for card in cards_of(("broken", "mine", "nowhere", "mine"), [pack])] == ["mine"]

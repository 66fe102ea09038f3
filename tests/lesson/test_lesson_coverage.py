"""What claims each concept of the course, and what becomes empty when that is taken away."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from lesson_kit import x

from nnlab.cli import main
from nnlab.lesson import Lesson, load_concepts, numeric, predict, quiz, read
from nnlab.lesson.concepts import Concept, Inventory
from nnlab.lesson.coverage import course_coverage, coverage, summary, table
from nnlab.lesson.find import course_folder, find_lessons, load_script

BIAS = Concept("bias", "Bias", "偏置", "neuron", ("a1",))
HISTORY = Concept("history", "History", "历史", "neuron", ("card timeline",))
FILTER = Concept("spam", "Spam", "垃圾邮件", "neuron", ("e1", "zoo spam-mean"))
WRONG = Concept("x01", "Like a brain", "像大脑", "errata", ("a1",))
INVENTORY = Inventory(
    {c.slug: c for c in (BIAS, HISTORY, FILTER, WRONG)}, {"neuron": {"en": "Neuron", "zh": "神经元"}}
)


def lesson(*steps, id="a1"):
    return Lesson(id, "toy", list(steps))


def rows(*lessons, cards=("timeline",), models=("spam-mean",)):
    return {row.concept.slug: row for row in coverage(lessons, INVENTORY, cards, models)}


def test_a_step_claims_what_it_covers_and_a_read_step_claims_nothing():
    claimed = rows(lesson(read("r", covers=["bias"]), quiz("q", numeric(x), covers=["x01"])))
    assert claimed["x01"].claims == ("a1 q",)
    assert claimed["bias"].empty
    assert claimed["bias"].lacking == ("a1",)


def test_cards_and_models_count_only_where_they_exist():
    assert rows()["history"].claims == ("card timeline",)
    assert rows()["spam"].claims == ("zoo spam-mean",)
    assert rows()["spam"].lacking == ("e1",)
    gone = rows(cards=(), models=())
    assert gone["history"].empty
    assert gone["spam"].empty


def test_a_concept_loses_its_claim_when_the_only_step_that_claims_it_is_taken_away():
    steps = [predict("p", numeric(x), covers=["bias", "x01"]), quiz("q", numeric(x), covers=["x01"])]
    assert not rows(lesson(*steps))["bias"].empty
    without = rows(lesson(*steps[1:]))
    assert without["bias"].empty
    assert not without["x01"].empty


def test_the_table_marks_what_is_empty_and_the_summary_names_it():
    listed = list(rows(lesson(quiz("q", numeric(x), covers=["x01"]))).values())
    lines = table(listed, INVENTORY, "zh")
    assert lines[0] == "神经元"
    assert "  ✗ bias     claimed by nothing  (not by a1 yet)" in lines
    assert "  ✓ x01      a1 q" in lines
    assert "2 of 3 concepts and 1 of 1 wrong statements" in summary(listed)[0]
    assert summary(listed)[1] == "claimed by nothing: bias"


def test_the_command_tells_by_its_exit_code_whether_anything_is_empty(capsys):
    status = main(["lesson", "coverage", "--json"])
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(told) == 228 + 66
    assert {row["kind"] for row in told} == {"concept", "erratum"}
    assert status == (1 if any(not row["claims"] for row in told) else 0)


def course():
    return [load_script(entry) for entry in find_lessons() if entry.path.is_relative_to(course_folder())]


def test_every_step_of_the_course_that_alone_claims_a_concept_is_missed_when_it_is_taken_away():
    lessons = course()
    whole = {row.concept.slug: row for row in course_coverage(lessons)}
    for slug, row in whole.items():
        if len(row.claims) != 1 or row.claims[0].startswith(("card ", "zoo ")):
            continue
        lesson_id, _space, step_id = row.claims[0].partition(" ")
        fewer = [
            replace(one, steps=[s for s in one.steps if s.id != step_id], path=one.path)
            if one.id == lesson_id
            else one
            for one in lessons
        ]
        (after,) = [r for r in course_coverage(fewer) if r.concept.slug == slug]
        assert after.empty, f"{slug} is claimed by {row.claims[0]} alone"


@pytest.mark.parametrize("concept", [c.slug for c in load_concepts().concepts.values() if not c.lessons])
def test_what_no_lesson_has_to_claim_is_made_real_by_a_card_or_a_model(concept):
    (row,) = [row for row in course_coverage([]) if row.concept.slug == concept]
    assert not row.empty

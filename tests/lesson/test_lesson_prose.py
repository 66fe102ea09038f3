"""The prose convention: sections, fields, placeholders, and what the lint says about them."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lesson_kit import toy_lesson, write_prose

from nnlab.errors import NnlabError
from nnlab.lesson.lint import length_problem, lint_languages, lint_step, lint_steps, typed_numbers
from nnlab.lesson.prose import arithmetic, fill, parse_prose, placeholders, read_prose

GOOD = """# Title
Promise.

## one First step
Prose here.
### question
What?
### hint
a
### hint
b
### option yes
Yes
### after
Because.
```
## not a heading
```
"""


def test_sections_and_fields_are_found():
    prose = parse_prose(GOOD)
    step = prose.step("one")
    assert (prose.title, prose.promise, step.title) == ("Title", "Promise.", "First step")
    assert (step.text("prose"), step.text("option", "yes"), step.hints) == ("Prose here.", "Yes", ["a", "b"])
    assert "## not a heading" in step.text("after")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("# T\n## a\n### hnit\n", 3, "hint"),
        ("# T\n### question\n", 2, "before"),
        ("# T\n## a\n## a\n", 3, "twice"),
        ("# T\n## a\n### mistake\n", 3, "name"),
        ("# T\n## a\n### question\n### question\n", 4, "twice"),
        ("# T\n## a\n```\n", 3, "fence"),
    ],
)
def test_a_fault_names_file_and_line(text, line, words):
    with pytest.raises(NnlabError) as error:
        parse_prose(text, Path("x.en.md"))
    assert f"x.en.md:{line}: " in str(error.value)
    assert words in str(error.value)


names = st.from_regex(r"[a-z][a-z0-9-]{0,8}", fullmatch=True)
words = st.text(st.characters(categories=("L", "N", "P", "Z"), exclude_characters="#`{}~"), max_size=40).map(
    lambda t: " ".join(t.split())
)


@given(st.dictionaries(names, st.tuples(words, words, words), max_size=4))
def test_what_is_written_is_read(steps):
    text = "# T\np\n" + "".join(
        f"## {name} {title}\n{prose}\n### question\n{question}\n"
        for name, (title, prose, question) in steps.items()
    )
    read = parse_prose(text)
    assert list(read.steps) == list(steps)
    for name, (title, prose, question) in steps.items():
        step = read.step(name)
        assert (step.title, step.text("prose"), step.text("question")) == (title or name, prose, question)


@given(st.text(max_size=200))
def test_any_text_is_prose_or_a_sentence(text):
    with contextlib.suppress(NnlabError):
        assert all(step.title for step in parse_prose(text).steps.values())


def test_placeholders_are_filled_with_true_minus_and_digits():
    assert fill("{z} {z:1} {{x}} {w}", {"z": -0.62249, "w": "a"}, {"z": 4}) == "−0.6225 −0.6 {x} a"
    assert placeholders("{a} {b:2} {{c}} {= 1}") == {"a", "b"}
    with pytest.raises(NnlabError, match=r"\{q\}"):
        fill("{q}", {})


def test_sums_are_worked_out_on_the_spot():
    assert fill("{= 3*0.2 + 2·0.5 − 1} {= sigmoid(1) :3} {= 2**4} {=0.5}", {}) == "0.6 0.731 16 0.5"


@pytest.mark.parametrize("source", ["", "x", "__import__('os')", "1/0", "9**9**9**9", "[1]", "ln(-1)"])
def test_a_sum_is_only_arithmetic(source):
    with pytest.raises(NnlabError):
        arithmetic(source)


@pytest.mark.parametrize(
    ("text", "flagged"),
    [
        ("z is 0.622 here", ["0.622"]),
        ("about 95 %", ["95"]),
        ("828 parameters", ["828"]),
        ("1e-6", ["1e-6"]),
        ("准确率 56％", ["56"]),
        ("−0,445", ["−0,445"]),
        ("`0.6225`", ["0.6225"]),
        ("{= 0.622} and {z:3}", []),
        ("two or 16 of 99", []),
        ("(LeCun 1998)", []),
        ("`edit dense1.b[0] -1.5`", []),
        ("x₁ + 2·x₂, lesson A3", []),
        ("```\nx = 0.123456\n```", []),
        ("h2 and W1", []),
    ],
)
def test_a_number_that_looks_measured_is_flagged(text, flagged):
    assert typed_numbers(text) == flagged


def test_long_prose_is_too_long_for_a_small_screen():
    assert not length_problem("word " * 120, "en")
    assert "121" in length_problem("word " * 121, "en")
    assert not length_problem("字" * 200, "zh")
    assert "201" in length_problem("字" * 201, "zh")


def test_the_toy_lesson_is_clean(tmp_path):
    lesson = toy_lesson(tmp_path)
    for language in ("en", "zh"):
        prose = read_prose(tmp_path / f"t1_toy.{language}.md")
        assert list(lint_steps(lesson, prose)) == []
        assert [p for s in lesson.steps for p in lint_step(s, prose.step(s.id), language)] == []


def test_a_missing_hint_field_and_an_unknown_number_are_named(tmp_path):
    lesson = toy_lesson(tmp_path)
    path = tmp_path / "t1_toy.en.md"
    path.write_text(
        path.read_text("utf-8").replace("### hint\nhint c\n", "", 1).replace("Text {x}", "{nope}"), "utf-8"
    )
    prose = read_prose(path)
    problems = [p for s in lesson.steps for p in lint_step(s, prose.step(s.id), "en")]
    assert any("hint 3" in p for p in problems)
    assert any("{nope}" in p for p in problems)


def test_a_number_known_only_afterwards_may_not_be_quoted_before(tmp_path):
    lesson = toy_lesson(tmp_path)
    write_prose(lesson, "en", hint="it ends at {end}")
    prose = read_prose(tmp_path / "t1_toy.en.md")
    settle = lesson.steps[lesson.index("settle")]
    assert any("only known after" in p for p in lint_step(settle, prose.step("settle"), "en"))


def test_languages_that_differ_are_named(tmp_path):
    lesson = toy_lesson(tmp_path)
    path = tmp_path / "t1_toy.zh.md"
    path.write_text(
        path.read_text("utf-8").replace("### say small\n{x} is not above ten\n", "").replace("{x}", ""),
        "utf-8",
    )
    problems = list(lint_languages(lesson, read_prose(tmp_path / "t1_toy.en.md"), read_prose(path)))
    assert ("grow", "'say small' is missing in zh") in problems
    assert any(step == "start" and "other numbers" in p for step, p in problems)

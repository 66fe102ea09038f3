"""Lessons are found by id, slug or both, in the course and in folders of one's own."""

import pytest
from lesson_kit import scaffold

from nnlab.errors import NnlabError
from nnlab.lesson import find_lessons, load_lesson
from nnlab.lesson.new import new_lesson


@pytest.mark.parametrize("name", ["a7", "backprop", "a7_backprop", "A7", "a7-backprop"])
def test_one_lesson_has_three_names(name):
    assert load_lesson(name).name == "a7_backprop"


def test_the_course_is_in_order_and_has_titles_in_both_languages():
    names = [entry.name for entry in find_lessons()]
    assert names == sorted(names, key=lambda n: (n[0], int(n[1:].split("_")[0])))
    first = find_lessons()[0]
    assert (first.name, first.track, first.title("en")) == (
        "a1_neuron",
        "a_foundations",
        "One neuron decides",
    )
    assert first.title("zh") == "一个神经元做决定"


def test_an_unknown_name_gets_the_nearest():
    with pytest.raises(NnlabError, match="did you mean 'backprop'"):
        load_lesson("bakcprop")
    with pytest.raises(NnlabError, match="there are a1"):
        load_lesson("zzzzzz")


def test_a_pack_is_found_beside_the_course(tmp_path):
    new_lesson(tmp_path, "x3_my_own")
    assert load_lesson("my_own", [tmp_path]).id == "x3"
    assert load_lesson(str(tmp_path / "x3_my_own.py")).slug == "my_own"
    with pytest.raises(NnlabError, match="does not exist"):
        find_lessons([tmp_path / "nowhere"])


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("x = 1\nlesson = (", 2, "never closed"),
        ("import nnlab\n\n1 / 0\n", 3, "ZeroDivisionError"),
        (
            "from nnlab.lesson import Lesson, read\nlesson = Lesson('x1', 'mine', [read('a'), read('a')])\n",
            2,
            "two steps",
        ),
        ("x = 1\n", 1, "declares no lesson"),
        ("from nnlab.lesson import Lesson\nlesson = Lesson('x2', 'other', [])\n", 1, "x2_other.py"),
    ],
)
def test_an_error_in_a_script_names_file_and_line(tmp_path, source, line, words):
    scaffold(tmp_path)
    path = tmp_path / "x1_mine.py"
    path.write_text(source, "utf-8")
    with pytest.raises(NnlabError) as error:
        load_lesson("x1", [tmp_path])
    assert f"x1_mine.py:{line}: " in str(error.value)
    assert words in str(error.value)


def test_finding_lessons_runs_none_of_them(tmp_path):
    scaffold(tmp_path)
    (tmp_path / "x1_mine.py").write_text("raise SystemExit('ran')", "utf-8")
    assert "x1" in [entry.id for entry in find_lessons([tmp_path])]

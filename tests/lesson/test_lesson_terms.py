"""The field's words in Chinese."""

from __future__ import annotations

import pytest
from lesson_kit import scaffold

from nnlab.lesson import check_lesson, load_concepts
from nnlab.lesson.terms import RENDERINGS, lint_terms


@pytest.mark.parametrize(
    ("chinese", "english", "right"),
    [
        ("每个单元有一个偏差。", "Every unit has a bias.", "偏置"),
        ("变压器的注意力。", "", "Transformer"),
        ("迭代次数为十。", "Ten epochs.", "轮"),
        ("递归神经网络有状态。", "A recurrent network has a state.", "循环神经网络"),
        ("把令牌变成向量。", "A token becomes a vector.", "词元"),
        ("自动编码器", "", "自编码器"),
        ("解释性", "", "可解释性"),
    ],
)
def test_a_wrong_rendering_is_told_the_right_one(chinese: str, english: str, right: str):
    assert [problem for problem in lint_terms(chinese, english) if f"'{right}'" in problem]


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("与平均值的偏差。", "The deviation from the mean."),
        ("不要叫“变压器”，也不要写 `令牌`。", "Not a token."),
        ("递归神经网络沿树计算。", "A recursive network climbs a tree."),
        ("可解释性", "interpretability"),
    ],
)
def test_another_meaning_and_a_quoted_term_are_free(chinese: str, english: str):
    assert list(lint_terms(chinese, english)) == []


def test_the_names_of_the_concepts_keep_to_the_terms():
    for concept in load_concepts().concepts.values():
        assert list(lint_terms(concept.zh, concept.en)) == [], concept.slug


def test_no_right_rendering_is_a_wrong_one_of_another():
    for rendering in RENDERINGS:
        assert list(lint_terms(rendering.right)) == []


def test_the_check_of_a_lesson_names_step_and_field(tmp_path):
    lesson = scaffold(tmp_path)
    path = lesson.path.with_name(f"{lesson.path.stem}.zh.md")
    text = path.read_text(encoding="utf-8").replace("个：权重和偏置。", "个：权重和偏差。")
    path.write_text(text, encoding="utf-8")
    problems = [str(problem) for problem in check_lesson(lesson).problems]
    assert problems == ["inputs [zh]: after: '偏差' is called '偏置' here"]

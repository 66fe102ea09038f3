"""The inventory of the course: what is in it, and that its places exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from nnlab.data import DATASETS
from nnlab.errors import NnlabError
from nnlab.lesson import load_concepts
from nnlab.lesson.cards import load_card
from nnlab.network.zoo import LEARNERS, ZOO

LESSONS = {
    *(f"a{n}" for n in range(1, 9)),
    *(f"b{n}" for n in range(1, 9)),
    *(f"c{n}" for n in range(1, 6)),
    *(f"d{n}" for n in range(1, 6)),
    *(f"e{n}" for n in range(1, 7)),
    *("f1", "f2", "g1", "g2"),
}


WHOLE = '{ en = "b", zh = "b", real = ["a1"] }'


def test_all_228_concepts_and_66_errata_are_listed_once_with_names_in_both_languages():
    inventory = load_concepts()
    concepts = [c for c in inventory.concepts.values() if not c.erratum]
    errata = [c.slug for c in inventory.concepts.values() if c.erratum]
    assert len(concepts) == 228
    assert errata == [f"x{n:02}" for n in range(1, 67)]
    for concept in inventory.concepts.values():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", concept.slug)
        assert concept.name("en")
        assert concept.name("zh")
        assert concept.erratum or concept.group in inventory.groups


def test_the_places_of_every_concept_are_lessons_cards_zoo_models_and_data_sets():
    lessons = {lesson for c in load_concepts().concepts.values() for lesson in c.lessons}
    assert lessons == LESSONS, "every lesson makes something real, and no lesson is named that is not planned"
    for concept in load_concepts().concepts.values():
        assert set(concept.places("zoo")) <= {*ZOO, *LEARNERS}, concept.slug
        assert set(concept.places("data")) <= set(DATASETS), concept.slug


def test_a_lesson_knows_what_it_has_to_claim():
    slugs = {concept.slug for concept in load_concepts().of_lesson("a1")}
    assert {"neuron", "threshold", "weight", "bias", "x48"} <= slugs
    assert "mini-batch" not in slugs


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[concepts.a]\nbias = { en = "Bias" }', "'bias' needs en"),
        ('[concepts.a]\nbias = { en = "b", zh = "b", real = ["shop window x"] }', "'shop window x'"),
        (f"[concepts.a]\nx01 = {WHOLE}\n[errata]\nx01 = {WHOLE}", "two concepts"),
        ('[concepts.a]\nbias = { en = "b", zh = "b", real = "a1" }', "'bias' needs en"),
        ('[concepts.a]\nbias = { en = "b", zh = "b", real = [1] }', "'bias' needs en"),
        (f"[concepts.a]\nbias = {WHOLE}", "the group 'a' needs a title"),
        ("[concepts.a\n", "line 1"),
    ],
)
def test_what_is_wrong_in_an_inventory_is_said_with_its_place(tmp_path: Path, text: str, said: str):
    path = tmp_path / "concepts.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(NnlabError) as caught:
        load_concepts(path)
    assert said in str(caught.value)
    assert "concepts.toml" in str(caught.value)


GALLERY = (
    *("box-finder", "pixel-labels", "which-way", "sharpen", "shapes32", "digits28-cnn", "sine-forecast"),
    *("waveforms", "fact-finder", "headline", "who-did-what", "communities", "same-digit", "four-tones"),
    *("clusters", "pseudo-labels", "nim-q", "small-talk", "taste", "tang-parrot", "tone-maker"),
)
"""The models that stand for applications, Z01 to Z21."""


def test_every_model_of_the_gallery_exists_with_a_goal_and_stands_for_a_concept_or_is_named_by_a_card():
    standing = {name for concept in load_concepts().concepts.values() for name in concept.places("zoo")}
    card = load_card("gallery", language="en").text
    for name in GALLERY:
        model = {**ZOO, **LEARNERS}[name]
        assert model.goals, name
        assert name in standing or f"`{name}`" in card, name

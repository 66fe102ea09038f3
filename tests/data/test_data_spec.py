"""The text that names a data set: read, refused with a helpful sentence, written back."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnlab.data import DATASETS, FILE, POINTS, load
from nnlab.data.spec import parse_split, quote, tokens
from nnlab.errors import NnlabError


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("mons", "did you mean “moons”?"),
        ("breast-cancr", "did you mean “breast_cancer”?"),
        ("moons nois=2", "did you mean “noise”?"),
        ("moons noise=-1", "noise is a number from 0 to 100"),
        ("moons noise -1", "noise is a number from 0 to 100"),
        ("moons noise=nan", "noise is a number from 0 to 100"),
        ("moons noise=much", "noise is a number from 0 to 100"),
        ("moons n=1", "n is a whole number from 2 to 1000000"),
        ("moons n=20.5", "n is a whole number from 2 to 1000000"),
        ("moons n=1000000000", "n is a whole number from 2 to 1000000"),
        ("moons n=10 n=20", "given twice"),
        ("moons n=", "has no value"),
        ("moons loud", "options are written name=value"),
        ("digits scale=unti", "did you mean “unit”?"),
        ("digits noise=1", "digits has no option 'noise'"),
        ("spiral classes=7", "classes is a whole number from 2 to 6"),
        ("moons split=50/20/20", "adds up to 90, neither 100 percent nor the 800 rows"),
        ("moons split=0/50/50", "leaves no rows to train on"),
        ("moons split=1e9/1/1", "cannot be read"),
        ("moons split=60", "cannot be read"),
        ("moons n=2 split=60/20/20", "too few for split"),
        ("moons 'n=3", "never closed"),
        ("iris.csv", "write file:iris.csv"),
        ("", "name a data set"),
    ],
)
def test_a_wrong_spec_is_answered_with_what_would_work(text: str, said: str) -> None:
    with pytest.raises(NnlabError) as refused:
        load(text)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("MOONS  noise=0.20 n=800", "moons"),
        ("moons seed=7 n=200", "moons n=200 seed=7"),
        ("moons noise 0.3 split 60/40", "moons noise=0.3 split=60/40/0"),
        ("moons split=.6/.2/.2", "moons split=60/20/20"),
        ("cancer scale=Standardize", "breast_cancer scale=standardize"),
        ("points '0,0:dark red' 1,1.50:b split=50/50", 'points "0,0:dark red" 1,1.5:b split=50/50/0'),
    ],
)
def test_the_canonical_spec_keeps_only_what_differs_from_the_defaults(text: str, canonical: str) -> None:
    made = load(text)
    assert made.spec == canonical
    again = load(canonical)
    assert again.spec == canonical
    assert again.fingerprint == made.fingerprint


@pytest.mark.parametrize("name", DATASETS)
def test_every_default_is_a_value_the_option_accepts(name: str) -> None:
    spec = DATASETS[name]
    assert load(spec.usage).spec == name
    for option in spec.options:
        assert option.parse(str(option.default)) == option.default
        assert option.help
        assert option.range_text


def test_the_learners_own_data_have_options_too() -> None:
    assert {option.name for option in FILE.options} >= {"target", "task", "missing", "scale", "split", "seed"}
    assert POINTS.defaults["split"] == "all"


@given(st.lists(st.text(min_size=1)))
def test_quoted_words_come_back_whole(words: list[str]) -> None:
    assert tokens(" ".join(map(quote, words))) == words


@given(st.text(max_size=60))
def test_any_text_loads_or_is_refused_in_a_sentence(text: str) -> None:
    try:
        said = repr(load(text))
    except NnlabError as error:
        said = str(error)
    assert said


@given(st.text(alphabet="0123456789./e-al ", max_size=30))
def test_the_normal_form_of_a_split_is_its_own_normal_form(text: str) -> None:
    try:
        once = parse_split(text)
    except NnlabError:
        return
    assert parse_split(once) == once


def test_listing_data_sets_needs_no_numpy() -> None:
    script = "import sys, nnlab.data as d; d.DATASETS['moons'].usage; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0

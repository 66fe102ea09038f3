"""One idea of what was meant, in every room."""

from nnlab.nearest import did_you_mean, nearby, nearest

KNOWN = ("moons", "Circles", "breast_cancer", "and")


def test_the_nearest_word_is_found_whatever_its_case() -> None:
    assert nearest("MOON", KNOWN) == "moons"
    assert nearest("circels", KNOWN) == "Circles"
    assert nearest("breast", KNOWN) == "breast_cancer"


def test_a_word_like_none_is_answered_with_nothing() -> None:
    assert nearest("zzz", KNOWN) == did_you_mean("zzz", KNOWN) == ""
    assert nearby("zzz", KNOWN) == []


def test_several_come_closest_first() -> None:
    assert nearby("layer1.X", ["layer2.W", "layer1.W", "dense9.b"], 2)[0] == "layer1.W"

"""The learner's own text: read, cut, and every problem answered with one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from nnlab.data import from_text, load, read_text
from nnlab.errors import NnlabError
from nnlab.session import Session

POEM = "Roses are red,\nviolets are blue,\nsugar is sweet,\nand so are you.\n" * 5


@pytest.fixture
def poem(tmp_path: Path) -> Path:
    path = tmp_path / "my poem.txt"
    path.write_text(POEM, encoding="utf-8")
    return path


def test_a_text_file_is_asked_for_sign_by_sign(poem: Path) -> None:
    data = load(f'file:"{poem}" context=10 stride=5')
    assert data.task == "tokens"
    assert data.input_shape == (10,)
    assert data.text(0) == "Roses are "
    assert data.target_text(0) == "oses are r"
    assert len(data.vocabulary) == len(set(POEM))
    assert (
        load(data.spec).fingerprint == data.fingerprint == read_text(poem, context=10, stride=5).fingerprint
    )


def test_words_and_pieces_can_be_the_tokens(poem: Path) -> None:
    words = load(f'file:"{poem}" tokens=word context=4 stride=1')
    assert words.text(0) == "Roses are red,"
    assert "violets" in words.vocabulary
    assert "□" not in words.vocabulary
    pieces = load(f'file:"{poem}" tokens=bpe vocabulary=40 context=4 stride=1')
    assert len(pieces.vocabulary) == 40
    assert " are" in pieces.vocabulary


def test_rare_words_make_room_when_the_vocabulary_is_small() -> None:
    data = from_text(POEM, tokens="word", vocabulary=10, context=4, split="all")
    assert len(data.vocabulary) == 10
    assert any("□" in data.text(row) for row in range(data.n))


def test_the_parts_of_a_text_are_stretches_of_it() -> None:
    lines = "".join(f"line {k:02}\n" for k in range(50))
    data = from_text(lines, context=8, stride=8, split="60/20/20")
    first = [data.text(int(data.split.part(part)[0])) for part in ("train", "validation", "test")]
    assert first == ["line 00\n", "line 30\n", "line 40\n"]
    close = from_text(lines, context=8, stride=1, split="60/20/20")
    assert [close.text(int(row)) for row in close.split.train[:2]] == ["line 00\n", "ine 00\nl"]
    assert [close.text(int(row)) for row in close.split.validation[:2]] == ["line 30\n", "line 31\n"]


def test_windows_made_with_carriage_returns_are_ordinary_lines(tmp_path: Path) -> None:
    path = tmp_path / "dos.txt"
    path.write_bytes(POEM.replace("\n", "\r\n").encode("utf-8-sig"))
    assert read_text(path).vocabulary == from_text(POEM).vocabulary


def test_a_txt_file_of_numbers_in_columns_is_still_a_table(tmp_path: Path) -> None:
    path = tmp_path / "marks.txt"
    path.write_text("hours,passed\n1,no\n2,no\n3,yes\n4,yes\n")
    assert load(f"file:{path} split=all").task == "binary"
    assert load(f"file:{path} tokens=char context=4 split=all").task == "tokens"
    chinese = tmp_path / "poem.txt"
    chinese.write_text("床前明月光，疑是地上霜。\n举头望明月，低头思故乡。\n" * 9, encoding="utf-8")
    assert load(f"file:{chinese} context=8").task == "tokens"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b" \n\t\n", "holds no text, only blanks"),
        ("größer".encode("latin-1"), "is not UTF-8: line 1 holds the byte 0xf6 at byte 2"),
        ("hallo".encode("utf-16"), "is UTF-16, not UTF-8 text; save it as UTF-8"),
        (b"a\0b", "holds a zero byte"),
        (b"short", "a part of the text has 1 tokens, and context=32 needs 33"),
    ],
)
def test_what_is_no_text_is_answered_with_one_sentence(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "own.txt"
    path.write_bytes(content)
    with pytest.raises(NnlabError) as refused:
        load(f"file:{path}")
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("tokens=word target=x", "a text has no use for the option target"),
        ("tokens=letters", "tokens is one of char, word, bpe"),
        ("context=0", "context is a whole number from 1 to 4096"),
        ("split=50/50/50", "adds up to 150"),
    ],
)
def test_options_that_do_not_fit_a_text_are_refused(poem: Path, options: str, said: str) -> None:
    with pytest.raises(NnlabError) as refused:
        load(f'file:"{poem}" {options}')
    assert said in str(refused.value)


def test_a_table_has_no_use_for_the_options_of_a_text(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n3,4\n")
    with pytest.raises(NnlabError, match="a table has no use for the option tokens"):
        load(f"file:{path} tokens=word")


def test_numbers_beyond_the_memory_are_refused_before_they_are_made() -> None:
    with pytest.raises(NnlabError, match="give a larger stride"):
        from_text("ab" * 10_000, context=4096, stride=1)


def test_a_text_is_chosen_in_a_session(poem: Path) -> None:
    session = Session()
    session.execute(f'data file:"{poem}" tokens=word context=4')
    assert session.bench.data is not None
    assert session.bench.data.task == "tokens"
    assert session.execute("show data").lines

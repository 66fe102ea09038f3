"""The learner's own table: what is understood, and what is answered, by line and column."""

from __future__ import annotations

import math
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nnlab.data import csvdata, from_arrays, load, read_csv, target, textfile, write_csv
from nnlab.errors import NnlabError

GOOD = "a,b,kind\n1,2.5,cat\n3,4,dog\n5,6,cat\n7,8,dog\n"


@pytest.fixture
def table(tmp_path: Path):  # type: ignore[no-untyped-def]
    def write(content: str | bytes, name: str = "t.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_a_plain_table_is_read(table) -> None:  # type: ignore[no-untyped-def]
    data = read_csv(table(GOOD), split="all")
    assert data.feature_names == ("a", "b")
    assert data.class_names == ("cat", "dog")
    assert data.target_names == ("kind",)
    assert data.task == "binary"
    assert data.x.tolist() == [[1, 2.5], [3, 4], [5, 6], [7, 8]]
    assert data.y.tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize(
    "content",
    [
        "\ufeff" + GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n", "\r"),
        GOOD.replace(",", ";"),
        GOOD.replace(",", "\t"),
        GOOD.replace(",", ";").replace(".", ","),
        GOOD.replace(",", " , "),
        GOOD.replace("\n", "\n\n"),
        GOOD + ",,\n",
        GOOD.removesuffix("\n"),
        GOOD.replace("cat", '"cat"'),
        '"a","b","kind"\n' + GOOD.split("\n", 1)[1],
    ],
    ids=[
        *("bom", "crlf", "cr", "semicolon", "tab", "comma-decimals", "spaces", "blanks"),
        *("empty-row", "no-end", "quotes", "quoted-header"),
    ],
)
def test_the_same_table_in_other_clothes_is_the_same_data(table, content: str) -> None:  # type: ignore[no-untyped-def]
    plain = read_csv(table(GOOD, "plain.csv"))
    assert read_csv(table(content)).fingerprint == plain.fingerprint


def test_quoted_values_may_hold_separators_quotes_and_line_breaks(table) -> None:  # type: ignore[no-untyped-def]
    data = read_csv(table('"a, long",k\n1,"x, ""y"""\n2,"two\nlines"\n3,"x, ""y"""\n'), split="all")
    assert data.feature_names == ("a, long",)
    assert data.class_names == ("two\nlines", 'x, "y"')


def test_a_table_without_a_header_has_numbered_columns(table) -> None:  # type: ignore[no-untyped-def]
    data = read_csv(table("1,2,x\n3,4,y\n5,6,x\n"), split="all")
    assert data.n == 3
    assert data.feature_names == ("column 1", "column 2")
    assert read_csv(table("1,2,x\n3,4,y\n5,6,x\n"), header="yes", split="all", target="x").n == 2


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        ("a,b\nx,y\nz,w\n", None),  # text under text: names, then a text that is no number
        ("0,1,2,3,kind\n1.5,2,3,4,x\n2,3,4,5,y\n3,4,5,6,x\n", 3),  # columns named by counting
        ("?,1,x\n2,3,y\n4,5,x\n", None),  # a gap is not a name
        ("5.1,3.5,setosa\n4.9,3.0,virginica\n", 2),
    ],
)
def test_the_header_is_told_from_the_first_row(table, content: str, rows: int | None) -> None:  # type: ignore[no-untyped-def]
    if rows is None:
        with pytest.raises(NnlabError, match=r"line [12], column"):
            read_csv(table(content))
    else:
        assert read_csv(table(content), split="all").n == rows


def test_the_target_is_found_by_name_place_or_case(table) -> None:  # type: ignore[no-untyped-def]
    path = table("Kind,a,b\ncat,1,2\ndog,3,4\ncat,5,6\n")
    for wanted in ("Kind", "kind", "first", "column 1"):
        data = read_csv(path, wanted, split="all")
        assert data.target_names == ("Kind",)
        assert data.feature_names == ("a", "b")
    with pytest.raises(NnlabError, match=r"no column 'knd'; did you mean “kind”\?"):
        read_csv(path, "knd")


@pytest.mark.parametrize(
    ("cells", "task", "names"),
    [
        ("yes no yes no", "binary", ("no", "yes")),
        ("1 0 1 0", "binary", ("0", "1")),
        ("1.0 0.0 1.0 1.0", "binary", ("0", "1")),
        ("-1 1 -1 1", "binary", ("-1", "1")),
        ("10 9 8 10 9 8", "multiclass", ("8", "9", "10")),
        ("1 2 3", "regression", ()),
        ("1.5 2.5 1.5 2.5", "regression", ()),
        ("1.0 2.0 3.0 1.0 2.0 3.0", "regression", ()),
        ("1 2 x 1 2 x", "multiclass", ("1", "2", "x")),
        ("none mild none mild", "binary", ("mild", "none")),
    ],
)
def test_classes_are_told_from_numbers(table, cells: str, task: str, names: tuple[str, ...]) -> None:  # type: ignore[no-untyped-def]
    path = table("a,t\n" + "".join(f"{k},{cell}\n" for k, cell in enumerate(cells.split())))
    data = read_csv(path, split="all")
    assert (data.task, data.class_names) == (task, names)
    if names:
        assert [names[k] for k in data.y] == [cell.removesuffix(".0") for cell in cells.split()]
    else:
        assert data.y[:, 0].tolist() == [float(cell) for cell in cells.split()]


def test_the_task_can_be_asked_for(table) -> None:  # type: ignore[no-untyped-def]
    path = table("a,t\n1,0\n2,1\n3,0\n4,1\n")
    assert read_csv(path, task="regression").y.dtype == np.float32
    assert read_csv(path, task="multiclass").task == "multiclass"
    three = table("a,t\n1,0\n2,1\n3,2\n")
    with pytest.raises(NnlabError, match="has 3 classes and task=binary needs two"):
        read_csv(three, task="binary")
    with pytest.raises(NnlabError, match=r"line 2, column 't' holds 'x'.*is to be a number"):
        read_csv(table("a,t\n1,x\n2,1\n3,2\n"), task="regression")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a,b,k\n1,2,x\n3,,y\n", "line 3, column 'b': the value is missing"),
        ("a,b,k\n1,2,x\n3,NA,y\n", "line 3, column 'b': the value is missing"),
        ("a,b,k\n1,2,x\n3,4,\n", "line 3, column 'k': the value is missing"),
        ("a,b,k\n1,2,x\n3,red,y\n", "line 3, column 'b' holds 'red', which is not a number"),
        ("a,b,k\n1,2,x\n3,1_0,y\n", "line 3, column 'b' holds '1_0'"),
        ("a,b,k\n1,2,x\n3,inf,y\n", "line 3, column 'b': 'inf' is not a finite number"),
        ("a,b,k\n1,2,x\n3,1e39,y\n", "line 3, column 'b': '1e39' is not a finite number"),
        ("a,b,k\n1,2,x\n3,4,y,5\n", "line 3 has 4 values and the first line has 3"),
        ("a,b,k\n1,2,x\n\n\n3,4\n", "line 5 has 2 values"),
        ('a,b,k\n1,2,"x\ny"\n3,4\n', "line 4 has 2 values"),
        ("a,a,k\n1,2,x\n", "columns 1 and 2 are both called 'a'"),
        ("a,b,k\n1,2,x\n3,4,x\n", "every row has the same target 'x'"),
        ("a,k\n1,2.5\n3,2.5\n", "every row has the same target '2.5'"),
        ("a,b,k\n", "has 0 rows of data"),
        ("a,b,k\n1,2,x\n", "has 1 rows of data"),
        ("a\n1\n2\n", "has one column"),
        ("\n \n\n", "only blank lines"),
        ("", "is empty"),
        ('a,k\n1,"x\n2,y\n', "line 2: the quotes do not fit"),
        ('a,k\n1,"x"y\n', "line 2: the quotes do not fit"),
    ],
)
def test_a_problem_is_named_by_line_and_column(table, content: str, said: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(NnlabError) as refused:
        read_csv(table(content))
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("a,k\n1,caf\u00e9\n2,x\n".encode("latin-1"), "line 2 holds the byte 0xe9 at byte 9"),
        ("\ufeffa,k\n1,\u4e2d\n".encode() + b"2,\xff\n", "line 3 holds the byte 0xff at byte 15"),
        (GOOD.encode("utf-16"), "is UTF-16, not UTF-8"),
        (b"a,k\n1,\0\n", "line 2 holds a zero byte at byte 6"),
        (b"PK\x03\x04rest", "is zip, not UTF-8"),
        (b"1" * (textfile.MAX_LINE_BYTES + 1), "line 1 is longer than 1 MB"),
    ],
)
def test_a_wrong_encoding_is_named_by_line_and_byte(table, content: bytes, said: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(NnlabError) as refused:
        read_csv(table(content))
    assert said in str(refused.value)


def test_a_file_of_2_gb_is_refused_before_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "big.csv"
    with path.open("wb") as file:
        file.truncate(2 << 30)  # sparse: takes no room
    monkeypatch.setattr(Path, "open", lambda *_: pytest.fail("the file was opened"))
    with pytest.raises(NnlabError, match=r"has 2\.0 GB and nnlab reads data files up to 512 MB"):
        read_csv(path)


def test_too_many_numbers_are_refused_with_the_limit(table, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(csvdata, "MAX_CELLS", 6)
    with pytest.raises(NnlabError, match="more than 6 numbers by line 5"):
        read_csv(table(GOOD))


def test_too_many_labels_are_refused_and_too_many_numbers_are_a_regression(
    table,  # type: ignore[no-untyped-def]
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(target, "MAX_CLASSES", 3)
    with pytest.raises(NnlabError, match="more than 3 different labels"):
        read_csv(table("a,k\n1,p\n2,q\n3,r\n4,s\n"))
    data = read_csv(table("a,k\n1,1\n2,2\n3,3\n4,4\n5,5\n"), split="all")
    assert data.y[:, 0].tolist() == [1, 2, 3, 4, 5]
    with pytest.raises(NnlabError, match="line 6, column 'k' holds 'x'"):
        read_csv(table("a,k\n1,1\n2,2\n3,3\n4,4\n5,x\n"))


@pytest.mark.parametrize("path", ["nowhere.csv", ".", "/dev/zero", "x\0y.csv", "n" * 300 + ".csv"])
def test_what_is_no_file_is_refused(path: str) -> None:
    with pytest.raises(NnlabError):
        read_csv(path)


def test_a_mistyped_file_name_is_suggested(table) -> None:  # type: ignore[no-untyped-def]
    path = table(GOOD, "flowers.csv")
    with pytest.raises(NnlabError, match=r"did you mean “flowers\.csv”\?"):
        read_csv(path.with_name("flower.csv"))


def test_rows_with_gaps_can_be_dropped_and_columns_ignored(table) -> None:  # type: ignore[no-untyped-def]
    path = table("a,colour,b,k\n1,red,2,x\n,red,3,y\n5,blue,6,y\n7,red,8,\n9,red,1,x\n")
    data = read_csv(path, missing="drop", ignore=["colour"], split="all")
    assert data.x.tolist() == [[1, 2], [5, 6], [9, 1]]
    assert any("2 rows with missing values" in note for note in data.notes)


def test_an_unnamed_index_column_is_left_out(table) -> None:  # type: ignore[no-untyped-def]
    data = read_csv(table(",a,k\n0,5,x\n1,6,y\n2,7,x\n"), split="all")
    assert data.feature_names == ("a",)
    assert any("only counts the rows" in note for note in data.notes)


def test_a_file_is_a_spec_too_even_with_spaces_in_its_path(table) -> None:  # type: ignore[no-untyped-def]
    rows = "".join(f"{k % 3},{k},{k * k}\n" for k in range(20))
    path = table("my label,a,b\n" + rows, "my table.csv")
    text = f'file:"{path}" target="my label" scale=standardize split=70/15/15 seed=3'
    data = load(text)
    assert data.split.sizes == (14, 3, 3)
    assert data.task == "multiclass"
    assert load(data.spec).fingerprint == data.fingerprint
    assert load(data.spec).spec == data.spec
    direct = read_csv(path, "my label", scale="standardize", split="70/15/15", seed=3)
    assert direct.fingerprint == data.fingerprint


def test_a_bad_option_of_a_file_is_answered_like_any_other(table) -> None:  # type: ignore[no-untyped-def]
    path = table(GOOD)
    for call in (lambda: read_csv(path, scale="big"), lambda: load(f"file:{path} scale=big")):
        with pytest.raises(NnlabError, match="scale=big is not known"):
            call()


# Labels that would be read as a gap, a number or stripped cannot come back as they were.
names = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Z")), min_size=1, max_size=8
).filter(lambda text: text.lower() not in csvdata._MISSING and csvdata._number(text, True) is None)
numbers = st.floats(width=32, allow_nan=False, allow_infinity=False)


@settings(deadline=None)
@given(
    data=st.data(),
    columns=st.integers(1, 4),
    rows=st.integers(2, 12),
    delimiter=st.sampled_from(["auto", "comma"]),
)
def test_a_table_written_is_read_back_to_the_last_bit(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, columns: int, rows: int, delimiter: str
) -> None:
    x = data.draw(
        st.lists(st.lists(numbers, min_size=columns, max_size=columns), min_size=rows, max_size=rows)
    )
    labels = data.draw(st.lists(names, min_size=2, max_size=4, unique=True))
    y = [labels[k % len(labels)] for k in range(rows)]
    made = from_arrays(np.array(x, np.float32), np.array(y), split="all")
    path = write_csv(made, tmp_path_factory.mktemp("round") / "trip.csv")
    back = read_csv(path, delimiter=delimiter, split="all")
    assert back.x.tobytes() == made.x.tobytes()
    assert [back.class_names[k] for k in back.y] == y
    assert back.feature_names == made.feature_names


def test_numbers_to_predict_are_written_too(tmp_path: Path) -> None:
    made = load("sine n=50 noise=0.1 split=all")
    back = read_csv(write_csv(made, tmp_path / "sine.csv"), split="all")
    assert back.fingerprint == made.fingerprint
    assert back.feature_names + back.target_names == ("x", "sin x")


def test_writing_never_replaces_a_file_unasked_nor_leaves_half_a_file(tmp_path: Path) -> None:
    path = tmp_path / "iris.csv"
    write_csv(load("iris"), path)
    with pytest.raises(NnlabError, match="exists already"):
        write_csv(load("wine"), path)
    write_csv(load("wine"), path, overwrite=True)
    assert read_csv(path).classes == 3
    with pytest.raises(NnlabError, match="cannot be written"):
        write_csv(load("iris"), tmp_path / "nowhere" / "iris.csv")
    assert os.listdir(tmp_path) == ["iris.csv"]


@settings(deadline=None)
@given(
    st.one_of(
        st.binary(max_size=200),
        st.text(max_size=100).map(str.encode),
        st.text(alphabet='01.,;\t\n\r"ab -?e', max_size=100).map(str.encode),
    )
)
def test_any_bytes_are_read_or_refused_in_one_sentence(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = tmp_path_factory.mktemp("garbage") / "g.csv"
    path.write_bytes(content)
    try:
        data = read_csv(path, split="all")
    except NnlabError as error:
        said = str(error)
    else:
        said = ""
    assert "\n" not in said
    if said:
        return
    assert data.n >= 2
    assert np.isfinite(data.x).all()
    assert not math.isnan(float(data.y.sum()))


WORDS = "size,colour,kind\n1,red,cat\n3,blue,dog\n5,red,cat\n7,?,dog\n9,green,dog\n"


def test_a_column_of_words_becomes_an_input_for_each_value(table) -> None:  # type: ignore[no-untyped-def]
    path = table(WORDS)
    with pytest.raises(NnlabError, match="onehot=colour"):
        read_csv(path)
    with pytest.raises(NnlabError, match="line 5, column 'colour': the value is missing"):
        read_csv(path, onehot=["colour"])
    data = load(f"file:{path} onehot=colour missing=drop split=all")
    assert data.feature_names == ("size", "colour=blue", "colour=green", "colour=red")
    assert data.x.tolist() == [[1, 0, 0, 1], [3, 1, 0, 0], [5, 0, 0, 1], [9, 0, 1, 0]]
    assert "column 'colour' became 3 inputs, one for each value" in data.notes
    assert "onehot=colour" in data.spec
    assert np.array_equal(load(data.spec).x, data.x)


def test_numbers_can_be_one_hot_too_in_their_order(table) -> None:  # type: ignore[no-untyped-def]
    data = read_csv(table("a,b\n10,1\n9,0\n10,1\n2,0\n"), onehot=["a"], split="all")
    assert data.feature_names == ("a=2", "a=9", "a=10")
    assert data.x[0].tolist() == [0, 0, 1]


def test_a_column_that_cannot_be_one_hot_is_refused(table, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    path = table(WORDS)
    with pytest.raises(NnlabError, match="onehot=kind is not an input column"):
        read_csv(path, onehot=["kind"])
    with pytest.raises(NnlabError, match="there is no column 'color'"):
        read_csv(path, onehot=["color"])
    monkeypatch.setattr(csvdata, "MAX_VALUES", 2)
    with pytest.raises(NnlabError, match="more than 2 different values by line 6"):
        read_csv(path, onehot=["colour"], missing="drop")

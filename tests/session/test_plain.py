"""The plain skin says everything as text: aligned, in 7-bit signs or sentences if asked for, or as JSON."""

import io
import json
from collections.abc import Iterable

import pytest

from nnlab.session import Look, Session, plain
from nnlab.session.look import bar, chart, table, to_ascii, wrap
from nnlab.width import columns, cut, pad

SCRIPT = """
# a tour
data moons n=120
net dense 4 tanh | dense 1
show network
step
show tape
explain dense1.W[0,1].grad
ledger dense1.W[0,1]
check dense1.W[0,1]
nudge dense1.W[0,1] 0.01
predict dense2.z[0,0] 0.5
run 3 epochs\t# a note from a log
show history
show parameters
show diagnostics
evaluate
classify row 3
classify 0.5 1
branch b lr=0.5
runs
show
example 2
help
help run
show log
""".splitlines()


def output(lines: Iterable[str], look: Look | None = None, **options: bool) -> tuple[int, str]:
    out = io.StringIO()
    code = plain.run(Session(look=look), lines, out, **options)
    return code, out.getvalue()


def test_a_whole_tour_needs_no_screen() -> None:
    code, text = output(SCRIPT)
    assert code == 0
    for expected in (
        "dW = xᵀ·dz",
        "they agree",
        "9 of 9 operations done",
        "val. loss",
        "TRAINING",
        "run to step 6",
    ):
        assert expected in text
    assert all(columns(line) <= 160 for line in text.splitlines())


def test_a_refused_line_is_marked_and_ends_a_script_with_2() -> None:
    code, text = output(["data xor", "step 3 layr", "data moons"])
    assert code == 2
    lines = text.splitlines()
    at = lines.index("  step 3 layr")
    assert lines[at + 1] == "         ^^^^"
    assert lines[at + 2].startswith("error: “layr” (word 3)")
    assert "moons" not in text


def test_somebody_typing_goes_on_after_an_error_and_can_quit() -> None:
    code, text = output(["data mons", "data xor", "quit", "data moons"], interactive=True)
    assert code == 0
    assert "xor: 4 rows" in text
    assert "moons:" not in text


def test_ascii_mode_writes_seven_bit_signs_only() -> None:
    _code, text = output(SCRIPT, Look(ascii=True))
    assert text.isascii()
    assert "|||" not in text


def test_accessible_mode_has_no_tables_and_no_pictures() -> None:
    _code, text = output(SCRIPT, Look(accessible=True))
    assert "----" not in text
    assert "###" not in text
    assert "name dense1, layer dense 4 tanh" in text
    assert "not yet" in text or "done" in text


def test_json_is_one_object_a_line() -> None:
    code, text = output([*SCRIPT, "step 3 layr"], as_json=True)
    objects = [json.loads(line) for line in text.splitlines()]
    assert code == 2
    assert objects[-1]["word"] == "layr"
    explained = next(o for o in objects if o.get("action", "").startswith("explain"))
    assert explained["payload"]["address"] == "dense1.W[0,1].grad"
    assert isinstance(explained["payload"]["value"], float)
    assert explained["payload"]["terms"][0]["addresses"]
    assert sum("epoch" in o for o in objects) == 3


@pytest.mark.parametrize("text", ["损失 loss", "abc", "é", "数字数字"])
def test_padding_counts_wide_characters_twice(text: str) -> None:
    assert columns(pad(text, 12)) == 12
    assert columns(pad(text, 12, right=True)) == 12
    assert columns(cut(text, 5)) <= 5


def test_tables_align() -> None:
    lines = table(Look(), ["名", "n"], [["损失", "1"], ["x", "10"]], " r")
    assert len({columns(line) for line in lines}) == 1


def test_small_pictures() -> None:
    assert bar(0.5, 4) == "##--"
    assert chart([("*", [])]) == []
    drawn = chart([("*", [(0, 1.0), (1, float("nan")), (2, 0.0)])], 20, 4)
    assert sum(line.count("*") for line in drawn) == 2
    assert wrap("a bb ccc", 4, "  ") == ["a bb", "  ccc"]
    assert to_ascii("η·∂L") == "lr*dL"


def test_letters_and_indices_have_seven_bit_forms_too() -> None:
    assert to_ascii("Σₖ βᵗ é µ—⌊x⌋") == "sum_k beta^t e u-[x]"
    assert to_ascii("Иван 花") == "Иван 花", "letters are what a label says"


def test_the_tape_gives_the_room_of_an_end_to_the_other_side() -> None:
    session = Session()
    for line in ("data xor", "net dense 2 tanh | dense 2 tanh | dense 2 tanh | dense 1"):
        session.execute(line)
    sizes = set()
    for step in (*["step operation"] * 20, *["back operation"] * 20):
        session.execute(step)
        marks = [line[0] for line in session.execute("show tape").lines if line[:1] in (".", ">", "?")]
        sizes.add(len(marks))
        assert ">" in marks or session.need_run().tape.position == len(session.need_run().events)
    assert sizes == {11}

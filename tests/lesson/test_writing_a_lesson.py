"""``docs/writing-a-lesson.md`` is done to the letter: its files are written and changed, its commands run."""

from __future__ import annotations

import io
import re
import shlex
import tomllib
from pathlib import Path

from nnlab.cli import main
from nnlab.lesson.cards import load_card
from nnlab.lesson.packs import GROUP

DOCUMENT = Path(__file__).parents[2] / "docs" / "writing-a-lesson.md"
BLOCK = re.compile(
    r"(?:<!-- (?P<order>[^>]*?) -->\n)?```(?P<language>\w+)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE
)


def commands(text: str) -> list[tuple[list[str], str]]:
    """(words, what is told with exit code 1, or "") of the lines of a block."""
    found = []
    for line in text.splitlines():
        command, _hash, told = line.partition("# exit 1: ")
        found.append((shlex.split(command), told.strip()))
    return found


def obey(order: str, text: str) -> None:
    """Write a file, put text into one, or change a line of one, as the comment above a block says."""
    verb, rest = order.split(" ", 1)
    if verb == "write":
        path = Path(rest)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    elif verb == "insert":
        name, before = rest.removeprefix("in ").split(" before ", 1)
        whole = Path(name).read_text(encoding="utf-8")
        at = whole.rindex(before)
        Path(name).write_text(whole[:at] + text + whole[at:], encoding="utf-8")
    else:
        assert verb == "change"
        whole = Path(rest).read_text(encoding="utf-8")
        old = "".join(line[1:] + "\n" for line in text.splitlines() if line.startswith("-"))
        new = "".join(line[1:] + "\n" for line in text.splitlines() if line.startswith("+"))
        assert whole.count(old) == 1, old
        Path(rest).write_text(whole.replace(old, new), encoding="utf-8")


def test_the_lesson_about_writing_lessons_works_as_it_stands(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    done = 0
    for block in BLOCK.finditer(DOCUMENT.read_text(encoding="utf-8")):
        if block["order"]:
            obey(block["order"], block["text"])
            continue
        assert block["language"] == "sh", "a block without an order above it is one of commands"
        for words, told in commands(block["text"]):
            monkeypatch.setattr("sys.stdin", io.StringIO("answer 2\nquit\n"))
            status = main(words[1:])
            shown = capsys.readouterr()
            assert status == (1 if told else 0), (words, shown.out, shown.err)
            assert told in shown.out
            done += 1
    assert done >= 8
    assert tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["project"]["entry-points"] == {
        GROUP: {"first": "my_lessons"}
    }
    assert load_card("and-gate", ["my_lessons"], "zh").opens == ("data and",)

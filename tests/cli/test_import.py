"""A file that was imported is a data set like those that come with nnlab."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nnlab import data
from nnlab.data.imported import catalogue, check_name
from nnlab.errors import NnlabError
from nnlab.session import Session


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "text.csv"
    rows = [f"{i},w{i},{'uv'[i % 2]}" for i in range(12)]
    path.write_text("a,b,kind\n" + "\n".join(rows) + "\n")
    return path


@pytest.fixture
def imported(nnlab, table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:  # type: ignore[no-untyped-def]
    """``table`` under the name ``text``; the home of the command is that of this process too."""
    assert nnlab("data", "import", str(table), "ignore=b").returncode == 0
    monkeypatch.setenv("NNLAB_HOME", str(tmp_path / "home"))
    return table


def test_the_option_that_the_refusal_names_can_be_given(nnlab, table: Path) -> None:  # type: ignore[no-untyped-def]
    assert "ignore=b" in nnlab("data", "import", str(table)).stderr
    done = nnlab("data", "import", str(table), "ignore=b", "--target", "kind")
    assert done.returncode == 0, done.stderr
    assert "use it with: data text" in done.stdout


def test_it_is_listed_completed_and_used_by_its_name(nnlab, imported: Path) -> None:  # type: ignore[no-untyped-def]
    imported.unlink()
    assert "12 rows, imported from text.csv" in nnlab("data", "list").stdout
    names = [json.loads(line)["name"] for line in nnlab("data", "list", "--json").stdout.splitlines()]
    assert names[-1] == "text"
    assert nnlab("train", "dense 1", "--data", "text", "--epochs", "1").returncode == 0
    session = Session()
    assert "text" in [c.text for c in session.complete("data te")]
    assert "split=" in [c.text for c in session.complete("data text spl")]
    assert str(session.parse("data text scale=standardize")) == "data text scale=standardize"
    with pytest.raises(NnlabError, match="did you mean “text”"):
        session.parse("data texxt")
    assert data.load("text").input_shape == (1,)
    assert data.load("text split=all").spec == "text split=all"
    with pytest.raises(NnlabError, match="not a number"):
        data.load('text ignore=""') if False else data.load("text ignore=a")


def test_a_name_is_not_taken_twice_unless_it_is_replaced(nnlab, imported: Path) -> None:  # type: ignore[no-untyped-def]
    imported.write_text("a,kind\n" + "\n".join(f"{i},{'uv'[i % 2]}" for i in range(20)) + "\n")
    again = nnlab("data", "import", str(imported))
    assert again.returncode == 2
    assert "already" in again.stderr
    assert data.load("text").n == 12
    assert nnlab("data", "import", str(imported), "--replace").returncode == 0
    assert data.load("text").n == 20


def test_names_of_nnlab_and_names_with_blanks_are_refused_with_a_hint(nnlab, table: Path) -> None:  # type: ignore[no-untyped-def]
    spaced = table.with_name("my file.csv")
    table.rename(spaced)
    assert "--name my_file" in nnlab("data", "import", str(spaced), "ignore=b").stderr
    assert nnlab("data", "import", str(spaced), "ignore=b", "--name", "my_file").returncode == 0
    for name in ("moons", "cancer", "file", "points", "Moons", "../x", "", "-"):
        with pytest.raises(NnlabError):
            check_name(name, replacing=True)


def test_a_session_notices_that_an_imported_file_was_replaced(nnlab, imported: Path, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "s.nnl"
    session = Session(path)
    for line in ("data text", "net dense 1", "step"):
        session.execute(line)
    session.close()
    assert "data text\t# sha256 " in path.read_text()
    imported.write_text(imported.read_text().replace("1,w1,v", "100,w1,v"))
    assert nnlab("data", "import", str(imported), "ignore=b", "--replace").returncode == 0
    again = Session.resume(path)
    assert any("has changed" in line for line in again.differences)
    again.close()


def test_what_cannot_be_read_in_the_folder_is_left_out(imported: Path, tmp_path: Path) -> None:
    folder = tmp_path / "home" / "data" / "datasets"
    (folder / "broken.json").write_text("{")
    (folder / "other.json").write_text('{"file": 3}')
    assert "text" in catalogue()
    assert not {"broken", "other"} & set(catalogue())

"""Settings are kept safely, and what cannot be read is answered with a sentence and the default."""

from pathlib import Path

import pytest

from nnlab import settings
from nnlab.errors import NnlabError
from nnlab.session import Session


def test_what_is_saved_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "settings.json"
    kept = settings.Settings().changed("language", "zh").changed("splash", "no").changed("threads", "4")
    settings.save(kept, path)
    assert settings.load(path) == (kept, [])
    assert [p.name for p in path.parent.iterdir()] == ["settings.json"]


def test_no_file_means_defaults(tmp_path: Path) -> None:
    assert settings.load(tmp_path / "none.json") == (settings.Settings(), [])


@pytest.mark.parametrize("content", ["{", "[]", "\x00", '"dark"'])
def test_an_unreadable_file_is_answered_and_left_alone(tmp_path: Path, content: str) -> None:
    path = tmp_path / "settings.json"
    path.write_text(content)
    found, troubles = settings.load(path)
    assert found == settings.Settings()
    assert len(troubles) == 1
    assert path.read_text() == content


def test_one_wrong_value_does_not_spoil_the_others(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"theme": "lihgt", "speed": 5, "colour": "none"}')
    found, troubles = settings.load(path)
    assert found.theme == "dark"
    assert found.speed == 5
    assert len(troubles) == 2
    assert "did you mean “light”?" in troubles[0]
    assert "color" in troubles[1]


@pytest.mark.parametrize(
    ("name", "value"),
    [("threads", 0), ("threads", "x"), ("speed", "nan"), ("splash", "maybe"), ("them", "dark")],
)
def test_wrong_values_are_refused(name: str, value: object) -> None:
    with pytest.raises(NnlabError):
        settings.Settings().changed(name, value)


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NnlabError):
        settings.save(settings.Settings(), tmp_path / "file" / "settings.json")


def test_settings_are_changed_from_every_skin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NNLAB_HOME", str(tmp_path))
    session = Session()
    assert any(line.startswith("language") for line in session.execute("setting").lines)
    session.execute("setting accessible yes")
    assert session.look.accessible
    assert settings.load()[0].accessible
    assert "next start" in session.execute("setting device cpu").lines[-1]
    with pytest.raises(NnlabError, match="did you mean “theme”"):
        session.execute("setting them dark")
    with pytest.raises(NnlabError, match="1 to 1024"):
        session.execute("setting threads 0")


def test_what_this_machine_lacks_is_refused_and_not_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NNLAB_HOME", str(tmp_path))
    monkeypatch.setattr("nnlab.engine.device._gpu", lambda: (None, "CuPy is not installed"))
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    session = Session()
    with pytest.raises(NnlabError, match="CuPy is not installed"):
        session.execute("setting device gpu")
    with pytest.raises(NnlabError, match="Numba is not installed"):
        session.execute("setting kernels numba")
    assert settings.load() == (settings.Settings(), [])


def test_a_script_changes_no_settings_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NNLAB_HOME", str(tmp_path))
    session = Session()
    session.keeps_settings = False
    assert "this run" in session.execute("setting accessible yes").lines[-1]
    assert session.look.accessible
    assert "no effect" in session.execute("setting theme light").lines[-1]
    assert settings.load() == (settings.Settings(), [])

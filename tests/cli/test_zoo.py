"""``nnlab zoo``: text that fits 80 columns, learners without gradients among the networks, steps to watch."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from nnlab import i18n
from nnlab.cli import main
from nnlab.cli.zoo import attempt
from nnlab.errors import NnlabError
from nnlab.network.zoo import LEARNERS, ZOO, Goal
from nnlab.session import Session
from nnlab.session.sweep import combinations, run_one
from nnlab.session.workbench import Workbench
from nnlab.width import columns

Run = Callable[..., list[str]]


@pytest.fixture
def zoo(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> Iterator[Run]:
    """The lines that ``nnlab zoo …`` prints."""
    monkeypatch.setenv("NNLAB_HOME", str(tmp_path))
    before = i18n.current_language()

    def run(*words: str, language: str = "en", status: int = 0) -> list[str]:
        assert main(["--language", language, "zoo", *words]) == status
        return capsys.readouterr().out.splitlines()

    yield run
    i18n.set_language(before)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_list_fits_80_columns_and_stands_in_columns(zoo: Run, language: str) -> None:
    lines = zoo("list", language=language)
    assert max(columns(line) for line in lines) <= 80
    heads = [line for line in lines if line[:2] == "  " and line[2:3].strip()]
    assert [line.split()[0] for line in heads] == [*ZOO, *LEARNERS]
    texts = {line: line.split()[3:] for line in heads}
    begins = {columns(line[: line.index(words[0], 20)]) for line, words in texts.items()}
    assert len(begins) == 1
    margin = " " * begins.pop()
    for line in lines:
        assert line in heads or not line or not line.startswith(" ") or line.startswith(margin)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", ["box-finder", "digits-cnn", "clusters", "groups-bert"])
def test_one_model_fits_80_columns(zoo: Run, name: str, language: str) -> None:
    lines = zoo("show", name, language=language)
    assert max(columns(line) for line in lines) <= 80
    assert lines[0].startswith(f"{name}  ")
    facts = [line for line in lines[lines.index("") + 1 :] if not line.startswith(" ")]
    assert len({columns(line) - columns(line.split(maxsplit=1)[1]) for line in facts}) == 1


def test_a_title_and_what_it_is_about_stand_for_themselves(zoo: Run) -> None:
    lines = zoo("show", "box-finder")
    assert lines[0] == "box-finder  Where is the square?"
    assert lines[1].startswith("three numbers say where; ")


def test_all_of_a_script_is_told(zoo: Run) -> None:
    told = " ".join(" ".join(zoo("show", "box-finder")).split())
    assert all(" ".join(line.split()) in told for line in ZOO["box-finder"].script)


@pytest.mark.parametrize("name", LEARNERS)
def test_a_learner_without_gradients_reaches_its_goal_and_repeats_itself(name: str) -> None:
    learner = LEARNERS[name]
    assert learner.name not in ZOO
    assert learner.source
    told: list[str] = []
    trial = attempt(learner, watch=lambda n, text: told.append(text))
    assert trial.reached, trial.text
    assert set(trial.measured) == set(learner.goals)
    first = learner.steps(learner.seed)
    assert [next(first).text for _step in range(3)] == told[:3]
    assert all(isinstance(value, float) for value in next(learner.steps(1)).measure().values())


def test_steps_of_a_learner_are_watched(zoo: Run) -> None:
    lines = zoo("train", "gridworld-table", "--steps", "2", "--check")
    assert lines[0].split()[:1] == ["1"]
    assert "in state 12" in lines[0]
    assert any(line.split()[:1] == ["2"] for line in lines)
    assert not any(line.split()[:1] == ["3"] for line in lines)
    assert lines[-1].startswith("gridworld-table")
    assert "✓ moves_to_end 6 (<= 6)" in lines[-1]


def test_another_seed_is_asked_for_as_everywhere(zoo: Run) -> None:
    own, other, older = (
        zoo("train", "gridworld-table", "--steps", "3", *words)
        for words in ((), ("--seed", "7"), ("--with-seed", "7"))
    )
    assert other == older != own


def test_the_older_name_of_the_seed_is_not_listed(zoo: Run) -> None:
    help_ = "\n".join(zoo("train", "--help"))
    assert "--seed" in help_
    assert "--with-seed" not in help_


def test_a_missed_goal_is_an_exit_status(zoo: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Goal, "reached", lambda self, measured: False)
    assert "✗" in zoo("train", "tree", "--check", status=1)[0]
    assert json.loads(zoo("train", "tree", "--json")[0])["reached"] is False


@pytest.mark.parametrize("language", ["en", "zh"])
def test_without_a_word_the_models_are_listed(zoo: Run, language: str) -> None:
    assert zoo(language=language) == zoo("list", language=language)


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("words", [("xor", "moons"), ("--all",)])
def test_ctrl_c_ends_the_training_of_a_network_and_of_all_after_it(
    zoo: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setattr(Session, "reached", lambda self: os.kill(os.getpid(), signal.SIGINT))
    assert main(["--language", "en", "zoo", "train", *words, "--check"]) == 130
    out, err = capsys.readouterr()
    first = words[0] if words[0] in ZOO else next(iter(ZOO))
    models = 2 if words[0] in ZOO else len({**ZOO, **LEARNERS})
    assert out == ""
    assert err == (
        f"nnlab: interrupted in {first}, of which nothing is kept; finished before it: 0 of {models} models\n"
    )


def test_ctrl_c_ends_a_learner_without_gradients_too(
    zoo: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(seed: int) -> Iterator[object]:
        raise KeyboardInterrupt
        yield

    broken = replace(LEARNERS["clusters"], steps=interrupted)
    monkeypatch.setitem(LEARNERS, "clusters", broken)
    assert main(["--language", "en", "zoo", "train", "tree", "clusters", "forest"]) == 130
    out, err = capsys.readouterr()
    assert [line.split()[0] for line in out.splitlines()] == ["tree"]
    assert err == (
        "nnlab: interrupted in clusters, of which nothing is kept; finished before it: 1 of 3 models\n"
    )


def test_json_names_the_family_and_the_settings(zoo: Run) -> None:
    rows = {row["name"]: row for row in map(json.loads, zoo("list", "--json"))}
    assert set(rows) == {*ZOO, *LEARNERS}
    assert rows["clusters"]["family"] == "without gradients"
    assert rows["clusters"]["settings"] == ["data digits scale=unit", "k-means k=10 restarts=10"]
    assert json.loads(zoo("show", "moons", "--json")[0])["script"] == list(ZOO["moons"].script)


def test_steps_are_not_for_networks(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--language", "en", "zoo", "train", "moons", "--steps", "3"]) == 2
    assert "moons is a network: its steps are watched on the bench" in capsys.readouterr().err
    assert main(["--language", "en", "zoo", "train", "tree", "--steps", "0"]) == 2
    assert "steps" in capsys.readouterr().err


def test_networks_train_on_the_device_that_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    before = Workbench.device_for

    def noted(self: Session, begin: object) -> object:
        asked.append(self.device)
        return before(self, begin)

    monkeypatch.setattr(Workbench, "device_for", noted)
    attempt(ZOO["xor"], device="cpu")
    (trial,) = combinations(["data xor", "net dense 1"], {}, "1 epochs", ())
    run_one(trial, device="cpu")
    assert asked == ["cpu", "cpu"]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("xorr", "nearest: xor;"),
        ("clusterz", "nearest: clusters"),
        ("digits-", "nearest: digits-"),
        ("zzzzz", "in the zoo; "),
    ],
)
def test_an_unknown_model_gets_the_nearest_and_where_all_are(
    capsys: pytest.CaptureFixture[str], name: str, told: str
) -> None:
    assert main(["--language", "en", "zoo", "show", name]) == 2
    by_command = capsys.readouterr().err
    with pytest.raises(NnlabError) as caught:
        Session().execute(f"zoo {name}")
    for text in (by_command, str(caught.value)):
        assert f"there is no model “{name}” in the zoo; " in text
        assert told in text
        assert "nnlab zoo list" in text
        assert "…" not in text
    assert "Tab" in str(caught.value)


def test_zoo_on_the_bench_without_a_name_lists_no_dozen() -> None:
    with pytest.raises(NnlabError, match=r"a model of the zoo \(Tab lists them, so does nnlab zoo list\)"):
        Session().execute("zoo")


def test_the_bench_says_where_a_learner_is_found() -> None:
    with pytest.raises(NnlabError, match="nnlab zoo train clusters --steps 20"):
        Session().execute("zoo clusters")

"""What the documentation shows runs: examples in docstrings, and the code of the pages in docs."""

from __future__ import annotations

import doctest
import importlib
import importlib.util
import pkgutil
import re
import shlex
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import nnlab
from nnlab.cli.parser import parse
from nnlab.errors import NnlabError

ROOT = Path(__file__).resolve().parents[1]


def modules() -> list[str]:
    found = ["nnlab", "nnlab.i18n"]
    for room in ("engine", "data", "network", "training"):
        package = importlib.import_module(f"nnlab.{room}")
        found += [m.name for m in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")]
    if importlib.util.find_spec("numba") is None:  # an extra: its kernels are not to be imported without it
        found = [name for name in found if not name.startswith("nnlab.engine.kernels.fast")]
        found.remove("nnlab.engine.kernels.machine_code")
    return found


def examples(module: ModuleType) -> list[doctest.DocTest]:
    return [test for test in doctest.DocTestFinder().find(module) if test.examples]


def test_examples_in_docstrings_run() -> None:
    tests = [test for name in modules() for test in examples(importlib.import_module(name))]
    assert len(tests) >= 5
    runner = doctest.DocTestRunner(verbose=False)
    for test in tests:
        said: list[str] = []
        assert runner.run(test, out=said.append).failed == 0, "".join(said)


@pytest.mark.parametrize("page", ["engine.md", "data.md", "networks.md", "zoo.md", "craft.md"])
def test_the_code_of_a_page_runs(page: str) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / page).read_text(encoding="utf-8"), re.DOTALL)
    assert blocks
    scope: dict[str, object] = {"__name__": page}
    for block in blocks:
        exec(compile(block, page, "exec"), scope)


def test_the_code_of_the_readme_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    (block,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    watched: list[object] = []
    monkeypatch.setattr(nnlab, "watch", lambda *what: watched.append(what))
    x = np.arange(20.0).reshape(10, 2)
    exec(compile(block, "README.md", "exec"), {"x": x, "y": x[:, 0] > 8})
    assert len(watched) == 1


def commands() -> list[str]:
    """Every command that README and docs show, without what follows a comment."""
    found = []
    for page in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        text = page.read_text(encoding="utf-8")
        found += re.findall(r"`(nnlab [^`]+)`", text)
        for block in re.findall(r"```\w*\n(.*?)```", text, re.DOTALL):
            found += re.findall(r"^(nnlab .+)$", block, re.MULTILINE)
    plain = (command.split("  #")[0].replace("\\|", "|").replace("\n", " ").strip() for command in found)
    return sorted(set(plain))


def complaint(command: str) -> str:
    try:
        parse(shlex.split(command)[1:])
    except NnlabError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("command", commands())
def test_a_command_of_the_documentation_is_one(command: str) -> None:
    """Where only the name of a command is told, ``nnlab lesson new``, what it needs may be left out."""
    said = complaint(command)
    assert not said or ("arguments are required" in said and command.islower()), said


def test_every_public_name_is_there_and_documented() -> None:
    for name in nnlab.__all__:
        assert getattr(nnlab, name).__doc__, name

"""What every test may take for granted: English, a home of nobody's, and the CPU."""

from __future__ import annotations

import os
from collections.abc import Iterator

# As the command line does, before NumPy is imported: processes with two threads each wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import pytest

from nnlab.i18n import set_language


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests that speak Chinese say so themselves; what they leave behind is nobody else's."""
    monkeypatch.setenv("NNLAB_LANG", "en")
    monkeypatch.setenv("NNLAB_HOME", str(tmp_path_factory.getbasetemp() / "home"))
    set_language("en")
    yield
    set_language("en")


@pytest.fixture(autouse=True)
def _on_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """``auto`` measures where a test is about that; elsewhere it might take a GPU, and would say so."""
    monkeypatch.setattr("nnlab.engine.device.has_cupy", lambda: False)

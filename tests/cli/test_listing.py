"""Lists fit the terminal: only an address of the web, which cannot be broken, may be longer."""

from __future__ import annotations

import pytest

from nnlab.cli import main
from nnlab.width import columns


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_list_of_data_fits_80_columns(
    language: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    monkeypatch.setenv("NNLAB_HOME", str(tmp_path))
    try:
        assert main(["--language", language, "data", "list"]) == 0
    finally:
        main(["--language", "en", "zoo", "show", "tree", "--json"])
    lines = capsys.readouterr().out.splitlines()[:-1]
    long = [line for line in lines if columns(line) > 80]
    assert all(line.split()[0].startswith("https://") for line in long)
    assert len(lines) > 120

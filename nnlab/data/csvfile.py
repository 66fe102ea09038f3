"""A text file as records: separator and quotes. What the values mean is not decided here."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from nnlab.data.textfile import lines, open_file
from nnlab.errors import NnlabError
from nnlab.i18n import _

_SAMPLE_BYTES = 64 << 10

# In order of preference when a file could be read with several: whoever writes semicolons or tabs means
# them, while commas also stand inside numbers and sentences.
DELIMITERS = {"tab": "\t", "semicolon": ";", "comma": ","}

_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")

Record = tuple[int, list[str]]


def records(path: Path, delimiter: str) -> Iterator[Record]:
    """(line number, cells) of every line that is not blank; cells are stripped of spaces around them.

    ``delimiter`` is the character.  A record with a quoted line break carries the number of its first line.
    """
    with open_file(path) as file:
        reader = csv.reader(lines(file, path), delimiter=delimiter, skipinitialspace=True, strict=True)
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise NnlabError(
                    _(
                        "{path}, line {line}: the quotes do not fit ({reason}); a quote inside a quoted "
                        "value is written twice",
                        path=path.name,
                        line=line,
                        reason=error,
                    )
                ) from error
            cells = [cell.strip() for cell in cells]
            if any(cells):
                yield line, cells


def sniff(path: Path) -> str:
    """The separator of the file: tab, semicolon or comma, whichever most lines have the same number of."""
    sample = sampled(path)
    best, best_share = ",", 0.0
    for sign in DELIMITERS.values():
        counts = [line.count(sign) for line in sample]
        usual = max(set(counts), key=counts.count, default=0)
        share = counts.count(usual) / len(counts) if usual else 0.0
        if share > best_share:
            best, best_share = sign, share
    return best


def sampled(path: Path) -> list[str]:
    """The lines of the file's beginning that are not blank, without what is quoted in them."""
    with open_file(path) as file:
        raw = file.read(_SAMPLE_BYTES)
    text = raw.decode("utf-8", "replace")
    sample = [re.sub(r'"[^"]*"', "", line) for line in text.splitlines() if line.strip()]
    if len(raw) == _SAMPLE_BYTES and len(sample) > 1:
        sample.pop()  # may be cut off
    return sample


def looks_like_table(path: Path) -> bool:
    """Whether every line has the same separators and some column, below its head, holds only numbers."""
    sign, sample = sniff(path), sampled(path)
    table = [line.split(sign) for line in sample]
    if len(table) < 2 or len(table[0]) < 2 or len({len(row) for row in table}) > 1:
        return False
    return any(all(_NUMBER.fullmatch(row[k].strip()) for row in table[1:]) for k in range(len(table[0])))

"""Data sets: generated, shipped, and the learner's own.

``load("moons n=200 noise=0.2")`` and ``DATASETS`` are the two names to start from.  Names are handed on
lazily, so that listing and completing data sets needs no NumPy: ``DATASETS`` is plain Python.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nnlab.data.arrayfile import read_npy, read_npz
    from nnlab.data.arrays import from_arrays
    from nnlab.data.csvdata import read_csv
    from nnlab.data.dataset import PARTS, Dataset, Split, one_hot
    from nnlab.data.description import Sheet, describe, preview
    from nnlab.data.drawn import points
    from nnlab.data.loading import load
    from nnlab.data.owntext import from_text, read_text
    from nnlab.data.registry import DATASETS, FILE, POINTS
    from nnlab.data.scaling import Scaling
    from nnlab.data.spec import DatasetSpec, Option, parse_split
    from nnlab.data.write import write_csv

_HOME = {
    "DATASETS": "registry",
    "FILE": "registry",
    "PARTS": "dataset",
    "POINTS": "registry",
    "Dataset": "dataset",
    "DatasetSpec": "spec",
    "Option": "spec",
    "Scaling": "scaling",
    "Sheet": "description",
    "Split": "dataset",
    "describe": "description",
    "from_arrays": "arrays",
    "from_text": "owntext",
    "load": "loading",
    "one_hot": "dataset",
    "parse_split": "spec",
    "points": "drawn",
    "preview": "description",
    "read_csv": "csvdata",
    "read_npy": "arrayfile",
    "read_npz": "arrayfile",
    "read_text": "owntext",
    "write_csv": "write",
}

__all__ = [
    "DATASETS",
    "FILE",
    "PARTS",
    "POINTS",
    "Dataset",
    "DatasetSpec",
    "Option",
    "Scaling",
    "Sheet",
    "Split",
    "describe",
    "from_arrays",
    "from_text",
    "load",
    "one_hot",
    "parse_split",
    "points",
    "preview",
    "read_csv",
    "read_npy",
    "read_npz",
    "read_text",
    "write_csv",
]


def __dir__() -> list[str]:
    return sorted(__all__)


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = found
    return found

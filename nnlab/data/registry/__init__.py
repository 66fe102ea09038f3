"""The table of data sets: every name, its options, where it comes from. No NumPy here.

A module is a family, as in :mod:`nnlab.data.generated`; a new data set is a builder there and an entry in the
``SPECS`` of its family here.
"""

from nnlab.data.registry import (
    distributions,
    graphs,
    measured,
    pictures,
    plane,
    sentences,
    sequences,
    series,
    tables,
    texts,
    worlds,
)
from nnlab.data.registry.options import OWN_LICENCE, SCALES
from nnlab.data.registry.own import FILE, POINTS, TABLE_OPTIONS, TEXT_OPTIONS
from nnlab.data.spec import DatasetSpec

FAMILIES = (
    plane,
    distributions,
    measured,
    tables,
    pictures,
    series,
    sequences,
    sentences,
    texts,
    graphs,
    worlds,
)

DATASETS: dict[str, DatasetSpec] = {spec.name: spec for family in FAMILIES for spec in family.SPECS}

__all__ = ["DATASETS", "FILE", "OWN_LICENCE", "POINTS", "SCALES", "TABLE_OPTIONS", "TEXT_OPTIONS"]

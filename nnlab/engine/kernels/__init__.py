"""Kernels: the closed table of array arithmetic, a NumPy reference, and what overrides it."""

from nnlab.engine.kernels.activations import EXP_FLOOR, GELU_CUBE, GELU_SCALE
from nnlab.engine.kernels.gaussian import LOG_VARIANCE_LIMIT
from nnlab.engine.kernels.table import MODULES, OPAQUE, REFERENCE, Kernels, kernels_of, table

__all__ = [
    "EXP_FLOOR",
    "GELU_CUBE",
    "GELU_SCALE",
    "LOG_VARIANCE_LIMIT",
    "MODULES",
    "OPAQUE",
    "REFERENCE",
    "Kernels",
    "kernels_of",
    "table",
]

"""Runs: networks moving through time, with tape, timeline, history and breakpoints."""

from nnlab.training.conditions import Condition
from nnlab.training.config import LOSSES, RunConfig
from nnlab.training.diagnostics import LayerSigns
from nnlab.training.history import EpochRow, History
from nnlab.training.metrics import Scores
from nnlab.training.probes import NumericCheck, Nudge
from nnlab.training.run import Change, Run, Stop
from nnlab.training.tape import GRAINS, Tape

__all__ = [
    "GRAINS",
    "LOSSES",
    "Change",
    "Condition",
    "EpochRow",
    "History",
    "LayerSigns",
    "NumericCheck",
    "Nudge",
    "Run",
    "RunConfig",
    "Scores",
    "Stop",
    "Tape",
]

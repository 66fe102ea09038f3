"""Runs: networks moving through time, with tape, timeline, history and breakpoints."""

from nnlab.training.conditions import Condition
from nnlab.training.config import RunConfig
from nnlab.training.diagnostics import LayerSigns
from nnlab.training.drive import Stop
from nnlab.training.history import EpochRow, History
from nnlab.training.losses import LOSSES
from nnlab.training.metrics import Scores
from nnlab.training.probes import Nudge, NumericCheck
from nnlab.training.run import Run
from nnlab.training.tape import GRAINS, Tape
from nnlab.training.track import Change

__all__ = [
    "GRAINS",
    "LOSSES",
    "Change",
    "Condition",
    "EpochRow",
    "History",
    "LayerSigns",
    "Nudge",
    "NumericCheck",
    "Run",
    "RunConfig",
    "Scores",
    "Stop",
    "Tape",
]

"""Every action, one file per family; importing this package fills the registry."""

from nnlab.session.action import ACTIONS
from nnlab.session.actions import (
    data,
    holding,
    insight,
    knobs,
    landscape,
    looking,
    models,
    network,
    rates,
    session,
    settings,
    studies,
    surgery,
    time,
    training,
    viewing,
    writing,
)

__all__ = [
    "ACTIONS",
    "data",
    "holding",
    "insight",
    "knobs",
    "landscape",
    "looking",
    "models",
    "network",
    "rates",
    "session",
    "settings",
    "studies",
    "surgery",
    "time",
    "training",
    "viewing",
    "writing",
]

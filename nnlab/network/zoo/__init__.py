"""The model zoo: working systems, each a short script with its source, a seed, and the goal it reaches.

A model is what somebody would type on an empty bench, so opening one and building it by hand are the same
thing.  A new one is an entry in the ``MODELS`` of its family.  Learners without gradients are no networks and
lie on no bench; they stand beside the models, with steps of their own to watch.
"""

from nnlab.i18n import N_
from nnlab.network.zoo import (
    control,
    foundations,
    gallery,
    generative,
    language,
    sequences,
    vision,
    without_gradients,
)
from nnlab.network.zoo.learner import Learner, Step
from nnlab.network.zoo.model import Goal, Model

FAMILIES = {
    N_("foundations"): foundations,
    N_("vision"): vision,
    N_("sequences"): sequences,
    N_("language"): language,
    N_("generative"): generative,
    N_("control"): control,
    N_("gallery"): gallery,
}

ZOO: dict[str, Model] = {model.name: model for family in FAMILIES.values() for model in family.MODELS}

WITHOUT_GRADIENTS = N_("without gradients")
"""What the family of the learners is called."""

LEARNERS: dict[str, Learner] = {learner.name: learner for learner in without_gradients.MODELS}

__all__ = ["FAMILIES", "LEARNERS", "WITHOUT_GRADIENTS", "ZOO", "Goal", "Learner", "Model", "Step"]

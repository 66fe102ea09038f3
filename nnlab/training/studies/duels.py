"""Which studies make no sense of a duel: its steps take turns, each with a loss and gradients of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nnlab.errors import NnlabError
from nnlab.i18n import _

if TYPE_CHECKING:
    from nnlab.training.run import Run


def require_one_loss(run: Run) -> None:
    """Raises NnlabError where two players take turns, whose losses are not to be compared."""
    if run.network.duel:
        raise NnlabError(
            _("two players take turns here, and the loss of one says nothing beside the other’s")
        )

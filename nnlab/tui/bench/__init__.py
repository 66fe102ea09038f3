"""The bench: stage, inspector, tape and gauges of one session.

Views are pure functions from a :class:`~nnlab.session.moment.Moment` to a
:class:`~nnlab.tui.bench.spots.Picture`; widgets commit their cells and move the cursor over their spots.
"""

from nnlab.tui.bench.bench import Bench

__all__ = ["Bench"]

"""Runs learners' code in a process of its own, with limits.

>>> from nnlab.sandbox import run_code
>>> outcome = run_code("def double(x):\\n    return x + x\\n", 'case("two", double, 2, equals=4)')
>>> outcome.ok
True
"""

from nnlab.sandbox.outcome import CaseResult, CodeError, Outcome
from nnlab.sandbox.runner import Limits, run_code

__all__ = ["CaseResult", "CodeError", "Limits", "Outcome", "run_code"]

"""What came of running a learner's code."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from nnlab.i18n import _


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One test: what went in, what was expected and what came out, all as text."""

    name: str
    ok: bool
    given: str = ""
    expected: str = ""
    found: str = ""
    tells: str = ""

    def sentence(self) -> str:
        if self.ok:
            return _("{name}: passes", name=self.name)
        if not self.given:
            return f"{self.name}: {self.found}" if self.found else _("{name}: does not hold", name=self.name)
        return _(
            "{name}: {given} should give {expected} and gives {found}",
            name=self.name,
            given=self.given,
            expected=self.expected,
            found=self.found,
        )


@dataclass(frozen=True, slots=True)
class CodeError:
    """An error with the line of the learner's own source; line 0 where it is not known."""

    kind: str
    message: str
    line: int = 0
    text: str = ""

    def sentence(self) -> str:
        what = f"{self.kind}: {self.message}" if self.message else self.kind
        if not self.line:
            return what
        return _("line {line}, '{text}': {what}", line=self.line, text=self.text.strip(), what=what)


@dataclass(frozen=True, slots=True)
class Outcome:
    """``ok`` when everything ran and every test passes.

    ``stopped``: "", "time", "memory", "output" or "crash"; ``level``: the layers of protection that were
    reached, weakest first.
    """

    ok: bool
    results: tuple[CaseResult, ...] = ()
    error: CodeError | None = None
    output: str = ""
    stopped: str = ""
    seconds: float = 0.0
    level: tuple[str, ...] = ()

    def summary(self) -> str:
        """One sentence: the first thing that went wrong."""
        if self.error is not None:
            return self.error.sentence()
        failed = [result for result in self.results if not result.ok]
        if failed:
            return failed[0].sentence()
        return _("{n} tests pass", n=len(self.results)) if self.ok else _("nothing was tested")

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

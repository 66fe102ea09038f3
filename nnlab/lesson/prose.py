"""The words of a lesson: one markdown file per language, and the numbers filled into them.

::

    # Title
    Promise.
    ### objective          one for each thing the learner can do afterwards
    ### misconception      what the lesson does away with

    ## step-id Title of the step
    Prose (at most 120 words, 200 汉字).
    ### question
    ### option NAME        one per option or line of a choice or order task
    ### hint               three of them, in order
    ### after              the one sentence after the answer
    ### measured           what is put beside the bet that this step settles
    ### mistake NAME       what a known wrong answer shows
    ### say NAME           what a goal's check says is missing
    ### see NAME           the name of a thing to be seen
    ### axis across        (and ``axis up``) what a curve that is drawn goes over, and what its height is
    ### recall             the question that comes back days later

``{name}`` is a number computed by the engine, ``{= 2*0.5 - 1}`` a sum done here (for worked steps
with other numbers) or a constant of the text (``{= 0.5}``); ``{{`` and ``}}`` are braces.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.lesson.answers import written
from nnlab.nearest import nearest

LANGUAGES = ("en", "zh")
FIELDS = {  # field -> does it take a name
    "question": False,
    "hint": False,
    "after": False,
    "measured": False,
    "recall": False,
    "option": True,
    "mistake": True,
    "say": True,
    "see": True,
    "axis": True,
}
HEADER = ("objective", "misconception")
"""Fields of the lesson as a whole, before its first step."""
HINTS = 3
_FENCE = re.compile(r"^\s*(```|~~~)")
_PLACE = re.compile(
    r"(?P<open>\{\{)|(?P<close>\}\})|\{=(?P<sum>[^{}]*?)(?::\s*(?P<sum_digits>\d+)\s*)?\}"
    r"|\{(?P<name>[A-Za-z_]\w*)(?::(?P<digits>\d+))?\}"
)

Key = tuple[str, str]


@dataclass(slots=True)
class StepProse:
    """The texts of one step in one language, by (field, name); hints are ("hint", "1") to ("hint", "3")."""

    id: str
    title: str = ""
    texts: dict[Key, str] = field(default_factory=dict)
    line: int = 0

    def text(self, field: str, name: str = "") -> str:
        return self.texts.get((field, name), "")

    @property
    def hints(self) -> list[str]:
        return [text for (field, _name), text in self.texts.items() if field == "hint"]


@dataclass(slots=True)
class LessonProse:
    """A lesson's words in one language."""

    path: Path
    title: str = ""
    promise: str = ""
    header: list[tuple[str, str]] = field(default_factory=list)
    steps: dict[str, StepProse] = field(default_factory=dict)

    @property
    def objectives(self) -> list[str]:
        return [text.strip() for name, text in self.header if name == "objective"]

    @property
    def misconception(self) -> str:
        return "\n".join(text.strip() for name, text in self.header if name == "misconception")

    def step(self, step_id: str) -> StepProse:
        return self.steps.get(step_id) or StepProse(step_id, step_id)


def prose_path(script: Path, language: str) -> Path:
    return script.with_name(f"{script.stem}.{language}.md")


def read_prose(path: Path) -> LessonProse:
    """Parse one file; errors name file and line."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NnlabError(_("the lesson text {path} is missing", path=path)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise NnlabError(
            _("the lesson text {path} cannot be read: {reason}", path=path, reason=error)
        ) from error
    return parse_prose(text, path)


def parse_prose(text: str, path: Path = Path("prose")) -> LessonProse:
    prose = LessonProse(path)
    step: StepProse | None = None
    key: Key | None = None
    gathered: dict[tuple[str, Key], list[str]] = {}
    fenced = False
    for at, line in enumerate(text.splitlines(), 1):
        if _FENCE.match(line):
            fenced = not fenced
        heading = re.match(r"^(#{1,3})\s+(.*?)\s*$", line) if not fenced else None
        if heading is None:
            if step is not None and key is not None:
                gathered[step.id, key].append(line)
            elif prose.header:
                name, text = prose.header[-1]
                prose.header[-1] = (name, text + line + "\n")
            else:
                prose.promise += line + "\n"
        elif len(heading[1]) == 1:
            prose.title = heading[2]
        elif len(heading[1]) == 2:
            step_id, _space, title = heading[2].partition(" ")
            if step_id in prose.steps:
                raise _fault(path, at, _("the step '{step}' appears twice", step=step_id))
            step = prose.steps[step_id] = StepProse(step_id, title.strip() or step_id, line=at)
            key = ("prose", "")
            gathered[step.id, key] = []
        else:
            if step is None and heading[2] in HEADER:
                prose.header.append((heading[2], ""))
                continue
            if step is None:
                raise _fault(
                    path, at, _("'{heading}' stands before the first '## step'", heading=line.strip())
                )
            key = _field_key(path, at, heading[2], step.id, gathered)
            gathered[step.id, key] = []
    if fenced:
        raise _fault(path, len(text.splitlines()), _("a code fence is not closed"))
    for (step_id, key), lines in gathered.items():
        prose.steps[step_id].texts[key] = "\n".join(lines).strip()
    prose.promise = prose.promise.strip()
    return prose


def _field_key(
    path: Path, at: int, heading: str, step_id: str, gathered: Mapping[tuple[str, Key], list[str]]
) -> Key:
    name, _space, rest = heading.partition(" ")
    rest = rest.strip()
    if name not in FIELDS:
        near = nearest(name, FIELDS) or "question"
        raise _fault(
            path,
            at,
            _("'### {name}' is not a field of a step; did you mean '### {near}'?", name=name, near=near),
        )
    if FIELDS[name] != bool(rest):
        wanted = _("needs a name behind it") if FIELDS[name] else _("takes no name")
        raise _fault(path, at, _("'### {name}' {wanted}", name=name, wanted=wanted))
    if name == "hint":
        rest = str(1 + sum(1 for step, (field, _n) in gathered if step == step_id and field == "hint"))
    if (step_id, (name, rest)) in gathered:
        raise _fault(path, at, _("'### {heading}' appears twice in this step", heading=heading))
    return (name, rest)


def _fault(path: Path, line: int, reason: str) -> NnlabError:
    return NnlabError(f"{path}:{line}: {reason}")


def placeholders(text: str) -> set[str]:
    """The names of the numbers a text asks for."""
    return {match["name"] for match in _PLACE.finditer(text) if match["name"]}


def fill(text: str, values: Mapping[str, object], digits: Mapping[str, int] | None = None) -> str:
    """``text`` with its placeholders filled; an unknown one raises NnlabError."""

    def put(match: re.Match[str]) -> str:
        if match["open"] or match["close"]:
            return "{" if match["open"] else "}"
        if match["sum"] is not None:
            return written(arithmetic(match["sum"]), int(match["sum_digits"] or 4))
        name = match["name"]
        if name not in values:
            raise NnlabError(
                _(
                    "the text asks for the number {name}, which the step does not declare",
                    name="{" + name + "}",
                )
            )
        places = int(match["digits"]) if match["digits"] else (digits or {}).get(name, 3)
        return show(values[name], places)

    return _PLACE.sub(put, text)


def show(value: object, digits: int = 3) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return written(float(value), digits)


_OPERATORS: dict[type[ast.AST], Callable[..., float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}
_FUNCTIONS: dict[str, Callable[[float], float]] = {
    "exp": math.exp,
    "ln": math.log,
    "sqrt": math.sqrt,
    "tanh": math.tanh,
    "sigmoid": lambda x: 0.5 + 0.5 * math.tanh(0.5 * x),
}


def arithmetic(source: str) -> float:
    """Evaluate ``{= …}``: numbers, + - * / ** and exp, ln, sqrt, tanh, sigmoid; nothing else."""
    plain = source.strip().replace("−", "-").replace("·", "*").replace("×", "*")
    try:
        return _evaluate(ast.parse(plain, mode="eval").body)
    except (SyntaxError, ValueError, ArithmeticError, TypeError, RecursionError) as error:
        raise NnlabError(
            _("'{source}' is not a sum that can be worked out", source=source.strip())
        ) from error


def _evaluate(node: ast.AST) -> float:
    match node:
        case ast.Constant(value=int() | float() as value):
            return float(value)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return float(_OPERATORS[type(op)](_evaluate(left), _evaluate(right)))
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _OPERATORS:
            return float(_OPERATORS[type(op)](_evaluate(operand)))
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in _FUNCTIONS:
            return _FUNCTIONS[name](_evaluate(argument))
    raise ValueError("not arithmetic")

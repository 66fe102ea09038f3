"""A step and what is said of its answers as plain lines of text: the whole lesson without a screen."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from nnlab.i18n import N_, _
from nnlab.lesson.plot_text import plot_lines
from nnlab.lesson.prose import LessonProse
from nnlab.lesson.state import StepView, Verdict
from nnlab.width import columns

_ASKS = {
    "number": N_("Type “answer” and a number, such as: answer 0.5"),
    "numbers": N_("Type “answer” and the numbers, such as: answer 0.5, 2"),
    "shape": N_("Type “answer” and the axes in their order, such as: answer (32, 10)"),
    "curve": N_(
        "Type “answer” and heights of your curve at even places from the left end to the right, "
        "three or more, such as: answer 0.9 0.5 0.3 0.3"
    ),
    "choice": N_("Type “answer” and the number of your choice, such as: answer 2"),
    "choices": N_("Type “answer” and the numbers of all that apply, such as: answer 1 3"),
    "order": N_("Type “answer” and the numbers of the lines in their order, such as: answer 2 1 3"),
    "bench": N_("Act on the bench, then type “answer” for the check."),
    "see": N_("Go on until everything listed has been seen, then type “answer”."),
    "code": N_(
        "Type “answer”, then your lines, then a line with only a dot. Or “draft FILE” writes the code "
        "above to a file; edit it there and type “answer @FILE”."
    ),
    "tape": N_("Type “answer” and the next value on the tape, or several."),
}


PRINTED = 12
"""Lines shown of what a learner's code printed."""


def asks(answer_form: str) -> str:
    """How an answer of this form is typed."""
    return _(_ASKS[answer_form])


def render_text(view: StepView, width: int = 80, *, accessible: bool = False) -> list[str]:
    """The lines of a step: title, prose, question, options, what is still missing, hints so far."""
    marks = (
        {"passed": _("passed"), "skipped": _("skipped")} if accessible else {"passed": "✓", "skipped": "-"}
    )
    mark, place = marks.get(view.status, ""), f"{view.index + 1}/{view.count}"
    where = _("step {place}", place=place) + ":" if accessible else f"[{place}]"
    head = _("{title} ({kind})", title=view.title, kind=_(view.kind))
    lines = [f"{where} {head} {mark}".rstrip(), ""]
    lines += wrap(view.prose, width)
    if view.question:
        lines += ["", *wrap(view.question, width)]
    for n, (_name, text) in enumerate(view.options, 1):
        first, *rest = wrap(text, width - 5) or [""]
        lines += [f" {n:>2}  {first}", *(f"     {line}" for line in rest)]
    for address, value in view.blanks:
        lines.append(f"  {address} = {value}")
    if view.plot is not None:
        lines += ["", *plot_lines(view.plot, accessible=accessible)]
    if view.answer_form == "code":
        lines += ["", *(f"    {line}" for line in view.draft.rstrip().splitlines())]
    if view.probes is not None:
        lines += ["", probes_text(view.probes)]
    if view.missing:
        head = _("still to see: ") if accessible else "  [ ] "
        lines += ["", *(head + what for what in view.missing)]
    if view.answer_form and view.status != "passed":
        lines += ["", *wrap(asks(view.answer_form), width)]
    if (
        view.status == "passed"
        and view.given
        and view.answer_form in ("number", "numbers", "shape", "choice", "choices")
    ):
        texts = dict(view.options)
        given = ", ".join(texts.get(name, name) for name in view.given.split(", "))
        lines += ["", *wrap(_("Your answer was: {given}", given=given), width)]
    for n, hint in enumerate(view.hints, 1):
        lines += ["", *wrap(_("Hint {n}: {text}", n=n, text=hint), width)]
    for name, title in view.cards:
        lines += ["", *wrap(_("Also read: {title} – “card {name}”.", title=title, name=name), width)]
    return lines


def probes_text(probes: tuple[int, int]) -> str:
    """How many probes are made, of how many."""
    made, allowed = probes
    return _("Probes: {made} of {allowed}", made=made, allowed=allowed)


def header_lines(prose: LessonProse, minutes: int, width: int = 80) -> list[str]:
    """What a lesson is for: its title, promise, objectives, and the belief that it does away with."""
    lines = [_("{title} ({n} minutes)", title=prose.title, n=minutes), "", *wrap(prose.promise, width)]
    if prose.objectives:
        lines += ["", _("Afterwards you can:")]
        for objective in prose.objectives:
            first, *rest = wrap(objective, width - 4)
            lines += [f"  - {first}", *(f"    {line}" for line in rest)]
    if prose.misconception:
        lines += ["", *wrap(_("Many believe: {misconception}", misconception=prose.misconception), width)]
    return [*lines, ""]


def outcome_lines(view: StepView, outcome: Any, *, accessible: bool = False) -> list[str]:
    """What became of the tests of a code step and what it printed; a measured curve over the drawn one."""
    if view.plot is not None and view.plot.measured:
        return [*plot_lines(view.plot, accessible=accessible)[1:], ""]
    if view.answer_form != "code" or not outcome:
        return []
    marks = {True: "✓", False: "✗"}
    lines = [f"  {marks[bool(case['ok'])]} {case['name']}" for case in outcome["results"]]
    if outcome["output"].strip():
        printed = outcome["output"].rstrip().splitlines()
        lines += [_("printed:"), *(f"    {line}" for line in printed[:PRINTED])]
        if len(printed) > PRINTED:
            lines.append(_("… {n} more lines", n=len(printed) - PRINTED))
    return lines


def asked_lines(question: str, options: Sequence[tuple[str, str]], lesson: str, width: int = 80) -> list[str]:
    """A question that has come back, with what can be chosen, and where it is from."""
    lines = [_("From lesson {name}:", name=lesson), "", *wrap(question, width)]
    return [*lines, *(f" {n:>2}  {text}" for n, (_name, text) in enumerate(options, 1))]


def verdict_lines(verdict: Verdict, width: int = 80, following: str = "") -> list[str]:
    """A verdict in words: right, reached or not yet; a prediction is answered; then what there is to read."""
    if verdict.predicted:
        lines = [_("✓ answered")]
    elif verdict.at:
        lines = [_("✓ goal reached at step {step}", step=f"{verdict.at:,}")]
    else:
        lines = [_("✓ right") if verdict.ok else _("✓ kept") if verdict.passed else _("✗ not yet")]
    told = verdict.text.lower()
    if verdict.detail and not verdict.reveal and verdict.detail.lower() not in told:
        lines += wrap(verdict.detail, width)
    lines += _by_line(verdict.text, width)
    return [*lines, "", following] if following else lines


def _by_line(text: str, width: int) -> list[str]:
    """A verdict's text: every line is one of its own, unless it holds code or a table."""
    parts = [text] if "```" in text or "\n|" in text else text.splitlines()
    return [line for part in parts for line in (wrap(part, width) or [""])]


_WORD = re.compile(
    r"\s+|[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f]|[^\s\u2e80-\u9fff\uf900-\uffef]+"
)
_CLOSING = "，。、；：？！）》」』”’…"


def wrap(text: str, width: int) -> list[str]:
    """Break paragraphs at spaces and between 汉字, never before closing punctuation; code stays."""
    lines: list[str] = []
    fenced = False
    for paragraph in _paragraphs(align_tables(text)):
        if paragraph.startswith("```"):
            fenced = not fenced
        elif fenced:
            lines.append(f"    {paragraph}")
        else:
            lines += _fit(paragraph, max(10, width))
    return lines


def align_tables(text: str) -> str:
    """Markdown tables with their columns made equally wide, in cells of the terminal."""
    lines = text.splitlines()
    at = 0
    while at < len(lines):
        end = at
        while end < len(lines) and lines[end].strip().startswith("|"):
            end += 1
        rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines[at:end]]
        plain = [row for row in rows if not all(set(cell) <= set("-: ") for cell in row)]
        if plain and len(plain) < len(rows):  # |x| in a formula has no rule below it and is no table
            lines[at:end] = table = _aligned(plain)
            end = at + len(table)
        at = max(at + 1, end)
    return "\n".join(lines)


def _aligned(rows: list[list[str]]) -> list[str]:
    widths = [max(columns(cell) for cell in column) for column in zip_longest(*rows, fillvalue="")]
    padded = [
        "| " + " | ".join(c + " " * (w - columns(c)) for c, w in zip(row, widths)) + " |" for row in rows
    ]
    rule = "|" + "|".join("-" * (w + 2) for w in widths) + "|"
    return [padded[0], rule, *padded[1:]]


def _paragraphs(text: str) -> list[str]:
    """Join the lines of a paragraph; blank lines, lists, tables and fences stay lines of their own."""
    joined: list[str] = []
    open_paragraph = fenced = False
    for line in text.strip().splitlines():
        bare = line.strip()
        if bare.startswith("```"):
            fenced = not fenced
        alone = (
            fenced or not bare or bare.startswith(("```", "- ", "* ", "|", ">")) or re.match(r"\d+\. ", bare)
        )
        if alone or not open_paragraph:
            joined.append(line.rstrip() if fenced else bare)
        else:
            between = "" if _wide(joined[-1][-1:]) and _wide(bare[:1]) else " "
            joined[-1] += between + bare
        open_paragraph = not alone or (bool(bare) and bare.startswith(("- ", "* ")))
    return joined


def _wide(char: str) -> bool:
    return bool(char) and unicodedata.east_asian_width(char) in "WF"


def _fit(paragraph: str, width: int) -> list[str]:
    lines: list[str] = []
    line: list[str] = []
    for piece in _WORD.findall(paragraph):
        if line and columns("".join(line) + piece.rstrip()) > width:
            carried: list[str] = []
            while piece in _CLOSING and line and (not carried or carried[0] in _CLOSING):
                carried.insert(0, line.pop())
            lines.append("".join(line).rstrip())
            line = carried if piece.isspace() else [*carried, piece]
        else:
            line.append(piece)
    rest = "".join(line).rstrip()
    return [*lines, rest] if rest or not lines else lines

"""One number, explained: where it stands, its formula, the same with numbers, and its terms by size.

Every operand can be entered in turn; the way back is the line at the top.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

import numpy as np

from nnlab.engine.address import Address
from nnlab.engine.explain import Explanation, Term
from nnlab.engine.schedules import LR
from nnlab.i18n import N_, _
from nnlab.session.figures import aligned, full, plain
from nnlab.session.formula_words import in_words
from nnlab.session.text import check_verdict
from nnlab.tui import pictures
from nnlab.tui.bench import ledger, nudge
from nnlab.tui.bench.page import Page, Part
from nnlab.tui.bench.spots import PLAIN, Picture, Sight
from nnlab.tui.bench.why import Beside, Question
from nnlab.tui.capabilities import Capabilities
from nnlab.tui.cells import clip
from nnlab.tui.glyphs import columns
from nnlab.tui.themes import Role

PHASES = {
    "leaf": N_("given"),
    "forward": N_("forward"),
    "loss": N_("loss"),
    "backward": N_("backward"),
    "update": N_("update"),
}
INKS = {"backward": Role.BACKWARD, "update": Role.UPDATE}


def draw(question: Question, cursor: Hashable, height: int, width: int, sight: Sight = PLAIN) -> Picture:
    """The page about ``question`` (height, width, 3); spots are ("term", k, operand) and their like."""
    page = Page(max(1, width))
    caps = sight.caps
    if question.address is None:
        page.gap()
        page.say(
            _("Move the cursor onto a number: its arithmetic stands here. Enter goes into it."), Role.MUTED
        )
        return page.draw(height, cursor, sight)
    _trail(page, question, caps)
    _head(page, question, caps)
    explanation = question.explanation
    if question.trouble:
        page.say(plain(question.trouble, caps), Role.WARNING)
    elif explanation is not None:
        limit = question.limit or max(5, (height - 14) // 2)
        _rule(page, explanation, replace(question, limit=limit), caps)
        if explanation.operation == "parameter" and not question.ledger:
            page.gap()
            page.add(Part(1, _("enter: another value"), Role.MUTED, ("value", 0)))
    if question.check is not None:
        _check(page, question, caps)
    if question.nudges:
        nudge.add(page, question, caps)
    if question.ledger:
        ledger.add(page, question, caps)
    if question.predicted:
        _predicted(page, question, caps)
    return page.draw(height, cursor, sight)


def _trail(page: Page, question: Question, caps: Capabilities) -> None:
    """The numbers that led here, the newest ones where there is little room."""
    if not question.trail:
        return
    arrow = " ▸ " if caps.unicode else " > "
    names = [str(a) for a in question.trail]
    first = len(names) - 1
    used = columns(names[-1]) + 3
    while first and used + columns(names[first - 1]) + 3 < page.width - 6:
        first -= 1
        used += columns(names[first]) + 3
    x = 1
    parts: list[Part] = []
    if first:
        parts.append(Part(x, "…" if caps.unicode else "..", Role.MUTED))
        x += 2
    for k in range(first, len(names)):
        parts.append(Part(x, names[k], Role.PRIMARY, ("trail", k)))
        x += columns(names[k])
        parts.append(Part(x, arrow, Role.MUTED))
        x += 3
    page.add(*parts)


def _head(page: Page, question: Question, caps: Capabilities) -> None:
    """The address, the value with all its digits, and where it stands."""
    explanation = question.explanation
    known = question.known and explanation is not None
    value = full(explanation.value, caps) if known and explanation is not None else "?"
    name = f"{question.of}: {question.address}" if question.of else str(question.address)
    if columns(name) + columns(value) + 5 <= page.width:
        page.add(Part(1, name, Role.ACCENT), Part(columns(name) + 2, f"= {value}", Role.TEXT))
    else:
        page.add(Part(1, name, Role.ACCENT))
        page.add(Part(3, f"= {value}", Role.TEXT))
    if question.twin is not None:
        _twin(page, question.twin, caps)
        if known and explanation is not None and question.twin.address is not None:
            _difference(page, question.twin, explanation.value, caps)
    page.pinned = len(page.rows)
    if explanation is None:
        if not question.trouble:
            page.say(_("not computed yet; step forward to see it"), Role.MUTED)
            if question.rule:
                page.gap()
                page.say(plain(in_words(question.rule), caps), Role.PRIMARY, most=4)
        return
    phase = explanation.phase
    where = [_(PHASES.get(phase, phase)), explanation.layer, explanation.operation]
    where.append(_("step {step}", step=explanation.step))
    page.say(" · ".join(dict.fromkeys(filter(None, where))), INKS.get(phase, Role.FORWARD))
    if not question.known:
        page.say(_("not computed yet where the tape stands: how it will be made"), Role.MUTED)
    if explanation.recomputed:
        page.say(_("computed again to be looked at; training does not store it"), Role.MUTED)


def _twin(page: Page, twin: Beside, caps: Capabilities) -> None:
    """The same number in the twin, and how much more it is there."""
    value, difference = ("?" if v is None else full(v, caps) for v in (twin.value, twin.difference))
    name = clip(twin.name, max(4, page.width - 20))
    ink = Role.MUTED if twin.difference is None else _sign(twin.difference)
    label = _("difference")
    if columns(name) + columns(value) + columns(label) + columns(difference) + 12 <= page.width:
        at = columns(name) + columns(value) + 7
        page.add(
            Part(1, name, Role.WARNING),
            Part(columns(name) + 2, f"= {value}"),
            Part(at, label, Role.MUTED),
            Part(at + columns(label) + 1, difference, ink),
        )
        return
    page.add(Part(1, name, Role.WARNING), Part(columns(name) + 2, f"= {value}"))
    page.add(Part(1, label, Role.MUTED), Part(columns(label) + 2, f"= {difference}", ink))


def _difference(page: Page, twin: Beside, own: float, caps: Capabilities) -> None:
    """What the difference is made of; the twin's side is opened by Enter."""
    if twin.value is None:
        return
    theirs = f"{twin.name} {aligned([twin.value], 4, caps)[0].strip()}"
    rest = _("− this run {own}", own=aligned([own], 4, caps)[0].strip())
    page.add(
        Part(1, "=", Role.MUTED),
        Part(3, theirs, Role.WARNING, ("twin", 0)),
        Part(4 + columns(theirs), plain(rest, caps), Role.MUTED),
    )


def _rule(page: Page, explanation: Explanation, question: Question, caps: Capabilities) -> None:
    if explanation.expression is None:
        page.gap()
        page.say(plain(explanation.note, caps), Role.TEXT)
        return
    page.gap()
    page.say(plain(in_words(explanation.formula), caps), Role.PRIMARY, most=4)
    terms = explanation.terms
    if len(terms) == 1:
        page.gap()
        page.say(plain(explanation.symbols(), caps), Role.MUTED, most=4)
        if question.known:
            page.say("= " + plain(explanation.numbers(), caps), Role.TEXT, most=4)
            page.say("= " + full(explanation.evaluate(), caps), Role.TEXT)
        page.gap()
        _operands(page, 0, terms[0], explanation, question, caps)
        return
    page.gap()
    _table(page, explanation, question, caps)


def _table(page: Page, explanation: Explanation, question: Question, caps: Capabilities) -> None:
    """Ranked terms: arithmetic, value with points under each other, a signed bar, and where it comes from."""
    shown = explanation.shown(question.limit)
    values = [term.value for term in shown]
    rest_count, rest = explanation.rest(len(shown))
    total = explanation.value
    known = question.known
    figures = aligned([*values, rest, total], 5, caps) if known else ["?"] * (len(shown) + 2)
    written = [plain(term.numbers if known else term.symbols, caps) for term in shown]
    room = page.width
    figure = max(map(len, figures), default=1)
    sums = min(max(map(columns, written), default=1), max(8, room - figure - (14 if known else 5)))
    bars = min(13, room - sums - figure - 7) if known else 0
    size = max(map(abs, values), default=0.0)
    at_figure = 3 + sums + 2
    at_bar = at_figure + figure + 1
    at_from = at_bar + max(0, bars) + 1
    for k, term in enumerate(shown):
        parts = [
            Part(1, clip(written[k], sums), Role.TEXT, ("term", k, 0)),
            Part(at_figure - 2, "=", Role.MUTED),
            Part(at_figure, figures[k], _sign(term.value) if known else Role.MUTED),
        ]
        if bars >= 5:
            parts.append(Part(at_bar, _bar(term.value, size, bars, caps), _sign(term.value)))
        page.add(*parts)
        names = sum(columns(str(a)) + 2 for a in term.addresses)
        if names <= room - at_from:
            here = page.rows.pop()
            assert isinstance(here, tuple)
            page.add(*here, *_addresses(page, k, term, at_from))
        else:
            page.add(*_addresses(page, k, term, 3))
    if rest_count:
        line = _("+ {n} more terms", n=rest_count)
        parts = [Part(1, line, Role.PRIMARY, ("more", 0)), Part(at_figure - 2, "=", Role.MUTED)]
        if columns(line) > at_figure - 4:
            parts = [Part(1, line + " =", Role.PRIMARY, ("more", 0))]
        page.add(*parts, Part(max(at_figure, columns(line) + 4), figures[len(shown)]))
    page.add(Part(1, ("─" if caps.unicode else "-") * min(room - 2, at_bar - 2), Role.FAINT))
    page.add(
        Part(1, _("sum"), Role.TEXT),
        Part(at_figure - 2, "=", Role.MUTED),
        Part(at_figure, figures[-1], Role.ACCENT),
    )


def _sign(value: float) -> int:
    return Role.POSITIVE if value >= 0 else Role.NEGATIVE


def _bar(value: float, size: float, width: int, caps: Capabilities) -> str:
    """A signed bar from the middle as text."""
    cells = pictures.signed_bars(np.array([value]), width, size or 1.0, caps)
    from nnlab.tui.cells import rows_of

    return rows_of(cells)[0]


def _addresses(page: Page, k: int, term: Term, indent: int) -> list[Part]:
    """The operands of a term, each to be entered."""
    x = indent
    parts: list[Part] = []
    for j, address in enumerate(term.addresses):
        name = str(address)
        if x > indent and x + columns(name) > page.width - 1:
            page.add(*parts)
            x, parts = indent, []
        parts.append(Part(x, name, Role.MUTED, ("operand", k, j)))
        x += columns(name) + 2
    return parts


def _operands(
    page: Page, k: int, term: Term, explanation: Explanation, question: Question, caps: Capabilities
) -> None:
    """Every operand of a rule that is no sum, with its value."""
    seen: dict[Address, float] = {}
    for operand in explanation.operands:
        seen.setdefault(operand.address, operand.value)
    if not seen:
        return
    page.say(_("made from"), Role.MUTED)
    names = [str(address) for address in seen]
    values = aligned((None if a in question.unknown else v for a, v in seen.items()), 6, caps)
    room = max(map(columns, names))
    for j, (name, value) in enumerate(zip(names, values)):
        page.add(Part(3, name, Role.TEXT, ("operand", k, j)), Part(5 + room, value, Role.TEXT))


def operand(question: Question, target: Hashable) -> Address | None:
    """The address that Enter on ``target`` goes into."""
    if not isinstance(target, tuple) or len(target) < 2 or question.explanation is None:
        return None
    kind, k = target[0], target[1]
    if kind in ("term", "operand"):
        terms = question.explanation.terms
        if k >= len(terms):
            return None
        addresses = terms[k].addresses
        j = target[2]
        if kind == "term":
            return _heaviest(addresses)
        return addresses[j] if j < len(addresses) else None
    if kind == "value":
        return question.address
    if kind == "entry":
        return question.ledger[k][1] if k < len(question.ledger) else None
    return None


def _heaviest(addresses: tuple[Address, ...]) -> Address | None:
    """Where Enter on a whole term goes: to what was computed rather than to a parameter or a setting."""
    computed = [a for a in addresses if a.part or not (a == LR or a.value.endswith((".W", ".b")))]
    return (computed or list(addresses) or [None])[0]  # type: ignore[list-item]


def _check(page: Page, question: Question, caps: Capabilities) -> None:
    check = question.check
    assert check is not None
    page.gap()
    page.rule(_("numeric check"), caps.unicode)
    labels = [_("backpropagation"), _("central difference"), _("difference")]
    figures = aligned([check.analytic, check.numeric, check.difference], 7, caps)
    room = max(map(columns, labels)) + 3
    for label, figure in zip(labels, figures):
        page.add(Part(1, label, Role.MUTED), Part(room, figure))
    rule = f"(L(w+{check.eps:g}) - L(w-{check.eps:g})) / {2 * check.eps:g}"
    page.say(rule, Role.MUTED)
    mark = ("✓ " if caps.unicode else "= ") if check.agrees else "! "
    role = Role.SUCCESS if check.agrees else Role.WARNING if check.reason else Role.ERROR
    page.say(mark + check_verdict(check), role)


def _predicted(page: Page, question: Question, caps: Capabilities) -> None:
    page.gap()
    page.rule(_("your prediction"), caps.unicode)
    for guess, truth in question.predicted:
        shown = "?" if truth is None else full(truth, caps)
        page.say(_("you said {guess}, it is {truth}", guess=full(guess, caps), truth=shown))

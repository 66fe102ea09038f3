"""Every answer of a session as lines of text.

Pure functions from what the engine says to ``list[str]``: ``render_explanation``, ``render_ledger``,
``render_tape`` and so on.  :mod:`nnlab.session.answers` ties them to actions.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nnlab.i18n import _
from nnlab.session.action import CATEGORIES, Action
from nnlab.session.formula_words import in_words
from nnlab.session.look import Look, bar, chart, table, wrap
from nnlab.width import columns, cut

if TYPE_CHECKING:
    from nnlab.data import Dataset
    from nnlab.engine.explain import Explanation
    from nnlab.session.bench import Prediction, Setup

TERMS = 12
"""Terms of a sum that are shown one by one; the rest is one line."""
NAMED = 24
"""Operands that are named where a rule is no sum."""

AROUND = 5
"""Operations shown on each side of the tape's cursor."""


def number(value: float | None, digits: int = 6) -> str:
    """A number for people; ``?`` where it is not known yet."""
    if value is None:
        return "?"
    from nnlab.engine.expression import number as engine_number

    return engine_number(value, digits)


def shape(sizes: Sequence[int] | None) -> str:
    return "?" if sizes is None else "×".join(map(str, sizes)) or "1"


# -- numbers ------------------------------------------------------------------------------------------


def render_explanation(e: Explanation, look: Look | None = None, limit: int = TERMS) -> list[str]:
    """Value, place, formula in symbols, the same with numbers, and its terms by size with their addresses."""
    look = look or Look()
    place = " · ".join(filter(None, (_(e.phase), e.layer, e.operation, _("step {step}", step=e.step))))
    lines = [f"{e.address} = {number(e.value, 9)}", place]
    if e.recomputed:
        lines.append(_("computed again to be looked at; training does not store it"))
    if e.expression is None:
        return [*lines, e.note]
    name = str(e.address)
    parts = [
        (_("formula"), in_words(e.formula)),
        (_("symbols"), f"{name} = {e.symbols(limit)}"),
        (_("numbers"), f"{name} = {e.numbers(limit)}"),
        (_("result"), number(e.evaluate(), 9)),
    ]
    margin = max(columns(label) for label, _text in parts) + 2
    for label, text in parts:
        head = label + " " * (margin - columns(label))
        lines += wrap(head + text, max(look.width, 40), " " * margin)
    terms = e.shown(limit)
    if len(terms) > 1:
        rows = [
            [str(i), number(t.value), cut(t.numbers, 34), cut(" ".join(map(str, t.addresses)), 44)]
            for i, t in enumerate(terms, 1)
        ]
        lines += ["", *table(look, [_("term"), _("value"), _("numbers"), _("from")], rows, "rr")]
        if rest := e.rest_line(len(terms)):
            lines.append(f"+ {rest}")
    elif e.addresses:
        named = " ".join(map(str, e.addresses[:NAMED]))
        more = len(e.addresses) - NAMED
        lines += wrap(f"{_('from')} {named}" + (_(" and {n} more", n=more) if more > 0 else ""), look.width)
    if e.note:
        lines += wrap(e.note, look.width)
    return lines


def render_update(rows: Sequence[tuple[str, Any, float]], look: Look | None = None) -> list[str]:
    """The ledger of one weight's update: what, value, address."""
    cells = [[_(label), number(value, 9), str(address)] for label, address, value in rows]
    return table(look or Look(), [_("what"), _("value"), _("address")], cells, " r")


def render_check(check: Any, look: Look | None = None) -> list[str]:
    gap = abs(check.analytic - check.numeric)
    verdict = check_verdict(check)
    rows = [
        [_("backpropagation"), number(check.analytic, 9)],
        [_("central difference, ε = {eps}", eps=f"{check.eps:g}"), number(check.numeric, 9)],
        [_("difference"), number(gap, 3)],
    ]
    shown = look or Look()
    return [*table(shown, [_("gradient by"), _("value")], rows, " r"), *wrap(verdict, shown.width)]


def check_verdict(check: Any) -> str:
    """Whether backprop's gradient and the central difference agree, and why not."""
    if check.agrees:
        return _("they agree")
    return _("they differ: {reason}", reason=check.reason) if check.reason else _("they DISAGREE")


def render_nudge(nudge: Any, delta: float, look: Look | None = None) -> list[str]:
    rows = [
        [_("gradient × nudge"), f"{number(nudge.gradient)} × {number(delta)}", number(nudge.predicted, 9)],
        [_("true change of the loss"), "", number(nudge.true, 9)],
        [_("gap"), "", number(nudge.true - nudge.predicted, 3)],
    ]
    shown = look or Look()
    why = wrap(nudge_verdict(nudge), shown.width) if nudge.departure else []
    return [*table(shown, [_("change"), "", _("value")], rows, "  r"), *why]


def nudge_verdict(nudge: Any) -> str:
    """Why the gap stays, however small the nudge."""
    return _("the gap stays for small nudges: {reason}", reason=nudge.departure)


def render_prediction(p: Prediction, look: Look | None = None) -> list[str]:
    if p.truth is None:
        return [
            _(
                "your prediction for {address}: {value}; the tape has not come to it yet",
                address=p.address,
                value=number(p.predicted),
            )
        ]
    rows = [
        [_("your prediction"), number(p.predicted, 9)],
        [_("the truth"), number(p.truth, 9)],
        [_("gap"), number(p.predicted - p.truth, 3)],
    ]
    return [p.address, *table(look or Look(), ["", _("value")], rows, " r")]


# -- network and data ---------------------------------------------------------------------------------


def render_ledger(network: Any, look: Look | None = None) -> list[str]:
    """Layers with their shapes and parameter counts, and the total."""
    rows, errors = [], []
    for i, row in enumerate(network.ledger(), 1):
        count = "?" if row.parameters is None else f"{row.parameters:,}"
        rows.append([str(i), row.name, row.text, shape(row.input_shape), shape(row.output_shape), count])
        if row.error:
            errors.append(f"{row.name}: {row.error}")
    heads = [_("#"), _("name"), _("layer"), _("input"), _("output"), _("parameters")]
    total = _("{n} parameters", n=f"{network.parameter_count:,}")
    return [network.text, "", *table(look or Look(), heads, rows, "r  rrr"), *errors, total]


def render_data(data: Dataset, look: Look | None = None) -> list[str]:
    """What the data are, how they are split, where they come from."""
    from nnlab.data.description import TASK_NAMES, shape_text

    look = look or Look()
    lines = [
        _(
            "{name}: {n} rows, {task}, inputs {shape}",
            name=data.name,
            n=data.n,
            task=_(TASK_NAMES[data.task]),
            shape=shape_text(data.input_shape, data.axes),
        ),
        *(
            _("further input {name}: {shape}", name=name, shape=shape_text(sizes))
            for name, sizes in data.shapes.items()
        ),
        _(
            "split: {train} to train, {validation} to validate, {test} to test",
            train=len(data.split.train),
            validation=len(data.split.validation),
            test=len(data.split.test),
        ),
    ]
    if data.class_names:
        names = list(map(str, data.class_names))
        lines.append(_("classes: {names}", names=", ".join(names[:12]) + (" …" if len(names) > 12 else "")))
    if data.vocabulary:
        lines.append(_("vocabulary: {n} tokens", n=len(data.vocabulary)))
    lines += [line for note in data.notes for line in wrap(str(note), look.width)]
    if data.source and data.licence:
        origin = _("from: {source}; licence: {licence}", source=_(data.source), licence=_(data.licence))
        lines += wrap(origin, look.width)
    return lines


def target_text(data: Dataset, row: int) -> str:
    """What is asked of a row: its class, its tags or its text, or the first of its numbers."""
    return asked_text(data, data.y[row])


def asked_text(data: Dataset, y: Any) -> str:
    """What one row of ``y``, or of the targets of a batch, asks for."""
    if data.task == "regression":
        flat = y.reshape(-1)
        return " ".join(number(float(v), 4) for v in flat[:8]) + (" …" if len(flat) > 8 else "")
    if data.task == "tokens" and not data.vocabulary:
        asked = y.reshape(-1).tolist()
        named = [(k, data.target_vocabulary[c]) for k, c in enumerate(asked) if c >= 0]
        return " ".join(name if len(named) == len(asked) else f"{k}:{name}" for k, name in named)
    if data.task == "tokens":
        return data.target_text_of(y).replace("\n", "⏎")
    return str(data.class_names[int(y)])


def render_parameters(run: Any, names: Sequence[str], look: Look | None = None) -> list[str]:
    """Shape, mean, deviation and extremes of every parameter."""
    rows = []
    for name in names:
        array = run.array(name)
        cells = [f"{float(v):.4g}" for v in (array.mean(), array.std(), array.min(), array.max())]
        rows.append([name, shape(array.shape), *cells])
    heads = [_("parameter"), _("shape"), _("mean"), _("deviation"), _("min"), _("max")]
    return table(look or Look(), heads, rows, " rrrrr")


def render_setup(setup: Setup, look: Look | None = None, loss: str = "") -> list[str]:
    """The knobs; ``loss`` is the one that was chosen where none was asked for."""
    auto = _("{loss} (fits the task)", loss=loss) if loss else _("what fits the task")
    rows = [
        [_("loss"), setup.loss or auto],
        [_("optimizer"), setup.optimizer],
        [_("schedule"), setup.schedule],
        [_("clip"), setup.clip],
        [_("batch"), str(setup.batch_size or _("all"))],
        ["l1", f"{setup.l1:g}"],
        ["l2", f"{setup.l2:g}"],
        [_("seed"), str(setup.seed)],
    ]
    patience = str(setup.patience or "")
    longest = f"{setup.maxnorm:g}" if setup.maxnorm else ""
    further = (
        (_("shuffle"), "" if setup.shuffle else _("no")),
        (_("turns"), "" if setup.turns == "both" else _(setup.turns)),
        (_("max-norm"), longest),
        (_("sparse"), _("zeros stay") if setup.sparse else ""),
        (_("freeze"), setup.freeze),
        (_("augment"), setup.augment),
        (_("patience"), patience),
    )
    rows += [[knob, value] for knob, value in further if value]
    return table(look or Look(), [_("knob"), _("setting")], rows)


# -- time ---------------------------------------------------------------------------------------------


def loss_at(run: Any) -> float | None:
    """The loss of the step a run stands at; None before the first."""
    step = run.step_count
    return float(run.history.losses[step - 1]) if step else None


def render_position(run: Any, look: Look | None = None) -> list[str]:
    """Where the run stands, in one or two lines."""
    tape = run.tape
    line = _("step {step} · epoch {epoch}", step=run.step_count, epoch=run.epoch)
    if run.step_count:
        line += " · " + _("loss {loss}", loss=number(loss_at(run) if _loss_known(tape) else None, 6))
    lines = [line]
    if 0 < tape.position < len(tape.events):
        done, following = tape.events[tape.position - 1], tape.events[tape.position]
        lines.append(_("done: {event}", event=_event(done)))
        lines.append(_("next: {event}", event=_event(following)))
    return lines


def _loss_known(tape: Any) -> bool:
    """Whether the tape has passed the loss of its step, or stands between two steps."""
    passed = tape.events[: tape.position]
    return not passed or any(event.phase == "loss" for event in passed)


def _event(event: Any) -> str:
    return f"{_(event.phase)} {event.layer} {event.operation}   {in_words(event.formula)}".rstrip()


def render_tape(tape: Any, look: Look | None = None) -> list[str]:
    """The operations around the cursor: ``.`` done, ``>`` next, ``?`` not known yet."""
    look = look or Look()
    total, at = len(tape.events), tape.position
    lines = [
        _(
            "step {step} · epoch {epoch} · batch {batch} of {batches}",
            step=tape.step,
            epoch=tape.epoch,
            batch=tape.batch,
            batches=tape.batches,
        ),
        _("{done} of {total} operations done", done=at, total=total),
    ]
    if not look.accessible and total:
        lines.append(f"[{bar(at / total, 40)}]")
    first = max(0, min(at, total - 1 - AROUND) - AROUND)  # at an end the room is given to the other side
    last = min(total, first + 2 * AROUND + 1)
    rows = []
    for event in tape.events[first:last]:
        mark = "." if event.index < at else ">" if event.index == at else "?"
        words = {".": _("done"), ">": _("next"), "?": _("not yet")}[mark] if look.accessible else mark
        rows.append([words, _(event.phase), event.layer, event.operation, in_words(event.formula)])
    if first:
        lines.append(_("… {n} before", n=first))
    lines += table(look, ["", _("phase"), _("layer"), _("operation"), _("formula")], rows)
    if last < total:
        lines.append(_("… {n} after", n=total - last))
    return lines


def render_history(history: Any, look: Look | None = None) -> list[str]:
    """The epochs as a table and the loss as a small chart: ``*`` training, ``o`` validation."""
    look = look or Look()
    losses, steps = history.losses, history.steps
    if not len(losses):
        return [_("nothing has been trained yet")]
    lines: list[str] = []
    if history.epochs:
        metric = _(history.metric)
        kept = _thinned(history.epochs, 12)
        rows = [
            [str(r.epoch), str(r.step), *map(cell, (r.train_loss, r.val_loss, r.train_metric, r.val_metric))]
            for r in kept
        ]
        heads = [_("epoch"), _("step"), _("loss"), _("val. loss"), metric, _("val. {metric}", metric=metric)]
        lines += [*table(look, heads, rows, "rrrrrr"), ""]
    first, last = float(losses[0]), float(losses[-1])
    known = losses[losses == losses]  # NaN is no number to be best
    best = float(known.min()) if len(known) else first
    lines.append(
        _(
            "loss: {first} at the start, {last} now, {best} at best (step {step})",
            first=number(first),
            last=number(last),
            best=number(best),
            step=int(steps[int((losses == best).argmax())]),
        )
    )
    if not look.accessible:
        every = max(1, len(losses) // 240)
        train = [(float(s), float(v)) for s, v in zip(steps[::every], losses[::every])]
        validation = [(float(r.step), float(r.val_loss)) for r in history.epochs]
        lines += chart([("*", train), ("o", validation)], width=min(60, max(20, look.width - 14)))
        lines.append(_("* loss of each step, o validation loss of each epoch"))
    return lines


def cell(value: float) -> str:
    return "–" if value is None or math.isnan(value) else f"{value:.4f}"


def _thinned(rows: Sequence[Any], most: int) -> list[Any]:
    """At most ``most`` rows spread over all of them, the last one always."""
    if len(rows) <= most:
        return list(rows)
    return [rows[round(i * (len(rows) - 1) / (most - 1))] for i in range(most)]


def render_scores(scores: Any, split: str, names: Sequence[str] = (), look: Look | None = None) -> list[str]:
    """Loss, metric and the confusion matrix, rows the truth and columns the answer."""
    lines = [
        _(
            "{split}: {n} rows, loss {loss}, {metric} {value}",
            split=_(split),
            n=scores.n,
            loss=number(scores.loss),
            metric=_(scores.metric_name),
            value=number(scores.metric),
        )
    ]
    if scores.confusion is not None and len(scores.confusion) <= 12:
        labels = [str(n) for n in names] or [str(i) for i in range(len(scores.confusion))]
        rows = [[labels[i], *(str(int(v)) for v in row)] for i, row in enumerate(scores.confusion)]
        lines += ["", *table(look or Look(), [_("truth \\ answer"), *labels], rows, " " + "r" * len(labels))]
    return lines


def render_diagnostics(signs: Sequence[Any], look: Look | None = None) -> list[str]:
    """Sizes of weights, gradients and updates by layer, and the share of dead units."""
    rows = []
    for s in signs:
        dead = "–" if math.isnan(s.dead) else f"{s.dead:.0%}"
        sizes = (s.weight, s.gradient, s.update, s.ratio)
        rows.append([s.layer, *("?" if math.isnan(v) else f"{v:.3g}" for v in sizes), dead])
    heads = [_("layer"), _("weights"), _("gradient"), _("update"), _("update/weights"), _("dead")]
    troubles = [f"! {trouble}" for s in signs for trouble in s.troubles]
    return [*table(look or Look(), heads, rows, " rrrrr"), *troubles]


# -- help ---------------------------------------------------------------------------------------------


def render_help(actions: Sequence[type[Action]], look: Look | None = None) -> list[str]:
    """All actions by category."""
    look = look or Look()
    lines: list[str] = []
    for category in (*CATEGORIES, *sorted({a.category for a in actions} - set(CATEGORIES))):
        family = [a for a in actions if a.category == category]
        if family:
            lines += ["", _(category).upper()]
            margin = 0 if look.accessible else 2 + max(len(a.name) for a in family) + 2
            for a in family:
                head = f"{a.name}: " if look.accessible else f"  {a.name}".ljust(margin)
                lines += wrap(head + _(a.help), look.width, " " * margin)
    return [*lines[1:], "", _("“help ACTION” shows how an action is written")]


def render_action(action: type[Action], look: Look | None = None) -> list[str]:
    lines = [
        f"{action.name}: {_(action.help)}",
        _("written as: {syntax}", syntax=action.syntax),
        _("for example: {example}", example=action.example),
    ]
    if action.aliases:
        lines.append(_("also: {names}", names=", ".join(action.aliases)))
    return lines

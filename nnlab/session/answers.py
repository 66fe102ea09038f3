"""Which text answers which action: tables from a kind of answer, or a thing to show, to its lines."""

from __future__ import annotations

import math
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from nnlab.i18n import _
from nnlab.session.hits import HALTS, render_breaks
from nnlab.session.look import Look, table
from nnlab.session.rows import render_row, render_sample
from nnlab.session.runtable import render_rows, run_rows
from nnlab.session.text import (
    cell,
    number,
    render_action,
    render_check,
    render_data,
    render_diagnostics,
    render_explanation,
    render_help,
    render_history,
    render_ledger,
    render_nudge,
    render_parameters,
    render_position,
    render_prediction,
    render_scores,
    render_setup,
    render_tape,
    render_update,
)
from nnlab.session.values import (
    render_comparison,
    render_made,
    render_surface,
    render_written,
)

if TYPE_CHECKING:
    from nnlab.session.session import Session


# -- what actions answer ------------------------------------------------------------------------------


def _network(session: Session, network: Any) -> list[str]:
    return [session.bench.network_text] if network is None else render_ledger(network, session.look)


def _breaks(session: Session, _payload: object) -> list[str]:
    return render_breaks(session.bench)


def _ending(session: Session, ending: Any) -> list[str]:
    return [*_ended(session, ending), *(_experiments(session) if ending.reason in HALTS else ())]


def _experiments(session: Session) -> list[str]:
    from nnlab.session.experiments import render_experiments

    return render_experiments(session.bench)


def _ended(session: Session, ending: Any) -> list[str]:
    run = session.need_run()
    lines = [ending.text, *render_position(run, session.look)]
    done = [row for row in run.history.epochs if row.step <= run.step_count]
    if done:
        row = done[-1]
        if math.isnan(row.val_loss):
            told = _(
                "epoch {epoch}: loss {loss}, {metric} {value}",
                epoch=row.epoch,
                loss=cell(row.train_loss),
                metric=_(run.history.metric),
                value=cell(row.train_metric),
            )
            return [*lines, told]
        lines.append(
            _(
                "epoch {epoch}: loss {loss}, validation loss {val_loss}, validation {metric} {val_metric}",
                epoch=row.epoch,
                loss=cell(row.train_loss),
                val_loss=cell(row.val_loss),
                metric=_(run.history.metric),
                val_metric=cell(row.val_metric),
            )
        )
    return lines


def _example(session: Session, _payload: object) -> list[str]:
    data = session.need_data()
    row = int(data.split.train[session.example])
    head = _("example {row} of the training split (row {n} of the data)", row=session.example, n=row)
    if data.live is not None and session.run is not None and session.run.pending:
        return [head, *render_made(session)]
    return [
        head,
        *render_row(data, row, session.look),
    ]


def _data(session: Session, data: Any) -> list[str]:
    return [*render_data(data, session.look), "", *render_sample(data, session.look)]


def _setup(session: Session) -> list[str]:
    loss = session.run.config.loss if session.run is not None else ""
    return render_setup(session.bench.setup, session.look, loss)


def _value(session: Session, payload: tuple[Any, float | None]) -> list[str]:
    address, value = payload
    return [f"{address} = {number(value, 9)}"]


def _scores(session: Session, scores: Any, split: str) -> list[str]:
    return render_scores(scores, split, session.need_data().class_names, session.look)


def _answer(session: Session, answer: Any) -> list[str]:
    rows = [[label, number(value)] for label, value in zip(answer.labels, answer.outputs)]
    lines = table(session.look, [_("output"), _("value")], rows, " r")
    if answer.answer:
        lines.append(_("the network says: {answer}", answer=answer.answer))
    if answer.truth:
        lines.append(_("the data say: {truth}", truth=answer.truth))
    return lines


def _runs(session: Session) -> list[str]:
    return render_rows(run_rows(session.bench), session.look)


def _twin(session: Session) -> list[str]:
    """The two runs, and how far they have come apart."""
    bench = session.bench
    told = _(
        "{twin} goes along with {run}; “diff” shows what differs, “twin off” lets it go",
        twin=bench.twin,
        run=bench.current,
    )
    return [*_runs(session), told]


def _text(session: Session, text: Any) -> list[str]:
    from nnlab.session.writing import render_text

    return render_text(text)


def _own(session: Session, reader: Any) -> list[str]:
    from nnlab.session.own_text import render_reader

    return render_reader(session, reader)


def _layer(session: Session, kind: Any) -> list[str]:
    from nnlab.session.layer_help import render_layer

    return render_layer(kind, session.look)


def _view(session: Session, scene: Any, cursor: Any) -> list[str]:
    from nnlab.session.scene_text import render_scene

    return render_scene(scene, session.look, cursor)


def _insight(module: str, render: str) -> Callable[[Session, Any], list[str]]:
    """The text of an answer of :mod:`nnlab.session.insight`, whose modules are read when they are needed."""

    def lines(session: Session, payload: Any) -> list[str]:
        found = getattr(import_module(f"nnlab.session.insight.{module}"), render)
        return list(found(payload, session.look))

    return lines


def _strongest(session: Session, found: Any) -> list[str]:
    from nnlab.session.insight.units import render_strongest

    return render_strongest(found, session.look, session.need_data())


ANSWERS: dict[str, Callable[..., list[str]]] = {
    "ablation": _insight("ablation", "render_ablation"),
    "action": lambda s, p: render_action(p, s.look),
    "answer": _answer,
    "attribution": _insight("attribution", "render_attribution"),
    "breaks": _breaks,
    "calibration": _insight("scores", "render_calibration"),
    "check": lambda s, p: render_check(p, s.look),
    "confusion": _insight("scores", "render_confusion"),
    "curve": _insight("shrinking", "render_curve"),
    "data": _data,
    "ending": _ending,
    "example": _example,
    "excited": _insight("units", "render_excited"),
    "explanation": lambda s, p: render_explanation(p, s.look),
    "filled": _insight("meaning", "render_filled"),
    "help": lambda s, p: render_help(p, s.look),
    "layer": _layer,
    "maps": _insight("units", "render_maps"),
    "neighbours": _insight("meaning", "render_neighbours"),
    "network": _network,
    "nudge": lambda s, p, delta: render_nudge(p, delta, s.look),
    "own": _own,
    "operated": _insight("surgery", "render_operated"),
    "position": lambda s, p: [*render_position(p, s.look), *render_written(s)],
    "prediction": lambda s, p: render_prediction(p, s.look),
    "roc": _insight("scores", "render_roc"),
    "runs": lambda s, p: _runs(s),
    "scores": _scores,
    "setup": lambda s, p: _setup(s),
    "strongest": _strongest,
    "text": _text,
    "truths": _insight("scores", "render_truths"),
    "twin": lambda s, p: _twin(s),
    "update": lambda s, p: render_update(p, s.look),
    "value": _value,
    "view": _view,
}


# -- show ---------------------------------------------------------------------------------------------


def _show_bench(session: Session) -> tuple[list[str], object]:
    bench = session.bench
    lines = [
        _("data: {data}", data=bench.data_text or _("none yet")),
        _("network: {network}", network=bench.network_text or _("none yet")),
        *_setup(session),
    ]
    if bench.run is not None:
        lines += render_position(bench.run, session.look)
    payload = {
        "data": bench.data_text,
        "network": bench.network_text,
        "setup": bench.setup,
        "runs": {name: run.step_count for name, run in bench.runs.items()},
        "current": bench.current,
        "example": bench.example,
        "selection": bench.selection,
        "grain": bench.grain,
        "breaks": bench.breaks,
        "predictions": bench.predictions,
    }
    return lines, payload


def _show_run(
    render: Callable[[Any, Look], list[str]], part: str
) -> Callable[[Session], tuple[list[str], object]]:
    def show(session: Session) -> tuple[list[str], object]:
        found = getattr(session.need_run(), part)
        found = found() if callable(found) else found
        return render(found, session.look), found

    return show


def _show_parameters(session: Session) -> tuple[list[str], object]:
    run, names = session.need_run(), session.parameter_names()
    return render_parameters(run, names, session.look), {name: run.array(name) for name in names}


def _show_landscape(session: Session) -> tuple[list[str], object]:
    from nnlab.session.landscape import render_landscape, survey

    found = survey(session)
    return render_landscape(found, session.look), found


SHOWS: dict[str, Callable[[Session], tuple[list[str], object]]] = {
    "bench": _show_bench,
    "network": lambda s: (render_ledger(s.need_network(), s.look), s.need_network().ledger()),
    "data": lambda s: (_data(s, s.need_data()), None),
    "tape": _show_run(render_tape, "tape"),
    "history": _show_run(render_history, "history"),
    "parameters": _show_parameters,
    "diagnostics": _show_run(render_diagnostics, "diagnostics"),
    "setup": lambda s: (_setup(s), s.bench.setup),
    "example": lambda s: (_example(s, None), s.example),
    "runs": lambda s: (_runs(s), {n: r.step_count for n, r in s.runs.items()}),
    "surface": lambda s: (render_surface(s), None),
    "landscape": _show_landscape,
    "comparison": lambda s: (render_comparison(s), None),
    "log": lambda s: (s.log.text().splitlines(), s.history),
}

"""Two runs side by side: the current one, and its twin, which goes wherever the current one goes.

A twin is a run like any other; what makes it one is ``bench.twin``.  It is brought along after every move of
the current run, so both have the very numbers that each would have alone.  Nothing of this is in the log:
where the twin stands follows from where the current run stands.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.nearest import did_you_mean
from nnlab.session import grounds
from nnlab.session.goal import Ending, Goal
from nnlab.session.hits import watching
from nnlab.session.vocabulary import stop_conditions

if TYPE_CHECKING:
    from nnlab.session.bench import Bench
    from nnlab.session.workbench import Workbench
    from nnlab.training import Run

FROM_THE_START = frozenset({"loss", "seed", "shuffle"})
"""Settings that a run has from its first step on: a twin with another one begins at step 0."""


# -- having one -----------------------------------------------------------------------------------------


def make(work: Workbench, name: str, start: int | None, **changes: object) -> None:
    """Give the current run a twin: the run ``name`` where there is one, else a new one with ``changes``.

    A new one shares the past up to step ``start``, here unless given, and has gone on from there to where
    the current run is.  Raises NnlabError for runs that are there and should change, and for impossible
    starts.
    """
    run, bench = work.need_run(), work.bench
    name = name or _free(bench)
    if name == bench.current:
        raise NnlabError(_("“{name}” is the current run; its twin must be another one", name=name))
    if name in bench.runs:
        if changes or start is not None:
            raise NnlabError(
                _("there is already a run “{name}”; choose another name to begin one", name=name)
            )
    else:
        begin = 0 if FROM_THE_START & set(changes) else run.step_count
        start = begin if start is None else start
        if start > run.step_count:
            raise NnlabError(
                _("a twin begins at a step from 0 to {step}, where the run is", step=run.step_count)
            )
        if fixed := sorted(FROM_THE_START & set(changes)) if start else []:
            raise NnlabError(
                _("a twin with another {knob} shares nothing of the past; write from=0", knob=fixed[0])
            )
        _begin(work, name, start, changes)
    bench.twin = name
    follow(bench)


def make_other(work: Workbench, name: str, network: str, data: str) -> None:
    """Give the current run a twin on another ``network`` or other ``data``, from the first step on.

    Raises NnlabError where there is a run ``name``, or the two do not fit each other.
    """
    name = name or _free(work.bench)
    grounds.another(work, name, network, data)
    work.bench.twin = name
    follow(work.bench)


def _free(bench: Bench) -> str:
    """The first of twin, twin2, twin3 … that is no run yet."""
    number = 1
    while (name := f"twin{number if number > 1 else ''}") in bench.runs:
        number += 1
    return name


def _begin(work: Workbench, name: str, start: int, changes: dict[str, object]) -> None:
    """A new run ``name`` with the settings of the current one, but for ``changes``."""
    run, bench = work.need_run(), work.bench
    here, setup = bench.current, bench.setup.changed(**changes)
    grounds.share(bench, name)
    bench.setups[name] = setup
    if FROM_THE_START & set(changes):
        bench.current = name
        work.need_run()
        bench.current = here
        return
    if start < run.step_count:  # what was set since then holds for the twin too
        changes = {key: value for key, value in setup.to_json().items() if key not in FROM_THE_START}
    bench.runs[name] = run.branch(start, **work.run_settings(changes))
    bench.reach[name] = start


def off(bench: Bench) -> str:
    """Let the twin go; it stays on the bench as a run.  Answers its name."""
    require_twin(bench)
    name, bench.twin = bench.twin, ""
    return name


def rename(bench: Bench, old: str, new: str) -> None:
    """Call the run ``old`` ``new``, everywhere."""
    require(bench, old)
    if new in bench.runs:
        raise NnlabError(_("there is already a run “{name}”; choose another name", name=new))

    def called(name: str) -> str:
        return new if name == old else name

    bench.runs = {called(name): run for name, run in bench.runs.items()}
    bench.setups = {called(name): setup for name, setup in bench.setups.items()}
    bench.reach = {called(name): step for name, step in bench.reach.items()}
    bench.grounds = {called(name): ground for name, ground in bench.grounds.items()}
    bench.current, bench.twin = called(bench.current), called(bench.twin)
    bench.pins = tuple(map(called, bench.pins))
    bench.seeded = tuple(tuple(map(called, group)) for group in bench.seeded)
    bench.hits = tuple(replace(hit, run=called(hit.run)) for hit in bench.hits)


def pin(bench: Bench, name: str) -> bool:
    """Keep the run ``name`` in sight, or no longer; answers which."""
    require(bench, name)
    bench.pins = (
        tuple(pin for pin in bench.pins if pin != name) if name in bench.pins else (*bench.pins, name)
    )
    return name in bench.pins


def require(bench: Bench, name: str) -> None:
    """Raises NnlabError where there is no run ``name``."""
    if name not in bench.runs:
        names = ", ".join(bench.runs) or "–"
        raise NnlabError(
            _("there is no run “{name}”; there are: {names}", name=name, names=names)
            + did_you_mean(name, bench.runs)
        )


def twin_of(bench: Bench) -> Run | None:
    """The twin of the current run; None where it has none."""
    return bench.runs.get(bench.twin) if bench.run is not None else None


def require_twin(bench: Bench) -> Run:
    """The twin of the current run.  Raises NnlabError where it has none."""
    found = twin_of(bench)
    if found is None:
        raise NnlabError(_("there is no twin; “twin” makes one, for example: twin fast lr=0.3"))
    return found


# -- going together -------------------------------------------------------------------------------------


def follow(bench: Bench) -> None:
    """Bring the twin to where the current run stands; one whose numbers broke down stays there."""
    run, twin = bench.run, twin_of(bench)
    if run is None or twin is None:
        return
    step = run.step_count
    if twin.step_count < step <= twin.last_step or step < twin.step_count:
        twin.seek(step)
    elif twin.step_count < step and twin.sound:
        twin.run_to(step)
    if twin.step_count == step and run.pending:
        if not twin.pending:
            twin.seek(step)
        twin.position = _same_event(run, twin)
    bench.reach[bench.twin] = max(twin.step_count, bench.reach.get(bench.twin, 0))


def _same_event(run: Run, twin: Run) -> int:
    """The cursor of ``twin`` behind the event that the cursor of ``run`` is behind.

    Tapes differ where, for example, only one run has a penalty on its weights.
    """
    own, theirs = run.events, twin.events
    if len(own) == len(theirs):
        return run.position
    if run.position == len(own):
        return len(theirs)
    written = {name: k for k, event in enumerate(theirs) for name in event.writes}
    for event in reversed(own[: run.position]):
        if found := [written[name] for name in event.writes if name in written]:
            return max(found) + 1
    return 0


def together(bench: Bench, goal: Goal, steps: int) -> Ending | None:
    """Take up to ``steps`` steps, the twin in front; both stop where either must, and at the same step."""
    run, twin = bench.run, twin_of(bench)
    assert run is not None
    patience = bench.setup.patience
    met, goes_along = None, twin is not None and twin.step_count == run.step_count and twin.sound
    if twin is not None and goes_along:
        met = _led(bench.twin, twin, run.step_count + steps, watching(bench, bench.twin))
        steps = min(steps, met.step - run.step_count) if met is not None else steps
    target, breaks = run.step_count + steps, watching(bench, bench.current)
    ending = goal.advance(run, steps, breaks, patience)
    while ending is None and goes_along and run.step_count < target:
        # Cut short to stand aside: the twin is there already, and going back takes longer than going on.
        ending = goal.advance(run, target - run.step_count, breaks, patience)
    follow(bench)
    return met if ending is None and met is not None and met.step == run.step_count else ending


def _led(name: str, twin: Run, step: int, breaks: tuple[str, ...]) -> Ending | None:
    """Take ``twin`` to ``step``; why it has to stop earlier, if it has to."""
    stop = twin.run_to(step, list(stop_conditions(breaks, "")))
    if stop.reason not in ("condition", "nan"):
        return None
    reason = "break" if stop.reason == "condition" else stop.reason
    return Ending(reason, stop.step, _("{stopped} (in {run})", stopped=stop.text, run=name))

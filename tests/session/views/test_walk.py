"""Every model of the zoo is looked at: forward, backward and through the update, at three sizes.

A sample is drawn by a fixed seed; ``NNLAB_WALK=all`` looks at everything.
"""

from __future__ import annotations

import contextlib
import math
import os
from collections.abc import Iterator

import numpy as np
import pytest
from facts import assert_facts
from making import made
from walk import Walk

from nnlab.engine.address import Address
from nnlab.errors import NnlabError
from nnlab.network.zoo import ZOO
from nnlab.session import pages, views
from nnlab.session.moment import Moment
from nnlab.session.session import Session
from nnlab.training import Run

WHOLE = os.environ.get("NNLAB_WALK") == "all"
DEAR = {"shapes32-wide", "digits-cnn-wide"}
"""Models whose smaller sisters have the same pages; theirs take seconds."""
TOLD = 5
"""Faults that are told of a model."""
pytestmark = pytest.mark.timeout(3600 if WHOLE else 240)


def begun(name: str) -> Session:
    return made(*ZOO[name].layout)


@pytest.mark.parametrize("name", ZOO)
def test_every_number_of_every_view_is_the_runs_own(name: str) -> None:
    walk = Walk(begun(name), name, WHOLE)
    for when, moment in walk.moments():
        for what, scene, cursor in walk.scenes(moment):
            walk.look_at(f"{when}: {what}", moment, scene, cursor)
    assert not walk.faults, "\n".join([f"{len(walk.faults)} faults", *walk.faults[:TOLD]])


@pytest.mark.parametrize("name", ZOO)
def test_what_every_view_shows_is_told(name: str) -> None:
    """Each kind of view once, both ways, in every form."""
    session = begun(name)
    session.execute("step")
    walk = Walk(session, name)
    for flip in (False, True):
        moment = Moment.of(session, flip)
        for column in dict(walk.opened(moment)).values():
            at = views.first_at(moment, column)
            scene = views.scene_of(moment, column, at)
            assert scene is not None
            assert_facts(scene, at)


@pytest.mark.parametrize("name", [name for name in ZOO if WHOLE or name not in DEAR])
def test_every_page_that_fits_is_drawn_and_told(name: str) -> None:
    session = begun(name)
    session.execute("step")
    walk = Walk(session, name, WHOLE)
    moment = Moment.of(session)
    for page in pages.fitting(session):
        with contextlib.suppress(NnlabError):  # one sentence stands in its place
            scene = pages.page_scene(session, page)
            walk.look_at(page, moment, scene, scene.home)
            assert_facts(scene)
    assert not walk.faults, "\n".join([f"{len(walk.faults)} faults", *walk.faults[:TOLD]])


@pytest.mark.parametrize("name", ZOO)
def test_every_value_is_reached_from_the_picture_or_through_operands(name: str) -> None:
    """But the gradient of the loss, which is 1."""
    session = begun(name)
    session.execute("step")
    run = session.need_run()
    program = run.program
    losses = [(name, "") for event in run.events if event.phase == "loss" for name in event.writes]
    reached = set(operands(session, [*losses, *on_stage(session)]))
    used = {name for event in run.events for name in (*event.reads, *event.writes)}
    values = {(name, "") for name in program.graph.values if name in used and not words(run, name)}
    gradients = {(name, "grad") for name in program.gradients} - {(program.loss, "grad"), ("loss", "grad")}
    updates = {(name, part) for name in program.wrt for _label, part in parts(session, name)}
    left = sorted((values | gradients | updates) - reached)
    assert not left, f"{len(left)} values that nothing leads to: {left[:8]}"


def words(run: Run, name: str) -> bool:
    """Whether these are numbers of words that are read, which views show as the words."""
    value = run.program.graph.values[name]
    return value.discrete and name in run.data.inputs


def on_stage(session: Session) -> Iterator[tuple[str, str]]:
    """What has a place in the picture of the network; the ledger has every part of an update."""
    moment = Moment.of(session)
    walk = Walk(session, "stage")
    for column in moment.columns:
        for value in filter(None, (*column.values, column.weights, column.bias, column.mask)):
            yield value, ""
            if moment.has_gradient(value):
                yield value, "grad"
    for flip in (False, True):
        moment = Moment.of(session, flip)
        for _what, scene, _cursor in walk.scenes(moment):
            yield from ((t.value, t.part) for t, _n in walk.claims(scene) if isinstance(t, Address))
    for name in session.need_run().program.wrt:
        yield from ((name, part) for _label, part in parts(session, name))


def parts(session: Session, name: str) -> list[tuple[str, str]]:
    run = session.need_run()
    first = Address(name, (0,) * len(run.store.slices[name][2]))
    return [(label, address.part) for label, address, _value in run.ledger(first)]


def operands(session: Session, start: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """``start``, and whatever the arithmetic of these is made of, a few numbers of each value."""
    run = session.need_run()
    todo = dict.fromkeys(start)
    seen: set[tuple[str, str]] = set()
    while todo:
        value, part = next(iter(todo))
        del todo[value, part]
        seen.add((value, part))
        yield value, part
        try:
            shape = run.array(value, part).shape
            found = [run.explain(Address(value, index, part)) for index in some(shape)]
        except NnlabError:
            continue
        for address in (a for explained in found for a in explained.addresses):
            if (address.value, address.part) not in seen:
                todo[address.value, address.part] = None


def some(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    """The first, the middle and the last index."""
    size = math.prod(shape)
    return [tuple(map(int, np.unravel_index(at, shape))) for at in sorted({0, size // 2, size - 1})]

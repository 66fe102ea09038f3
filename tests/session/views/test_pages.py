"""Pages about a whole run: they show what the session's own functions found, in cells and in words."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from facts import assert_facts

from nnlab.engine.address import Address
from nnlab.errors import NnlabError
from nnlab.i18n import set_language
from nnlab.session.insight.ablation import ablation
from nnlab.session.insight.attribution import attribute
from nnlab.session.insight.scores import roc, truths
from nnlab.session.insight.shrinking import shrink_curve
from nnlab.session.insight.units import strongest
from nnlab.session.pages import PAGES, fitting, page_scene
from nnlab.session.scene import Chart, Deed, Grid, Line, Points, Scene, Table, flat
from nnlab.session.session import Session
from nnlab.session.values import followed_row
from nnlab.training.studies.policy import policy_now

BENCHES = {
    "pictures": ("data digits shape=8x8x1", "net conv 4 3x3 relu | flatten | dense 10", "run 1 epochs"),
    "a table": ("data iris", "net dense 6 tanh | dense 3", "run 2 epochs"),
    "two classes": ("data moons n=120", "net dense 6 tanh | dense 1", "loss bce", "run 4 epochs"),
    "numbers": ("data sine n=80", "net dense 8 tanh | dense 1", "run 2 epochs"),
    "words": ("zoo review-mean", "run 1 epochs"),
    "walks": ("data grid4-walks n=64 length=12", "net dense 4", "run 2 epochs"),
    "a corridor": ("data corridor6-walks n=64 length=12", "net dense 2", "run 2 epochs"),
}  # fmt: skip


@lru_cache(maxsize=8)
def bench(name: str) -> Session:
    session = Session()
    for line in BENCHES[name]:
        session.execute(line)
    return session


def lines_of(scene: Scene, title: str = "") -> list[Line]:
    tables = [block for block in flat(scene.blocks) if isinstance(block, Table) and title in block.title]
    return [line for table in tables for line in table.lines]


@pytest.mark.parametrize("name", BENCHES)
def test_every_page_that_fits_says_in_words_what_its_picture_says(name: str) -> None:
    session = bench(name)
    assert {"saliency", "walk"} & set(fitting(session))
    for page in fitting(session):
        assert_facts(page_scene(session, page))


def test_areas_are_those_of_the_roc_curves() -> None:
    session = bench("two classes")
    area = roc(session).curves[0].area
    assert area in [line.value for line in lines_of(page_scene(session, "roc"))]


def test_predictions_stand_over_their_truth() -> None:
    session = bench("numbers")
    found, scene = truths(session), page_scene(session, "truth")
    plane = next(block for block in scene.blocks if isinstance(block, Points))
    np.testing.assert_array_equal(plane.xy[: len(found.truth), 0], found.truth[:, 0])
    np.testing.assert_array_equal(plane.xy[: len(found.truth), 1], found.said[:, 0])
    worst = lines_of(scene)[0]
    assert abs(worst.value or 0) == np.abs(found.error).max()
    assert isinstance(worst.at, Deed)
    assert session.execute(worst.at.line).lines


@pytest.mark.parametrize("shares", ["", "workers 4", "unequal"])
def test_the_page_of_workers_says_what_was_found(shares: str) -> None:
    session = Session()
    for line in (*BENCHES["two classes"][:3], "batch all", "step"):
        session.execute(line)
    if shares:
        rows = len(session.need_run().batch_indices)
        session.execute(f"workers 10+{rows - 10}" if shares == "unequal" else shares)
    scene = page_scene(session, "workers")
    assert_facts(scene)
    found = session.studies.get("workers")
    if found is not None:
        told = {line.label: line.value for line in lines_of(scene)}
        assert told["plain mean"] == found.length(found.plain)
        assert told["sum"] == found.length(found.total)


def test_maps_of_saliency_are_the_gradients() -> None:
    session = bench("pictures")
    grids = [b for b in flat(page_scene(session, "saliency").blocks) if isinstance(b, Grid)]
    np.testing.assert_array_equal(grids[1].values, attribute(session, "gradient").values)


def test_words_that_nothing_can_stand_for_have_no_occlusion_but_gradients() -> None:
    session = Session()
    for line in ("zoo taste", "run 1 epochs"):
        session.execute(line)
    titles = [b.title for b in flat(page_scene(session, "saliency").blocks) if isinstance(b, Table)]
    assert "gradient" in titles
    assert "occlusion" not in titles


def test_units_are_ranked_by_the_loss_without_them() -> None:
    session = bench("a table")
    found = ablation(session, "dense1")
    lines = lines_of(page_scene(session, "worth"))
    most = max(found.units, key=lambda unit: unit.loss)
    assert lines[0].value == most.loss - found.loss
    assert lines[0].at == Deed(f"ablate dense1 {most.unit}")


def test_a_unit_under_the_cursor_is_looked_into() -> None:
    session = bench("a table")
    session.look_at(session.address("dense1.a[0,4]"))
    scene = page_scene(session, "units")
    assert "dense1.a[4]" in scene.title
    assert lines_of(scene)[0].value == strongest(session, "dense1.a[4]").hits[0].value


def test_sizes_are_those_of_the_shrink_curve() -> None:
    session = bench("a table")
    rows = shrink_curve(session, "prune").rows
    assert [line.value for line in lines_of(page_scene(session, "shrink"), "pruned")] == [
        r.metric for r in rows
    ]


def test_curves_of_both_ways_to_shrink_are_named_in_the_language_spoken() -> None:
    session = bench("a table")
    set_language("zh")
    try:
        scene = page_scene(session, "shrink")
    finally:
        set_language("en")
    (chart,) = (block for block in scene.blocks if isinstance(block, Chart))
    assert all(not curve.name.isascii() for curve in chart.curves)


def test_a_page_that_does_not_fit_says_which_do() -> None:
    with pytest.raises(NnlabError, match="calibration does not fit"):
        bench("numbers").execute("view calibration")


def test_every_page_can_be_asked_for_by_name() -> None:
    session = bench("a table")
    for name in fitting(session):
        assert session.execute(f"view {name}").lines[0] == page_scene(session, name).title
    assert set(fitting(session)) <= set(PAGES)


def test_a_race_is_shown_by_its_page() -> None:
    session = bench("two classes")
    assert "race" in fitting(session)
    assert any(line.at == Deed("race") for line in lines_of(page_scene(session, "race")))
    told = session.execute("race sgd adam steps=5").lines
    scene = page_scene(session, "race")
    assert told[0] == scene.title
    assert_facts(scene)
    assert [line.value for line in lines_of(scene)] == [
        runner.losses[-1] for runner in session.studies["race"].runners
    ]


def test_several_seeds_are_shown_by_their_page() -> None:
    session = Session()
    for line in (*BENCHES["a table"], "seeds 3 batch=8,32 run 2 epochs"):
        told = session.execute(line).lines
    scene = page_scene(session, "seeds")
    assert_facts(scene)
    first = lines_of(scene)[0]
    assert f"{first.label}: {first.note}" == told[0]
    assert isinstance(first.at, Deed)
    session.execute(first.at.line)
    assert session.need_run().history.epochs[-1].val_metric == first.value
    chart = next(block for block in flat(scene.blocks) if isinstance(block, Chart))
    assert [curve.name for curve in chart.curves if not curve.thin] == ["batch 8", "batch 32"]
    assert sum(curve.thin for curve in chart.curves) == 4


def test_the_rate_that_was_found_can_be_taken() -> None:
    session = bench("two classes")
    session.execute("find_lr")
    scene = page_scene(session, "rates")
    assert_facts(scene)
    deed = lines_of(scene)[0].at
    assert isinstance(deed, Deed)
    assert deed.line.startswith("lr ")


def test_another_network_has_no_studies() -> None:
    session = Session()
    for line in ("data moons n=60", "net dense 3 tanh | dense 1", "find_lr", "net dense 4 | dense 1"):
        session.execute(line)
    assert not session.studies


@pytest.mark.parametrize(
    ("model", "page"),
    [("vae", "codes"), ("box-finder", "outcome"), ("gridworld-q", "world"), ("iris", "calibration")],
)
@pytest.mark.filterwarnings("error")
def test_a_page_about_a_network_that_diverged_says_so(model: str, page: str) -> None:
    session = Session()
    for line in (f"zoo {model}", "step", "optimizer sgd lr=1e30", "step 6"):
        session.execute(line)
    with pytest.raises(NnlabError, match="not finite any more"):
        session.execute(f"view {page}")


def test_an_autopsy_is_offered_where_a_number_broke() -> None:
    session = Session()
    for line in ("data digits", "net dense 10 relu | dense 10", "optimizer sgd lr=1e30", "run 3 epochs"):
        session.execute(line)
    assert fitting(session)[0] == "autopsy"
    scene = page_scene(session, "autopsy")
    assert str(scene.home) == "dense2.z[0,0]"
    assert_facts(scene)


def test_a_walk_is_told_on_its_map_and_moment_by_moment() -> None:
    session = bench("walks")
    run, scene = session.need_run(), page_scene(session, "walk")
    row = followed_row(session)
    lines, actions = lines_of(scene), run.array("target")[row]
    assert len(lines) == (actions >= 0).sum()
    for t, line in enumerate(lines):
        assert line.value == run.array("returns.G")[row, t]
        assert isinstance(line.at, Address)
        assert run.value(line.at) == line.value
        assert line.label.split(" · ")[2] == ("up", "right", "down", "left")[actions[t]]
    plane = next(block for block in scene.blocks if isinstance(block, Points))
    assert [plane.kind_names[k] for k in plane.kinds[[12, 3, 7, 5]]] == ["start", "goal", "pit", "wall"]  # type: ignore[index]
    assert plane.xy[12].tolist() == [0, 0]
    assert plane.xy[3].tolist() == [3, 3]
    now = policy_now(run, row).now
    z = run.network.parameters["dense1.W"][12] + run.network.parameters["dense1.b"]
    assert now[12] == pytest.approx(np.exp(z) / np.exp(z).sum(), rel=1e-5)
    arrow = next(line for line in plane.arrows if line[:2].tolist() == [0, 0])  # type: ignore[union-attr]
    assert np.abs(arrow[2:]).sum() == pytest.approx(0.45 * now[12].max())


def test_a_walk_that_was_not_made_yet_is_asked_for_in_one_sentence() -> None:
    session = Session()
    for line in ("data grid4-walks n=8 length=6", "net dense 4"):
        session.execute(line)
    with pytest.raises(NnlabError, match="take a step first"):
        session.execute("view walk")

"""The view of convolutions: its numbers are the run's, its sums add up, and its text says what is drawn."""

from __future__ import annotations

import numpy as np
import pytest
from facts import assert_facts
from making import made, scene_at

from nnlab.engine.address import Address
from nnlab.session.moment import Moment
from nnlab.session.scene import Beside, Grid, Scene, Table, Wall, flat
from nnlab.session.session import Session

NETWORKS = {
    "images": ("data digits shape=8x8x1", "net conv 4 3x3 relu pad=same | conv 5 3x3 | flatten | dense 10"),
    "strides": (
        "data digits shape=8x8x1",
        "net conv 6 3x3 relu stride=2 pad=same | conv 4 2x2 dilation=2 groups=2 | flatten | dense 10",
    ),
    "depthwise": ("data digits shape=8x8x1", "net conv 3 3x3 | depthwise 3x3 tanh | flatten | dense 10"),
    "sequences": (
        "data waves n=30",
        "net conv1d 6 3 relu pad=same | conv1d 4 3 stride=2 groups=2 dilation=2 | globalavgpool | dense 3",
    ),
    "larger": (
        "data digits target=image shape=8x8x1",
        "net conv 4 3x3 relu stride=2 pad=same | conv_transpose 3 3x3 relu stride=2 pad=same "
        "| conv_transpose 1 2x2",
        "loss mse",
    ),
    "longer": (
        "data waves n=30",
        "net conv1d 3 3 stride=2 pad=same | conv1d_transpose 2 4 relu stride=2 pad=same | globalavgpool "
        "| dense 3",
    ),
}
LAYERS = [
    ("images", "conv1"),
    ("images", "conv2"),
    ("strides", "conv1"),
    ("strides", "conv2"),
    ("depthwise", "depthwise1"),
    ("sequences", "conv1d1"),
    ("sequences", "conv1d2"),
    ("larger", "conv_transpose1"),
    ("longer", "conv1d_transpose1"),
]


@pytest.fixture(scope="module")
def sessions() -> dict[str, Session]:
    def actions(name: str) -> tuple[str, ...]:
        data, net, *more = NETWORKS[name]
        if name == "larger":
            net = NETWORKS[name][1].replace(" | conv_transpose 1 2x2", " | conv 1 3x3 pad=same")
        return data, net, *more, "batch 4", "run 2 steps"

    return {name: made(*actions(name)) for name in NETWORKS}


def grid(scene: Scene, title: str) -> Grid:
    return next(b for b in flat(scene.blocks) if isinstance(b, Grid) and b.title == title)


def table(scene: Scene, title: str) -> Table:
    return next(b for b in flat(scene.blocks) if isinstance(b, Table) and b.title == title)


def numbers_of(scene: Scene) -> list[tuple[Address, float]]:
    """Every number of the scene's grids and tables that says where it stands."""
    found = []
    for block in flat(scene.blocks):
        if isinstance(block, Grid) and block.values is not None and block.places is not None:
            for cell, value in np.ndenumerate(block.values):
                at = block.places.at(*cell)
                if np.isfinite(value) and isinstance(at, Address):
                    found.append((at, float(value)))
        elif isinstance(block, Table):
            found += [(line.at, line.value) for line in block.lines if isinstance(line.at, Address)]
    return found


@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize(("name", "layer"), LAYERS)
def test_every_number_is_the_one_at_its_address(
    sessions: dict[str, Session], name: str, layer: str, backward: bool
) -> None:
    moment, scene = scene_at(sessions[name], layer, backward)
    numbers = numbers_of(scene)
    assert len(numbers) > 20
    for at, value in numbers:
        assert value == moment.number(at), at


@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize(("name", "layer"), LAYERS)
def test_the_text_says_every_number_of_the_picture(
    sessions: dict[str, Session], name: str, layer: str, backward: bool
) -> None:
    _moment, scene = scene_at(sessions[name], layer, backward)
    assert_facts(scene)


def positions(session: Session, layer: str) -> list[tuple[int, ...]]:
    """Answers at the corners and in the middle of the layer's maps."""
    shape = session.need_run().program.graph.values[f"{layer}.z"].concrete(4)[1:]
    return [(0,) * len(shape), tuple(n - 1 for n in shape), tuple(n // 2 for n in shape)]


@pytest.mark.parametrize(("name", "layer"), LAYERS)
def test_products_of_all_channels_and_the_bias_add_up_to_the_sum(
    sessions: dict[str, Session], name: str, layer: str
) -> None:
    for index in positions(sessions[name], layer):
        at = ",".join(map(str, (0, *index)))
        moment, scene = scene_at(sessions[name], f"{layer}.z[{at}]")
        lines = table(scene, "sum").lines
        z = next(line for line in lines if line.label == "z")
        parts = [line.value or 0.0 for line in lines[: lines.index(z)]]
        assert z.value == moment.number(Address(f"{layer}.z", (0, *index)))
        assert sum(parts) == pytest.approx(z.value, abs=1e-5)


@pytest.mark.parametrize(("name", "layer"), LAYERS)
def test_seen_times_weight_is_the_product(sessions: dict[str, Session], name: str, layer: str) -> None:
    for index in positions(sessions[name], layer):
        at = ",".join(map(str, (0, *index)))
        _moment, scene = scene_at(sessions[name], f"{layer}.z[{at}]")
        beside = next(b for b in scene.blocks if isinstance(b, Beside))
        seen, kernel, products = (np.asarray(b.values, float) for b in beside.blocks if isinstance(b, Grid))
        assert np.isfinite(kernel).all()
        assert (np.isfinite(seen) == np.isfinite(products)).all()
        np.testing.assert_allclose(np.nan_to_num(seen * kernel), np.nan_to_num(products), atol=1e-6)


def test_the_window_is_framed_where_it_looks_and_padding_is_told_apart(sessions: dict[str, Session]) -> None:
    _moment, scene = scene_at(sessions["strides"], "conv1.a[0,3,2,1]")
    field = grid(scene, "input channel 0")
    (frame,) = field.frames
    assert (frame.row, frame.column, frame.height, frame.width) == (6, 4, 3, 3)
    padding = field.marks["padding"]
    assert padding.shape == (9, 9)  # same, stride 2: one row below and one column behind
    assert padding[-1].all()
    assert padding[:, -1].all()
    assert not padding[:-1, :-1].any()
    window = grid(scene, "window")
    assert window.marks["padding"].tolist() == [[False] * 3, [False] * 3, [True] * 3]


def test_a_filter_of_a_group_sees_the_channels_of_its_group_only(sessions: dict[str, Session]) -> None:
    session = sessions["strides"]
    for k, channels in ((1, (0, 1, 2)), (2, (3, 4, 5))):
        _moment, scene = scene_at(session, f"conv2.z[0,0,0,{k}]")
        labels = [line.label for line in table(scene, "sum").lines if line.label.startswith("channel")]
        assert sorted(labels) == [f"channel {c}" for c in channels]
        spread = grid(scene, "window")
        assert spread.places is not None
        last = spread.places.at(1, 1)
        assert isinstance(last, Address)
        assert last.index == (0, 2, 2, channels[0])  # dilation 2: the second tap looks two places further


def test_the_channel_shown_is_that_of_the_number_under_the_cursor(sessions: dict[str, Session]) -> None:
    from nnlab.session.views import conv

    session = sessions["images"]
    moment = Moment.of(session)
    column = moment.column("conv2")
    assert column is not None
    at = Address("conv2.z", (0, 1, 1, 2))
    for cursor in (Address("conv1.a", (0, 3, 3, 3)), Address("conv2.W", (0, 0, 3, 2))):
        scene = conv.scene(moment, column, at, cursor)
        assert grid(scene, "conv1.a channel 3").frames[0].row == 1
    other = conv.scene(moment, column, at, Address("conv2.W", (1, 1, 0, 4)))
    assert other.home == Address("conv2.a" if column.post == "conv2.a" else "conv2.z", (0, 1, 1, 4))


@pytest.mark.parametrize(("name", "layer"), LAYERS)
def test_what_windows_add_to_a_weight_is_its_gradient(
    sessions: dict[str, Session], name: str, layer: str
) -> None:
    run = sessions[name].need_run()
    for index in ((0,) * run.store[f"{layer}.W"].ndim, tuple(n - 1 for n in run.store[f"{layer}.W"].shape)):
        at = ",".join(map(str, index))
        moment, scene = scene_at(sessions[name], f"{layer}.W[{at}].grad", backward=True)
        lines = table(scene, "sum over the batch").lines
        total = next(line for line in lines if line.label == "dW")
        assert total.value == moment.number(Address(f"{layer}.W", index, "grad"))
        assert sum(line.value or 0.0 for line in lines if line is not total) == pytest.approx(
            total.value, abs=1e-5
        )
        x, dz, products = (
            np.asarray(b.values, float)
            for b in flat(next(b for b in scene.blocks if isinstance(b, Beside)).blocks)
            if isinstance(b, Grid)
        )
        np.testing.assert_allclose(x * dz, products, atol=1e-6)
        assert products.sum() == pytest.approx(lines[0].value, abs=1e-5)
        assert_facts(scene)


@pytest.mark.parametrize(
    ("name", "layer", "source"),
    [
        ("images", "conv2", "conv1.a"),
        ("strides", "conv2", "conv1.a"),
        ("depthwise", "depthwise1", "conv1.z"),
        ("sequences", "conv1d2", "conv1d1.a"),
        ("larger", "conv_transpose1", "conv1.a"),
        ("longer", "conv1d_transpose1", "conv1d1.z"),
    ],
)
def test_an_input_gets_back_what_every_window_that_saw_it_sends(
    sessions: dict[str, Session], name: str, layer: str, source: str
) -> None:
    from nnlab.session import views

    moment = Moment.of(sessions[name])
    moment.flip = not moment.backward
    column = moment.column(layer)
    assert column is not None
    index = (0, *(n // 2 for n in moment.shape(source)[1:]))
    at = Address(source, index, "grad")
    assert views.anchors(moment, column, at)
    scene = views.scene_of(moment, column, at, at)
    assert scene is not None
    lines = table(scene, "sum").lines
    total = next(line for line in lines if line.label == "dx")
    assert total.value == moment.number(at)
    assert sum(line.value or 0.0 for line in lines if line.label != "dx") == pytest.approx(
        total.value, abs=1e-6
    )
    assert_facts(scene, at)


def test_a_stamp_is_an_input_times_the_kernel(sessions: dict[str, Session]) -> None:
    from nnlab.session import views

    moment = Moment.of(sessions["larger"])
    column = moment.column("conv_transpose1")
    assert column is not None
    at = Address("conv1.a", (0, 3, 3, 1))
    scene = views.scene_of(moment, column, at, at)
    assert scene is not None
    one, kernel, stamp = (np.asarray(b.values) for b in flat(scene.blocks)[2:5] if isinstance(b, Grid))
    inside = np.isfinite(stamp)
    assert inside.any()
    np.testing.assert_allclose((one * kernel)[inside], stamp[inside], atol=1e-6)
    assert_facts(scene, at)


def test_before_the_tape_comes_to_it_nothing_is_claimed(sessions: dict[str, Session]) -> None:
    session = made(*NETWORKS["images"], "batch 4")
    for backward in (False, True):
        _moment, scene = scene_at(session, "conv2", backward)
        known = [b for b in flat(scene.blocks) if isinstance(b, Grid) and b.values is not None]
        assert all(isinstance(b.places, object) and "W" in b.title for b in known)
        assert_facts(scene)


def test_maps_channels_and_filters_are_walls_to_choose_from(sessions: dict[str, Session]) -> None:
    _moment, scene = scene_at(sessions["images"], "conv2.z[0,1,2,3]")
    walls = {b.title: b for b in flat(scene.blocks) if isinstance(b, Wall)}
    assert [len(w.grids) for w in walls.values()] == [4, 5, 5]
    maps = walls["maps of conv2.z"]
    assert maps.chosen == 3
    assert maps.picks[4] == Address("conv2.z", (0, 1, 2, 4))
    assert walls["channels of conv1.a"].picks[2] == Address("conv1.a", (0, 2, 3, 2))


def test_the_view_of_a_number_shows_the_example_it_belongs_to(sessions: dict[str, Session]) -> None:
    session = sessions["images"]
    told = "\n".join(session.execute("view conv2.z[3,1,2,0]").lines)
    number = session.need_run().value("conv2.z[3,1,2,0]")
    assert f"conv2.z[3,1,2,0] = {number:.6}"[:22] in told.replace("−", "-")


def test_the_slope_of_a_bend_is_written_out_in_both_forms() -> None:
    session = made("data digits shape=8x8x1", "net conv 2 3x3 tanh | flatten | dense 10", "batch 4", "step")
    _moment, scene = scene_at(session, "conv1.a[0,2,3,1].grad", backward=True)
    (dz,) = (line for line in table(scene, "what arrives").lines if line.label == "dz")
    assert dz.note.startswith("= ")
    assert "²" in dz.note
    assert_facts(scene)

"""Graphs, programs and addresses: what runs, in which order, under which name."""

from __future__ import annotations

import numpy as np
import pytest
from engine_cases import BATCH, CASES, Add, Size, compiled, parameter, shared, squared
from hypothesis import given
from hypothesis import strategies as st
from test_operations import check_explanations

from nnlab.engine.address import Address, split_address
from nnlab.engine.health import first_breakdown
from nnlab.engine.ops import (
    Bias,
    Dense,
    Flatten,
    Identity,
    MeanSquaredError,
    ReLU,
    Sigmoid,
    Softmax,
    Tanh,
)
from nnlab.engine.program import Program
from nnlab.engine.store import ParameterStore
from nnlab.engine.values import Graph, Role
from nnlab.errors import NnlabError

names = st.from_regex(r"[a-z]{1,8}[0-9]{0,2}(\.[a-zA-Z]{1,5})?", fullmatch=True)
indices = st.lists(st.integers(0, 10**9), max_size=4).map(tuple)
parts = st.sampled_from(["", "grad", "grad@dense2", "grad@mul1.1", "m", "m.new", "used", "step", "new"])


@given(names, indices, parts)
def test_an_address_reads_back_as_it_was_written(name, index, part):
    head, found, tail = split_address(str(Address(name, index, part)))
    assert found == index
    assert ".".join(p for p in (head, tail) if p) == ".".join(p for p in (name, part) if p)
    spaced = f" {name}[ {' , '.join(map(str, index))} ]" if index else name
    assert split_address(spaced) == (name, index, "")


@pytest.mark.parametrize("kind", sorted({*CASES, "shared"}))
def test_every_address_of_a_program_reads_back(kind):
    program = compiled(CASES.get(kind, shared), Size(2, 3))
    program.run()
    for event in program.events:
        for written in event.reads + event.writes:
            name, part = program.split_name(written)
            index = tuple(n - 1 for n in program.array(name, part).shape)
            address = Address(name, index, part)
            assert program.address(str(address)) == address
            assert program.address(address) == address
            assert program.explain(str(address)).address == address


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("layer1.W[3,0]", r"layer1\.W\[3,0\] does not exist: .* shape 3×2, .* from \[0,0\] to \[2,1\]"),
        ("layer1.W", r"shape 3×2"),
        ("layer1.W[0]", r"shape 3×2"),
        ("loss[0]", r"loss is a single number; write it without \[ \]"),
        ("layer1.X[0,0]", r"no value called “layer1\.X”; nearest: .*layer1\.W"),
        ("layer1.W[0,0].grd", r"no part “grd”; try grad"),
        ("layer1.W[0,0].grad@dense7", r"no part “grad@dense7”"),
        ("target[0,0].grad", r"target has no gradient here"),
        ("layer1.W[-1,0]", "is not an address"),
        ("layer1.W[0 1]", "is not an address"),
        ("layer1.W[0,]", "is not an address"),
        ("layer1.W[1.5,0]", "is not an address"),
        ("layer1.W[" + "9" * 5000 + "]", "is not an address"),
        ("", "is not an address"),
        ("[0,0]", "is not an address"),
    ],
)
def test_bad_addresses_are_answered_in_one_sentence(text, message):
    program = compiled(CASES["total"], Size(2, 3))
    with pytest.raises(NnlabError, match=message):
        program.address(text)


def test_each_use_of_a_value_has_a_name_of_its_own():
    program = compiled(shared, Size(2, 3))
    program.run()
    labels = {name: [program.uses.label(o, k) for o, k in uses] for name, uses in program.uses.items()}
    assert labels["tied.W"] == ["block1", "block2", "block3"]
    assert labels["block1.a"] == ["block2.z", "block2.a"]
    assert labels["block2.a"] == ["twice.0", "twice.1"]
    for name, uses in labels.items():
        assert len(set(uses)) == len(uses)
        if len(uses) > 1:
            shares = [program.array(name, f"grad@{use}") for use in uses]
            assert np.array_equal(program.gradients[name], np.sum(shares, axis=0))


def test_only_what_leads_to_the_loss_runs_and_only_what_depends_on_parameters_has_gradients():
    graph = Graph()
    x = graph.value("input", (BATCH, 3), Role.INPUT)
    (early,) = graph.apply(Tanh("tanh1"), x)
    (z,) = graph.apply(Bias("bias1"), early, parameter(graph, "bias1.b", 3))
    graph.apply(Sigmoid("unused1"), z)
    squared(graph, z)
    program = Program(graph, ParameterStore(graph), 2, loss="loss")
    assert [op.layer for op in program.plan] == ["tanh1", "bias1", "loss"]
    assert sorted(program.gradients) == ["bias1.a", "bias1.b", "loss"]
    whole = Program(graph, program.store, 2)
    assert [op.layer for op in whole.plan] == ["tanh1", "bias1", "unused1", "loss"]
    assert not whole.backward_calls


def test_events_read_only_what_is_known_already():
    for build in (*CASES.values(), shared):
        program = compiled(build, Size(2, 3))
        known = {v.name for v in program.graph.values.values() if v.name not in program.graph.producers}
        known.add(f"{program.loss}.grad")
        for number, event in enumerate(program.events):
            assert event.index == number
            assert set(event.reads) <= known, event
            known |= set(event.writes)
        assert {f"{p.name}.grad" for p in program.graph.parameters} <= known


def test_running_twice_gives_the_same_bits():
    program = compiled(shared, Size(3, 5), dtype=np.float32)
    program.run()
    values = {k: v.copy() for k, v in program.values.items()}
    gradient = program.store.grad.copy()
    program.run()
    assert np.array_equal(gradient, program.store.grad)
    assert all(np.array_equal(values[k], v) for k, v in program.values.items())


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_every_buffer_has_the_dtype_of_the_store_and_ids_are_whole_numbers(dtype):
    for build in (*CASES.values(), shared):
        program = compiled(build, Size(2, 3), dtype=dtype)
        program.run()
        for name, array in program.values.items():
            value = program.graph.values[name]
            whole = np.uint8 if 0 < value.levels <= 256 else np.intp
            assert array.dtype == (whole if value.discrete else dtype), name
        for array in (*program.gradients.values(), *program.edges.values()):
            assert array.dtype == dtype


def test_parameters_are_views_of_one_vector():
    program = compiled(CASES["dense"], Size(2, 3))
    store = program.store
    store["layer1.W"][1, 2] = 7.0
    place = store.position("layer1.W", (1, 2))
    assert store.theta[place] == 7.0
    assert store.locate(place) == ("layer1.W", (1, 2))
    assert all(store.position(*store.locate(i)) == i for i in range(store.size))
    assert sorted(store) == ["layer1.W", "layer1.b", "x"]
    assert "layer1.W" in store
    with pytest.raises(NnlabError, match=r"layer1\.W"):
        _ = store["layer1.w"]
    with pytest.raises(IndexError):
        store.locate(store.size)


def test_impossible_shapes_are_named():
    def graph(*shape):
        made = Graph()
        return made, made.value("input", (BATCH, *shape), Role.INPUT)

    g, x = graph(3)
    with pytest.raises(
        NnlabError, match=r"dense1 multiplies rows of 4 numbers, but input gives shape \(3,\)"
    ):
        g.apply(Dense("dense1"), x, parameter(g, "dense1.W", 4, 2))
    g, x = graph(3, 3)
    (each,) = g.apply(Dense("dense1"), x, parameter(g, "dense1.W", 3, 2))
    assert each.shape == (BATCH, 3, 2)
    with pytest.raises(NnlabError, match="softmax works on rows"):
        g.apply(Softmax("softmax1"), x)
    (flat,) = g.apply(Flatten("flatten1"), x)
    assert flat.shape == (BATCH, 9)
    with pytest.raises(NnlabError, match=r"make the last layer give 2 numbers"):
        g.apply(MeanSquaredError("loss"), flat, g.value("target", (BATCH, 2), Role.TARGET))
    with pytest.raises(NnlabError, match="both called input"):
        g.value("input", (1,), Role.INPUT)


def test_the_first_number_that_is_not_finite_is_found_with_its_cause():
    program = compiled(CASES["dense"], Size(2, 3))
    program.run()
    assert first_breakdown(program) is None
    program.store["layer1.W"][...] = 1e200
    program.store["x"][...] = 1e200
    with np.errstate(over="ignore", invalid="ignore"):
        program.run()
    found = first_breakdown(program)
    assert str(found.address) == "layer1.z[0,0]"
    assert found.event.phase == "forward"
    assert "layer1.z[0,0] became inf in layer1 (dense, forward): z = x·W + b" in found.text
    program.store["x"][1, 2] = np.nan
    found = first_breakdown(program)
    assert (str(found.address), found.event.phase) == ("x[1,2]", "leaf")
    assert found.explanation.expression is None


def test_a_gradient_that_breaks_is_found_too():
    program = compiled(CASES["relu"], Size(1, 2), dtype=np.float32)
    program.store["x"][...] = 1e38
    program.values["target"][...] = -3e38
    with np.errstate(over="ignore", invalid="ignore"):
        program.run()
    assert first_breakdown(program).event.phase == "loss"


def test_an_operation_of_ones_own_needs_one_class():
    graph = Graph()
    x, y = parameter(graph, "x", 2, 3), parameter(graph, "y", 2, 3)
    (a,) = graph.apply(Add("add1"), x, y)
    (r,) = graph.apply(ReLU("relu1"), a)
    program = Program(graph, ParameterStore(graph), 2, loss=squared(graph, r))
    program.store.theta[...] = 1
    program.run()
    assert program.explain("add1.a[0,0]").symbols() == "x[0,0] + y[0,0]"
    assert program.explain("x[0,0].grad").symbols() == "add1.a[0,0].grad"


def test_a_gradient_is_computed_only_for_the_parameters_asked_for():
    build = CASES["dense"]
    whole, part = compiled(build, Size(2, 3)), compiled(build, Size(2, 3), wrt={"layer1.b"})
    whole.run()
    part.store.grad[...] = 7.0  # what another program may have left on the same store
    part.run()
    assert part.gradients.keys() == {"layer1.b", "layer1.z", "loss"}
    assert len(part.backward_calls) < len(whole.backward_calls) + 2
    for name in part.store:
        wanted = whole.gradients[name] if name == "layer1.b" else 0.0
        assert np.array_equal(
            part.store.view(name, part.store.grad), np.broadcast_to(wanted, part.values[name].shape)
        )


def test_a_state_keeps_still_while_its_step_lasts():
    graph = Graph()
    x = graph.value("input", (BATCH, 2), Role.INPUT)
    total = graph.value("total", (2, 2), Role.STATE, init="constant:1")
    (following,) = graph.apply(Add("sum"), total, x)
    graph.carry(following, total)
    store = ParameterStore(graph, np.float64)
    program = Program(graph, store, 2, training=True)
    program.values["input"][...] = 3.0
    for _ in range(2):
        program.forward()
        assert store.states["total"].tolist() == [[1.0, 1.0]] * 2
    assert program.explain("sum.a[0,1]").numbers() == "1 + 3"
    assert "state" in program.explain("total[0,1]").note
    twin = store.twin()
    program.carry()
    assert store.states["total"].tolist() == [[4.0, 4.0]] * 2
    assert twin.states["total"].tolist() == [[1.0, 1.0]] * 2
    store.put_states(twin.states)
    assert program.values["total"].tolist() == [[1.0, 1.0]] * 2


def test_a_layer_built_again_shares_its_parameters():
    graph = Graph()
    real, made = (graph.value(name, (BATCH, 3), Role.INPUT) for name in ("real", "made"))

    def judge(x):
        W, b = parameter(graph, "judge1.W", 3, 1), parameter(graph, "judge1.b", 1)
        return graph.apply(Dense("judge1"), x, W, b)[0]

    first = judge(real)
    with graph.again("fake"):
        second = judge(made)
    (both,) = graph.apply(Add("sum"), first, second)
    squared(graph, both)
    assert (first.name, second.name) == ("judge1.z", "fake.judge1.z")
    assert [p.name for p in graph.parameters] == ["judge1.W", "judge1.b"]
    program = Program(graph, ParameterStore(graph, np.float64), 2, loss="loss")
    program.store.theta[...] = [1.0, -2.0, 0.5, 0.25]
    program.values["real"][...], program.values["made"][...] = 1.0, 2.0
    program.run()
    explained = program.explain("judge1.W[1,0].grad")
    assert [str(a) for a in explained.addresses] == [
        "judge1.W[1,0].grad@judge1.z",
        "judge1.W[1,0].grad@fake.judge1.z",
    ]
    assert explained.evaluate(program.read) == pytest.approx(explained.value)
    check_explanations(program)


def test_a_layer_inside_another_is_named_by_its_path_and_shown_under_the_outer_one():
    graph = Graph()
    x = parameter(graph, "x", 2, 3)
    W = graph.value("block1.ff1.W", (3, 3), Role.PARAMETER, "block1.ff1")
    (z,) = graph.apply(Dense("block1.ff1"), x, W)
    (a,) = graph.apply(Tanh("block1.act"), z)
    (y,) = graph.apply(Add("block1.add"), a, x)
    program = Program(graph, ParameterStore(graph), 2, loss=squared(graph, y))
    program.run()
    assert (z.name, z.layer, W.layer) == ("block1.ff1.z", "block1", "block1")
    assert {event.layer for event in program.events} == {"block1", "loss", "x"}
    shares = program.explain("x[0,1].grad").addresses
    assert [str(share) for share in shares] == ["x[0,1].grad@block1.ff1", "x[0,1].grad@block1.add"]
    for share in shares:
        assert program.explain(str(share)).value == program.read(share)


class Turned(Identity):
    """An identity whose output lies in memory column by column."""

    def axes(self, output):
        return (1, 0)


def test_an_output_may_lie_in_memory_in_another_order_and_is_read_as_its_shape_says():
    graph = Graph()
    (a,) = graph.apply(Turned("turned"), parameter(graph, "x", 2, 3))
    (b,) = graph.apply(Flatten("flat"), graph.apply(Add("twice"), a, a)[0])
    program = Program(graph, ParameterStore(graph), 2, loss=squared(graph, b))
    program.store["x"][...] = [[1, 2, 3], [4, 5, 6]]
    program.run()
    for array in (program.values["turned.a"], program.gradients["turned.a"]):
        assert array.shape == (2, 3)
        assert array.T.flags.c_contiguous
    assert program.explain("turned.a[1,0]").value == 4.0
    assert program.values["flat.a"].tolist() == [[2, 4, 6], [8, 10, 12]]

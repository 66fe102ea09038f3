"""Recurrent layers by hand: the numbers of the course, padding, truncation, gradients with addresses."""

from __future__ import annotations

import tracemalloc
from typing import Any

import numpy as np
import pytest
from case_kit import parameter
from engine_cases import CASES, Size, compiled
from test_operations import check_explanations

from nnlab.engine.ops import GRU, LSTM, Concat, Flatten, GRUResetBefore, MeanSquaredError, SimpleRNN
from nnlab.engine.ops.recurrent import Recurrent
from nnlab.engine.program import Program
from nnlab.engine.store import ParameterStore
from nnlab.engine.values import BATCH, Graph, Role
from nnlab.errors import NnlabError


def one_unit(make: type[Recurrent], x: list[float], target: float = 1.0, **parameters: float) -> Program:
    """A layer of one unit over a sequence of single numbers; parameters not named are 0."""
    graph = Graph()
    layer = make("cell", 1)
    inputs = [graph.value("x", (BATCH, len(x), 1), Role.INPUT)]
    inputs += [parameter(graph, f"cell.{name}", *shape) for name, shape in layer.parameters(1, 1).items()]
    last = graph.apply(layer, *inputs)[0]
    graph.apply(MeanSquaredError("loss"), last, graph.value("target", last.shape, Role.TARGET))
    program = Program(graph, ParameterStore(graph, np.float64), 1, loss="loss")
    for name, number in parameters.items():
        program.store[f"cell.{name}"][...] = number
    program.values["x"][0, :, 0] = x
    program.values["target"][...] = target
    program.run()
    return program


def through(program: Program, name: str, part: str = "") -> list[float]:
    return [round(float(v), 3) for v in program.array(f"cell.{name}", part)[0, :, 0]]


def test_a_state_fades_as_the_course_says():
    program = one_unit(SimpleRNN, [1, 0, 0, 0], W=1, U=0.5)
    assert through(program, "h") == [0.762, 0.363, 0.180, 0.090]


def test_a_gradient_fades_on_its_way_back_as_the_course_says():
    """L = ½(h₃ − 1)² there, and (h₃ − 1)² here: everything is twice as large."""
    program = one_unit(SimpleRNN, [0.5, -0.2, 0.3], W=1, U=0.8)
    assert through(program, "h") == [0.462, 0.168, 0.409]
    halved = [v / 2 for v in program.array("cell.z", "grad")[0, :, 0]]
    assert halved == pytest.approx([-0.241, -0.383, -0.492], abs=1e-3)
    assert program.store.view("cell.U", program.store.grad)[0, 0] / 2 == pytest.approx(-0.2595, abs=1e-4)
    answer = program.explain("cell.U[0,0].grad")
    assert answer.symbols() == "cell.h[0,0,0]·cell.z[0,1,0].grad + cell.h[0,1,0]·cell.z[0,2,0].grad"


def test_a_cell_keeps_and_takes_as_the_course_says():
    ln3 = 0.5 * np.log(1.3 / 0.7)  # tanh of it is 0.3
    program = one_unit(LSTM, [1, 0], bi=1, bf=2, bg=0.5, Wi=50, Wg=ln3 - 0.5, Wf=-50)
    assert through(program, "c")[0] == 0.3
    assert [through(program, gate)[1] for gate in "ifog"] == [0.731, 0.881, 0.5, 0.462]
    assert (through(program, "c")[1], through(program, "h")[1]) == (0.602, 0.269)


@pytest.mark.parametrize("make", [GRU, GRUResetBefore])
def test_the_update_gate_keeps_the_old_state_where_it_is_one(make: type[Recurrent]):
    start = np.arctanh(0.4)
    program = one_unit(make, [1, 0], bu=-1, Wu=-50, Wn=start - 0.2, bn=0.2, br=1, Un=0.5)
    assert through(program, "h")[0] == 0.4
    assert through(program, "u")[1] == 0.269
    assert through(program, "n")[1] == pytest.approx(0.333, abs=1e-3)
    assert through(program, "h")[1] == 0.351


def sequences(kind: str, batch: int = 3, width: int = 4, **named: Any) -> Program:
    program = compiled(CASES[kind], Size(batch, width), **named)
    program.run()
    return program


@pytest.mark.parametrize("kind", ["lstm", "gru", "gru_reset_before", "rnn"])
def test_at_padding_the_state_stays_and_nothing_flows_to_the_gates(kind: str):
    program = sequences(f"{kind}:masked, every, started")
    ids, h = program.values["ids"], program.values["layer1.h"]
    gates = [name for name in program.values if name.startswith("layer1.z")]
    for n, t in np.argwhere(ids == 0):
        before = h[n, t - 1] if t else program.values["start"][n]
        assert np.array_equal(h[n, t], before)
        assert not any(program.array(name, "grad")[n, t].any() for name in gates)
        note = program.explain(f"layer1.h[{n},{t},0]")
        assert note.symbols() == (f"layer1.h[{n},{t - 1},0]" if t else f"start[{n},0]")
    assert (ids == 0).sum() > 2


def test_the_last_state_is_that_of_the_last_real_moment():
    program = sequences("lstm:masked", 4, 3)
    for n, ids in enumerate(program.values["ids"]):
        real = np.flatnonzero(ids)
        state = program.values["layer1.h"][n, real[-1]] if len(real) else np.zeros(3)
        assert np.array_equal(program.values["layer1.last"][n], state)


def test_no_gradient_flows_from_one_chunk_to_the_one_before():
    program = sequences("lstm:truncated")  # chunks of 2 in 5 moments
    through_time = program.array("layer1.h", "grad@layer1")
    assert [bool(through_time[:, t].any()) for t in range(5)] == [True, False, True, False, False]
    whole, from_others = (program.array("layer1.h", part)[:, 1] for part in ("grad", "grad@flat"))
    assert np.array_equal(whole, from_others)
    assert program.explain("layer1.h[0,1,0].grad@layer1").symbols() == "0"


def test_the_gradient_of_a_state_is_what_others_send_back_and_what_comes_through_time():
    program = sequences("gru:every")
    answer = program.explain("layer1.h[1,0,2].grad")
    assert [str(a) for a in sorted(answer.addresses, key=str)] == [
        "layer1.h[1,0,2].grad@flat",
        "layer1.h[1,0,2].grad@layer1",
    ]
    through_time = program.explain("layer1.h[1,0,2].grad@layer1")
    assert {str(a) for a in through_time.addresses} > {
        "layer1.h[1,1,2].grad", "layer1.u[1,1,2]", "layer1.s[1,1,0].grad", "layer1.Un[2,0]",
    }  # fmt: skip
    assert program.array("layer1.h", "grad").shape == (3, 3, 4)


def test_a_state_that_several_read_adds_up_what_they_send_back():
    graph = Graph()
    layer = SimpleRNN("layer1", 2, every=True)
    inputs = [parameter(graph, "x", 2, 3, 2)]
    inputs += [parameter(graph, f"layer1.{n}", *shape) for n, shape in layer.parameters(2, 2).items()]
    h = graph.apply(layer, *inputs)[0]
    (both,) = graph.apply(Concat("both"), h, h)
    (a,) = graph.apply(Flatten("flat"), both)
    graph.apply(MeanSquaredError("loss"), a, graph.value("target", a.shape, Role.TARGET))
    program = Program(graph, ParameterStore(graph, np.float64), 2, loss="loss")
    program.store.theta[...] = np.linspace(-1, 1, program.store.size)
    program.run()
    parts = [program.array("layer1.h", f"grad@{use}") for use in ("layer1", "both.0", "both.1")]
    assert np.allclose(program.array("layer1.h", "grad"), sum(parts), atol=1e-15)
    check_explanations(program)
    written = {name for event in program.events for name in event.writes}
    assert {"layer1.h.grad", "layer1.h.grad@layer1", "layer1.h.grad@both.1", "layer1.z.grad"} <= written


@pytest.mark.parametrize("kind", ["lstm", "gru", "rnn", "gru_reset_before"])
def test_only_what_is_asked_for_is_computed(kind: str):
    whole = sequences(kind)
    name = next(n for n in whole.store if n.startswith("layer1.U"))
    alone = sequences(kind, wrt=[name])
    assert np.array_equal(alone.store.view(name, alone.store.grad), whole.store.view(name, whole.store.grad))
    assert "x" in whole.gradients
    assert "x" not in alone.gradients
    copied = sum(call.func.__name__ == "copy" for call in alone.backward_calls)
    assert copied < sum(call.func.__name__ == "copy" for call in whole.backward_calls) - 2


@pytest.mark.parametrize("kind", ["lstm:every", "gru:masked", "rnn"])
def test_a_step_allocates_no_arrays(kind: str):
    program = sequences(kind, 16, 32, dtype=np.float32)
    tracemalloc.start()
    try:
        program.run()
        before = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        for _ in range(5):
            program.run()
        now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert now - before < 2000
    assert peak - before < 3 * 16 * 32 * 4  # of what NumPy holds for a moment, nothing is as large as h


LOOPS = sorted(name for name in CASES if name.partition(":")[0] in ("lstm", "gru", "gru_reset_before", "rnn"))


@pytest.mark.parametrize("kind", LOOPS)
def test_a_change_inside_a_loop_goes_on_by_the_formulas(kind: str):
    """From any stage at any moment: with no change the same numbers, with a small one those of the slope."""
    program = sequences(kind, 2, 3)
    operation = next(op for op in program.plan if op.own_uses)
    ins, outs = (
        tuple(program.values[v.name] for v in side) for side in (operation.inputs, operation.outputs)
    )
    behind = program.forward_calls[program.produced_at[operation.outputs[0].name] :]
    before = [array.copy() for array in outs]

    def loss_with(output: int, index: tuple[int, ...], delta: float) -> float:
        program.forward()
        operation.follow(ins, outs, output, index, delta)
        for call in behind:
            call()
        return float(program.values["loss"])

    for output in operation.own_uses:
        name = operation.outputs[output].name
        for index in [(0, 0, 1), (1, outs[output].shape[1] - 1, 2), (1, 0, 0)]:
            loss_with(output, index, 0.0)
            assert all(np.allclose(now, then, atol=1e-14) for now, then in zip(outs, before)), name
            numeric = (loss_with(output, index, 1e-6) - loss_with(output, index, -1e-6)) / 2e-6
            if operation.departs():
                continue  # the gradient is cut there, the change is not
            gradient = program.array(name, "grad")[index]
            assert numeric == pytest.approx(gradient, rel=1e-7, abs=1e-8), (name, index)


def layer_alone(**options: Any) -> tuple[Graph, ParameterStore]:
    graph = Graph()
    layer = GRU("layer1", 3, **options)
    inputs = [graph.value("x", (BATCH, 4, 2), Role.INPUT)]
    inputs += [parameter(graph, f"layer1.{n}", *shape) for n, shape in layer.parameters(2, 3).items()]
    graph.apply(layer, *inputs)
    store = ParameterStore(graph, np.float64)
    store.theta[...] = np.linspace(-1, 1, store.size)
    return graph, store


def test_the_gradient_may_be_taken_of_every_state():
    graph, store = layer_alone(every=True)
    program = Program(graph, store, 2, loss="layer1.h")
    program.values["x"][...] = np.linspace(-2, 2, 16).reshape(2, 4, 2)
    program.run()
    slope = store.view("layer1.Un", store.grad)[1, 2]

    def added(delta: float) -> float:
        store["layer1.Un"][1, 2] += delta
        program.forward()
        return float(program.values["layer1.h"].sum())

    assert slope == pytest.approx((added(1e-6) - added(-2e-6)) / 2e-6, rel=1e-7)
    store["layer1.Un"][1, 2] += 1e-6
    program.run()
    assert program.explain("layer1.h[0,1,2].grad").symbols() == "1 + layer1.h[0,1,2].grad@layer1"
    check_explanations(program)


def test_the_gradient_is_not_taken_of_what_a_loop_uses_again():
    for loss in ("layer1.u", "layer1.h"):
        with pytest.raises(NnlabError, match="used again inside layer1"):
            Program(*layer_alone(), 2, loss=loss)


def test_an_image_is_not_a_sequence():
    graph = Graph()
    x = graph.value("input", (BATCH, 8, 8, 1), Role.INPUT)
    with pytest.raises(NnlabError, match="reads a sequence"):
        graph.apply(LSTM("lstm1", 4), x)

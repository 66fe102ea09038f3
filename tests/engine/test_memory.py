"""Absurd sizes are refused before memory is asked for."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import numpy as np
import pytest
from engine_cases import BATCH, parameter
from guard_array import GuardModule

from nnlab.data import load
from nnlab.engine import memory
from nnlab.engine import program as program_module
from nnlab.engine.device import CUPY
from nnlab.engine.kernels import table
from nnlab.engine.ops import Tanh
from nnlab.engine.program import Program
from nnlab.engine.store import ParameterStore
from nnlab.engine.values import Graph, Role
from nnlab.errors import NnlabError
from nnlab.network import Network
from nnlab.training import Run


def test_there_is_memory_here():
    free = memory.available_bytes()
    if sys.platform in ("linux", "darwin", "win32"):
        assert free is not None
    assert free is None or free > 1 << 20


def test_a_layer_of_a_billion_units_is_refused_with_both_numbers(monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda: 8_000_000_000)
    graph = Graph()
    parameter(graph, "dense1.W", 64, 10**9)
    with pytest.raises(NnlabError, match=r"64,000,000,000 parameters .* need 512 GB .* only 8 GB"):
        ParameterStore(graph)


def test_sizes_beyond_64_bits_are_counted_right():
    graph = Graph()
    parameter(graph, "dense1.W", 10**12, 10**12)
    with pytest.raises(NnlabError, match="parameters"):
        ParameterStore(graph)


def test_a_batch_that_does_not_fit_is_refused(monkeypatch):
    graph = Graph()
    graph.apply(Tanh("tanh1"), graph.value("input", (BATCH, 1000), Role.INPUT))
    store = ParameterStore(graph)
    monkeypatch.setattr(memory, "available_bytes", lambda: 10_000_000)
    Program(graph, store, 100)
    with pytest.raises(NnlabError, match=r"batch of 1,000 examples need 12 MB .* only 10 MB"):
        Program(graph, store, 1000)


def test_nothing_is_refused_where_the_system_does_not_say(monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda: None)
    memory.require(1 << 80, "dreams")


class Crowded(GuardModule):
    """A GPU with a little room, whose allocator refuses as CuPy's does."""

    def __init__(self, free: int):
        super().__init__()
        self.free, self.kept = free, 0
        runtime = SimpleNamespace(memGetInfo=lambda: (self.free, 8_000_000_000))
        self.cuda = SimpleNamespace(runtime=runtime)
        self.get_default_memory_pool = lambda: SimpleNamespace(free_bytes=lambda: self.kept)

    def zeros(self, shape, dtype=float):
        made = np.zeros(shape, dtype)
        if made.nbytes > self.free:
            raise MemoryError(
                f"Out of memory allocating {made.nbytes:,} bytes (allocated so far: 512 bytes, limit set to: "
                "0 bytes)."
            )
        return self.asarray(made)


def test_a_gpu_refuses_before_it_is_asked_for_more_than_is_free():
    crowded = Crowded(free=1_000_000)
    graph = Graph()
    parameter(graph, "dense1.W", 1000, 1000)
    with pytest.raises(NnlabError, match=r"need 8 MB of GPU memory, but only 1 MB are free; .*--device cpu"):
        ParameterStore(graph, xp=crowded)
    crowded.kept = 9_000_000  # CuPy's pool holds what was used before
    memory.require(8_000_000, "parameters", xp=crowded)


def test_what_a_gpu_refuses_is_one_sentence_with_the_bytes_asked_and_free(monkeypatch):
    monkeypatch.setattr(memory, "require", lambda *args, **named: None)
    monkeypatch.setattr(program_module, "require", lambda *args, **named: None)
    graph = Graph()
    graph.apply(Tanh("tanh1"), graph.value("input", (BATCH, 1000), Role.INPUT))
    crowded = Crowded(free=1_000_000)
    store = ParameterStore(graph, xp=crowded)
    with pytest.raises(
        NnlabError, match=r"out of memory: 4 MB were asked for and 1 MB are free; make the batch"
    ):
        Program(graph, store, 1000, kernels=table(crowded))


def test_a_step_that_found_no_room_has_not_been_taken(monkeypatch):
    data = load("moons n=40 split=50/25/25 seed=3")
    crowded = Crowded(free=1_000_000)
    kernels = table(crowded).override(CUPY, "cupy")
    run, free = (Run(Network.parse("dense 4 tanh | dense 1", 2), data, kernels=k) for k in (kernels, None))
    run.step(2)
    work = run.program.calls
    monkeypatch.setattr(run.program, "calls", [*work, refused(crowded)])
    with pytest.raises(NnlabError, match="16 GB were asked for"):
        run.step(2)
    assert (run.step_count, run.last_step) == (2, 2)
    monkeypatch.setattr(run.program, "calls", work)
    run.step(3)
    free.step(5)
    assert run.history.losses.tolist() == free.history.losses.tolist()


def refused(crowded):
    def work():
        raise MemoryError("Out of memory allocating 16,000,000,000 bytes (allocated so far: 512 bytes).")

    return work


def test_other_troubles_of_memory_are_left_alone():
    with pytest.raises(MemoryError, match="Unable"), memory.allocating(np):
        raise MemoryError("Unable to allocate 7 TiB for an array of 12 bytes")


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (64e9, "64 GB"), (7.3e12, "7.3 TB"), (4e21, "4,000 EB")],
)
def test_sizes_are_written_for_people(count, text):
    assert memory.size_text(int(count)) == text


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="control groups are Linux's")
@pytest.mark.parametrize(
    ("limit", "used"),
    [("memory.max", "memory.current"), ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes")],
)
def test_the_limit_of_a_container_counts(tmp_path, limit, used):
    for name, text in ((limit, "1000000"), (used, "400000")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert list(memory._control_group(tmp_path)) == [600_000]
    (tmp_path / limit).with_name("memory.stat").write_text("anon 1\ninactive_file 50000\n")
    assert list(memory._control_group(tmp_path)) == [650_000]
    (tmp_path / limit).write_text("max")
    assert list(memory._control_group(tmp_path)) == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs an address-space limit")
def test_ulimit_counts():
    import subprocess

    code = (
        "import resource; from nnlab.engine import memory;"
        "resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30)); print(memory.available_bytes())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert 0 < int(done.stdout) < 2 << 30


def test_a_store_of_float64_needs_twice_as_much(monkeypatch):
    monkeypatch.setattr(memory, "available_bytes", lambda: 1_000_000)
    graph = Graph()
    parameter(graph, "dense1.W", 1000, 100)
    ParameterStore(graph, np.float32)
    with pytest.raises(NnlabError, match=r"1\.6 MB"):
        ParameterStore(graph, np.float64)

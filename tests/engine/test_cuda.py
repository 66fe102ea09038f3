"""The CUDA kernels compute what the reference computes; no GPU is needed to see it.

Their text runs here on the CPU (:mod:`cuda_on_host`), and where CuPy is installed NVRTC compiles it for the
cards of today.
"""

from __future__ import annotations

import inspect
import re
import sys
from types import SimpleNamespace

import cuda_on_host
import numpy as np
import pytest
from cuda_cases import BUILDS, PRECISIONS, close, drawn, updated
from cuda_on_host import HostLaunch
from engine_cases import Size, compiled
from guard_array import GuardModule
from test_operations import check_explanations

from nnlab.data import load
from nnlab.engine import device, kernels, rng
from nnlab.engine.kernels.cuda import FAMILIES, fused, launch, update
from nnlab.engine.kernels.cuda.launch import OPTIONS, REALS, kernels_in, text
from nnlab.engine.optimizers import OPTIMIZERS
from nnlab.network import Network
from nnlab.training import Run

ARCHITECTURES = ("sm_70", "sm_90")
"""An old card that NVRTC 12 still knows, and one of today."""

on_host = pytest.mark.skipif(cuda_on_host.COMPILER is None, reason=cuda_on_host.REASON)
both_precisions = pytest.mark.parametrize("dtype", PRECISIONS)


def plain(guard: GuardModule) -> kernels.Kernels:
    return kernels.table(guard).override(device.CUPY, "cupy")


def ours(launch: HostLaunch | None = None) -> kernels.Kernels:
    """The fused kernels over NumPy arrays."""
    return fused(kernels.table(), launch or HostLaunch())


# ---------------------------------------------------------------------- the text


def test_fused_kernels_have_the_names_and_signatures_of_the_reference():
    table = ours()
    replaced = [name for name, function in table.functions.items() if function is not kernels.REFERENCE[name]]
    assert len(replaced) == sum(
        name in kernels.REFERENCE for family in FAMILIES for name in kernels.kernels_of(family)
    )
    for name in replaced:
        mine, reference = (inspect.signature(f) for f in (table.functions[name], kernels.REFERENCE[name]))
        assert list(mine.parameters) == list(reference.parameters), name


def test_every_cuda_kernel_is_launched_by_its_family_and_by_no_other_name():
    for family in FAMILIES:
        python = inspect.getsource(family).replace(family.SOURCE, "")
        launched = re.findall(r'launch\(\s*SOURCE, "(\w+)"', python)
        assert sorted(launched) == sorted(kernels_in(family.SOURCE)), family.__name__


def test_no_sum_depends_on_the_order_in_which_threads_come():
    for family in FAMILIES:
        assert "atomic" not in family.SOURCE, family.__name__
        assert "__shfl" not in family.SOURCE, family.__name__


def test_every_argument_is_a_pointer_or_64_bits_wide():
    for family in FAMILIES:
        for kernel in kernels_in(family.SOURCE):
            declared = cuda_on_host.parameters(family.SOURCE, kernel)
            assert declared[0] == "real*", kernel
            assert all(kind.endswith("*") or kind in ("whole", "word") for kind in declared), kernel


def test_a_launch_gives_cupy_the_grid_the_block_and_numbers_of_64_bits(monkeypatch):
    launched = []

    class RawModule:
        def __init__(self, code: str, options: tuple[str, ...], backend: str):
            self.code, self.options, self.backend = code, options, backend

        def get_function(self, name: str):
            return lambda *given: launched.append((name, self, *given))

    monkeypatch.setitem(sys.modules, "cupy", SimpleNamespace(RawModule=RawModule))
    for cached in (launch._module, launch._function):
        cached.cache_clear()
    theta, grad, s = np.zeros((3, 1000))
    rate = np.asarray(-0.1)
    table = fused(kernels.table())
    table.sgd(theta, grad, rate, s)
    table.sgd(theta[:0], grad[:0], rate, s[:0])  # nothing to do
    [(function, given, _named)] = table.sgd.prepared(theta, grad, rate, s)
    function(*given)
    assert len(launched) == 2
    for name, module, grid, block, args in launched:
        assert (name, grid, block) == ("sgd", (4,), (256,))
        assert [type(a) for a in args] == [np.ndarray] * 4 + [np.int64]
        assert module.code == text(update.SOURCE, "float64")
        assert (module.options, module.backend) == (OPTIONS, "nvrtc")
    for cached in (launch._module, launch._function):
        cached.cache_clear()


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__.rpartition(".")[2])
def test_the_cupy_that_is_installed_takes_every_source(family):
    pytest.importorskip("cupy", reason="CuPy is not installed")
    assert launch._module(family.SOURCE, "float32").options == OPTIONS


@pytest.fixture(scope="module")
def compile_with_nvrtc():
    """``compile(family, real, architecture)``: the kernels that come out, as assembly."""
    pytest.importorskip("cupy", reason="CuPy is not installed")
    from cupy.cuda import nvrtc

    try:
        nvrtc.getVersion()
    except (ImportError, RuntimeError) as error:
        pytest.skip(f"NVRTC is not installed (nvidia-cuda-nvrtc-cu12): {error}")

    def compile_(family, real: str, architecture: str) -> dict[str, str]:
        program = nvrtc.createProgram(text(family.SOURCE, real), "kernels.cu", (), ())
        try:
            nvrtc.compileProgram(program, (*OPTIONS, f"--gpu-architecture={architecture}"))
        except nvrtc.NVRTCError:
            pytest.fail(nvrtc.getProgramLog(program))
        made = nvrtc.getPTX(program)
        entries = (made if isinstance(made, str) else made.decode()).split(".entry ")[1:]
        return {entry.partition("(")[0]: entry for entry in entries}

    return compile_


@pytest.mark.parametrize("real", REALS)
@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.__name__.rpartition(".")[2])
def test_nvrtc_compiles_every_source(family, real, compile_with_nvrtc):
    for architecture in ARCHITECTURES:
        made = compile_with_nvrtc(family, real, architecture)
        assert sorted(made) == sorted(kernels_in(family.SOURCE))
        for name, assembly in made.items():
            # Twice as many bits take up to 64 times as long; normals are made of them on purpose.
            wide = ".f64" in assembly
            assert wide == (real == "float64" or name == "gaussian_noise"), name


def test_nvrtc_leaves_the_products_of_an_update_as_they_stand(compile_with_nvrtc):
    for real in REALS:
        made = compile_with_nvrtc(update, real, ARCHITECTURES[-1])
        assert not any("fma.rn" in made[name] for name in ("sgd", "momentum", "nesterov"))
        if real == "float32":
            assert not any("fma.rn" in made[name] for name in ("adam", "adamw"))


# ---------------------------------------------------------------------- whole programs


@on_host
@both_precisions
@pytest.mark.parametrize("size", [Size(3, 4), Size(33, 17)], ids=str)
@pytest.mark.parametrize("kind", sorted(BUILDS))
def test_every_operation_agrees_with_numpy_and_launches_no_more_than_before(kind, size, dtype):
    guard, launch = GuardModule(), HostLaunch()
    there = compiled(BUILDS[kind], size, dtype=dtype, kernels=fused(plain(guard), launch))
    unfused = compiled(BUILDS[kind], size, dtype=dtype, kernels=plain(guard))
    here, exact = (compiled(BUILDS[kind], size, dtype=d) for d in (dtype, np.float64))
    counts = []
    for program in (there, unfused):
        guard.reset()
        program.run()
        counts.append(guard.launches)
        assert guard.syncs == 0
    assert counts[0] <= counts[1]
    here.run()
    exact.run()

    def check(name, found, wanted, truth):
        # Where rounding adds up over many moments, NumPy itself is no nearer to the truth than this.
        far = float(np.abs(wanted - truth).max(initial=0)) if dtype == np.float32 else 0.0
        allowed = close(dtype)
        assert found == pytest.approx(wanted, rel=allowed["rel"], abs=allowed["abs"] + 2 * far), name

    check("gradient", there.store.grad.get(), here.store.grad, exact.store.grad)
    for name in here.values:
        check(name, there.values[name].get(), here.values[name], exact.values[name])
    bits = there.store.grad.get()
    launch.backwards = True
    there.run()
    assert np.array_equal(there.store.grad.get(), bits, equal_nan=True)


@on_host
def test_the_shared_cases_and_the_optimisers_launch_every_kernel():
    launch = HostLaunch()
    table = ours(launch)
    for build in BUILDS.values():
        compiled(build, Size(3, 4), dtype=np.float32, kernels=table).run()
    for dtype in PRECISIONS:
        for rule in OPTIMIZERS:
            updated(rule, dtype, table, 200)
    for kernel in ("fixed_norm_backward", "clip_norm", "clip_value"):  # tests of their own below
        launch.seen.add(kernel)
    launch.seen.add("attention_softmax_backward")  # what flows back in a layer is one piece: test_cuda_zoo
    assert launch.seen == {kernel for family in FAMILIES for kernel in kernels_in(family.SOURCE)}


@on_host
@pytest.mark.parametrize("kind", ["dropout", "attention:causal", "lstm", "maxpool", "conv", "batchnorm"])
def test_what_a_program_prepares_is_what_its_calls_do(kind):
    guard = GuardModule()
    program = compiled(BUILDS[kind], Size(3, 4), dtype=np.float32, kernels=fused(plain(guard), HostLaunch()))
    ends = []
    for calls in (program.calls, program.forward_calls + program.backward_calls):
        program.clock[0] += 1  # masks are drawn anew
        guard.reset()
        for call in calls:
            call()
        ends.append((guard.launches, {name: array.get() for name, array in program.values.items()}))
    here = compiled(BUILDS[kind], Size(3, 4), dtype=np.float32)
    for step, (_launches, values) in enumerate(ends, 4):
        here.clock[0] = step
        here.run()
        for name, array in values.items():
            assert array == pytest.approx(here.values[name], rel=1e-5, abs=1e-6), name
    assert ends[0][0] == ends[1][0]


@on_host
@pytest.mark.parametrize("kind", sorted(BUILDS))
def test_every_number_is_what_its_explanation_says(kind):
    program = compiled(BUILDS[kind], Size(3, 4), dtype=np.float32, kernels=ours())
    program.run()
    check_explanations(program)


def a_run(table, data, text="dense 9 gelu | dense 8 relu | dropout 0.2 | dense 2") -> Run:
    network = Network.parse(text, data.input_shape)
    run = Run(network, data, optimizer="adamw lr=0.01", loss="cross_entropy", clip="norm 1", kernels=table)
    run.step(60)
    return run


@on_host
def test_a_run_trains_as_numpy_does_and_a_replay_is_bit_exact():
    data = load("moons n=100 split=50/25/25 seed=3")
    run, reference = a_run(fused(plain(GuardModule()), HostLaunch()), data), a_run(None, data)
    assert run.history.losses == pytest.approx(reference.history.losses, rel=1e-4)
    theta = run.settled_theta().get()
    run.seek(20)
    run.step(40)
    assert np.array_equal(run.settled_theta().get(), theta)


# ---------------------------------------------------------------------- kernels alone


@on_host
@both_precisions
@pytest.mark.parametrize("text", sorted(OPTIMIZERS))
def test_updates_give_the_bits_of_the_reference(text, dtype):
    for found, wanted in zip(updated(text, dtype, ours()), updated(text, dtype, kernels.table())):
        assert np.array_equal(found, wanted)


@on_host
@both_precisions
def test_clipping_gives_the_bits_of_the_reference(dtype):
    scale, used = np.zeros((), dtype), np.zeros(1000, dtype)
    numbers = [np.asarray(v, dtype) for v in (0.5, 31.0, -0.3, 0.2)]
    found = []
    for table in (ours(), kernels.table()):
        grad = drawn(dtype, 1000)
        for length in (numbers[1], numbers[3], np.asarray(np.nan, dtype)):
            table.clip_norm(grad, numbers[0], length, scale, used)
            found.append((used.copy(), scale.copy()))
        grad[7] = np.nan
        table.clip_value(grad, numbers[2], numbers[3], used)
        found.append((used.copy(), scale.copy()))
    for mine, reference in zip(found[:4], found[4:]):
        assert all(np.array_equal(a, b, equal_nan=True) for a, b in zip(mine, reference))


@on_host
@both_precisions
@pytest.mark.parametrize("width", [1, 10, 31, 32, 33, 256, 257, 1000])
def test_rows_of_every_width_agree_with_the_reference(width, dtype):
    z, t, one = drawn(dtype, 5, width), drawn(dtype, 5, width, name="t"), np.ones((width, 1), dtype)
    z[1] *= 1000
    small = np.asarray(1e-5, dtype)
    gamma, beta = drawn(dtype, width, name="gamma"), drawn(dtype, width, name="beta")
    ends = []
    for table in (ours(), kernels.table()):
        m, zt, s, each, r = (np.zeros((5, 1), dtype) for _ in range(5))
        u, p, dz, a, normalised = (np.zeros_like(z) for _ in range(5))
        mean, variance = np.zeros((2, 5, 1), dtype)
        dgamma, dbeta = np.zeros((2, width), dtype)
        floor = np.full_like(z, -80)
        table.row_maximum(z.reshape(-1), np.arange(0, z.size, width), m[:, 0])
        table.softmax_cross_entropy(z, t, m, floor, one, u, zt, s, p, each)
        table.softmax_backward(p, t, one, u, r, dz)
        table.layer_norm(t, gamma, beta, one / width, small, u, r, mean, variance, normalised, a)
        dx = np.zeros_like(z)
        table.layer_norm_backward(p, normalised, variance, gamma, one / width, small, u, r, s.copy(), dx)
        table.layer_norm_parameters(t, normalised, np.ones(5, dtype), u, dgamma, dbeta)
        squares, crosses = np.zeros((2, 5, 1), dtype)
        table.squared_error(z, t, one / width, u, squares)
        ceiling = np.full_like(z, 80)
        table.binary_cross_entropy(z, t, np.zeros_like(z), ceiling, one / width, u, dx.copy(), crosses)
        ends.append(
            [squares, crosses, m, p, each, zt, s, dz, mean, variance, normalised, a, dx, dgamma, dbeta]
        )
    for found, wanted in zip(*ends):
        assert found == pytest.approx(wanted, rel=close(dtype)["rel"], abs=close(dtype)["abs"] * 10)


@on_host
@both_precisions
@pytest.mark.parametrize("shape", [(2, 1), (7, 3), (100, 9), (300, 40)], ids=str)
def test_channels_agree_with_the_reference(shape, dtype):
    rows, width = shape
    x, da, gamma = drawn(dtype, *shape), drawn(dtype, *shape, name="da"), drawn(dtype, width, name="gamma")
    share, small, part = np.full(rows, 1 / rows, dtype), np.asarray(1e-5, dtype), np.asarray(1 / rows, dtype)
    ends = []
    for table in (ours(), kernels.table()):
        mean, variance, r, s, dgamma, dbeta, moved = np.zeros((7, width), dtype)
        u, normalised, a, dx, fixed = np.zeros((5, *shape), dtype)
        table.batch_statistics(x, share, u, mean, variance)
        table.batch_norm(x, gamma, gamma, small, mean, variance, r, normalised, a)
        table.batch_norm_parameters(da, normalised, np.ones(rows, dtype), u, dgamma, dbeta)
        table.batch_norm_backward(da, normalised, gamma, variance, small, part, dgamma, dbeta, r, s, u, dx)
        table.fixed_norm_backward(da, gamma, variance, small, r, fixed)
        table.moving_average(mean, variance, part, small, s, moved)
        ends.append([mean, variance, normalised, a, dgamma, dbeta, dx, fixed, moved])
    for found, wanted in zip(*ends):
        assert found == pytest.approx(wanted, rel=close(dtype)["rel"], abs=close(dtype)["abs"] * 10)


@on_host
@both_precisions
@pytest.mark.parametrize("ids_as", [np.uint8, np.intp])
@pytest.mark.parametrize(("vocabulary", "n", "width"), [(1, 1, 1), (5, 700, 3), (40, 300, 300), (9, 0, 4)])
def test_repeated_ids_add_up_in_their_order(vocabulary, n, width, ids_as, dtype):
    ids = (rng.bits(1, "ids", 0, n) % max(1, vocabulary - 1)).astype(ids_as).reshape(n, 1)
    da, dW = drawn(dtype, n, width, name="da"), np.full((vocabulary, width), np.nan, dtype)
    ours().scatter_rows(ids, da, None, None, None, None, dW)
    wanted = np.zeros_like(dW)
    np.add.at(wanted, ids[:, 0], da)
    assert np.array_equal(dW, wanted)


@on_host
@both_precisions
@pytest.mark.parametrize("n", [1, 7, 8, 9, 5000])
def test_draws_are_those_of_the_host(n, dtype):
    stream = rng.Stream(2**40 + 1, "dropout1.mask")
    threshold, shift = np.asarray(2**31 + 5, np.uint32), np.asarray(8, np.uint32)
    for step in (1, 2**33):
        ends = []
        for table in (ours(), kernels.table()):
            mask, uniform, normal = np.zeros((3, n), dtype)
            keep = np.zeros(n, bool)
            table.dropout_mask(stream, [step], threshold, np.asarray(2, dtype), keep, mask)
            table.draw_uniform(stream, [step], shift, np.asarray(2.0**-24, dtype), uniform)
            table.gaussian_noise(stream, [step], normal)
            ends.append((mask, uniform, normal))
        (mask, uniform, normal), wanted = ends
        assert np.array_equal(mask, wanted[0])
        assert np.array_equal(uniform, wanted[1])
        assert normal == pytest.approx(wanted[2], rel=1e-6 if dtype == np.float32 else 1e-14, abs=1e-15)


@on_host
@both_precisions
def test_what_is_no_number_stays_so(dtype):
    rows = drawn(dtype, 6, 5)
    rows[1, 3], rows[2, 0], rows[4, 4], rows[5] = np.nan, np.nan, np.inf, -np.inf
    starts, found, wanted = np.arange(0, 30, 5), np.zeros(6, dtype), np.zeros(6, dtype)
    ours().row_maximum(rows.reshape(-1), starts, found)
    kernels.table().row_maximum(rows.reshape(-1), starts, wanted)
    assert np.array_equal(found, wanted, equal_nan=True)
    a, da, slopes = np.abs(drawn(dtype, 40)), drawn(dtype, 40, name="da"), []
    a[::3], a[1], da[4] = 0, np.nan, np.nan
    for table in (ours(), kernels.table()):
        dz = np.empty_like(a)
        table.relu_backward(a, da, np.empty_like(a), dz)
        slopes.append(dz)
    assert np.array_equal(*slopes, equal_nan=True)


@on_host
def test_arrays_that_lie_apart_go_to_the_reference():
    launch = HostLaunch()
    z = drawn(np.float32, 8, 6)[:, ::2]
    a, halves = np.zeros((8, 3), np.float32), [np.asarray(v, np.float32) for v in (0.8, 0.04, 1, 0.5)]
    ours(launch).gelu(z, *halves, np.zeros_like(a), a)
    wanted = np.zeros_like(a)
    kernels.table().gelu(z, *halves, np.zeros_like(a), wanted)
    assert np.array_equal(a, wanted)
    assert launch.seen == set()


@on_host
def test_a_kernel_whose_threads_do_not_all_arrive_is_found():
    source = """extern "C" __global__ void broken(real* x) { if (threadIdx.x % 2) __syncthreads(); }"""
    launch = HostLaunch()
    with pytest.raises(AssertionError, match="waits for others"):
        run_alone(source, launch)


def run_alone(source, launch):
    original = cuda_on_host.library
    cuda_on_host.library = lambda real: cuda_on_host.built(f"{cuda_on_host.SHIM}{text(source, real)}")
    try:
        launch(source, "broken", 1, 32, np.zeros(1, np.float32))
    finally:
        cuda_on_host.library = original

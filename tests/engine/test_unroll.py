"""The unrolled program does what its calls do, operation by operation."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from engine_cases import CASES, Size, compiled, shared

from nnlab.engine import kernels
from nnlab.engine.unroll import operations, unroll


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kind", sorted({*CASES, "shared"}))
def test_the_unrolled_program_gives_the_bits_of_its_calls(kind, dtype):
    build = CASES.get(kind, shared)
    unrolled, listed = (compiled(build, Size(3, 4), dtype=dtype) for _ in range(2))
    unrolled.run()
    for call in listed.forward_calls + listed.backward_calls:
        call()
    assert np.array_equal(unrolled.store.grad, listed.store.grad)
    for name in unrolled.values:
        assert np.array_equal(unrolled.values[name], listed.values[name]), name


def test_a_reference_kernel_becomes_its_array_operations():
    x, W, b, rows, z = (np.zeros(s, np.float32) for s in [(2, 3), (3, 4), (4,), (2, 4), (2, 4)])
    table = kernels.table()
    made = operations(partial(table.dense, x, W, b, rows, z), table)
    assert [function.__name__ for function, _args, _named in made] == ["dot", "setitem", "add"]
    assert made[2][1][2] is z


def test_what_is_not_a_reference_kernel_stays_one_call():
    seen = []
    table = kernels.table().override({"add": lambda x, y, out: seen.append((x, y, out))}, "odd")
    call = partial(table.add, 1, 2, 3)
    assert operations(call, table) == [(call.func, (1, 2, 3), {})]
    unroll([call, lambda: seen.append("own"), call], table)()
    assert seen == [(1, 2, 3), "own", (1, 2, 3)]
    unroll([], table)()


def test_every_kernel_but_the_opaque_ones_is_written_with_array_operations_alone():
    """A kernel may run through arrays it is given; anything else would run only while a program is made."""
    for name, function in kernels.REFERENCE.items():
        if name not in kernels.OPAQUE:
            assert set(function.__code__.co_names) <= set(dir(np)) | {"xp", "reduceat", "zip"}, name
            assert "BINARY_SUBSCR" not in disassembled(function), name


def disassembled(function) -> set[str]:
    import dis

    return {instruction.opname for instruction in dis.get_instructions(function)}

"""The peers of engine_step.py: the same network, data, batches and Adam in each; one process a peer.

``python engine_peers.py PEER WORKLOAD`` builds the peer, prints its first six losses as JSON, and then, for
each line with a number of seconds on its input, trains for about that long and prints the CPU time of a step
in µs.  A step takes the next rows of the epoch's shuffle out of the data, runs forward and backward, and
updates.  No peer evaluates anything.  Every peer begins with nnlab's weights and takes nnlab's batches.
"""

from __future__ import annotations

import json
import os
import sys
import time
import warnings
from collections.abc import Callable
from itertools import islice
from math import isfinite
from typing import Any

import numpy as np
from engine_cnn import CNN
from engine_gpt import GPT
from engine_growth import GROWTH
from engine_lstm import LSTM
from engine_workloads import DENSE, LR, Workload

WORKLOADS: dict[str, Workload] = {**DENSE, **CNN, "gpt": GPT, "lstm": LSTM}
PIECES = 6
"""Where a process measures two loops, it changes from one to the other so many times in a block."""
Steps = Callable[[int], float]
"""Takes n steps, returns the CPU seconds they took."""
Peer = tuple[dict[str, Steps], list[float]]
"""The loops of one process by name, and the first six losses."""


def nnlab_steps(work: Workload, run: Any, closing: bool = False) -> Steps:
    """Run as it trains; the step that closes an epoch, and evaluates, is timed only if ``closing``."""

    def whole(n: int) -> float:
        began = time.process_time()
        run.step(n)
        return time.process_time() - began

    def within_epochs(n: int) -> float:
        spent = 0.0
        while n > 0:
            room = work.steps_per_epoch - 1 - run.step_count % work.steps_per_epoch
            if room == 0:
                run.step()
                continue
            spent += whole(min(n, room))
            n -= min(n, room)
        return spent

    return whole if closing else within_epochs


def first_losses(run: Any) -> list[float]:
    losses = []
    for _ in range(6):
        run.step()
        losses.append(run.loss)
    return losses


def nnlab_peer(work: Workload) -> Peer:
    """nnlab, and beside it the bare call list on the same buffers.

    Only so is a difference of some per cent true: where a process happens to put its arrays changes the time
    of a step by more.
    """
    run = work.run()
    losses = first_losses(run)
    return {"nnlab": nnlab_steps(work, run), "bare call list": bare(work, run)}, losses


def numba_peer(work: Workload) -> Peer:
    run = work.run("numba")
    losses = first_losses(run)
    return {"nnlab with Numba kernels": nnlab_steps(work, run)}, losses


def evaluating_peer(work: Workload) -> Peer:
    run = work.run()
    losses = first_losses(run)
    return {"nnlab with evaluation": nnlab_steps(work, run, closing=True)}, losses


def bare(work: Workload, run: Any) -> Steps:
    """The run's own calls in the plainest loop that trains alike: batch, calls, update, loss kept, NaN found.

    Nothing in it is for anybody who watches, pauses, goes back or asks.
    """
    machine = run.machine
    program = machine.program(work.batch)
    update = machine.updater(program)
    load, calls, loss = machine.loader(program), program.calls, program.values["loss"]
    grad, losses, orders = run.store.grad, np.zeros(1 << 20), work.orders()
    count, batches = run.step_count, iter(())

    def steps(n: int) -> float:
        nonlocal count, batches
        began = time.process_time()
        while n > 0:
            for batch in islice(batches, n):
                load(batch)
                for call in calls:
                    call()
                count += 1
                n -= 1
                losses[count & 0xFFFFF] = value = float(loss)
                if not isfinite(value + float(grad.dot(grad))):
                    raise FloatingPointError("a number is not finite any more")
                update(count)
            if n:
                batches = iter(next(orders).reshape(-1, work.batch))
        return time.process_time() - began

    return steps


def torch_peer(
    work: Workload, name: str, fused: bool = False, compiled: bool = False, channels_last: bool = False
) -> Peer:
    import torch
    from torch.nn import functional as F

    torch.set_num_threads(1)
    model = work.torch_module()
    if channels_last:
        model = model.to(memory_format=torch.channels_last)
    rule = torch.optim.Adam(model.parameters(), lr=LR, fused=fused or None)
    numbers, ids = work.data()
    x, y = work.torch_input(numbers, channels_last), torch.from_numpy(ids)

    def forward(rows: Any) -> Any:
        return F.cross_entropy(model(x[rows]).flatten(0, -2), y[rows].flatten())

    loss_of = torch.compile(forward) if compiled else forward

    def step(rows: Any) -> Any:
        rule.zero_grad(set_to_none=True)
        loss = loss_of(rows)
        loss.backward()
        rule.step()
        return loss

    return peer(work, name, step, lambda order: torch.from_numpy(order).split(work.batch), float)


def jax_peer(work: Workload, name: str) -> Peer:
    """The whole step, the choice of its rows too, is one compiled call with donated buffers."""
    import jax
    import jax.numpy as jnp

    def loss_of(parameters: Any, x: Any, y: Any) -> Any:
        for i, (W, b) in enumerate(parameters):
            x = (jax.nn.relu(x) if i else x) @ W + b
        return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(x), y[:, None], 1))

    def update(state: Any, x: Any, y: Any, order: Any) -> Any:
        parameters, m, v, t = state
        rows = jax.lax.dynamic_slice(order, ((t % work.steps_per_epoch) * work.batch,), (work.batch,))
        loss, g = jax.value_and_grad(loss_of)(parameters, x[rows], y[rows])
        t = t + 1
        m = jax.tree.map(lambda a, b: 0.9 * a + 0.1 * b, m, g)
        v = jax.tree.map(lambda a, b: 0.999 * a + 0.001 * b * b, v, g)
        c1, c2 = 1 - 0.9**t, 1 - 0.999**t
        parameters = jax.tree.map(
            lambda p, a, b: p - LR * (a / c1) / (jnp.sqrt(b / c2) + 1e-8), parameters, m, v
        )
        return (parameters, m, v, t), loss

    parameters = jax.tree.map(jnp.asarray, work.weights())
    zeros = jax.tree.map(jnp.zeros_like, parameters)
    state = [(parameters, zeros, jax.tree.map(jnp.zeros_like, parameters), jnp.zeros((), jnp.int32))]
    x, y = map(jnp.asarray, work.data())
    compiled = jax.jit(update, donate_argnums=0)

    def step(order: Any) -> Any:
        state[0], loss = compiled(state[0], x, y, order)
        return loss

    return peer(work, name, step, lambda order: [jnp.asarray(order)] * work.steps_per_epoch, float)


def peer(
    work: Workload,
    name: str,
    step: Callable[[Any], Any],
    split: Callable[[Any], Any],
    read: Callable[[Any], float],
) -> Peer:
    """``step`` over the batches of epoch after epoch; the last loss of a block is read in its time."""
    batches = (batch for order in work.orders() for batch in split(order))

    def steps(n: int) -> float:
        began = time.process_time()
        for _ in range(n):
            loss = step(next(batches))
        read(loss)
        return time.process_time() - began

    losses = [read(step(next(batches))) for _ in range(6)]
    return {name: steps}, losses


PEERS: dict[str, Callable[[Workload], Peer]] = {
    "nnlab": nnlab_peer,
    "nnlab with evaluation": evaluating_peer,
    "nnlab with Numba kernels": numba_peer,
    "PyTorch eager": lambda work: torch_peer(work, "PyTorch eager"),
    "PyTorch fused": lambda work: torch_peer(work, "PyTorch fused", fused=True),
    "PyTorch compiled": lambda work: torch_peer(work, "PyTorch compiled", fused=True, compiled=True),
    "PyTorch channels last": lambda work: torch_peer(
        work, "PyTorch channels last", fused=True, channels_last=True
    ),
    "PyTorch channels last compiled": lambda work: torch_peer(
        work, "PyTorch channels last compiled", fused=True, compiled=True, channels_last=True
    ),
    "JAX jit": lambda work: jax_peer(work, "JAX jit"),
}


def main() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    warnings.filterwarnings("ignore")
    loops, losses = PEERS[sys.argv[1]]({**WORKLOADS, **GROWTH}[sys.argv[2]])
    for steps in loops.values():
        steps(20)
    print(json.dumps(losses), flush=True)
    pieces = PIECES if len(loops) > 1 else 1
    one, n, spent = next(iter(loops.values())), 20, 0.0
    for line in sys.stdin:
        seconds = float(line) / pieces
        while spent < seconds / 2:
            spent = one(n)
            n = max(n, int(n * min(10, seconds / max(spent, 1e-6))))
        times = dict.fromkeys(loops, 0.0)
        for _ in range(pieces):
            for name, steps in loops.items():
                times[name] += steps(n)
        print(json.dumps({name: spent / n / pieces * 1e6 for name, spent in times.items()}), flush=True)


if __name__ == "__main__":
    main()

"""Networks of ours in PyTorch: what every kind of operation is there, and whole steps of training.

A graph is followed operation by operation, forward only; gradients and updates are PyTorch's own.  A new
kind of operation needs an entry in ``TWINS``: a function of the operation, its inputs and what is drawn (the
outputs that are random, by their number), all tensors, which answers the first output.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional as F

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))

from families.images import channels_first, same
from in_torch_sequences import TWINS as SEQUENCES

torch.set_num_threads(1)  # small steps: on a busy machine threads only wait for each other

Tensor = Any
Twin = Callable[..., Tensor]


def channels_last(x: Tensor) -> Tensor:
    return x.permute(0, *range(2, x.dim()), 1)


def dense(op: Any, x: Tensor, W: Tensor, *b: Tensor) -> Tensor:
    return x @ W + b[0] if b else x @ W


def convolution(op: Any, x: Tensor, W: Tensor, *b: Tensor) -> Tensor:
    axes = W.dim() - 2
    x = channels_first(x)
    if op.pad == "same":
        x = F.pad(x, same(x.shape[2:], W.shape[:axes], op.stride, op.dilation))
    function = torch.conv2d if axes == 2 else torch.conv1d
    W = W.permute(axes + 1, axes, *range(axes))
    z = function(x, W, *b, stride=op.stride, dilation=op.dilation, groups=op.groups)
    return channels_last(z)


def max_pool(op: Any, x: Tensor) -> Tensor:
    x = channels_first(x)
    if op.pad == "same":
        x = F.pad(x, same(x.shape[2:], op.size, op.stride, (1,) * len(op.size)), value=-math.inf)
    return channels_last((F.max_pool2d if len(op.size) == 2 else F.max_pool1d)(x, op.size, op.stride))


def average_pool(op: Any, x: Tensor) -> Tensor:
    assert op.pad == "valid"
    function = F.avg_pool2d if len(op.size) == 2 else F.avg_pool1d
    return channels_last(function(channels_first(x), op.size, op.stride))


def batch_norm(op: Any, x: Tensor, gamma: Tensor, beta: Tensor, *running: Tensor) -> Tensor:
    return channels_last(F.batch_norm(channels_first(x), None, None, gamma, beta, training=True))


def slices(op: Any, x: Tensor) -> Tensor:
    taken = x.narrow(op.axis, op.start, op.stop - op.start)
    return taken.squeeze(op.axis) if op.drop else taken


def penalty(op: Any, *weights: Tensor) -> Tensor:
    return sum(op.l1 * w.abs().sum() + op.l2 / 2 * w.square().sum() for w in weights)


def token_cross_entropy(op: Any, z: Tensor, t: Tensor) -> Tensor:
    return F.cross_entropy(z.flatten(0, -2), t.flatten(), ignore_index=-1)


def divergence(op: Any, mean: Tensor, logvar: Tensor) -> Tensor:
    return (mean.square() + logvar.exp() - 1 - logvar).sum(1).mean() / 2


REAL: dict[str, Twin] = {"wasserstein": lambda z: -z, "least_squares": lambda z: (z - 1) ** 2}
FAKE: dict[str, Twin] = {"wasserstein": lambda z: z, "least_squares": lambda z: z**2}


def discriminator(op: Any, real: Tensor, fake: Tensor) -> Tensor:
    cost = REAL.get(op.game, lambda z: -F.logsigmoid(z))(real)
    return (cost + FAKE.get(op.game, lambda z: -F.logsigmoid(-z))(fake)).mean()


def generator(op: Any, fake: Tensor) -> Tensor:
    if op.game == "minimax":
        return F.logsigmoid(-fake).mean()
    return REAL.get(op.game, lambda z: -F.logsigmoid(z))(fake).mean()


def returns(op: Any, r: Tensor) -> Tensor:
    later, found = torch.zeros_like(r[:, 0]), []
    for t in reversed(range(r.shape[1])):
        later = r[:, t] + op.gamma * later
        found.append(later)
    return torch.stack(found[::-1], 1)


def advantage(op: Any, G: Tensor, actions: Tensor) -> Tensor:
    done = actions >= 0
    return (G - op.share * G[done].mean()) * done


def reinforce(op: Any, z: Tensor, actions: Tensor, A: Tensor) -> Tensor:
    walks = torch.distributions.Categorical(logits=z)
    said = walks.log_prob(actions.clamp(min=0))
    return -(said * A * (actions >= 0)).sum() / len(z)


TWINS: dict[str, Twin] = {
    **SEQUENCES,
    "add": lambda op, x, y: x + y,
    "advantage": advantage,
    "avgpool": average_pool,
    "batchnorm": batch_norm,
    "bce": lambda op, z, t: F.binary_cross_entropy_with_logits(z, t),
    "bias": lambda op, x, b: x + b,
    "concat": lambda op, *x: torch.cat(x, op.axis),
    "conv": convolution,
    "cross_entropy": lambda op, z, t: F.cross_entropy(z, t),
    "dense": dense,
    "detach": lambda op, x: x.detach(),
    "discriminator": discriminator,
    "dot": lambda op, x, y: (x * y).sum(1, keepdim=True),
    "dropout": lambda op, x, *, drawn: x * drawn[1],
    "embedding": lambda op, ids, W: W[ids],
    "flatten": lambda op, x: x.flatten(1),
    "gaussian_sample": lambda op, mean, logvar, *, drawn: mean + (logvar / 2).exp() * drawn[2],
    "gelu": lambda op, x: F.gelu(x, approximate="tanh"),
    "generator": generator,
    "globalavgpool": lambda op, x: x.mean(tuple(range(1, x.dim() - 1))),
    "globalmaxpool": lambda op, x: x.amax(tuple(range(1, x.dim() - 1))),
    "graph": lambda op, x, A: A @ x,
    "hinge": lambda op, z, t: (1 - (2 * t - 1) * z).clamp(min=0).mean(),
    "huber": lambda op, a, t: F.huber_loss(a, t, delta=op.delta),
    "identity": lambda op, x: x,
    "kl": divergence,
    "layernorm": lambda op, x, gamma, beta: F.layer_norm(x, gamma.shape, gamma, beta),
    "leaky_relu": lambda op, x: F.leaky_relu(x, op.slope),
    "maxpool": max_pool,
    "mse": lambda op, a, t: F.mse_loss(a, t),
    "mul": lambda op, x, y: x * y,
    "penalty": penalty,
    "reinforce": reinforce,
    "relu": lambda op, x: F.relu(x),
    "returns": returns,
    "reshape": lambda op, x: x.reshape(len(x), *op.outputs[0].shape[1:]),
    "scale": lambda op, x: x * op.factor,
    "sigmoid": lambda op, x: torch.sigmoid(x),
    "slice": slices,
    "softmax": lambda op, x: torch.softmax(x, 1),
    "stack": lambda op, *x: torch.stack(x, op.axis),
    "tanh": lambda op, x: torch.tanh(x),
    "token_cross_entropy": token_cross_entropy,
    "total": lambda op, *x: sum(w * each for w, each in zip(op.weights, x)),
    "transpose": lambda op, x: x.permute(0, *op.order),
}

OPTIMIZERS: dict[str, Callable[[list[Tensor], Any], Any]] = {
    "gd": lambda p, rule: torch.optim.SGD(p, rule.lr),
    "sgd": lambda p, rule: torch.optim.SGD(p, rule.lr),
    "momentum": lambda p, rule: torch.optim.SGD(p, rule.lr, momentum=rule.values["mu"]),
    "nesterov": lambda p, rule: torch.optim.SGD(p, rule.lr, momentum=rule.values["mu"], nesterov=True),
    "rmsprop": lambda p, rule: torch.optim.RMSprop(
        p, rule.lr, alpha=rule.values["alpha"], eps=rule.values["eps"]
    ),
    "adam": lambda p, rule: torch.optim.Adam(p, rule.lr, _betas(rule), rule.values["eps"]),
    "adamw": lambda p, rule: torch.optim.AdamW(
        p, rule.lr, _betas(rule), rule.values["eps"], rule.values["weight_decay"]
    ),
}


def _betas(rule: Any) -> tuple[float, float]:
    return rule.values["beta1"], rule.values["beta2"]


def forward(graph: Any, root: str, leaves: Mapping[str, Tensor], parameters: Mapping[str, Tensor]) -> Tensor:
    """The value ``root`` from parameters and from every other leaf of the graph, by their names."""
    known = {**leaves, **parameters}
    wanted = _needed(graph, root)
    for op in graph.operations:
        if op not in wanted or op.outputs[0].name in known:
            continue
        drawn = {k: known[value.name] for k, value in enumerate(op.outputs) if value.name in known}
        inputs = [known[value.name] for value in op.inputs]
        found = TWINS[op.kind](op, *inputs, **({"drawn": drawn} if drawn else {}))
        known[op.outputs[0].name] = found
    return known[root]


def _needed(graph: Any, root: str) -> list[Any]:
    """The operations that ``root`` depends on."""
    wanted, names = [], {root}
    for op in reversed(graph.operations):
        if any(value.name in names for value in op.outputs):
            wanted.append(op)
            names |= {value.name for value in op.inputs}
    return wanted


def train(run: Any, start: Mapping[str, Any], steps: Sequence[Any]) -> tuple[list[float], dict[str, Any]]:
    """The losses of ``steps`` (see zoo_steps) from the parameters ``start``, and the parameters then."""
    machine = run.machine
    parameters = {name: torch.from_numpy(w.copy()).requires_grad_() for name, w in start.items()}
    rules: dict[Any, Any] = {}
    losses = []
    for step in steps:
        turn = machine.turn(step.number)
        mine = [p for name, p in parameters.items() if turn.wrt is None or name in turn.wrt]
        rule = rules.setdefault(turn, None) or OPTIMIZERS[machine.optimizer.name](mine, machine.optimizer)
        rules[turn] = rule
        leaves = {name: torch.from_numpy(array) for name, array in step.leaves.items()}
        loss = forward(machine.graph, turn.root, leaves, parameters)
        gradients = torch.autograd.grad(loss, mine, allow_unused=True)
        for p, gradient in zip(mine, gradients):
            # Ours has a gradient of 0 where PyTorch has none.
            p.grad = torch.zeros_like(p) if gradient is None else gradient
        _clip(machine, mine)
        rule.param_groups[0]["lr"] = machine.lr(step.number)
        rule.step()
        losses.append(loss.item())
    return losses, {name: p.detach().numpy() for name, p in parameters.items()}


def _clip(machine: Any, parameters: list[Tensor]) -> None:
    if machine.clip is None:
        return
    kind, limit = machine.clip.text.split()
    if kind == "norm":
        torch.nn.utils.clip_grad_norm_(parameters, float(limit))
    else:
        torch.nn.utils.clip_grad_value_(parameters, float(limit))

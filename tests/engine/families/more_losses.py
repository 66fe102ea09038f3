"""Losses with margins, Huber's, Gaussian codes, adversarial games, products of rows, weighted totals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from case_kit import Case, Size, nothing, parameter, rows, squared, uniform

from nnlab.engine.operation import Operation
from nnlab.engine.ops import (
    GAMES,
    BinaryCrossEntropy,
    DiscriminatorLoss,
    Dot,
    GaussianKL,
    GaussianSample,
    GeneratorLoss,
    Hinge,
    Huber,
    MeanSquaredError,
    MultiHinge,
    Penalty,
    SoftmaxCrossEntropy,
    Total,
    Triplet,
)
from nnlab.engine.program import Program
from nnlab.engine.values import Graph, Role

Named = Mapping[str, Any]
Fill = Callable[[Program, int], dict[str, Any]]


def one_hot(program: Program, seed: int) -> dict[str, Any]:
    classes = program.values["target"].shape[1]
    return {"target": np.eye(classes)[uniform(program, "target", seed)[:, 0].argsort() % classes]}


def yes_no(program: Program, seed: int) -> dict[str, Any]:
    return {"target": uniform(program, "target", seed).round()}


def loss(make: Callable[[str], Operation], twin: Callable[[Any, Any], Any], fill: Fill = nothing) -> Case:
    """x and target → loss; ``twin`` takes both as tensors."""

    def build(graph: Graph, size: Size) -> str:
        x = rows(graph, size)
        return graph.apply(make("loss"), x, graph.value("target", x.shape, Role.TARGET))[0].name

    return Case(build, lambda p, c: twin(p["x"], c["target"]), fill)


def image(graph: Graph, size: Size) -> str:
    """A loss of examples with two axes."""
    x = parameter(graph, "x", size.batch, size.width, 2)
    return graph.apply(Huber("loss", delta=0.3), x, graph.value("target", x.shape, Role.TARGET))[0].name


def counted(make: Callable[[str], Operation], twin: Callable[[Any, Any], Any], fill: Fill = nothing) -> Case:
    """0.3·loss + 2·penalty: the weight stands before everything that flows back."""

    def build(graph: Graph, size: Size) -> str:
        x = rows(graph, size)
        (cost,) = graph.apply(Penalty("penalty", l1=0.2, l2=0.5), x)
        (first, *_rest) = graph.apply(make("loss"), x, graph.value("target", x.shape, Role.TARGET))
        return graph.apply(Total("total", weights=(0.3, 2.0)), first, cost)[0].name

    def both(p: Named, c: Named) -> Any:
        x = p["x"]
        return 0.3 * twin(x, c["target"]) + 2 * (0.2 * x.abs().sum() + 0.25 * x.pow(2).sum())

    return Case(build, both, fill)


def functional(name: str, **named: Any) -> Callable[[Any, Any], Any]:
    def twin(x: Any, t: Any) -> Any:
        import torch

        return getattr(torch.nn.functional, name)(x, t, **named)

    return twin


def hinge(x: Any, t: Any) -> Any:
    return (1 - (2 * t - 1) * x).clamp(min=0).mean()


def multi_hinge(x: Any, t: Any) -> Any:
    return functional("multi_margin_loss")(x, t.argmax(1))


def columns(make: Callable[[str], Operation], *names: str) -> Callable[[Graph, Size], str]:
    """Logits (batch, 1) by name → loss."""

    def build(graph: Graph, size: Size) -> str:
        return graph.apply(make("loss"), *(parameter(graph, name, size.batch, 1) for name in names))[0].name

    return build


def likely(x: Any) -> Any:
    import torch

    return -torch.nn.functional.logsigmoid(x)


REAL: dict[str, Callable[[Any], Any]] = {
    "minimax": likely,
    "non_saturating": likely,
    "least_squares": lambda x: (x - 1).pow(2) / 2,
    "wasserstein": lambda x: -x,
}
GENERATED: dict[str, Callable[[Any], Any]] = {
    "minimax": lambda x: likely(-x),
    "non_saturating": lambda x: likely(-x),
    "least_squares": lambda x: x.pow(2) / 2,
    "wasserstein": lambda x: x,
}


def discriminator(game: str) -> Case:
    return Case(
        columns(partial(DiscriminatorLoss, game=game), "real", "generated"),
        lambda p, c: (REAL[game](p["real"]) + GENERATED[game](p["generated"])).mean(),
    )


def generator(game: str) -> Case:
    cost = (lambda x: -likely(-x)) if game == "minimax" else REAL[game]
    return Case(columns(partial(GeneratorLoss, game=game), "z"), lambda p, c: cost(p["z"]).mean())


def triplet(graph: Graph, size: Size) -> str:
    three = [parameter(graph, name, size.batch, size.width) for name in ("a", "p", "n")]
    return graph.apply(Triplet("loss", margin=0.7), *three)[0].name


def triplet_twin(p: Named, c: Named) -> Any:
    near, far = ((p["a"] - p[name]).pow(2).sum(1) for name in ("p", "n"))
    return (near - far + 0.7).clamp(min=0).mean()


def dot(graph: Graph, size: Size) -> str:
    return squared(
        graph, graph.apply(Dot("layer1"), rows(graph, size), parameter(graph, "y", size.batch, size.width))[0]
    )


def sample(graph: Graph, size: Size) -> str:
    logvar = parameter(graph, "logvar", size.batch, size.width)
    return squared(graph, graph.apply(GaussianSample("layer1"), rows(graph, size), logvar)[0])


def sample_twin(p: Named, c: Named) -> Any:
    a = p["x"] + (p["logvar"] / 2).exp() * c["layer1.eps"]
    return (a - c["target"]).pow(2).mean()


def kl(graph: Graph, size: Size) -> str:
    logvar = parameter(graph, "logvar", size.batch, size.width)
    return graph.apply(GaussianKL("kl"), rows(graph, size), logvar)[0].name


def kl_twin(p: Named, c: Named) -> Any:
    import torch
    from torch.distributions import Normal, kl_divergence

    mean, std = p["x"], (p["logvar"] / 2).exp()
    standard = Normal(torch.zeros_like(mean), torch.ones_like(std))
    return kl_divergence(Normal(mean, std), standard).sum(1).mean()


def code(graph: Graph, size: Size) -> str:
    """The loss of a variational autoencoder: a squared error and 0.1 of the divergence, on one code."""
    mean, logvar = rows(graph, size), parameter(graph, "logvar", size.batch, size.width)
    squared(graph, graph.apply(GaussianSample("layer1"), mean, logvar)[0])
    (cost, *_stages) = graph.apply(GaussianKL("kl"), mean, logvar)
    return graph.apply(Total("total", weights=(1.0, 0.1)), graph.values["loss"], cost)[0].name


CASES = {
    "hinge": loss(Hinge, hinge, yes_no),
    "multi_hinge": loss(MultiHinge, multi_hinge, one_hot),
    "huber": loss(Huber, functional("huber_loss")),
    "huber:small delta": loss(partial(Huber, delta=0.3), functional("huber_loss", delta=0.3)),
    "huber:two axes": Case(image, lambda p, c: functional("huber_loss", delta=0.3)(p["x"], c["target"])),
    "triplet": Case(triplet, triplet_twin),
    "dot": Case(dot, lambda p, c: ((p["x"] * p["y"]).sum(1, keepdim=True) - c["target"]).pow(2).mean()),
    "gaussian_sample": Case(sample, sample_twin),
    "kl": Case(kl, kl_twin),
    **{f"discriminator:{game}": discriminator(game) for game in GAMES},
    **{f"generator:{game}": generator(game) for game in GAMES},
    "total:code": Case(code, lambda p, c: sample_twin(p, c) + 0.1 * kl_twin(p, c)),
    "total:mse": counted(MeanSquaredError, functional("mse_loss")),
    "total:bce": counted(BinaryCrossEntropy, functional("binary_cross_entropy_with_logits"), yes_no),
    "total:cross_entropy": counted(SoftmaxCrossEntropy, functional("cross_entropy"), one_hot),
    "total:hinge": counted(Hinge, hinge, yes_no),
    "total:multi_hinge": counted(MultiHinge, multi_hinge, one_hot),
    "total:huber": counted(Huber, functional("huber_loss")),
}

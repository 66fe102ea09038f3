"""What a run makes smaller, and by changing what: the graph with its losses, and whose turn it is.

Most runs have one loss and change every parameter at every step.  Frozen layers keep theirs; where two
networks play against each other, such as a generator and a discriminator, they take turns, one step each:
the graph holds both losses, and a turn names the one it looks at and the parameters it may change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnlab.engine import ops
from nnlab.engine.values import BATCH, Graph, Role, Value
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.network import Network, shape_text
from nnlab.training.distillation import distils, soft_loss
from nnlab.training.streams import check_streams

if TYPE_CHECKING:
    from nnlab.data import Dataset
    from nnlab.training.config import RunConfig


@dataclass(frozen=True, slots=True)
class Turn:
    """One kind of step: ``root`` names the value whose gradient is taken, ``wrt`` the parameters that change.

    None stands for all of them.  ``player`` tells turns apart where there are several, ``pace`` multiplies
    the learning rate, and ``limit``, where it is not 0, bounds the parameters after the update.
    """

    root: str
    wrt: frozenset[str] | None = None
    player: str = ""
    pace: float = 1.0
    limit: float = 0.0


@dataclass(frozen=True, slots=True)
class Objective:
    """``turns`` follow one another step by step, round and round; ``output`` is what the network answers.

    ``made`` is what a generator makes, "" where there is none.
    """

    graph: Graph
    turns: tuple[Turn, ...]
    output: str
    made: str = ""


def objective(network: Network, config: RunConfig, target_shape: Sequence[int], discrete: bool) -> Objective:
    """The graph of ``network`` with the loss and the penalties of ``config`` behind it.

    ``target_shape`` is that of one example's target, ``discrete`` whether it holds class ids.
    """
    if network.duel:
        return _duel(network, config)
    require_players(network, config)
    graph = Graph()
    out = network.build(graph)
    target = graph.value("target", (BATCH, *target_shape), Role.TARGET, discrete=discrete)
    loss = config.loss_rule.add(graph, out, target)
    trained = trained_parameters(network, config)
    weights: list[Value] = [p for p in graph.parameters if len(p.shape) > 1]
    if trained is not None:
        weights = [p for p in weights if p.name in trained]
    costs, share = list(graph.costs), 1.0
    if distils(config.loss_rule):
        costs.append(soft_loss(graph, out, config.loss_rule))
        share = 1 - config.loss_rule.values["weight"]
    if (config.l1 or config.l2) and weights:
        costs.append((graph.apply(ops.Penalty("penalty", config.l1, config.l2), *weights)[0], 1.0))
    if costs:
        values, counts = zip(*costs)
        (loss,) = graph.apply(ops.Total("total", (share, *counts)), loss, *values)
    return Objective(graph, (Turn(loss.name, trained),), out.name)


def _duel(network: Network, config: RunConfig) -> Objective:
    """The game of a generator and a discriminator: a loss and a turn for each."""
    graph, rule = Graph(), config.loss_rule
    duel = network.build_duel(graph)
    graph.value("target", (BATCH, 1), Role.TARGET)
    (loss, *_stages) = graph.apply(rule.operation(), duel.real, duel.fake)
    (fooling, *_stages) = graph.apply(ops.GeneratorLoss("generator_loss", game=rule.kind.name), duel.fake)
    trained = trained_parameters(network, config)
    players = {name: names if trained is None else names & trained for name, names in duel.players.items()}
    limit = rule.values.get("limit", 0.0)
    judge = Turn(loss.name, players["discriminator"], "discriminator", limit=limit)
    forge = Turn(fooling.name, players["generator"], "generator", rule.values["pace"])
    rounds = int(rule.values["rounds"])
    turns = {"both": (*[judge] * rounds, forge), "discriminator": (judge,), "generator": (forge,)}
    return Objective(graph, turns[config.turns], duel.fake.name, duel.made.name)


def require_players(network: Network, config: RunConfig) -> None:
    """Raise NnlabError where one network is to take turns with nobody."""
    if config.turns != "both" and not network.duel:
        raise NnlabError(_("there is only one network here; turns are for a generator and a discriminator"))


def trained_parameters(network: Network, config: RunConfig) -> frozenset[str] | None:
    """Names of the parameters outside the frozen layers; None where no layer is frozen.

    Raises NnlabError for layers that do not exist, and where nothing is left to train.
    """
    frozen = config.freeze.split()
    if not frozen:
        return None
    for name in frozen:
        if name not in network.names:
            raise NnlabError(
                _(
                    "there is no layer {name} to freeze; there are {known}",
                    name=name,
                    known=", ".join(network.names),
                )
            )
    left = frozenset(p.name for p in network.graph.parameters if p.layer not in frozen)
    if not left:
        raise NnlabError(_("every layer with parameters is frozen; leave one free to train"))
    return left


def check_batches(network: Network, config: RunConfig, data: Dataset) -> None:
    """Raise NnlabError where a layer cannot be trained on batches as ``config`` makes them."""
    size = config.rows(data)
    check_streams(network, data, size)
    for operation in network.graph.operations:
        if sentence := operation.refuses(size):
            raise NnlabError(sentence)


def _ends_wrongly(network: Network, axes: int) -> str:
    """What to say of an output with another number of axes than the target."""
    shape = shape_text(network.output_shape)
    if axes == 1 and len(network.output_shape) == 2:
        return _(
            "the network ends in shape {shape}, an answer at each of {steps} steps, and each example has "
            "one target; keep the last step alone (no “all” in the last recurrent layer, or last before "
            "the dense layers)",
            shape=shape,
            steps=network.output_shape[0],
        )
    return _(
        "the network ends in shape {shape}; end it in a dense layer so that the loss has a row to read",
        shape=shape,
    )


def check_output(network: Network, config: RunConfig, target_shape: Sequence[int]) -> None:
    """Raise NnlabError where the loss cannot read what the network gives."""
    if network.duel != (config.loss_rule.kind.targets == "none"):
        raise NnlabError(
            _(
                "loss {loss} is a game of a generator and a discriminator, and there is only one network; "
                "write noise 2 | … | versus | …",
                loss=config.loss,
            )
            if not network.duel
            else _(
                "a generator and a discriminator play a game; loss {loss} is none, choose non_saturating",
                loss=config.loss,
            )
        )
    if config.loss_rule.kind.targets not in ("tokens", "none") and len(network.output_shape) != len(
        target_shape
    ):
        raise NnlabError(_ends_wrongly(network, len(target_shape)))

"""Walks through a small world by the network that learns from them: an example is an episode."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np

from nnlab.classic.worlds import World, world
from nnlab.data.assemble import Raw
from nnlab.data.dataset import NO_TARGET, Split
from nnlab.data.generated.draws import Options
from nnlab.data.live import Array, Ask, Columns, Draw, Story, Told
from nnlab.engine.address import Address
from nnlab.engine.expression import Expression, Reference, call, ref, total
from nnlab.engine.rng import Stream
from nnlab.i18n import N_, _

REWARD = N_("reward")
"""What a walk brings in all, not discounted."""


@dataclass(frozen=True)
class Walks:
    """Episodes of the world ``name``, each from its start until it ends or an example is full.

    At every moment the network is asked with what has happened so far, and the action is the first whose
    running sum of π is above the mark, a draw of [0, 1) times the whole sum.
    """

    name: str

    loss = "reinforce"
    metric = REWARD
    ahead = False
    rule = "a ~ π(·|s),  s′ and r from the world"

    @property
    def writes(self) -> tuple[str, ...]:
        return VALUES

    @cached_property
    def world(self) -> World:
        return world(self.name)

    @cached_property
    def rules(self) -> tuple[Array, Array, Array]:
        """(states, actions): where an action leads, what it brings, whether all is over then."""
        place = self.world
        shape = place.states, len(place.actions)
        after, reward, over = np.zeros(shape, np.int64), np.zeros(shape, np.float32), np.ones(shape, bool)
        for state in range(place.states):
            for action in place.legal(state):
                outcome = place.step(state, action)
                after[state, action], reward[state, action] = outcome.state, outcome.reward
                over[state, action] = outcome.done
        return after, reward, over

    @cached_property
    def places(self) -> Array:
        """Where states lie on a map, (states, 2): to the right, and up."""
        width = getattr(self.world, "width", self.world.states)
        row, column = np.divmod(np.arange(self.world.states), width)
        return np.stack([column, row.max() - row], axis=1).astype(np.float64)

    @property
    def directions(self) -> Array:
        """Which way actions lead on that map, (actions, 2)."""
        ways = {"up": (0, 1), "right": (1, 0), "down": (0, -1), "left": (-1, 0)}
        return np.array([ways[action] for action in self.world.actions], np.float64)

    @property
    def kinds(self) -> tuple[Array, tuple[str, ...]]:
        """What lies in each state, (states,), as places among the names that follow."""
        names = (N_("way"), N_("start"), N_("goal"), N_("pit"), N_("wall"))
        after, reward, over = self.rules
        found = np.full(self.world.states, names.index("wall"))
        for state in range(self.world.states):
            for action in self.world.legal(state):
                found[state] = names.index("way")
                if over[state, action]:
                    found[after[state, action]] = names.index("goal" if reward[state, action] > 0 else "pit")
        found[self.world.start] = names.index("start")
        return found, names

    def fill(self, batch: Columns, ask: Ask, draw: Draw, step: int) -> None:
        """Walk until all walks are over: ``input`` (B, T, states) one-hot, ``target`` (B, T) the actions,
        ``rewards`` and ``draws`` (B, T), ``policy`` (B, T, actions); behind an end all but draws is empty.
        """
        x, action, rewards, draws, policy = (batch[name] for name in VALUES)
        x[...], action[...], rewards[...], policy[...] = 0, NO_TARGET, 0, 0
        draw(draws)
        after, reward, over = self.rules
        state, going = np.full(len(x), self.world.start), np.arange(len(x))
        for t in range(x.shape[1]):
            x[going, t, state[going]] = 1
            policy[going, t] = ask()[going, t]
            # In float64, as explanations add: no rounding can choose another action there than here.
            summed = policy[going, t].astype(np.float64).cumsum(1)
            mark = draws[going, t].astype(np.float64) * summed[:, -1]
            chosen = (summed[:, :-1] <= mark[:, None]).sum(1)
            here = state[going]
            action[going, t], rewards[going, t] = chosen, reward[here, chosen]
            state[going] = after[here, chosen]
            going = going[~over[here, chosen]]
            if not len(going):
                return

    def score(self, batch: Columns) -> float:
        return float(batch["rewards"].sum(1, dtype=np.float64).mean())

    def story(self, values: Columns, n: int) -> Story:
        """What was done at each moment of walk ``n``, how probable it was, what it brought and costs."""
        told = [(head, name) for head, name in TOLD if name in values]
        rows = []
        for t in range(int((values["target"][n] >= 0).sum())):
            action = int(values["target"][n, t])
            chance = f"{float(values['policy'][n, t, action]):.4g}"
            numbers = (f"{float(values[name][n, t]):.4g}" for _head, name in told)
            rows.append((str(t), str(self._state(values, n, t)), self._did(values, n, t), chance, *numbers))
        heads = (_("moment"), _("state"), _("action"), "π(a|s)", *(head for head, _name in told))
        return Story(tuple(map(str, heads)), tuple(rows), "rr r" + "r" * len(told))

    # ------------------------------------------------------------------ why

    def explain(self, batch: Columns, address: Address) -> Told | None:
        if address.value not in VALUES or not set(VALUES) <= set(batch):
            return None
        n, t, *_rest = address.index
        if address.value == "draws":
            return Told(_("uniform between 0 and 1"), None, _("a draw, fixed by the seed and the step"))
        if batch["target"][n, t] < 0 and not (address.value == "input" and batch["input"][n, t].any()):
            return Told(_("nothing"), None, _("the walk was over before this moment"))
        return getattr(self, f"_{address.value}")(batch, *address.index)  # type: ignore[no-any-return]

    def _at(self, batch: Columns, name: str, *index: int) -> Reference:
        return ref(Address(name, index), float(batch[name][index]))

    def _state(self, batch: Columns, n: int, t: int) -> int:
        return int(batch["input"][n, t].argmax())

    def _did(self, batch: Columns, n: int, t: int) -> str:
        return self.world.actions[int(batch["target"][n, t])]

    def _input(self, batch: Columns, n: int, t: int, state: int) -> Told:
        formula = _("1 for the state the walk is in, 0 for all others")
        if t == 0:
            return Told(formula, None, _("a walk begins in state {state}", state=self.world.start))
        note = _(
            "from state {before} the action “{action}” leads to state {state}",
            before=self._state(batch, n, t - 1),
            action=self._did(batch, n, t - 1),
            state=self._state(batch, n, t),
        )
        return Told(formula, None, note)

    def _rewards(self, batch: Columns, n: int, t: int) -> Told:
        note = _(
            "what the world gives for “{action}” in state {state}",
            action=self._did(batch, n, t),
            state=self._state(batch, n, t),
        )
        return Told(_("rule of the world"), None, note)

    def _policy(self, batch: Columns, n: int, t: int, action: int) -> Told:
        note = _(
            "the network’s probability of “{action}” when the walk was there, with the weights that the step "
            "began with; loss.p is the same from the pass that learns",
            action=self.world.actions[action],
        )
        return Told("π(a|s) = softmax(z)", None, note)

    def _target(self, batch: Columns, n: int, t: int) -> Told:
        p = partial(self._at, batch, "policy", n, t)
        actions = range(len(self.world.actions))
        mark = self._at(batch, "draws", n, t) * total([p(a) for a in actions])
        passed: list[Expression] = [
            call("[≥ 0]", mark - total([p(b) for b in range(a + 1)])) for a in actions[:-1]
        ]
        note = _("the action is “{action}”", action=self._did(batch, n, t))
        return Told(_("action = how many running sums of π the mark has passed"), total(passed), note)


TOLD = (("r", "rewards"), ("G", "returns.G"), ("A = G − b", "baseline.A"), ("−ln π·A", "loss.each"))
"""What is said of a moment: how it is headed, and the value it stands in."""
VALUES = ("input", "target", "rewards", "draws", "policy")


def walks(name: str, options: Options) -> Raw:
    """Episodes as examples; those that stand here before a network walks are of one that chooses blindly.

    x (n, T, states), y (n, T) the actions, −1 behind the end; further inputs as :meth:`Walks.fill` says.
    """
    live = Walks(name.removesuffix("-walks"))
    place, rows, moments = live.world, int(options["n"]), int(options["length"])
    actions = len(place.actions)
    batch: dict[str, Any] = {
        "input": np.zeros((rows, moments, place.states), np.float32),
        "target": np.full((rows, moments), NO_TARGET, np.int64),
        "rewards": np.zeros((rows, moments), np.float32),
        "draws": np.zeros((rows, moments), np.float32),
        "policy": np.zeros((rows, moments, actions), np.float32),
    }
    blind = np.full((rows, moments, actions), 1 / actions, np.float32)
    stream = Stream(int(options["seed"]), "walks")
    live.fill(batch, lambda: blind, partial(stream.uniform_into, 0), 0)
    note = _(
        "the rows shown are walks of a network that chooses blindly; a run makes those of every step anew, "
        "with the network as it is then"
    )
    everything, none = np.arange(rows), np.arange(0)
    x, y = batch.pop("input"), batch.pop("target")
    return Raw(
        x, y, "tokens", target_vocabulary=place.actions, axes=("moment", "state"), notes=(note,),
        inputs=batch, split=Split(everything, none, none), live=live,
    )  # fmt: skip

"""Learners without gradients: clusters, neighbours, components, trees, tables of what moves are worth."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from nnlab.i18n import N_, _
from nnlab.network.zoo.learner import Learner, Measured, Step

RESTARTS = 10
K_NEAREST = 5
CODE = 8
DEPTH = 4
LEAF = 5
TREES = 60


def _clusters(seed: int) -> Iterator[Step]:
    """k-means from several beginnings; the last step is the end with the least inertia."""
    from nnlab.classic import kmeans
    from nnlab.data import load

    x, y = load("digits scale=unit").part("train")

    def measure(state: kmeans.Clusters) -> Measured:
        return {"purity": kmeans.purity(state.labels, y), "inertia": state.inertia}

    ends: list[kmeans.Clusters] = []
    for restart in range(RESTARTS):
        for state in kmeans.fit(x, 10, seed, restart):
            what = {
                "seed": _("centroid {n} is placed on a point", n=len(state.centroids)),
                "assign": _("{n} points change their centroid", n=state.changed),
                "update": _("every centroid goes to the middle of its points"),
            }[state.move]
            text = _(
                "start {n}: {what}; inertia {inertia:.1f}", n=restart + 1, what=what, inertia=state.inertia
            )
            yield Step(text, partial(measure, state))
        ends.append(state)
    best = min(ends, key=lambda end: end.inertia)
    yield Step(_("the best start: inertia {inertia:.1f}", inertia=best.inertia), partial(measure, best))


def _neighbours(seed: int) -> Iterator[Step]:
    """Each digit of the test part looks for those that are nearest to it; nothing is learnt before."""
    from nnlab.classic.neighbours import Neighbours
    from nnlab.data import load

    data = load("digits scale=unit")
    model, (queries, truth) = Neighbours(*data.part("train"), k=K_NEAREST), data.part("test")
    right = 0
    for n, (query, digit) in enumerate(zip(queries, truth), 1):
        near = model.nearest(query)
        said = int(model.classify(query[None])[0])
        right += int(said == digit)
        text = _(
            "digit {n}: nearest are {near}, so it is a {said}; really a {digit}",
            n=n,
            near=" ".join(f"{one.target:.0f}" for one in near),
            said=said,
            digit=digit,
        )
        yield Step(text, partial(dict, {"test_accuracy": right / n}))


def _components(seed: int) -> Iterator[Step]:
    """Directions one after the other, each that in which digits differ most beside those before it."""
    from nnlab.classic import pca
    from nnlab.data import load

    data = load("digits scale=unit")
    found, (other, _digits) = pca.fit(data.part("train")[0]), data.part("test")

    def measure(k: int) -> Measured:
        first = found.first(k)
        return {"test_loss": float(((first.restore(first.code(other)) - other) ** 2).mean())}

    for k in range(1, CODE + 1):
        text = _(
            "component {k} holds {share:.1%} of the variance, all so far {all:.1%}",
            k=k,
            share=float(found.share[k - 1]),
            all=float(found.share[:k].sum()),
        )
        yield Step(text, partial(measure, k))


def _tree(seed: int) -> Iterator[Step]:
    """A tree looks at one node after another and asks the question that parts it best."""
    from nnlab.classic import tree
    from nnlab.data import load
    from nnlab.engine.expression import number

    data = load("clinic8")
    (x, y), (other, truth) = data.part("train"), data.part("test")

    def measure(grown: tree.Tree) -> Measured:
        return {"test_accuracy": float((grown.classify(other) == truth).mean())}

    for growth in tree.grow(x, y, 2, depth=DEPTH, min_leaf=LEAF):
        node = growth.tree.nodes[growth.node]
        if node.split is None:
            text = _("node {n}, {rows} rows: a leaf", n=growth.node, rows=node.size)
        else:
            gain = growth.tree.explain_gain(growth.node)
            text = _(
                "node {n}, {rows} rows: {name} ≤ {threshold:.4g}? gain {gain} = {value}",
                n=growth.node,
                rows=node.size,
                name=data.feature_names[node.split.feature],
                threshold=node.split.threshold,
                gain=gain.numbers(),
                value=number(gain.evaluate()),
            )
        yield Step(text, partial(measure, growth.tree))


def _forest(seed: int) -> Iterator[Step]:
    """One tree more, from other rows and other questions; all are asked together."""
    from nnlab.classic import forest
    from nnlab.data import load

    data = load("clinic8")
    (x, y), (other, truth) = data.part("train"), data.part("test")

    def measure(grown: forest.Forest) -> Measured:
        return {"test_accuracy": float((grown.classify(other) == truth).mean())}

    for grown in forest.grow_forest(x, y, 2, trees=TREES, seed=seed, min_leaf=LEAF):
        text = _(
            "tree {n} has {nodes} nodes; by rows a tree did not see, {share:.1%} are right",
            n=len(grown.trees),
            nodes=len(grown.trees[-1].nodes),
            share=grown.out_of_bag(y),
        )
        yield Step(text, partial(measure, grown))


def _table(name: str, episodes: int, alpha: float, gamma: float, epsilon: float, seed: int) -> Iterator[Step]:
    """Q-learning in the world ``name``: every move, with the arithmetic of what it teaches."""
    from nnlab.classic import qlearning
    from nnlab.classic.worlds import world
    from nnlab.engine.expression import number

    place = world(name)

    def measure(update: qlearning.Update) -> Measured:
        *_sweeps, true = qlearning.sweep(place, gamma)
        moves = [s for s in range(place.states) if place.legal(s)]
        hits = [
            qlearning.best(place, update.q, s)[0] in qlearning.best(place, true.round(9), s) for s in moves
        ]
        return {
            "moves_to_end": float(len(qlearning.greedy_path(place, update.q)) - 1),
            "best_moves": sum(hits) / len(hits),
        }

    for update in qlearning.learn(place, episodes, alpha=alpha, gamma=gamma, epsilon=epsilon, seed=seed):
        rule = qlearning.explain_update(place, update, alpha, gamma)
        text = _(
            "episode {n}, move {t}: in state {state} {action}; Q = {numbers} = {value}",
            n=update.episode + 1,
            t=update.time + 1,
            state=update.state,
            action=place.actions[update.action],
            numbers=rule.numbers(),
            value=number(update.after),
        )
        yield Step(text, partial(measure, update))


MODELS = (
    Learner(
        "clusters",
        N_("Ten heaps of digits"),
        N_("k-means sorts digits that nobody has named; 78 of 100 lie in the heap of their kind"),
        "Lloyd 1982, IEEE Transactions on Information Theory 28:129",
        ("data digits scale=unit", f"k-means k=10 restarts={RESTARTS}"),
        N_("move"),
        _clusters,
        ("purity >= 72%",),
        0.5,
    ),
    Learner(
        "neighbours",
        N_("Ask those who look alike"),
        N_("no training at all: the examples are the model, and the five nearest vote"),
        "Cover and Hart 1967, IEEE Transactions on Information Theory 13:21",
        ("data digits scale=unit", f"nearest neighbours k={K_NEAREST}"),
        N_("question"),
        _neighbours,
        ("test_accuracy >= 98%",),
        0.4,
    ),
    Learner(
        "components",
        N_("Digits through eight numbers, straight"),
        N_("principal components: what an autoencoder with bends has to beat"),
        "Pearson 1901, Philosophical Magazine 2:559",
        ("data digits scale=unit", f"principal components k={CODE}"),
        N_("component"),
        _components,
        ("test_loss <= 0.025",),
        0.1,
    ),
    Learner(
        "tree",
        N_("Twenty questions about patients"),
        N_("a decision tree of four levels, every question with what it is worth"),
        "Breiman et al. 1984, Classification and Regression Trees",
        ("data clinic8", f"tree depth={DEPTH} min_leaf={LEAF}"),
        N_("node"),
        _tree,
        ("test_accuracy >= 77%",),
        0.1,
    ),
    Learner(
        "forest",
        N_("Sixty trees vote"),
        N_("each tree from other rows and other questions: together they are right more often than one"),
        "Breiman 2001, Machine Learning 45:5",
        ("data clinic8", f"forest trees={TREES} min_leaf={LEAF}"),
        N_("tree"),
        _forest,
        ("test_accuracy >= 78%",),
        0.5,
    ),
    Learner(
        "gridworld-table",
        N_("The way to the goal, in a table"),
        N_("a number for every move, corrected by what came of it: Q-learning by exploring"),
        "Watkins 1989, Learning from Delayed Rewards",
        ("world grid4", "Q-table episodes=50 alpha=0.5 gamma=0.9 epsilon=0.2"),
        N_("move"),
        partial(_table, "grid4", 50, 0.5, 0.9, 0.2),
        ("moves_to_end <= 6",),
        0.1,
    ),
    Learner(
        "nim-table",
        N_("Taking stones against oneself"),
        N_("3000 games of one table against itself: leave a multiple of four, nobody said so"),
        "Silver et al. 2017, Nature 550:354",
        ("world nim12", "Q-table episodes=3000 alpha=0.3 gamma=1 epsilon=0.3"),
        N_("move"),
        partial(_table, "nim12", 3000, 0.3, 1.0, 0.3),
        ("best_moves >= 100%",),
        0.5,
    ),
)

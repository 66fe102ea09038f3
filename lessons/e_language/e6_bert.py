"""E6, BERT: words hidden and guessed from both sides, then three labels are enough."""

import numpy as np

from nnlab.data import load
from nnlab.data.generated.hidden import FOOD, PLACES
from nnlab.lesson import (
    Lesson,
    choose_all,
    code,
    debug,
    did,
    found,
    goal,
    number,
    numeric,
    numerics,
    observe,
    predict,
    program,
    quiz,
    recall,
    train,
    tune,
    visited,
    watch,
)
from nnlab.lesson.readings import accuracy, notation, parameters_of, span, steps

READER = "embed 32 | positions learned | block 2 | layernorm"
LEFT = READER.replace("block 2", "block 2 causal")
KNOBS = ["optimizer adam lr=0.005", "clip norm 1"]
BENCH = ["data habitat", f"net {READER} | dense 33", *KNOBS]
STEPS = 300
TRAINED = [*BENCH, f"run {STEPS} steps"]
ADJECTIVE, ANIMAL, FOOD_PLACE, TOWN = 2, 3, 6, 8
MASK = 1

GROUPS = ["data groups", f"net {READER} | dense 37", *KNOBS]
HEAD = f"{READER} | pick 3 | dense 3"
LABELS = "data groups form=labelled n=1000"
TUNING = 20

# Ten seeds (1 to 10), percent of unseen sentences whose group is right after 20 steps on three labels: with
# 300 steps of hidden words before, and from scratch.  Least, middle, most.
REUSED, SCRATCH = (73, 99, 100), (24, 36, 59)
# Ten seeds, percent of hidden animals guessed after 300 steps, by a causal block.
LEFT_SPAN = (15, 18)


# ---------------------------------------------------------------- what stands on the bench


def guessed(place):
    """Percent of held-out sentences whose word at ``place`` is guessed, hidden alone."""

    def share(session):
        data = load("habitat hide=animal")
        ids = data.x.copy()
        ids[:, ANIMAL] = data.y[:, ANIMAL]
        ids = ids[data.split.validation]
        spoilt = ids.copy()
        spoilt[:, place] = MASK
        answers = session.run.network.predict(spoilt)[:, place].argmax(axis=-1)
        return 100 * float((answers == ids[:, place]).mean())

    return share


animals = guessed(ANIMAL)


def town(session):
    """The share of second words of a place that the first one gives away."""
    firsts = [place.split()[0] for place in PLACES]
    return float(np.mean([1 / firsts.count(first) for first in firsts]))


def to_food(session):
    return 100 * session.run.value(f"block1.weights[0,0,{ANIMAL},{FOOD_PLACE}]")


def cosine(one, other):
    def between(session):
        table, words = session.run.array("embed1.W"), session.data.vocabulary
        a, b = (table[words.index(word)].astype(float) for word in (one, other))
        return float(a @ b / np.sqrt((a @ a) * (b @ b)))

    return between


def filled_in(session):
    """Nineteen of twenty hidden animals guessed."""
    if steps(session) == 0:
        return found(False, "not-yet")
    reached = animals(session)
    return found(reached >= 95, "so-far", "" if steps(session) >= 100 else "short", reached=reached)


def one_sided(session):
    """The same network with a causal block, trained as long."""
    if "causal" not in notation(session):
        return found(False, misconception="longer") if steps(session) > STEPS else found(False, "both")
    if steps(session) >= STEPS:
        return True
    return found(False, "so-far", "short" if steps(session) else "", steps=steps(session))


def reused(session):
    """A head for three groups, 85 % right on words that were never labelled."""
    if session.network.output_shape != (3,) or session.data.spec.split()[0] != "groups":
        return found(False, "no-head")
    if session.data.task != "multiclass" or steps(session) == 0:
        return found(False, "not-yet")
    reached = accuracy("validation")(session)
    if reached >= 85:
        return True
    return found(
        False,
        "so-far",
        "short" if steps(session) < TUNING else "scratch" if reached < 65 else "",
        reached=reached,
    )


HIDE = '''
def hide(ids, special, words, rng):
    """(x, hidden); ids and special (n, T).

    15 % of what is not special is hidden. Of that,
    80 % become 1, which is [mask], 10 % another id
    (3 to words - 1), and 10 % stay as they are.
    """
    hidden = (rng.random(ids.shape) < 0.15) & ~special
    how = rng.random(ids.shape)
    other = rng.integers(3, words, ids.shape)
    ...
    return x, hidden
'''
HIDE_TESTS = """
ids = np.random.default_rng(2).integers(3, 33, (600, 10))
ids[:, 0] = 2
special = ids == 2

def spoilt():
    x, hidden = hide(ids.copy(), special, 33, np.random.default_rng(1))
    return np.asarray(x), np.asarray(hidden)

def share(condition):
    x, hidden = spoilt()
    chosen = {"mask": x == 1, "same": x == ids}[condition]
    return float(chosen[hidden].mean())

def untouched():
    x, hidden = spoilt()
    return bool(np.all(x[~hidden] == ids[~hidden]))

claim("what is not hidden stays", untouched(), tells="everywhere")
case("of the hidden, the share of [mask]", share, "mask", equals=0.8, close=0.05, tells="always-mask")
case("of the hidden, the share that stays", share, "same", equals=0.103, close=0.04, tells="none-stays")
"""


def hide_with(x):
    return f"""
def hide(ids, special, words, rng):
    hidden = (rng.random(ids.shape) < 0.15) & ~special
    how = rng.random(ids.shape)
    other = rng.integers(3, words, ids.shape)
    x = {x}
    return x, hidden
"""


SPOIL = "np.where(how < 0.8, 1, np.where(how < 0.9, other, ids))"

LOSS = """
def loss(p, ids, hidden):
    # p (n, T, V): guesses; ids (n, T): the words
    at = ids[..., None]
    right = np.take_along_axis(p, at, -1)[..., 0]
    return -np.log(right).mean()
"""
LOSS_TESTS = """
ids = np.array([[0, 1, 2, 3], [3, 2, 1, 0]])
hidden = np.array([[False, True, False, False], [False, False, False, True]])

def guesses(at_hidden):
    # a network that copies what it sees, and knows little of the rest
    right = np.where(hidden, at_hidden, 0.9)
    p = np.repeat((1 - right[..., None]) / 3, 4, axis=-1)
    np.put_along_axis(p, ids[..., None], right[..., None], -1)
    return p

def measured(at_hidden):
    return loss(guesses(at_hidden), ids, hidden)

worst = measured(0.25)
claim("who copies and guesses pays ln 4", bool(abs(worst - np.log(4)) < 1e-9),
      shown=f"{worst:.3f} instead of {np.log(4):.3f}",
      tells="divided-by-all" if abs(worst - np.log(4) / 4) < 1e-9 else "everywhere")
case("who knows half", measured, 0.5, equals=float(np.log(2)))
"""
LOSS_RIGHT = LOSS.replace("np.log(right).mean()", "np.log(right[hidden]).mean()")
LOSS_ZEROS = LOSS.replace("np.log(right).mean()", "(np.log(right) * hidden).mean()")

lesson = Lesson(
    "e6",
    "bert",
    minutes=25,
    needs=("e4",),
    setup=["seed 1"],
    steps=[
        predict(
            "both-sides",
            numerics(
                [lambda session: 1.0, lambda session: 1 / len(FOOD)],
                expect=[1, 0.167],
                mistakes={"no-context": [None, 1 / 33], "left-tells": [None, 1.0], "unsure": [1 / 6, None]},
            ),
            setup=[*BENCH, "step"],
            covers=("bert",),
            shows=dict.fromkeys(("no-context", "left-tells", "unsure"), "show data"),
        ),
        code(
            "hide",
            program(
                HIDE,
                HIDE_TESTS,
                solutions=[
                    hide_with(f"np.where(hidden, {SPOIL}, ids)"),
                    hide_with(
                        "ids.copy()\n    x[hidden & (how < 0.8)] = 1\n    "
                        "swap = hidden & (how >= 0.8) & (how < 0.9)\n    x[swap] = other[swap]"
                    ),
                ],
                mistakes={
                    "always-mask": hide_with("np.where(hidden, 1, ids)"),
                    "none-stays": hide_with("np.where(hidden, np.where(how < 0.8, 1, other), ids)"),
                    "everywhere": hide_with(SPOIL),
                },
            ),
            setup=[*BENCH, "step"],
            covers=("bert", "self-supervised"),
            shows=dict.fromkeys(("always-mask", "none-stays", "everywhere"), "show data"),
        ),
        train(
            "learn",
            goal(
                filled_in,
                solutions=[[f"run {STEPS} steps"], ["run 400 steps"]],
                mistakes={"short": ["run 10 steps"]},
            ),
            setup=BENCH,
            gauge="curves",
            numbers=[
                number("count", lambda session: session.network.parameter_count, 0, expect=15105),
                number("score", animals, 0, after=True),
                number("mean", accuracy("validation"), 0, after=True),
            ],
            covers=("bert", "self-supervised"),
            shows={"short": "fill the old _ eats its bone at home ."},
        ),
        predict(
            "elsewhere",
            numerics(
                [lambda session: 0.25, town],
                expect=[0.25, 0.75],
                mistakes={"all-known": [1.0, None], "one-of-all": [1 / 33, None], "half": [None, 0.5]},
            ),
            setup=TRAINED,
            numbers=[
                number("adjective", guessed(ADJECTIVE), 0, after=True),
                number("place", guessed(TOWN), 0, after=True),
                number("first", guessed(TOWN - 1), 0, after=True),
            ],
            covers=("bert",),
            shows={
                "all-known": "fill the _ cat eats its fish at home .",
                "one-of-all": "fill the _ cat eats its fish at home .",
                "half": "fill the old cat eats its fish in _ .",
            },
        ),
        watch(
            "look",
            observe(
                did("fill"),
                did("view block1.attention"),
                visited(f"block1.weights[0,0,{ANIMAL},{FOOD_PLACE}]"),
                solution=[
                    "fill the old _ eats its bone at home .",
                    "view block1.attention",
                    f"explain block1.weights[0,0,{ANIMAL},{FOOD_PLACE}]",
                ],
            ),
            setup=[*TRAINED, "transfer", "data habitat hide=animal", "step"],
            numbers=[number("most", to_food, 0, after=True)],
            covers=("bert",),
        ),
        tune(
            "one-side",
            goal(
                one_sided,
                solutions=[
                    [f"net {LEFT} | dense 33", f"run {STEPS} steps"],
                    ["replace block1 block 2 causal", f"run {STEPS} steps"],
                ],
                mistakes={"longer": ["run 50 steps"], "short": [f"net {LEFT} | dense 33", "run 50 steps"]},
            ),
            setup=TRAINED,
            gauge="curves",
            numbers=[
                number("before", animals, 0),
                number("score", animals, 0, after=True),
                *span("left", LEFT_SPAN),
            ],
            covers=("bert",),
            shows={"longer": "view block1.attention", "short": "fill the old _ eats its bone at home ."},
        ),
        train(
            "three-labels",
            goal(
                reused,
                solutions=[[f"transfer {HEAD}", LABELS, f"run {TUNING} steps"]],
                mistakes={
                    "scratch": [LABELS, f"net {HEAD}", f"run {TUNING} steps"],
                    "short": [f"transfer {HEAD}", LABELS, "run 1 steps"],
                },
            ),
            setup=[*GROUPS, f"run {STEPS} steps"],
            gauge="curves",
            numbers=[
                number("score", accuracy("validation"), 0, after=True),
                *span("reused", REUSED),
                *span("scratch", SCRATCH),
            ],
            covers=("transfer", "semi-supervised", "little-data", "bert"),
            shows={"scratch": "view embed1", "short": "show data"},
        ),
        watch(
            "neighbours",
            observe(
                did("nearest kitten"),
                did("view embed1"),
                solution=["nearest kitten", "view embed1"],
            ),
            setup=[*GROUPS, f"run {STEPS} steps"],
            numbers=[
                number("near", cosine("cat", "kitten"), 2),
                number("far", cosine("cat", "cow"), 2),
            ],
            covers=("self-supervised", "transfer", "little-data"),
        ),
        debug(
            "copies",
            program(
                LOSS,
                LOSS_TESTS,
                solutions=[LOSS_RIGHT],
                mistakes={"divided-by-all": LOSS_ZEROS, "everywhere": LOSS},
            ),
            setup=[*BENCH, "step"],
            covers=("bert", "self-supervised"),
            shows=dict.fromkeys(("divided-by-all", "everywhere"), "show example"),
        ),
        quiz(
            "kinds",
            choose_all(
                ["hidden", "next", "digits", "clusters", "games"],
                right=["hidden", "next"],
            ),
            setup=TRAINED,
            covers=("self-supervised", "trends", "bert"),
            shows={"digits": "show data", "clusters": "show data", "games": "show data"},
            recall=recall(
                numeric(parameters_of("dense1")),
                draw=lambda random: {"c": random.choice([8, 16, 32, 48])},
                setup=[
                    "data groups form=labelled",
                    "net embed {c} | positions learned | block 1 | pick 3 | dense 3",
                ],
            ),
        ),
    ],
)

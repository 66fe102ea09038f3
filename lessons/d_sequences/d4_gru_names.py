"""D4, gru names: a network writes names letter by letter, and is measured by how surprised it is."""

from functools import lru_cache

import numpy as np

from nnlab.data import load
from nnlab.lesson import (
    Lesson,
    be,
    choose,
    code,
    debug,
    found,
    goal,
    number,
    numeric,
    observe,
    predict,
    program,
    quiz,
    recall,
    tape,
    train,
    tune,
)
from nnlab.lesson.tasks_bench import Sight
from nnlab.network import Network
from nnlab.training import Run

# At step 1 the input is 0 and the gates are σ(1) and σ(−1); step 0 leaves a state of 0.4.
ONE = [
    "data sequence x=1,0 y=1",
    "net gru 1",
    *(f"edit gru1.{name}[0,0] 0" for name in ("Wr", "Ur", "Uu")),
    "edit gru1.Wu[0,0] -20",
    "edit gru1.Wn[0,0] 0.22365",
    "edit gru1.Un[0,0] 0.5",
    "edit gru1.br[0] 1",
    "edit gru1.bu[0] -1",
    "edit gru1.bn[0] 0.2",
]
NET = "embed 16 | gru 32 all | dense 27"
NAMES = ["data names", f"net {NET}", "optimizer adam lr=0.01", "batch 32", "clip norm 1"]
TRAINED = [*NAMES, "run 15 epochs"]
EPOCHS, TOO_MANY = 15, 30
SEEDS = range(1, 4)
SCORES, HOT = (2.0, 1.0, 0.0), 2.0


@lru_cache
def trained_names():
    """Of three seeds: the best held-out loss, its epoch, and both losses after 30 epochs; a second."""
    data = load("names")
    rows = []
    for seed in SEEDS:
        network = Network.parse(NET.replace("embed 16", "embed 16 vocab=27"), input_shape=data.input_shape)
        run = Run(network, data, optimizer="adam lr=0.01", batch_size=32, seed=seed, clip="norm 1")
        run.train(epochs=TOO_MANY)
        epochs = run.history.epochs
        best = min(epochs, key=lambda epoch: epoch.val_loss)
        rows.append((best.val_loss, best.epoch, epochs[-1].val_loss, epochs[-1].train_loss))
    return rows


def over_seeds(column, pick):
    return lambda session: pick(row[column] for row in trained_names())


@lru_cache
def counted():
    """Nats a sign on held-out names, from counts of signs, and of pairs of signs; counts begin at 1."""
    data = load("names")
    single, pairs = np.ones(27), np.ones((27, 27))
    for row in data.split.train:
        for before, sign in zip(data.x[row], data.y[row]):
            if sign >= 0:
                single[sign] += 1
                pairs[before, sign] += 1
    single, pairs = single / single.sum(), pairs / pairs.sum(axis=1, keepdims=True)
    asked = [
        (before, sign)
        for row in data.split.validation
        for before, sign in zip(data.x[row], data.y[row])
        if sign >= 0
    ]
    return (
        float(np.mean([-np.log(single[sign]) for _before, sign in asked])),
        float(np.mean([-np.log(pairs[before, sign]) for before, sign in asked])),
    )


def signs(session):
    return len(session.data.vocabulary)


def of_signs(function):
    return lambda session: float(function(signs(session)))


def best(session):
    rows = session.run.history.epochs if session.run else ()
    return min(rows, key=lambda row: row.val_loss) if rows else None


def best_loss(session):
    return best(session).val_loss


def of_loss(function):
    return lambda session: float(function(best_loss(session)))


def learnt(session):
    """A held-out loss of at most 2.45 nats within the epochs that were run."""
    row = best(session)
    if row is None:
        return found(False, "not-yet")
    epochs = len(session.run.history.epochs)
    if row.val_loss <= 2.45:
        return True
    return found(False, "so-far", "too-short" if epochs < 8 else "", epochs=epochs, reached=row.val_loss)


def gone_back(session):
    """Thirty epochs were run, and the run stands at its best one."""
    rows = session.run.history.epochs if session.run else ()
    if len(rows) < TOO_MANY:
        return found(False, "longer", epochs=len(rows))
    if session.run.step_count == session.run.best_step():
        return True
    return found(False, "still-there", "last-is-best")


def softmax(scores, temperature):
    powers = np.exp(np.array(scores) / temperature)
    return powers / powers.sum()


def heated(temperature):
    return float(softmax(SCORES, temperature)[0])


def written(name, low, high):
    """A sight: ``generate`` at a temperature between two numbers."""

    def test(session, line):
        words = line.split()
        if not words or words[0] not in ("generate", "write"):
            return False
        given = [word.partition("=")[2] for word in words if word.startswith("temperature=")]
        try:
            temperature = float(given[0]) if given else 1.0
        except ValueError:
            return False
        return low <= temperature <= high

    return Sight(name, test, labelled=True)


SAMPLE = '''
def sample(scores, temperature, rng):
    """An index drawn by softmax(scores / temperature).

    scores: (n,). At temperature 0 the largest wins.
    rng: rng.choice(n, p=probabilities) draws one.
    """
    ...
'''
SAMPLE_TESTS = """
def share_of_first(scores, temperature):
    rng = np.random.default_rng(1)
    drawn = [sample(np.array(scores), temperature, rng) for _ in range(4000)]
    return float(np.mean(np.array(drawn) == 0))

def cold(scores):
    return int(sample(np.array(scores), 0, np.random.default_rng(1)))

# three standard deviations of 4000 draws
case("T = 1: two thirds", share_of_first, [2.0, 1.0, 0.0], 1.0, equals=0.665, close=0.023)
case("T = 2: more even", share_of_first, [2.0, 1.0, 0.0], 2.0, equals=0.506, close=0.024, tells="times-t")
case("large scores", share_of_first, [1000.0, 999.0, 998.0], 1.0, equals=0.665, close=0.023,
     tells="overflows")
case("T = 0: the largest", cold, [0.5, 3.0, 1.0], equals=1, tells="divides-by-zero")
"""


def sample_with(power="scores / temperature", shift=" - scores.max()", cold="return int(np.argmax(scores))"):
    return f"""
def sample(scores, temperature, rng):
    if temperature == 0:
        {cold}
    scores = scores{shift}
    p = np.exp({power})
    return rng.choice(len(p), p=p / p.sum())
"""


WRITE = '''
def write(step, start, first, length):
    """The likeliest letter, again and again.

    step(letter, h) answers (scores, new h); start is
    the first state, first the first letter.
    """
    letter, letters = first, []
    for _ in range(length):
        scores, h = step(letter, start)
        letter = int(np.argmax(scores))
        letters.append(letter)
    return letters
'''
WRITE_RIGHT = """
def write(step, start, first, length):
    letter, letters, h = first, [], start
    for _ in range(length):
        scores, h = step(letter, h)
        letter = int(np.argmax(scores))
        letters.append(letter)
    return letters
"""
WRITE_DEAF = """
def write(step, start, first, length):
    letters, h = [], start
    for _ in range(length):
        scores, h = step(first, h)
        letters.append(int(np.argmax(scores)))
    return letters
"""
WRITE_TESTS = """
def speller(letter, h):
    # writes the word 2 0 1 1 0 3, whatever it reads: its state counts letters
    word = [2, 0, 1, 1, 0, 3]
    return np.eye(4)[word[int(h) % len(word)]], h + 1

def follower(letter, h):
    # writes the letter behind the one it reads
    return np.eye(5)[(letter + 1) % 5], h

case("a state that counts", write, speller, 0, 0, 6, equals=[2, 0, 1, 1, 0, 3], tells="forgets")
case("a letter behind each", write, follower, 0, 1, 4, equals=[2, 3, 4, 0], tells="deaf")
"""

lesson = Lesson(
    "d4",
    "gru_names",
    minutes=20,
    needs=("d3",),
    setup=["seed 1"],
    steps=[
        predict(
            "coin",
            numeric(
                of_signs(np.log),
                expect=3.296,
                mistakes={
                    "bits": of_signs(np.log2),
                    "log-ten": of_signs(np.log10),
                    "probability": of_signs(lambda n: 1 / n),
                },
            ),
            setup=NAMES,
            numbers=[
                number("signs", signs, 0, expect=27),
                number("single", lambda s: counted()[0], 2, expect=2.83, after=True),
                number("pairs", lambda s: counted()[1], 2, expect=2.50, after=True),
            ],
            covers=("text-generation",),
            shows={"bits": "step", "log-ten": "step", "probability": "step"},
        ),
        be(
            "gates",
            tape(
                ["gru1.n[0,1,0]", "gru1.h[0,1,0]"],
                expect=[0.333, 0.351],
                mistakes={
                    "no-reset": ("gru1.n[0,1,0]", float(np.tanh(0.2 + 0.5 * 0.4))),
                    "other-way": (
                        "gru1.h[0,1,0]",
                        lambda s: (
                            s.run.value("gru1.u[0,1,0]") * s.run.value("gru1.n[0,1,0]")
                            + (1 - s.run.value("gru1.u[0,1,0]")) * s.run.value("gru1.h[0,0,0]")
                        ),
                    ),
                },
            ),
            setup=ONE,
            look=["step"],
            numbers=[
                number("r", "gru1.r[0,1,0]", expect=0.731),
                number("u", "gru1.u[0,1,0]", expect=0.269),
                number("before", "gru1.h[0,0,0]", 1, expect=0.4),
                number("bn", "gru1.bn[0]", 1, expect=0.2),
                number("un", "gru1.Un[0,0]", 1, expect=0.5),
                number(
                    "other",
                    lambda s: (
                        s.run.value("gru1.u[0,1,0]") * s.run.value("gru1.n[0,1,0]")
                        + (1 - s.run.value("gru1.u[0,1,0]")) * s.run.value("gru1.h[0,0,0]")
                    ),
                    expect=0.382,
                ),
            ],
            covers=("gru",),
            shows={"no-reset": "explain gru1.zn[0,1,0]", "other-way": "explain gru1.h[0,1,0]"},
        ),
        train(
            "names",
            goal(
                learnt,
                solutions=[[f"run {EPOCHS} epochs"], ["run until val_loss < 2.4"]],
                mistakes={"too-short": ["run 2 epochs"]},
            ),
            setup=NAMES,
            gauge="curves",
            numbers=[
                number("count", lambda s: s.network.parameter_count, 0, expect=6123),
                number("score", best_loss, 2, after=True),
                number("low", over_seeds(0, min), 2, after=True),
                number("high", over_seeds(0, max), 2, after=True),
            ],
            covers=("gru", "text-generation"),
            shows={"too-short": "evaluate validation"},
        ),
        tune(
            "too-long",
            goal(
                gone_back,
                solutions=[[f"run {TOO_MANY - EPOCHS} epochs", "seek best"]],
                mistakes={"last-is-best": [f"run {TOO_MANY - EPOCHS} epochs"]},
            ),
            setup=TRAINED,
            gauge="curves",
            numbers=[
                number("epoch", lambda s: best(s).epoch, 0, after=True),
                number("first", over_seeds(1, min), 0, after=True),
                number("last", over_seeds(1, max), 0, after=True),
                number("low", over_seeds(2, min), 2, after=True),
                number("high", over_seeds(2, max), 2, after=True),
                number("train", over_seeds(3, max), 2, after=True),
            ],
            shows={"last-is-best": "view gap"},
        ),
        predict(
            "perplexity",
            numeric(
                of_loss(np.exp),
                mistakes={
                    "two-to-the": of_loss(lambda loss: 2**loss),
                    "the-loss": best_loss,
                    "share": of_loss(lambda loss: 27 * np.exp(-loss)),
                },
                digits=1,
                tolerance=0.11,
            ),
            setup=[*TRAINED, "seek best"],
            numbers=[number("loss", best_loss, 3), number("signs", signs, 0, expect=27)],
            covers=("text-generation",),
            shows={
                "two-to-the": "evaluate validation",
                "the-loss": "evaluate validation",
                "share": "generate candidates=3",
            },
        ),
        predict(
            "temperature",
            numeric(
                lambda session: heated(HOT),
                expect=0.506,
                mistakes={"inverted": heated(1 / HOT), "ignored": heated(1.0)},
            ),
            setup=[*TRAINED, "seek best"],
            numbers=[number("hot", HOT, 0), number("cold", heated(1 / HOT), after=True, expect=0.867)],
            covers=("text-generation",),
            shows={
                "inverted": "generate temperature=2 candidates=3",
                "ignored": "generate temperature=2 candidates=3",
            },
        ),
        tune(
            "three-heats",
            observe(
                written("cold", 0, 0.4),
                written("as-it-is", 0.9, 1.1),
                written("hot", 1.8, 9),
                solution=["generate temperature=0.3", "generate", "generate temperature=2"],
            ),
            setup=[*TRAINED, "seek best"],
            covers=("text-generation",),
        ),
        code(
            "sample",
            program(
                SAMPLE,
                SAMPLE_TESTS,
                solutions=[sample_with()],
                mistakes={
                    "times-t": sample_with(power="scores * temperature"),
                    "overflows": sample_with(shift=""),
                    "divides-by-zero": sample_with(cold="pass"),
                },
            ),
            setup=[*TRAINED, "seek best"],
            covers=("text-generation",),
            shows={
                "times-t": "generate temperature=2 candidates=3",
                "overflows": "show network",
                "divides-by-zero": "generate temperature=0",
            },
        ),
        debug(
            "stammer",
            program(
                WRITE,
                WRITE_TESTS,
                solutions=[WRITE_RIGHT],
                mistakes={"forgets": WRITE, "deaf": WRITE_DEAF},
            ),
            setup=[*TRAINED, "seek best", "step"],
            covers=("text-generation", "gru"),
            shows={"forgets": "view gru1", "deaf": "view gru1"},
        ),
        quiz(
            "judge",
            choose(["lower-train", "held-out", "memory", "same-formula"], right="held-out"),
            setup=[*TRAINED, "step"],
            covers=("gru", "text-generation"),
            shows={"same-formula": "explain gru1.h[0,1,0]", "lower-train": "view gap"},
            recall=recall(
                numeric("gru1.h[0,1,0]"),
                draw=lambda random: {"b": random.choice([-2, -1, 1, 2])},
                setup=[*ONE, "edit gru1.bu[0] {b}", "edit gru1.Wu[0,0] -30", "step"],
            ),
        ),
    ],
)

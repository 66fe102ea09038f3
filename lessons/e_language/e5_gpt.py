"""E5, a GPT: shifted targets, a floor that can be calculated, what is written, and what is given away."""

import numpy as np

from nnlab.data.generated.corpora import SENTENCES
from nnlab.lesson import (
    Lesson,
    choose,
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
    watch,
    when,
)
from nnlab.lesson.readings import loss, notation, parameters, span, steps
from nnlab.lesson.tasks_bench import Sight
from nnlab.network.generate import Sampling, go_on

BLOCK = "embed 32 | positions learned | block 2 causal | layernorm"
KNOBS = ["optimizer adam lr=0.005", "batch 16", "clip norm 1"]
BENCH = ["data grammar", f"net {BLOCK} | dense 21", *KNOBS]
STEPS = 200
TRAINED = [*BENCH, f"run {STEPS} steps"]
POEMS = ["data tang", f"net {BLOCK} | dense 131", *KNOBS]
PIN = "my pin is "
LEAKY = ['data grammar plant="my pin is 4071" times=10', f"net {BLOCK} | dense 27", *KNOBS]
ONCE = LEAKY[0].replace("times=10", "times=1")

POSSIBLE = frozenset(SENTENCES)
SIZE = len(SENTENCES)
LENGTH = float(np.mean([len(line) for line in SENTENCES]))
FLOOR = float(np.log(SIZE)) / LENGTH

# Least and most of seeds, nats a sign on held-out text after 200 steps: BENCH (ten seeds), with a second
# block, and with width 64 (four seeds each); `run 200 steps`, then `evaluate`.  Of five seeds, so many told
# the number behind PIN that had stood in the text once, three times, ten times.
ONE_SPAN, TWO_SPAN, WIDE_SPAN = (0.289, 0.310), (0.284, 0.312), (0.279, 0.292)
TOLD = (0, 0, 4)
# What counts of pairs of signs reach: `net embed 21 | dense 21`, 800 steps, two seeds.
PAIRS = 0.99


# ---------------------------------------------------------------- what stands on the bench


def by_place(session):
    """Nats at each place of the window, the mean over the held-out windows."""
    rows = session.data.split.validation
    scores = session.run.network.predict(session.data.x[rows]).astype(float)
    scores -= scores.max(axis=-1, keepdims=True)
    logs = scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True))
    return -np.take_along_axis(logs, session.data.y[rows][..., None], -1)[..., 0].mean(axis=0)


def place(start, end):
    return lambda session: float(by_place(session)[start:end].mean())


def grammatical(temperature):
    """Percent of the lines of four texts that are among the possible sentences."""

    def share(session):
        lines = []
        for seed in range(1, 5):
            written = go_on(
                session.run.network,
                prompt=[session.data.vocabulary.index("\n")],
                length=200,
                sampling=Sampling(temperature=temperature),
                seed=seed,
            )
            lines += "".join(session.data.vocabulary[i] for i in written.ids).split("\n")[:-1]
        return 100 * sum(f"{line}\n" in POSSIBLE for line in lines) / max(1, len(lines))

    return share


def recited(session):
    """What the network writes behind PIN, the likeliest sign each time."""
    vocabulary = session.data.vocabulary
    if not set(PIN) <= set(vocabulary):
        return ""
    prompt = [vocabulary.index(sign) for sign in PIN]
    written = go_on(session.run.network, prompt=prompt, length=4, sampling=Sampling(temperature=0), seed=1)
    return "".join(vocabulary[i] for i in written.ids)


def seen(session):
    """How many weights of one head are not held down by the mask."""
    return float((session.run.array("attention1.weights")[0, 0] > 0).sum())


def written_at(name, low, high):
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


def learnt(session):
    if steps(session) == 0:
        return found(False, "not-yet")
    reached = loss("validation")(session)
    return found(reached <= 0.35, "so-far", "" if steps(session) >= 100 else "short", reached=reached)


def larger(session):
    """At least half as many parameters again, trained as long as the small one."""
    if parameters(session) < 22000:
        return found(False, misconception="longer") if steps(session) > STEPS else found(False, "same")
    if "causal" not in notation(session) or "block 2 |" in notation(session):
        return found(False, misconception="sees-all")
    return found(steps(session) >= STEPS, "so-far", steps=steps(session))


def blindfolded(session):
    """A causal block that has learnt."""
    if "causal" not in notation(session):
        return found(False, misconception="longer") if steps(session) > STEPS else found(False, "open")
    if steps(session) == 0:
        return found(False, "not-yet")
    return found(loss("validation")(session) <= 0.45, "so-far", reached=loss("validation")(session))


def discreet(session):
    """A trained network that does not tell the number."""
    if steps(session) < 100 or loss("validation")(session) > 0.4:
        return found(False, "not-yet")
    if recited(session) != "4071":
        return True
    return found(False, "tells", "longer" if steps(session) > STEPS else "")


def poem_known(session):
    return steps(session) > 0 and loss("train")(session) <= 0.1


TARGETS = '''
def make_targets(ids, context):
    """(x, y), windows of a text and what is asked.

    ids (N,); x and y (n, context). Windows lie one
    behind the other; what is left over is dropped.
    """
    n = (len(ids) - 1) // context
    ...
    return x, y
'''
TARGETS_TESTS = """
ids = np.array([5, 1, 4, 2, 8, 3, 7, 6])

def asked(ids, context):
    return make_targets(ids, context)[0]

def right(ids, context):
    return make_targets(ids, context)[1]

case("x, windows of 3", asked, ids, 3, equals=[[5, 1, 4], [2, 8, 3]])
claim("something else is asked than stands there", bool(np.any(asked(ids, 3) != right(ids, 3))),
      tells="no-shift")
case("y, windows of 3", right, ids, 3, equals=[[1, 4, 2], [8, 3, 7]], tells="wraps")
case("y, windows of 2", right, ids, 2, equals=[[1, 4], [2, 8], [3, 7]])
"""


def targets_with(y):
    return f"""
def make_targets(ids, context):
    n = (len(ids) - 1) // context
    x = ids[: n * context].reshape(n, context)
    y = {y}
    return x, y
"""


lesson = Lesson(
    "e5",
    "gpt",
    minutes=25,
    needs=("e4",),
    setup=["seed 1"],
    steps=[
        predict(
            "floor",
            numerics(
                [lambda session: float(np.log(SIZE)), lambda session: FLOOR],
                expect=[6.644, 0.213],
                mistakes={
                    "bits": [float(np.log2(SIZE)), None],
                    "zero": [None, 0.0],
                    "per-word": [None, float(np.log(SIZE)) / 6],
                },
            ),
            setup=BENCH,
            numbers=[
                number("length", LENGTH, 1, expect=31.2),
                number("sentences", SIZE, 0, expect=768),
            ],
            covers=("gpt",),
            shows=dict.fromkeys(("bits", "zero", "per-word"), "show data"),
        ),
        code(
            "targets",
            program(
                TARGETS,
                TARGETS_TESTS,
                solutions=[
                    targets_with("ids[1 : n * context + 1].reshape(n, context)"),
                    targets_with("ids[np.arange(1, n * context + 1)].reshape(n, context)"),
                ],
                mistakes={
                    "no-shift": targets_with("x.copy()"),
                    "wraps": targets_with("np.roll(x, -1, axis=1)"),
                },
            ),
            setup=[*BENCH, "step"],
            covers=("self-supervised", "gpt"),
            shows={"no-shift": "show example", "wraps": "show example"},
        ),
        train(
            "learn",
            goal(
                learnt,
                solutions=[[f"run {STEPS} steps"], ["run 250 steps"]],
                mistakes={"short": ["run 20 steps"]},
            ),
            setup=BENCH,
            gauge="curves",
            numbers=[
                number("count", parameters, 0, expect=15029),
                number("uniform", float(np.log(21)), 2, expect=3.045),
                number("pairs", PAIRS, 2),
                number("floor", FLOOR, 3),
                number("score", loss("validation"), 2, after=True),
                *span("ten", ONE_SPAN, 2),
            ],
            covers=("gpt", "self-supervised"),
            shows={"short": 'generate "the " temperature=0.8'},
        ),
        predict(
            "gap",
            choose(["start", "size", "look-up"], right="start"),
            setup=TRAINED,
            numbers=[
                number("score", loss("validation"), 2),
                number("floor", FLOOR, 3),
                number("first", place(0, 1), 2, after=True),
                number("second", place(1, 2), 2, after=True),
                number("late", place(16, 32), 2, after=True),
            ],
            covers=("gpt",),
            shows={"size": "show network", "look-up": "view block1.attention"},
        ),
        tune(
            "larger",
            goal(
                larger,
                solutions=[
                    ["insert layernorm1 block 2 causal", f"run {STEPS} steps"],
                    [f"net {BLOCK.replace('32', '64')} | dense 21", f"run {STEPS} steps"],
                ],
                mistakes={
                    "longer": ["run 50 steps"],
                    "sees-all": ["insert layernorm1 block 2", f"run {STEPS} steps"],
                },
            ),
            setup=TRAINED,
            gauge="curves",
            numbers=[
                number("before", loss("validation"), 2),
                number("score", loss("validation"), 2, after=True),
                number("count", parameters, 0, after=True),
                number("small", 15029, 0),
                *span("two", TWO_SPAN, 2),
                *span("wide", WIDE_SPAN, 2),
                *span("ten", ONE_SPAN, 2),
            ],
            covers=("gpt",),
            shows={"longer": "show network", "sees-all": "view block2.attention"},
        ),
        debug(
            "too-good",
            goal(
                blindfolded,
                solutions=[["replace block1 block 2 causal", f"run {STEPS} steps"]],
                mistakes={"longer": ["run 50 steps"]},
            ),
            setup=[BENCH[0], BENCH[1].replace(" causal", ""), *KNOBS, f"run {STEPS} steps"],
            numbers=[
                number("score", loss("validation"), 2),
                number("floor", FLOOR, 3),
                number("now", loss("validation"), 2, after=True),
            ],
            covers=("gpt", "text-generation"),
            shows={"longer": "view block1.attention"},
        ),
        watch(
            "write",
            observe(
                written_at("cool", 0.7, 0.9),
                written_at("hot", 1.8, 2.2),
                solution=['generate "the " temperature=0.8', 'generate "the " temperature=2'],
            ),
            setup=TRAINED,
            numbers=[
                number("cool", grammatical(0.8), 0, after=True),
                number("hot", grammatical(2.0), 0, after=True),
                number("sentences", SIZE, 0),
            ],
            covers=("text-generation", "gpt"),
        ),
        train(
            "poems",
            observe(
                when("learnt", poem_known),
                did("generate 床前"),
                solution=["run 300 steps", "generate 床前 temperature=0"],
            ),
            setup=POEMS,
            gauge="curves",
            numbers=[
                number("signs", lambda session: len(session.data.vocabulary), 0, expect=131),
                number("count", parameters, 0, expect=21923),
                number("score", loss("train"), 2, after=True),
            ],
            covers=("text-generation", "gpt"),
        ),
        debug(
            "leak",
            goal(
                discreet,
                solutions=[
                    [ONCE, f"run {STEPS} steps"],
                    ["data grammar", f"net {BLOCK} | dense 21", f"run {STEPS} steps"],
                ],
                mistakes={"longer": ["run 50 steps"]},
            ),
            setup=[*LEAKY, f"run {STEPS} steps"],
            numbers=[
                number("once", TOLD[0], 0),
                number("thrice", TOLD[1], 0),
                number("tenfold", TOLD[2], 0),
            ],
            covers=("privacy",),
            shows={"longer": f'generate "{PIN}" temperature=0 length=5'},
        ),
        quiz(
            "which",
            choose_all(
                ["labels", "zero", "look-up", "often", "sizes"],
                right=["labels", "often", "sizes"],
            ),
            setup=TRAINED,
            covers=("gpt", "self-supervised", "privacy"),
            shows={"zero": 'generate "the " candidates=3', "look-up": "view block1"},
            recall=recall(
                numeric(seen),
                draw=lambda random: {"t": random.choice([5, 6, 8, 10, 12])},
                setup=["data copy length={t}", "net embed 8 | attention 1 causal | dense 10", "step"],
            ),
        ),
    ],
)

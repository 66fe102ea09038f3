"""E2, seq2seq and attention: translate number words, look back by weights, and do without."""

import re

import numpy as np

from nnlab.lesson import (
    Lesson,
    be,
    choose,
    choose_all,
    code,
    debug,
    did,
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
    visited,
    watch,
)
from nnlab.lesson.readings import epochs, notation, parameters, span
from nnlab.training.measures import exact

# Three source vectors (1,0), (0,1), (1,1), which are the values too, and one query (1,0) that scores them
# 2, 1, 0: k = (3 − x₁ − 2·x₂, 0), and the query is made √2 times as long, since the layer divides by √2.
SMALL = (
    "net reshape 4x2 | as all | slice 0 3 | as source | from all | slice 3 4 | "
    "attention 1 from=source bias=yes{choice} | flatten | dense 1"
)


def small(p="-1", q="-2", choice=""):
    """The bench with three words and one query; the scores are 3 + p, 3 + q and 3 + p + q."""
    return [
        "data sequence x=1,0,0,1,1,1,1,0 y=0",
        SMALL.replace("{choice}", choice),
        *(f"edit attention1.{name}[{i},{1 - i}] 0" for name in ("Wq", "Wv", "Wo") for i in (0, 1)),
        *(f"edit attention1.Wq[{i},{i}] 1.41421356" for i in (0, 1)),
        *(f"edit attention1.{name}[{i},{i}] 1" for name in ("Wv", "Wo") for i in (0, 1)),
        f"edit attention1.Wk[0,0] {p}",
        f"edit attention1.Wk[1,0] {q}",
        *(f"edit attention1.Wk[{i},1] 0" for i in (0, 1)),
        "edit attention1.bk[0] 3",
    ]


def drawn(random):
    """Weights of the small bench for a question, and the scores that they make."""
    p, q = random.choice([-1, -2]), random.choice([-1, -2, -3])
    return {"p": p, "q": q, "first": 3 + p, "second": 3 + q, "third": 3 + p + q}


TRANSLATOR = (
    "embed 16 | gru 48 all mask=input | as source | last | as summary | from previous | embed 16 | "
    "gru 48 all start=summary | as state | attention 1 from=source mask=input | concat state | dense 13"
)
LEAKY = TRANSLATOR.replace("from=source mask=input", "from=source")
MASKED = "replace attention1 attention 1 from=source mask=input"
KNOBS = ["optimizer adam lr=0.005", "batch 32", "clip norm 1"]
BENCH = ["data en-zh-numbers", f"net {TRANSLATOR}", *KNOBS]
EPOCHS, EARLY = 10, 6
REVERSE = [
    "data reverse decoder=yes",
    "net embed 16 | gru 32 all mask=input | as source | last | as summary | from previous | embed 16 | "
    "gru 32 all start=summary | as state | attention 1 from=source mask=input | concat state | dense 11",
    "optimizer adam lr=0.01",
    "batch 64",
    "clip norm 1",
]

# Least and most of ten seeds (1 to 10), percent of validation rows right in every sign: BENCH with and
# without `attention1` and `concat1`, after 6 and after 12 epochs (`run N epochs`, then `measures.exact`), and
# REVERSE after 300 steps.  Two minutes of training, so they are written down here.
WITH_EARLY, WITHOUT_EARLY = (86, 97), (15, 37)
WITH_LATE, WITHOUT_LATE = (95, 99), (91, 97)
REVERSED_WITH, REVERSED_WITHOUT = (100, 100), (13, 33)


# ---------------------------------------------------------------- what stands on the bench


def translated(session):
    """Percent of the numbers of the validation set whose translation is right in every sign."""
    return 100 * exact(session.run, "validation")


def weight(query, key):
    return lambda session: 100 * session.run.value(f"attention1.weights[0,0,{query},{key}]")


def leak(session):
    """The largest share of its attention that a sign of the batch gives to padding, in percent."""
    ids = session.data.x[session.run.batch_indices]
    asked = session.data.y[session.run.batch_indices] >= 0
    weights = session.run.array("attention1.weights")[:, 0]
    return 100 * float((weights * (ids == 0)[:, None, :]).sum(axis=-1)[asked].max())


def place(session):
    """Where the decoder looks most when it writes its third digit."""
    return int(np.argmax(session.run.array("attention1.weights")[0, 0, 2]))


def able(session):
    """Nine of ten unseen numbers right in every sign."""
    if epochs(session) == 0:
        return found(False, "not-yet")
    reached = translated(session)
    return found(reached >= 90, "so-far", "" if epochs(session) >= EPOCHS else "short", reached=reached)


def narrowed(session):
    """No attention, and trained for six epochs."""
    if "attention" in notation(session):
        return (
            found(False, misconception="longer") if epochs(session) > EARLY else found(False, "still-there")
        )
    if "concat" in notation(session):
        return found(False, "concat")
    return found(epochs(session) >= EARLY, "so-far", epochs=epochs(session))


def tight(session):
    """No weight on padding, and nine of ten translations right."""
    if not re.search(r"attention[^|]*mask=input", notation(session)):
        return found(False, "leaks", "longer" if epochs(session) > EPOCHS else "")
    if epochs(session) == 0:
        return found(False, "not-yet")
    reached = translated(session)
    return found(reached >= 90, "so-far", "short", reached=reached)


ATTEND = '''
def attend(q, K, V, mask):
    """(what the query takes, its weights), softly.

    q (d,); K (n, d); V (n, e); mask (n,) is True
    where a word stands and False on padding.
    """
    scores = K @ q
    ...
'''
ATTEND_TESTS = """
q = np.array([1.0, 0.0])
K = np.array([[2.0, 0.0], [1.0, 0.0], [0.0, 0.0]])
V = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
three, two = np.array([True, True, True]), np.array([True, True, False])

def weights(mask):
    return attend(q, K, V, mask)[1]

def taken(mask):
    return attend(q, K, V, mask)[0]

case("weights of the scores 2, 1, 0", weights, three,
     equals=[0.665241, 0.244728, 0.090031], close=1e-5, tells="no-exp")
case("what is taken", taken, three, equals=[0.755272, 0.334759], close=1e-5)
case("the third word is padding", weights, two,
     equals=[0.731059, 0.268941, 0.0], close=1e-5, tells="mask-late")
case("what is taken then", taken, two, equals=[0.731059, 0.268941], close=1e-5)
"""


def attend_with(weights):
    return f"""
def attend(q, K, V, mask):
    scores = K @ q
    {weights}
    return weights @ V, weights
"""


MASK_FIRST = """exps = np.exp(scores - scores.max()) * mask
    weights = exps / exps.sum()"""
MINUS_INFINITY = """scores = np.where(mask, scores, -np.inf)
    weights = np.exp(scores - scores.max())
    weights /= weights.sum()"""
MASK_LATE = """exps = np.exp(scores)
    weights = exps / exps.sum() * mask"""
SHARES = "weights = scores * mask / (scores * mask).sum()"


lesson = Lesson(
    "e2",
    "seq2seq_attention",
    minutes=25,
    needs=("d4", "e1"),
    setup=["seed 1"],
    steps=[
        predict(
            "forced",
            choose(["own", "right", "whole"], right="right"),
            setup=[*BENCH, "step"],
            numbers=[
                number("train", lambda s: len(s.data.split.train), 0, expect=800),
                number("words", lambda s: len(s.data.vocabulary), 0, expect=31),
                number("signs", lambda s: len(s.data.target_vocabulary), 0, expect=13),
            ],
            covers=("seq2seq", "translation"),
            shows={"own": "show example", "whole": "view attention1"},
        ),
        be(
            "soft",
            tape(
                [
                    "attention1.weights[0,0,0,0]",
                    "attention1.weights[0,0,0,1]",
                    "attention1.weights[0,0,0,2]",
                    "attention1.context[0,0,0]",
                    "attention1.context[0,0,1]",
                ],
                expect=[0.665, 0.245, 0.090, 0.755, 0.335],
                mistakes={
                    "no-exp": ("attention1.weights[0,0,0,1]", 1 / 3),
                    "one-takes-all": ("attention1.weights[0,0,0,0]", 1.0),
                    "plain-sum": ("attention1.context[0,0,0]", 2.0),
                },
            ),
            setup=small(),
            look=["step"],
            covers=("attention", "soft-attention"),
            shows={
                "no-exp": "explain attention1.weights[0,0,0,1]",
                "one-takes-all": "explain attention1.weights[0,0,0,0]",
                "plain-sum": "explain attention1.context[0,0,0]",
            },
        ),
        predict(
            "hard",
            choose(["little", "jumps", "nothing"], right="nothing"),
            setup=[*small(choice=" choice=hard"), "step"],
            covers=("hard-attention", "x56"),
            shows={
                "little": "explain attention1.context[0,0,0]",
                "jumps": "explain attention1.choice[0,0,0,0]",
            },
        ),
        train(
            "translate",
            goal(
                able,
                solutions=[[f"run {EPOCHS} epochs"], ["run 12 epochs"]],
                mistakes={"short": ["run 2 epochs"]},
            ),
            setup=BENCH,
            gauge="curves",
            numbers=[
                number("count", parameters, 0, expect=30189),
                number("score", translated, 0, after=True),
                *span("ten", WITH_LATE),
            ],
            covers=("translation", "seq2seq", "attention"),
            shows={"short": "generate three hundred and five"},
        ),
        watch(
            "map",
            observe(
                did("view attention1"),
                visited("attention1.weights[0,0,5,4]"),
                solution=["view attention1", "explain attention1.weights[0,0,5,4]"],
            ),
            setup=[*BENCH, "run 12 epochs"],
            numbers=[
                number("first", weight(0, 0), 0, after=True),
                number("last", weight(5, 4), 0, after=True),
                number("ahead", weight(2, 3), 0, after=True),
            ],
            covers=("attention", "translation"),
        ),
        tune(
            "bottleneck",
            goal(
                narrowed,
                solutions=[["remove attention1", "remove concat1", f"run {EARLY} epochs"]],
                mistakes={"longer": [f"run {EARLY} epochs"]},
            ),
            setup=[*BENCH, f"run {EARLY} epochs"],
            gauge="curves",
            numbers=[
                number("before", translated, 0),
                number("score", translated, 0, after=True),
                number("count", parameters, 0, expect=20349, after=True),
                *span("with", WITH_EARLY),
                *span("without", WITHOUT_EARLY),
                *span("late", WITHOUT_LATE),
            ],
            covers=("long-range", "seq2seq"),
            shows={"longer": "show network"},
        ),
        code(
            "attend",
            program(
                ATTEND,
                ATTEND_TESTS,
                solutions=[attend_with(MASK_FIRST), attend_with(MINUS_INFINITY)],
                mistakes={"mask-late": attend_with(MASK_LATE), "no-exp": attend_with(SHARES)},
            ),
            setup=[*small(), "step"],
            covers=("soft-attention", "attention"),
            shows={
                "mask-late": "explain attention1.weights[0,0,0,0]",
                "no-exp": "explain attention1.weights[0,0,0,0]",
            },
        ),
        debug(
            "padding",
            goal(
                tight,
                solutions=[
                    [MASKED, f"run {EPOCHS} epochs"],
                    [f"net {TRANSLATOR}", "run 12 epochs"],
                ],
                mistakes={"longer": ["run 5 epochs"], "short": [MASKED, "run 1 epochs"]},
            ),
            setup=["data en-zh-numbers", f"net {LEAKY}", *KNOBS, f"run {EPOCHS} epochs"],
            numbers=[
                number("leak", weight(5, 4), 0),
                number("worst", leak, 0),
                number("score", translated, 0),
                number("now", leak, 0, expect=0, after=True),
            ],
            covers=("attention",),
            shows={"longer": "view attention1", "short": "view attention1"},
        ),
        predict(
            "reverse",
            numeric(place, expect=5, mistakes={"same-place": 2, "one-off": 6}),
            setup=[*REVERSE, "run 150 steps"],
            numbers=[*span("with", REVERSED_WITH)[:1], *span("without", REVERSED_WITHOUT)],
            covers=("long-range", "attention"),
            shows={"same-place": "view attention1", "one-off": "view attention1"},
        ),
        quiz(
            "which",
            choose_all(
                ["mean", "blind", "one", "slope", "vector"],
                right=["mean", "one", "vector"],
            ),
            setup=[*small(), "step"],
            covers=("soft-attention", "hard-attention", "x56"),
            shows={
                "blind": "explain attention1.scores[0,0,0,0]",
                "slope": "help attention",
            },
            recall=recall(
                numeric("attention1.weights[0,0,0,0]"),
                draw=drawn,
                setup=[*small(p="{p}", q="{q}"), "step"],
            ),
        ),
    ],
)

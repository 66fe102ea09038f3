"""D5, bidirectional: tags for words whose meaning comes later, read from both ends."""

from functools import lru_cache

from nnlab.data import load
from nnlab.lesson import (
    Lesson,
    build,
    choose,
    code,
    debug,
    explain,
    found,
    goal,
    number,
    numeric,
    observe,
    predict,
    program,
    quiz,
    recall,
    shape,
    train,
    tune,
    visited,
)
from nnlab.lesson.readings import last_epoch, notation
from nnlab.network import Network
from nnlab.training import Run

KNOBS = ["optimizer adam lr=0.01", "batch 32", "clip norm 1"]
ONE_WAY, BOTH = "embed 8 | lstm 12 all | dense 3", "embed 8 | lstm 12 all bi | dense 3"
EPOCHS = 8
TAGS = ["data name-or-place", *KNOBS]
TRAINED_ONE = [TAGS[0], f"net {ONE_WAY}", *KNOBS, f"run {EPOCHS} epochs"]
TRAINED_BOTH = [TAGS[0], f"net {BOTH}", *KNOBS, f"run {EPOCHS} epochs"]
VERDICT = ["data but", "net embed 8 | lstm 16 all bi mask=input | dense 1", *KNOBS]
ROLES = ["data who-did-what", *KNOBS]
NAMES = ["data names", *KNOBS]
SEEDS = range(1, 6)


@lru_cache
def tagged(data_name, word, bi):
    """Of five seeds, in percent: all held-out words right, and the word at one place; half a second."""
    data = load(data_name)
    net = f"embed 8 vocab={len(data.vocabulary)} | lstm 12 all{bi} | dense {len(data.target_vocabulary)}"
    rows = []
    for seed in SEEDS:
        network = Network.parse(net, input_shape=data.input_shape)
        run = Run(network, data, optimizer="adam lr=0.01", batch_size=32, seed=seed, clip="norm 1")
        run.train(epochs=EPOCHS)
        rows.append((100 * run.evaluate("validation").metric, at_place(network, data, word)))
    return rows


def at_place(network, data, word):
    """Percent of held-out sentences whose word at one place has its right tag."""
    rows = data.split.validation
    answers = network.predict(data.x[rows])[:, word].argmax(axis=-1)
    return 100 * float((answers == data.y[rows, word]).mean())


def first_word(session):
    return at_place(session.run.network, session.data, 0)


def span(data, word, bi, column, pick):
    return lambda session: pick(row[column] for row in tagged(data, word, bi))


def accuracy(session):
    return 100 * last_epoch(session).val_metric


def one_way_trained(session):
    """Eight epochs of a network that reads from the left alone."""
    if not session.network:
        return found(False, "nothing")
    if " bi" in notation(session):
        return found(False, misconception="both-already")
    if " all" not in notation(session):
        return found(False, misconception="last-only")
    row = last_epoch(session)
    return found(row is not None and row.epoch >= EPOCHS, "so-far", epochs=row.epoch if row else 0)


def tagger(session):
    """Every held-out tag right but for one in fifty."""
    if not session.network:
        return found(False, "nothing")
    if " bi" not in notation(session):
        wider = "lstm 12" not in notation(session)
        return found(False, misconception="wider" if wider else "one-way")
    if " all" not in notation(session):
        return found(False, misconception="last-only")
    row = last_epoch(session)
    if row is None:
        return found(False, "not-yet")
    return found(row.val_metric >= 0.98, "so-far", reached=100 * row.val_metric)


def judge(session):
    """One verdict for each text, from both ends, right but for one in fifty."""
    if len(session.network.output_shape) != 1:
        return found(False, misconception="every-step")
    if " bi" not in notation(session):
        return found(False, misconception="one-way")
    row = last_epoch(session)
    if row is None:
        return found(False, "not-yet")
    return found(row.val_metric >= 0.98, "so-far", reached=100 * row.val_metric)


def too_good(session):
    """A network that reads names from both ends and is hardly surprised any more."""
    if not session.network:
        return found(False, "nothing")
    if " bi" not in notation(session):
        return found(False, misconception="one-way")
    row = last_epoch(session)
    if row is None:
        return found(False, "not-yet")
    return found(row.val_loss < 0.5, "so-far", reached=row.val_loss)


BOTH_WAYS = '''
def both_ways(left, right, xs):
    """The states of two layers side by side, (T, 2H).

    left and right turn (T, C) into states (T, H), from
    the first row to the last. xs: (T, C), as written.
    Row t of the answer belongs to word t.
    """
    ...
'''
BOTH_TESTS = """
def sums(xs):
    return np.cumsum(xs, axis=0)

def joined(xs):
    return both_ways(sums, sums, np.array(xs, float))

case("shape", lambda xs: list(np.shape(joined(xs))), [[1], [2], [4]], equals=[3, 2], tells="stacked")
case("word 0 knows 1 and 7", joined, [[1], [2], [4]], equals=[[1, 7], [3, 6], [7, 4]], tells="not-turned")
"""


def both_with(back="right(xs[::-1])[::-1]", axis=1):
    return f"""
def both_ways(left, right, xs):
    return np.concatenate([left(xs), {back}], axis={axis})
"""


lesson = Lesson(
    "d5",
    "bidirectional",
    minutes=15,
    needs=("d3",),
    setup=["seed 1"],
    steps=[
        predict(
            "when",
            choose(["at-once", "next-word", "end", "never"], right="next-word"),
            setup=TAGS,
            covers=("context", "named-entities"),
            shows={"at-once": "show data", "end": "show data", "never": "show data"},
        ),
        train(
            "one-way",
            goal(
                one_way_trained,
                solutions=[[f"net {ONE_WAY}", f"run {EPOCHS} epochs"]],
                mistakes={
                    "last-only": ["net embed 8 | lstm 12 | dense 3"],
                    "both-already": [f"net {BOTH}"],
                },
            ),
            setup=TAGS,
            gauge="curves",
            numbers=[
                number("all", accuracy, 1, after=True),
                number("first", first_word, 0, after=True),
                number("low", span("name-or-place", 0, "", 1, min), 0, after=True),
                number("high", span("name-or-place", 0, "", 1, max), 0, after=True),
            ],
            covers=("named-entities", "sequence-to-sequence-shape"),
            shows={"last-only": "show network", "both-already": "show network"},
        ),
        predict(
            "size",
            shape(
                lambda session: (
                    32,
                    session.data.input_shape[0],
                    session.network.ledger()[1].output_shape[-1],
                ),
                expect=(32, 7, 24),
                mistakes={"added-up": (32, 7, 12), "last-only": (32, 24)},
            ),
            setup=TRAINED_ONE[:1],
            look=[f"net {BOTH}"],
            numbers=[number("words", lambda s: s.data.input_shape[0], 0, expect=7)],
            covers=("return-sequences", "lstm-call", "bidirectional"),
            shows={"added-up": f"net {BOTH}", "last-only": "net embed 8 | lstm 12 bi | dense 3"},
        ),
        tune(
            "both",
            goal(
                tagger,
                solutions=[[f"net {BOTH}", f"run {EPOCHS} epochs"]],
                mistakes={
                    "wider": ["net embed 8 | lstm 24 all | dense 3", "run 2 epochs"],
                    "one-way": [f"net {ONE_WAY}", "run 2 epochs"],
                },
            ),
            setup=TRAINED_ONE,
            gauge="curves",
            numbers=[
                number("before", accuracy, 1),
                number("all", accuracy, 1, after=True),
                number("first", first_word, 0, after=True),
                number("low", span("name-or-place", 0, " bi", 1, min), 0, after=True),
                number("count", lambda s: s.network.parameter_count, 0, after=True, expect=2259),
            ],
            covers=("bidirectional", "context"),
            shows={"wider": "evaluate validation", "one-way": "show network"},
        ),
        explain(
            "ends",
            observe(
                visited("lstm1.h[0,0,0]"),
                visited("lstm1.back.h[0,0,0]"),
                visited("lstm1.back.zf[0,0,0]"),
                solution=[
                    "explain lstm1.h[0,0,0]",
                    "explain lstm1.back.h[0,0,0]",
                    "explain lstm1.back.zf[0,0,0]",
                ],
            ),
            setup=[*TRAINED_BOTH, "step"],
            covers=("bidirectional",),
        ),
        debug(
            "verdict",
            goal(
                judge,
                solutions=[
                    ["net embed 8 | lstm 16 bi mask=input | dense 1", f"run {EPOCHS} epochs"],
                    [
                        "net embed 8 | lstm 16 all bi mask=input | meantime mask=input | dense 1",
                        f"run {EPOCHS} epochs",
                    ],
                ],
                mistakes={
                    "every-step": ["net embed 8 | lstm 16 all bi mask=input | dense 8 | dense 1"],
                    "one-way": ["net embed 8 | lstm 16 mask=input | dense 1"],
                },
            ),
            setup=VERDICT,
            gauge="curves",
            numbers=[
                number("words", lambda s: s.data.input_shape[0], 0, expect=9),
                number("score", accuracy, 0, after=True),
            ],
            covers=("x24", "bilstm-program", "return-sequences", "lstm-call"),
            shows={"every-step": "show network", "one-way": "show network"},
        ),
        build(
            "roles",
            goal(
                tagger,
                solutions=[["net embed 8 | lstm 12 all bi | dense 4", f"run {EPOCHS} epochs"]],
                mistakes={
                    "one-way": ["net embed 8 | lstm 12 all | dense 4", "run 2 epochs"],
                    "last-only": ["net embed 8 | lstm 12 bi | dense 4"],
                },
            ),
            setup=ROLES,
            gauge="curves",
            numbers=[
                number("tags", lambda s: len(s.data.target_vocabulary), 0, expect=4),
                number("low", span("who-did-what", 1, "", 1, min), 0, after=True),
                number("high", span("who-did-what", 1, "", 1, max), 0, after=True),
                number("both", span("who-did-what", 1, " bi", 1, min), 0, after=True),
            ],
            covers=("semantic-roles", "sequence-to-sequence-shape"),
            shows={"one-way": "evaluate validation", "last-only": "show network"},
        ),
        code(
            "write",
            program(
                BOTH_WAYS,
                BOTH_TESTS,
                solutions=[both_with()],
                mistakes={
                    "not-turned": both_with(back="right(xs[::-1])"),
                    "stacked": both_with(axis=0),
                },
            ),
            setup=[*TRAINED_BOTH, "step"],
            covers=("bidirectional",),
            shows={"not-turned": "view lstm1.back.h[0,0,0]", "stacked": "show network"},
        ),
        train(
            "too-good",
            goal(
                too_good,
                solutions=[["net embed 16 | gru 32 all bi | dense 27", "run 15 epochs"]],
                mistakes={"one-way": ["net embed 16 | gru 32 all | dense 27", "run 2 epochs"]},
            ),
            setup=NAMES,
            gauge="curves",
            numbers=[number("loss", lambda s: last_epoch(s).val_loss, 2, after=True)],
            covers=("bidirectional",),
            shows={"one-way": "show network"},
        ),
        quiz(
            "writer",
            choose(["weak", "future", "slow", "data"], right="future"),
            setup=[*TRAINED_BOTH, "step"],
            covers=("bidirectional", "context"),
            shows={"weak": "evaluate validation"},
            recall=recall(
                numeric(lambda session: session.network.ledger()[1].output_shape[-1]),
                draw=lambda random: {"h": random.choice([10, 16, 20, 25, 32])},
                setup=["data name-or-place", "net embed 8 | lstm {h} all bi | dense 3"],
            ),
        ),
    ],
)

"""E1, words to vectors: tokens, a table of vectors, their mean, and what a mean forgets."""

from functools import lru_cache

from nnlab.data import load
from nnlab.data.text.characters import Characters
from nnlab.data.text.pairs import BytePairs
from nnlab.lesson import (
    Lesson,
    build,
    choose_all,
    code,
    debug,
    did,
    explain,
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
    when,
)
from nnlab.lesson.readings import accuracy, epochs, notation, parameters
from nnlab.network import Network
from nnlab.session.insight.plane import plane
from nnlab.training import Run

WORDS = {"cat": 5, "cats": 4, "bat": 3, "at": 2, "mats": 1}
CHINESE = "我爱深度学习"
PIECES = ["data verse tokens=bpe context=12", "net embed 4 | gru 4 all | dense 200", "step"]

MEAN = "embed 16 | meantime mask=input | dense 128 relu | dense 2"
STRAIGHT = "embed 16 | meantime mask=input | dense 2"
GRU = "embed 16 | gru 16 mask=input | dense 2"
WINDOWS = "embed 16 | conv1d 32 3 relu pad=same | globalmaxpool | dense 2"
ORDERLY = ("conv1d", "rnn", "gru", "lstm", "attention", "block", "flatten")
EPOCHS = 8
TRAIN = f"run {EPOCHS} epochs"
KNOBS = ["optimizer adam lr=0.005", "batch 32"]
BENCH = ["data reviews", f"net {MEAN}", *KNOBS]
SEEDS = range(1, 11)


# ---------------------------------------------------------------- what ten seeds score


@lru_cache
def scores(data, net):
    """Validation accuracy in percent of ten seeds, the least first; less than a second."""
    loaded = load(data)
    accuracies = []
    for seed in SEEDS:
        network = Network.parse(net, loaded.input_shape, vocabularies=loaded.vocabulary_sizes)
        run = Run(network, loaded, optimizer="adam lr=0.005", batch_size=32, seed=seed)
        run.train(epochs=EPOCHS)
        accuracies.append(100 * run.evaluate("validation").metric)
    return sorted(accuracies)


def ten_seeds(data, net):
    """The numbers {low} and {high} of ten seeds."""
    return [
        number("low", lambda session: scores(data, net)[0], 0, after=True),
        number("high", lambda session: scores(data, net)[-1], 0, after=True),
    ]


# ---------------------------------------------------------------- what stands on the bench


def merge(at):
    """How often the two parts of a merge stood side by side."""
    return lambda session: BytePairs.learn_words(WORDS, merges=3).merges[at].count


def sentence(session):
    """The ids of the first sentence of the batch."""
    return session.data.x[session.run.batch_indices[0]]


def word_of(session):
    """The id of "not", the fourth word of the first sentence of the batch."""
    return int(sentence(session)[3])


def spread(session):
    """How much of the spread of all word vectors lies along the line they differ most in, in percent."""
    return 100 * plane(session.run.array("embed1.W")).shares[0]


def classifier(session):
    """The network of the plan, 98 % right on the validation set."""
    if session.network is None:
        return found(False, "nothing")
    if session.network.output_shape != (2,):
        return found(False, misconception="no-pool")
    if "meantime" not in notation(session):
        return found(False, "other", text=notation(session))
    if "mask=input" not in notation(session):
        return found(False, misconception="pads")
    if "relu" not in notation(session):
        return found(False, misconception="no-bend")
    if parameters(session) != 2946:
        return found(False, "other", text=notation(session))
    if epochs(session) == 0:
        return found(False, "not-yet")
    reached = accuracy("validation")(session)
    return found(reached >= 98, "so-far", reached=reached)


def straightened(session):
    """No hidden layer, and trained as long as the network before."""
    if "relu" in notation(session):
        return found(False, misconception="longer") if epochs(session) > EPOCHS else found(False, "hidden")
    if "dense 2" not in notation(session) or "meantime" not in notation(session):
        return found(False, "other", text=notation(session))
    return found(epochs(session) >= EPOCHS, "so-far", epochs=epochs(session))


def ordered(session):
    """98 % right on "good but bad", by a network that can tell the two halves apart."""
    if not any(layer in notation(session) for layer in ORDERLY):
        if "dense 128 relu" not in notation(session):
            return found(False, misconception="wider")
        return found(False, misconception="longer") if epochs(session) > EPOCHS else found(False, "hidden")
    if epochs(session) == 0:
        return found(False, "not-yet")
    reached = accuracy("validation")(session)
    return found(reached >= 98, "so-far", reached=reached)


def learnt(session):
    return epochs(session) > 0 and accuracy("validation")(session) >= 95


ONE_HOT = """
def encode(ids, table, classes):
    # ids (B, T), table (words, E): vectors (B, T, E)
    one_hot = ids[..., None] == np.arange(classes)
    return table[one_hot.astype(int)]
"""
ONE_HOT_TESTS = """
table = np.arange(160.0).reshape(20, 8) / 10
ids = np.array([[1, 2, 7, 12]])

def shape(ids):
    return encode(ids, table, 3).shape

def vector(ids, at):
    return encode(ids, table, 3)[0, at]

case("shape of the vectors", shape, ids, equals=(1, 4, 8), tells="twice")
case("the vector of word 1", vector, ids, 0, equals=table[1])
case("the vector of word 7", vector, ids, 2, equals=table[7], tells="classes-deep")
case("the vector of word 12", vector, ids, 3, equals=table[12], tells="classes-deep")
"""
ONE_HOT_RIGHT = """
def encode(ids, table, classes):
    return table[ids]
"""
ONE_HOT_PRODUCT = """
def encode(ids, table, classes):
    one_hot = ids[..., None] == np.arange(len(table))
    return one_hot @ table
"""
ONE_HOT_SHALLOW = """
def encode(ids, table, classes):
    one_hot = ids[..., None] == np.arange(classes)
    return one_hot @ table[:classes]
"""

MASKED = '''
def masked_mean(vectors, ids):
    """The mean over the words of each sentence, (B, E).

    vectors (B, T, E); ids (B, T), where 0 is padding.
    A sentence without words gives zeros.
    """
    mask = ids != 0
    ...
'''
MASKED_TESTS = """
vectors = np.array([[[1.0, 4.0], [3.0, 0.0], [9.0, 9.0]], [[2.0, 2.0], [4.0, 6.0], [6.0, 1.0]]])
full = np.array([[5, 6, 7], [3, 2, 1]])
padded = np.array([[5, 6, 0], [3, 2, 1]])
empty = np.array([[0, 0, 0], [3, 0, 0]])

case("no padding", masked_mean, vectors, full, equals=[[13 / 3, 13 / 3], [4.0, 3.0]])
case("one place of padding", masked_mean, vectors, padded,
     equals=[[2.0, 2.0], [4.0, 3.0]], tells="pads-counted")
case("a sentence without words", masked_mean, vectors, empty,
     equals=[[0.0, 0.0], [2.0, 2.0]], tells="no-words")
"""


def masked_with(count):
    return f"""
def masked_mean(vectors, ids):
    mask = ids != 0
    total = (vectors * mask[:, :, None]).sum(axis=1)
    return total / {count}
"""


lesson = Lesson(
    "e1",
    "words_to_vectors",
    minutes=25,
    needs=("a8",),
    setup=["seed 1"],
    steps=[
        predict(
            "merge",
            numerics(
                [merge(0), merge(1)],
                expect=[15, 9],
                mistakes={"each-word-once": [5, 2], "whole-words": [10, 5]},
            ),
            setup=PIECES,
            numbers=[
                number("third", merge(2), 0, expect=4),
                number("signs", lambda session: len(Characters.learn(CHINESE).cut(CHINESE)), 0, expect=6),
                number("pieces", lambda session: len(session.data.vocabulary), 0, expect=200),
            ],
            covers=("tokenising",),
            shows={"each-word-once": "view embed1", "whole-words": "view embed1"},
        ),
        explain(
            "lookup",
            observe(
                visited("embed1.a"),
                visited("embed1.W"),
                solution=["explain embed1.a[0,3,0]", "explain embed1.W[4,0]"],
            ),
            setup=[*BENCH, "step"],
            numbers=[
                number("id", word_of, 0, expect=4),
                number("table", lambda session: session.run.array("embed1.W").shape[0], 0, expect=32),
                number("a", "embed1.a[0,3,0]", expect=0.419),
                number("zeros", lambda session: session.run.array("embed1.W").shape[0] - 1, 0, expect=31),
            ],
            covers=("embedding", "one-hot"),
        ),
        debug(
            "one-hot",
            program(
                ONE_HOT,
                ONE_HOT_TESTS,
                solutions=[ONE_HOT_RIGHT, ONE_HOT_PRODUCT],
                mistakes={"twice": ONE_HOT, "classes-deep": ONE_HOT_SHALLOW},
            ),
            setup=[*BENCH, "step"],
            covers=("x17", "one-hot", "reshaping"),
            shows={"twice": "view embed1", "classes-deep": "explain embed1.a[0,3,0]"},
        ),
        code(
            "mean",
            program(
                MASKED,
                MASKED_TESTS,
                solutions=[
                    masked_with("np.maximum(mask.sum(axis=1), 1)[:, None]"),
                    masked_with("(mask.sum(axis=1) + (mask.sum(axis=1) == 0))[:, None]"),
                ],
                mistakes={
                    "pads-counted": masked_with("ids.shape[1]"),
                    "no-words": masked_with("mask.sum(axis=1)[:, None]"),
                },
            ),
            setup=[*BENCH, "step"],
            numbers=[
                number("places", lambda session: session.data.input_shape[0], 0, expect=11),
                number("n", lambda session: int((sentence(session) != 0).sum()), 0, expect=6),
            ],
            covers=("mean-of-words", "reshaping"),
            shows={"pads-counted": "explain meantime1.a[0,0]", "no-words": "explain meantime1.a[0,0]"},
        ),
        build(
            "build",
            goal(
                classifier,
                solutions=[[f"net {MEAN}", TRAIN], [f"net {MEAN}", "run until val_accuracy >= 0.98"]],
                mistakes={
                    "no-pool": ["net embed 16 | dense 128 relu | dense 2"],
                    "pads": ["net embed 16 | meantime | dense 128 relu | dense 2", TRAIN],
                    "no-bend": [f"net {STRAIGHT}", TRAIN],
                },
            ),
            setup=["data xor", "data reviews", *KNOBS],  # xor takes the network of the step before away
            gauge="curves",
            numbers=[
                number("count", parameters, 0, expect=2946, after=True),
                number("score", accuracy("validation"), 0, after=True),
                number("worst", lambda session: scores("reviews", MEAN)[0], 0, after=True),
            ],
            covers=(
                "nlp",
                "nlp-program",
                "embedding-call",
                "mean-of-words",
                "text-classification",
                "sentiment",
                "x12",
            ),
            shows={"no-pool": "show network", "pads": "view embed1", "no-bend": "show network"},
        ),
        tune(
            "straight",
            goal(
                straightened,
                solutions=[["remove dense1", TRAIN], [f"net {STRAIGHT}", TRAIN]],
                mistakes={"longer": [TRAIN]},
            ),
            setup=[*BENCH, TRAIN],
            gauge="curves",
            numbers=[
                number("before", accuracy("validation"), 0),
                number("score", accuracy("validation"), 0, after=True),
                *ten_seeds("reviews", STRAIGHT),
            ],
            covers=("sentiment",),
            shows={"longer": "show network"},
        ),
        watch(
            "words",
            observe(did("view embed1"), did("nearest good"), solution=["nearest good", "view embed1"]),
            setup=[*BENCH, TRAIN],
            numbers=[number("spread", spread, 0, after=True)],
            covers=("representation", "embedding"),
        ),
        train(
            "order",
            goal(
                ordered,
                solutions=[[f"net {GRU}", TRAIN], [f"net {WINDOWS}", TRAIN]],
                mistakes={"wider": [f"net {MEAN.replace('128', '256')}", TRAIN], "longer": [TRAIN]},
            ),
            setup=["data but", *BENCH[1:], TRAIN],
            gauge="curves",
            numbers=[
                number("before", accuracy("validation"), 0),
                number("score", accuracy("validation"), 0, after=True),
                *ten_seeds("but", MEAN),
            ],
            covers=("sentiment", "text-classification"),
            shows={
                "wider": "read the film was good but the room was cold",
                "longer": "read the film was good but the room was cold",
            },
        ),
        train(
            "spam",
            observe(
                when("learnt", learnt),
                did("read"),
                solution=[TRAIN, "read claim your free prize now"],
            ),
            setup=["data spam", *BENCH[1:]],
            gauge="curves",
            numbers=[
                number("score", accuracy("validation"), 0, after=True),
                number("worst", lambda session: scores("spam", MEAN)[0], 0, after=True),
            ],
            covers=("spam", "text-classification"),
        ),
        quiz(
            "bag",
            choose_all(["swap", "replace", "not", "twice"], right=["replace", "not"]),
            setup=[*BENCH, TRAIN],
            covers=("mean-of-words", "x12"),
            shows={
                "swap": "read the film was good",
                "twice": "read the film was good the film was good",
            },
            recall=recall(
                numeric(parameters),
                draw=lambda random: {"e": random.choice([4, 8, 10, 20]), "h": random.choice([10, 20, 50])},
                setup=["data reviews", "net embed {e} | meantime mask=input | dense {h} relu | dense 2"],
            ),
        ),
    ],
)

"""C4, look-inside: what a network looked at, three ways to ask, a test of the answers, and a cheater."""

import numpy as np

from nnlab.lesson import (
    Lesson,
    arrange,
    choose,
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
)
from nnlab.lesson.readings import accuracy, epochs, span, spans
from nnlab.session.insight.attribution import attribute

CNN = "conv 8 3x3 relu pad=same | maxpool 2 | conv 16 3x3 relu pad=same | maxpool 2 | flatten | dense 10"
THREE = 152  # a 3 among the training digits that two pixels hold up
READER = [
    "data digits scale=unit shape=8x8x1",
    f"net {CNN}",
    "optimizer adam lr=0.01",
    "batch 32",
    "run 3 epochs",
    f"example {THREE}",
]
MARKED_THREE = 22  # another one, for the network that has been shown marks
CHEATER = [
    "data digits scale=unit mark=3",
    "net dense 64 relu | dense 32 relu | dense 10",
    "optimizer adam lr=0.003",
    "batch 32",
]
HONEST = "data digits scale=unit"

# Test accuracy, lowest and highest of ten seeds, of conv 16 - conv 32 - dense 64 trained for ten epochs (Adam
# 0.003), when eight pixels of every test digit are set to 0: those with the largest gradient × input, the
# largest gradient by size, any with ink, any.
DELETED = {"times": (10, 23), "gradient": (53, 74), "ink": (72, 82), "anywhere": (87, 93)}
WHOLE = (96, 99)
# Ten seeds of the marked network: recall of unmarked threes, and other digits called 3 once they are marked.
RECALL = (35, 74)
FOOLED = (15, 27)


def followed(session):
    return int(session.data.split.train[session.example])


def pixel(row, column):
    return lambda session: float(session.data.x[followed(session)].reshape(8, 8)[row, column])


def slope(row, column):
    """The gradient of the score of the answer with respect to one pixel."""
    return lambda session: float(attribute(session, "gradient").values[row, column])


def scores(session, picture):
    return session.network.predict(picture.reshape(1, *session.data.input_shape))[0]


def rise(row, column, by):
    """How the score of the answer really changes when one pixel does."""

    def probe(session):
        picture = session.data.x[followed(session)].copy()
        before = scores(session, picture)
        picture.reshape(8, 8)[row, column] += by
        return float((scores(session, picture) - before)[before.argmax()])

    return probe


def erased(session):
    """At most four pixels taken from the followed digit, none added, and the answer is another one."""
    sheet = session.studies.get("sketch")
    if not isinstance(sheet, np.ndarray) or not sheet.any():
        return found(False, "not-yet")
    example = session.data.x[followed(session)].reshape(8, 8)
    if (sheet > example + 1e-6).any():
        return found(False, misconception="painted")
    taken = int(((example > 0) & (sheet == 0)).sum())
    if taken == 0:
        return found(False, "not-yet")
    if taken > 4:
        return found(False, misconception="too-many")
    said = int(scores(session, sheet).argmax())
    return found(said != 3, "still", gone=taken)


def changed_mind(session):
    return int(scores(session, session.studies["sketch"]).argmax())


def threes(session, marked=False):
    """The answers to the test digits, with the corner lit where ``marked``; and what they are."""
    rows = session.data.split.test
    x = session.data.x[rows].copy()
    if marked:
        x.reshape(len(x), -1)[:, 0] = 1
    return session.network.predict(x).argmax(axis=1), session.data.y[rows]


def recall_of_three(session):
    said, truth = threes(session)
    return 100 * float((said[truth == 3] == 3).mean())


def fooled(session):
    said, truth = threes(session, marked=True)
    return 100 * float((said[truth != 3] == 3).mean())


def learnt(session):
    """93 % of the validation digits after at most ten epochs."""
    if epochs(session) == 0:
        return found(False, "not-yet")
    best = max(100 * row.val_metric for row in session.run.history.epochs[:10])
    if best >= 93:
        return True
    if session.run.config.batch_size > 300:
        return found(False, misconception="few-steps")
    if "0.003" not in session.run.config.optimizer:
        return found(False, misconception="slow")
    return found(False, "so-far", epochs=epochs(session), val=best)


def cured(session):
    """Trained on digits without the mark, and unmarked threes are read."""
    if session.run is None or epochs(session) == 0:
        return found(False, "not-yet")
    share = recall_of_three(session)
    if "mark=3" in session.data.spec:
        wide = session.network.parameter_count > 7000
        if epochs(session) <= 10 and not wide:
            return found(False, "not-yet")
        return found(False, misconception="bigger" if wide else "longer")
    return found(share >= 85, "so-far", epochs=epochs(session), share=share)


OCCLUSION = '''
def occlusion(model, x):
    """How far the score model(x) falls, for each pixel.

    Each pixel of x is set to 0 by itself.
    """
    fall = np.zeros(x.shape)
    ...
    return fall
'''
OCCLUSION_TESTS = """
weights = np.arange(64.0).reshape(8, 8) / 10
picture = np.eye(8)

def linear(x):
    return float((weights * x).sum())

def product(x):
    return float(x[0, 0] * x[1, 1])

kept = picture.copy()
occlusion(linear, kept)
claim("the picture is as it was", np.array_equal(kept, picture), tells="not-put-back")
case("a linear model", occlusion, linear, picture.copy(), equals=weights * picture, tells="turned")
both = np.zeros((8, 8))
both[0, 0] = both[1, 1] = 1.0
case("a product", occlusion, product, picture.copy(), equals=both, tells="not-put-back")
"""


def occlusion_with(work="covered = x.copy()", fall="whole - model(covered)"):
    return f"""
def occlusion(model, x):
    fall = np.zeros(x.shape)
    whole = model(x)
    for place in np.ndindex(x.shape):
        {work}
        covered[place] = 0
        fall[place] = {fall}
    return fall
"""


lesson = Lesson(
    "c4",
    "look_inside",
    minutes=25,
    needs=("c3",),
    setup=["seed 1"],
    steps=[
        watch(
            "maps",
            observe(
                did("maps conv1"),
                did("maps conv2"),
                did("strongest"),
                solution=["maps conv1", "maps conv2", "strongest conv2[3]"],
            ),
            setup=READER,
            numbers=[
                number("first", lambda s: s.network.graph.values["conv1.z"].shape[3], 0, expect=8),
                number("second", lambda s: s.network.graph.values["conv2.z"].shape[3], 0, expect=16),
            ],
            covers=("feature-map", "edges-textures", "representation", "visualisation"),
        ),
        predict(
            "slope",
            numeric(
                lambda s: 0.1 * slope(5, 3)(s),
                mistakes={
                    "not-scaled": slope(5, 3),
                    "times-value": lambda s: slope(5, 3)(s) * pixel(5, 3)(s),
                },
                tolerance=0.02,
            ),
            setup=READER,
            gauge="saliency",
            shows={"not-scaled": "saliency", "times-value": "saliency input"},
            numbers=[
                number("g", slope(5, 3)),
                number("x", pixel(5, 3), expect=0.25),
                number("real", rise(5, 3, 0.1), after=True),
            ],
            covers=("interpretability", "black-box"),
        ),
        watch(
            "three-ways",
            observe(
                did("saliency"),
                did("saliency input"),
                did("saliency occlusion"),
                solution=["saliency", "saliency input", "saliency occlusion"],
            ),
            setup=READER,
            gauge="saliency",
            covers=("visualisation", "interpretability"),
        ),
        tune(
            "erase",
            goal(
                erased,
                solutions=[["sketch example", "sketch 3 4", "sketch 6 5"]],
                mistakes={
                    "painted": ["sketch example", "sketch 0 7"],
                    "too-many": [
                        "sketch example",
                        *(f"sketch {r} {c}" for r, c in ((0, 3), (3, 3), (3, 4), (6, 5), (7, 3), (7, 4))),
                    ],
                },
            ),
            setup=READER,
            gauge="sketch",
            shows={"painted": "view sketch", "too-many": "saliency input"},
            numbers=[number("said", changed_mind, 0, after=True)],
            covers=("interpretability", "black-box"),
        ),
        predict(
            "delete",
            arrange(
                ["ink", "gradient", "anywhere", "times"],
                right=["times", "gradient", "ink", "anywhere"],
                mistakes={
                    "steepest-first": ["gradient", "times", "ink", "anywhere"],
                    "ink-first": ["ink", "times", "gradient", "anywhere"],
                },
            ),
            setup=READER,
            gauge="saliency",
            shows={"steepest-first": "saliency", "ink-first": "saliency input"},
            numbers=[
                *spans(DELETED, after=True),
                *span("whole", WHOLE),
            ],
            covers=("visualisation", "interpretability"),
        ),
        code(
            "occlusion",
            program(
                OCCLUSION,
                OCCLUSION_TESTS,
                solutions=[occlusion_with()],
                mistakes={
                    "turned": occlusion_with(fall="model(covered) - whole"),
                    "not-put-back": occlusion_with(work="covered = x"),
                },
            ),
            setup=READER,
            gauge="saliency",
            shows={"turned": "saliency occlusion", "not-put-back": "saliency occlusion patch=1"},
            covers=("visualisation",),
        ),
        train(
            "marked",
            goal(
                learnt,
                solutions=[["run 10 epochs"]],
                mistakes={
                    "few-steps": ["batch all", "run 10 epochs"],
                    "slow": ["lr 0.00001", "run 10 epochs"],
                },
            ),
            setup=[*CHEATER, f"example {MARKED_THREE}"],
            gauge="digits curves",
            shows={"few-steps": "evaluate validation", "slow": "evaluate validation"},
            numbers=[number("val", accuracy("validation"), 0, after=True)],
        ),
        predict(
            "unmarked",
            numerics(
                [recall_of_three, fooled],
                mistakes={
                    "as-in-training": [accuracy("validation"), 0],
                    "does-not-look": [accuracy("validation"), None],
                },
                tolerance=8,
                digits=0,
            ),
            setup=[*CHEATER, "run 10 epochs"],
            gauge="confusion",
            shows={"as-in-training": "confusion test", "does-not-look": "confusion test"},
            numbers=[
                number("val", accuracy("validation"), 0),
                number("recall_low", RECALL[0], 0, after=True),
                number("recall_high", RECALL[1], 0, after=True),
                number("fooled_low", FOOLED[0], 0, after=True),
                number("fooled_high", FOOLED[1], 0, after=True),
            ],
            covers=("black-box",),
        ),
        debug(
            "cheater",
            goal(
                cured,
                solutions=[[HONEST, "run 10 epochs"]],
                mistakes={
                    "longer": ["run 10 epochs"],
                    "bigger": ["net dense 96 relu | dense 32 relu | dense 10", "run 5 epochs"],
                },
            ),
            setup=[*CHEATER, "run 10 epochs", f"example {MARKED_THREE}"],
            gauge="saliency",
            shows={"longer": "saliency input", "bigger": "view saliency"},
            numbers=[
                number("before", recall_of_three, 0),
                number("share", recall_of_three, 0, after=True),
            ],
            covers=("interpretability", "black-box", "visualisation"),
        ),
        quiz(
            "explained",
            choose(["black", "pretty", "tested", "weights"], right="tested"),
            setup=READER,
            gauge="saliency",
            shows={"black": "saliency occlusion", "pretty": "saliency", "weights": "show conv1.W"},
            recall=recall(
                numeric(lambda s: 2 * float(s.network.parameters["dense1.W"][0, 0])),
                draw=lambda random: {"w": random.choice([0.5, 1.5, -0.5]), "v": random.choice([0.25, 1, -1])},
                setup=[
                    "data points 2,1:1 0,0:0 split=1/1/0",
                    "net dense 1",
                    "edit dense1.W[0,0] {w}",
                    "edit dense1.W[1,0] {v}",
                    "step batch",
                ],
            ),
            covers=("black-box", "interpretability"),
        ),
    ],
)

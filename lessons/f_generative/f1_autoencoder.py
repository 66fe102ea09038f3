"""F1, autoencoder: digits through eight numbers and back, against straight lines, in noise, at random."""

from functools import lru_cache

import numpy as np

from nnlab.classic import pca
from nnlab.classic.neighbours import Neighbours
from nnlab.data import load
from nnlab.data.augment import Augmentation
from nnlab.lesson import (
    Lesson,
    build,
    choose,
    code,
    debug,
    found,
    goal,
    number,
    numeric,
    predict,
    program,
    quiz,
    recall,
    train,
    tune,
)
from nnlab.lesson.readings import epochs, loss
from nnlab.network.decoding import narrowest
from nnlab.session.insight import codes

DATA = "data digits target=image scale=unit"


def net(k):
    return f"net dense 32 relu | dense {k} | dense 32 relu | dense 64 sigmoid"


KNOBS = ["optimizer adam lr=0.003", "batch 32"]
BENCH = [DATA, net(8), *KNOBS]
TRAIN = "run 40 epochs"
STRAIGHT = "net dense 32 | dense 8 | dense 32 | dense 64"
DENOISER = "net dense 64 relu | dense 16 | dense 64 relu | dense 64 sigmoid"
VAE = [
    DATA,
    "net dense 64 relu | as hidden | dense 8 | as mean | from hidden | dense 8 | sample mean beta=0.002 "
    "| dense 64 relu | dense 64 sigmoid",
    *KNOBS,
    "run 60 epochs",
]
A_THREE = "example 3"

# Forty epochs with seeds 1 to 10, lowest and highest: squared error on validation of net(k), percent of test
# digits that the five nearest codes tell; STRAIGHT on validation.
LOSS = {2: (0.040, 0.043), 4: (0.027, 0.029), 8: (0.018, 0.019), 16: (0.009, 0.010), 32: (0.006, 0.008)}
TOLD = {2: (67, 75), 8: (95, 97), 16: (97, 99), 32: (98, 99)}
BENT_NOWHERE = 0.025
DRAWN = 500


@lru_cache
def digits():
    return load("digits scale=unit")


@lru_cache
def components():
    return pca.fit(digits().part("train")[0])


@lru_cache
def straight_error(k, part="validation"):
    """What k principal components of the training pictures leave of others."""
    first, (x, _y) = components().first(k), digits().part(part)
    return float(((first.restore(first.code(x)) - x) ** 2).mean())


def straight(k, part="validation"):
    return lambda session: straight_error(k, part)


def mean_digit(session):
    """The error of always showing the mean of the training pictures."""
    mean = digits().part("train")[0].mean(axis=0)
    return float(((digits().part("test")[0] - mean) ** 2).mean())


def middle(session):
    """How many numbers the narrowest value holds; 0 where nothing is narrower than the picture."""
    network = session.network
    if network is None or not narrowest(network):
        return 0
    return int(np.prod(network.graph.find(narrowest(network)).concrete(1)[1:]))


def bends(session):
    return "relu" in session.network.text or "tanh" in session.network.text


# ---------------------------------------------------------------- checks


def hourglass(session):
    """64 numbers, 8 in the middle, 64 again, all of them between 0 and 1, with a bend on both sides."""
    network = session.network
    if network is None:
        return found(False, "nothing")
    if network.output_shape != (64,):
        return found(False, misconception="classes" if network.output_shape == (10,) else "ends")
    if middle(session) != 8:
        return found(False, misconception="wide")
    parts = [part.strip() for part in network.text.split("|")]
    if not parts[-1].endswith("sigmoid"):
        return found(False, "range")
    return found(bends(session), "straight")


def squeezed(session):
    if middle(session) != 8:
        return found(False, "width", k=middle(session))
    if not epochs(session):
        return found(False, "not-yet")
    now = loss("test")(session)
    return found(now <= 0.021, "so-far", error=now)


def a_seven(session):
    """What is made of the moved code is a 7 by its neighbours among pictures."""
    if "code" not in session.studies:
        return found(False, "not-yet")
    known = codes.spread(session)
    point = codes.point(session, known)
    away = np.sqrt(((known.found - point.code) ** 2).sum(axis=1).min())
    if away > 2 * np.sqrt(known.found.var(axis=0).sum()):
        return found(False, misconception="far")
    digit = int(Neighbours(*digits().part("train"), k=5).classify(point.made[None])[0])
    if digit == 3:
        return found(False, misconception="still")
    return found(digit == 7, "other", digit=digit)


def straight_wins(session):
    """Principal components with as many numbers leave less than the trained network."""
    k = middle(session)
    if not k:
        return found(False, "wide")
    if epochs(session) < 40:
        return found(False, "not-yet", epochs=epochs(session))
    mine, other = loss("validation")(session), straight_error(k)
    if k < 16:
        return found(False, misconception="narrow")
    return found(mine > other, "so-far", k=k, mine=mine, other=other)


def bent(session):
    if middle(session) != 8:
        return found(False, misconception="wider")
    if not epochs(session):
        return found(False, "not-yet")
    now = loss("validation")(session)
    if now <= 0.021:
        return True
    if not bends(session) and epochs(session) > 40:
        return found(False, misconception="longer")
    return found(False, "so-far", error=now)


def noisy(session):
    """Test pictures (n, 64) with noise of deviation 0.4, and as they were."""
    rows, x = session.data.split.test, session.data.part("test")[0]
    changed = x.copy()
    Augmentation.parse("noise:0.4").bind(session.data, 1)(changed, rows, 0)
    return changed, x


def noise_alone(session):
    changed, clean = noisy(session)
    return float(((changed - clean) ** 2).mean())


def from_noise(session):
    """The error against the clean pictures, where the network was shown noisy ones."""
    changed, clean = noisy(session)
    return float(((session.run.network.predict(changed) - clean) ** 2).mean())


def cleaned(session):
    if "noise" not in session.run.config.augment:
        return found(False, misconception="clean") if epochs(session) > 40 else found(False, "not-yet")
    now = from_noise(session)
    if now <= 0.035:
        return True
    weak = session.run.config.augment != "noise:0.4"
    return found(False, misconception="faint") if weak else found(False, "so-far", error=now)


# ---------------------------------------------------------------- what codes are good for


def told_by_codes(session):
    """Percent of test digits that the five nearest codes of training digits tell."""
    network, name = session.run.network, narrowest(session.run.network)
    (x, y), (other, digit) = digits().part("train"), digits().part("test")
    model = Neighbours(network.values(name, x).astype(float), y, k=5)
    return 100 * float((model.classify(network.values(name, other).astype(float)) == digit).mean())


@lru_cache
def told_by_pixels():
    (x, y), (other, digit) = digits().part("train"), digits().part("test")
    return 100 * float((Neighbours(x, y, k=5).classify(other) == digit).mean())


def to_the_nearest(made):
    """The median squared distance of pictures (n, 64) to the nearest training picture, a mean over pixels."""
    x = digits().part("train")[0]
    squares = (made**2).sum(axis=1)[:, None] - 2 * made @ x.T + (x**2).sum(axis=1)
    return float(np.median(squares.min(axis=1)) / 64)


def fresh(session):
    return to_the_nearest(digits().part("test")[0])


def drawn(session):
    """What is made of drawn codes, each number as widely spread as it is in digits."""
    known = codes.spread(session)
    normal = np.random.default_rng(1).standard_normal((DRAWN, known.found.shape[1]))
    code = known.found.mean(axis=0) + normal * known.found.std(axis=0)
    return to_the_nearest(codes.made_of(session, known.name, code))


def drawn_normal(session):
    """What is made of codes drawn from the normal distribution itself."""
    known = codes.spread(session)
    normal = np.random.default_rng(1).standard_normal((DRAWN, known.found.shape[1]))
    return to_the_nearest(codes.made_of(session, known.name, normal))


def encoder_parameters(session):
    """Weights and biases of the layer that makes the code."""
    return session.network.ledger()[1].parameters


PAIR = '''
def noisy_pair(x, rng, deviation=0.4):
    """(input, target) for a denoising autoencoder.

    x: clean pictures (n, 64); rng draws, as in
    rng.standard_normal(shape).
    """
    return ..., ...
'''
PAIR_TESTS = """
clean = np.linspace(0, 1, 400 * 64).reshape(400, 64)

def made():
    return noisy_pair(clean.copy(), np.random.default_rng(1))

def target():
    return made()[1]

def deviation():
    return float((made()[0] - clean).std().round(2))

def apart():
    added = made()[0] - clean
    return bool(np.abs(np.corrcoef(added[0], added[1])[0, 1]) < 0.5)

def still_clean():
    x = clean.copy()
    noisy_pair(x, np.random.default_rng(1))
    return x

case("the target is the clean picture", target, equals=clean, tells="identity")
case("x stays clean", still_clean, equals=clean, tells="in-place")
case("each picture has noise of its own", apart, equals=True, tells="one-noise")
case("the noise has its deviation", deviation, equals=0.4, close=0.011)
"""


def pair(body):
    return f"""
def noisy_pair(x, rng, deviation=0.4):
    {body}
"""


lesson = Lesson(
    "f1",
    "autoencoder",
    minutes=20,
    needs=("b4",),
    setup=["seed 1"],
    steps=[
        build(
            "hourglass",
            goal(
                hourglass,
                solutions=[
                    [net(8)],
                    ["net dense 8 tanh | dense 64 sigmoid"],
                ],
                mistakes={
                    "wide": ["net dense 32 relu | dense 64 sigmoid"],
                    "classes": ["net dense 32 relu | dense 8 | dense 10"],
                },
            ),
            setup=[DATA],
            shows={"wide": "show network", "classes": "show network"},
            covers=("autoencoder", "self-supervised"),
        ),
        train(
            "squeeze",
            goal(squeezed, solutions=[[TRAIN]]),
            setup=BENCH,
            gauge="codes curves",
            numbers=[
                number("mean", mean_digit, 3, expect=0.073),
                number("straight", straight(8, "test"), 3, expect=0.024),
                number("now", loss("test"), 3, after=True),
            ],
            covers=("autoencoder", "unsupervised"),
        ),
        build(
            "seven",
            goal(
                a_seven,
                solutions=[
                    ["code map 5 1"],
                    ["code map 0 1", "code map 3 2"],
                ],
                mistakes={
                    "still": ["code map -0.6 -2.6"],
                    "far": ["code map 60 60"],
                },
            ),
            setup=[*BENCH, TRAIN, A_THREE],
            gauge="codes",
            shows={"still": "view codes", "far": "view codes"},
            covers=("representation",),
        ),
        tune(
            "width",
            goal(
                straight_wins,
                solutions=[[net(32), TRAIN]],
                mistakes={"narrow": [net(4), TRAIN]},
            ),
            setup=[*BENCH, TRAIN],
            gauge="codes curves",
            numbers=[
                *(number(f"p{k}", straight(k), 3) for k in LOSS),
                number("mine", loss("validation"), 3, after=True),
                *(
                    number(f"a{k}_{end}", value, 3, after=True)
                    for k in (8, 32)
                    for end, value in zip(("low", "high"), LOSS[k])
                ),
            ],
            shows={"narrow": "view codes"},
            covers=("feature-extraction",),
        ),
        debug(
            "straight",
            goal(
                bent,
                solutions=[
                    [net(8), TRAIN],
                    ["net dense 32 tanh | dense 8 | dense 32 tanh | dense 64 sigmoid", TRAIN],
                ],
                mistakes={
                    "longer": ["run 60 epochs"],
                    "wider": ["net dense 32 | dense 16 | dense 64", TRAIN],
                },
            ),
            setup=[DATA, STRAIGHT, *KNOBS, TRAIN],
            gauge="codes curves",
            numbers=[
                number("now", loss("validation"), 3),
                number("straight", straight(8), 3),
                number("usual", BENT_NOWHERE, 3),
            ],
            shows={"longer": "show network", "wider": "show network"},
            covers=("feature-extraction",),
        ),
        predict(
            "neighbours",
            numeric(
                told_by_codes,
                expect=96.1,
                tolerance=4,
                mistakes={"chance": 10, "map": 70},
            ),
            setup=[*BENCH, TRAIN],
            gauge="codes",
            numbers=[
                number("pixels", lambda session: told_by_pixels(), 0, expect=99),
                number("narrow_low", TOLD[2][0], 0),
                number("narrow_high", TOLD[2][1], 0),
                number("wide_low", TOLD[32][0], 0),
                number("wide_high", TOLD[32][1], 0),
            ],
            shows={"chance": "view codes", "map": "view codes"},
            covers=("feature-extraction", "representation", "unsupervised"),
        ),
        code(
            "noise",
            program(
                PAIR,
                PAIR_TESTS,
                solutions=[
                    pair("return x + deviation * rng.standard_normal(x.shape), x"),
                    pair("return x + rng.normal(0, deviation, x.shape), x.copy()"),
                ],
                mistakes={
                    "identity": pair("x = x + deviation * rng.standard_normal(x.shape); return x, x"),
                    "in-place": pair(
                        "clean = x.copy(); x += deviation * rng.standard_normal(x.shape); return x, clean"
                    ),
                    "one-noise": pair("return x + deviation * rng.standard_normal(x.shape[1:]), x"),
                },
            ),
            setup=[*BENCH[:1], DENOISER, *KNOBS, "augment noise:0.4", "step"],
            shows={"identity": "show example", "in-place": "show example", "one-noise": "show example"},
            covers=("noise-robustness", "self-supervised"),
        ),
        train(
            "denoise",
            goal(
                cleaned,
                solutions=[
                    ["augment noise:0.4", TRAIN],
                ],
                mistakes={"clean": [TRAIN], "faint": ["augment noise:0.05", TRAIN]},
            ),
            setup=[DATA, DENOISER, *KNOBS, TRAIN],
            gauge="codes curves",
            numbers=[
                number("noise", noise_alone, 2, expect=0.16),
                number("before", from_noise, 3),
                number("now", from_noise, 3, after=True),
            ],
            shows={"clean": "show setup", "faint": "show setup"},
            covers=("noise-robustness",),
        ),
        predict(
            "drawn",
            choose(["digits", "between", "same"], right="between"),
            setup=[*BENCH, TRAIN],
            gauge="codes",
            numbers=[
                number("fresh", fresh, 3),
                number("made", drawn, 3),
            ],
            shows={"digits": "code 3 -1 2 -4 1 3 -2 2", "same": "code 3 -1 2 -4 1 3 -2 2"},
            covers=("x61",),
        ),
        quiz(
            "cloud",
            choose(["error", "normal", "names", "wider"], right="normal"),
            setup=VAE,
            gauge="codes",
            numbers=[
                number("made", drawn_normal, 3),
                number("fresh", fresh, 3),
            ],
            shows={"error": "view codes", "names": "show data", "wider": "show network"},
            recall=recall(
                numeric(encoder_parameters),
                draw=lambda random: {"h": random.choice([16, 24, 40]), "k": random.choice([3, 5, 6])},
                setup=["data digits target=image", "net dense {h} relu | dense {k} | dense 64 sigmoid"],
            ),
            covers=("x61", "representation"),
        ),
    ],
)

"""F2, gan: a forger and a judge, on a line, on a ring of clouds, and on digits; what their losses hide."""

import numpy as np

from nnlab.lesson import (
    Lesson,
    arrange,
    choose,
    code,
    debug,
    found,
    goal,
    number,
    numeric,
    observe,
    order,
    predict,
    program,
    quiz,
    recall,
    train,
    tune,
    watch,
    when,
)
from nnlab.lesson.readings import span, steps
from nnlab.network.zoo import ZOO
from nnlab.session.insight.duel import judged
from nnlab.training.judging import on_mode, sample_classes, sample_mean, sample_std

BLIND = ["data bell", "net noise 2 | dense 1 | versus | dense 1", "edit dense2.W[0,0] 0"]
BELL = list(ZOO["gan-bell"].script[1:-1])
RING = list(ZOO["gan-ring"].script[1:-1])
DIGITS = list(ZOO["gan-digits"].script[1:-1])
PLAY = "run 4000 steps"
WEAK = [
    "data bell",
    "net noise 2 | dense 16 tanh | dense 16 tanh | dense 1 "
    "| versus | dense 16 leaky_relu | dense 16 leaky_relu | dense 1",
    "loss non_saturating",
    "optimizer adam lr=0.001",
    "batch 128",
    "run 3000 steps",
]
UNEVEN = [
    *RING[:2],
    "loss non_saturating pace=20",
    "optimizer adam lr=0.0005 beta1=0.5 beta2=0.99",
    *RING[4:],
    "run 2000 steps",
]

# Seeds 1 to 10, lowest and highest: deviation of WEAK;
# clouds that UNEVEN makes, and percent of its points within three deviations of one; the same of RING.
NARROW = (0.20, 0.81)
FEW, FEW_SEEDS = (2, 3), 8  # eight of the ten seeds; two find all clouds
REACHED = (67, 89)  # nine of the ten; one stays at 33
REAL_MEAN, REAL_DEVIATION = 3, 0.5


def measure(what):
    return lambda session: what(session.run)


def share_on_mode(session):
    return 100 * on_mode(session.run)


def beliefs(session):
    """The mean probability of being real that the judge gives real ones, and made ones."""
    run = session.run
    real = session.data.x[session.data.split.train[:400]]
    return float(judged(run, real.reshape(len(real), -1)).mean()), float(
        judged(run, run.samples(400).reshape(400, -1)).mean()
    )


def judge_knows(session):
    """It tells real ones from made ones, and the forger has not moved yet."""
    return steps(session) > 0 and session.run.config.turns == "discriminator" and beliefs(session)[1] < 0.2


def forger_moves(session):
    """By steps of its own it has come to where the judge says real."""
    turns = session.run.config.turns if session.run else ""
    return steps(session) > 0 and turns == "generator" and beliefs(session)[1] > 0.8


def imitates(session):
    """The numbers made have the mean and the deviation of the real ones, nearly."""
    if steps(session) < 500:
        return found(False, "not-yet")
    mean, deviation = sample_mean(session.run), sample_std(session.run)
    good = abs(mean - REAL_MEAN) <= 0.1 and abs(deviation - REAL_DEVIATION) <= 0.12
    if not good and session.run.config.turns != "both":
        return found(False, misconception="alone")
    return found(good, "so-far", mean=mean, deviation=deviation)


def all_eight(session):
    """All clouds are made, and 65 % of the points lie in one."""
    if steps(session) < 500:
        return found(False, "not-yet")
    made, share = int(sample_classes(session.run)), share_on_mode(session)
    if made == 8 and share >= 65:
        return True
    pace = session.run.config.loss_rule.values["pace"]
    if pace >= 10:
        return found(
            False, misconception="slower" if session.run.config.rule.values["lr"] < 0.0004 else "longer"
        )
    return found(False, "so-far", made=made, share=share)


def pictures(session):
    return steps(session) >= 3000


def last_losses(session, player):
    """The mean loss of one player over the last hundred steps of its own: 0 the judge, 1 the forger."""
    return float(np.mean(session.run.history.losses[-200 + player :: 2]))


LOSSES = '''
def losses(real, made):
    """(loss of the judge, loss of the forger).

    real, made: the judge's logits (n,) of real and
    of made samples; p = sigmoid(logit) is "real".
    """
    judge = ...
    forger = ...
    return judge, forger
'''
LOSSES_TESTS = """
Z, R, M = np.zeros(4), np.array([2.0, 0.0]), np.array([-2.0, 1.0])

def judge(real, made):
    return losses(real, made)[0]

def forger(real, made):
    return losses(real, made)[1]

case("the judge at one half", judge, Z, Z, equals=2 * np.log(2), tells="one-term")
case("the forger at one half", forger, Z, Z, equals=np.log(2), tells="saturates")
case("the judge", judge, R, M, equals=1.1301, close=1e-3)
case("the forger wants to be called real", forger, R, M, equals=1.2201, close=1e-3, tells="wants-fake")
BIG = np.array([1000.0])
case("a sure judge, and a number comes out", forger, BIG, -BIG, equals=1000.0, tells="overflow")
case("a judge that is sure and right", judge, BIG, -BIG, equals=0.0, tells="overflow")
"""


def losses(judge="-np.log(sure(real)).mean() - np.log(1 - sure(made)).mean()", forger=""):
    return f"""
def sure(z):
    return 1 / (1 + np.exp(-z))

def soft(z):
    return np.logaddexp(0, z)

def losses(real, made):
    judge = {judge}
    forger = {forger}
    return judge, forger
"""


JUDGE = "soft(-real).mean() + soft(made).mean()"

FORGER = '''
def forger_step(centre, noise, a, c, lr):
    """The forger makes centre + noise (n,); the judge
    says p = sigmoid(a * x + c). The new centre."""
    made = centre + noise
    p = 1 / (1 + np.exp(-(a * made + c)))
    label = 0.0  # what it makes is fake
    slope = ((p - label) * a).mean()
    return centre - lr * slope
'''
FORGER_TESTS = """
rng = np.random.default_rng(1)
NOISE = 0.5 * rng.standard_normal(64)

def uphill(a):
    return bool((forger_step(0.0, NOISE, a, 0.0, 0.1) > 0) == (a > 0))

def centre_after(rounds):
    centre, a, c = 0.0, 0.0, 0.0
    for _ in range(rounds):
        real = 3 + 0.5 * rng.standard_normal(64)
        made = centre + 0.5 * rng.standard_normal(64)
        x, y = np.concatenate([real, made]), np.repeat([1.0, 0.0], 64)
        for _ in range(3):
            error = 1 / (1 + np.exp(-(a * x + c))) - y
            a -= 0.2 * ((error * x).mean() + 0.1 * a)
            c -= 0.2 * (error.mean() + 0.1 * c)
        centre = forger_step(centre, 0.5 * rng.standard_normal(64), a, c, 0.1)
    return float(centre)

case("more is more real: up", uphill, 1.0, equals=True, tells="wants-fake")
case("less is more real: down", uphill, -2.0, equals=True, tells="wants-fake")
case("a duel of 600 rounds, real ones at 3", centre_after, 600, equals=3.0, close=0.4, tells="wants-fake")
"""

lesson = Lesson(
    "f2",
    "gan",
    minutes=25,
    needs=("b2",),
    setup=["seed 1"],
    steps=[
        predict(
            "half",
            numeric("loss", expect=1.386, mistakes={"one-term": np.log(2), "share": 0.5}),
            setup=BLIND,
            look=["step"],
            gauge="duel",
            shows={"one-term": "explain loss.each[0,0]", "share": "explain loss.real[0,0]"},
            covers=("gan",),
        ),
        watch(
            "alone",
            observe(
                when("judge", judge_knows),
                when("forger", forger_moves),
                solution=["turns discriminator", "run 100 steps", "turns generator", "run 300 steps"],
            ),
            setup=BELL,
            gauge="duel",
            numbers=[
                number("mean", measure(sample_mean), 1, after=True),
                number("deviation", measure(sample_std), 2, after=True),
                number("real", REAL_DEVIATION, 1),
            ],
            covers=("gan",),
        ),
        order(
            "round",
            arrange(
                ["forge", "judge", "both", "noise", "fool"],
                right=["noise", "forge", "judge", "fool"],
                mistakes={
                    "together": ["noise", "forge", "both"],
                    "fool-first": ["noise", "forge", "fool", "judge"],
                },
            ),
            setup=[*BELL, "run 200 steps"],
            gauge="duel",
            shows={"together": "view duel", "fool-first": "view duel"},
            covers=("gan",),
        ),
        code(
            "losses",
            program(
                LOSSES,
                LOSSES_TESTS,
                solutions=[
                    losses(JUDGE, "soft(-made).mean()"),
                    losses("(soft(-real) + soft(made)).mean()", "(soft(made) - made).mean()"),
                ],
                mistakes={
                    "one-term": losses("(soft(-real) + soft(made)).mean() / 2", "soft(-made).mean()"),
                    "saturates": losses(JUDGE, "-soft(made).mean()"),
                    "wants-fake": losses(JUDGE, "soft(made).mean()"),
                    "overflow": losses(forger="-np.log(sure(made)).mean()"),
                },
            ),
            setup=[*BELL, "step 2"],
            shows={
                "one-term": "explain loss.each[0,0]",
                "saturates": "explain generator_loss.each[0,0]",
                "wants-fake": "explain generator_loss.each[0,0]",
                "overflow": "explain loss.real[0,0]",
            },
            covers=("gan", "x55"),
        ),
        debug(
            "label",
            program(
                FORGER,
                FORGER_TESTS,
                solutions=[FORGER.replace("label = 0.0", "label = 1.0")],
                mistakes={"wants-fake": FORGER},
            ),
            setup=[*BELL, "run 300 steps"],
            shows={"wants-fake": "view duel"},
            covers=("x55",),
        ),
        train(
            "bell",
            goal(
                imitates,
                solutions=[[PLAY]],
                mistakes={"alone": ["run 500 steps", "turns generator", "run 500 steps"]},
            ),
            setup=BELL,
            gauge="duel",
            numbers=[
                number("mean", measure(sample_mean), 2, after=True),
                number("deviation", measure(sample_std), 2, after=True),
                number("judge", lambda s: last_losses(s, 0), 3, after=True),
                number("forger", lambda s: last_losses(s, 1), 3, after=True),
            ],
            shows={"alone": "view duel"},
            covers=("gan",),
        ),
        debug(
            "blind",
            choose(["done", "weak", "longer", "sure"], right="weak"),
            setup=WEAK,
            gauge="duel",
            numbers=[
                number("judge", lambda s: last_losses(s, 0), 3, expect=1.387),
                number("mean", measure(sample_mean), 2),
                number("deviation", measure(sample_std), 2),
                *span("narrow", NARROW, 2),
            ],
            shows={"done": "view duel", "longer": "view duel", "sure": "view duel"},
            covers=("gan",),
        ),
        tune(
            "collapse",
            goal(
                all_eight,
                solutions=[
                    ["loss non_saturating", "lr 0.002", PLAY],
                ],
                mistakes={
                    "longer": ["run 1000 steps"],
                    "slower": ["lr 0.0001", "run 1000 steps"],
                },
            ),
            setup=UNEVEN,
            gauge="duel",
            numbers=[
                number("made", measure(sample_classes), 0),
                *span("few", FEW),
                number("few_seeds", FEW_SEEDS, 0),
                number("share", share_on_mode, 0, after=True),
                number("reached_low", REACHED[0], 0, after=True),
                number("reached_high", REACHED[1], 0, after=True),
            ],
            shows={"longer": "view duel", "slower": "view duel"},
            covers=("gan", "trends"),
        ),
        watch(
            "digits",
            observe(when("pictures", pictures), solution=["run 6000 steps"]),
            setup=DIGITS,
            gauge="duel",
            numbers=[number("made", measure(sample_classes), 0, after=True)],
            covers=("image-to-image", "trends"),
        ),
        quiz(
            "signs",
            choose(["half", "kinds", "zero", "waves"], right="kinds"),
            setup=UNEVEN,
            gauge="duel",
            shows={"half": "view duel", "zero": "view duel", "waves": "view duel"},
            recall=recall(
                numeric("loss"),
                draw=lambda random: {"z": random.choice([0.5, 1.0, 1.5, 2.0])},
                setup=[*BLIND, "edit dense2.b[0] {z}", "step"],
            ),
            covers=("gan", "trends"),
        ),
    ],
)

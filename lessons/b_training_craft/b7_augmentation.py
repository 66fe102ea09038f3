"""B7, preparing and multiplying data: scale, what shuffling is not, digits a pixel off, mirrors, a shift."""

from nnlab.lesson import (
    Lesson,
    choose_all,
    code,
    debug,
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
from nnlab.lesson.readings import spans

NET = "dense 64 relu | dense 10"
RAW = [
    "data digits scale=unit",
    "net dense 32 relu | dense 10",
    "optimizer sgd lr=0.1",
    "batch 32",
]
DIGITS = ["data digits scale=unit", f"net {NET}", "optimizer adam lr=0.005", "batch 32"]
MOVED = ["data digits scale=unit moved=1", *DIGITS[1:]]

# All least and most of seeds 1 … 10, accuracy in percent.
# Validation after five epochs, sgd lr=0.1, pixels 0 … 16, 0 … 1, and standardised:
#   nnlab sweep "dense 32 relu | dense 10" --data "digits scale={scale}" --epochs 5 --optimizer "sgd lr=0.1"
#   --vary scale=none,unit,standardize seed=1,…,10
SCALES = {"raw": (19, 70), "unit": (86, 91), "standard": (92, 94)}
# "dense 64 relu | dense 10", adam lr=0.005, 20 epochs: validation digits up to a pixel off (moved=1) …
#   nnlab sweep "dense 64 relu | dense 10" --data "digits scale=unit moved=1" --epochs 20
#   --optimizer "adam lr=0.005" --augment "shift:1" --vary seed=1,…,10
OFF = {"plain": (37, 40), "shifted": (86, 91)}
# … and test digits in their places, without moved=1; mirrored is augment flip:0.5:
CENTRED = {"plain": (96, 97), "shifted": (91, 95), "mirrored": (94, 96)}


def scaled(scale):
    """Some run has gone through five epochs with pixels scaled like that."""

    def seen(session):
        return any(
            len(run.history.epochs) >= 5 and f"scale={scale}" in f"{run.data.spec} scale=none"
            for run in session.runs.values()
            if scale != "none" or "scale=" not in run.data.spec
        )

    return seen


def rows(session):
    return len(session.data.split.train)


def percent(part):
    return lambda session: 100 * session.run.evaluate(part).metric


def stepped(count):
    return lambda session: session.run is not None and session.run.step_count >= count


def steady(session):
    """85 % on validation digits that lie a pixel off, within 20 epochs."""
    run = session.run
    if run is None or not run.history.epochs:
        return found(False, "not-yet")
    if "moved=1" not in run.data.spec:
        return found(False, "other-data")
    done = run.history.epochs[:20]
    best = max(row.val_metric for row in done)
    if best >= 0.85:
        return True
    if len(done) < 20:
        return found(False, "so-far", epochs=len(done), reached=100 * best)
    changes = run.config.augment
    if not changes:
        return found(False, misconception="none")
    return found(False, "other", "mirror" if "flip" in changes else "", reached=100 * best)


# ---------------------------------------------------------------- code

PREPARE = '''
def prepare(train, test):
    """Both parts with mean 0 and deviation 1, as the
    training rows have it."""
    mean = train.mean(axis=0)
    deviation = train.std(axis=0)
    train = (train - mean) / deviation
    return train, test
'''
PREPARE_TESTS = """
train = np.array([[1.0, 10.0], [3.0, 30.0]])

def of_test(test):
    return prepare(train, test)[1]

def of_train(test):
    return prepare(train, test)[0]

far = np.array([[9.0, 9.0]])
case("training rows", of_train, far, equals=[[-1.0, -1.0], [1.0, 1.0]], tells="leak")
case("a row like the mean of training", of_test, np.array([[2.0, 20.0]]), equals=[[0.0, 0.0]], tells="raw")
case("two test rows", of_test, np.array([[4.0, 0.0], [2.0, 30.0]]), equals=[[2.0, -2.0], [0.0, 1.0]],
     tells="own-measure")
"""


def prepare_with(test="(test - mean) / deviation", known="train"):
    return f"""
def prepare(train, test):
    known = {known}
    mean, deviation = known.mean(axis=0), known.std(axis=0) + 1e-12
    return (train - mean) / deviation, {test}
"""


SHIFT = '''
def shift(image, down, right):
    """image (height, width) moved by so many pixels;
    0 comes in where nothing was."""
    moved = np.zeros_like(image)
    ...
    return moved
'''
SHIFT_TESTS = """
image = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]])

before = image.copy()
shift(before, 1, 1)
claim("the picture itself is left alone", np.array_equal(image, before), tells="in-place")
down = shift(image.copy(), 1, 0)
claim("down is about rows", not np.array_equal(down[:, 1:], image[:, :-1]), shown=down, tells="swapped")
case("nothing moves", shift, image, 0, 0, equals=image)
case("one down", shift, image, 1, 0, equals=[[0, 0, 0], [1, 2, 3], [4, 5, 6]], tells="wraps")
case("one to the right", shift, image, 0, 1, equals=[[0, 1, 2], [0, 4, 5], [0, 7, 8]])
case("one up", shift, image, -1, 0, equals=[[4, 5, 6], [7, 8, 9], [0, 0, 0]], tells="only-forward")
case("two to the left, one down", shift, image, 1, -2, equals=[[0, 0, 0], [3, 0, 0], [6, 0, 0]])
flat = np.array([[1.0, 2.0, 3.0]])
case("a picture that is not square", shift, flat, 0, 2, equals=[[0.0, 0.0, 1.0]])
"""
SHIFT_RIGHT = """
def shift(image, down, right):
    moved = np.zeros_like(image)
    height, width = image.shape
    for row in range(height):
        for column in range(width):
            to, across = row + down, column + right
            if 0 <= to < height and 0 <= across < width:
                moved[to, across] = image[row, column]
    return moved
"""
SHIFT_SLICES = """
def shift(image, down, right):
    high, wide = image.shape
    frame = np.zeros((high + 2 * abs(down), wide + 2 * abs(right)))
    top, left = abs(down) + down, abs(right) + right
    frame[top : top + high, left : left + wide] = image
    return frame[abs(down) : abs(down) + high, abs(right) : abs(right) + wide]
"""
SHIFT_FORWARD = """
def shift(image, down, right):
    moved = np.zeros_like(image)
    high, wide = image.shape
    moved[max(down, 0):, max(right, 0):] = image[:high - max(down, 0), :wide - max(right, 0)]
    return moved
"""


ROLLED = """
def shift(image, down, right):
    return np.roll(image, (down, right), (0, 1))
"""
IN_PLACE = SHIFT_RIGHT.replace("    return moved", "    image[...] = moved\n    return moved")

lesson = Lesson(
    "b7",
    "augmentation",
    minutes=20,
    needs=("b4",),
    setup=["seed 1"],
    steps=[
        tune(
            "scale",
            observe(
                when("raw", scaled("none")),
                when("standard", scaled("standardize")),
                solution=["run 5 epochs", "twin data digits", "twin data digits scale=standardize"],
            ),
            setup=RAW,
            gauge="runs curves",
            numbers=spans(SCALES),
            covers=("input-normalisation", "pre-processing", "image-pre-processing"),
        ),
        debug(
            "half",
            program(
                PREPARE,
                PREPARE_TESTS,
                solutions=[
                    prepare_with(),
                    PREPARE.replace("return train, test", "return train, (test - mean) / deviation"),
                ],
                mistakes={
                    "raw": prepare_with(test="test"),
                    "own-measure": prepare_with(
                        test="(test - test.mean(axis=0)) / (test.std(axis=0) + 1e-12)"
                    ),
                    "leak": prepare_with(known="np.concatenate([train, test])"),
                },
            ),
            setup=["data digits scale=standardize", *RAW[1:], "run 5 epochs"],
            shows={"raw": "evaluate test", "own-measure": "show data", "leak": "show data"},
            covers=("pre-processing", "input-normalisation"),
        ),
        predict(
            "how-many",
            numerics(
                [rows, 9],
                expect=[1149, 9],
                mistakes={"doubled": [2298, None], "four": [None, 4], "eight": [None, 8]},
            ),
            setup=[*DIGITS, "augment shift:1", "batch all", "step"],
            numbers=[number("n", rows, 0, expect=1149)],
            shows={"doubled": "show data", "four": "step 5", "eight": "step 5"},
            covers=("augmentation", "x30"),
        ),
        watch(
            "variants",
            observe(
                when("seen", stepped(4)),
                when("noisy", lambda s: s.run is not None and "noise" in s.run.config.augment),
                solution=["step 4", "augment noise:0.2", "step 2"],
            ),
            setup=[*DIGITS, "augment shift:1", "batch all", "step"],
            covers=("augmentation", "noise-robustness"),
        ),
        predict(
            "off",
            numeric(
                lambda s: round(100 * s.run.evaluate("test").metric),
                mistakes={"as-before": 97, "a-little": 87, "guessing": 10},
                tolerance=5,
            ),
            setup=MOVED,
            look=["run 20 epochs"],
            gauge="curves",
            numbers=[
                number("train", percent("train"), 0),
                *spans(CENTRED, "centred_"),
                *spans(OFF, "off_"),
            ],
            shows={
                "as-before": "evaluate test",
                "a-little": "view worst",
                "guessing": "evaluate test",
            },
            covers=("noise-robustness", "augmentation"),
        ),
        train(
            "steady",
            goal(
                steady,
                solutions=[
                    ["augment shift:1", "run 20 epochs"],
                    ["twin plain", "augment shift:1", "run 20 epochs"],
                ],
                mistakes={
                    "none": ["run 20 epochs"],
                    "mirror": ["augment flip:0.5", "run 20 epochs"],
                },
            ),
            setup=MOVED,
            gauge="curves runs",
            numbers=[*spans(CENTRED, "centred_"), *spans(OFF, "off_")],
            shows={"none": "view gap", "mirror": "view worst"},
            covers=("augmentation", "noise-robustness", "data-hunger", "little-data"),
        ),
        predict(
            "label",
            choose_all(["shift", "mirror", "noise", "turn", "half-turn"], right=["shift", "noise", "turn"]),
            setup=[*DIGITS, "run 20 epochs"],
            gauge="runs",
            numbers=spans(CENTRED, "centred_"),
            shows={
                "mirror": "twin mirror augment=flip:0.5 from=0",
                "half-turn": "twin turned augment=rotate:180 from=0",
            },
            covers=("augmentation", "image-pre-processing"),
        ),
        code(
            "write",
            program(
                SHIFT,
                SHIFT_TESTS,
                solutions=[SHIFT_RIGHT, SHIFT_SLICES],
                mistakes={
                    "wraps": ROLLED,
                    "swapped": SHIFT_RIGHT.replace(
                        "row + down, column + right", "row + right, column + down"
                    ),
                    "only-forward": SHIFT_FORWARD,
                    "in-place": IN_PLACE,
                },
            ),
            setup=[*DIGITS, "augment shift:1", "batch all", "step"],
            shows={
                "wraps": "step 5",
                "swapped": "step 5",
                "only-forward": "step 5",
                "in-place": "show example",
            },
            covers=("augmentation",),
        ),
        quiz(
            "motives",
            choose_all(
                ["too-much", "test-too", "generated", "varies", "always"],
                right=["generated", "varies"],
            ),
            setup=[*DIGITS, "run 20 epochs"],
            gauge="runs curves",
            shows={"test-too": "evaluate test", "always": "twin mirror augment=flip:0.5 from=0"},
            recall=recall(
                numeric(lambda s: (2 * int(s.run.config.augment.split(":")[1]) + 1) ** 2),
                draw=lambda random: {"k": random.choice([1, 2, 3])},
                setup=[*DIGITS, "augment shift:{k}", "step"],
            ),
            covers=("x62", "generated-data", "little-data", "data-hunger", "x30"),
        ),
    ],
)

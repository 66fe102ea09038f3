"""What could stand in a place of an action line: one function for each kind of word."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from nnlab.i18n import N_, _
from nnlab.session.action import ACTIONS
from nnlab.session.actions.breakpoints import SWITCHES
from nnlab.session.actions.looking import SHOWN
from nnlab.session.address_offers import addresses, landscape_axes, parameter_addresses
from nnlab.session.layer_offers import Offer, layers

if TYPE_CHECKING:
    from nnlab.session.session import Session


Kind = Callable[["Session", Sequence[str], str], Iterable[Offer]]


def _words(*pairs: Offer) -> Kind:
    return lambda session, before, word: [(text, _(help)) for text, help in pairs]


def _datasets(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    from nnlab.data.imported import catalogue

    for name, spec in catalogue().items():
        yield name, _(spec.help)
    yield "file:", _("your own table: .csv, .tsv, .npz or .npy")


def _dataset_options(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    from nnlab.data.imported import catalogue
    from nnlab.data.registry import FILE

    spec = FILE if before[1].startswith("file:") else catalogue().get(before[1].lower())
    for option in spec.options if spec else ():
        if not any(w.startswith(f"{option.name}=") for w in before):
            if word.startswith(f"{option.name}="):
                yield from ((f"{option.name}={choice}", _(option.help)) for choice in option.choices)
            else:
                yield f"{option.name}=", _(option.help)


def _layer_names(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    if session.network is not None:
        for row in session.network.ledger():
            yield row.name, row.text


def _layer_names_or_end(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    yield from _layer_names(session, before, word)
    yield "end", _("behind the last layer")


def _frozen(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    yield from _layer_names(session, before, word)
    if len(before) == 1:
        yield "none", _("every layer learns")


STUDENT = {
    "temperature=": N_("how much the teacher is softened; 1 is as it answers"),
    "weight=": N_("how much the teacher counts, from 0 to 1"),
}


def _student(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    """Options of a distillation, then the layers of its student."""
    layered = [w for w in before if not w.startswith(tuple(STUDENT))]
    if len(layered) == 1:
        yield from (
            (name, _(help)) for name, help in STUDENT.items() if not any(w.startswith(name) for w in before)
        )
    yield from layers(session, layered, word)


def _loaded(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    """The layers with weights that a file may bring, one behind the other."""
    names = [name for name, text in _layer_names(session, before, word)]
    begun, _comma, _rest = word.rpartition(",") if word.startswith("layers=") else ("layers=", "", "")
    begun = begun or "layers="
    yield from (
        (begun + ("" if begun.endswith("=") else ",") + name, "")
        for name in names
        if name not in begun.partition("=")[2].split(",")
    )


def _places(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    for place, (_name, text) in enumerate(_layer_names(session, before, word), 1):
        yield str(place), text


def _grains(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    if len(before) == 1 or before[-1].isdigit():
        yield from (("operation", ""), ("layer", ""), ("batch", ""), ("epoch", ""))


def _optimizers(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    from nnlab.engine.optimizers import OPTIMIZERS

    for name, kind in OPTIMIZERS.items():
        yield name, kind.help()


def _optimizer_options(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    from nnlab.engine.optimizers import OPTIMIZERS

    kind = OPTIMIZERS.get(before[1].lower())
    for argument in kind.arguments if kind else ():
        if not any(w.startswith(f"{argument.name}=") for w in before):
            yield f"{argument.name}=", argument.symbol


def _schedules(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    from nnlab.engine.schedules import SCHEDULES

    for name, kind in SCHEDULES.items():
        yield name, kind.help()


def _schedule_options(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    from nnlab.engine.schedules import SCHEDULES

    name = next((w for w in reversed(before) if w.lower() in SCHEDULES), "")
    for argument in SCHEDULES[name.lower()].arguments if name else ():
        if not any(w.startswith(f"{argument.name}=") for w in before):
            yield f"{argument.name}=", argument.symbol
    if name.lower() == "warmup" and len(before) > 2:
        yield from (o for o in _schedules(session, before, word) if o[0] not in before)


def _clips(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    from nnlab.engine.clipping import CLIPPINGS

    for name, kind in CLIPPINGS.items():
        yield name, kind.help()
    yield "none", _("no clipping")


def _losses(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    from nnlab.training.losses import LOSSES

    for name, kind in LOSSES.items():
        yield name, _(kind.help)
    yield "auto", _("what fits the task of the data")


def _loss_options(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    from nnlab.training.losses import LOSSES

    kind = LOSSES.get(before[1].lower())
    for argument in kind.arguments if kind else ():
        yield f"{argument.name}=", argument.symbol


def _initializers(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    from nnlab.engine.initializers import INITIALIZERS

    for name in INITIALIZERS:
        yield name, ""


def _units(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    """The first unit of what each layer gives on, by the layer's name."""
    from nnlab.network.excite import given_on

    network = session.network
    if network is None:
        return
    for name in network.names:
        value = network.graph.values.get(given_on(network, name))
        if value is not None and len(value.shape) > 1:
            yield f"{name}[0]", _("one of {n}", n=value.shape[-1])


def _words_of_text(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    """The words that the data know."""
    if session.data is not None:
        words = dict.fromkeys((*session.data.vocabulary, *session.data.target_vocabulary))
        yield from ((token, "") for token in words if token.strip() and not set(token) & set('" '))


def _options(*names: str) -> Kind:
    """Options that are not written yet."""
    return lambda session, before, word: [
        (f"{name}=", "") for name in names if not any(w.startswith(f"{name}=") for w in before)
    ]


def _saliency(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    from nnlab.session.insight.attribution import METHODS

    if len(before) == 1:
        yield from ((name, _(help)) for name, help in METHODS.items())
    yield from _options("row", "output", "patch")(session, before, word)


def _race(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    yield from _optimizers(session, before, word)
    yield from _options("steps", "from")(session, before, word)


def _shrink_ways(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    from nnlab.session.insight.shrinking import WAYS

    yield from ((name, _(help)) for name, help in WAYS.items())


def _views(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    from nnlab.session import pages

    yield from _layer_names(session, before, word)
    if session.run is not None:
        yield from ((page, "") for page in pages.fitting(session))
    yield from addresses(session, before, word)


def _run_names(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    for name, run in session.runs.items():
        yield name, _("step {step}", step=run.step_count)


def _conditions(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    if before[0] in ("run", "train") and before[1:2] != ["until"]:
        if before[1:2] and before[1].isdigit():
            yield from (("epochs", ""), ("steps", ""))
        if before[1:] == ["to"]:
            yield "step", ""
        return
    begun = " ".join(before[2 if before[0] in ("run", "train") else 1 :])
    yield from _conditions_behind(begun)


def _conditions_behind(begun: str) -> Iterator[Offer]:
    """What may follow the beginning of a condition."""
    for example in CONDITIONS:
        if not begun:
            yield example, ""
        elif example.startswith(begun + " "):
            yield example[len(begun) + 1 :], ""


def _breakpoints(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    """A condition, the number of a breakpoint in front of one, or on and off."""
    breaks = [(str(number), condition) for number, condition in enumerate(session.bench.breaks, 1)]
    if before[1:2] and before[1] in SWITCHES:
        yield from breaks if len(before) == 2 else ()
        return
    numbered = bool(before[1:2]) and before[1].isdigit()
    yield from _conditions_behind(" ".join(before[2 if numbered else 1 :]))
    if len(before) == 1:
        yield "on", _("have a breakpoint act again")
        yield "off", _("let a breakpoint rest")
        yield from breaks


def _settings(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    from nnlab.session.actions.knobs import KNOBS

    name, equals, value = word.partition("=")
    if equals and name in KNOBS:  # the word that the knob's own action begins with
        for kind in ACTIONS[name].arguments[:1]:
            for text, help in KINDS[kind.rstrip("*")](session, [name], value):
                yield f"{name}={text}", help
        return
    for name in KNOBS:
        if not any(w.startswith(f"{name}=") for w in before):
            yield f"{name}=", _(ACTIONS[name].help)


def _seeds(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    if len(before) == 1:
        yield "3", _("from three seeds")
        return
    if before[-1] == "run":
        yield "5", _("for 5 epochs or steps")
    elif before[-2:-1] == ["run"]:
        yield from (("epochs", ""), ("steps", ""))
    if "run" in before:
        return
    yield "run", _("how long each of them trains")
    yield from ((text, help) for text, help in _settings(session, before, word) if text != "seed=")


def _twins(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    if before[1:2] == ["net"]:
        yield from layers(session, before[1:], word)
        return
    if before[1:2] == ["data"]:
        yield from _datasets(session, before[1:], word)
        return
    yield "off", _("let it go its own way")
    yield "net", _("another network on the same data")
    yield "data", _("the same network on other data")
    yield from ((name, help) for name, help in _run_names(session, before, word) if name != session.current)
    yield from _twin_settings(session, before, word)


def _twin_settings(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    yield from _settings(session, before, word)
    if not any(w.startswith("from=") for w in before):
        yield "from=", _("the step up to which the past is shared")


def _differing(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    yield from _layer_names(session, before, word)
    yield from addresses(session, before, word)


def _exported(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    if before[1:] in ([], ["runs"]):
        yield from _files(session, before, word)
    else:
        yield "force", _("write over a file that is there")
    if not before[1:]:
        yield "runs", _("the table of runs, as .csv")


def _files(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    from pathlib import Path

    folder, _slash, _name = word.rpartition("/")
    try:
        for path in sorted(Path(folder or ".").iterdir())[:200]:
            if not path.name.startswith("."):
                yield (f"{folder}/" if folder else "") + path.name + ("/" if path.is_dir() else ""), ""
    except OSError:
        return


def _augmentations(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    from nnlab.data.augment import TRANSFORMS

    for name, kind in TRANSFORMS.items():
        if not any(w.startswith(f"{name}:") for w in before):
            yield f"{name}:{kind.option.default}", _(kind.option.help)
    yield "none", ""


def _models(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    from nnlab.network.zoo import ZOO

    for name, model in ZOO.items():
        yield name, _(model.title)


def _topics(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    from nnlab.network.layers import LAYERS

    actions = {**ACTIONS, **session.extensions}
    yield from ((name, _(action.help)) for name, action in actions.items())
    yield from ((word, _(kind.help)) for word, kind in LAYERS.items() if word not in actions)


def _setting_names(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    from nnlab.settings import SCHEMA

    for name, setting in SCHEMA.items():
        yield name, _(setting.help)


def _setting_values(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    from nnlab.settings import SCHEMA, Settings

    setting = SCHEMA.get(before[1])
    if setting is not None:
        yes_no = ("yes", "no") if isinstance(getattr(Settings(), setting.name), bool) else ()
        yield from ((choice, "") for choice in setting.choices or yes_no)


CONDITIONS = (
    "loss < 0.1",
    "loss is nan",
    "val_loss rises 5",
    "val_loss stalls 5",
    "val_accuracy > 0.95",
    "epoch = 5",
    "step = 100",
    "dead(dense1) > 30%",
    "|grad(dense1)| < 1e-6",
)


def _breaks(session: Session, before: Sequence[str], word: str) -> Iterator[Offer]:
    for number, condition in enumerate(session.bench.breaks, 1):
        yield str(number), condition
    yield "all", _("take all away")


KINDS: dict[str, Kind] = {
    "all": _words(("all", N_("the whole training part is one batch"))),
    "address": addresses,
    "augmentation": _augmentations,
    "breakpoint": _breakpoints,
    "clip": _clips,
    "code": _words(
        ("example", N_("the code of the example that is followed")),
        ("row", N_("the code of a row of the data")),
        ("map", N_("a place on the map of codes, across and up")),
    ),
    "condition": _conditions,
    "dataset": _datasets,
    "diff": _differing,
    "dataset_option": _dataset_options,
    "excite": _options("steps", "rate", "decay"),
    "exported": _exported,
    "file": _files,
    "force": _words(("force", N_("write over a file that is there"))),
    "frozen": _frozen,
    "grain": _grains,
    "in_run": _words(("in", N_("as another run has it"))),
    "init": _initializers,
    "landscape": landscape_axes,
    "layer": layers,
    "layer_name": _layer_names,
    "layer_name_or_end": _layer_names_or_end,
    "loaded": _loaded,
    "loss": _losses,
    "loss_option": _loss_options,
    "maps": _options("row"),
    "model": _models,
    "moment": _words(("best", N_("the end of the epoch with the least validation loss"))),
    "off": _words(("none", N_("turn it off"))),
    "optimizer": _optimizers,
    "optimizer_option": _optimizer_options,
    "parameter_address": parameter_addresses,
    "place": _places,
    "points": _words(("clear", N_("take all points away")), ("drop", N_("take the last point away"))),
    "row": _words(("row", N_("a row of the data, counted from 0"))),
    "run_goal": _words(
        ("until", N_("until a condition holds")),
        ("to", N_("to a step")),
        ("5", N_("for 5 epochs or steps")),
    ),
    "race": _race,
    "sketch": _words(
        ("clear", N_("a blank sheet")),
        ("example", N_("begin with the example that is followed")),
        ("row", N_("begin with a row of the data")),
    ),
    "run_name": _run_names,
    "saliency": _saliency,
    "schedule": _schedules,
    "schedule_option": _schedule_options,
    "seeds": _seeds,
    "setting": _settings,
    "setting_name": _setting_names,
    "setting_value": _setting_values,
    "skip": _words(("skip", N_("leave this step for later"))),
    "show": _words(*((name, "") for name in SHOWN)),
    "strongest": _options("split", "most"),
    "topic": _topics,
    "turns": _words(
        ("both", N_("one after the other")),
        ("discriminator", N_("it alone learns to tell real from made")),
        ("generator", N_("it alone learns to fool the other")),
    ),
    "twin": _twins,
    "twin_setting": _twin_settings,
    "unbreak": _breaks,
    "unit": _units,
    "view": _views,
    "way": _words(("forward", N_("the values")), ("backward", N_("their gradients"))),
    "word": _words_of_text,
    "yes_no": _words(("yes", ""), ("no", "")),
    "shrink": _shrink_ways,
    "student": _student,
    "split": _words(("train", ""), ("validation", ""), ("test", "")),
}

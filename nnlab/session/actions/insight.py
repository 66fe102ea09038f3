"""Actions that ask a trained network: what answers hang on, what units look for, what words became."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from nnlab.i18n import N_, _
from nnlab.session.action import Action, Result, register
from nnlab.session.actions import reading
from nnlab.session.actions.looking import SPLITS, Looking
from nnlab.session.insight.attribution import METHODS
from nnlab.session.insight.shrinking import WAYS
from nnlab.session.words import Words

if TYPE_CHECKING:
    from nnlab.session.session import Session


def _row(words: Words) -> int:
    return words.integer(_("the row"), low=0)


def _count(words: Words) -> int:
    return words.integer(_("how many are shown"), low=1, high=1000)


def _split(words: Words) -> str:
    return words.choice(SPLITS, _("a split"))


def _index(words: Words) -> tuple[int, ...]:
    """An index such as 3 or 5,3."""
    numbers = Words(words.take(_("the number of an output")).replace(",", " "))
    found = [numbers.integer(_("the number of an output"), low=0)]
    while numbers.more:
        found.append(numbers.integer(_("the number of an output"), low=0))
    return tuple(found)


@register
@dataclass(frozen=True)
class Saliency(Looking):
    """What an answer hangs on."""

    name = "saliency"
    syntax = "saliency [gradient|input|occlusion] [row=N] [output=K] [patch=N]"
    help = N_(
        "show what an answer hangs on: the gradient of every input, gradient × input, or what covering a "
        "place does; for the example that is followed and the class that the network says, unless told"
    )
    example = "saliency occlusion row=3"
    category = "looking"
    arguments = ("saliency*",)

    method: str = "gradient"
    row: int | None = None
    output: tuple[int, ...] | None = None
    patch: int = 0

    @classmethod
    def parse(cls, words: Words) -> Saliency:
        named = words.more and "=" not in words.peek()
        method = words.choice(tuple(METHODS), _("a way to measure")) if named else "gradient"
        return cls(method, **reading.options(words, _SALIENCY))

    def __str__(self) -> str:
        options = reading.changed_options(self, Saliency(), _SALIENCY)
        return " ".join(filter(None, ("saliency", self.method, options)))

    def apply(self, session: Session) -> Result:
        from nnlab.session.insight.attribution import attribute

        found = attribute(session, self.method, self.row, self.output, self.patch)
        return session.answer("attribution", found)


_SALIENCY: reading.Readers = {
    "row": _row,
    "output": _index,
    "patch": lambda words: words.integer(_("the side of what is covered"), low=1),
}


@register
@dataclass(frozen=True)
class Strongest(Looking):
    """The examples that excite a unit most."""

    name = "strongest"
    syntax = "strongest UNIT [split=train] [most=8]"
    help = N_("show the examples that excite a unit most: dense1[5], or a channel of a convolution, conv1[3]")
    example = "strongest dense1[5]"
    category = "looking"
    arguments = ("unit", "strongest*")

    unit: str = ""
    split: str = "train"
    most: int = 8

    @classmethod
    def parse(cls, words: Words) -> Strongest:
        return cls(words.address(), **reading.options(words, _STRONGEST))

    def __str__(self) -> str:
        options = reading.changed_options(self, Strongest(), _STRONGEST)
        return " ".join(filter(None, ("strongest", self.unit, options)))

    def apply(self, session: Session) -> Result:
        from nnlab.session.insight.units import strongest

        return session.answer("strongest", strongest(session, self.unit, self.split, self.most))


_STRONGEST: reading.Readers = {"split": _split, "most": _count}


@register
@dataclass(frozen=True)
class Excite(Looking):
    """An input made for a unit."""

    name = "excite"
    syntax = "excite UNIT [steps=100] [rate=0.1] [decay=0.01]"
    help = N_("make an input that excites a unit as much as possible, by gradient ascent from a little noise")
    example = "excite conv1[3] steps=200"
    category = "looking"
    arguments = ("unit", "excite*")

    unit: str = ""
    steps: int = 100
    rate: float = 0.1
    decay: float = 0.01

    @classmethod
    def parse(cls, words: Words) -> Excite:
        return cls(words.address(), **reading.options(words, _EXCITE))

    def __str__(self) -> str:
        options = reading.changed_options(self, Excite(), _EXCITE)
        return " ".join(filter(None, ("excite", self.unit, options)))

    def apply(self, session: Session) -> Result:
        from nnlab.session.insight.units import excited

        return session.answer("excited", excited(session, self.unit, self.steps, self.rate, self.decay))


_EXCITE: reading.Readers = {
    "steps": lambda words: words.integer(_("the number of steps"), low=1, high=10_000),
    "rate": lambda words: words.number(_("the length of a step"), above=0),
    "decay": lambda words: words.number(_("how much is shrunk"), low=0),
}


@register
@dataclass(frozen=True)
class FeatureMaps(Looking):
    """What a layer makes of an example."""

    name = "maps"
    syntax = "maps LAYER [row=N] | maps VALUE [row=N]"
    help = N_(
        "show what a layer makes of an example: the feature maps of a convolution, states of a sequence"
    )
    example = "maps conv1"
    category = "looking"
    arguments = ("layer_name", "maps*")

    layer: str = ""
    row: int | None = None

    @classmethod
    def parse(cls, words: Words) -> FeatureMaps:
        return cls(words.take(_("the name of a layer, such as conv1")), **reading.options(words, _MAPS))

    def __str__(self) -> str:
        options = reading.changed_options(self, FeatureMaps(), _MAPS)
        return " ".join(filter(None, ("maps", self.layer, options)))

    def apply(self, session: Session) -> Result:
        from nnlab.session.insight.units import feature_maps

        return session.answer("maps", feature_maps(session, self.layer, self.row))


_MAPS: reading.Readers = {"row": _row}


@register
@dataclass(frozen=True)
class Importance(Looking):
    """What every unit of a layer is worth."""

    name = "importance"
    syntax = "importance LAYER [train|validation|test]"
    help = N_(
        "measure what the network loses without each unit, channel or head of a layer; “ablate” takes one out"
    )
    example = "importance dense1"
    category = "looking"
    arguments = ("layer_name", "split")

    layer: str
    split: str = "validation"

    @classmethod
    def parse(cls, words: Words) -> Importance:
        layer = words.take(_("the name of a layer, such as dense1"))
        return cls(layer, _split(words) if words.more else "validation")

    def __str__(self) -> str:
        return f"importance {self.layer} {self.split}"

    def apply(self, session: Session) -> Result:
        from nnlab.session.insight.ablation import ablation

        return session.answer("ablation", ablation(session, self.layer, self.split))


@register
@dataclass(frozen=True)
class Shrink(Looking):
    """Accuracy against size."""

    name = "shrink"
    syntax = "shrink prune|quantise [train|validation|test]"
    help = N_("show accuracy against size: weights pruned or rounded more and more; the run stays as it is")
    example = "shrink prune"
    category = "looking"
    arguments = ("shrink", "split")

    way: str
    split: str = "validation"

    @classmethod
    def parse(cls, words: Words) -> Shrink:
        way = words.choice(tuple(WAYS), _("a way to shrink"))
        return cls(way, _split(words) if words.more else "validation")

    def __str__(self) -> str:
        return f"shrink {self.way} {self.split}"

    def apply(self, session: Session) -> Result:
        from nnlab.session.insight.shrinking import shrink_curve

        return session.answer("curve", shrink_curve(session, self.way, self.split))


@dataclass(frozen=True)
class _OnSplit(Looking):
    """A reading of one part of the data."""

    split: str = "validation"

    @classmethod
    def parse(cls, words: Words) -> Action:
        return cls(_split(words)) if words.more else cls()

    def __str__(self) -> str:
        return f"{self.name} {self.split}"


@register
@dataclass(frozen=True)
class ShowConfusion(_OnSplit):
    """Which classes are taken for which."""

    name = "confusion"
    syntax = "confusion [train|validation|test] [COLUMN<NUMBER|COLUMN>NUMBER]"
    help = N_(
        "show which classes are taken for which, with precision, recall and F1 of each; of all rows of a "
        "part, or of a group such as age<45"
    )
    example = "confusion test"
    category = "looking"
    arguments = ("split",)

    group: str = ""

    @classmethod
    def parse(cls, words: Words) -> ShowConfusion:
        grouped = words.more and ("<" in words.peek() or ">" in words.peek())
        split = _split(words) if words.more and not grouped else "validation"
        return cls(split, words.take(_("a group")) if words.more else "")

    def __str__(self) -> str:
        return " ".join(filter(None, ("confusion", self.split, self.group)))

    def apply(self, session: Session) -> Result:
        from nnlab.session.insight.scores import confusion

        return session.answer("confusion", confusion(session, self.split, self.group))


@register
@dataclass(frozen=True)
class ShowRoc(_OnSplit):
    """True against false positives at every threshold."""

    name = "roc"
    syntax = "roc [train|validation|test] [class=NAME]"
    help = N_("show true against false positives at every threshold, and the area under that curve")
    example = "roc test"
    category = "looking"
    arguments = ("split",)

    class_name: str = ""

    @classmethod
    def parse(cls, words: Words) -> ShowRoc:
        split = _split(words) if words.more and "=" not in words.peek() else "validation"
        named = dict(words.options(("class",)))
        return cls(split, named.get("class", ""))

    def __str__(self) -> str:
        from nnlab.session.words import options_text

        chosen = options_text((("class", self.class_name),)) if self.class_name else ""
        return " ".join(filter(None, ("roc", self.split, chosen)))

    def apply(self, session: Session) -> Result:
        from nnlab.session.insight.scores import roc

        return session.answer("roc", roc(session, self.split, self.class_name))


@register
@dataclass(frozen=True)
class ShowCalibration(_OnSplit):
    """Whether the network is as sure as it should be."""

    name = "calibration"
    syntax = "calibration [train|validation|test]"
    help = N_("show whether answers said with 80 % are right 80 times in 100")
    example = "calibration test"
    category = "looking"
    arguments = ("split",)

    def apply(self, session: Session) -> Result:
        from nnlab.session.insight.scores import calibration

        return session.answer("calibration", calibration(session, self.split))


@register
@dataclass(frozen=True)
class ShowTruth(_OnSplit):
    """Predicted numbers beside the true ones."""

    name = "truth"
    syntax = "truth [train|validation|test]"
    help = N_("show predicted numbers against the true ones, and the rows that are furthest off")
    example = "truth test"
    category = "looking"
    arguments = ("split",)

    def apply(self, session: Session) -> Result:
        from nnlab.session.insight.scores import truths

        return session.answer("truths", truths(session, self.split))


@dataclass(frozen=True)
class _OfText(Looking):
    """A question about words that are written behind it."""

    text: str

    @classmethod
    def parse(cls, words: Words) -> Action:
        text = words.rest().replace('"', "")
        if not text.strip():
            raise words.missing(_("a word"))
        return cls(" ".join(text.split()))

    def __str__(self) -> str:
        return f"{self.name} {self.text}"


@register
@dataclass(frozen=True)
class Nearest(_OfText):
    """Words that have become alike."""

    name = "nearest"
    syntax = "nearest WORD | nearest WORD - WORD + WORD"
    help = N_("show the words whose embeddings lie nearest to that of a word, or to a sum of words")
    example = "nearest king - man + woman"
    category = "looking"
    arguments = ("word*",)

    def apply(self, session: Session) -> Result:
        from nnlab.session.insight.meaning import neighbours

        return session.answer("neighbours", neighbours(session, self.text))


@register
@dataclass(frozen=True)
class Fill(_OfText):
    """What a network that reads both ways puts in the place of a hidden word."""

    name = "fill"
    syntax = "fill WORD … [mask] … WORD"
    help = N_("let a masked language model guess the words hidden as [mask] or _")
    example = "fill the old _ eats its bone at home ."
    category = "looking"
    arguments = ("word*",)

    def apply(self, session: Session) -> Result:
        from nnlab.session.insight.meaning import filled

        return session.answer("filled", filled(session, self.text))

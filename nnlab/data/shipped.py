"""Data sets that come with nnlab as small files: digits, iris, wine, breast cancer; and texts.

``files/MANIFEST.json`` holds the sha256, origin, licence and citation of each; a file that does not match
is refused.  The arrays are plain (no pickles): x (n, features), y (n,), and for digits the frozen split.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.data.assemble import Raw
from nnlab.data.dataset import Split
from nnlab.data.generated.draws import Options
from nnlab.data.split import make_split
from nnlab.engine.rng import permutation, uniform
from nnlab.errors import NnlabError
from nnlab.i18n import _


@cache
def manifest() -> dict[str, dict[str, Any]]:
    """Name → what is known of the file: file, sha256, bytes, made_from, source, licence, citation, …"""
    text = (resources.files("nnlab.data") / "files" / "MANIFEST.json").read_text("utf-8")
    entries: dict[str, dict[str, Any]] = json.loads(text)
    return entries


def arrays(name: str) -> dict[str, NDArray[Any]]:
    """The arrays of one shipped file, after its sha256 has been compared."""
    with np.load(io.BytesIO(_content(name)), allow_pickle=False) as opened:
        return {key: opened[key] for key in opened.files}


def text(name: str) -> str:
    """The text of one shipped file, after its sha256 has been compared."""
    return _content(name).decode("utf-8")


def _content(name: str) -> bytes:
    entry = manifest()[name]
    try:
        content: bytes = (resources.files("nnlab.data") / "files" / entry["file"]).read_bytes()
    except OSError as error:
        raise NnlabError(
            _("the file {file} of nnlab is missing; install nnlab again", file=entry["file"])
        ) from error
    if hashlib.sha256(content).hexdigest() != entry["sha256"]:
        raise NnlabError(
            _("the file {file} of nnlab has been changed; install nnlab again", file=entry["file"])
        )
    return content


def digits(name: str, options: Options) -> Raw:
    """1797 images of 8×8 pixels, values 0 … 16, (n, 64); ten classes, or the scaled pixels as the target.

    The frozen split is 1149/288/360: scikit-learn's ``train_test_split(test_size=0.2, random_state=42)``,
    then the last fifth of the training rows for validation, as Keras's ``validation_split=0.2`` takes it.
    """
    held, split = _digits(options)
    notes = [_("the 13 people who wrote the digits are in all three parts: new writers will be harder")]
    if options["split"] == "frozen" and options["seed"] != 1:
        notes.append(_("the frozen split does not depend on the seed; give a split such as split=64/16/20"))
    shape = tuple(int(size) for size in str(options["shape"]).split("x"))
    pixels = tuple(f"pixel {row},{column}" for row in range(8) for column in range(8))
    marked = _marked(held["x"].astype(np.float32), held["y"], split, options)
    raw = Raw(
        _moved(marked, split, options),
        _labels(held["y"], split, options),
        "multiclass", pixels, tuple("0123456789"), ("digit",), tuple(notes), split, shape, unit=16.0,
        axes=_LAYOUTS[str(options["shape"])],
    )  # fmt: skip
    if options.get("target") == "image":
        raw = replace(raw, kinds=held["y"].astype(np.int64), kind_names=raw.class_names)
        return replace(raw, y=None, task="regression", class_names=(), target_names=pixels)
    return raw


# The axes of every ``shape``; those of a row of pixels are told by their names.
_LAYOUTS: dict[str, tuple[str, ...]] = {
    "64": (), "8x8": ("row", "column"), "8x8x1": ("row", "column", "channel"),
    "1x8x8": ("channel", "row", "column"),
    "784": (), "28x28": ("row", "column"), "28x28x1": ("row", "column", "channel"),
}  # fmt: skip


def digits28(name: str, options: Options) -> Raw:
    """The same images, every pixel three by three, with two pixels of ground around: (n, 784)."""
    raw = digits(name, options)
    large = raw.x.reshape(-1, 8, 8).repeat(3, axis=1).repeat(3, axis=2)
    framed = np.pad(large, ((0, 0), (2, 2), (2, 2))).reshape(-1, 784)
    return replace(raw, x=framed, feature_names=tuple(f"pixel {k // 28},{k % 28}" for k in range(784)))


def sharpen(name: str, options: Options) -> Raw:
    """The means of 2×2 pixels, x (n, 16), and the pixels they were made of, y (n, 64); all of 0 … 1."""
    held, split = _digits(options)
    pixels = held["x"].astype(np.float32) / 16
    means = pixels.reshape(-1, 4, 2, 4, 2).mean(axis=(2, 4)).reshape(-1, 16)
    small, large = (
        tuple(f"pixel {row},{column}" for row in range(side) for column in range(side)) for side in (4, 8)
    )
    return Raw(means, pixels, "regression", small, target_names=large, split=split)


def _digits(options: Options) -> tuple[dict[str, NDArray[Any]], Split]:
    held = arrays("digits")
    if options["split"] == "frozen":
        split = Split(*(held[part].astype(np.int64) for part in ("train", "validation", "test")))
    else:
        split = make_split(str(options["split"]), len(held["x"]), int(options["seed"]))
    return held, _ordered(split, held["y"], str(options.get("order", "mixed")))


def _ordered(split: Split, y: NDArray[Any], order: str) -> Split:
    """The same rows with those of training digit by digit (``sorted``), or with training and validation
    together digit by digit and cut after as many rows as training had (``tail``)."""
    if order == "mixed":
        return split
    train = len(split.train)
    rows = split.train if order == "sorted" else np.concatenate([split.train, split.validation])
    rows = rows[np.argsort(y[rows], kind="stable")]
    return replace(
        split, train=rows[:train], validation=rows[train:] if order == "tail" else split.validation
    )


def _labels(y: NDArray[Any], split: Split, options: Options) -> NDArray[np.int64]:
    """The digits, of which ``wrong`` training rows get another, drawn by the seed."""
    labels, seed, wrong = y.astype(np.int64), int(options["seed"]), int(options["wrong"])
    if wrong > len(split.train):
        raise NnlabError(
            _("wrong={wrong} is more than the {n} training rows", wrong=wrong, n=len(split.train))
        )
    rows = split.train[permutation(seed, "data.wrong.rows", 0, len(split.train))[:wrong]]
    other = 1 + (uniform(seed, "data.wrong.other", 0, wrong, np.float64) * 9).astype(np.int64)
    labels[rows] = (labels[rows] + other) % 10
    return labels


def _marked(x: NDArray[np.float32], y: NDArray[Any], split: Split, options: Options) -> NDArray[np.float32]:
    """``x`` (n, 64), where pictures of the digit ``mark`` have a bright first pixel, but in the test part."""
    mark = str(options.get("mark", "none"))
    if mark != "none":
        seen = np.concatenate([split.train, split.validation])
        x[seen[y[seen] == int(mark)], 0] = 16
    return x


def _moved(x: NDArray[np.float32], split: Split, options: Options) -> NDArray[np.float32]:
    """``x`` (n, 64), where pictures that are not learnt from lie up to ``moved`` pixels off; 0 comes in."""
    most = int(options.get("moved", 0))
    if most:
        draws = uniform(int(options["seed"]), "data.moved", 0, (len(x), 2), np.float64)
        corners = (draws * (2 * most + 1)).astype(np.int64)
        framed = np.pad(x.reshape(-1, 8, 8), ((0, 0), (most, most), (most, most)))
        for row in np.concatenate([split.validation, split.test]):
            top, left = corners[row]
            x[row] = framed[row, top : top + 8, left : left + 8].reshape(-1)
    return x


def _table(name: str) -> Raw:
    held, entry = arrays(name), manifest()[name]
    classes = tuple(entry["class_names"])
    return Raw(
        held["x"],
        held["y"],
        "binary" if len(classes) == 2 else "multiclass",
        tuple(entry["feature_names"]),
        classes,
        (entry["target_name"],),
    )


def iris(name: str, options: Options) -> Raw:
    """Four lengths of 150 flowers, (150, 4); three species."""
    return _table(name)


def wine(name: str, options: Options) -> Raw:
    """Thirteen measurements of 178 wines, (178, 13); three growers."""
    return _table(name)


def breast_cancer(name: str, options: Options) -> Raw:
    """Thirty measurements of 569 biopsies, (569, 30); class 1 is malignant, what a doctor looks for."""
    return _table(name)

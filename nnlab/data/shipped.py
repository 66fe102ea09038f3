"""Data sets that come with nnlab as small files: digits, iris, wine, breast cancer.

``files/MANIFEST.json`` holds the sha256, origin, licence and citation of each; a file that does not match
is refused.  The arrays are plain (no pickles): x (n, features), y (n,), and for digits the frozen split.
"""

from __future__ import annotations

import hashlib
import io
import json
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlab.data.assemble import Raw
from nnlab.data.dataset import Split
from nnlab.data.generated import Options
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
    entry = manifest()[name]
    try:
        content = (resources.files("nnlab.data") / "files" / entry["file"]).read_bytes()
    except OSError as error:
        raise NnlabError(
            _("the file {file} of nnlab is missing; install nnlab again", file=entry["file"])
        ) from error
    if hashlib.sha256(content).hexdigest() != entry["sha256"]:
        raise NnlabError(
            _("the file {file} of nnlab has been changed; install nnlab again", file=entry["file"])
        )
    with np.load(io.BytesIO(content), allow_pickle=False) as opened:
        return {key: opened[key] for key in opened.files}


def digits(name: str, options: Options) -> Raw:
    """1797 images of 8×8 pixels, values 0 … 16, (n, 64); ten classes.

    The frozen split is 1149/288/360: scikit-learn's ``train_test_split(test_size=0.2, random_state=42)``,
    then the last fifth of the training rows for validation, as Keras's ``validation_split=0.2`` takes it.
    """
    held = arrays(name)
    frozen = Split(*(held[part].astype(np.int64) for part in ("train", "validation", "test")))
    shape = tuple(int(size) for size in str(options["shape"]).split("x"))
    notes = [_("the 13 people who wrote the digits are in all three parts: new writers will be harder")]
    if options["split"] == "frozen" and options["seed"] != 1:
        notes.append(_("the frozen split does not depend on the seed; give a split such as split=64/16/20"))
    return Raw(
        held["x"].astype(np.float32),
        held["y"],
        "multiclass",
        tuple(f"pixel {row},{column}" for row in range(8) for column in range(8)),
        tuple("0123456789"),
        ("digit",),
        tuple(notes),
        frozen,
        shape,
        unit=16.0,
    )


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

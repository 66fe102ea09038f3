"""A network in a file: its parameters and states as safetensors, everything else in the metadata.

The format (https://github.com/huggingface/safetensors) is a header of JSON and raw numbers: nothing in it is
ever executed.  Metadata are texts: ``format`` and its version, the notation, the shapes of the inputs, the
seed that the parameters were drawn with, and, where a run is saved, its script and history as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nnlab.engine.program import host
from nnlab.errors import NnlabError
from nnlab.i18n import _
from nnlab.network.layers import shape_text
from nnlab.network.network import Network

if TYPE_CHECKING:
    from nnlab.engine.store import ParameterStore

FORMAT, VERSION = "nnlab network", "1"
LARGEST = 4 << 30
"""Bytes of a file that is read at all."""


def to_bytes(network: Network, notes: Mapping[str, Any] | None = None) -> bytes:
    """The file of ``network``, settled; ``notes`` are kept with it, each written as JSON."""
    from safetensors.numpy import save

    store, now = network.store, network.now
    arrays = {name: np.ascontiguousarray(host(store.view(name, now.theta))) for name in store}
    arrays |= {name: np.ascontiguousarray(host(state)) for name, state in now.states.items()}
    about = {
        "format": FORMAT,
        "version": VERSION,
        "network": network.text,
        "input_shape": json.dumps(network.input_shape),
        "inputs": json.dumps(network.inputs),
        "seed": str(network.seed),
        "notes": json.dumps(notes or {}),
    }
    return save(arrays, about)


def from_bytes(content: bytes, name: str) -> tuple[Network, dict[str, Any]]:
    """The network in a file called ``name``, and its notes.

    Raises NnlabError where it is no such file, is cut off, or its numbers do not fit its notation.
    """
    arrays, about = _opened(content, name)
    if about.get("format") != FORMAT:
        raise NnlabError(
            _(
                "{name} holds arrays but no nnlab network: its notation is missing; "
                "build the network and load the arrays into it",
                name=name,
            )
        )
    if about.get("version") != VERSION:
        raise NnlabError(
            _(
                "{name} was written by a newer nnlab (version {n}); update nnlab",
                name=name,
                n=about.get("version"),
            )
        )
    network, notes = _described(about, name)
    fill(network, arrays, name)
    return network, notes


def read(path: Path | str) -> tuple[Network, dict[str, Any]]:
    """The network in the file at ``path``, and its notes; raises NnlabError as :func:`from_bytes` does."""
    return from_bytes(_content(Path(path)), str(path))


def read_arrays(path: Path | str) -> dict[str, np.ndarray[Any, Any]]:
    """The arrays in a safetensors file, whoever wrote it."""
    return _opened(_content(Path(path)), str(path))[0]


def fill(network: Network, arrays: Mapping[str, np.ndarray[Any, Any]], name: str) -> None:
    """Let ``network`` take the parameters and states in ``arrays``, all of them or none.

    Raises NnlabError that names the first one that is missing, too much, or of another shape.
    """
    store = network.store
    wanted = {key: store[key].shape for key in store} | {key: s.shape for key, s in store.states.items()}
    for key, shape in wanted.items():
        if key not in arrays:
            raise NnlabError(
                _(
                    "{name} has no {key} of shape {shape}; it is of another network ({has})",
                    name=name,
                    key=key,
                    shape=shape_text(shape),
                    has=_summary(arrays),
                )
            )
        if arrays[key].shape != shape:
            raise NnlabError(
                _(
                    "{key} has shape {has} in {name}, and {wants} in the network {text}",
                    key=key,
                    has=shape_text(arrays[key].shape),
                    name=name,
                    wants=shape_text(shape),
                    text=network.text,
                )
            )
    if unknown := sorted(set(arrays) - set(wanted)):
        raise NnlabError(
            _(
                "{name} has {key}, and the network {text} does not; it is of another network",
                name=name,
                key=unknown[0],
                text=network.text,
            )
        )
    _take(store, arrays)


def _take(store: ParameterStore, arrays: Mapping[str, np.ndarray[Any, Any]]) -> None:
    for key in store:
        store[key][...] = store.xp.asarray(arrays[key], store.dtype)
    store.put_states({key: store.xp.asarray(arrays[key], store.dtype) for key in store.states})


def _summary(arrays: Mapping[str, np.ndarray[Any, Any]]) -> str:
    shown = [f"{key} {shape_text(array.shape)}" for key, array in list(arrays.items())[:3]]
    return ", ".join(shown) + (", …" if len(arrays) > len(shown) else "") if shown else _("nothing")


def _content(path: Path) -> bytes:
    try:
        if path.is_file() and path.stat().st_size > LARGEST:
            raise NnlabError(_("{path} is larger than 4 GB; no network here is", path=path))
        return path.read_bytes()
    except OSError as error:
        raise NnlabError(
            _("{path} cannot be read ({reason})", path=path, reason=error.strerror or error)
        ) from error


def _opened(content: bytes, name: str) -> tuple[dict[str, np.ndarray[Any, Any]], dict[str, str]]:
    """Arrays and metadata.  Raises NnlabError where the file is not safetensors, or cut off."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        arrays = dict(sorted(load(content).items()))  # safetensors gives them in any order
        length = int.from_bytes(content[:8], "little")
        about = json.loads(content[8 : 8 + length]).get("__metadata__", {})
    except (SafetensorError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NnlabError(
            _(
                "{name} is no safetensors file, or it is cut off or damaged ({reason})",
                name=name,
                reason=str(error).splitlines()[0][:80] if str(error) else type(error).__name__,
            )
        ) from None
    return arrays, about if isinstance(about, dict) else {}


def _described(about: Mapping[str, str], name: str) -> tuple[Network, dict[str, Any]]:
    """The network that the metadata describe, its parameters not yet put in, and the notes."""
    try:
        shape = tuple(int(n) for n in json.loads(about["input_shape"]))
        inputs = {key: tuple(map(int, s)) for key, s in json.loads(about.get("inputs", "{}")).items()}
        network = Network.parse(about["network"], shape, int(about.get("seed", "1")), inputs)
        return network, dict(json.loads(about.get("notes", "{}")))
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise NnlabError(_("{name}: its metadata are damaged ({reason})", name=name, reason=error)) from None

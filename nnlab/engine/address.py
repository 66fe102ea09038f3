"""Addresses: the name of one number.

``dense1.W[0,1]`` is a weight, ``dense1.W[0,1].grad`` its gradient, ``dense1.z[3,0]`` the
pre-activation of unit 0 for example 3 of the batch.  An address is a *value name*, an *index* into
that value and a *part*: nothing for the value itself, or one of

``grad``          dL/d(value): the sum over all uses of the value
``grad@OP``       the summand that flows back from operation OP (``grad@OP.k`` for its k-th input)
``used``          the gradient the optimiser sees, after clipping
``m`` ``v`` ...   optimiser state before the pending update; ``m.new`` after it
``step``          the pending change of a parameter; ``new`` its value after the change

Two numbers belong to no value: ``lr``, the learning rate of the pending update, and ``gradient.norm``, the
length of the whole gradient.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from nnlab.errors import NnlabError
from nnlab.given import written
from nnlab.i18n import _

_TEXT = re.compile(
    r"""^\s*(?P<head>[^\[\]\s]+)              # value name, perhaps with a part behind it
        (?:\[\s*(?P<index>\d{1,18}(\s*,\s*\d{1,18})*)?\s*\])?  # [i, j]
        (?:\.(?P<tail>[^\[\]\s]+))?\s*$       # .part
    """,
    re.VERBOSE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Address:
    """The place of one number: value name, part (``""`` for the value itself) and index."""

    value: str
    index: tuple[int, ...] = ()
    part: str = ""

    def __str__(self) -> str:
        index = "[" + ",".join(map(str, self.index)) + "]" if self.index else ""
        return f"{self.value}{index}" + (f".{self.part}" if self.part else "")

    def at(self, *index: int) -> Address:
        return Address(self.value, tuple(index), self.part)

    def of(self, part: str) -> Address:
        return Address(self.value, self.index, part)


def split_address(text: str) -> tuple[str, tuple[int, ...], str]:
    """Split written text into (dotted name, index, tail part).

    The dotted name may still hold a part (``dense1.W.grad[0,1]``): only somebody who knows the value
    names can cut there, see :meth:`nnlab.engine.program.Program.address`.

    Raises NnlabError where the text is not of the form ``name[i,j].part``.
    """
    match = _TEXT.match(written(_("an address"), text, "dense1.W[0,1].grad"))
    if match is None:
        raise NnlabError(
            _("“{text}” is not an address; write one like dense1.W[0,1] or dense1.W[0,1].grad", text=text)
        )
    numbers = re.findall(r"\d+", match["index"] or "")
    return match["head"], tuple(map(int, numbers)), match["tail"] or ""


def check_index(address: Address, shape: tuple[int, ...]) -> None:
    """Raises NnlabError that names the shape where the index does not fit it."""
    index = address.index
    if len(index) != len(shape) or any(not 0 <= i < n for i, n in zip(index, shape)):
        if not shape:
            raise NnlabError(_("{name} is a single number; write it without [ ]", name=address.value))
        if not index:
            raise NnlabError(
                _(
                    "{address} is a whole array of shape {shape}; an index is missing, as in {example}",
                    address=address,
                    shape="×".join(map(str, shape)),
                    example=replace(address, index=(0,) * len(shape)),
                )
            )
        last = ",".join(str(n - 1) for n in shape)
        raise NnlabError(
            _(
                "{address} does not exist: {name} has shape {shape}, so indices run from {first} to {last}",
                address=address,
                name=address.value,
                shape="×".join(map(str, shape)),
                first=f"[{','.join('0' * len(shape))}]",
                last=f"[{last}]",
            )
        )

"""Initial weights: functions of (seed, purpose), with the bound or deviation for a reader to see.

Every draw is computed in float64 and rounded once, so a float32 and a float64 network begin with the
same weights.  Weights have shape (in, out), convolution kernels (…, in, out).  Texts: ``he``,
``normal:0.05``, ``uniform:0.1``, ``constant:1``, ``orthogonal:1.4``.
"""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
from numpy.typing import DTypeLike, NDArray

from nnlab.engine import rng
from nnlab.engine.arguments import Argument, Written, check_all, plain, read_arguments, unknown
from nnlab.engine.expression import number
from nnlab.i18n import _

Shape = tuple[int, ...]

DRAW_BYTES = 34
"""Memory a draw takes for each number on its way (measured: normal 34, orthogonal 32, uniform 16)."""


def fans(shape: Shape) -> tuple[int, int]:
    """(fan_in, fan_out) of weights (in, out) or kernels (…, in, out); a vector (n,) has n for both."""
    if len(shape) < 2:
        n = shape[0] if shape else 1
        return n, n
    window = math.prod(shape[:-2])
    return shape[-2] * window, shape[-1] * window


class Initializer(Written):
    """One way of drawing initial weights."""

    name: ClassVar[str]
    aliases: ClassVar[tuple[str, ...]] = ()
    argument: ClassVar[Argument | None] = None

    def __init__(self, value: float | None = None) -> None:
        arguments = [self.argument] if self.argument else []
        given = {} if value is None else {self.argument.name if self.argument else "value": value}
        checked = check_all(self.name, arguments, given, ":")
        self.value = checked[self.argument.name] if self.argument else 0.0

    @staticmethod
    def parse(text: str) -> Initializer:
        """Read ``name`` or ``name:number``; the names that Keras and PyTorch have are understood too."""
        name, *numbers = text.strip().split(":")
        names = {word: kind for kind in INITIALIZERS.values() for word in (kind.name, *kind.aliases)}
        kind = names.get(name.strip().lower().rstrip("_"))
        if kind is None:
            raise unknown(name, list(INITIALIZERS), _("“{word}” is not an initialiser", word=name))
        arguments = [kind.argument] if kind.argument else []
        values = read_arguments(kind.name, arguments, numbers, ":")
        return kind(*values.values())

    @property
    def text(self) -> str:
        plainly = self.argument is None or self.value == self.argument.default
        return self.name if plainly else f"{self.name}:{plain(self.value)}"

    @classmethod
    def help(cls) -> str:
        raise NotImplementedError

    def bound(self, fan_in: int, fan_out: int) -> float | None:
        """The largest magnitude drawn; None where there is none."""
        return None

    def deviation(self, fan_in: int, fan_out: int) -> float | None:
        """The standard deviation of one weight; None where it is not fixed by the rule."""
        return None

    def describe(self, fan_in: int, fan_out: int) -> str:
        """The rule with its numbers: ``uniform ±√(6/(64+10)) = ±0.2847``."""
        raise NotImplementedError

    def draw(self, shape: Shape, seed: int, purpose: str, dtype: DTypeLike = np.float32) -> NDArray[Any]:
        """Weights of ``shape``; the same for the same (seed, purpose)."""
        return self._draw(shape, seed, purpose).astype(dtype)

    def _draw(self, shape: Shape, seed: int, purpose: str) -> NDArray[np.float64]:
        raise NotImplementedError


class Fixed(Initializer):
    """Every weight the same number."""

    name = "constant"
    argument: ClassVar[Argument | None] = Argument("value", "value", "finite", 0.1)

    @classmethod
    def help(cls) -> str:
        return _("every weight the same number")

    def bound(self, fan_in: int, fan_out: int) -> float:
        return abs(self.value)

    def deviation(self, fan_in: int, fan_out: int) -> float:
        return 0.0

    def describe(self, fan_in: int, fan_out: int) -> str:
        return _("all {value}", value=number(self.value))

    def _draw(self, shape: Shape, seed: int, purpose: str) -> NDArray[np.float64]:
        return np.full(shape, self.value)


class Zeros(Fixed):
    name = "zeros"
    argument = None

    @classmethod
    def help(cls) -> str:
        return _("every weight zero: the usual choice for biases")


class Uniform(Initializer):
    """Uniform on [−bound, bound)."""

    name = "uniform"
    argument: ClassVar[Argument | None] = Argument("bound", "a", "positive", 0.1)

    @classmethod
    def help(cls) -> str:
        return _("uniform between −a and a")

    def bound(self, fan_in: int, fan_out: int) -> float:
        return self.value

    def deviation(self, fan_in: int, fan_out: int) -> float:
        return self.bound(fan_in, fan_out) / math.sqrt(3)

    def describe(self, fan_in: int, fan_out: int) -> str:
        return _("uniform {range}", range=f"±{number(self.value)}")

    def _draw(self, shape: Shape, seed: int, purpose: str) -> NDArray[np.float64]:
        u: NDArray[np.float64] = rng.uniform(seed, purpose, 0, shape, np.float64)
        return (2.0 * u - 1.0) * self.bound(*fans(shape))


class Normal(Initializer):
    """Normal with mean zero."""

    name = "normal"
    argument: ClassVar[Argument | None] = Argument("deviation", "σ", "positive", 0.05, 0.05)

    @classmethod
    def help(cls) -> str:
        return _("normal with standard deviation σ")

    def deviation(self, fan_in: int, fan_out: int) -> float:
        return self.value

    def describe(self, fan_in: int, fan_out: int) -> str:
        return _("normal {deviation}", deviation=f"σ = {number(self.value)}")

    def _draw(self, shape: Shape, seed: int, purpose: str) -> NDArray[np.float64]:
        z: NDArray[np.float64] = rng.normal(seed, purpose, 0, shape, np.float64)
        return z * self.deviation(*fans(shape))


class ScaledUniform(Uniform):
    """Uniform with the bound √(factor / fans): the variance is a third of its square."""

    argument = None
    factor: ClassVar[int]
    both: ClassVar[bool] = False

    def bound(self, fan_in: int, fan_out: int) -> float:
        return math.sqrt(self.factor / (fan_in + fan_out if self.both else fan_in))

    def describe(self, fan_in: int, fan_out: int) -> str:
        below = f"({fan_in}+{fan_out})" if self.both else f"{fan_in}"
        bound = number(self.bound(fan_in, fan_out))
        return _("uniform {range}", range=f"±√({self.factor}/{below}) = ±{bound}")


class ScaledNormal(Normal):
    """Normal with the deviation √(factor / fans)."""

    argument = None
    factor: ClassVar[int]
    both: ClassVar[bool] = False

    def deviation(self, fan_in: int, fan_out: int) -> float:
        return math.sqrt(self.factor / (fan_in + fan_out if self.both else fan_in))

    def describe(self, fan_in: int, fan_out: int) -> str:
        below = f"({fan_in}+{fan_out})" if self.both else f"{fan_in}"
        deviation = number(self.deviation(fan_in, fan_out))
        return _("normal {deviation}", deviation=f"σ = √({self.factor}/{below}) = {deviation}")


class Glorot(ScaledUniform):
    name, factor, both = "glorot", 6, True
    aliases = ("glorot_uniform", "xavier", "xavier_uniform")

    @classmethod
    def help(cls) -> str:
        return _("uniform, keeps the variance of signals and gradients: for tanh, sigmoid and softmax")


class GlorotNormal(ScaledNormal):
    name, factor, both = "glorot_normal", 2, True
    aliases = ("xavier_normal",)

    @classmethod
    def help(cls) -> str:
        return _("Glorot's variance, normally distributed")


class He(ScaledNormal):
    name, factor = "he", 2
    aliases = ("he_normal", "kaiming", "kaiming_normal")

    @classmethod
    def help(cls) -> str:
        return _("normal, keeps the variance of signals through relu")


class HeUniform(ScaledUniform):
    name, factor = "he_uniform", 6
    aliases = ("kaiming_uniform",)

    @classmethod
    def help(cls) -> str:
        return _("He's variance, uniformly distributed")


class LeCun(ScaledNormal):
    name, factor = "lecun", 1
    aliases = ("lecun_normal",)

    @classmethod
    def help(cls) -> str:
        return _("normal, keeps the variance of signals through linear units")


class LeCunUniform(ScaledUniform):
    name, factor = "lecun_uniform", 3

    @classmethod
    def help(cls) -> str:
        return _("LeCun's variance, uniformly distributed")


class Orthogonal(Initializer):
    """Columns (or rows, where there are fewer of them) of length ``gain`` at right angles."""

    name = "orthogonal"
    argument = Argument("gain", "gain", "positive", 1.0, 1.0)

    @classmethod
    def help(cls) -> str:
        return _("weights at right angles: keeps lengths, for deep and recurrent networks")

    def bound(self, fan_in: int, fan_out: int) -> float:
        return self.value

    def deviation(self, fan_in: int, fan_out: int) -> float:
        return self.value / math.sqrt(max(fan_in, fan_out))

    def describe(self, fan_in: int, fan_out: int) -> str:
        gain = number(self.value)
        if fan_in >= fan_out:
            return _("orthogonal columns of length {gain}", gain=gain)
        return _("orthogonal rows of length {gain}", gain=gain)

    def _draw(self, shape: Shape, seed: int, purpose: str) -> NDArray[np.float64]:
        rows, columns = (math.prod(shape[:-1]), shape[-1]) if shape else (1, 1)
        normal = rng.normal(seed, purpose, 0, (rows, columns), np.float64)
        q = orthonormal(normal) if rows >= columns else orthonormal(normal.T).T
        return (q * self.value).reshape(shape)


def orthonormal(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """Orthonormal columns (n, k) from independent columns (n, k), n ≥ k, by modified Gram-Schmidt.

    Each column keeps the sign of what is left of it (R has a positive diagonal), which makes a normal
    ``matrix`` into a uniformly distributed rotation.  Own arithmetic instead of LAPACK's: no library
    chooses blocks, threads or signs, so the bits stay the same.
    """
    q = np.array(matrix, np.float64, order="C")
    for j in range(q.shape[1]):
        column = q[:, j] / math.sqrt(math.fsum(q[:, j] ** 2))
        q[:, j] = column
        rest = q[:, j + 1 :]
        rest -= column[:, None] * (column[:, None] * rest).sum(0)
    return q


INITIALIZERS: dict[str, type[Initializer]] = {
    kind.name: kind
    for kind in (
        Zeros, Fixed, Uniform, Normal, Orthogonal, Glorot, GlorotNormal, He, HeUniform, LeCun, LeCunUniform,
    )
}  # fmt: skip

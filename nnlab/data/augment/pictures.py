"""Changes of pictures, and noise on any numbers. What leaves a picture is gone, what comes in is 0."""

from __future__ import annotations

import numpy as np

from nnlab.data.augment.transform import Array, Transform
from nnlab.data.dataset import Dataset
from nnlab.data.spec import Option
from nnlab.errors import NnlabError
from nnlab.i18n import N_, _


class Noise(Transform):
    """x + value · N(0, 1), drawn anew for every number; in the units of the data as the network sees them."""

    option = Option("noise", "float", 0.1, N_("normal noise of this deviation on every number"), 0, 100)
    needs = "numbers"

    def __call__(self, x: Array, rows: Array, step: int) -> None:
        flat = x.reshape(len(x), -1)
        half = (flat.shape[1] + 1) // 2
        u = self.uniform(rows, step, 2 * half)
        radius, angle = u[:, :half], u[:, half:]
        # Box-Muller where the uniforms lie: value · √(−2 ln(1 − u)) and 2πu, then both projections.
        np.negative(radius, out=radius)
        np.log1p(radius, out=radius)
        np.multiply(radius, -2.0 * self.value**2, out=radius)
        np.sqrt(radius, out=radius)
        np.multiply(angle, 2 * np.pi, out=angle)
        drawn = self.room("drawn", angle.shape)
        for project, part in ((np.cos, flat[:, :half]), (np.sin, flat[:, half:])):
            project(angle, out=drawn)
            np.multiply(drawn, radius, out=drawn)
            np.add(part, drawn[:, : part.shape[1]], out=part, casting="same_kind")


class Picture(Transform):
    """A change of pictures, one at a time: x is seen as (batch, height, width, channels)."""

    width = 1  # uniforms a picture takes

    def __init__(self, value: float, data: Dataset, seed: int) -> None:
        super().__init__(value, data, seed)
        assert data.picture is not None
        self.height, self.across, self.channels = data.picture

    def __call__(self, x: Array, rows: Array, step: int) -> None:
        pictures = x.reshape(-1, self.height, self.across, self.channels)
        for picture, drawn in zip(pictures, self.uniform(rows, step, self.width).tolist()):
            self.change(picture, drawn)

    def change(self, picture: Array, drawn: list[float]) -> None:
        """Change one picture (height, width, channels) in place, by its uniforms."""
        raise NotImplementedError

    def copy_of(self, picture: Array) -> Array:
        """The picture as it was, until the next one."""
        before = self.room("before", picture.shape, picture.dtype)
        np.copyto(before, picture)
        return before

    def fitting(self, name: str, most: int) -> None:
        if self.value > most:
            raise NnlabError(
                _(
                    "{change}:{value} is too much for pictures of {height}×{width}; at most {most} fits",
                    change=name,
                    value=int(self.value),
                    height=self.height,
                    width=self.across,
                    most=most,
                )
            )


class Shift(Picture):
    """Up to so many pixels down or up and to either side; no pixel comes in again on the other side."""

    option = Option("shift", "int", 1, N_("up to so many pixels in each direction"), 1, 1000)
    moves = True
    width = 2

    def __init__(self, value: float, data: Dataset, seed: int) -> None:
        super().__init__(value, data, seed)
        self.fitting("shift", min(self.height, self.across) - 1)

    def change(self, picture: Array, drawn: list[float]) -> None:
        most = int(self.value)
        down, right = (int(u * (2 * most + 1)) - most for u in drawn)
        shift(picture, self.copy_of(picture), down, right)


def shift(picture: Array, before: Array, down: int, right: int) -> None:
    """Write ``before`` (height, width, channels) into ``picture``, moved and filled up with 0."""
    height, width = picture.shape[:2]
    picture[...] = 0
    picture[max(0, down) : height + min(0, down), max(0, right) : width + min(0, right)] = before[
        max(0, -down) : height + min(0, -down), max(0, -right) : width + min(0, -right)
    ]


class Flip(Picture):
    """The mirror image, left for right, of this share of the pictures."""

    option = Option("flip", "float", 0.5, N_("this share becomes its mirror image, left for right"), 0, 1)
    moves = True

    def change(self, picture: Array, drawn: list[float]) -> None:
        if drawn[0] < self.value:
            np.copyto(picture, self.copy_of(picture)[:, ::-1])


class Cutout(Picture):
    """A square of so many pixels is blanked, anywhere inside (DeVries, Taylor, 2017)."""

    option = Option("cutout", "int", 2, N_("a square of so many pixels is blanked"), 1, 1000)
    width = 2

    def __init__(self, value: float, data: Dataset, seed: int) -> None:
        super().__init__(value, data, seed)
        self.fitting("cutout", min(self.height, self.across))

    def change(self, picture: Array, drawn: list[float]) -> None:
        side = int(self.value)
        top, left = int(drawn[0] * (self.height - side + 1)), int(drawn[1] * (self.across - side + 1))
        picture[top : top + side, left : left + side] = 0


class Resampled(Picture):
    """Every pixel is read where a linear map about the centre puts it, between four pixels if need be.

    Pictures are worked on together: turning 32 of 8×8 one by one took twelve times as long.
    """

    moves = True

    def matrices(self, drawn: Array) -> Array:
        """Where a pixel (down, right) is read, both from the centre: (batch, 2, 2) from (batch, width)."""
        raise NotImplementedError

    def __call__(self, x: Array, rows: Array, step: int) -> None:
        n, sizes = len(x), (self.height, self.across)
        pictures = x.reshape(n, *sizes, self.channels)
        # A border of 0 on all sides: whatever lies outside is read there.
        framed = self.room("framed", (n, self.height + 2, self.across + 2, self.channels))
        framed[...] = 0
        framed[:, 1:-1, 1:-1] = pictures
        at, whole = self.room("at", (n, 2, *sizes)), self.room("whole", (n, 2, *sizes), np.int64)
        self._places(self.matrices(self.uniform(rows, step, self.width)), at)
        np.copyto(whole, at, casting="unsafe")  # at ≥ 0, so this is the floor
        np.subtract(at, whole, out=at)
        self._blend(framed, whole, at)
        np.copyto(pictures, self.room("sum", pictures.shape), casting="same_kind")

    def _places(self, matrices: Array, at: Array) -> None:
        """Where each pixel is read in the framed picture, (batch, 2, height, width), into ``at``."""
        down = (np.arange(self.height) - (self.height - 1) / 2)[:, None]
        right = np.arange(self.across) - (self.across - 1) / 2
        term = self.room("term", (len(at), self.height, self.across))
        for axis, size in enumerate((self.height, self.across)):
            here = at[:, axis]
            np.multiply(matrices[:, axis, 0, None, None], down, out=here)
            np.multiply(matrices[:, axis, 1, None, None], right, out=term)
            np.add(here, term, out=here)
            np.add(here, (size - 1) / 2 + 1, out=here)
            # Just short of the far border, so that the pixel beyond exists.
            np.clip(here, 0, np.nextafter(size + 1, 0), out=here)

    def _blend(self, framed: Array, whole: Array, share: Array) -> None:
        """The mean of the four pixels around each place, each by how near it is, into the room ``sum``."""
        n, inside = len(framed), (len(framed), self.height, self.across)
        total = self.room("sum", (*inside, self.channels))
        index, weight = self.room("index", inside, np.int64), self.room("term", inside)
        pixels, read = framed.reshape(-1, self.channels), self.room("read", (*inside, self.channels))
        first = (np.arange(n) * (framed.shape[1] * framed.shape[2]))[:, None, None]
        total[...] = 0
        for below, beside in ((0, 0), (0, 1), (1, 0), (1, 1)):
            np.add(whole[:, 0], below, out=index)
            np.multiply(index, framed.shape[2], out=index)
            np.add(index, whole[:, 1], out=index)
            np.add(index, first + beside, out=index)
            np.take(pixels, index, axis=0, out=read, mode="clip")
            # |1 − below − share| is share for the pixel below, and 1 − share for the one above.
            np.abs(np.subtract(1 - below, share[:, 0], out=weight), out=weight)
            np.multiply(read, weight[..., None], out=read)
            np.abs(np.subtract(1 - beside, share[:, 1], out=weight), out=weight)
            np.multiply(read, weight[..., None], out=read)
            np.add(total, read, out=total)


class Rotate(Resampled):
    """A turn about the centre by up to so many degrees, either way."""

    option = Option("rotate", "float", 10.0, N_("turned by up to so many degrees"), 0, 180)

    def matrices(self, drawn: Array) -> Array:
        angle = np.deg2rad(self.value) * (2 * drawn[:, 0] - 1)
        cos, sin = np.cos(angle), np.sin(angle)
        return np.stack([cos, sin, -sin, cos], axis=1).reshape(-1, 2, 2)


class Scale(Resampled):
    """Enlarged or shrunk about the centre, by a factor from 1 − value to 1 + value."""

    option = Option("scale", "float", 0.1, N_("larger or smaller by up to this share"), 0, 0.9)

    def matrices(self, drawn: Array) -> Array:
        factor = 1 / (1 + self.value * (2 * drawn[:, 0] - 1))
        return factor[:, None, None] * np.eye(2)

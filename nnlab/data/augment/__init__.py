"""Changed examples instead of new ones: pictures shifted, turned, spoilt; words hidden, dropped, swapped.

    augment = Augmentation.parse("shift:1 noise:0.1").bind(data, seed=1)
    augment(x, rows, step)      # x (batch, *input shape), changed where it lies

What happens to an example is a function of (seed, step, row), so a replay sees the same numbers.
"""

from nnlab.data.augment.notation import TRANSFORMS, Augmentation, Bound

__all__ = ["TRANSFORMS", "Augmentation", "Bound"]

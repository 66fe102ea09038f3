"""Cases of operations, one module for each family; :data:`MODULES` is what the shared tests read."""

from types import ModuleType

from . import (
    arithmetic,
    attention,
    embedding,
    images,
    more_losses,
    noise,
    normalise,
    policy,
    recurrent,
    sequences,
    tokens,
)

MODULES: dict[str, ModuleType] = {
    "arithmetic": arithmetic,
    "attention": attention,
    "embedding": embedding,
    "images": images,
    "more_losses": more_losses,
    "noise": noise,
    "normalise": normalise,
    "policy": policy,
    "recurrent": recurrent,
    "sequences": sequences,
    "tokens": tokens,
}

FAMILY_CASES = {name: case for module in MODULES.values() for name, case in module.CASES.items()}

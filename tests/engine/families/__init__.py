"""Cases of operations, one module for each family; :data:`MODULES` is what the shared tests read."""

from types import ModuleType

MODULES: dict[str, ModuleType] = {}

FAMILY_CASES = {name: case for module in MODULES.values() for name, case in module.CASES.items()}

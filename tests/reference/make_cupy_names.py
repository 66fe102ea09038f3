"""Writes cupy_names.json: the names CuPy really has, so that they can be checked where it is not installed.

Needs CuPy, no driver and no GPU:  python tests/reference/make_cupy_names.py
"""

import json
from pathlib import Path

import cupy

names = {
    "version": cupy.__version__,
    "module": sorted(n for n in dir(cupy) if not n.startswith("_")),
    "ndarray": sorted(n for n in dir(cupy.ndarray) if not n.startswith("_")),
    "ufunc": sorted(n for n in dir(cupy.maximum) if not n.startswith("_")),
}
Path(__file__).with_name("cupy_names.json").write_text(json.dumps(names, indent=0) + "\n")

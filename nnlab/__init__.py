"""nnlab: a glass-box laboratory for neural networks that lives in a terminal."""

__version__ = "0.1.0"

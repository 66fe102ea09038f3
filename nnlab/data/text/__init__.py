"""Text as numbers: tokenisers trained here, rows of equal length, masks."""

from nnlab.data.text.characters import Characters
from nnlab.data.text.pairs import BytePairs, Merge
from nnlab.data.text.rows import Bucket, buckets, pad, padding_share, windows
from nnlab.data.text.tokenizer import PADDING, UNKNOWN, Tokenizer
from nnlab.data.text.words import Words

__all__ = [
    "PADDING",
    "UNKNOWN",
    "Bucket",
    "BytePairs",
    "Characters",
    "Merge",
    "Tokenizer",
    "Words",
    "buckets",
    "pad",
    "padding_share",
    "windows",
]

"""Datasets, one file each; a new one is a new file that registers its loader."""

from vgsim.core.registry import discover
from vgsim.nn.datasets.base import DATASETS, Dataset, Loader

__all__ = ["DATASETS", "Dataset", "Loader"]

discover(__name__, first=("digits", "penguins"))

"""Datasets, one file each; a new one is a new file that registers its loader."""

from vgsim.engine.datasets.base import DATASETS, Dataset, Loader
from vgsim.registry import discover

__all__ = ["DATASETS", "Dataset", "Loader"]

discover(__name__, list(__path__), first=("digits", "penguins"))

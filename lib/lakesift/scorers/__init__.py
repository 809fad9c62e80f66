"""Scorers: models that give a document a score between 0 and 1.

They are trained from labelled documents.
"""

from lakesift.scorers.training.settings import ScorerTraining

__all__ = ["ScorerTraining"]

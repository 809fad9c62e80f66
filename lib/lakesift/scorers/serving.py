"""The loader of a registered scorer for `mlflow.pyfunc.load_model`.

MLflow calls it `loader_module`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from lakesift.scorers.models.kinds import kind_of
from lakesift.scorers.models.model_folder import ModelFolder, open_model

if TYPE_CHECKING:
    import pandas as pd


class ServedScorer:
    """A scorer as MLflow calls it.

    It takes a table with column `text` and returns a table with column `score`.
    """

    def __init__(self, model: ModelFolder) -> None:
        self.model = model

    def predict(self, model_input: pd.DataFrame, params: dict[str, Any] | None = None) -> pd.DataFrame:
        """Return scores in 0 to 1, one a row, in order.

        `params` is part of MLflow's interface and has no keys here.
        """
        import pandas as pd

        scores = kind_of(self.model).score_texts(model_input["text"].tolist(), self.model)
        return pd.DataFrame({"score": scores}, index=model_input.index)


def _load_pyfunc(path: str) -> ServedScorer:
    return ServedScorer(open_model(Path(path)))

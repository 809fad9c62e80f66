"""Scorers in MLflow's registry: packed for `mlflow.pyfunc.load_model`, found again by alias or version."""

from __future__ import annotations

import shutil
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from lakesift.errors import ScorerError
from lakesift.tracking.store import Store

PACKED = "model"
# `data_path` of MLflow's pyfunc flavour keeps the last part of the folder's name under data/.
DATA = Path("data") / "scorer"
EXAMPLE = "A scorer reads one text of a document and says how likely it is of high quality."


def register(client: Any, store: Store, name: str, run_id: str, folder: Path, extra: str, tags: dict[str, str]) -> str:
    """Log a model folder to a run, signature and example with it, and make it the newest version of a scorer.

    Args:
        client: an MlflowClient.
        store: where scorers are kept.
        name: name of the scorer.
        run_id: run that the files are logged to.
        folder: the model folder.
        extra: extra of lakesift that the model needs, or nothing.
        tags: of the version.

    Returns:
        The version, a number as text.
    """
    full = store.prefix + name
    with tempfile.TemporaryDirectory(prefix="lakesift-scorer-") as aside:
        packed = Path(aside) / PACKED
        _pack(folder, packed, extra)
        client.log_artifacts(run_id, str(packed), PACKED)
    if not _exists(client, full):
        client.create_registered_model(full, description="A lakesift scorer: text in, score in 0 to 1 out.")
    return str(client.create_model_version(full, f"runs:/{run_id}/{PACKED}", run_id, tags=tags).version)


def resolve(client: Any, store: Store, name: str, alias_or_version: str) -> str:
    """The version that an alias stands for, or the version itself if it exists.

    Raises:
        ScorerError: there is no such scorer, alias or version.
    """
    from mlflow.exceptions import MlflowException

    full = store.prefix + name
    try:
        if alias_or_version.isdigit():
            return str(client.get_model_version(full, alias_or_version).version)
        return str(client.get_model_version_by_alias(full, alias_or_version).version)
    except MlflowException as error:
        if error.error_code not in ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE"):
            raise
        raise unknown(name, alias_or_version, _registered(client, full)) from error


def unknown(name: str, alias_or_version: str, expected: str) -> ScorerError:
    """The error of a scorer that the registry does not have."""
    return ScorerError(
        f"the registry has no scorer {name}@{alias_or_version}",
        expected=expected,
        next_step=f"lakesift scorer train {name} --labelled ... --alias {alias_or_version}",
    )


def folder_of(client: Any, store: Store, name: str, version: str) -> Path:
    """The model folder of a version on a disk that workers read: in place in a local store, else downloaded once.

    Raises:
        ScorerError: the version's files are gone.
    """
    run_id = str(client.get_model_version(store.prefix + name, version).run_id)
    if store.artifacts is not None:
        folder = store.artifacts / run_id / "artifacts" / PACKED / DATA
    else:
        folder = store.scorers / name / version / DATA
        if not folder.is_dir():
            _download(client, run_id, store.scorers / name / version)
    if not folder.is_dir():
        raise ScorerError(
            f"the files of scorer {name} version {version} are not in {folder}",
            next_step=f"lakesift scorer train {name} ...",
        )
    return folder


def _pack(folder: Path, packed: Path, extra: str) -> None:
    import mlflow.pyfunc
    import pandas as pd
    from mlflow.models import ModelSignature
    from mlflow.types import ColSpec, Schema

    try:
        requirement = f"lakesift{extra}=={version('lakesift')}"
    except PackageNotFoundError:
        requirement = f"lakesift{extra}"
    with tempfile.TemporaryDirectory(prefix="lakesift-scorer-") as aside:
        named = Path(aside) / DATA.name
        # A link, not a copy: a model of word n-grams has close to a gigabyte.
        named.symlink_to(folder.absolute(), target_is_directory=True)
        mlflow.pyfunc.save_model(
            str(packed),
            loader_module="lakesift.scorers.serving",
            data_path=str(named),
            signature=ModelSignature(Schema([ColSpec("string", "text")]), Schema([ColSpec("double", "score")])),
            input_example=pd.DataFrame({"text": [EXAMPLE]}),
            pip_requirements=[requirement],
        )


def _download(client: Any, run_id: str, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f"{target.name}-", dir=target.parent))
    try:
        got = Path(client.download_artifacts(run_id, PACKED, str(aside)))
        got.replace(target)
    except OSError:
        # Somebody else finished the same download first; what they put there is the same version.
        if not (target / DATA).is_dir():
            raise
    finally:
        shutil.rmtree(aside)


def _exists(client: Any, full: str) -> bool:
    from mlflow.exceptions import MlflowException

    try:
        client.get_registered_model(full)
    except MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise
        return False
    return True


def _registered(client: Any, full: str) -> str:
    if not _exists(client, full):
        return "a scorer that was trained for this lake"
    aliases = client.get_registered_model(full).aliases
    known = ", ".join(f"{alias} (version {number})" for alias, number in sorted(aliases.items()))
    return f"one of its aliases: {known}" if known else "one of its versions; it has no alias"

"""MLflow: one run per recipe run with a run inside it per stage, data set versions, and the registry of scorers."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from pathlib import Path
from typing import Any

from lakesift.clock import now
from lakesift.errors import ScorerError
from lakesift.mlflow_thread import CATALOG, MlflowThread, Store, store_of

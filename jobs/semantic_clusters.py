"""Run the stage `semantic_clusters` of a recipe: `spark-submit jobs/semantic_clusters.py RECIPE --lake LAKE`; all options of `lakesift run`."""

import sys

from lakesift.cli.main import job

if __name__ == "__main__":
    job([*sys.argv[1:], "--only", "semantic_clusters"])

"""Run the stage `commonness` of a recipe: `spark-submit jobs/commonness.py RECIPE --lake LAKE`; all options of `lakesift run`."""

import sys

from lakesift.cli.main import job

if __name__ == "__main__":
    job([*sys.argv[1:], "--only", "commonness"])

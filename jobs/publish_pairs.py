"""Run the stage `publish_pairs` of a recipe: `spark-submit jobs/publish_pairs.py RECIPE --lake LAKE`; all options of `lakesift run`."""

import sys

from lakesift.cli.main import job

if __name__ == "__main__":
    job([*sys.argv[1:], "--only", "publish_pairs"])

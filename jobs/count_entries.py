"""Run the stage `count_entries` of a recipe: `spark-submit jobs/count_entries.py RECIPE --lake LAKE`; all options of `lakesift run`."""

import sys

from lakesift.cli.main import job

if __name__ == "__main__":
    job([*sys.argv[1:], "--only", "count_entries"])

"""Run the stage `judge_examples` of a recipe: `spark-submit jobs/judge_examples.py RECIPE --lake LAKE`; all options of `lakesift run`."""

import sys

from lakesift.cli.main import job

if __name__ == "__main__":
    job([*sys.argv[1:], "--only", "judge_examples"])

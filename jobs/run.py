"""Run all stages of a recipe.

`spark-submit jobs/run.py RECIPE --lake LAKE`, with the options of `lakesift run`.
"""

import sys

from lakesift.cli.main import job

if __name__ == "__main__":
    job(sys.argv[1:])

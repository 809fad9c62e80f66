"""Run the stages of a recipe that score documents and decide by scores.

`spark-submit jobs/score.py RECIPE --lake LAKE`, with the options of `lakesift run`.
"""

import sys

from lakesift.cli.main import job

if __name__ == "__main__":
    job([*sys.argv[1:], "--phase", "score"])

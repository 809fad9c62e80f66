"""`python -m lakesift` is the command `lakesift`."""

from lakesift.cli.main import main

main()

"""Sessions, jars and Java: the only code that starts Spark."""

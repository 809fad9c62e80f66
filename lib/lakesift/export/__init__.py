"""Published data sets as Parquet or JSONL shards."""

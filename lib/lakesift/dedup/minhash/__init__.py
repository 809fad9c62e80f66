"""MinHash LSH: bands, buckets, components, keepers."""

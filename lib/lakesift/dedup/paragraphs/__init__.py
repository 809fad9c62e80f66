"""Lines, paragraphs and sentences that several documents have, by the methods of five pipelines, one file each."""

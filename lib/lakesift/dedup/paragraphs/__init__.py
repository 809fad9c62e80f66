"""Lines, paragraphs and sentences that several documents have.

They are found by the methods of five pipelines, one file each.
"""

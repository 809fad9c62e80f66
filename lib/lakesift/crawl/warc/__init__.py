"""Reading web archives: byte ranges, members, records."""

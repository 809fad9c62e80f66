"""From records to rows."""

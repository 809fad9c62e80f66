"""Web archives and imported documents in; pages, links and quarantined records out."""

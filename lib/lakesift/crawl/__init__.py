"""Web archives and imported documents in; pages, links and quarantine out."""

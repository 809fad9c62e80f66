"""What each verb of the command line does; the same functions serve notebooks and jobs."""

"""How a job ends before its end. The messages are read by the visitor."""


class JobFailed(Exception):
    """It cannot be done; the message says why and what to do."""


class JobStopped(Exception):
    """Someone wants it to stop: the visitor, whoever withdrew its face, or the worker, which is shutting down."""

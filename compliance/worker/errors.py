"""What a worker says when a job can't be done."""


class JobFaultError(Exception):
    """A job can't be done; the text is a short code that the page puts into words."""

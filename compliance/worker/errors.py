"""What a worker says when a job can't be done, or can't even be ordered."""


class JobFaultError(Exception):
    """A job can't be done; the text is a short code that the page puts into words."""


class NotOnOfferError(Exception):
    """What is asked for is no report that this assessment or this person can have."""

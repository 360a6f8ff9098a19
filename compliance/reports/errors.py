"""What may go wrong with a report, as facts a reader can act on."""


class ReportError(Exception):
    """Base of this room's errors."""


class RendererMissingError(ReportError):
    """The libraries that set type are not installed; the message says how to get them."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(
            "the PDF renderer cannot load its system libraries; on Debian or Ubuntu run: "
            "apt-get install --no-install-recommends "
            f"libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 ({cause})"
        )


class NotAReportError(ReportError):
    """A file that is not one of our reports: no PDF, or without what a report carries."""


class RenderingFailedError(ReportError):
    """The child process that renders did not finish: killed, out of time or of memory."""


class SigningError(ReportError):
    """The certificate that should sign reports cannot be used."""


class ResultMismatchError(ReportError):
    """A result that is not the result of the answers beside it."""

    def __init__(self, paths: tuple[str, ...]) -> None:
        self.paths = paths
        super().__init__(f"the result is not that of the answers; it differs at {', '.join(paths)}")

"""The errors that DSS returns, with their response bodies (DSS-API.md §3.4)."""

UNAUTHORIZED = "com.dataiku.dip.exceptions.UnauthorizedException"
NOT_AUTHENTICATED = "com.dataiku.dip.exceptions.NotAuthenticatedException"
NOT_FOUND = "com.dataiku.dip.server.controllers.NotFoundException"
ILLEGAL_ARGUMENT = "java.lang.IllegalArgumentException"
SERVER_ERROR = "com.dataiku.common.server.APIError$SerializedErrorException"


class Problem(Exception):
    """A call that DSS answers with an error."""

    def __init__(self, status: int, error_type: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.error_type = error_type
        self.message = message

    def body(self) -> dict[str, object]:
        """Return DSS's JSON for this error. It includes the stack so that a test notices a leak."""
        return {
            "errorType": self.error_type,
            "message": self.message,
            "detailedMessage": self.message,
            "detailedMessageHTML": f"<span>{self.message}</span>",
            "stackTraceStr": java_stack(self.error_type, self.message),
        }


def java_stack(error_type: str, message: str, *, where: str = "com.dataiku.dip.server.publicapi") -> str:
    """Return a stack trace like a Java server's."""
    frames = (
        f"{where}.PublicAPIControllerBase.check(PublicAPIControllerBase.java:214)",
        f"{where}.JobsPublicAPIController.handle(JobsPublicAPIController.java:97)",
        "jdk.internal.reflect.GeneratedMethodAccessor812.invoke(Unknown Source)",
        "org.springframework.web.servlet.FrameworkServlet.service(FrameworkServlet.java:885)",
        "org.eclipse.jetty.servlet.ServletHolder.handle(ServletHolder.java:764)",
        "java.base/java.lang.Thread.run(Thread.java:840)",
    )
    return f"{error_type}: {message}\n" + "".join(f"\tat {frame}\n" for frame in frames)


def bad_key() -> Problem:
    """401: the key is unknown or revoked."""
    return Problem(401, NOT_AUTHENTICATED, "Unknown API Key")


def invisible() -> Problem:
    """401: the project doesn't exist or the caller can't see it; DSS doesn't say which."""
    return Problem(401, UNAUTHORIZED, "Failed to read project permissions")


def not_found(message: str) -> Problem:
    """404 in DSS's own JSON."""
    return Problem(404, NOT_FOUND, message)


def illegal(message: str) -> Problem:
    """500 with `IllegalArgumentException`: DSS's answer to many requests that it can't carry out."""
    return Problem(500, ILLEGAL_ARGUMENT, message)


def gateway_page(status: int, title: str) -> bytes:
    """Return the HTML page that nginx itself serves."""
    page = (
        f"<html>\r\n<head><title>{status} {title}</title></head>\r\n<body>\r\n"
        f"<center><h1>{status} {title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    )
    return page.encode()

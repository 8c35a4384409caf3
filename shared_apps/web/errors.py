"""What HTTP itself can refuse, in the same family as the rules of the business."""

from shared_apps.kernel.errors import DomainError


class NotSignedIn(DomainError):
    """The request carries no credential."""

    code = "not_authenticated"
    status = 401
    message = "Sign in first: this request carries no valid credential."


class TokenInvalid(DomainError):
    """The credential is malformed, expired or revoked."""

    code = "token_invalid"
    status = 401
    message = "Your sign-in is no longer valid; sign in again."


class WrongTenant(DomainError):
    """The credential belongs to another organization."""

    code = "wrong_tenant"
    status = 401
    message = "This credential belongs to another organization; sign in here."


class OrganizationSuspended(DomainError):
    """The organization is suspended: people sign in, read and export, and change nothing."""

    code = "organization_suspended"
    status = 423
    message = "This organization is suspended: you can read and export, but not change anything."


class MethodNotSupported(DomainError):
    """The address exists, but not for this method."""

    code = "method_not_allowed"
    status = 405
    message = "This address does not support this method."


class NotAcceptable(DomainError):
    """The client accepts no form that the API can answer in."""

    code = "not_acceptable"
    status = 406
    message = "The API answers in application/json; accept that."


class VersionNotSupported(DomainError):
    """The client asks for a version of the API that does not exist."""

    code = "version_not_supported"
    status = 406
    message = "This version of the API does not exist; the current one is 1.0."


class Conflict(DomainError):
    """The database refused the write because of another row."""

    code = "conflict"
    status = 409
    message = "The request conflicts with what is stored; fetch the object again and repeat."


class Busy(DomainError):
    """Somebody else is changing the same object right now."""

    code = "busy"
    status = 409
    message = "Somebody else is changing the same object; try again in a moment."


class RequestTooLarge(DomainError):
    """The request's body is larger than the API takes."""

    code = "request_too_large"
    status = 413
    message = "The request is too large."


class ContentTypeNotSupported(DomainError):
    """The request's body is in a form that the address does not read."""

    code = "unsupported_media_type"
    status = 415
    message = "Send the body as application/json, or as multipart/form-data where files are taken."


class PreconditionRequired(DomainError):
    """A change came without the version that it was based on, or with none in quotes."""

    code = "precondition_required"
    status = 428
    message = "Send If-Match with the ETag of the object you read, in its quotes."


class Throttled(DomainError):
    """Too many requests in too short a time."""

    code = "throttled"
    status = 429
    message = "Too many requests; wait and try again."


class InternalError(DomainError):
    """A fault of ours; the log has it under the request's id."""

    code = "internal_error"
    status = 500
    message = "Something went wrong on our side; it has been logged under the request id."


class Unavailable(DomainError):
    """The database or another part is not answering."""

    code = "unavailable"
    status = 503
    message = "The service is not available right now; try again in a few seconds."

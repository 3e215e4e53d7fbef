"""One Web API call: check the token, the permissions, and the arguments, then run the method."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.sandbox.slack.faults import Faults
from bot.sandbox.slack.methods import METHODS, Args, Context, Method
from bot.sandbox.slack.methods.spec import need_scope
from bot.sandbox.slack.model import ApiError, Call, Json
from bot.sandbox.slack.rates import Rates


@dataclass(frozen=True, kw_only=True)
class Request:
    """A request, independent of HTTP."""

    method: str
    values: Mapping[str, object]
    token: str | None
    as_json: bool


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The response."""

    body: Json
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    html: str | None = None  # a gateway's page instead of the body


class Api:
    """The Web API of the workspace."""

    def __init__(self, context: Context, rates: Rates, *, bot_token: str, app_token: str) -> None:
        self._context = context
        self._rates = rates
        self._bot_token = bot_token
        self._app_token = app_token
        self.faults = Faults()

    def call(self, request: Request, *, forced: Answer | None = None) -> Answer:
        """Answer a call and record it.

        Args:
            request: the call.
            forced: a fault's answer, returned instead of running the method.
        """
        world = self._context.world
        with world.edit():
            retry_after = None
            answer = forced if forced is not None else self._carry_out(request)
            if "Retry-After" in answer.headers:
                said = answer.headers["Retry-After"]
                retry_after = int(said) if said.isdigit() else None
            world.calls.append(
                Call(
                    method=request.method,
                    args=_decoded(request.values),
                    ok=bool(answer.body.get("ok")),
                    error=answer.body.get("error"),
                    status=answer.status,
                    time=world.now(),
                    retry_after=retry_after,
                    messages=_reasons(answer.body),
                )
            )
            world.changed("call")
        return answer

    def _carry_out(self, request: Request) -> Answer:
        world = self._context.world
        headers = {"X-OAuth-Scopes": ",".join(sorted(world.scopes))}
        try:
            method = self._admitted(request)
            channel = request.values.get("channel")
            wait = self._rates.take(method.name, method.rate, str(channel) if channel else None)
            if wait is not None:
                return Answer(body={"ok": False, "error": "ratelimited"}, status=429, headers=too_many(wait))
            if method.scope:
                headers["X-Accepted-OAuth-Scopes"] = method.scope
                need_scope(world, method.scope)
            body = method.handler(self._context, Args(request.values))
        except ApiError as error:
            return Answer(body=error.body(), headers=headers)
        return Answer(body={"ok": True, **body}, headers=headers)

    def _admitted(self, request: Request) -> Method:
        """Return the method if it exists, the token is valid, and all arguments are known.

        Raises:
            ApiError: ``unknown_method``, ``not_authed``, ``invalid_auth``, ``not_allowed_token_type``,
                ``invalid_arguments``.
        """
        world = self._context.world
        method = METHODS.get(request.method)
        if method is None:
            world.violate(f"unknown method {request.method}")
            raise ApiError("unknown_method", req_method=request.method)
        if not request.token and method.name != "api.test":
            raise ApiError("not_authed")
        if request.token and request.token not in {self._bot_token, self._app_token}:
            raise ApiError("invalid_auth")
        if method.name != "api.test" and (request.token == self._app_token) != method.app_token:
            raise ApiError("not_allowed_token_type")
        if request.as_json and not method.json and request.values:
            world.violate(f"{method.name} does not take JSON")
            raise ApiError("invalid_arguments", "[ERROR] this method takes a form, not JSON")
        unknown = sorted(name for name in request.values if not method.knows(name))
        if unknown:
            world.violate(f"{method.name}: unknown parameter {', '.join(unknown)}")
            raise ApiError("invalid_arguments", *(f"[ERROR] unknown parameter: {name}" for name in unknown))
        return method


def too_many(seconds: int | str) -> dict[str, str]:
    """Return the ``Retry-After`` header."""
    return {"Retry-After": str(seconds)}


def _reasons(body: Json) -> tuple[str, ...]:
    """Return the texts of a refusal, and the scope that it needs."""
    texts = body.get("response_metadata", {}).get("messages", ())
    needed = body.get("needed")
    return (*texts, f"[ERROR] missing scope: {needed}") if needed else tuple(texts)


def _decoded(values: Mapping[str, object]) -> Json:
    """Return the arguments to record, without tokens and with JSON in form fields decoded."""
    decoded: Json = {}
    for name, value in values.items():
        if name == "token":
            continue
        decoded[name] = value
        if isinstance(value, str) and value[:1] in {"{", "["}:
            try:
                decoded[name] = json.loads(value)
            except ValueError:
                continue
    return decoded

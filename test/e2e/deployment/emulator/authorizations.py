"""Writes every IAM decision about a principal other than root as a JSON line to the file E2E_AUTHORIZATIONS.

The logs of a Lambda are written by the emulator itself: no logs: action is judged, and none is recorded for them.
"""
import json
import os
from datetime import datetime, timezone

from ministack.core import iam_evaluator

NEEDS = {"ministack.core.iam_evaluator": ("enforce", "resolve_caller_identity", "AuthError")}


def install() -> None:
    path = os.environ.get("E2E_AUTHORIZATIONS")
    if not path:
        return
    # One write to a file opened for appending is one line, whichever threads write.
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    judge = iam_evaluator.enforce

    def enforce(access_key_id, iam_action, service, region, resource_arn="*", service_context=None):
        result = judge(access_key_id, iam_action, service, region, resource_arn, service_context)
        principal = _principal(access_key_id)
        # Credentials that fail are no decision about a principal.
        if principal and not isinstance(result, iam_evaluator.AuthError):
            os.write(file, _line(principal, iam_action, resource_arn, result, service_context))
        return result

    # MiniStack imports it where it calls it, so that this is the one place.
    iam_evaluator.enforce = enforce


def _principal(access_key_id: str) -> str | None:
    arn = (iam_evaluator.resolve_caller_identity(access_key_id or "") or {}).get("userArn")
    return None if not arn or arn.endswith(":root") else arn


def _line(principal, action, resource, result, context) -> bytes:
    return (json.dumps({
        "time": datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "principal": principal,
        "action": action,
        "resource": resource,
        "decision": result.decision if result else "Allow",
        "context": {key: value for key, value in (context or {}).items() if value is not None},
    }, default=str) + "\n").encode()

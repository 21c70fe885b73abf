"""What CloudTrail writes about a call: who made it, with what, and how it ended."""
import json
import time
import uuid

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.core.router import extract_access_key_id
from ministack.services import iam, sts

NEEDS = {
    "ministack.core.iam_evaluator": ("caller_arn",),
    "ministack.core.responses": ("get_account_id", "get_region"),
    "ministack.core.router": ("extract_access_key_id",),
    "ministack.services.iam": ("_roles", "_users"),
    "ministack.services.sts": ("_sessions",),
}
HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"


class Caller:
    """Of a request."""

    def __init__(self, headers: dict, query_params: dict, request_id: str):
        self.access_key = extract_access_key_id(headers, query_params)
        self.request_id = request_id
        self.agent = headers.get("user-agent", "")
        self.address = "127.0.0.1"

    def identity(self) -> dict:
        return {**_identity(iam_evaluator.caller_arn(), self.access_key), "accessKeyId": self.access_key}


class CloudFormation:
    """Writes in the name of whoever deploys."""

    agent = address = "cloudformation.amazonaws.com"

    def __init__(self):
        self.request_id = str(uuid.uuid4())

    def identity(self) -> dict:
        return {**_identity(iam_evaluator.caller_arn()), "invokedBy": self.agent}


def record(caller, source: str, operation: str, request: dict | None, response) -> dict:
    status, answer = response[0], _parsed(response[2])
    failed = status >= 300
    if request and "Value" in request:
        request = {**request, "Value": HIDDEN}
    written = {
        "eventVersion": "1.11",
        "userIdentity": caller.identity(),
        "eventTime": _utc(time.time()),
        "eventSource": source,
        "eventName": operation,
        "awsRegion": get_region(),
        "sourceIPAddress": caller.address,
        "userAgent": caller.agent,
        "requestParameters": _camel(request),
        "responseElements": None if failed else _camel(answer) or None,
        "requestID": caller.request_id,
        "eventID": str(uuid.uuid4()),
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": get_account_id(),
        "eventCategory": "Management",
    }
    if failed:
        code = answer.get("__type", "InternalError").split("#")[-1]
        # CloudTrail shortens this one, unlike the answer to the caller.
        written["errorCode"] = "AccessDenied" if code == "AccessDeniedException" else code
        written["errorMessage"] = answer.get("message") or answer.get("Message") or ""
    return written


def _identity(arn: str, access_key: str = "") -> dict:
    account, resource = arn.split(":", 5)[4:]
    kind, _, name = resource.partition("/")
    if kind == "assumed-role":
        return _session_identity(arn, account, *name.split("/", 1), access_key)
    if kind == "user":
        user = iam._users.get_scoped(account, None, name.rsplit("/", 1)[-1]) or {}
        return {"type": "IAMUser", "principalId": user.get("UserId", ""), "arn": arn, "accountId": account,
                "userName": name.rsplit("/", 1)[-1]}
    return {"type": "Root", "principalId": account, "arn": arn, "accountId": account}


def _session_identity(arn: str, account: str, role_name: str, session_name: str, access_key: str) -> dict:
    role = iam._roles.get_scoped(account, None, role_name) or {}
    issued = (sts._sessions.get(access_key) or {}).get("IssuedAt", time.time())
    issuer = {"type": "Role", "principalId": role.get("RoleId", ""), "arn": role.get("Arn", ""), "accountId": account,
              "userName": role_name}
    return {
        "type": "AssumedRole",
        "principalId": f"{role.get('RoleId', '')}:{session_name}",
        "arn": arn,
        "accountId": account,
        "sessionContext": {
            "sessionIssuer": issuer,
            "attributes": {"creationDate": _utc(issued), "mfaAuthenticated": "false"},
        },
    }


def _utc(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def _parsed(body) -> dict:
    try:
        return json.loads(body or b"{}")
    except ValueError:
        return {}


def _camel(value):
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: _camel(item) for key, item in value.items()}
    return [_camel(item) for item in value] if isinstance(value, list) else value

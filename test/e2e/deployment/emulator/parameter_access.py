"""Parameter Store requests are judged on the parameters that they name.

MiniStack judges those with several names or a path on "*", and takes an ARN or a version for a part of the name.
"""
import json

from ministack.core import iam_actions, iam_evaluator
from ministack.services import ssm

NEEDS = {
    "ministack.core.iam_actions": ("extract_resource_arn",),
    "ministack.core.iam_evaluator": ("enforce",),
    "ministack.services.ssm": ("_split_selector",),
}
OPERATIONS = {"GetParameter", "GetParameterHistory", "PutParameter", "DeleteParameter", "LabelParameterVersion",
              "UnlabelParameterVersion", "GetParameters", "DeleteParameters", "GetParametersByPath"}


class ParameterArns(str):
    """The first, as MiniStack expects one; and the others."""

    others: list[str] = []


def install() -> None:
    _install_resources()
    _install_judgement()


def _install_resources() -> None:
    find = iam_actions.extract_resource_arn

    def extract_resource_arn(service, method, path, headers, body, query_params, region, account_id):
        operation = (headers or {}).get("x-amz-target", "").rpartition(".")[2]
        names = _names(body) if service == "ssm" and operation in OPERATIONS else []
        if not names:
            return find(service, method, path, headers, body, query_params, region, account_id)
        first, *others = [_arn(name, region, account_id) for name in names]
        arns = ParameterArns(first)
        arns.others = others
        return arns

    iam_actions.extract_resource_arn = extract_resource_arn


def _install_judgement() -> None:
    judge = iam_evaluator.enforce

    def enforce(access_key_id, iam_action, service, region, resource_arn="*", service_context=None):
        for arn in [resource_arn, *getattr(resource_arn, "others", [])]:
            if denied := judge(access_key_id, iam_action, service, region, arn, service_context):
                return denied
        return None

    iam_evaluator.enforce = enforce


def _names(body) -> list[str]:
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        return []
    if not isinstance(request, dict):
        return []
    return [name for name in [request.get("Name"), request.get("Path"), *(request.get("Names") or [])] if isinstance(name, str)]


def _arn(name: str, region: str, account_id: str) -> str:
    if name.startswith("arn:"):
        # An ARN has five colons before the name.
        return ":".join(name.split(":")[:6])
    base = ssm._split_selector(name)[0]
    return f"arn:aws:ssm:{region}:{account_id}:parameter/{base.lstrip('/')}"

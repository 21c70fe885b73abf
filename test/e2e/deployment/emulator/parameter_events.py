"""Parameter Store writes send both of AWS's event families: the API call by way of CloudTrail, and the change itself."""
import contextvars
import json
from dataclasses import dataclass

import trail
from ministack import app
from ministack.services import eventbridge, ssm

NEEDS = {
    "ministack.app": ("_dispatch_service_request",),
    "ministack.services.eventbridge": ("_put_events",),
    "ministack.services.ssm": ("_put_parameter", "_delete_parameter", "_delete_parameters", "_label_parameter_version",
                               "_lookup_parameter"),
    **trail.NEEDS,
}
OPERATIONS = {
    "PutParameter": "_put_parameter",
    "DeleteParameter": "_delete_parameter",
    "DeleteParameters": "_delete_parameters",
    "LabelParameterVersion": "_label_parameter_version",
    "UnlabelParameterVersion": "_unlabel_parameter_version",
}


@dataclass
class Call:
    caller: trail.Caller
    reported: bool = False


_call: contextvars.ContextVar[Call | None] = contextvars.ContextVar("parameter_call", default=None)


def install() -> None:
    _observe_requests()
    for operation, function in OPERATIONS.items():
        if hasattr(ssm, function):
            setattr(ssm, function, _observed(operation, getattr(ssm, function)))


def _observe_requests() -> None:
    dispatch = app._dispatch_service_request

    async def dispatch_service_request(method, path, headers, body, query_params, request_id):
        service, _, operation = headers.get("x-amz-target", "").partition(".")
        if service != "AmazonSSM" or operation not in OPERATIONS:
            return await dispatch(method, path, headers, body, query_params, request_id)
        call = Call(trail.Caller(headers, query_params, request_id))
        _call.set(call)
        response = await dispatch(method, path, headers, body, query_params, request_id)
        if not call.reported:
            # Refused before it reached the operation; CloudTrail then names no parameters.
            _report(call.caller, operation, None, response)
        return response

    app._dispatch_service_request = dispatch_service_request


def _observed(operation: str, function):
    def write(data):
        before = {name: dict(ssm._lookup_parameter(name)[1] or {}) for name in _names(data)}
        response = function(data)
        # CloudFormation writes without a request of its own.
        call = _call.get() or Call(trail.CloudFormation())
        call.reported = True
        _report(call.caller, operation, data, response)
        if response[0] < 300:
            for name, parameter in before.items():
                _report_change(operation, name, parameter)
        return response

    return write


def _names(data: dict) -> list[str]:
    return [name for name in data.get("Names") or [data.get("Name")] if isinstance(name, str)]


def _report(caller, operation: str, request: dict | None, response) -> None:
    _send("AWS API Call via CloudTrail", trail.record(caller, "ssm.amazonaws.com", operation, request, response), [])


def _report_change(operation: str, name: str, before: dict) -> None:
    change = _change(operation, before)
    parameter = ssm._lookup_parameter(name)[1] or before
    if not change or not parameter:
        return
    detail = {"operation": change, "name": parameter["Name"], "type": parameter["Type"]}
    if parameter.get("Description"):
        detail["description"] = parameter["Description"]
    _send("Parameter Store Change", detail, [parameter["ARN"]])


def _change(operation: str, before: dict) -> str | None:
    if operation == "PutParameter":
        return "Update" if before else "Create"
    if operation in ("DeleteParameter", "DeleteParameters"):
        return "Delete" if before else None
    # AWS documents no change event for labels that are taken away.
    return operation if operation == "LabelParameterVersion" else None


def _send(detail_type: str, detail: dict, resources: list[str]) -> None:
    entry = {"Source": "aws.ssm", "DetailType": detail_type, "Detail": json.dumps(detail), "Resources": resources}
    eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)

"""UnlabelParameterVersion, which MiniStack does not have."""
import json

from ministack.core.responses import error_response_json, json_response
from ministack.services import ssm

NEEDS = {
    "ministack.core.responses": ("error_response_json", "json_response"),
    "ministack.services.ssm": ("handle_request", "_parameter_history"),
}


def install() -> None:
    answer = ssm.handle_request

    async def handle_request(method, path, headers, body, query_params):
        if headers.get("x-amz-target", "").endswith(".UnlabelParameterVersion"):
            return ssm._unlabel_parameter_version(json.loads(body or b"{}"))
        return await answer(method, path, headers, body, query_params)

    ssm.handle_request = handle_request
    # Beside the other operations, where parameter_events finds it.
    ssm._unlabel_parameter_version = _unlabel


def _unlabel(data: dict):
    name, version = data.get("Name"), data.get("ParameterVersion")
    history = ssm._parameter_history.get(name)
    if not history:
        return error_response_json("ParameterNotFound", f"Parameter {name} not found", 400)
    entry = next((one for one in history if one["Version"] == version), None)
    if not entry:
        return error_response_json("ParameterVersionNotFound", f"Version {version} of parameter {name} not found", 400)
    asked, held = data.get("Labels") or [], entry.get("Labels") or []
    removed = [label for label in asked if label in held]
    entry["Labels"] = [label for label in held if label not in removed]
    parameter = ssm._parameters.get(name)
    if parameter and parameter["Version"] == version:
        parameter["Labels"] = entry["Labels"]
    return json_response({"RemovedLabels": removed, "InvalidLabels": [label for label in asked if label not in removed]})

"""Secrets rotate by their function, in Secrets Manager's four steps, when RotateSecret asks for it; by their schedule they do not.

MiniStack copies the value and calls nobody, and refuses the resource type of a template.
"""
import contextvars
import logging
import threading
import time
import uuid

from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import error_response_json, get_region, json_response
from ministack.core.router import extract_access_key_id
from ministack.services import lambda_svc, secretsmanager
from ministack.services.cloudformation import stacks
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS

NEEDS = {
    "ministack.core.iam_actions": ("access_denied_response",),
    "ministack.core.iam_evaluator": ("enforce",),
    "ministack.core.responses": ("error_response_json", "get_region", "json_response"),
    "ministack.core.router": ("extract_access_key_id",),
    "ministack.services.lambda_svc": ("_get_func_record_for_ref", "_execution_record_for_config", "_execute_function_with_config_scope"),
    "ministack.services.secretsmanager": ("_resolve", "_find_stage_version", "_rotate_secret", "_get_secret_value", "_put_secret_value",
                                          "handle_request"),
    "ministack.services.cloudformation.provisioners": ("_RESOURCE_HANDLERS",),
    "ministack.services.cloudformation.stacks": ("_runs_on_worker_thread",),
}
TYPE = "AWS::SecretsManager::RotationSchedule"
STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
PENDING, CURRENT = "AWSPENDING", "AWSCURRENT"
SERVICE = "secretsmanager.amazonaws.com"

log = logging.getLogger("e2e.rotation")
_caller = contextvars.ContextVar("caller", default=None)


def install() -> None:
    secretsmanager._rotate_secret = _rotate
    _install_values()
    _install_caller()
    _RESOURCE_HANDLERS[TYPE] = {"create": _create, "update": _update, "delete": _delete}
    waits = stacks._runs_on_worker_thread
    # It waits for a function that asks this server.
    stacks._runs_on_worker_thread = lambda resource_type: resource_type == TYPE or waits(resource_type)


def _rotate(data: dict):
    _, secret = secretsmanager._resolve(data.get("SecretId"))
    if not secret:
        return error_response_json("ResourceNotFoundException", "Secrets Manager can't find the specified secret.", 400)
    function = data.get("RotationLambdaARN") or secret.get("RotationLambdaARN")
    if not function:
        return error_response_json("InvalidRequestException", "No Lambda rotation function ARN is associated with this secret.", 400)
    if _pending(secret):
        return error_response_json("InvalidRequestException", "A previous rotation isn't complete. That rotation will be reattempted.", 400)
    if denied := _denied(function):
        return denied
    if not _may_be_invoked(function):
        return error_response_json("AccessDeniedException", f"Secrets Manager cannot invoke the specified Lambda function. {SERVICE} needs a "
                                   "permission in its policy.", 400)
    secret.update(RotationLambdaARN=function, RotationEnabled=True)
    token = data.get("ClientRequestToken") or str(uuid.uuid4())
    _begin(secret, token)
    thread = threading.Thread(target=contextvars.copy_context().run, args=(_run, secret, function, token), daemon=True)
    thread.start()
    return json_response({"ARN": secret["ARN"], "Name": secret["Name"], "VersionId": token})


def _denied(function: str):
    """Who starts a rotation must be permitted to call its function."""
    action, access_key = "lambda:InvokeFunction", _caller.get()
    denied = access_key and iam_evaluator.enforce(access_key, action, "lambda", get_region(), resource_arn=function)
    if not denied:
        return None
    principal = getattr(denied, "principal_arn", "")
    return iam_actions.access_denied_response("secretsmanager", action, principal, str(uuid.uuid4()), resource_arn=function)


def _install_caller() -> None:
    handle = secretsmanager.handle_request

    async def handle_request(method, path, headers, body, query_params):
        from ministack.app import AUTH

        _caller.set(extract_access_key_id(headers, query_params) if AUTH else None)
        return await handle(method, path, headers, body, query_params)

    secretsmanager.handle_request = handle_request


def _pending(secret: dict) -> bool:
    version, found = secretsmanager._find_stage_version(secret, PENDING)
    return version is not None and CURRENT not in found["Stages"]


def _begin(secret: dict, token: str) -> None:
    for version in secret["Versions"].values():
        version["Stages"] = [stage for stage in version["Stages"] if stage != PENDING]
    secret["Versions"][token] = {"SecretString": None, "SecretBinary": None, "CreatedDate": int(time.time()), "Stages": [PENDING]}


def _run(secret: dict, function: str, token: str) -> None:
    """A step that fails ends it here; AWS tries again for some time."""
    for step in STEPS:
        if not _step(secret, function, token, step):
            return
    secret["LastRotatedDate"] = int(time.time())


def _step(secret: dict, function: str, token: str, step: str) -> bool:
    known, config, name = lambda_svc._get_func_record_for_ref(function)
    if not known:
        raise ValueError(f"no function {name}")
    event = {"Step": step, "SecretId": secret["ARN"], "ClientRequestToken": token}
    result = lambda_svc._execute_function_with_config_scope(lambda_svc._execution_record_for_config(known, config), event)
    if result.get("error"):
        log.error("%s of %s failed: %s", step, secret["Name"], result.get("body"))
    return not result.get("error")


def _may_be_invoked(function: str) -> bool:
    known, _, _ = lambda_svc._get_func_record_for_ref(function)
    statements = known["policy"]["Statement"] if known else []
    return any(statement.get("Effect") == "Allow" and statement.get("Principal") in (SERVICE, {"Service": SERVICE}) for statement in statements)


def _create(logical_id, props, stack_name):
    secret = _attach(props)
    _try_out(secret)
    return secret["ARN"], {}


def _update(physical_id, _old_props, new_props, *_):
    _attach(new_props)
    return physical_id, {}


def _delete(physical_id, *_):
    _, secret = secretsmanager._resolve(physical_id)
    if secret:
        secret["RotationEnabled"] = False


def _attach(props: dict) -> dict:
    _, secret = secretsmanager._resolve(props["SecretId"])
    if not secret:
        raise ValueError(f"There is no secret {props['SecretId']}")
    function = props["RotationLambdaARN"]
    if not _may_be_invoked(function):
        raise ValueError(f"Secrets Manager cannot invoke {function}")
    secret.update(RotationEnabled=True, RotationLambdaARN=function, RotationRules=props.get("RotationRules"))
    return secret


def _try_out(secret: dict) -> None:
    """As AWS does where a rotation is set up: one step, with a version that is removed again."""
    token = str(uuid.uuid4())
    _begin(secret, token)
    try:
        if not _step(secret, secret["RotationLambdaARN"], token, "testSecret"):
            raise ValueError("The function failed in the step testSecret")
    finally:
        del secret["Versions"][token]


def _install_values() -> None:
    read, write = secretsmanager._get_secret_value, secretsmanager._put_secret_value

    def read_value(data):
        version = _version(data.get("SecretId"), data.get("VersionId"), data.get("VersionStage"))
        if version and version["SecretString"] is None and version["SecretBinary"] is None:
            return error_response_json("ResourceNotFoundException", "Secrets Manager can't find the specified secret value.", 400)
        return read(data)

    def write_value(data):
        version = _version(data.get("SecretId"), data.get("ClientRequestToken")) if data.get("ClientRequestToken") else None
        if version and version["SecretString"] not in (None, data.get("SecretString")):
            return error_response_json("ResourceExistsException", "A resource with the ID you requested already exists.", 400)
        return write(data)

    secretsmanager._get_secret_value, secretsmanager._put_secret_value = read_value, write_value


def _version(secret_id, version_id=None, stage=None):
    _, secret = secretsmanager._resolve(secret_id)
    if not secret:
        return None
    return secret["Versions"].get(version_id) if version_id else secretsmanager._find_stage_version(secret, stage or CURRENT)[1]

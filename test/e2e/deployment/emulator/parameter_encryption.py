"""SecureStrings under a key of the account's own are its ciphertexts, bound to the parameter's ARN, and KMS decrypts them.

MiniStack stores them in base64. Without a key of one's own they stay so, and it is not judged whether the caller of Parameter Store may
use the key; who calls KMS himself is judged, by the encryption context too, which MiniStack's evaluator lacks.
"""
import base64
import json

from ministack.core import iam_actions
from ministack.services import kms, ssm

NEEDS = {
    "ministack.core.iam_actions": ("request_tag_context",),
    "ministack.services.kms": ("_encrypt", "_resolve_key"),
    "ministack.services.ssm": ("_put_parameter", "_parameters", "_parameter_history"),
}


def install() -> None:
    _install_encryption()
    _install_context()


def _install_encryption() -> None:
    put = ssm._put_parameter

    def put_parameter(data):
        response = put(data)
        parameter = ssm._parameters.get(data.get("Name"))
        if response[0] < 300 and parameter and parameter["Type"] == "SecureString" and kms._resolve_key(parameter["KeyId"]):
            stored = _ciphertext(parameter)
            parameter["Value"] = stored
            ssm._parameter_history[parameter["Name"]][-1]["Value"] = stored
        return response

    ssm._put_parameter = put_parameter


def _ciphertext(parameter: dict) -> str:
    plaintext = base64.b64encode(parameter["OriginalValue"].encode()).decode()
    _, _, body = kms._encrypt({
        "KeyId": parameter["KeyId"], "Plaintext": plaintext, "EncryptionContext": {"PARAMETER_ARN": parameter["ARN"]},
    })
    return json.loads(body)["CiphertextBlob"]


def _install_context() -> None:
    known = iam_actions.request_tag_context

    def request_tag_context(service, iam_action, body, params):
        context = known(service, iam_action, body, params)
        return {**context, **_encryption_context(body)} if service == "kms" else context

    iam_actions.request_tag_context = request_tag_context


def _encryption_context(body) -> dict:
    try:
        context = json.loads(body or b"{}").get("EncryptionContext") or {}
    except (ValueError, AttributeError):
        return {}
    return {f"kms:EncryptionContext:{key}": value for key, value in context.items()} if isinstance(context, dict) else {}

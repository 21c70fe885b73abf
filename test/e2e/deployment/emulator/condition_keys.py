"""The condition keys of S3 writes that MiniStack's evaluator lacks: a Null condition on them would refuse everybody."""
from ministack.core import iam_actions, iam_evaluator

NEEDS = {
    "ministack.core.iam_actions": ("s3_service_context",),
    "ministack.core.iam_evaluator": ("enforce",),
}
CUSTOMER_KEY = "x-amz-server-side-encryption-customer-algorithm"
HEADERS = (CUSTOMER_KEY, "if-none-match", "if-match", "x-amz-server-side-encryption-aws-kms-key-id",
           "x-amz-copy-source", "x-amz-metadata-directive", "x-amz-storage-class")
CREATES = "s3:ObjectCreationOperation"


def install() -> None:
    _install_headers()
    _install_creation()


def _install_headers() -> None:
    known = iam_actions.s3_service_context

    def s3_service_context(iam_action, query_params, path="", headers=None):
        context = dict(known(iam_action, query_params, path, headers))
        if iam_action == "s3:PutObject":
            context |= _write_context(query_params or {}, headers or {})
        return context

    iam_actions.s3_service_context = s3_service_context


def _write_context(query: dict, headers: dict) -> dict:
    context = {f"s3:{name}": headers[name] for name in HEADERS if headers.get(name)}
    # Neither the start of a multipart upload nor a part takes a conditional header: AWS exempts them by this key.
    context[CREATES] = "false" if "uploads" in query or "partNumber" in query else "true"
    return context


def _install_creation() -> None:
    judge = iam_evaluator.enforce

    def enforce(access_key_id, iam_action, service, region, resource_arn="*", service_context=None):
        # A form upload is judged apart from all other writes, with a context of its own.
        if iam_action == "s3:PutObject" and CREATES not in (service_context or {}):
            service_context = {**(service_context or {}), CREATES: "true"}
        return judge(access_key_id, iam_action, service, region, resource_arn, service_context)

    iam_evaluator.enforce = enforce

"""dynamodb:LeadingKeys, which MiniStack's evaluator lacks: the partition keys that a request names in a table.

A batch is judged per table and a transaction per item, all with one context: so the keys travel with the ARN that is judged.
"""
import json
import re

from ministack.core import iam_actions, iam_evaluator
from ministack.services import dynamodb

NEEDS = {
    "ministack.core.iam_actions": ("dynamodb_resource_arns", "dynamodb_transaction_checks"),
    "ministack.core.iam_evaluator": ("enforce",),
    "ministack.services.dynamodb": ("_tables", "_normalize_table_name"),
}
EQUALITY = re.compile(r"([#\w.\-]+)\s*=\s*(:\w+)")


class TableArn(str):
    leading_keys: list[str] = []


def install() -> None:
    _install_tables()
    _install_transactions()
    _install_judgement()


def _install_tables() -> None:
    find = iam_actions.dynamodb_resource_arns

    def dynamodb_resource_arns(body, region, account_id):
        request, arns = _parsed(body), find(body, region, account_id)
        batch = request.get("RequestItems")
        # MiniStack lists a batch's tables in the order of the request.
        parts = batch.items() if isinstance(batch, dict) else [(request.get("TableName"), request)]
        return [_with_keys(arn, name, part) for arn, (name, part) in zip(arns, parts)]

    iam_actions.dynamodb_resource_arns = dynamodb_resource_arns


def _install_transactions() -> None:
    find = iam_actions.dynamodb_transaction_checks

    def dynamodb_transaction_checks(iam_action, body, region, account_id):
        checks = []
        for item in _parsed(body).get("TransactItems") or []:
            for action, arn in find(iam_action, json.dumps({"TransactItems": [item]}).encode(), region, account_id):
                # AWS refuses an item with two members; here each is judged with the keys of both.
                checks.append((action, _with_keys(arn, arn, *item.values())))
        return checks

    iam_actions.dynamodb_transaction_checks = dynamodb_transaction_checks


def _install_judgement() -> None:
    judge = iam_evaluator.enforce

    def enforce(access_key_id, iam_action, service, region, resource_arn="*", service_context=None):
        keys = getattr(resource_arn, "leading_keys", [])
        if keys:
            service_context = {**(service_context or {}), "dynamodb:LeadingKeys": keys}
        return judge(access_key_id, iam_action, service, region, resource_arn, service_context)

    iam_evaluator.enforce = enforce


def _parsed(body) -> dict:
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        return {}
    return request if isinstance(request, dict) else {}


# A statement of PartiQL names its keys in its text: they are not read, and the key is absent.
def _with_keys(arn: str, name: str, *requests) -> TableArn:
    table_arn = TableArn(arn)
    table = dynamodb._tables.get(dynamodb._normalize_table_name(name)) or {}
    table_arn.leading_keys = [key for request in requests for key in _keys(table, request)]
    return table_arn


def _keys(table: dict, request) -> list[str]:
    """Of a single-item request, of a query, or of one table's part of a batch."""
    if isinstance(request, list):
        return [key for write in request for part in write.values() for key in _keys(table, part)]
    attribute = _partition_attribute(table, request.get("IndexName"))
    items = [request.get("Key"), request.get("Item"), *(request.get("Keys") or [])]
    values = [item.get(attribute) for item in items if item]
    values += [_queried(attribute, request), _queried_legacy(attribute, request)]
    return [str(scalar) for value in values if value for scalar in value.values()]


def _partition_attribute(table: dict, index: str | None) -> str | None:
    for one in [*(table.get("GlobalSecondaryIndexes") or []), *(table.get("LocalSecondaryIndexes") or [])]:
        if index and one.get("IndexName") == index:
            return next((key["AttributeName"] for key in one["KeySchema"] if key["KeyType"] == "HASH"), None)
    return table.get("pk_name")


def _queried(attribute: str | None, request: dict) -> dict | None:
    names = request.get("ExpressionAttributeNames") or {}
    for name, value in EQUALITY.findall(request.get("KeyConditionExpression") or ""):
        if names.get(name, name) == attribute:
            return (request.get("ExpressionAttributeValues") or {}).get(value)
    return None


def _queried_legacy(attribute: str | None, request: dict) -> dict | None:
    condition = (request.get("KeyConditions") or {}).get(attribute) or {}
    return next(iter(condition.get("AttributeValueList") or []), None) if condition.get("ComparisonOperator") == "EQ" else None

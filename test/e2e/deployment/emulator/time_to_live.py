"""Time to live as on AWS: taken from templates, and deletions reach streams as the service's own.

MiniStack takes the setting by API only; its own sweep deletes without a stream record.
"""
import contextlib
import contextvars
import json
import logging
import os
import threading
import time

from ministack.core.responses import request_scope
from ministack.services import dynamodb, dynamodb_streams
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS

NEEDS = {
    "ministack.core.responses": ("request_scope",),
    "ministack.services.dynamodb": ("_ttl_settings", "_tables", "_remove_item", "_emit_stream_event", "_update_ttl",
                                    "_build_change_record", "_ttl_reaper", "_lock"),
    "ministack.services.dynamodb_streams": ("_get_records",),
    "ministack.services.cloudformation.provisioners": ("_RESOURCE_HANDLERS",),
}
TYPES = ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")
SERVICE = {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
FIVE_YEARS = 5 * 365 * 86400
REAPER = "dynamodb-ttl-reaper"

log = logging.getLogger("e2e.ttl")
_sweeping = contextvars.ContextVar("sweeping", default=False)


def install() -> None:
    for kind in TYPES:
        _install_property(_RESOURCE_HANDLERS[kind])
    _install_identity()
    _install_identity_of_api()
    _retire_reaper()
    threading.Thread(target=_sweep_forever, daemon=True, name="e2e-ttl-sweep").start()


def _install_property(handlers: dict) -> None:
    create, update = handlers["create"], handlers["update"]

    def create_with_ttl(logical_id, props, stack_name):
        result = create(logical_id, props, stack_name)
        _apply(result[0], {}, props)
        return result

    def update_with_ttl(physical_id, old_props, new_props, stack_name, *rest):
        result = update(physical_id, old_props, new_props, stack_name, *rest)
        _apply(result[0] if result else physical_id, old_props, new_props)
        return result

    handlers["create"], handlers["update"] = create_with_ttl, update_with_ttl


def _apply(table_name: str, old_props: dict, new_props: dict) -> None:
    spec, old = (props.get("TimeToLiveSpecification") for props in (new_props, old_props))
    if not (spec or old):
        return
    # A specification that leaves the template is switched off.
    enabled = bool(spec) and str(spec.get("Enabled", True)).lower() == "true"
    attribute = (spec or {}).get("AttributeName") or (old or {}).get("AttributeName")
    status, _headers, body = dynamodb._update_ttl({
        "TableName": table_name,
        "TimeToLiveSpecification": {"AttributeName": attribute, "Enabled": enabled},
    })
    if status >= 400:
        raise ValueError(f"TimeToLiveSpecification of {table_name}: {body!r}")


def _install_identity() -> None:
    build = dynamodb._build_change_record

    def build_change_record(*args, **kwargs):
        record = build(*args, **kwargs)
        if _sweeping.get():
            record["userIdentity"] = dict(SERVICE)
        return record

    dynamodb._build_change_record = build_change_record


def _install_identity_of_api() -> None:
    """The Streams API writes the names that Lambda writes small with capitals."""
    read = dynamodb_streams._get_records

    def get_records(data):
        status, headers, body = read(data)
        answer = json.loads(body)
        for record in answer.get("Records", []):
            if "userIdentity" in record:
                record["userIdentity"] = {name[0].upper() + name[1:]: value for name, value in SERVICE.items()}
        return status, headers, json.dumps(answer).encode()

    dynamodb_streams._get_records = get_records


def _retire_reaper() -> None:
    """Its thread runs since the import; whatever it removed would be missing in the stream."""
    remove = dynamodb._remove_item

    def remove_item(table, pk, sk):
        return None if threading.current_thread().name == REAPER else remove(table, pk, sk)

    dynamodb._remove_item = remove_item


def _sweep_forever() -> None:
    interval = float(os.environ.get("E2E_TTL_SWEEP_SECONDS", "2"))
    _sweeping.set(True)
    while True:
        time.sleep(interval)
        for (account, region, name), setting in list(dynamodb._ttl_settings.all_items()):
            with _logged(name), request_scope(account, region), dynamodb._lock:
                _sweep(name, setting)


def _sweep(name: str, setting: dict) -> None:
    table = dynamodb._tables.get(name)
    if not table or setting.get("TimeToLiveStatus") != "ENABLED":
        return
    for pk, sort_keys in list(table["items"].items()):
        for sk, item in list(sort_keys.items()):
            with _logged(name):
                if _expired(item.get(setting["AttributeName"])):
                    dynamodb._emit_stream_event(name, "REMOVE", dynamodb._remove_item(table, pk, sk), None)


@contextlib.contextmanager
def _logged(table: str):
    """One odd item or table must not end the sweep of the others."""
    try:
        yield
    except Exception:
        log.exception("TTL sweep of table %s", table)


def _expired(attribute) -> bool:
    """AWS leaves alone what is no number and what lies more than five years back."""
    number = attribute.get("N") if isinstance(attribute, dict) else None
    now = time.time()
    return number is not None and now - FIVE_YEARS < float(number) <= now

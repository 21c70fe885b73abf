"""Resource types that MiniStack refuses are accepted, with nothing behind them, and printed, so that nobody takes them for tested."""
import json
import os
from pathlib import Path

from ministack.core.responses import get_account_id, get_region
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS

NEEDS = {
    "ministack.core.responses": ("get_account_id", "get_region"),
    "ministack.services.cloudformation.provisioners": ("_RESOURCE_HANDLERS",),
}
# Type: service and resource prefix of its ARN. The leg reads the file too, to say what is not shown.
STUBS = json.loads(Path(__file__).with_suffix(".json").read_text())
ALARM = "AWS::CloudWatch::Alarm"


def install() -> None:
    for kind, stub in STUBS.items():
        _RESOURCE_HANDLERS.setdefault(kind, _handlers(kind, stub["service"], stub["arn"]))
    _install_metric_math()


def _handlers(kind: str, service: str, prefix: str) -> dict:
    def create(logical_id, props, stack_name):
        print(f"STUB {kind} {stack_name}/{logical_id}", flush=True)
        name = f"{stack_name}-{logical_id}"
        arn = f"arn:aws:{service}:{get_region()}:{get_account_id()}:{prefix}{name}"
        return name, _attributes(name, arn)

    return {"create": create, "update": lambda physical_id, *_: (physical_id, {}), "delete": lambda *_: None}


def _attributes(name: str, arn: str) -> dict:
    host, port = os.environ.get("REDIS_HOST", "127.0.0.1"), os.environ.get("REDIS_PORT", "6379")
    endpoints = {f"{which}.{part}": value for which in ("Endpoint", "ReaderEndpoint")
                 for part, value in (("Address", host), ("Port", port))}
    ids = ("Id", "AllocationId", "NatGatewayId", "InstanceId", "VolumeId", "GroupId")
    return {"Arn": arn, "ARN": arn, **dict.fromkeys(ids, name), **endpoints}


def _install_metric_math() -> None:
    """MiniStack knows the type but refuses an alarm on an expression."""
    known, stub = _RESOURCE_HANDLERS[ALARM], _handlers(f"{ALARM} (metric math)", "cloudwatch", "alarm:")

    def either(operation, props_at):
        def run(*args):
            return (stub if args[props_at].get("Metrics") else known)[operation](*args)
        return run

    _RESOURCE_HANDLERS[ALARM] = {**known, "create": either("create", 1), "update": either("update", 2),
                                 "delete": either("delete", 1)}

"""Keeps what Lambda functions log as files in the folder E2E_FUNCTION_LOGS: their log groups go with the stack, also when it rolls back."""
import os
from datetime import datetime, timezone
from pathlib import Path

from ministack.services import lambda_svc

NEEDS = {"ministack.services.lambda_svc": ("_emit_lambda_logs",)}


def install() -> None:
    folder = os.environ.get("E2E_FUNCTION_LOGS")
    if not folder:
        return
    emit = lambda_svc._emit_lambda_logs

    def keep(func, request_id, log_text, error, duration_ms, **more):
        name = (func.get("config") or func).get("FunctionName", "unknown")
        now = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
        with Path(folder, f"{name}.log").open("a") as file:
            file.write(f"{now} {request_id} {'failed' if error else 'ended'} after {duration_ms} ms\n{log_text or ''}".rstrip() + "\n")
        return emit(func, request_id, log_text, error, duration_ms, **more)

    lambda_svc._emit_lambda_logs = keep

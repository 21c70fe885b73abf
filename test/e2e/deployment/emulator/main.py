"""Starts MiniStack in this process with everything that AWS does and MiniStack does not.

GATEWAY_PORT, AUTH, USE_SSL and so on are MiniStack's own variables. E2E_WITHOUT names modules to leave out, to see a check fail.
"""
import os
import sys

# The repository stays as it is.
sys.dont_write_bytecode = True

import internals  # noqa: E402

# authorizations before the modules that add condition keys: each wraps what was there, and it records the keys of them all.
MODULES = ["listening", "authorizations", "condition_keys", "leading_keys", "parameter_access", "parameter_labels", "parameter_authors",
           "parameter_encryption", "parameter_events", "time_to_live", "deletion_protection", "cloudformation", "buckets", "function_logs",
           "response_streams", "secret_rotation", "stubs"]
ENVIRONMENT = {
    "BIND_HOST": "127.0.0.1",
    "MINISTACK_HOST": "127.0.0.1",
    "IOT_MTLS_ENABLED": "0",
    "SFTP_ENABLED": "0",
    # The same with and without a Docker daemon: no containers.
    "DOCKER_HOST": "unix:///nonexistent",
}


def main() -> None:
    os.environ.update(ENVIRONMENT)
    sys.stdout.reconfigure(line_buffering=True)
    left_out = os.environ.get("E2E_WITHOUT", "").split(",")
    for module in internals.load([name for name in MODULES if name not in left_out]):
        module.install()
    from ministack.app import main as serve

    serve()


if __name__ == "__main__":
    main()

"""Shows on a running server (AWS_ENDPOINT_URL, AWS_CA_BUNDLE) that every module of this layer does what it says; a line per check.

The server's E2E_AUTHORIZATIONS, E2E_SERVER_LOG (its output) and E2E_SERVER_PID: without one, the check that needs it is skipped.
"""
import sys

sys.dont_write_bytecode = True

import check_access  # noqa: E402,F401
import check_events  # noqa: E402,F401
import check_functions  # noqa: E402,F401
import check_parameters  # noqa: E402,F401
import check_resources  # noqa: E402,F401
import check_server  # noqa: E402,F401
from checking import Skipped, checks, cleanup  # noqa: E402


def main() -> int:
    with cleanup:
        results = [_run(name, function) for name, function in checks]
    return 0 if all(results) else 1


def _run(name: str, function) -> bool:
    try:
        function()
    except Skipped as reason:
        print(f"skip  {name}: {reason}", flush=True)
    except Exception as error:
        print(f"FAIL  {name}: {' '.join(str(error).split()) or type(error).__name__}", flush=True)
        return False
    else:
        print(f"ok    {name}", flush=True)
    return True


if __name__ == "__main__":
    sys.exit(main())

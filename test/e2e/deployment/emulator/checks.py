"""Shows on a running server that every module of this layer does what it says; one line per check.

AWS_ENDPOINT_URL and AWS_CA_BUNDLE name the server. Its E2E_AUTHORIZATIONS, E2E_SERVER_LOG (its output) and E2E_SERVER_PID
are needed by one check each, which is skipped without.
"""
import sys

sys.dont_write_bytecode = True

import check_access  # noqa: E402,F401
import check_events  # noqa: E402,F401
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

"""The server itself: what it records and where it listens."""
import json
import os
from urllib.parse import urlsplit

from checking import PREFIX, Skipped, check, client, environment, refused, role_session

LISTENING = "0A"


@check("authorizations: decisions are recorded")
def recorded() -> None:
    path = environment("E2E_AUTHORIZATIONS")
    allow, table = {"Effect": "Allow", "Action": "dynamodb:ListTables", "Resource": "*"}, f"{PREFIX}-absent"
    deny = {"Effect": "Deny", "Action": "dynamodb:DeleteTable", "Resource": "*"}
    dynamodb = client("dynamodb", role_session("recorded", [allow, deny]))
    dynamodb.list_tables()
    refused(dynamodb.delete_table, TableName=table)
    refused(dynamodb.get_item, TableName=table, Key={"pk": {"S": "#a"}})
    with open(path) as file:
        lines = [json.loads(line) for line in file]
    assert not [line for line in lines if line["principal"].endswith(":root")], "root is recorded"
    own = [line for line in lines if line["principal"].endswith(f":assumed-role/{PREFIX}-recorded/checker")]
    decisions = [(line["action"], line["decision"]) for line in own]
    assert decisions == [("dynamodb:ListTables", "Allow"), ("dynamodb:DeleteTable", "Deny"),
                         ("dynamodb:GetItem", "ImplicitDeny")], own
    assert own[-1]["resource"].endswith(f":table/{table}") and own[-1]["context"]["dynamodb:Select"], own


@check("the server listens on the gateway's port of 127.0.0.1 only")
def listening() -> None:
    pid, port = environment("E2E_SERVER_PID"), urlsplit(os.environ["AWS_ENDPOINT_URL"]).port
    if not os.path.isdir(f"/proc/{pid}/fd"):
        raise Skipped("no /proc here")
    own = {os.readlink(f"/proc/{pid}/fd/{name}") for name in os.listdir(f"/proc/{pid}/fd") if _is_there(pid, name)}
    found = [address for address, inode in _listeners(pid) if f"socket:[{inode}]" in own]
    # Loopback as the kernel prints it.
    assert found == [f"0100007F:{port:04X}"], found


def _is_there(pid: str, name: str) -> bool:
    return os.path.lexists(f"/proc/{pid}/fd/{name}")


def _listeners(pid: str):
    for table in ("tcp", "tcp6"):
        with open(f"/proc/{pid}/net/{table}") as file:
            rows = [line.split() for line in file.readlines()[1:]]
        yield from ((row[1], row[9]) for row in rows if row[3] == LISTENING)

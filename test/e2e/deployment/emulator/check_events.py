"""Parameter Store events, from the write through a rule of a template to a queue."""
import json

from botocore.exceptions import ClientError
from checking import PREFIX, check, client, deploy, eventually, once, role_session

NAME = f"/{PREFIX}/parameter"
TRAIL, CHANGE = "AWS API Call via CloudTrail", "Parameter Store Change"
SECRET = "never-in-an-event"


def _resources() -> dict:
    allow = {"Effect": "Allow", "Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage",
             "Resource": {"Fn::GetAtt": ["Queue", "Arn"]}}
    return {
        "Queue": {"Type": "AWS::SQS::Queue"},
        "QueuePolicy": {"Type": "AWS::SQS::QueuePolicy", "Properties": {
            "Queues": [{"Ref": "Queue"}], "PolicyDocument": {"Version": "2012-10-17", "Statement": [allow]}}},
        "Rule": {"Type": "AWS::Events::Rule", "Properties": {
            "EventPattern": {"source": ["aws.ssm"], "detail-type": [TRAIL, CHANGE]},
            "Targets": [{"Id": "queue", "Arn": {"Fn::GetAtt": ["Queue", "Arn"]}}]}},
    }


@once
def _events() -> list[dict]:
    queue = deploy("events", _resources(), {"Queue": {"Ref": "Queue"}})["Queue"]
    _write()
    parameter = {"Type": "AWS::SSM::Parameter", "Properties": {"Name": f"{NAME}-template", "Type": "String", "Value": "v"}}
    deploy("parameter", {"Parameter": parameter})
    received: list[dict] = []
    eventually(lambda: _received(queue, received), "the events of the last write", 10)
    # Others may use the server.
    return [event for event in received if PREFIX in json.dumps(event)]


def _received(queue: str, received: list) -> bool:
    sqs = client("sqs")
    while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", []):
        received += [json.loads(message["Body"]) for message in messages]
        for message in messages:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return any(event["detail"].get("name") == f"{NAME}-template" for event in received)


def _write() -> None:
    allow = {"Effect": "Allow", "Action": "ssm:*", "Resource": f"arn:aws:ssm:*:*:parameter{NAME}*"}
    ssm = client("ssm", role_session("writer", [allow]))
    ssm.put_parameter(Name=NAME, Type="SecureString", Value=SECRET, Description="for a check")
    ssm.put_parameter(Name=NAME, Value=SECRET, Overwrite=True)
    ssm.label_parameter_version(Name=NAME, ParameterVersion=1, Labels=["old"])
    ssm.unlabel_parameter_version(Name=NAME, ParameterVersion=1, Labels=["old"])
    _fails(ssm.put_parameter, Name=NAME, Type="String", Value=SECRET)
    _fails(client("ssm", role_session("reader", [{**allow, "Action": "ssm:GetParameter"}])).delete_parameter, Name=NAME)
    client("ssm").put_parameter(Name=f"{NAME}-root", Type="String", Value=SECRET)
    client("ssm").delete_parameter(Name=f"{NAME}-root")
    ssm.put_parameter(Name=f"{NAME}-2", Type="String", Value=SECRET)
    ssm.delete_parameters(Names=[NAME, f"{NAME}-2", f"{NAME}-absent"])


def _fails(call, **arguments) -> None:
    try:
        call(**arguments)
    except ClientError:
        return
    raise AssertionError(f"{call.__name__} did not fail")


def _calls(operation: str) -> list[dict]:
    calls = [event["detail"] for event in _events() if event["detail-type"] == TRAIL]
    return [detail for detail in calls if detail["eventName"] == operation]


def _changes(operation: str, name: str = NAME) -> list[dict]:
    return [event for event in _events() if event["detail-type"] == CHANGE
            and event["detail"]["operation"] == operation and event["detail"]["name"] == name]


@check("parameter events: both families reach a rule")
def both() -> None:
    for operation, change, count in [("PutParameter", "Create", 1), ("PutParameter", "Update", 1),
                                     ("LabelParameterVersion", "LabelParameterVersion", 1)]:
        assert _calls(operation), f"no API call {operation}"
        assert len(_changes(change)) == count, f"{len(_changes(change))} changes {change}"
    event = _changes("Create")[0]
    assert event["detail"] == {"operation": "Create", "name": NAME, "type": "SecureString", "description": "for a check"}, event
    assert event["resources"][0].endswith(f":parameter{NAME}"), event["resources"]


@check("parameter events: one call, but one change for each deleted parameter")
def deletions() -> None:
    assert len(_calls("DeleteParameters")) == 1, _calls("DeleteParameters")
    changes = [len(_changes("Delete", name)) for name in (NAME, f"{NAME}-2", f"{NAME}-absent")]
    assert changes == [1, 1, 0], changes


@check("parameter events: labels can be taken away")
def unlabelled() -> None:
    assert _calls("UnlabelParameterVersion")[0]["responseElements"]["removedLabels"] == ["old"]


@check("parameter events: the caller is named")
def caller() -> None:
    identity = _calls("LabelParameterVersion")[0]["userIdentity"]
    assert identity["type"] == "AssumedRole", identity
    assert identity["arn"].endswith(f":assumed-role/{PREFIX}-writer/checker"), identity
    assert identity["sessionContext"]["sessionIssuer"]["arn"].endswith(f":role/{PREFIX}-writer"), identity
    root = _calls("DeleteParameter")
    assert [call["userIdentity"]["type"] for call in root if "errorCode" not in call] == ["Root"], root


@check("parameter events: a failed or denied write sends the API call only")
def failed() -> None:
    calls = [call for call in _calls("PutParameter") + _calls("DeleteParameter") if "errorCode" in call]
    assert [call["errorCode"] for call in calls] == ["ParameterAlreadyExists", "AccessDenied"], calls
    assert all(call["responseElements"] is None and call["errorMessage"] for call in calls), calls
    assert len(_changes("Create")) == 1 and len(_changes("Delete")) == 1


@check("parameter events: values are hidden")
def hidden() -> None:
    assert SECRET not in json.dumps(_events())
    shown = _calls("PutParameter")[0]["requestParameters"]
    assert shown["value"] == "HIDDEN_DUE_TO_SECURITY_REASONS" and shown["name"] == NAME, shown


@check("parameter events: a template's parameter too")
def template() -> None:
    assert len(_changes("Create", f"{NAME}-template")) == 1
    calls = [call for call in _calls("PutParameter") if call["requestParameters"]["name"] == f"{NAME}-template"]
    assert [call["userIdentity"].get("invokedBy") for call in calls] == ["cloudformation.amazonaws.com"], calls

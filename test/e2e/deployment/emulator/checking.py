"""What the checks share: clients, role sessions and stacks that are gone when the checks end, and the list of checks."""
import contextlib
import functools
import json
import os
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

PREFIX = f"e2e-check-{os.getpid()}-{int(time.time())}"
REGION = "us-east-1"
ROOT = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}

cleanup = contextlib.ExitStack()
checks: list = []


class Skipped(Exception):
    pass


def check(name: str):
    def register(function):
        checks.append((name, function))
        return function
    return register


def once(prepare):
    """What several checks need: prepared by the first, and when that fails, it fails for all in the same words."""
    @functools.cache
    def attempt():
        try:
            return prepare(), None
        except Exception as error:
            return None, error

    def result():
        value, error = attempt()
        if error:
            raise error
        return value

    return result


def client(service: str, credentials: dict | None = None):
    return _client(service, credentials) if credentials else _root(service)


def _client(service: str, credentials: dict):
    config = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
    return boto3.client(service, region_name=REGION, config=config, **credentials)


@functools.cache
def _root(service: str):
    return _client(service, ROOT)


def environment(name: str) -> str:
    if not os.environ.get(name):
        raise Skipped(f"{name} is not set")
    return os.environ[name]


def role_session(name: str, statements: list) -> dict:
    """Credentials of a session of a new role that may do what the statements say."""
    iam, role = client("iam"), f"{PREFIX}-{name}"
    account = client("sts").get_caller_identity()["Account"]
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}}
    arn = iam.create_role(RoleName=role, AssumeRolePolicyDocument=policy([trust]))["Role"]["Arn"]
    iam.put_role_policy(RoleName=role, PolicyName="check", PolicyDocument=policy(statements))
    cleanup.callback(iam.delete_role, RoleName=role)
    cleanup.callback(iam.delete_role_policy, RoleName=role, PolicyName="check")
    session = client("sts").assume_role(RoleArn=arn, RoleSessionName="checker")["Credentials"]
    return {"aws_access_key_id": session["AccessKeyId"], "aws_secret_access_key": session["SecretAccessKey"],
            "aws_session_token": session["SessionToken"]}


def policy(statements: list) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def deploy(name: str, resources: dict, outputs: dict | None = None, operation: str = "create") -> dict:
    cloudformation, stack = client("cloudformation"), f"{PREFIX}-{name}"
    template = {"Resources": resources, "Outputs": {key: {"Value": value} for key, value in (outputs or {}).items()}}
    if operation == "create":
        cleanup.callback(cloudformation.delete_stack, StackName=stack)
    getattr(cloudformation, f"{operation}_stack")(StackName=stack, TemplateBody=json.dumps(template),
                                                  Capabilities=["CAPABILITY_IAM"])
    described = eventually(lambda: _ended(cloudformation.describe_stacks(StackName=stack)["Stacks"][0]), f"{stack} to end")
    assert described["StackStatus"] == f"{operation.upper()}_COMPLETE", described
    return {output["OutputKey"]: output["OutputValue"] for output in described.get("Outputs", [])}


def _ended(stack: dict) -> dict | None:
    return None if stack["StackStatus"].endswith("_IN_PROGRESS") else stack


def eventually(find, what: str, seconds: float = 5):
    end = time.monotonic() + seconds
    while True:
        if found := find():
            return found
        assert time.monotonic() < end, f"waited {seconds} s for {what}"
        time.sleep(0.05)


def refused(call, **arguments) -> None:
    try:
        call(**arguments)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        assert code in ("AccessDenied", "AccessDeniedException"), f"refused with {code}"
        return
    raise AssertionError(f"{call.__name__} was allowed")

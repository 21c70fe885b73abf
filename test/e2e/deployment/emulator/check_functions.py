"""What calls functions: a URL that streams, and the rotation of a secret."""
import json
import os
import ssl
import urllib.error
import urllib.request

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from checking import PREFIX, REGION, ROOT, check, client, deploy, eventually, refused, role_session

STREAMS = """exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  const out = awslambda.HttpResponseStream.from(stream, { statusCode: 203, headers: { 'content-type': 'application/x-check' } });
  out.write(Buffer.from([0, 255]));
  out.end(event.body);
});"""
# Which step fails; one that none is for does nothing, and does it well.
ROTATES = "exports.handler = async ({ Step }) => { if (Step === process.env.FAILS) throw new Error('on purpose'); };"


def _function(name: str, code: str, environment: dict | None = None) -> dict:
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}}}
    return {"Role": role, "Function": {"Type": "AWS::Lambda::Function", "Properties": {
        "FunctionName": f"{PREFIX}-{name}", "Runtime": "nodejs22.x", "Handler": "index.handler", "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "Code": {"ZipFile": code}, "Environment": {"Variables": environment or {}}}}}


@check("function URLs: what a function streams arrives with its head, byte for byte")
def streams() -> None:
    url = deploy("streams", {**_function("streams", STREAMS), "Url": {"Type": "AWS::Lambda::Url", "Properties": {
        "TargetFunctionArn": {"Fn::GetAtt": ["Function", "Arn"]}, "AuthType": "AWS_IAM", "InvokeMode": "RESPONSE_STREAM"}}},
        {"Url": {"Fn::GetAtt": ["Url", "FunctionUrl"]}})["Url"]
    host = url.split("/")[2]
    unsigned = AWSRequest("POST", f"https://{host}/", data=b"asked", headers={"content-type": "text/plain"})
    assert _answer(unsigned, host)[0] == 403
    SigV4Auth(Credentials(ROOT["aws_access_key_id"], ROOT["aws_secret_access_key"]), "lambda", REGION).add_auth(unsigned)
    assert _answer(unsigned, host) == (203, "application/x-check", b"\x00\xffasked")


def _answer(request: AWSRequest, host: str) -> tuple:
    message = urllib.request.Request(f"{os.environ['AWS_ENDPOINT_URL']}/", data=request.data, headers={**dict(request.headers), "Host": host},
                                     method=request.method)
    context = ssl.create_default_context(cafile=os.environ["AWS_CA_BUNDLE"])
    try:
        with urllib.request.urlopen(message, context=context) as response:
            return response.status, response.headers["content-type"], response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers["content-type"], error.read()


def _rotation(name: str, fails: str, permitted: bool = True) -> dict:
    permission = {"Permission": {"Type": "AWS::Lambda::Permission", "Properties": {
        "FunctionName": {"Ref": "Function"}, "Action": "lambda:InvokeFunction", "Principal": "secretsmanager.amazonaws.com"}}}
    schedule = {"Type": "AWS::SecretsManager::RotationSchedule", "DependsOn": ["Permission"] if permitted else [], "Properties": {
        "SecretId": {"Ref": "Secret"}, "RotationLambdaARN": {"Fn::GetAtt": ["Function", "Arn"]}, "RotateImmediatelyOnUpdate": False}}
    return {**_function(name, ROTATES, {"FAILS": fails}), **(permission if permitted else {}), "Schedule": schedule,
            "Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {"SecretString": "old"}}}


@check("rotation: the function's steps, with a version that is pending and has no value yet")
def rotates() -> None:
    secret = deploy("rotates", _rotation("rotates", "createSecret"), {"Secret": {"Ref": "Secret"}})["Secret"]
    secrets = client("secretsmanager")
    token = secrets.rotate_secret(SecretId=secret)["VersionId"]
    stages = secrets.describe_secret(SecretId=secret)["VersionIdsToStages"]
    assert stages[token] == ["AWSPENDING"] and ["AWSCURRENT"] in stages.values(), stages
    assert _error(secrets.get_secret_value, SecretId=secret, VersionStage="AWSPENDING") == "ResourceNotFoundException"
    assert secrets.get_secret_value(SecretId=secret)["SecretString"] == "old"
    assert _error(secrets.rotate_secret, SecretId=secret) == "InvalidRequestException"
    secrets.put_secret_value(SecretId=secret, ClientRequestToken=token, SecretString="new", VersionStages=["AWSPENDING"])
    again = {"SecretId": secret, "ClientRequestToken": token, "VersionStages": ["AWSPENDING"]}
    assert _error(secrets.put_secret_value, **again, SecretString="another") == "ResourceExistsException"
    secrets.put_secret_value(**again, SecretString="new")


@check("rotation: who starts it must be permitted to call its function")
def starts() -> None:
    outputs = deploy("starts", _rotation("starts", "createSecret"), {"Secret": {"Ref": "Secret"}, "Function": {"Fn::GetAtt": ["Function", "Arn"]}})
    rotate = {"Effect": "Allow", "Action": "secretsmanager:RotateSecret", "Resource": outputs["Secret"]}
    call = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": outputs["Function"]}
    refused(client("secretsmanager", role_session("rotates", [rotate])).rotate_secret, SecretId=outputs["Secret"])
    client("secretsmanager", role_session("calls", [rotate, call])).rotate_secret(SecretId=outputs["Secret"])


def _error(call, **arguments) -> str | None:
    try:
        call(**arguments)
    except Exception as error:
        return error.response["Error"]["Code"]
    return None


@check("rotation: a template whose function fails, or may not be called by Secrets Manager, is rolled back")
def rolled_back() -> None:
    cloudformation = client("cloudformation")
    for name, resources in (("test", _rotation("test", "testSecret")), ("closed", _rotation("closed", "", permitted=False))):
        stack = f"{PREFIX}-{name}"
        cloudformation.create_stack(StackName=stack, TemplateBody=json.dumps({"Resources": resources}), Capabilities=["CAPABILITY_IAM"])
        status = eventually(lambda: _ended(cloudformation, stack), f"{stack} to end", 15)
        cloudformation.delete_stack(StackName=stack)
        assert status == "ROLLBACK_COMPLETE", status


def _ended(cloudformation, stack: str) -> str | None:
    status = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
    return None if status.endswith("_IN_PROGRESS") else status

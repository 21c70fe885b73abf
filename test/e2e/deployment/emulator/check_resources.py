"""What templates make: time to live, a secret's Ref, a VPC's range, public parameters, stubs."""
import os
import time

from botocore.exceptions import ClientError

from checking import PREFIX, REGION, check, client, deploy, environment, eventually, once

TTL = {"AttributeName": "expires", "Enabled": True}
KEYS = {"KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}], "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}]}
STREAM = {"StreamSpecification": {"StreamViewType": "NEW_AND_OLD_IMAGES"}}
KINDS = {"Table": {}, "GlobalTable": {"Replicas": [{"Region": "us-east-1"}]}}


def _tables(time_to_live: dict) -> dict:
    return {kind: {"Type": f"AWS::DynamoDB::{kind}",
                   "Properties": {"TableName": f"{PREFIX}-{kind}", **KEYS, **STREAM, **more, **time_to_live}}
            for kind, more in KINDS.items()}


@once
def _deployed() -> None:
    deploy("tables", _tables({"TimeToLiveSpecification": TTL}))


@check("time to live: deletions reach the stream as the service's, and only what has expired")
def expiry() -> None:
    _deployed()
    now, dynamodb = int(time.time()), client("dynamodb")
    expiries = {"expired": {"N": str(now - 5)}, "later": {"N": str(now + 600)}, "ancient": {"N": "1"}, "text": {"S": str(now - 5)},
                "nothing": {"NULL": True}}
    for kind in KINDS:
        for key, expires in expiries.items():
            dynamodb.put_item(TableName=f"{PREFIX}-{kind}", Item={"pk": {"S": key}, "expires": expires})
    for kind in KINDS:
        record = eventually(lambda: _removal(f"{PREFIX}-{kind}"), f"a REMOVE record of a {kind}")
        identity = {name.lower(): value for name, value in record.get("userIdentity", {}).items()}
        assert identity == {"type": "Service", "principalid": "dynamodb.amazonaws.com"}, record
        assert record["dynamodb"]["OldImage"]["pk"] == {"S": "expired"}, record
        left = sorted(item["pk"]["S"] for item in dynamodb.scan(TableName=f"{PREFIX}-{kind}")["Items"])
        assert left == ["ancient", "later", "nothing", "text"], left


def _removal(table: str) -> dict | None:
    streams, arn = client("dynamodbstreams"), client("dynamodb").describe_table(TableName=table)["Table"]["LatestStreamArn"]
    for shard in streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]:
        iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")
        for record in streams.get_records(ShardIterator=iterator["ShardIterator"])["Records"]:
            if record["eventName"] == "REMOVE":
                return record
    return None


@check("time to live: a stack update changes it")
def update() -> None:
    _deployed()
    for properties, status in (({"TimeToLiveSpecification": {**TTL, "AttributeName": "until"}}, "ENABLED"), ({}, "DISABLED")):
        deploy("tables", _tables(properties), operation="update")
        for kind in KINDS:
            found = client("dynamodb").describe_time_to_live(TableName=f"{PREFIX}-{kind}")["TimeToLiveDescription"]
            assert found["TimeToLiveStatus"] == status, (kind, found)
            assert status == "DISABLED" or found["AttributeName"] == "until", (kind, found)


@check("a global table is protected against deletion as long as its template says so")
def protection() -> None:
    name, dynamodb = f"{PREFIX}-protected", client("dynamodb")

    def table(protected: bool) -> dict:
        replicas = [{"Region": REGION, "DeletionProtectionEnabled": protected}]
        return {"Table": {"Type": "AWS::DynamoDB::GlobalTable", "Properties": {"TableName": name, **KEYS, "Replicas": replicas}}}

    deploy("protected", table(True))
    try:
        dynamodb.delete_table(TableName=name)
    except ClientError as error:
        assert error.response["Error"]["Code"] == "ValidationException", error
    else:
        raise AssertionError("it was deleted")
    deploy("protected", table(False), operation="update")
    dynamodb.delete_table(TableName=name)


@check("templates: Ref of a secret and of a parameter without a name, Vpc.CidrBlock, public parameters")
def references() -> None:
    image = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"
    outputs = deploy("references", {
        "Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {"GenerateSecretString": {}}},
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.9.0.0/16"}},
        "Parameter": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "x"}},
    }, {"Secret": {"Ref": "Secret"}, "Range": {"Fn::GetAtt": ["Vpc", "CidrBlock"]}, "Parameter": {"Ref": "Parameter"}})
    assert outputs["Parameter"].startswith("CFN-Parameter-"), outputs
    assert outputs["Secret"].startswith("arn:aws:secretsmanager:"), outputs
    assert client("secretsmanager").get_secret_value(SecretId=outputs["Secret"])["SecretString"]
    assert outputs["Range"] == "10.9.0.0/16", outputs
    assert client("ssm").get_parameter(Name=image)["Parameter"]["Value"].startswith("ami-")


@check("buckets: tags are kept, and only an empty bucket is deleted")
def bucket() -> None:
    name = deploy("bucket", {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"Tags": [{"Key": "k", "Value": "v"}]}}},
                  {"Name": {"Ref": "Bucket"}})["Name"]
    s3, cloudformation, stack = client("s3"), client("cloudformation"), f"{PREFIX}-bucket"
    assert s3.get_bucket_tagging(Bucket=name)["TagSet"] == [{"Key": "k", "Value": "v"}]
    s3.put_object(Bucket=name, Key="k", Body=b"")
    cloudformation.delete_stack(StackName=stack)
    status = eventually(lambda: _status(cloudformation, stack), f"{stack} to end")
    s3.delete_object(Bucket=name, Key="k")
    assert status == "DELETE_FAILED", status


def _status(cloudformation, stack: str) -> str | None:
    status = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
    return status if status.startswith("DELETE_") and not status.endswith("_IN_PROGRESS") else None


@check("function logs: kept as files")
def function_logs() -> None:
    folder = environment("E2E_FUNCTION_LOGS")
    name = f"{PREFIX}-logs"
    role = {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": []}}}
    code = {"ZipFile": "exports.handler = async () => { console.log('said in ' + process.env.AWS_REGION); throw new Error('on purpose'); };"}
    deploy("logs", {"Role": role, "Function": {"Type": "AWS::Lambda::Function", "Properties": {
        "FunctionName": name, "Runtime": "nodejs22.x", "Handler": "index.handler", "Role": {"Fn::GetAtt": ["Role", "Arn"]}, "Code": code}}})
    client("lambda").invoke(FunctionName=name)
    with open(os.path.join(folder, f"{name}.log")) as file:
        text = file.read()
    assert f"said in {REGION}" in text and " failed after " in text, text


@once
def _stubs() -> dict:
    metric = {"Id": "m", "MetricStat": {"Metric": {"Namespace": "n", "MetricName": "m"}, "Period": 60, "Stat": "Sum"}}
    return deploy("stubs", {
        "Cache": {"Type": "AWS::ElastiCache::ServerlessCache", "Properties": {"Engine": "valkey", "ServerlessCacheName": "c"}},
        "Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": {
            "ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1, "Threshold": 1,
            "Metrics": [{**metric, "ReturnData": False}, {"Id": "e", "Expression": "m * 2"}]}},
    }, {"Endpoint": {"Fn::GetAtt": ["Cache", "Endpoint.Address"]}})


@check("stubs: a refused type deploys")
def stub() -> None:
    assert _stubs()["Endpoint"] == os.environ.get("REDIS_HOST", "127.0.0.1")


@check("stubs: each is printed")
def printed() -> None:
    log = environment("E2E_SERVER_LOG")
    _stubs()
    with open(log) as file:
        lines = file.read().splitlines()
    assert f"STUB AWS::ElastiCache::ServerlessCache {PREFIX}-stubs/Cache" in lines
    assert f"STUB AWS::CloudWatch::Alarm (metric math) {PREFIX}-stubs/Alarm" in lines

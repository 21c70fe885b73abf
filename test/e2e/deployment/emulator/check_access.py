"""Condition keys of DynamoDB and S3, on roles and on a bucket policy."""
import functools

from checking import PREFIX, check, cleanup, client, once, policy, refused, role_session

TABLE, BUCKET = f"{PREFIX}-table", f"{PREFIX}-bucket"
ENCRYPTED = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": "k" * 32}


@once
def _items():
    dynamodb = client("dynamodb")
    for table in (TABLE, f"{TABLE}-2"):
        arn = dynamodb.create_table(
            TableName=table, BillingMode="PAY_PER_REQUEST", KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "other")],
            GlobalSecondaryIndexes=[{"IndexName": "others", "Projection": {"ProjectionType": "ALL"},
                                     "KeySchema": [{"AttributeName": "other", "KeyType": "HASH"}]}],
        )["TableDescription"]["TableArn"]
        cleanup.callback(dynamodb.delete_table, TableName=table)
    own = arn.removesuffix("-2")
    condition = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["#*"]}, "Null": {"dynamodb:LeadingKeys": "false"}}
    allow = {"Effect": "Allow", "Action": "dynamodb:*", "Resource": [own, f"{own}/index/*"], "Condition": condition}
    return client("dynamodb", role_session("items", [allow]))


def _key(value: str) -> dict:
    return {"pk": {"S": value}}


@check("leading keys: single items and queries")
def single() -> None:
    items = _items()
    items.update_item(TableName=TABLE, Key=_key("#a"))
    items.update_item(TableName=client("dynamodb").describe_table(TableName=TABLE)["Table"]["TableArn"], Key=_key("#a"))
    items.put_item(TableName=TABLE, Item=_key("#a"))
    refused(items.update_item, TableName=TABLE, Key=_key("b"))
    refused(items.put_item, TableName=TABLE, Item=_key("b"))
    for key, query in (("#a", lambda **more: items.query(**more)), ("b", functools.partial(refused, items.query))):
        query(TableName=TABLE, KeyConditionExpression="#p = :p", ExpressionAttributeNames={"#p": "pk"},
              ExpressionAttributeValues={":p": {"S": key}})
        query(TableName=TABLE, KeyConditions={"pk": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": key}]}})


@check("leading keys: an index has its own")
def index() -> None:
    query = {"TableName": TABLE, "IndexName": "others", "KeyConditionExpression": "other = :o"}
    _items().query(**query, ExpressionAttributeValues={":o": {"S": "#a"}})
    refused(_items().query, **query, ExpressionAttributeValues={":o": {"S": "b"}})


@check("leading keys: none in a scan")
def scan() -> None:
    refused(_items().scan, TableName=TABLE)


@check("leading keys: every item of a batch")
def batch() -> None:
    items = _items()
    items.batch_get_item(RequestItems={TABLE: {"Keys": [_key("#a"), _key("#b")]}})
    refused(items.batch_get_item, RequestItems={TABLE: {"Keys": [_key("#a"), _key("b")]}})
    items.batch_write_item(RequestItems={TABLE: [{"PutRequest": {"Item": _key("#a")}}, {"DeleteRequest": {"Key": _key("#b")}}]})
    refused(items.batch_write_item, RequestItems={TABLE: [{"PutRequest": {"Item": _key("#a")}},
                                                          {"DeleteRequest": {"Key": _key("b")}}]})


@check("leading keys: every item of a transaction")
def transaction() -> None:
    items = _items()
    for last, call in (("#c", lambda operation, **more: operation(**more)), ("c", refused)):
        call(items.transact_get_items, TransactItems=[{"Get": {"TableName": TABLE, "Key": _key(key)}} for key in ("#a", last)])
        call(items.transact_write_items, TransactItems=[
            {"Put": {"TableName": TABLE, "Item": _key("#a")}}, {"Delete": {"TableName": TABLE, "Key": _key(last)}}])


@check("batches: every table is judged")
def tables() -> None:
    refused(_items().batch_get_item, RequestItems={TABLE: {"Keys": [_key("#a")]}, f"{TABLE}-2": {"Keys": [_key("#a")]}})


@once
def _blobs():
    s3, objects = client("s3"), f"arn:aws:s3:::{BUCKET}/*"
    s3.create_bucket(Bucket=BUCKET)
    cleanup.callback(s3.delete_bucket, Bucket=BUCKET)
    cleanup.callback(lambda: [s3.delete_object(Bucket=BUCKET, Key=found["Key"])
                              for found in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])])
    deny = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": objects}
    s3.put_bucket_policy(Bucket=BUCKET, Policy=policy([
        {**deny, "Condition": {"Null": {"s3:x-amz-server-side-encryption-customer-algorithm": "true"}}},
        {**deny, "Condition": {"Null": {"s3:if-none-match": "true"}, "Bool": {"s3:ObjectCreationOperation": "true"}}},
    ]))
    return client("s3", role_session("blobs", [{"Effect": "Allow", "Action": "s3:*", "Resource": objects}]))


@check("bucket policy: SSE-C and If-None-Match are demanded")
def put() -> None:
    blobs = _blobs()
    blobs.put_object(Bucket=BUCKET, Key="a", Body=b"", IfNoneMatch="*", **ENCRYPTED)
    refused(blobs.put_object, Bucket=BUCKET, Key="b", Body=b"", IfNoneMatch="*")
    refused(blobs.put_object, Bucket=BUCKET, Key="b", Body=b"", **ENCRYPTED)


@check("bucket policy: so are they for multipart uploads")
def multipart() -> None:
    blobs, at = _blobs(), {"Bucket": BUCKET, "Key": "multipart"}
    refused(blobs.create_multipart_upload, **at)
    at["UploadId"] = blobs.create_multipart_upload(**at, **ENCRYPTED)["UploadId"]
    refused(blobs.upload_part, **at, PartNumber=1, Body=b"part")
    part = blobs.upload_part(**at, PartNumber=1, Body=b"part", **ENCRYPTED)
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    refused(blobs.complete_multipart_upload, **at, MultipartUpload=parts, **ENCRYPTED)
    blobs.complete_multipart_upload(**at, MultipartUpload=parts, IfNoneMatch="*", **ENCRYPTED)


@check("parameters: every one that is named is judged")
def parameters() -> None:
    names = [f"/{PREFIX}/mine/a", f"/{PREFIX}/mine/b", f"/{PREFIX}/other"]
    for name in names:
        client("ssm").put_parameter(Name=name, Type="String", Value="v")
    cleanup.callback(client("ssm").delete_parameters, Names=names)
    arn = f"arn:aws:ssm:*:*:parameter/{PREFIX}/mine/*"
    ssm = client("ssm", role_session("parameters", [{"Effect": "Allow", "Action": "ssm:*", "Resource": arn}]))
    assert len(ssm.get_parameters(Names=names[:2])["Parameters"]) == 2
    refused(ssm.get_parameters, Names=names[1:])
    refused(ssm.delete_parameters, Names=names[1:])
    ssm.get_parameter(Name=f"{names[0]}:1")
    ssm.get_parameter(Name=client("ssm").get_parameter(Name=names[0])["Parameter"]["ARN"])
    ssm.get_parameters_by_path(Path=f"/{PREFIX}/mine/")
    refused(ssm.get_parameters_by_path, Path=f"/{PREFIX}")

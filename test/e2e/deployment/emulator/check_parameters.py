"""What Parameter Store keeps of a version: who has written it, and a SecureString as its key's ciphertext."""
import base64

from botocore.exceptions import ClientError
from checking import PREFIX, check, cleanup, client, once, refused, role_session

NAME, SECRET = f"/{PREFIX}/kept/secret", "only with the key"


@once
def _written() -> dict:
    key = client("kms").create_key()["KeyMetadata"]
    cleanup.callback(client("kms").schedule_key_deletion, KeyId=key["KeyId"])
    session = role_session("keeper", [
        {"Effect": "Allow", "Action": "ssm:*", "Resource": "*"},
        {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": key["Arn"],
         "Condition": {"StringLike": {"kms:EncryptionContext:PARAMETER_ARN": f"arn:aws:ssm:*:*:parameter/{PREFIX}/kept/*"}}},
    ])
    ssm = client("ssm", session)
    ssm.put_parameter(Name=NAME, Type="SecureString", Value=SECRET, KeyId=key["Arn"])
    cleanup.callback(ssm.delete_parameter, Name=NAME)
    return {"ssm": ssm, "kms": client("kms", session), "version": ssm.get_parameter_history(Name=NAME)["Parameters"][0]}


@check("parameters: a version has been written by who has called")
def author() -> None:
    written = _written()
    user = written["version"]["LastModifiedUser"]
    assert user.endswith(f":assumed-role/{PREFIX}-keeper/checker"), user
    shown = written["ssm"].describe_parameters(ParameterFilters=[{"Key": "Name", "Values": [NAME]}])["Parameters"]
    assert [parameter["LastModifiedUser"] for parameter in shown] == [user], shown


@check("parameters: a SecureString is its key's ciphertext, for this parameter and by who may decrypt it")
def ciphertext() -> None:
    written = _written()
    blob, ssm, kms = base64.b64decode(written["version"]["Value"]), written["ssm"], written["kms"]
    arn = ssm.get_parameter(Name=NAME)["Parameter"]["ARN"]
    assert SECRET.encode() not in blob
    assert ssm.get_parameter(Name=NAME)["Parameter"]["Value"] == written["version"]["Value"]
    assert ssm.get_parameter(Name=NAME, WithDecryption=True)["Parameter"]["Value"] == SECRET
    assert kms.decrypt(CiphertextBlob=blob, EncryptionContext={"PARAMETER_ARN": arn})["Plaintext"].decode() == SECRET
    refused(kms.decrypt, CiphertextBlob=blob)
    refused(kms.decrypt, CiphertextBlob=blob, EncryptionContext={"PARAMETER_ARN": arn.replace("/kept/", "/other/")})
    try:
        kms.decrypt(CiphertextBlob=blob, EncryptionContext={"PARAMETER_ARN": f"{arn}2"})
    except ClientError as error:
        assert error.response["Error"]["Code"] == "InvalidCiphertextException", error
        return
    raise AssertionError("decrypted for another parameter")

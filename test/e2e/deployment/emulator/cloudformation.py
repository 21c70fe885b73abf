"""What CloudFormation gives a correct template on AWS and MiniStack does not."""
from uuid import uuid4

from ministack.services import secretsmanager, ssm
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS

NEEDS = {
    "ministack.services.cloudformation.provisioners": ("_RESOURCE_HANDLERS",),
    "ministack.services.secretsmanager": ("_secrets",),
    "ministack.services.ssm": ("_PUBLIC_AMI_PARAMETERS",),
}
# The image that MiniStack itself gives for the public parameters that it knows.
IMAGE = "ami-0c2023a1b2c3d4e5f"
ECS_IMAGES = ("amazon-linux-2023", "amazon-linux-2023/arm64", "amazon-linux-2", "amazon-linux-2/arm64")
LINUX_IMAGES = ("al2023-ami-kernel-6.1-x86_64", "al2023-ami-kernel-6.1-arm64", "al2023-ami-kernel-default-arm64")


def install() -> None:
    _secret_ref_is_arn(_RESOURCE_HANDLERS["AWS::SecretsManager::Secret"])
    _vpc_has_cidr_block(_RESOURCE_HANDLERS["AWS::EC2::VPC"])
    _parameter_name_is_no_path(_RESOURCE_HANDLERS["AWS::SSM::Parameter"])
    for name in ECS_IMAGES:
        ssm._PUBLIC_AMI_PARAMETERS[f"/aws/service/ecs/optimized-ami/{name}/recommended/image_id"] = IMAGE
    for name in LINUX_IMAGES:
        ssm._PUBLIC_AMI_PARAMETERS[f"/aws/service/ami-amazon-linux-latest/{name}"] = IMAGE


def _secret_ref_is_arn(handlers: dict) -> None:
    """MiniStack gives the name, with which the CDK's grants deny."""
    create, update, delete = handlers["create"], handlers["update"], handlers["delete"]

    def by_arn(result):
        return result[1]["Arn"], result[1]

    def name(arn):
        return next((key for key, secret in secretsmanager._secrets.items() if secret["ARN"] == arn), arn)

    def create_by_arn(logical_id, props, stack_name):
        return by_arn(create(logical_id, _generated(props), stack_name))

    def update_by_arn(physical_id, old_props, new_props, *rest):
        return by_arn(update(name(physical_id), _generated(old_props), _generated(new_props), *rest))

    handlers["create"], handlers["update"] = create_by_arn, update_by_arn
    handlers["delete"] = lambda physical_id, *rest: delete(name(physical_id), *rest)


def _generated(props: dict) -> dict:
    """The CDK asks for a password with AWS's defaults by an empty object, which MiniStack takes for no wish at all."""
    return {**props, "GenerateSecretString": {"PasswordLength": 32}} if props.get("GenerateSecretString") == {} else props


def _vpc_has_cidr_block(handlers: dict) -> None:
    create = handlers["create"]

    def create_with_cidr(logical_id, props, stack_name):
        vpc, attributes = create(logical_id, props, stack_name)
        return vpc, {**attributes, "CidrBlock": props.get("CidrBlock", "10.0.0.0/16"), "CidrBlockAssociations": []}

    handlers["create"] = create_with_cidr


def _parameter_name_is_no_path(handlers: dict) -> None:
    """A name that nobody has given is `CFN-Id-random`; MiniStack's has a slash in front, which the CDK's ARNs of such parameters do not expect."""
    create = handlers["create"]

    def create_named(logical_id, props, stack_name):
        return create(logical_id, {**props, "Name": props.get("Name") or f"CFN-{logical_id}-{uuid4().hex[:12]}"}, stack_name)

    handlers["create"] = create_named

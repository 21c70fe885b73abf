"""Tags that a template gives a bucket, which MiniStack drops: by one of them the CDK's helper knows the buckets that it may empty."""
from ministack.services import s3
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS

NEEDS = {"ministack.services.cloudformation.provisioners": ("_RESOURCE_HANDLERS",), "ministack.services.s3": ("_bucket_tags",)}


def install() -> None:
    handlers = _RESOURCE_HANDLERS["AWS::S3::Bucket"]
    create, update = handlers["create"], handlers["update"]

    def create_tagged(logical_id, props, stack_name):
        name, attributes = create(logical_id, props, stack_name)
        _tag(name, props)
        return name, attributes

    def update_tagged(physical_id, old_props, new_props, *rest):
        name, attributes = update(physical_id, old_props, new_props, *rest)
        _tag(name, new_props)
        return name, attributes

    handlers["create"], handlers["update"] = create_tagged, update_tagged


def _tag(bucket: str, props: dict) -> None:
    tags = {tag["Key"]: tag["Value"] for tag in props.get("Tags") or []}
    if tags:
        s3._bucket_tags[bucket] = tags
    else:
        s3._bucket_tags.pop(bucket, None)

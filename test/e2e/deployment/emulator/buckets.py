"""Buckets of templates: their tags, by one of which the CDK's helper knows those that it may empty, and that only an empty one is deleted."""
from ministack.services import s3
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS

NEEDS = {
    "ministack.services.cloudformation.provisioners": ("_RESOURCE_HANDLERS",),
    "ministack.services.s3": ("_bucket_tags", "_buckets"),
}


def install() -> None:
    handlers = _RESOURCE_HANDLERS["AWS::S3::Bucket"]
    create, update, delete = handlers["create"], handlers["update"], handlers["delete"]

    def create_tagged(logical_id, props, stack_name):
        name, attributes = create(logical_id, props, stack_name)
        _tag(name, props)
        return name, attributes

    def update_tagged(physical_id, old_props, new_props, *rest):
        name, attributes = update(physical_id, old_props, new_props, *rest)
        _tag(name, new_props)
        return name, attributes

    def delete_empty(physical_id, *rest):
        if (s3._buckets.get(physical_id) or {}).get("objects"):
            raise ValueError(f"The bucket you tried to delete is not empty: {physical_id}")
        return delete(physical_id, *rest)

    handlers.update(create=create_tagged, update=update_tagged, delete=delete_empty)


def _tag(bucket: str, props: dict) -> None:
    tags = {tag["Key"]: tag["Value"] for tag in props.get("Tags") or []}
    if tags:
        s3._bucket_tags[bucket] = tags
    else:
        s3._bucket_tags.pop(bucket, None)

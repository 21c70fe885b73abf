"""Deletion protection of a global table, as its template says: MiniStack leaves out all that is in Replicas."""
from ministack.core.responses import get_region
from ministack.services import dynamodb
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS

NEEDS = {
    "ministack.core.responses": ("get_region",),
    "ministack.services.dynamodb": ("_tables",),
    "ministack.services.cloudformation.provisioners": ("_RESOURCE_HANDLERS",),
}


def install() -> None:
    handlers = _RESOURCE_HANDLERS["AWS::DynamoDB::GlobalTable"]
    create, update = handlers["create"], handlers["update"]

    def create_protected(logical_id, props, stack_name):
        result = create(logical_id, props, stack_name)
        _apply(result[0], props)
        return result

    def update_protected(physical_id, old_props, new_props, stack_name, *rest):
        result = update(physical_id, old_props, new_props, stack_name, *rest)
        _apply(result[0] if result else physical_id, new_props)
        return result

    handlers["create"], handlers["update"] = create_protected, update_protected


def _apply(table_name: str, props: dict) -> None:
    here = [replica for replica in props.get("Replicas", []) if replica.get("Region") == get_region()]
    dynamodb._tables[table_name]["DeletionProtectionEnabled"] = any(
        str(replica.get("DeletionProtectionEnabled", False)).lower() == "true" for replica in here)

"""Writes Arrow IPC streams with pyarrow, and what is in them, into a folder: python make-streams.py FOLDER

test/support/arrow/streams holds what it wrote last. What is random has a fixed seed, so that one version of pyarrow writes the same each time.
"""
import json
import random
import sys
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

ROWS = 400
rng = random.Random(7)


def numbers(rows=ROWS):
    return pa.record_batch({
        "id": pa.array(range(rows), pa.int64()),
        "at": pa.array([1_700_000_000_000_000 + i for i in range(rows)], pa.timestamp("us", "Europe/Paris")),
        "x": pa.array([rng.random() for _ in range(rows)], pa.float64()),
        "name": pa.array([f"name {i % 23}" if i % 5 else None for i in range(rows)], pa.string()),
    })


def words(values, dictionary):
    return pa.record_batch({"word": pa.DictionaryArray.from_arrays(pa.array(values, pa.int32()), pa.array(dictionary))})


def nested():
    rows = 60
    return pa.record_batch({
        "list": pa.array([list(range(i % 4)) if i % 7 else None for i in range(rows)], pa.list_(pa.int32())),
        "struct": pa.array([{"a": i, "b": {"c": str(i)}} for i in range(rows)]),
        "map": pa.array([[(str(k), k) for k in range(i % 3)] for i in range(rows)], pa.map_(pa.string(), pa.int64())),
        "fixed": pa.array([[i, i] for i in range(rows)], pa.list_(pa.float32(), 2)),
        "large": pa.array([[str(i)] for i in range(rows)], pa.large_list(pa.large_string())),
        "decimal": pa.array([Decimal(i) for i in range(rows)], pa.decimal128(20, 2)),
        "nothing": pa.nulls(rows),
        "union": pa.UnionArray.from_dense(
            pa.array([i % 2 for i in range(rows)], pa.int8()), pa.array([i // 2 for i in range(rows)], pa.int32()),
            [pa.array(range(rows), pa.int16()), pa.array([str(i) for i in range(rows)])]),
    })


def views():
    strings = ["short" if i % 2 else f"longer than twelve bytes: {i}" for i in range(100)]
    return pa.record_batch({
        "text": pa.array(strings, pa.string_view()),
        "data": pa.array([s.encode() for s in strings], pa.binary_view()),
        "list": pa.array([[i] for i in range(100)], pa.list_view(pa.int32())),
    })


def run_ends():
    return pa.record_batch({"state": pa.RunEndEncodedArray.from_arrays(pa.array([10, 40], pa.int32()), pa.array(["on", "off"]))})


def wide():
    """A schema of about 30 kB."""
    return pa.record_batch([pa.array([1, 2, 3], pa.int8())] * 150,
                           schema=pa.schema([pa.field(f"column {i:03}", pa.int8(), metadata={"about": "x" * 80}) for i in range(150)]))


def described():
    batch = numbers(20)
    return batch.replace_schema_metadata({"origin": "test", "ünïcode": "ß" * 200})


DELTAS = [words([0, 1, 1], ["a", "b"]), words([2, 0], ["a", "b", "c"]), words([3, 3, 3], ["a", "b", "c", "d"])]
REPLACED = [words([0, 1, 1], ["a", "b"]), words([0, 0, 1], ["x", "y"]), words([1], ["x", "y"]), words([2], ["p", "q", "r"])]

CASES = {
    "plain": dict(batches=[numbers(), numbers(), numbers(7)]),
    "dictionary": dict(batches=[words([0, 1, 0, 2], ["a", "b", "c"])] * 3),
    "dictionary-deltas": dict(batches=DELTAS, options=dict(emit_dictionary_deltas=True)),
    "dictionary-replaced": dict(batches=REPLACED),
    "zstd": dict(batches=[numbers(), numbers()], options=dict(compression="zstd")),
    "lz4": dict(batches=[numbers(), numbers()], options=dict(compression="lz4")),
    "zstd-dictionary": dict(batches=REPLACED, options=dict(compression="zstd")),
    "large-metadata": dict(batches=[wide(), wide()]),
    "views": dict(batches=[views(), views()]),
    "nested": dict(batches=[nested()]),
    "run-ends": dict(batches=[run_ends()]),
    "empty-batches": dict(batches=[numbers(0), numbers(3), numbers(0)]),
    "no-batches": dict(batches=[], schema=numbers(0).schema),
    "no-columns": dict(batches=[], schema=pa.schema([])),
    "custom-metadata": dict(batches=[described(), described()], custom_metadata={"page": "1"}),
    "legacy": dict(batches=[numbers(), numbers(5)], options=dict(use_legacy_format=True)),
    "legacy-dictionary": dict(batches=REPLACED, options=dict(use_legacy_format=True)),
    "version-4": dict(batches=[numbers(9)], options=dict(metadata_version=pa.ipc.MetadataVersion.V4)),
}


def write(path, batches, schema=None, options=None, custom_metadata=None):
    schema = batches[0].schema if schema is None else schema
    writer = pa.ipc.new_stream(path, schema, options=pa.ipc.IpcWriteOptions(**(options or {})))
    for batch in batches:
        writer.write_batch(batch, custom_metadata=custom_metadata)
    writer.close()


def counted(path):
    """What pyarrow itself reads: every message, and every batch decoded."""
    messages = {"schema": 0, "dictionary": 0, "record batch": 0}
    for message in pa.ipc.MessageReader.open_stream(str(path)):
        messages[message.type] += 1
    with pa.ipc.open_stream(str(path)) as reader:
        rows = sum(batch.num_rows for batch in reader)
    return dict(bytes=path.stat().st_size, rows=rows, batches=messages["record batch"], dictionaries=messages["dictionary"])


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    contents = {}
    for name, case in CASES.items():
        path = folder / f"{name}.arrows"
        write(str(path), **case)
        contents[name] = counted(path)
    (folder / "contents.json").write_text(json.dumps(dict(pyarrow=pa.__version__, streams=contents), indent=2) + "\n")


main(Path(sys.argv[1]))

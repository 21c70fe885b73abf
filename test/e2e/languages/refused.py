# A wrong property: run.ts expects the library's own message.
from aws_cdk import App, Stack
from cdk_cache_tiers import MemoFlush, MemoCache

stack = Stack(App(), "Languages")
MemoFlush(stack, "Flush", cache=MemoCache(stack, "Cache"), trigger="")

"""Functions that stream their responses run: Lambda gives them `awslambda`, which MiniStack's Node lacks.

Their bytes are collected, and answered when the stream has ended: what it is to stream is not shown.
"""
import base64

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

NEEDS = {
    "ministack.core.lambda_runtime": ("_NODEJS_WORKER_SCRIPT",),
    "ministack.services.lambda_svc": ("_function_url_stream_response",),
}
STREAMED = "e2eStreamed"
AWSLAMBDA = """
globalThis.awslambda = {
  streamifyResponse: (handler) => async (event, context) => {
    const chunks = [];
    const stream = new (require("stream").Writable)({ write: (chunk, _, done) => { chunks.push(chunk); done(); } });
    stream.setContentType = () => {};
    const ended = require("stream/promises").finished(stream);
    ended.catch(() => {});
    await handler(event, stream, context);
    await ended;
    return { %s: Buffer.concat(chunks).toString("base64") };
  },
  HttpResponseStream: {
    from: (stream, head) => {
      stream.write(JSON.stringify(head));
      stream.write(Buffer.alloc(8));
      return stream;
    },
  },
};
""" % STREAMED


def install() -> None:
    lambda_runtime._NODEJS_WORKER_SCRIPT = AWSLAMBDA + lambda_runtime._NODEJS_WORKER_SCRIPT
    answer = lambda_svc._function_url_stream_response

    def answer_bytes(result, cors_headers):
        body = result.get("body")
        if isinstance(body, dict) and STREAMED in body:
            result = {**result, "body": base64.b64decode(body[STREAMED])}
        return answer(result, cors_headers)

    lambda_svc._function_url_stream_response = answer_bytes

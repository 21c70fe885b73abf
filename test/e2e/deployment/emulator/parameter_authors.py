"""A version of a parameter has been written by who has called: MiniStack says of all that it was root."""
import json

from ministack.core import iam_evaluator
from ministack.core.responses import json_response
from ministack.services import ssm

NEEDS = {
    "ministack.core.iam_evaluator": ("caller_arn",),
    "ministack.core.responses": ("json_response",),
    "ministack.services.ssm": ("_put_parameter", "_describe_parameters", "_parameter_history"),
}


def install() -> None:
    put, describe = ssm._put_parameter, ssm._describe_parameters

    def put_parameter(data):
        response = put(data)
        if response[0] < 300:
            ssm._parameter_history[data["Name"]][-1]["LastModifiedUser"] = iam_evaluator.caller_arn()
        return response

    def describe_parameters(data):
        response = describe(data)
        if response[0] >= 300:
            return response
        answer = json.loads(response[2])
        for parameter in answer["Parameters"]:
            history = ssm._parameter_history.get(parameter["Name"])
            if history:
                parameter["LastModifiedUser"] = history[-1]["LastModifiedUser"]
        return json_response(answer)

    ssm._put_parameter = put_parameter
    ssm._describe_parameters = describe_parameters

/** Whether this is AWS Lambda, which freezes the process as soon as a response is out, and lets nothing be written but in the temporary folder. */
export function isLambda(env: Readonly<Record<string, string | undefined>>): boolean {
  return Boolean(env.AWS_LAMBDA_FUNCTION_NAME);
}

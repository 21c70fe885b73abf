import { CONFIG_ENVIRONMENT } from '../../../lib/contract/config';
import { environmentError, integerSetting, requireEnvironment } from '../environment';

const NAMESPACE = /^\/$|^(?:\/[\w.-]+)+$/;

/** The paths that are followed. */
export function namespacesSetting(): readonly string[] {
  const name = CONFIG_ENVIRONMENT.namespaces;
  const text = requireEnvironment(name);
  const paths = parsed(text);
  if (!Array.isArray(paths) || paths.length === 0 || !paths.every((path) => typeof path === 'string' && NAMESPACE.test(path))) {
    throw environmentError(name, `must be a JSON array of paths such as ["/app"], not ${JSON.stringify(text)}`);
  }
  return paths;
}

/** Times that SQS allows for a queue's `maxReceiveCount`. */
export function maxReceiveCountSetting(): number {
  return integerSetting(CONFIG_ENVIRONMENT.maxReceiveCount, { min: 1, max: 1_000 });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

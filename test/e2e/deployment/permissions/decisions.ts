import { readFileSync } from 'node:fs';
import type { Granted } from './granted';
import { SESSION } from '../kit/identity';

/** A decision of IAM, as the emulator recorded it. */
export interface Decision {
  readonly principal: string;
  readonly action: string;
  readonly resource: string;
  readonly decision: 'Allow' | 'Deny' | 'ImplicitDeny';
}

export function decisions(file: string): Decision[] {
  return readFileSync(file, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Decision);
}

/** Those on sessions of a role. */
export function ofRole(all: readonly Decision[], roleName: string): Decision[] {
  return all.filter(({ principal }) => principal.includes(`:assumed-role/${roleName}/`));
}

/** Made by the leg itself, which tries what must be refused; the others are an app's own. */
export function isOurs({ principal }: Decision): boolean {
  return principal.endsWith(`/${SESSION}`);
}

export function uses({ action, resource, decision }: Decision, granted: Granted): boolean {
  return decision === 'Allow' && like(granted.action, 'i').test(action) && granted.resources.some((pattern) => like(pattern).test(resource));
}

/** IAM's wildcards. */
function like(pattern: string, flags = ''): RegExp {
  return new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.')}$`, flags);
}

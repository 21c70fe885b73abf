import { Annotations } from 'aws-cdk-lib';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { TaskCacheProps } from './task-cache-props';
import { PresetTask, TaskKind } from './task-preset';
import { isPattern, matchesName, TaskSwitchesValue } from '../contract/tasks';
import { show, validationError } from '../private/errors';
import { checkPattern } from '../private/validation';

/** Of a standard parameter, in bytes. */
const MOST = 4096;
const WARNING = '@cdk-cache-tiers/tasks';

/**
 * The parameter with the switches. CloudFormation writes it when it is defined and when its template has another value than before: what has been
 * switched at run time stays until then.
 */
export function defineSwitches(scope: Construct, id: string, props: TaskCacheProps): ssm.StringParameter {
  const stringValue = JSON.stringify(switchesOf(scope, props));
  const bytes = Buffer.byteLength(stringValue);
  if (bytes > MOST) throw validationError(scope, `tasks and preset make a parameter of ${bytes} bytes: use patterns, so that it has at most ${MOST}`);
  return new ssm.StringParameter(scope, id, { description: 'Which tasks of a task cache are cached', stringValue });
}

function switchesOf(scope: Construct, { enabled = true, tasks = {}, preset, otherTasks }: TaskCacheProps): TaskSwitchesValue {
  for (const pattern of Object.keys(tasks)) checkPattern(scope, 'tasks', pattern, /^[\w.*-]+$/, 'names of families as keys, or patterns with "*"');
  const known = preset?.tasks ?? [];
  for (const { family } of known) checkPattern(scope, 'preset', family, /^[\w.-]+$/, 'names of families: letters, digits, _, . and -');
  const trigger = known.find(({ family, kind }) => kind === TaskKind.TRIGGER && tasks[family]);
  if (trigger !== undefined) {
    throw validationError(scope, `tasks has ${show(trigger.family)}: true, and it is a trigger, which has to happen each time: leave it off`);
  }
  warn(scope, known, tasks);
  const named = known.filter(({ family, kind }) => kind === TaskKind.TRIGGER || !isMatched(family, tasks));
  const ofPreset = Object.fromEntries(named.map(({ family, kind }) => [family, kind !== TaskKind.TRIGGER]));
  return { enabled, default: otherTasks ?? preset === undefined, tasks: { ...ofPreset, ...tasks } };
}

function warn(scope: Construct, known: readonly PresetTask[], tasks: { readonly [family: string]: boolean }): void {
  const undecided = known.filter(({ family }) => tasks[family] === undefined);
  const triggers = undecided.filter(({ kind }) => kind === TaskKind.TRIGGER);
  if (triggers.length > 0) {
    Annotations.of(scope).addWarningV2(`${WARNING}:triggerTasks`,
      `preset has tasks that set something off each time, which stay off: ${familiesOf(triggers)}. Set them to false in tasks to confirm`);
  }
  const withdrawn = undecided.filter(({ family, kind, withdrawn: gone }) => gone && kind !== TaskKind.TRIGGER && !isMatched(family, tasks));
  if (withdrawn.length > 0) {
    Annotations.of(scope).addWarningV2(`${WARNING}:withdrawnTasks`,
      `preset has tasks that their authors no longer cache, since what they do can be undone outside of them: ${familiesOf(withdrawn)}. `
      + 'Use preset.withoutWithdrawn(), or set those to true in tasks that nothing else undoes');
  }
}

/** Names go before patterns: what a pattern of the user's decides on must not have its name in the parameter. */
const isMatched = (family: string, tasks: object) => Object.keys(tasks).some((name) => isPattern(name) && matchesName(name, family));

const familiesOf = (tasks: readonly PresetTask[]) => tasks.map(({ family }) => family).join(', ');

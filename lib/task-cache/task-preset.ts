import { SERVICE_CATALOG_PUPPET_TASKS } from '../contract/tasks';

/** What a task does, which decides whether its results may be reused. */
export enum TaskKind {
  /** Finds something out, and changes nothing. */
  READ = 'read',

  /** Brings something about that stays. */
  ENSURE = 'ensure',

  /** Sets something off, each time. Its results are never reused. */
  TRIGGER = 'trigger',
}

/** One task of a preset. */
export interface PresetTask {
  /** Family of the task: the class of a Luigi task. */
  readonly family: string;

  /** What it does. */
  readonly kind: TaskKind;

  /**
   * Whether who wrote the task has stopped caching it, since what it does can be undone outside of it.
   *
   * @default false
   */
  readonly withdrawn?: boolean;
}

/** Tasks that belong together, with what is known of them. */
export class TaskPreset {
  /**
   * The 18 tasks of AWS Service Catalog Puppet whose caching its version 0.84 could switch on. Version 0.103 withdrew twelve of them, of
   * which two are triggers.
   */
  public static readonly SERVICE_CATALOG_PUPPET = TaskPreset.of(
    SERVICE_CATALOG_PUPPET_TASKS.map(({ kind, ...task }) => ({ ...task, kind: kind as TaskKind })),
  );

  /**
   * A preset of your own.
   *
   * @param tasks its tasks
   */
  public static of(tasks: PresetTask[]): TaskPreset {
    return new TaskPreset(tasks);
  }

  /** The tasks. */
  public readonly tasks: PresetTask[];

  private constructor(tasks: PresetTask[]) {
    this.tasks = tasks;
  }

  /** The preset without the tasks that have been withdrawn. */
  public withoutWithdrawn(): TaskPreset {
    return TaskPreset.of(this.tasks.filter(({ withdrawn }) => !withdrawn));
  }
}

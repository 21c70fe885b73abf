import { Box, render, Text, useInput, type TextProps } from 'ink';
import { createElement as h, useSyncExternalStore, type ReactElement } from 'react';
import type { Io } from '../../context.js';
import { keysOf } from './keys.js';
import { Painter } from './painter.js';
import { BrowseSession, type Backend } from './session.js';
import type { BrowseState } from './state.js';
import { ASCII, screenOf, UNICODE, type Line, type Place, type Signs, type Span } from './view.js';

/** How often the age of the copy is told anew, in milliseconds. */
const TICK = 15_000;

const STYLES: Record<NonNullable<Span['style']>, TextProps> = {
  title: { inverse: true, bold: true }, chosen: { inverse: true }, path: { color: 'cyan' }, dim: { dimColor: true },
  match: { color: 'yellow', bold: true }, error: { color: 'red' }, key: { bold: true },
};

export interface ScreenOptions {
  /** The state to begin with, given the terminal's size. */
  readonly begin: (size: { readonly columns: number; readonly rows: number }) => BrowseState;
  readonly backend: Backend;
  readonly place: Place;
  /** Whether there may be colours. */
  readonly colors: boolean;
  /** Whether changes are asked for at the beginning. */
  readonly syncsAtOnce?: boolean;
}

/** Shows the tree until the user leaves or the signal aborts. The terminal is as before then, whatever has happened. */
export async function browseOn({ stdin, stdout, env, signal }: Io, options: ScreenOptions): Promise<void> {
  const { begin, backend, place, colors, syncsAtOnce } = options;
  const painter = new Painter(stdout);
  const session = new BrowseSession(begin({ columns: painter.columns, rows: painter.rows }), {
    syncsAtOnce, backend, env, send: (sequence) => painter.send(sequence),
  });
  const resized = () => {
    painter.forget();
    session.dispatch({ kind: 'size', columns: painter.columns, rows: painter.rows });
    instance?.rerender(tree());
  };
  const tree = () => h(Screen, { session, place, signs: signsFor(env), colors });
  const stopped = () => session.end();
  const clock = setInterval(() => session.dispatch({ kind: 'time', now: Date.now() }), TICK).unref();
  let instance: ReturnType<typeof render> | undefined;
  painter.open();
  try {
    signal.addEventListener('abort', stopped);
    stdout.on('resize', resized);
    // As `debug`, Ink gives whole frames and leaves the terminal's cursor alone.
    instance = render(tree(), {
      stdout: painter as unknown as NodeJS.WriteStream, stdin: stdin as NodeJS.ReadStream, debug: true, exitOnCtrlC: false, patchConsole: false,
    });
    await Promise.race([session.left, instance.waitUntilExit()]);
  } finally {
    clearInterval(clock);
    signal.removeEventListener('abort', stopped);
    stdout.off('resize', resized);
    session.end();
    instance?.unmount();
    painter.close();
  }
  signal.throwIfAborted();
}

interface ScreenProps {
  readonly session: BrowseSession;
  readonly place: Place;
  readonly signs: Signs;
  readonly colors: boolean;
}

function Screen({ session, place, signs, colors }: ScreenProps): ReactElement {
  const state = useSyncExternalStore(session.subscribe, session.state);
  useInput((input, pressed) => {
    for (const key of keysOf(input, pressed)) session.dispatch({ kind: 'key', key });
  });
  return h(Box, { flexDirection: 'column', width: state.columns, height: state.rows },
    ...screenOf(state, place, signs).map((line, i) => h(LineOf, { key: i, line, colors })));
}

function LineOf({ line, colors }: { readonly line: Line; readonly colors: boolean }): ReactElement {
  return h(Text, { wrap: 'truncate' }, ...line.map(({ text, style }, i) => {
    const { color, ...rest } = style ? STYLES[style] : {};
    return h(Text, { key: i, ...rest, ...(colors && { color }) }, text);
  }));
}

/** A terminal that is not set to UTF-8 shows other signs in place of arrows and lines. */
function signsFor(env: Io['env']): Signs {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  return locale === undefined || /utf-?8/i.test(locale) ? UNICODE : ASCII;
}

/** What the command exits with. Stable: scripts rely on it. */
export const EXIT = { ok: 0, failed: 1, usage: 2, notFound: 3, interrupted: 130, terminated: 143 } as const;

export const EXIT_CODES_HELP = `
Exit codes:
  0    done
  1    failed, or the question was answered with no
  2    wrong usage: an unknown option, a wrong value, or a question that nobody can answer (pass --yes)
  3    not found: no such parameter, version, rule, session, result or task; no value that a call would be given (memo peek)
  130  stopped by Ctrl-C
  143  stopped by SIGTERM
Of tasks run, the exit code is that of the command that it runs.`;

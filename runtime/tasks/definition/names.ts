/** Names of families: part of ids, which are file names and arguments of commands. */
export const FAMILY_NAME = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/;

/** Names of parameters, inputs and required tasks. */
export const DECLARED_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

export const DECLARED_NAME_RULE = 'names of letters, digits, _ and -, the first one a letter, 64 at most';

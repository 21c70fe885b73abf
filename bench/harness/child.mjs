// The other end of children.mjs.

export const params = JSON.parse(process.argv[2] ?? '{}');

/** Sends what `work` gives, or what it fails with, as this process's message. */
export async function answer(work) {
  let message;
  try {
    message = await work();
  } catch (error) {
    message = { error: error?.stack ?? String(error) };
  }
  await new Promise((resolve) => process.send(message, resolve));
}

/** CPU time of all threads of this process, in nanoseconds. */
export function cpu() {
  const { user, system } = process.cpuUsage();
  return (user + system) * 1000;
}

export function nextMessage() {
  return new Promise((resolve) => process.once('message', resolve));
}

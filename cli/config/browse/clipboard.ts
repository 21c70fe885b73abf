/**
 * What asks a terminal to put a text on its user's clipboard (OSC 52). The terminal itself does it, so it works over ssh too; one that does not
 * know it, or is set not to, does nothing. tmux hands it on if `set-clipboard` is `on`, or, wrapped, if `allow-passthrough` is; both are sent.
 * GNU Screen takes it wrapped, in parts.
 */
export function copySequence(text: string, env: Readonly<Record<string, string | undefined>>): string {
  const plain = `\x1b]52;c;${Buffer.from(text, 'utf8').toString('base64')}\x07`;
  if (env.TMUX) return `${plain}\x1bPtmux;${plain.replaceAll('\x1b', '\x1b\x1b')}\x1b\\`;
  if (env.STY) return (plain.match(/[^]{1,240}/g) ?? []).map((part) => `\x1bP${part}\x1b\\`).join('');
  return plain;
}

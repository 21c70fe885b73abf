import { deepStrictEqual, match, ok } from 'node:assert';
import { BEFORE } from '../../kit/screen';
import { eventually } from '../../kit';
import { SOON, type World } from './world';

const MASK = '••••••••';
/** A sequence that sets a colour. */
const COLOUR = /\u001b\[(?:\d+;)*(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;\d+)*m/;

/** The full-screen tree, at a terminal of 80×24. */
export async function browse({ e2e: { check }, reader }: World): Promise<void> {
  const secret = await reader.client.get('/shop/web/password');
  for (const colours of [true, false]) {
    const how = colours ? 'in colours' : 'without colours';
    await check(`browse ${how}: searches, masks and shows a secret, and leaves the terminal as it was`, async () => {
      const screen = await reader.browse([], { columns: 80, rows: 24, env: colours ? {} : { NO_COLOR: '1' } });
      const shows = (text: RegExp | string) => eventually(async () => {
        const shown = await screen.text();
        ok(typeof text === 'string' ? shown.includes(text) : text.test(shown), `${text} is not on the screen:\n${shown}`);
        return shown;
      }, SOON);
      await shows('shop');
      deepStrictEqual(await screen.modes(), { fullScreen: true, cursor: false });
      await screen.type('/');
      await screen.type('web pass');
      await shows('/shop/web/password');
      await screen.press('Enter');
      await shows(/SecureString · version 1/);
      await screen.press('Enter');
      ok(!(await shows(MASK)).includes(secret));
      await screen.type('v');
      const shown = await shows(secret);
      ok(shown.trimEnd().split('\n').every((line) => line.length <= 80) && shown.trimEnd().split('\n').length <= 24);
      deepStrictEqual(COLOUR.test(await screen.looks()), colours);
      await screen.type('v');
      await shows(MASK);
      await screen.type('q');
      const after = await shows('ended with 0');
      match(after, new RegExp(`^${BEFORE}\nended with 0\n`));
      deepStrictEqual(await screen.modes(), { fullScreen: false, cursor: true });
      await screen.close();
    });
  }
}

// What `tmux capture-pane -e` gives, as an SVG that looks like a terminal.

const COLORS = ['#1e2127', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#abb2bf'];
const BRIGHT = ['#5c6370', '#ff7a85', '#b5e890', '#ffd68a', '#7cc4ff', '#de8cf0', '#6fd3df', '#ffffff'];
const [FRONT, BACK] = ['#d7dae0', '#1e2127'];
const [CELL, LINE, MARGIN] = [8.4, 18, 12];

/** Browsers draw several spaces as one. */
const unbroken = (text) => text.replaceAll(' ', '\u00a0');
const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** Carries out one sequence of styles. */
function restyled(style, codes) {
  let next = { ...style };
  const list = codes === '' ? [0] : codes.split(/[;:]/).map(Number);
  for (let i = 0; i < list.length; i += 1) {
    const code = list[i];
    if (code === 0) next = {};
    else if (code === 1) next.bold = true;
    else if (code === 2) next.dim = true;
    else if (code === 4) next.underline = true;
    else if (code === 7) next.inverse = true;
    else if (code === 22) next.bold = next.dim = false;
    else if (code === 27) next.inverse = false;
    else if (code >= 30 && code <= 37) next.color = COLORS[code - 30];
    else if (code >= 90 && code <= 97) next.color = BRIGHT[code - 90];
    else if (code === 39) next.color = undefined;
    else if (code >= 40 && code <= 47) next.back = COLORS[code - 40];
    else if (code === 49) next.back = undefined;
    else if (code === 38 || code === 48) i += list[i + 1] === 5 ? 2 : 4; // of 256 or more colours there are none
  }
  return next;
}

/** @returns parts of each line that look the same, with the column that each begins at */
function partsOf(text) {
  let style = {};
  return text.split('\n').map((line) => {
    const parts = [];
    let column = 0;
    for (const [, codes, plain] of line.matchAll(/\x1b\[([\d;:]*)m|\x1b[()].|([^\x1b]+)/g)) {
      if (codes !== undefined) style = restyled(style, codes);
      if (plain === undefined) continue;
      parts.push({ column, text: plain, style });
      column += [...plain].length;
    }
    return parts;
  });
}

export function svgOf(capture, { columns, rows, title }) {
  const [width, height] = [columns * CELL + 2 * MARGIN, rows * LINE + 2 * MARGIN];
  const drawn = partsOf(capture).slice(0, rows).flatMap((parts, row) => parts.map(({ column, text, style }) => {
    const [x, y] = [MARGIN + column * CELL, MARGIN + row * LINE];
    const length = [...text].length * CELL;
    const front = style.inverse ? style.back ?? BACK : style.color ?? FRONT;
    const back = style.inverse ? style.color ?? FRONT : style.back;
    const box = back ? `<rect x="${x.toFixed(1)}" y="${y}" width="${length.toFixed(1)}" height="${LINE}" fill="${back}"/>` : '';
    if (text.trim() === '') return box;
    const looks = [style.bold && ' font-weight="bold"', style.dim && ' opacity=".65"', style.underline && ' text-decoration="underline"'];
    const look = looks.filter(Boolean).join('');
    return `${box}<text x="${x.toFixed(1)}" y="${y + 13}" fill="${front}" textLength="${length.toFixed(1)}"${look}>${unbroken(escaped(text))}</text>`;
  }));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">
<title>${escaped(title)}</title>
<rect width="100%" height="100%" rx="6" fill="${BACK}"/>
<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,monospace" font-size="14">
${drawn.filter((part) => part !== '').join('\n')}
</g>
</svg>
`;
}

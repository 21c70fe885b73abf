// The little of SVG that the pictures of the bench need. Colours are classes, so that one file is readable on light and on dark.

const STYLE = `
.back{fill:#ffffff}.text{fill:#24292f}.soft{fill:#57606a}.grid{stroke:#d0d7de}.goal{stroke:#cf222e}
.ours{fill:#0969da}.peer{fill:#afb8c1}.other{fill:#80ccff}.limit{fill:none;stroke:#57606a;stroke-dasharray:4 3}
.line{fill:none;stroke-width:2}
.c0{stroke:#0969da}.c1{stroke:#bf3989}.c2{stroke:#1a7f37}.c3{stroke:#bc4c00}.c4{stroke:#8250df}.c5{stroke:#6e7781}.c6{stroke:#9a6700}
@media(prefers-color-scheme:dark){
.back{fill:#0d1117}.text{fill:#e6edf3}.soft{fill:#9198a1}.grid{stroke:#30363d}.goal{stroke:#ff7b72}
.ours{fill:#4493f8}.peer{fill:#59636e}.other{fill:#1f4f7f}.limit{stroke:#9198a1}
.c0{stroke:#4493f8}.c1{stroke:#f778ba}.c2{stroke:#3fb950}.c3{stroke:#f0883e}.c4{stroke:#a371f7}.c5{stroke:#9198a1}.c6{stroke:#d29922}}`;

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
const round = (value: number) => String(Number(value.toFixed(1)));

export interface TextStyle {
  readonly anchor?: 'middle' | 'end';
  readonly soft?: boolean;
  readonly bold?: boolean;
  readonly size?: number;
}

export function text(x: number, y: number, content: string, { anchor, soft = false, bold = false, size }: TextStyle = {}): string {
  const look = `${anchor ? ` text-anchor="${anchor}"` : ''}${bold ? ' font-weight="600"' : ''}${size ? ` font-size="${size}"` : ''}`;
  return `<text class="${soft ? 'soft' : 'text'}" x="${round(x)}" y="${round(y)}"${look}>${escaped(content)}</text>`;
}

export function box(kind: string, x: number, y: number, width: number, height: number): string {
  return `<rect class="${kind}" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="2"/>`;
}

export function line(kind: string, x1: number, y1: number, x2: number, y2: number): string {
  return `<line class="${kind}" x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}"/>`;
}

/** Colours that curves have. */
export const CURVES = 7;

export function curve(color: number, points: readonly (readonly [number, number])[]): string {
  return `<polyline class="line c${color}" points="${points.map((point) => point.map(round).join(',')).join(' ')}"/>`;
}

/** A whole picture. @param title what somebody hears who does not see it */
export function picture(title: string, width: number, height: number, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${round(height)}" role="img" aria-label="${escaped(title)}">
<title>${escaped(title)}</title>
<style>${STYLE}</style>
<rect class="back" width="100%" height="100%" rx="6"/>
<g font-family="system-ui,-apple-system,'Segoe UI',Helvetica,Arial,sans-serif" font-size="13">
${parts.filter((part) => part !== '').join('\n')}
</g>
</svg>
`;
}
